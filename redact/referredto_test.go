package redact_test

import (
	"strings"
	"testing"
)

// TestReferredTo: what the words behind a number say that refer to it, the key of a database
// that has it already, and the security code in a list behind a card.
func TestReferredTo(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"please close 482913741, it is my old account", "482913741"}, {"hey its 482913741 thats my account", "482913741"}, {"482913741, that's my account number", "482913741"},
		{"ERROR 1062 (23000): Duplicate entry '4829137412' for key 'accounts.account_no'", "4829137412"}, {"card 4539 5787 6362 1486, 11/27, 802, SW1A 1AA", "802"},
	} {
		if got := text(t, r, tc.in); strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
	}
	for _, in := range []string{"4829137412, it is my old order", "482913741, that's my phone", "Duplicate entry '4829137412' for key 'PRIMARY'", "Duplicate entry '4829137412' for key 'orders.order_no'", "4829137412, it is my account balance"} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
	if got := text(t, r, "4539578763621486, 11/27, 250.00"); !strings.Contains(got, "250.00") {
		t.Errorf("%q", got)
	}
}
