package kekfake

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// GCP is Google Cloud KMS with one key, and the endpoint that gives tokens for a
// service account's signed assertion (RFC 7523).
type GCP struct {
	*Server
	Key      string
	Account  []byte // key file of the service account
	TokenURL string

	private *rsa.PrivateKey
	mu      sync.Mutex
	token   string
	primary int
	keys    map[int]Key
}

// gcpKey is an RSA key of the tests, made once: it takes a while.
var gcpKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// StartGCP starts one.
func StartGCP(tb testing.TB) *GCP {
	private, err := gcpKey()
	if err != nil {
		tb.Fatal(err)
	}
	g := &GCP{
		Key:     "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/counterfoil",
		private: private, primary: 1, keys: map[int]Key{1: NewKey()},
	}
	g.Server = Start(tb, g.answer)
	g.TokenURL = g.URL + "/token"
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		tb.Fatal(err)
	}
	g.Account, err = json.Marshal(map[string]string{
		"type": "service_account", "client_email": "counterfoil@p.iam.gserviceaccount.com", "private_key_id": "k1",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "token_uri": "https://elsewhere.example/token",
	})
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// Rotate makes another version the primary one.
func (g *GCP) Rotate() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.primary++
	g.keys[g.primary] = NewKey()
}

func refuseGCP(w http.ResponseWriter, code int, status string) {
	Reply(w, code, map[string]any{"error": map[string]any{"code": code, "message": secret, "status": status}})
}

// Denied answers as KMS refuses a caller.
func (g *GCP) Denied(w http.ResponseWriter, _ *http.Request) {
	refuseGCP(w, http.StatusForbidden, "PERMISSION_DENIED")
}

// Disabled answers as KMS does for a key whose version is disabled.
func (g *GCP) Disabled(w http.ResponseWriter, _ *http.Request) {
	refuseGCP(w, http.StatusBadRequest, "FAILED_PRECONDITION")
}

func sum32(b []byte) string {
	return strconv.FormatUint(uint64(crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))), 10)
}

func (g *GCP) answer(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.URL.Path == "/token" {
		g.grant(w, r)
		return
	}
	var q struct {
		Plaintext, Ciphertext []byte
		AAD                   []byte `json:"additionalAuthenticatedData"`
		PlainSum              string `json:"plaintextCrc32c"`
		SealedSum             string `json:"ciphertextCrc32c"`
		AADSum                string `json:"additionalAuthenticatedDataCrc32c"`
	}
	method, known := strings.CutPrefix(r.URL.Path, "/v1/"+g.Key+":")
	switch {
	case g.token == "" || r.Header.Get("Authorization") != "Bearer "+g.token:
		refuseGCP(w, http.StatusUnauthorized, "UNAUTHENTICATED")
	case !known:
		refuseGCP(w, http.StatusNotFound, "NOT_FOUND")
	case !Read(r, &q) || q.AADSum != sum32(q.AAD):
		refuseGCP(w, http.StatusBadRequest, "INVALID_ARGUMENT")
	case method == "encrypt" && q.PlainSum == sum32(q.Plaintext):
		sealed := append([]byte{byte(g.primary)}, g.keys[g.primary].Encrypt(q.Plaintext, q.AAD)...)
		Reply(w, http.StatusOK, map[string]any{
			"name": g.Key + "/cryptoKeyVersions/" + strconv.Itoa(g.primary), "ciphertext": sealed, "ciphertextCrc32c": sum32(sealed),
			"verifiedPlaintextCrc32c": true, "verifiedAdditionalAuthenticatedDataCrc32c": true, "protectionLevel": "HSM",
		})
	case method == "decrypt" && q.SealedSum == sum32(q.Ciphertext) && len(q.Ciphertext) > 1:
		plain, ok := []byte(nil), false
		if key, have := g.keys[int(q.Ciphertext[0])]; have {
			plain, ok = key.Decrypt(q.Ciphertext[1:], q.AAD)
		}
		if !ok {
			refuseGCP(w, http.StatusBadRequest, "INVALID_ARGUMENT")
			return
		}
		Reply(w, http.StatusOK, map[string]any{"plaintext": plain, "plaintextCrc32c": sum32(plain), "usedPrimary": true})
	default:
		refuseGCP(w, http.StatusBadRequest, "INVALID_ARGUMENT")
	}
}

// grant checks the assertion and gives a token.
func (g *GCP) grant(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.FormValue("assertion"), ".")
	if r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || len(parts) != 3 {
		Reply(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": secret})
		return
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	claims, bad := base64.RawURLEncoding.DecodeString(parts[1])
	var c struct {
		Iss, Scope, Aud string
		Exp             int64
	}
	if err != nil || bad != nil || rsa.VerifyPKCS1v15(&g.private.PublicKey, crypto.SHA256, sum[:], signature) != nil || json.Unmarshal(claims, &c) != nil ||
		c.Aud != g.TokenURL || c.Exp < time.Now().Unix() || c.Iss != "counterfoil@p.iam.gserviceaccount.com" || !strings.Contains(c.Scope, "cloudkms") {
		Reply(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": secret})
		return
	}
	g.token = "ya29." + rand.Text()
	Reply(w, http.StatusOK, map[string]any{"access_token": g.token, "token_type": "Bearer", "expires_in": 3600})
}
