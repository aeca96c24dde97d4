package vaultkek

import (
	"errors"
	"testing"

	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/internal/seal/kekfake"
	"github.com/counterfoil/counterfoil/internal/seal/remote"
)

func open(t *testing.T, v *kekfake.Vault, change func(*Config)) *KEK {
	t.Helper()
	return kekfake.Open(t, New, Config{URL: v.URL, Key: v.Key, Token: func() (string, error) { return v.Token, nil }, HTTP: v.Client(t)}, change)
}

func TestVault(t *testing.T) {
	v := kekfake.StartVault(t)
	kekfake.Check(t, v.Server, open(t, v, nil), v.Denied)
}

// TestVersions: after a rotation new keys are wrapped by the new version and old
// ones still open, until they are wrapped anew.
func TestVersions(t *testing.T) {
	v := kekfake.StartVault(t)
	k := open(t, v, nil)
	dir := t.TempDir()
	if err := seal.CreateWith(dir, k); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.OpenWith(dir, k)
	if err != nil {
		t.Fatal(err)
	}
	if name, err := ring.Probe(); err != nil || name != "vault transit/counterfoil v1" {
		t.Errorf("%q, %v", name, err)
	}
	if n, err := ring.RotateKEK(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	v.Least(2)
	if _, err := seal.OpenWith(dir, k); err != nil {
		t.Errorf("with the new version alone: %v", err)
	}
	if name, err := ring.Probe(); err != nil || name != "vault transit/counterfoil v2" {
		t.Errorf("%q, %v", name, err)
	}
	v.Least(3)
	if _, err := seal.OpenWith(dir, k); !errors.Is(err, seal.ErrNoKey) || !errors.Is(err, remote.ErrRefused) {
		t.Errorf("with a version that is too old: %v", err)
	}
}

func TestVaultRefuses(t *testing.T) {
	v := kekfake.StartVault(t)
	wrapped, err := open(t, v, nil).Wrap(t.Context(), make([]byte, 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, v, func(c *Config) { c.Key = "other" }).Wrap(t.Context(), make([]byte, 32), nil); !errors.Is(err, remote.ErrNoSuchKey) {
		t.Errorf("no such key: %v", err)
	}
	if _, err := open(t, v, func(c *Config) { c.Key = "other" }).Unwrap(t.Context(), wrapped, nil); !errors.Is(err, seal.ErrOtherKEK) {
		t.Errorf("another key's: %v", err)
	}
	if _, err := open(t, v, func(c *Config) { c.Token = func() (string, error) { return "wrong", nil } }).Unwrap(t.Context(), wrapped, nil); !errors.Is(err, remote.ErrDenied) {
		t.Errorf("a wrong token: %v", err)
	}
	none := errors.New("no token")
	if _, err := open(t, v, func(c *Config) { c.Token = func() (string, error) { return "", none } }).Unwrap(t.Context(), wrapped, nil); !errors.Is(err, none) {
		t.Errorf("no token: %v", err)
	}
	for _, bad := range []Config{{}, {URL: "https://v.example"}, {URL: "https://v.example", Key: "a/b"}, {URL: "https://v.example/v1", Key: "k"}, {URL: "https://v.example", Key: "../x"}} {
		if _, err := New(bad); err == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}
