package redact_test

import (
	"strings"
	"testing"
)

// TestSaidApart holds numbers that words or members some way before them speak for.
func TestSaidApart(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, number string }{
		{"Can you send it back to my Nationwide account? It is 07 57 75 and the number is 29137636.", "29137636"},
		{"the sort code is 07-57-75, the account number is 29137636", "29137636"},
		{"sort code 07-57-75 and the number is 29137636", "29137636"},
		{"Ihre TAN für die Überweisung von 250,00 EUR lautet 189279.", "189279"},
		{"Die TAN für Ihren Auftrag über 1.250,00 EUR ist 189279.", "189279"},
		{"PRLV FREE MOBILE COMPTE DEBITE 73952453906 -19,99", "73952453906"},
		{"Compte débité : 73952453906", "73952453906"},
		{"VIR COMPTE CREDITE 73952453906 19,99", "73952453906"},
		{`[{"Site":"x","PIN":"4821"},{"Site":"Wise","User":"ann","Password":"hG7!kkq20z","PIN":"993778"}]`, "993778"},
		{`{"Password":"hG7!kkq20z","PIN":993778}`, "993778"},
		{`{"PIN":"993778","Password":"hG7!kkq20z"}`, "993778"},
	} {
		if out := text(t, r, tc.in); strings.Contains(out, tc.number) || text(t, r, out) != out {
			t.Errorf("%s\nbecomes %s", tc.in, out)
		}
	}
	for _, in := range []string{
		"It is 07 57 75 and the number is 29137636.",
		"born on 07 05 75 and the number is 29137636",
		"the order of 07-05-26 and the number is 29137636",
		"Die TAN war falsch. Der Betrag von 250,00 EUR ist 189279.",
		"PRLV FREE MOBILE DEBITE 73952453906",
		"compte débité 19,99",
		`{"city":"Pune","state":"MH","pin":"411001"}`,
		`[{"city":"Pune","pin":"411001"},{"Site":"Wise","Password":""}]`,
	} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s\nbecomes %s", in, out)
		}
	}
}
