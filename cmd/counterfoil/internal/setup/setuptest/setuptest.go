// Package setuptest makes data folders for tests.
package setuptest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup"
)

// New sets up a data folder and returns where it is, and what is said.
func New(t *testing.T) (*home.Home, *bytes.Buffer) {
	t.Helper()
	said := &bytes.Buffer{}
	h := &home.Home{
		UI:      console.UI{Out: &bytes.Buffer{}, Err: said},
		DataDir: filepath.Join(t.TempDir(), "data"),
		Now:     func() time.Time { return time.Now().UTC() },
	}
	if err := h.Resolve(); err != nil {
		t.Fatal(err)
	}
	if err := setup.Init(t.Context(), h, setup.Postgres{}, ""); err != nil {
		t.Fatal(err)
	}
	return h, said
}

// Edit replaces a text in a file, which has to be there.
func Edit(t *testing.T, path, old, replacement string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q", path, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, replacement, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// CheckRefusal makes sure that the log of a folder has the refusal of a peer that
// is another user.
func CheckRefusal(t *testing.T, dir string) {
	t.Helper()
	r, err := audit.OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for it, err := range r.Entries(0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		if it.Record.Reason == "bad_peer" {
			return
		}
	}
	t.Error("the refusal is not on record")
}
