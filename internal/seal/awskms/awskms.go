// Package awskms wraps data keys by a symmetric key of AWS KMS, which never leaves
// it: the operations Encrypt and Decrypt of its JSON API, signed with SigV4.
//
// A wrapped key is "awskms KEY", a newline, and the CiphertextBlob. The encryption
// context holds the SHA-256 of the associated data.
package awskms

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/counterfoil/counterfoil/internal/seal/remote"
)

// Config says where the key is.
type Config struct {
	Region string // such as eu-central-1
	Key    string // id, ARN or alias
	URL    string // of the service; "" is https://kms.REGION.amazonaws.com
	// Credentials are asked for anew for every request: they may be temporary.
	Credentials func() (Credentials, error)
	Now         func() time.Time // nil is time.Now
	// HTTP goes through internal/egress.
	HTTP *http.Client
}

// Credentials of an IAM user or a role.
type Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

// KEK is the key.
type KEK struct {
	cfg    Config
	name   string
	client remote.Client
	signer *v4.Signer
}

// The forms of a region and of a key.
var (
	RegionForm = regexp.MustCompile(`^[a-z]{2}(-[a-z]{1,12}){1,3}-[0-9]{1,2}$`)
	KeyForm    = regexp.MustCompile(`^[A-Za-z0-9:/_-]{1,256}$`)
)

// Address is where the service of a region is.
func Address(region string) string { return "https://kms." + region + ".amazonaws.com" }

// New checks the configuration. It connects to nothing.
func New(cfg Config) (*KEK, error) {
	if !RegionForm.MatchString(cfg.Region) || !KeyForm.MatchString(cfg.Key) {
		return nil, errors.New("an AWS KMS key needs a region and a key")
	}
	if cfg.URL == "" {
		cfg.URL = Address(cfg.Region)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &KEK{cfg, "awskms " + cfg.Key, remote.Client{HTTP: cfg.HTTP, Judge: judge}, v4.NewSigner()}, nil
}

// judge goes by the type of the error, which the API documents; most come with
// status 400.
func judge(_ int, body []byte) error {
	var said struct {
		Type string `json:"__type"`
	}
	if json.Unmarshal(body, &said) != nil {
		return nil
	}
	kind := said.Type[strings.LastIndexByte(said.Type, '#')+1:]
	switch kind {
	case "InvalidCiphertextException", "IncorrectKeyException":
		return remote.ErrRefused
	case "NotFoundException", "DisabledException", "KMSInvalidStateException", "InvalidKeyUsageException":
		return remote.ErrNoSuchKey
	case "ThrottlingException", "LimitExceededException", "KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException", "ServiceUnavailable", "InternalFailure":
		return remote.ErrUnavailable
	case "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "IncompleteSignatureException",
		"ExpiredTokenException", "RequestExpired", "MissingAuthenticationTokenException", "InvalidClientTokenId", "OptInRequired", "NotAuthorized":
		return remote.ErrDenied
	}
	return nil
}

func (k *KEK) ask(ctx context.Context, operation string, body map[string]any, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	defer clear(text)
	sum := sha256.Sum256(text)
	return k.client.Ask(ctx, true, func(ctx context.Context) (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, k.cfg.URL+"/", bytes.NewReader(text))
		if err != nil {
			return nil, errors.New("the address of AWS KMS can't be used")
		}
		c, err := k.cfg.Credentials()
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/x-amz-json-1.1")
		req.Header.Set("X-Amz-Target", "TrentService."+operation)
		creds := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
		if err := k.signer.SignHTTP(ctx, creds, req, hex.EncodeToString(sum[:]), "kms", k.cfg.Region, k.cfg.Now()); err != nil {
			return nil, errors.New("the request to AWS KMS can't be signed")
		}
		return req, nil
	}, into)
}

func encryptionContext(aad []byte) map[string]string {
	sum := sha256.Sum256(aad)
	return map[string]string{"counterfoil": base64.StdEncoding.EncodeToString(sum[:])}
}

// Wrap encrypts by the key.
func (k *KEK) Wrap(ctx context.Context, key, aad []byte) ([]byte, error) {
	var out struct{ CiphertextBlob []byte }
	if err := k.ask(ctx, "Encrypt", map[string]any{"KeyId": k.cfg.Key, "Plaintext": key, "EncryptionContext": encryptionContext(aad)}, &out); err != nil {
		return nil, err
	}
	if len(out.CiphertextBlob) == 0 {
		return nil, remote.ErrAnswer
	}
	return remote.Name(k.name, out.CiphertextBlob), nil
}

// Unwrap decrypts by the key, and no other.
func (k *KEK) Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error) {
	blob, err := remote.Unname(k.name, wrapped)
	if err != nil {
		return nil, err
	}
	var out struct{ Plaintext []byte }
	if err := k.ask(ctx, "Decrypt", map[string]any{"KeyId": k.cfg.Key, "CiphertextBlob": blob, "EncryptionContext": encryptionContext(aad)}, &out); err != nil {
		return nil, err
	}
	if len(out.Plaintext) == 0 {
		return nil, remote.ErrAnswer
	}
	return out.Plaintext, nil
}

// Wrapper names the key. Its version can't be told.
func (k *KEK) Wrapper(wrapped []byte) string { return remote.Wrapper("awskms ", wrapped) }
