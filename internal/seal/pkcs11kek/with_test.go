//go:build pkcs11 && cgo

package pkcs11kek

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/miekg/pkcs11"

	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/internal/seal/remote"
)

// softhsm makes a token with keys in a folder of its own. A build with this tag is
// made where SoftHSM is: it is never skipped.
func softhsm(t *testing.T) Config {
	t.Helper()
	module := ""
	for _, path := range []string{os.Getenv("SOFTHSM2_MODULE"), "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so"} {
		if _, err := os.Stat(path); path != "" && err == nil {
			module = path
			break
		}
	}
	if module == "" {
		t.Fatal("SoftHSM2 is not installed (Debian: softhsm2), or SOFTHSM2_MODULE does not name it")
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "softhsm2.conf")
	if err := os.WriteFile(conf, []byte("directories.tokendir = "+dir+"\nobjectstore.backend = file\nlog.level = ERROR\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", conf)
	if out, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", "safe", "--so-pin", "5678", "--pin", "1234").CombinedOutput(); err != nil {
		t.Fatalf("softhsm2-util: %v\n%s", err, out)
	}
	return Config{Module: module, Token: "safe", Key: "kek", PIN: func() (string, error) { return "1234", nil }}
}

// generate makes a key in the token.
func generate(t *testing.T, cfg Config, label string, extractable bool) {
	t.Helper()
	m := pkcs11.New(cfg.Module)
	if err := m.Initialize(); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
		t.Fatal(err)
	}
	slot, err := (&KEK{cfg: cfg, module: m}).slot()
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	if err != nil {
		t.Fatal(err)
	}
	defer m.CloseSession(s)
	if err := m.Login(s, pkcs11.CKU_USER, "1234"); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN)) {
		t.Fatal(err)
	}
	_, err = m.GenerateKey(s, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_KEY_GEN, nil)}, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_AES),
		pkcs11.NewAttribute(pkcs11.CKA_VALUE_LEN, 32), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label), pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true), pkcs11.NewAttribute(pkcs11.CKA_ENCRYPT, true), pkcs11.NewAttribute(pkcs11.CKA_DECRYPT, true),
		pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, extractable), pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, !extractable),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSoftHSM runs a keyring over a key that never leaves the token.
func TestSoftHSM(t *testing.T) {
	cfg := softhsm(t)
	if _, err := Open(cfg); !errors.Is(err, errKey) {
		t.Fatalf("without a key: %v", err)
	}
	generate(t, cfg, "kek", false)
	generate(t, cfg, "loose", true)
	kek, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
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
	again, err := seal.OpenWith(dir, kek)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(seal.PurposeVault, "alice", nil, sealed); err != nil || string(got) != "x" {
		t.Fatalf("%q, %v", got, err)
	}
	if n, err := again.Rewrap(t.Context()); err != nil || n != 2 {
		t.Errorf("%d rewrapped, %v", n, err)
	}
	if name, err := again.Probe(); err != nil || name != "pkcs11 safe/kek" {
		t.Errorf("%q, %v", name, err)
	}
	if _, err := again.RotateKEK(t.Context()); !errors.Is(err, seal.ErrNoRotation) {
		t.Errorf("rotating: %v", err)
	}

	wrapped, err := kek.Wrap(t.Context(), make([]byte, 32), []byte("here"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kek.Unwrap(t.Context(), wrapped, []byte("there")); !errors.Is(err, remote.ErrRefused) {
		t.Errorf("for another place: %v", err)
	}
	for i := len("pkcs11 safe/kek\n"); i < len(wrapped); i++ {
		bad := bytes.Clone(wrapped)
		bad[i] ^= 1
		if _, err := kek.Unwrap(t.Context(), bad, []byte("here")); err == nil {
			t.Fatalf("byte %d does not count", i)
		}
	}
	if got, err := kek.Unwrap(t.Context(), wrapped, []byte("here")); err != nil || len(got) != 32 {
		t.Errorf("after all that: %v", err)
	}
	// The session is gone, as after the token was taken out.
	k := kek.(*KEK)
	if err := k.module.CloseSession(k.session); err != nil {
		t.Fatal(err)
	}
	if _, err := kek.Unwrap(t.Context(), wrapped, []byte("here")); err != nil {
		t.Errorf("with a new session: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := kek.Unwrap(ended, wrapped, []byte("here")); !errors.Is(err, remote.ErrUnavailable) {
		t.Errorf("after its end: %v", err)
	}
	hangs(t, k, wrapped)
	refusals(t, cfg, k)
}

// hangs checks that calls which wait for a module that does not answer end with their
// contexts and do nothing later: nobody expects them any more.
func hangs(t *testing.T, k *KEK, wrapped []byte) {
	before := k.session
	k.turn <- struct{}{} // a call that never returns
	ctx, cancel := context.WithCancel(t.Context())
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			if _, err := k.Unwrap(ctx, wrapped, []byte("here")); !errors.Is(err, remote.ErrUnavailable) {
				t.Errorf("a module that hangs: %v", err)
			}
		})
	}
	cancel()
	calls.Wait()
	if err := k.module.CloseSession(k.session); err != nil {
		t.Fatal(err)
	}
	<-k.turn
	if k.session != before || len(k.turn) != 0 {
		t.Error("a call went on after its caller had left")
	}
}

func refusals(t *testing.T, cfg Config, k *KEK) {
	for name, test := range map[string]struct {
		change func(*Config)
		want   error
	}{
		"no such module": {func(c *Config) { c.Module = "/nowhere.so" }, errModule},
		"no such token":  {func(c *Config) { c.Token = "other" }, errToken},
		"no such key":    {func(c *Config) { c.Key = "other" }, errKey},
		"extractable":    {func(c *Config) { c.Key = "loose" }, errWeak},
	} {
		cfg := cfg
		test.change(&cfg)
		if _, err := Open(cfg); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := k.Wrap(t.Context(), make([]byte, 32), nil); err != nil { // with a session to end
		t.Fatal(err)
	}
	if err := k.module.Logout(k.session); err != nil {
		t.Fatal(err)
	}
	cfg.PIN = func() (string, error) { return "9999", nil }
	if _, err := Open(cfg); !errors.Is(err, errLogin) {
		t.Errorf("wrong PIN: %v", err)
	}
}
