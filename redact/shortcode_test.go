package redact_test

import (
	"encoding/base64"
	"encoding/hex"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
)

// TestShortCodes finds the last digits of a known number in an encoding.
func TestShortCodes(t *testing.T) {
	r := knowing(t, 1, func(int) (redact.Entity, string) { return redact.Account, "831946559201" })
	for _, digits := range []string{"559201", "6559201"} {
		for _, code := range []string{base64.StdEncoding.EncodeToString([]byte(digits)), hex.EncodeToString([]byte(digits))} {
			for _, text := range []string{code + "=", `{"a":"` + code + ` %20"}`} {
				if out, found, err := r.Text(nil, []byte(text)); err != nil || len(found) != 1 {
					t.Errorf("%s as %q became %q: %v %v", digits, text, out, found, err)
				}
			}
		}
	}
	for _, text := range []string{"NjU1OTIwMQ==", "353539323031", "pay 353539323031 now"} {
		if out, found, err := r.Text(nil, []byte(text)); err != nil || len(found) != 1 {
			t.Errorf("%q became %q: %v %v", text, out, found, err)
		}
	}
	for _, text := range []string{"MTIzNDU2 =", "pay 313233343536 now", "Shopping=", "333333333333"} {
		if out, found, err := r.Text(nil, []byte(text)); err != nil || string(out) != text {
			t.Errorf("%q became %q: %v %v", text, out, found, err)
		}
	}
}
