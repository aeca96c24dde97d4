package redact_test

import "testing"

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
