package cue

import (
	"strings"
	"testing"
)

// TestBefore: what the words before the number at the mark say it is.
func TestBefore(t *testing.T) {
	for _, tc := range []struct {
		text string
		want Set
	}{
		{"account number |12345678", Account},
		{"Kontonummer lautet: |12345678", Account},
		{"my bank account is |12345678", Account},
		{"accountNumber=|12345678", Account},
		{"<account>|12345678", Account},
		{"card ending in |1486", Card | Ending},
		{"sort code |200000", Sort},
		{"my social security number is |123456789", SSN},
		{"numéro de compte |12345678", Account},
		{"计费账号:|12345678", Account},
		{"Account Number Statement Period\n|12345678", Account},
		{"on account of rain |12345678", 0},
		{"the number of accounts is |12345678", 0},
		{"order |12345678", 0},
		{"|12345678", 0},
	} {
		i := strings.IndexByte(tc.text, '|')
		text := tc.text[:i] + tc.text[i+1:]
		if got := Before([]byte(text), i, 0); got&tc.want != tc.want || tc.want == 0 && got&(Account|Card|SSN) != 0 {
			t.Errorf("%q: %b, want %b", tc.text, got, tc.want)
		}
	}
}

// TestFilter: no word of a cue is told from one before it is looked up.
func TestFilter(t *testing.T) {
	if len(words) < 300 {
		t.Fatalf("only %d words", len(words))
	}
	for word, want := range words {
		for _, spelled := range []string{word, strings.ToUpper(word)} {
			if MayBeCue([]byte(spelled))&want != want {
				t.Errorf("%s: the filter does not let it pass", spelled)
			}
		}
		if got := Of([]byte(word)); got != want {
			t.Errorf("%s: %b, want %b", word, got, want)
		}
		for i := range word { // one of its letters is another
			other := word[:i] + "q" + word[i+1:]
			if got := Of([]byte(other)); got != words[other] {
				t.Errorf("%s: %b, want %b", other, got, words[other])
			}
		}
	}
}

// TestForeignKey: names of fields in other languages.
func TestForeignKey(t *testing.T) {
	for key, want := range map[string]Foreign{
		"senha": ForeignPassword, "Passwort": ForeignPassword, "mot_de_passe": ForeignPassword, "rekeningnummer": foreignAccount, "hesapNo": foreignAccount,
		"Beschreibung": 0, "montant": 0, "nota": 0,
	} {
		if got := ForeignKey([]byte(key)); got&want != want || want == 0 && got&(ForeignPassword|foreignAccount) != 0 {
			t.Errorf("%s: %b, want %b", key, got, want)
		}
	}
}
