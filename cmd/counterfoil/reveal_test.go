package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// TestRevealThroughOwner: reveal and store redact work while another process
// owns the data folder; its records are where the owner's are.
func TestRevealThroughOwner(t *testing.T) {
	f, token := vaultFolder(t)
	a := f.app
	var out, errs bytes.Buffer
	code := Main(t.Context(), []string{"reveal", "--show", "--data", a.DataDir}, strings.NewReader("it went to "+token+",\r\nnot to CARD_ABC"), &out, &errs, nil)
	if code != exit.OK || out.String() != "it went to 4111111111111111,\r\nnot to CARD_ABC" {
		t.Errorf("exit code %d: %q %s", code, &out, &errs)
	}
	out.Reset()
	if code := Main(t.Context(), []string{"store", "redact", "--data", a.DataDir}, strings.NewReader(""), &out, &errs, nil); code != exit.OK || out.String() != "0 transactions examined, 0 changed, 0 outdated\n0 names of files and accounts examined, 0 changed, 0 outdated\n" {
		t.Errorf("exit code %d: %q %s", code, &out, &errs)
	}
	if got := strings.Join(reveals(t, f), ", "); got != "allow" {
		t.Errorf("on record: %s", got)
	}
}
