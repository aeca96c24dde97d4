package kekfake

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Vault is a transit engine at transit/, with one key, as HashiCorp's API
// documentation describes it.
type Vault struct {
	*Server
	Token, Key string

	mu       sync.Mutex
	versions []Key
	least    int // min_decryption_version
}

// StartVault starts one that accepts a token.
func StartVault(tb testing.TB) *Vault {
	v := &Vault{Token: "hvs.TOKEN-OF-THE-TEST", Key: "counterfoil", versions: []Key{NewKey()}, least: 1}
	v.Server = Start(tb, v.answer)
	return v
}

// Least sets min_decryption_version, as whoever administers the key does.
func (v *Vault) Least(version int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.least = version
}

func refuse(w http.ResponseWriter, status int, text string) {
	Reply(w, status, map[string]any{"errors": []string{text}})
}

// Denied answers as Vault refuses a token.
func (v *Vault) Denied(w http.ResponseWriter, _ *http.Request) {
	refuse(w, http.StatusForbidden, "permission denied, "+secret)
}

func (v *Vault) answer(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var body struct {
		Plaintext  string `json:"plaintext"`
		Ciphertext string `json:"ciphertext"`
		AD         string `json:"associated_data"`
	}
	ad := func() []byte { b, _ := base64.StdEncoding.DecodeString(body.AD); return b }
	switch {
	case r.Header.Get("X-Vault-Token") != v.Token:
		v.Denied(w, r)
	case r.Method != http.MethodPost || !Read(r, &body):
		refuse(w, http.StatusMethodNotAllowed, "unsupported operation")
	case r.URL.Path == "/v1/transit/keys/"+v.Key+"/rotate":
		v.versions = append(v.versions, NewKey())
		w.WriteHeader(http.StatusNoContent)
	case r.URL.Path == "/v1/transit/encrypt/"+v.Key:
		plain, err := base64.StdEncoding.DecodeString(body.Plaintext)
		if err != nil {
			refuse(w, http.StatusBadRequest, "failed to base64-decode plaintext")
			return
		}
		n := len(v.versions)
		sealed := base64.StdEncoding.EncodeToString(v.versions[n-1].Encrypt(plain, ad()))
		Reply(w, http.StatusOK, map[string]any{"data": map[string]any{"ciphertext": fmt.Sprintf("vault:v%d:%s", n, sealed), "key_version": n}})
	case r.URL.Path == "/v1/transit/decrypt/"+v.Key:
		v.decrypt(w, body.Ciphertext, ad())
	case strings.HasPrefix(r.URL.Path, "/v1/transit/"):
		refuse(w, http.StatusBadRequest, "encryption key not found")
	default:
		refuse(w, http.StatusNotFound, "no handler for route")
	}
}

func (v *Vault) decrypt(w http.ResponseWriter, text string, ad []byte) {
	parts := strings.SplitN(text, ":", 3)
	if len(parts) != 3 || parts[0] != "vault" {
		refuse(w, http.StatusBadRequest, "invalid ciphertext: no prefix")
		return
	}
	n, err := strconv.Atoi(strings.TrimPrefix(parts[1], "v"))
	sealed, bad := base64.StdEncoding.DecodeString(parts[2])
	switch {
	case err != nil || n < 1 || n > len(v.versions) || bad != nil:
		refuse(w, http.StatusBadRequest, "invalid ciphertext")
	case n < v.least:
		refuse(w, http.StatusBadRequest, "ciphertext or signature version is disallowed by policy (too old)")
	default:
		plain, ok := v.versions[n-1].Decrypt(sealed, ad)
		if !ok {
			refuse(w, http.StatusBadRequest, "cipher: message authentication failed")
			return
		}
		Reply(w, http.StatusOK, map[string]any{"data": map[string]any{"plaintext": plain}})
	}
}
