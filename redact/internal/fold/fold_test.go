package fold

import (
	"testing"
	"unicode"
)

func TestString(t *testing.T) {
	for in, want := range map[string]string{
		"DE89 3704":         "DE89 3704",
		"４１１１ ٤١١١ ४१११":    "4111 4111 4111", // full-width, Arabic-Indic, Devanagari
		"①⑵❸ 𝟒𝟻":            "123 45",
		"ⅷ四伍 ²₃":            "845 23",
		"ΙΒΑΝ СВ":           "IBAN CB", // Greek, Cyrillic
		"é ﬁ Ⅻ":             "e fi XII",
		"4\u200b1\u03011":   "411",
		"20\u201320\u00a01": "20-20 1",
		"€ ∗ 字":             "| . 字",
		"\U000E0034":        "4",
	} {
		if got := String(in); got != want {
			t.Errorf("%q folds to %q, not to %q", in, got, want)
		}
	}
}

// TestLatin compares what the table holds with what is worked out.
func TestLatin(t *testing.T) {
	for r := rune(0x80); r < endLatin; r++ {
		got, ok := Latin(r)
		if want := string(high(nil, r)); !ok || got != want || string(Rune(nil, r)) != want {
			t.Errorf("%U folds to %q, not to %q", r, got, want)
		}
	}
	for _, r := range []rune{'a', 0, endLatin, unicode.MaxRune} {
		if _, ok := Latin(r); ok {
			t.Errorf("%U is in the table", r)
		}
	}
}

// TestDigits: each decimal digit of Unicode, and each other one that a table names, folds
// to the digit that it is.
func TestDigits(t *testing.T) {
	for _, ranges := range unicode.Nd.R16 {
		for r := rune(ranges.Lo); r <= rune(ranges.Hi); r++ {
			if got, want := string(Rune(nil, r)), string('0'+(r-rune(ranges.Lo))%10); got != want {
				t.Errorf("%U folds to %q, not to %q", r, got, want)
			}
		}
	}
	for _, run := range digitRuns {
		for d := run.first; d <= run.last; d++ {
			if got := string(Rune(nil, run.at+d-run.first)); got != string('0'+d) {
				t.Errorf("%U folds to %q, not to %d", run.at+d-run.first, got, d)
			}
		}
	}
}
