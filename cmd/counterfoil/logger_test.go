package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// TestLogIsRedacted: a log line holds no number that an error or a panic quotes,
// and stays findable by the call's id.
func TestLogIsRedacted(t *testing.T) {
	var said bytes.Buffer
	a := &app{ui: console.UI{Err: &said}}
	const id = "call_mfrggzdfmztwq2lknnwg23tpoa"
	a.logger().Error("call failed", "call_id", id, "error", errors.New("panic: 4111 1111 1111 1111"), "source", "GB82WEST12345698765432")
	line := said.String()
	for _, secret := range []string{"4111", "GB82"} {
		if strings.Contains(line, secret) {
			t.Errorf("the log says %s", line)
		}
	}
	if !strings.Contains(line, "CARD_") || !strings.Contains(line, "IBAN_") || !strings.Contains(line, id) {
		t.Errorf("the log says %s", line)
	}
}

// TestRevealThroughOwner: reveal and store redact work while another process
// owns the data folder; its records are where the owner's are.
func TestRevealThroughOwner(t *testing.T) {
	f, token := vaultFolder(t)
	a := f.app
	var out, errs bytes.Buffer
	code := Main(t.Context(), []string{"reveal", "--show", "--data", a.dataDir}, strings.NewReader("it went to "+token+",\r\nnot to CARD_ABC"), &out, &errs, nil)
	if code != exit.OK || out.String() != "it went to 4111111111111111,\r\nnot to CARD_ABC" {
		t.Errorf("exit code %d: %q %s", code, &out, &errs)
	}
	out.Reset()
	if code := Main(t.Context(), []string{"store", "redact", "--data", a.dataDir}, strings.NewReader(""), &out, &errs, nil); code != exit.OK || out.String() != "0 transactions examined, 0 changed, 0 outdated\n0 names of files and accounts examined, 0 changed, 0 outdated\n" {
		t.Errorf("exit code %d: %q %s", code, &out, &errs)
	}
	if got := strings.Join(reveals(t, f), ", "); got != "allow" {
		t.Errorf("on record: %s", got)
	}
}
