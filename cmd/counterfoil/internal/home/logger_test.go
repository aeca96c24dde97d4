package home

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
)

// TestLogIsRedacted: a log line holds no number that an error or a panic quotes,
// and stays findable by the call's id.
func TestLogIsRedacted(t *testing.T) {
	var said bytes.Buffer
	h := &Home{UI: console.UI{Err: &said}}
	const id = "call_mfrggzdfmztwq2lknnwg23tpoa"
	h.Logger().Error("call failed", "call_id", id, "error", errors.New("panic: 4111 1111 1111 1111"), "source", "GB82WEST12345698765432")
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
