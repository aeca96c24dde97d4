package redact_test

import (
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
)

// TestLeftAlone keeps what looks like an identity number but is an address or a
// telephone number.
func TestLeftAlone(t *testing.T) {
	r := newRedactor(t)
	for _, text := range []string{"+1 (210) 877-6689", "(210) 877-6689", "call +1 (270) 912-1327", "249.177.205.16"} {
		if out, found, err := r.Text(nil, []byte(text)); err != nil || string(out) != text {
			t.Errorf("%q became %q: %v %v", text, out, found, err)
		}
	}
	for _, text := range []string{"210877-6689", "111.444.777.35"} {
		if out, found, err := r.Text(nil, []byte(text)); err != nil || len(found) != 1 {
			t.Errorf("%q became %q: %v %v", text, out, found, err)
		}
	}
}

// TestGluedCLABE finds a Mexican account number to which a year or an expiry date is
// glued, and leaves the token of the number itself.
func TestGluedCLABE(t *testing.T) {
	r := newRedactor(t)
	token := redact.TokenOf(testKey, redact.Account, "002620202206500373")
	for _, text := range []string{"0127%s", "2024%s", "%s1227", "%s2026"} {
		in, want := strings.ReplaceAll(text, "%s", "002620202206500373"), strings.ReplaceAll(text, "%s", token)
		if out, found, err := r.Text(nil, []byte(in)); err != nil || string(out) != want {
			t.Errorf("%q became %q: %v %v", in, out, found, err)
		}
	}
}
