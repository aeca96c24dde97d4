package sqlite

import (
	"fmt"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

func TestSmoke(t *testing.T) {
	for _, cfg := range []Config{{}, {Path: filepath.Join(t.TempDir(), "a b?c#d%41.db"), Key: [32]byte{1}}, {Path: filepath.Join(t.TempDir(), "p.db"), Plain: true}} {
		s, err := Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		var rows iter.Seq2[store.Row, error] = func(yield func(store.Row, error) bool) {
			for i := range 100 {
				r := store.Row{AccountKey: []byte("k"), ContentKey: []byte(fmt.Sprint(i)), SourceKind: "csv", SourceKey: []byte(fmt.Sprint("s", i))}
				r.Transaction = store.Transaction{Booked: store.NewDate(2026, 1, 1+i/3), Amount: store.Money{Minor: int64(-i), Currency: "GBP"},
					Description: fmt.Sprintf("hello word%d", i), Merchant: fmt.Sprint("M", i%5), Category: fmt.Sprint("C", i%3)}
				if !yield(r, nil) {
					return
				}
			}
		}
		im := store.Import{Source: "x", Format: "csv", At: time.Now(), Accounts: []store.NewAccount{{Key: []byte("k"), Name: "a", Kind: "card", Currency: "GBP"}}}
		d, err := s.Import(t.Context(), im, rows, false)
		fmt.Println(d.Batch.Number, d.Batch.Added, d.Batch.Account, err)
		d2, err := s.Import(t.Context(), im, rows, false)
		fmt.Println(d2, err)
		x, err := s.RowsDigest(t.Context(), 1)
		fmt.Println(x == d.Batch.RowsDigest, err)
		for _, sort := range []store.Sort{"", "date_asc", "amount_desc", "amount_asc"} {
			n := 0
			q := store.Query{At: 1, Sort: sort, Limit: 7}
			for {
				p, err := s.Search(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				n += len(p.Items)
				if q.After = p.Next; q.After == nil {
					break
				}
			}
			fmt.Println(sort, n)
		}
		p, err := s.Search(t.Context(), store.Query{At: 1, Limit: 3, Filter: store.Filter{Query: "HELLO word1", Categories: []string{"C1"}}})
		fmt.Println(len(p.Items), p.Next != nil, err, p.Items)
		g, err := s.Summarize(t.Context(), store.Summary{At: 1, By: []store.Dimension{"category", "month"}})
		fmt.Println(g, err)
		a, err := s.Accounts(t.Context(), 1, nil)
		fmt.Println(a, err)
		m, err := s.Merchants(t.Context(), 1, nil, "m", 3)
		fmt.Println(m, err)
		u, err := s.Undo(t.Context(), 1, time.Now())
		fmt.Println(u.Number, err)
		p, err = s.Search(t.Context(), store.Query{At: 2, Limit: 3})
		fmt.Println(len(p.Items), err)
		fmt.Println(s.Close())
	}
}
