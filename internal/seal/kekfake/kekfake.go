// Package kekfake holds servers that behave as key services document, for tests,
// and the checks that every client of one passes.
package kekfake

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/internal/seal/remote"
)

// Server is a key service. Answer serves what Fault has not answered.
type Server struct {
	*httptest.Server
	mu       sync.Mutex
	fault    func(http.ResponseWriter, *http.Request) bool
	requests int
}

// Start starts a service over TLS.
func Start(tb testing.TB, answer http.HandlerFunc) *Server {
	s := &Server{}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests++
		fault := s.fault
		s.mu.Unlock()
		if fault == nil || !fault(w, r) {
			answer(w, r)
		}
	}))
	tb.Cleanup(s.Close)
	return s
}

// Fail makes a fault answer instead, as long as it reports true; nil ends that.
func (s *Server) Fail(fault func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.requests = fault, 0
}

// Requests counts those since the last Fail.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Client is one that internal/egress guards, and that reaches this server alone.
func (s *Server) Client(tb testing.TB) *http.Client {
	u, err := url.Parse(s.URL)
	if err != nil {
		tb.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		tb.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	guard, err := egress.New(egress.Config{RootCAs: pool, Destinations: []egress.Destination{{
		Host: u.Hostname(), Port: port, Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, RequestsPerMinute: 10_000,
	}}})
	if err != nil {
		tb.Fatal(err)
	}
	return guard.Client(0)
}

// Key is what a service encrypts with.
type Key struct{ aead cipher.AEAD }

// NewKey makes one.
func NewKey() Key {
	raw := make([]byte, 32)
	rand.Read(raw)
	block, err := aes.NewCipher(raw)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return Key{aead}
}

// Encrypt gives nonce and ciphertext.
func (k Key) Encrypt(plain, aad []byte) []byte {
	nonce := make([]byte, k.aead.NonceSize())
	rand.Read(nonce)
	return k.aead.Seal(nonce, nonce, plain, aad)
}

// Decrypt reverses Encrypt.
func (k Key) Decrypt(sealed, aad []byte) ([]byte, bool) {
	if len(sealed) < k.aead.NonceSize() {
		return nil, false
	}
	plain, err := k.aead.Open(nil, sealed[:k.aead.NonceSize()], sealed[k.aead.NonceSize():], aad)
	return plain, err == nil
}

// Reply writes JSON.
func Reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

// Read reads a JSON body.
func Read(r *http.Request, into any) bool {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	return err == nil && json.Unmarshal(body, into) == nil
}

// Open makes a client by its New, from a configuration that fits the fake and
// what change, which may be nil, does to it.
func Open[C, K any](t *testing.T, open func(C) (*K, error), cfg C, change func(*C)) *K {
	t.Helper()
	if change != nil {
		change(&cfg)
	}
	kek, err := open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return kek
}

// secret stands in every answer that fails; no error may hold it.
const secret = "SECRET-OF-THE-SERVICE"

// Check runs what every client has to do. denied answers as the service refuses
// credentials.
func Check(t *testing.T, s *Server, kek seal.KEK, denied http.HandlerFunc) {
	t.Run("round trip", func(t *testing.T) { checkRoundTrip(t, kek) })
	t.Run("keyring", func(t *testing.T) { checkKeyring(t, kek) })
	t.Run("faults", func(t *testing.T) { checkFaults(t, s, kek, denied) })
}

func checkRoundTrip(t *testing.T, kek seal.KEK) {
	key := bytes.Repeat([]byte{7}, 32)
	wrapped, err := kek.Wrap(t.Context(), key, []byte("here"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := kek.Unwrap(t.Context(), wrapped, []byte("here")); err != nil || !bytes.Equal(got, key) {
		t.Fatalf("%x, %v", got, err)
	}
	if bytes.Contains(wrapped, key) {
		t.Error("the wrapped key holds the key")
	}
	if _, err := kek.Unwrap(t.Context(), wrapped, []byte("there")); !errors.Is(err, remote.ErrRefused) {
		t.Errorf("for another place: %v", err)
	}
	bad := bytes.Clone(wrapped)
	// Not the last letter of a ciphertext in base64: some of its bits carry nothing.
	bad[len(bad)-8] ^= 1
	if _, err := kek.Unwrap(t.Context(), bad, []byte("here")); err == nil {
		t.Error("a damaged one opens")
	}
	for _, other := range [][]byte{nil, []byte("x"), append([]byte("other "), wrapped...), bytes.Repeat([]byte("a"), 60)} {
		if _, err := kek.Unwrap(t.Context(), other, nil); !errors.Is(err, seal.ErrOtherKEK) {
			t.Errorf("what another key wrapped: %v", err)
		}
		if name := kek.Wrapper(other); name != "" {
			t.Errorf("what another key wrapped is named %q", name)
		}
	}
}

// checkKeyring seals under a data key that the service wrapped.
func checkKeyring(t *testing.T, kek seal.KEK) {
	dir := t.TempDir()
	if err := seal.CreateWith(dir, kek); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.OpenWith(dir, kek)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := ring.Seal(seal.PurposeVault, "alice", nil, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := ring.Rewrap(t.Context()); err != nil || n != 2 {
		t.Errorf("%d rewrapped, %v", n, err)
	}
	if ring, err = seal.OpenWith(dir, kek); err != nil {
		t.Fatal(err)
	}
	if got, err := ring.Open(seal.PurposeVault, "alice", nil, sealed); err != nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
	if name, err := ring.Probe(); err != nil || name == "" {
		t.Errorf("%q, %v", name, err)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, secret, code) }
}

func checkFaults(t *testing.T, s *Server, kek seal.KEK, denied http.HandlerFunc) {
	wrapped, err := kek.Wrap(t.Context(), make([]byte, 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name     string
		answer   http.HandlerFunc
		want     error
		requests int
	}{
		{"denied", denied, remote.ErrDenied, 1},
		{"forbidden", status(403), remote.ErrDenied, 1},
		{"no such key", status(404), remote.ErrNoSuchKey, 1},
		{"broken", status(500), remote.ErrUnavailable, 3},
		{"down", status(503), remote.ErrUnavailable, 3},
		{"busy", status(429), remote.ErrUnavailable, 3},
		{"another service", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>"+secret) }, remote.ErrAnswer, 1},
		{"empty", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") }, remote.ErrAnswer, 1},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, `{"data": {"`+secret)
		}, remote.ErrUnavailable, 3},
		{"connection lost", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, remote.ErrUnavailable, 3},
		{"endless", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat(" ", 1<<20)+"{}") }, remote.ErrAnswer, 1},
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+secret+".example/", http.StatusTemporaryRedirect)
		}, remote.ErrUnavailable, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.Fail(func(w http.ResponseWriter, r *http.Request) bool { test.answer(w, r); return true })
			_, err := kek.Unwrap(t.Context(), wrapped, nil)
			if !errors.Is(err, test.want) || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("unwrapping: %v, want %v", err, test.want)
			}
			if got := s.Requests(); got != test.requests {
				t.Errorf("%d requests, want %d", got, test.requests)
			}
			if _, err := kek.Wrap(t.Context(), make([]byte, 32), nil); !errors.Is(err, test.want) {
				t.Errorf("wrapping: %v, want %v", err, test.want)
			}
		})
	}
	failures := 0
	s.Fail(func(w http.ResponseWriter, r *http.Request) bool {
		if failures++; failures < 3 {
			status(503)(w, r)
			return true
		}
		return false
	})
	if _, err := kek.Unwrap(t.Context(), wrapped, nil); err != nil {
		t.Errorf("after two failures: %v", err)
	}
	// One that never answers is given up with the context.
	s.Fail(func(_ http.ResponseWriter, r *http.Request) bool {
		io.Copy(io.Discard, r.Body) // only then does a server see that its client has left
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // to return would be to answer
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := kek.Unwrap(ctx, wrapped, nil); !errors.Is(err, remote.ErrUnavailable) {
		t.Errorf("one that never answers: %v", err)
	}
	s.Fail(nil)
	if _, err := kek.Unwrap(t.Context(), wrapped, nil); err != nil {
		t.Errorf("when all is well again: %v", err)
	}
}
