package postgres

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/store"
)

// FuzzFind: for any words, span, snapshot, direction and bound the search
// function, which runs above row-level security, gives what the plain query gives
// under it, or refuses what is no word.
func FuzzFind(f *testing.F) {
	_, mine, _ := two(f)
	conn := login(f, mine.Reader)
	for _, words := range []string{"mine", "card pay", "tes", secret, "東", "x' | '2:" + secret, `\`, "@", ":*", "mine & card", "1:mine", "!mine", "<->", "mine:A", "%", "_",
		"*ine", "*" + secret[1:], "*esco mine", "card *aymen", "*esco *ine car", "*ine2", "*2:" + secret, "*東京都"} {
		f.Add(words, uint16(0), uint16(400), uint8(1), true, uint8(50))
		f.Add(words, uint16(3), uint16(9), uint8(0), false, uint8(0))
	}
	first := store.NewDate(2025, 12, 1)
	f.Fuzz(func(t *testing.T, text string, from, days uint16, at uint8, down bool, most uint8) {
		words := strings.Split(text, " ")
		inside := make(map[int]string)
		for i, word := range words {
			if !strings.HasPrefix(word, "*") {
				continue
			}
			q := store.QueryWords(word)
			if len(q) != 1 || !q[0].Inside {
				t.Skip("the store asks for nothing of the kind")
			}
			inside[i] = q[0].Text
			words[i] = (&plan{words: q}).wanted()[0]
		}
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") || len(text) > store.MaxQuery {
			t.Skip("PostgreSQL takes no such text, or the store none so long")
		}
		low, high := baseOf(first.AddDays(int(from)), 0), baseOf(first.AddDays(int(from)+int(days)), 0)
		limit := any(int(most))
		if most == 0 {
			limit = nil
		}
		got, err := bases(t.Context(), conn, "SELECT counterfoil.find($1, $2, $3, $4, $5, $6)", words, low, high, at, down, limit)
		if slices.ContainsFunc(words, func(w string) bool { return w == "" || strings.ContainsAny(w, `'\@`) }) {
			if sqlState(err) != "22023" {
				t.Fatalf("%q: %v", words, err)
			}
			return
		}
		form, held := "", ""
		for i, word := range words {
			if text, ok := inside[i]; ok { // of letters and digits
				held += " AND (SELECT bool_or(strpos(substr(l, 5), '" + text + "') > 0) FROM unnest(tsvector_to_array(words)) l)"
				continue
			}
			form += " & '1:@" + word + "'"
			if i == len(words)-1 {
				form += ":*"
			}
		}
		if form == "" {
			form = " & '1:@':*" // any word
		}
		form = form[3:]
		sql := "SELECT base FROM counterfoil.detail WHERE words @@ replace($1, '@', counterfoil.stretch(base))::tsquery" + held + " AND base >= $2 AND base < $3 AND batch <= $4 AND to_batch > $4 ORDER BY base"
		if down && most > 0 {
			sql += " DESC"
		}
		want, err2 := bases(t.Context(), conn, sql+" LIMIT $5", form, low, high, at, limit)
		if err != nil || err2 != nil {
			t.Fatalf("%q: %v, plain %v", words, err, err2)
		}
		if most == 0 {
			slices.Sort(got) // no order was asked for
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q from %d, %d days, at %d, down %v, %d wanted: %v, want %v", words, from, days, at, down, most, got, want)
		}
	})
}
