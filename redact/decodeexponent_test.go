package redact_test

import (
	"strings"
	"testing"
)

// TestExponents: a number with an exponent is the same number in a text.
func TestExponents(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"paid 4.539578763621486e15 today",
		"1,4.539578763621486E15,EUR",
		"<Id>4.539578763621486E+15</Id>",
		"https://pay.example/a/4.539578763621486e15?x=1",
		"account 4.829137401e9",
		"card 4.53957876362146e15",
		"ref is 45395787.63621486e8 here",
		"4539578763621.486E3",
		"INFO got {\"ref\":453957.8763621486e10} ok",
	} {
		if out := text(t, r, in); !strings.Contains(out, "_") || strings.Contains(out, "5395787636214") || strings.Contains(out, "29137401") {
			t.Errorf("%s -> %s", in, out)
		}
	}
	if out := jsonText(t, r, `{"memo":"4.539578763621486e15"}`); strings.Contains(out, "53957") {
		t.Error(out)
	}
	for _, in := range []string{`{"ref":6.761238560788368064e18}`, `{"id":47.61734989797143146e+17}`, `{"x":45395787.63621486e8}`} {
		if out := jsonText(t, r, in); !strings.Contains(out, "CARD_") {
			t.Errorf("%s -> %s", in, out)
		}
	}
	for _, in := range []string{
		"45.39578763621486e10", "12.5e3",
		"4.539578763621486e-15", "4.539578763621486e3", "rate 4.539578763621486e15.2",
		"4.539578763621486e15 3.178291738291734e15 2.817283748291722e14", "6.02214076e23", "v18 < float64(4.642690608e+14)", "v18 >= float64(-2.1086676e+11)", "1.6726219e27",
	} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}
