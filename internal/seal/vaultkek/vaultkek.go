// Package vaultkek wraps data keys by a transit key of HashiCorp Vault or OpenBao,
// which never leaves it.
//
// A wrapped key is "vault MOUNT/KEY", a newline, and the ciphertext of transit,
// which names the version of the key ("vault:v3:..."). What is wrapped is the key
// and the SHA-256 of the associated data, which is given to transit as well:
// versions before 1.9 and other engines ignore that.
package vaultkek

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/counterfoil/counterfoil/internal/seal/remote"
)

// Config says where the key is.
type Config struct {
	URL       string // of the server, such as https://vault.example:8200
	Mount     string // of the transit engine; "" is transit
	Key       string // name of the transit key, of type aes256-gcm96
	Namespace string // "" for none
	// Token returns the token, anew for every request, so that an agent can renew it.
	Token func() (string, error)
	// HTTP goes through internal/egress.
	HTTP *http.Client
}

// KEK is the key.
type KEK struct {
	cfg    Config
	name   string
	client remote.Client
}

// Form is what mounts and keys look like.
var Form = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9][A-Za-z0-9._-]{0,127}){0,3}$`)

// New checks the configuration. It connects to nothing.
func New(cfg Config) (*KEK, error) {
	if cfg.Mount == "" {
		cfg.Mount = "transit"
	}
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || !Form.MatchString(cfg.Mount) || !Form.MatchString(cfg.Key) || strings.Contains(cfg.Key, "/") {
		return nil, errors.New("a Vault key needs a url without a path, a mount and a key")
	}
	cfg.URL = strings.TrimSuffix(cfg.URL, "/")
	return &KEK{cfg, "vault " + cfg.Mount + "/" + cfg.Key, remote.Client{HTTP: cfg.HTTP, Judge: judge}}, nil
}

// judge goes by the documented status codes; transit answers 400 for keys that are
// not there as well as for ciphertext that does not open.
func judge(status int, body []byte) error {
	switch status {
	case http.StatusPreconditionFailed, 472, 473: // not consistent yet; a standby
		return remote.ErrUnavailable
	case http.StatusBadRequest:
		var said struct{ Errors []string }
		if json.Unmarshal(body, &said) == nil && strings.Contains(strings.Join(said.Errors, " "), "key not found") {
			return remote.ErrNoSuchKey
		}
	}
	return nil
}

type transit struct {
	Data struct {
		Ciphertext string `json:"ciphertext"`
		Plaintext  []byte `json:"plaintext"`
	} `json:"data"`
}

func (k *KEK) ask(ctx context.Context, repeatable bool, path string, body map[string]any, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	defer clear(text)
	return k.client.Ask(ctx, repeatable, func(ctx context.Context) (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, k.cfg.URL+"/v1/"+k.cfg.Mount+"/"+path, bytes.NewReader(text))
		if err != nil {
			return nil, errors.New("the address of Vault can't be used")
		}
		token, err := k.cfg.Token()
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Vault-Token", token)
		req.Header.Set("X-Vault-Request", "true")
		if k.cfg.Namespace != "" {
			req.Header.Set("X-Vault-Namespace", k.cfg.Namespace)
		}
		return req, nil
	}, into)
}

// Wrap encrypts by the newest version of the key.
func (k *KEK) Wrap(ctx context.Context, key, aad []byte) ([]byte, error) {
	sum := sha256.Sum256(aad)
	plain := append(bytes.Clone(key), sum[:]...)
	defer clear(plain)
	var out transit
	if err := k.ask(ctx, true, "encrypt/"+k.cfg.Key, map[string]any{"plaintext": plain, "associated_data": aad}, &out); err != nil {
		return nil, err
	}
	if version(out.Data.Ciphertext) == "" {
		return nil, remote.ErrAnswer
	}
	return remote.Name(k.name, []byte(out.Data.Ciphertext)), nil
}

// Unwrap decrypts by the version that the ciphertext names.
func (k *KEK) Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error) {
	sealed, err := remote.Unname(k.name, wrapped)
	if err != nil {
		return nil, err
	}
	var out transit
	defer func() { clear(out.Data.Plaintext) }()
	if err := k.ask(ctx, true, "decrypt/"+k.cfg.Key, map[string]any{"ciphertext": string(sealed), "associated_data": aad}, &out); err != nil {
		return nil, err
	}
	plain := out.Data.Plaintext
	if len(plain) <= sha256.Size {
		return nil, remote.ErrAnswer
	}
	sum := sha256.Sum256(aad)
	split := len(plain) - sha256.Size
	if subtle.ConstantTimeCompare(plain[split:], sum[:]) != 1 {
		return nil, remote.ErrRefused
	}
	return bytes.Clone(plain[:split]), nil
}

// versionForm is how ciphertext of transit begins.
var versionForm = regexp.MustCompile(`^vault:(v[1-9][0-9]{0,8}):[A-Za-z0-9+/=]+$`)

func version(ciphertext string) string {
	if m := versionForm.FindStringSubmatch(ciphertext); m != nil {
		return m[1]
	}
	return ""
}

// Wrapper names mount, key and version.
func (k *KEK) Wrapper(wrapped []byte) string {
	name := remote.Wrapper("vault ", wrapped)
	if name == "" {
		return ""
	}
	return strings.TrimSpace(name + " " + version(string(wrapped[len(name)+1:])))
}

// Rotate makes a new version of the key. It is tried once: another try after a lost
// answer would make one more.
func (k *KEK) Rotate(ctx context.Context) error {
	if err := k.ask(ctx, false, "keys/"+k.cfg.Key+"/rotate", map[string]any{}, nil); err != nil {
		return fmt.Errorf("making a new version of the key: %w", err)
	}
	return nil
}

// Retire does nothing: min_decryption_version is for whoever administers Vault.
func (k *KEK) Retire(context.Context) error { return nil }
