package postgres

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// TestFindGoesOn: beyond the rows that the search function reads one by one it
// goes on through the index, a stretch of time after the other, and gives what
// the plain query gives: for words of every frequency, from both ends, and for
// any number that is wanted.
func TestFindGoesOn(t *testing.T) {
	t.Parallel()
	cfg := sharedDatabase(t).tenant(t)
	s := open(t, cfg)
	const rows, days = 6000, 3 * 365
	first := store.NewDate(2023, 1, 1)
	every := map[string]int{"all": 1, "third": 3, "fiftieth": 50, "few": 400, "two": 2500, "late": 0}
	im := benchImport("x")
	_, err := s.Import(t.Context(), im, func(yield func(store.Row, error) bool) {
		for n := range rows {
			text := fmt.Sprint("number", n)
			for word, k := range every {
				if k > 0 && n%k == 1%k || k == 0 && n > rows-20 {
					text += " " + word
				}
			}
			row := store.Row{AccountKey: benchKey("account", n%8), SourceKind: "csv", SourceKey: benchKey("source", n), ContentKey: benchKey("content", n)}
			row.Transaction = store.Transaction{Booked: first.AddDays(n * days / rows), Amount: store.Money{Minor: int64(n + 1), Currency: "GBP"}, Description: text}
			if !yield(row, nil) {
				return
			}
		}
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	conn := login(t, cfg.Reader)
	r := rand.New(rand.NewPCG(3, 4))
	words := append(slices.Sorted(func(yield func(string) bool) {
		for w := range every {
			if !yield(w) {
				return
			}
		}
	}), "number5", "number59", "nothing")
	for range 120 {
		query := []string{words[r.IntN(len(words))]}
		if r.IntN(3) == 0 {
			query = append(query, words[r.IntN(len(words))])
		}
		low, high := int64(0), int64(maxBase+1)
		if r.IntN(2) == 0 {
			from := r.IntN(days)
			low, high = baseOf(first.AddDays(from), 0), baseOf(first.AddDays(from+r.IntN(days-from+1)), 0)
		}
		down, most := r.IntN(2) == 0, 1+r.IntN(200)
		got, err := bases(t.Context(), conn, "SELECT counterfoil.find($1, $2, $3, 1, $4, $5)", query, low, high, down, most)
		if err != nil {
			t.Fatal(err)
		}
		form := ""
		for _, w := range query {
			form += fmt.Sprintf(" & '%d:@%s'", s.tenant, w)
		}
		sql := "SELECT base FROM counterfoil.detail WHERE words @@ replace($1, '@', counterfoil.stretch(base))::tsquery AND base >= $2 AND base < $3 ORDER BY base"
		if down {
			sql += " DESC"
		}
		want, err := bases(t.Context(), conn, sql+" LIMIT $4", form[3:]+":*", low, high, most)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q from %d to %d, down %v, %d wanted: %d found, want %d", query, low, high, down, most, len(got), len(want))
		}
	}
}
