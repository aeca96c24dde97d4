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

// TestShortCodesBesideCues: an account number of six digits or seven in base64, which
// nobody knows, beside the word for it.
func TestShortCodesBesideCues(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{"account number: NTY5MTg0", "acct NDMzNTY0OQ==", "Account no. NzkyNDE0 paid", "account=NzMzNTI2NQ==", `{"account_number":"NzMzNTI2NQ=="}`, `{"acct":["NTY5MTg0"]}`} {
		if out, found, err := r.Text(nil, []byte(in)); err != nil || len(found) != 1 || found[0].Entity != redact.Account {
			t.Errorf("%q became %q: %v %v", in, out, found, err)
		}
	}
	for _, in := range []string{"NTY5MTg0", "account MONTMORE", "ref NTY5MTg0", "account NTY5MTg0x", `{"ref":"NTY5MTg0"}`} {
		if out, found, err := r.Text(nil, []byte(in)); err != nil || string(out) != in {
			t.Errorf("%q became %q: %v %v", in, out, found, err)
		}
	}
}
