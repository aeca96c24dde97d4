//go:build linux || darwin

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// TestImportThroughOwner: previews, profiles of the user's own and archives work
// while another process owns the data folder.
func TestImportThroughOwner(t *testing.T) {
	dir := shortDir(t)
	run(t, "init", "--data", dir)
	owner := mustDesk(t, dir)
	rules := filepath.Join(t.TempDir(), "bank.rules")
	text := "skip 1\nseparator ;\ndecimal-mark ,\nfields date, description, amount\ndate-format %d/%m/%Y\ncurrency EUR\nif BAKER\n  account2 expenses:Bread\n"
	csv := filepath.Join(t.TempDir(), "odd.csv")
	for name, text := range map[string]string{rules: text, csv: "When;What;Sum\n01/02/2025;BAKER;-3,50\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args      []string
		out, errs string
	}{
		{[]string{csv, "--profile", rules}, "odd.csv: imported as batch 1\n", "counterfoil: 2025-02-01  -3.50 EUR  booked  BAKER  Bread\n"},
		{[]string{csv, "--profile", rules}, "odd.csv: nothing new\n", ""},
		{[]string{samples + "profiles/monzo.csv", "--preview"}, "2025-12-31  -12.50 GBP  booked  TESCO STORES", ""},
		{[]string{samples + "qif/data-with-categories.qif", "--currency", "USD", "--yes"}, ": imported as batch 2\n", ""},
	} {
		var out, errs bytes.Buffer
		code := Main(t.Context(), append([]string{"import", "--data", dir}, c.args...), strings.NewReader(""), &out, &errs, os.Environ())
		if code != exit.OK || !strings.Contains(out.String(), c.out) || !strings.Contains(errs.String(), c.errs) || c.errs == "" && errs.Len() > 0 {
			t.Errorf("%v: exit code %d\n%s%s", c.args, code, &out, &errs)
		}
	}
	if err := owner.end(); err != nil {
		t.Errorf("the owner ended with %v: %s", err, owner.errs.String())
	}
}
