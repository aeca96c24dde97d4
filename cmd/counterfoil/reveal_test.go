package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/tools"
)

// TestRevealThroughOwner: reveal and store redact work while another process
// owns the data folder; its records are where the owner's are.
func TestRevealThroughOwner(t *testing.T) {
	a, _ := newApp(t)
	setuptest.Edit(t, a.ConfigPath, "owners: {}", "owners: {Alex: alex, Kim: kim}")
	for _, owner := range []string{"Alex", "Kim"} {
		importAs(t, a.DataDir, owner, "pay 4111 1111 1111 1111 now")
	}
	f, err := folder.Open(context.Background(), a.Home)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	token := redact.TokenOf(tools.TokenKey(f.Keys), redact.Card, "4111111111111111")
	var out, errs bytes.Buffer
	code := Main(t.Context(), []string{"reveal", "--show", "--data", a.DataDir}, strings.NewReader("it went to "+token+",\r\nnot to CARD_ABC"), &out, &errs, nil)
	if code != exit.OK || out.String() != "it went to 4111111111111111,\r\nnot to CARD_ABC" {
		t.Errorf("exit code %d: %q %s", code, &out, &errs)
	}
	out.Reset()
	if code := Main(t.Context(), []string{"store", "redact", "--data", a.DataDir}, strings.NewReader(""), &out, &errs, nil); code != exit.OK || out.String() != "0 transactions examined, 0 changed, 0 outdated\n0 names of files and accounts examined, 0 changed, 0 outdated\n" {
		t.Errorf("exit code %d: %q %s", code, &out, &errs)
	}
	var decided []string
	for it, err := range f.Log.Reader().Select(audit.Filter{Event: audit.EventReveal}) {
		if err != nil {
			t.Fatal(err)
		}
		decided = append(decided, it.Record.Decision)
	}
	if got := strings.Join(decided, ", "); got != "allow" {
		t.Errorf("on record: %s", got)
	}
}

// importAs imports a statement of one booking with this text into an account.
func importAs(t *testing.T, dir, account, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s.csv")
	if err := os.WriteFile(file, []byte("Date,Description,Amount,Currency\n2026-01-02,"+text+",-1.00,GBP\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "import", "--yes", file, "--account", account, "--data", dir)
}
