package redact

import (
	"strings"
	"testing"
)

// TestNeighboursStay: what stands beside an encoded number is not taken in with it: the
// amount in the next member, cell or field, the letters before it.
func TestNeighboursStay(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	escaped := func(before, after string) string { // of 6222024813308805
		var b strings.Builder
		for _, c := range []byte("6222024813308805") {
			b.WriteString(before + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]) + after)
		}
		return b.String()
	}
	for _, in := range []string{
		`[{"note":"account number &#x35;&#x39;&#x34;&#x38;&#x32;&#x39;&#x31;&#x37;"},{"amount":"-844.69"}]`,
		`{"rows":[{"note":"card ` + escaped("%", "") + `","amount":"-844.69"}]}`,
		`{"note":"card 34353339353738373633363231343836","amount":"-844.69"}`,
		`{"amount":"12.00","note":"card 34353339353738373633363231343836","balance":"-844.69"}`,
		`1,"card 34353339353738373633363231343836",-844.69,EUR`,
		`1,"account number 48 29 13 74",-844.69,EUR`,
		`2026-06-05,"Omar Haddad","card ` + escaped("&#x", ";") + `",-844.69,EUR`,
		`2026-06-05,"Omar Haddad","card ` + escaped(`\u00`, "") + `",-844.69,EUR`,
		`2026-06-05,"Omar Haddad","IBAN \x41\x54\x30\x37\x38\x39\x35\x31\x30\x35\x31\x36\x36\x37\x38\x38\x35\x39\x35\x38",-844.69,EUR`,
		`X-Note: NDUzOTU3ODc2MzYyMTQ4Ng== -844.69`,
	} {
		out, found, err := r.Text(nil, []byte(in))
		if err != nil || len(found) != 1 || !strings.Contains(string(out), "-844.69") || strings.HasPrefix(in, "X-Note: ") && !strings.HasPrefix(string(out), "X-Note: ") {
			t.Errorf("%s\n-> %s, %v, %v", in, out, found, err)
		}
		if in[0] != '{' && in[0] != '[' {
			continue
		}
		if out, _, err := r.JSON(nil, []byte(in)); err != nil || !strings.Contains(string(out), `"-844.69"`) {
			t.Errorf("as JSON: %s\n-> %s, %v", in, out, err)
		}
	}
}
