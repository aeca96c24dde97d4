// Package gcpkms wraps data keys by a symmetric key of Google Cloud KMS, which
// never leaves it: the methods encrypt and decrypt of its REST API v1, with the
// token of a service account.
//
// A wrapped key is "gcpkms KEY", a newline, the version that wrapped it, a newline,
// and the ciphertext. Both directions carry CRC-32C checksums, as Google advises.
package gcpkms

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"hash/crc32"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"

	"github.com/counterfoil/counterfoil/internal/seal/remote"
)

// The addresses of Google.
const (
	Address  = "https://cloudkms.googleapis.com"
	TokenURL = "https://oauth2.googleapis.com/token"
	scope    = "https://www.googleapis.com/auth/cloudkms"
)

// Config says where the key is.
type Config struct {
	Key      string // projects/P/locations/L/keyRings/R/cryptoKeys/K
	URL      string // of the service; "" is Address
	TokenURL string // where tokens come from; "" is the constant
	// ServiceAccount is the content of a service account's key file, JSON.
	ServiceAccount []byte
	// HTTP goes through internal/egress.
	HTTP *http.Client
}

// KEK is the key.
type KEK struct {
	cfg    Config
	name   string
	client remote.Client
	tokens oauth2.TokenSource
}

// KeyForm is what a key's resource name looks like.
var KeyForm = regexp.MustCompile(`^projects/[a-z0-9:.-]{1,64}/locations/[a-z0-9-]{1,63}/keyRings/[A-Za-z0-9_-]{1,63}/cryptoKeys/[A-Za-z0-9_-]{1,63}$`)

// New checks the configuration. It connects to nothing.
func New(cfg Config) (*KEK, error) {
	var account struct {
		Type         string `json:"type"`
		ClientEmail  string `json:"client_email"`
		PrivateKey   string `json:"private_key"`
		PrivateKeyID string `json:"private_key_id"`
	}
	if !KeyForm.MatchString(cfg.Key) {
		return nil, errors.New("a Google Cloud KMS key is named projects/P/locations/L/keyRings/R/cryptoKeys/K")
	}
	if json.Unmarshal(cfg.ServiceAccount, &account) != nil || account.Type != "service_account" || account.ClientEmail == "" || account.PrivateKey == "" {
		return nil, errors.New("the credentials are not the key file of a service account")
	}
	if cfg.URL == "" {
		cfg.URL = Address
	}
	if cfg.TokenURL == "" {
		cfg.TokenURL = TokenURL
	}
	source := &jwt.Config{
		Email: account.ClientEmail, PrivateKey: []byte(account.PrivateKey), PrivateKeyID: account.PrivateKeyID,
		Scopes: []string{scope}, TokenURL: cfg.TokenURL,
	}
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, cfg.HTTP)
	cfg.ServiceAccount = nil
	return &KEK{cfg, "gcpkms " + cfg.Key, remote.Client{HTTP: cfg.HTTP, Judge: judge}, source.TokenSource(ctx)}, nil
}

// judge tells a key that is disabled from ciphertext that does not open.
func judge(status int, body []byte) error {
	var said struct {
		Error struct {
			Status string `json:"status"`
		} `json:"error"`
	}
	if status == http.StatusBadRequest && json.Unmarshal(body, &said) == nil && said.Error.Status == "FAILED_PRECONDITION" {
		return remote.ErrNoSuchKey
	}
	return nil
}

// checksum is a CRC-32C as the API writes it.
func checksum(b []byte) string {
	return strconv.FormatUint(uint64(crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))), 10)
}

func (k *KEK) ask(ctx context.Context, method string, body map[string]any, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	defer clear(text)
	return k.client.Ask(ctx, true, func(ctx context.Context) (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, k.cfg.URL+"/v1/"+k.cfg.Key+":"+method, bytes.NewReader(text))
		if err != nil {
			return nil, errors.New("the address of Google Cloud KMS can't be used")
		}
		token, err := k.token(ctx)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		return req, nil
	}, into)
}

// token gives up with the context, which the library's own call does not know.
func (k *KEK) token(ctx context.Context) (string, error) {
	type result struct {
		token *oauth2.Token
		err   error
	}
	done := make(chan result, 1)
	go func() {
		t, err := k.tokens.Token()
		done <- result{t, err}
	}()
	select {
	case r := <-done:
		var refused *oauth2.RetrieveError
		switch {
		case errors.As(r.err, &refused) && refused.Response.StatusCode/100 == 4:
			return "", remote.ErrDenied
		case r.err != nil: // whose text may quote the answer
			return "", remote.ErrUnavailable
		}
		return r.token.AccessToken, nil
	case <-ctx.Done():
		return "", remote.ErrUnavailable
	}
}

// Wrap encrypts by the primary version of the key.
func (k *KEK) Wrap(ctx context.Context, key, aad []byte) ([]byte, error) {
	var out struct {
		Name       string `json:"name"`
		Ciphertext []byte `json:"ciphertext"`
		Checksum   string `json:"ciphertextCrc32c"`
		Verified   bool   `json:"verifiedPlaintextCrc32c"`
		VerifiedAD bool   `json:"verifiedAdditionalAuthenticatedDataCrc32c"`
	}
	err := k.ask(ctx, "encrypt", map[string]any{
		"plaintext": key, "plaintextCrc32c": checksum(key),
		"additionalAuthenticatedData": aad, "additionalAuthenticatedDataCrc32c": checksum(aad),
	}, &out)
	if err != nil {
		return nil, err
	}
	version, ok := strings.CutPrefix(out.Name, k.cfg.Key+"/cryptoKeyVersions/")
	if _, err := strconv.ParseUint(version, 10, 32); err != nil || !ok || !out.Verified || !out.VerifiedAD || len(out.Ciphertext) == 0 || checksum(out.Ciphertext) != out.Checksum {
		return nil, remote.ErrAnswer
	}
	return remote.Name(k.name, append([]byte(version+"\n"), out.Ciphertext...)), nil
}

// Unwrap decrypts; Google finds the version in the ciphertext.
func (k *KEK) Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error) {
	rest, err := remote.Unname(k.name, wrapped)
	if err != nil {
		return nil, err
	}
	_, sealed, ok := bytes.Cut(rest, []byte("\n"))
	if !ok {
		return nil, remote.ErrRefused
	}
	var out struct {
		Plaintext []byte `json:"plaintext"`
		Checksum  string `json:"plaintextCrc32c"`
	}
	err = k.ask(ctx, "decrypt", map[string]any{
		"ciphertext": sealed, "ciphertextCrc32c": checksum(sealed),
		"additionalAuthenticatedData": aad, "additionalAuthenticatedDataCrc32c": checksum(aad),
	}, &out)
	if err != nil {
		return nil, err
	}
	if len(out.Plaintext) == 0 || checksum(out.Plaintext) != out.Checksum {
		return nil, remote.ErrAnswer
	}
	return out.Plaintext, nil
}

// Wrapper names key and version.
func (k *KEK) Wrapper(wrapped []byte) string {
	name := remote.Wrapper("gcpkms ", wrapped)
	if name == "" {
		return ""
	}
	version, _, _ := bytes.Cut(wrapped[len(name)+1:], []byte("\n"))
	if _, err := strconv.ParseUint(string(version), 10, 32); err != nil {
		return name
	}
	return name + " v" + string(version)
}
