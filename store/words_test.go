package store

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{" ,.-* ", nil},
		{"AMAZON.CO.UK*AB12", []string{"amazon", "co", "uk", "ab12"}},
		{"Café Zoë", []string{"cafe", "zoe"}},
		{"STRASSE Straße", []string{"strasse", "strasse"}},
		{"ＣＡＲＤ １２３", []string{"card", "123"}},
		{"ﬁnance", []string{"finance"}},
		{"Москва Й", []string{"москва", "и"}},
		{"東京 支店", []string{"東京", "支店"}},
		{`"tesco" OR NEAR(a b) -x ^y z*`, []string{"tesco", "or", "near", "a", "b", "x", "y", "z"}},
		{"a\x00b\xffc", []string{"a", "b", "c"}},
		{strings.Repeat("x", 60), []string{strings.Repeat("x", MaxWord)}},
		{strings.Repeat("x", 47) + "é…", []string{strings.Repeat("x", 47) + "e"}},
		{strings.Repeat("x", 47) + "я", []string{strings.Repeat("x", 47)}},
	} {
		if got := Words(c.text); !slices.Equal(got, c.want) {
			t.Errorf("Words(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, seed := range []string{"Café", "ǅ ß İ ﬃ", "a\u0345B", "\xff\xfe", "ΑΣ ς", "Ⅷ ½ ①"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if once, twice := Fold(text), Fold(Fold(text)); once != twice {
			t.Errorf("Fold(%q) = %q, then %q", text, once, twice)
		}
		words := Words(text)
		for _, w := range words {
			if w == "" || len(w) > MaxWord || (utf8.ValidString(text) && !utf8.ValidString(w)) {
				t.Errorf("Words(%q) has %q", text, w)
			}
		}
		if again := Words(strings.Join(words, " ")); !slices.Equal(again, words) {
			t.Errorf("Words(%q) = %q, and of those %q", text, words, again)
		}
	})
}
