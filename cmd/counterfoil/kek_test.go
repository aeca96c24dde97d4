//go:build linux || darwin

package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
	"github.com/counterfoil/counterfoil/internal/seal/kekfake"
)

// movingFolder is a data folder whose keys are about to move from a file to Vault.
func movingFolder(t *testing.T, v *kekfake.Vault) (dir, keys string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	write(t, filepath.Join(dir, "keys", "ca.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: v.Certificate().Raw})))
	token := filepath.Join(dir, "keys", "vault-token")
	write(t, token, v.Token+"\n")
	chmod(t, token, 0o600)
	keys = `provider: vault
  vault: {url: "` + v.URL + `", key: counterfoil, token_file: keys/vault-token}
  network: {ca_file: keys/ca.pem}
  `
	setuptest.Edit(t, filepath.Join(dir, "config.yaml"), "kek: \"\"", keys+"previous: {provider: file}")
	return dir, keys
}

// leaveFile ends the move: the file is gone.
func leaveFile(t *testing.T, dir string) {
	t.Helper()
	setuptest.Edit(t, filepath.Join(dir, "config.yaml"), "previous: {provider: file}", "")
	if err := os.Remove(filepath.Join(dir, "keys", "kek")); err != nil {
		t.Fatal(err)
	}
}

// onRecord holds that what was asked of the service is in the log: every operation
// with the key that did it, and every connection.
func onRecord(t *testing.T, dir, address string) {
	t.Helper()
	keys := run(t, "--json", "audit", "list", "--event", "keys", "--limit", "1000", "--data", dir)
	for _, want := range []string{
		"done wrap by=vault transit/counterfoil v1", "done unwrap by=vault transit/counterfoil v1",
		"done wrap by=vault transit/counterfoil v2", "done unwrap by=vault transit/counterfoil v2", "done new version of the key-encryption key",
	} {
		if !strings.Contains(keys, want) {
			t.Errorf("the log lacks %q", want)
		}
	}
	connections := run(t, "--json", "audit", "list", "--event", "egress", "--limit", "1000", "--data", dir)
	if !strings.Contains(connections, "connect "+address+" "+address) {
		t.Errorf("no connection to the service is on record: %.400s", connections)
	}
	run(t, "audit", "verify", "--data", dir)
}

// TestMoveToVault moves a folder from its own file to Vault, rotates there and
// moves to a file that a passphrase encrypts.
func TestMoveToVault(t *testing.T) {
	v := kekfake.StartVault(t)
	dir, vault := movingFolder(t, v)
	config, token := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "keys", "vault-token")
	if got := run(t, "keys", "status", "--data", dir); !strings.Contains(got, "wrapped by vault transit/counterfoil v1") || !strings.Contains(got, "file ") {
		t.Errorf("while it moves: %s", got)
	}
	run(t, "call", "list_accounts", "--data", dir)
	if got := run(t, "keys", "rewrap", "--data", dir); !strings.Contains(got, "keys are wrapped by vault transit/counterfoil v1") {
		t.Error(got)
	}
	leaveFile(t, dir)
	run(t, "call", "list_accounts", "--data", dir)
	if got := run(t, "keys", "rotate", "--kek", "--data", dir); !strings.Contains(got, "vault transit/counterfoil v2") {
		t.Error(got)
	}
	v.Least(2)
	run(t, "call", "list_accounts", "--data", dir)

	onRecord(t, dir, strings.TrimPrefix(v.URL, "https://"))

	// What goes wrong is said without a secret, and with what to do.
	write(t, token, "WRONG-TOKEN")
	mustRefuse(t, exit.NoKey, "refuses the credentials", "keys", "status", "--data", dir)
	chmod(t, token, 0o644)
	mustRefuse(t, exit.NoKey, "keys.vault.token_file can't be read", "keys", "status", "--data", dir)
	write(t, token, v.Token)
	chmod(t, token, 0o600)

	v.Fail(func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "SECRET", http.StatusServiceUnavailable)
		return true
	})
	mustRefuse(t, exit.NoKey, "can't be reached or does not answer now", "call", "list_accounts", "--data", dir)
	v.Fail(nil)

	write(t, filepath.Join(dir, "keys", "phrase"), "correct horse battery staple")
	chmod(t, filepath.Join(dir, "keys", "phrase"), 0o600)
	setuptest.Edit(t, config, vault, "provider: age\n  passphrase_file: keys/phrase\n  previous:\n    provider: vault\n    vault: {url: \""+v.URL+"\", key: counterfoil, token_file: keys/vault-token}\n    network: {ca_file: keys/ca.pem}\n")
	if got := run(t, "keys", "rewrap", "--data", dir); !strings.Contains(got, "keys are wrapped by age ") {
		t.Error(got)
	}
	v.Close() // nothing is wrapped by it any more
	run(t, "call", "list_accounts", "--data", dir)
}

// mustRefuse runs a command that has to fail so, and say nothing that is secret.
func mustRefuse(t *testing.T, want int, text string, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	code := Main(context.Background(), args, strings.NewReader(""), &out, &errs, nil)
	if code != want || !strings.Contains(errs.String(), text) {
		t.Errorf("%v: exit code %d, want %d and %q\n%s", args, code, want, text, errs.String())
	}
	for _, secret := range []string{"TOKEN", "SECRET", "correct horse", "127.0.0.1"} {
		if strings.Contains(errs.String(), secret) {
			t.Errorf("%v says %q", args, secret)
		}
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
