package postgres

import (
	"cmp"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// TestFindInside: beyond the rows that the search function reads one by one, what
// lies inside of words is found through their stems, and where they are too many by
// looking at the rows: in exactly those rows that have it, from both ends, in any
// number, by date and by amount.
func TestFindInside(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := open(t, db.tenant(t))
	r := rand.New(rand.NewPCG(9, 10))
	if _, err := s.Import(t.Context(), benchImport("x"), insideRows(r), false); err != nil {
		t.Fatal(err)
	}
	execute(t, db.super, "VACUUM ANALYZE")
	plan := login(t, db.super).seen(t.Context(), "EXPLAIN SELECT FROM counterfoil.detail d WHERE counterfoil.inside(d.words, d.tenant, d.base, 'abc')")
	if !strings.Contains(plan, "strpos") {
		t.Errorf("looking at the words of a row is not inlined: %s", plan)
	}
	all, err := s.Search(t.Context(), store.Query{At: 1, Limit: store.MaxPage, Sort: store.DateAsc})
	if err != nil || len(all.Items) != insideCount {
		t.Fatalf("%d rows, %v", len(all.Items), err)
	}
	queries := []string{"*qzx", "*star", "*bucksstore1", "*9starl", "*arlyb", "*umber59", "*qzx *tarbuc", "*aymen", "payment *bird", "*none", "*qzx number4", "*aqzx", "*qzxa *umber1"}
	for _, query := range queries {
		for range 4 {
			f := store.Filter{Query: query}
			if r.IntN(2) == 0 {
				f.From = insideFirst.AddDays(r.IntN(insideDays))
				f.To = f.From.AddDays(r.IntN(200))
			}
			sort, limit := []store.Sort{store.DateAsc, store.DateDesc, store.AmountDesc}[r.IntN(3)], 1+r.IntN(100)
			want := matching(all.Items, &f, sort)
			want = want[:min(limit, len(want))]
			page, err := s.Search(t.Context(), store.Query{At: 1, Filter: f, Sort: sort, Limit: limit})
			if err != nil {
				t.Fatal(err)
			}
			got := ids(page.Items)
			if !slices.Equal(got, want) {
				t.Errorf("%q from %s to %s by %s: %d rows, want %d", query, f.From, f.To, sort, len(got), len(want))
			}
			if groups, err := s.Summarize(t.Context(), store.Summary{At: 1, Filter: f}); err != nil || len(want) > 0 && len(groups) != 1 {
				t.Errorf("%q in total: %v, %v", query, groups, err)
			}
		}
	}
}

// The rows of TestFindInside.
const insideCount, insideDays = 6000, 3 * 365

var insideFirst = store.NewDate(2023, 1, 1)

func insideRows(r *rand.Rand) iter.Seq2[store.Row, error] {
	letters := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('a' + r.IntN(26))
		}
		return string(b)
	}
	return func(yield func(store.Row, error) bool) {
		for n := range insideCount {
			text := fmt.Sprint("payment number", n, " ", letters(2+r.IntN(3)), "qzx", letters(2), n%10)
			switch {
			case n < 2:
				text += " earlybird"
			case n%400 == 7:
				text += fmt.Sprint(" starbucksstore", n%3)
			case n%2500 == 9:
				text += " 9starlight9"
			}
			row := store.Row{AccountKey: benchKey("account", n%8), SourceKind: "csv", SourceKey: benchKey("source", n), ContentKey: benchKey("content", n)}
			row.Transaction = store.Transaction{Booked: insideFirst.AddDays(n * insideDays / insideCount), Amount: store.Money{Minor: int64(n + 1), Currency: "GBP"}, Description: text}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// matching returns the ids of those of all transactions, oldest first, that a filter
// selects, in an order. Their amounts rise with dates, but not within a day.
func matching(all []store.Transaction, f *store.Filter, sort store.Sort) []string {
	var have []store.Transaction
	for i := range all {
		if f.Match(&all[i]) {
			have = append(have, all[i])
		}
	}
	if sort == store.AmountDesc {
		slices.SortFunc(have, func(a, b store.Transaction) int { return cmp.Compare(a.Amount.Minor, b.Amount.Minor) })
	}
	if sort != store.DateAsc {
		slices.Reverse(have)
	}
	return ids(have)
}

func ids(txs []store.Transaction) (ids []string) {
	for i := range txs {
		ids = append(ids, txs[i].ID)
	}
	return ids
}
