package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMerchantOfANumber: the name of a merchant is made of the redacted text. What
// is dropped from it for being a reference may be all that a number is told by.
func TestMerchantOfANumber(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	run(t, "--data", data, "init")
	file := filepath.Join(t.TempDir(), "s.csv")
	text := "Date,Description,Amount,Currency\n2026-01-02,rent gb29 nwbk 6016 1331 9268 19,-1.00,GBP\n2026-01-03,TESCO PFS 6119,-2.00,GBP\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "--data", data, "import", "--yes", "--account", "Main", file)
	got := run(t, "--data", data, "call", "list_merchants", `{}`)
	if strings.Contains(got, "nwbk") || !strings.Contains(got, `"rent"`) || !strings.Contains(got, `"TESCO PFS"`) {
		t.Errorf("the merchants are %s", got)
	}
}
