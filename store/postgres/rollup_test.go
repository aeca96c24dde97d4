package postgres

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/store"
)

// TestRollups: after a random history, at every snapshot, rollups, of which many
// changes have been added up, and rows give
// the same totals and counts for spans of whole months and scopes on what
// rollups know.
func TestRollups(t *testing.T) {
	t.Parallel()
	s := newStore(t, Config{})
	s.compact = 3
	r := rand.New(rand.NewPCG(3, 4))
	history(t, s, r)
	points := 0
	err := s.view(t.Context(), "counting", 0, func(c *conn) error {
		return c.QueryRow(t.Context(), "SELECT count(*) FROM counterfoil.rollup_point WHERE tenant = $1", s.tenant).Scan(&points)
	})
	if err != nil || points < 3 {
		t.Fatalf("%d points of compaction, %v", points, err)
	}
	head, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := s.Accounts(t.Context(), head, nil)
	if err != nil {
		t.Fatal(err)
	}
	served := 0
	for at := range head + 1 {
		for range 12 {
			f := coarseFilter(r, accounts)
			by := [][]store.Dimension{nil, {store.ByMonth}, {store.ByCategory, store.ByMonth}, {store.ByAccount}, {store.ByMonth, store.ByAccount}}[r.IntN(5)]
			err := s.view(t.Context(), "comparing", at, func(c *conn) error {
				p, err := c.compile(t.Context(), at, &f)
				if err != nil || p.none || !p.rolled(by...) {
					return err
				}
				served++
				got, err := c.summarize(t.Context(), &store.Summary{At: at, Filter: f, By: by})
				if err != nil {
					return err
				}
				f.MinAmount = &store.Decimal{} // at least nothing: no condition, but not for rollups
				want, err := c.summarize(t.Context(), &store.Summary{At: at, Filter: f, By: by})
				if d := cmp.Diff(want, got); d != "" && len(got)+len(want) > 0 {
					t.Errorf("at %d, %+v by %v (-rows +rollups):\n%s", at, f, by, d)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if served < 50 {
		t.Errorf("rollups served %d questions only", served)
	}
}

// coarseFilter is a random filter that rollups can serve.
func coarseFilter(r *rand.Rand, accounts []store.Account) (f store.Filter) {
	if r.IntN(2) == 0 {
		f.From = store.NewDate(2025, time.Month(11+r.IntN(4)), 1)
	}
	if r.IntN(2) == 0 {
		f.To = store.NewDate(2025, time.Month(12+r.IntN(4)), 1).AddDays(-1)
	}
	if r.IntN(3) == 0 {
		f.Categories = []string{"food", ""}
	}
	if r.IntN(3) == 0 {
		pending := r.IntN(2) == 0
		f.Pending = &pending
	}
	f.ExcludeTransfers = r.IntN(3) == 0
	if r.IntN(2) == 0 {
		f.Scope = &store.Predicate{Op: "and", Args: []*store.Predicate{
			{Op: "ne", Field: "account", Values: []any{accounts[r.IntN(len(accounts))].ID}},
			{Op: "ge", Field: "date", Values: []any{store.NewDate(2025, time.Month(11+r.IntN(3)), 1)}},
		}}
	}
	return f
}

// history imports, categorises, books what was pending and undoes.
func history(t *testing.T, s *Store, r *rand.Rand) {
	im := store.Import{Source: "file", Format: "csv", At: time.Unix(1, 0)}
	for _, name := range []string{"one", "two"} {
		im.Accounts = append(im.Accounts, store.NewAccount{Key: []byte(name), Name: name, Currency: "GBP"})
	}
	undoable := []int64{}
	for step := range 14 {
		var err error
		var done store.Batch
		switch choice := r.IntN(10); {
		case choice < 5 || step == 0:
			var imported store.Imported
			imported, err = s.Import(t.Context(), im, func(yield func(store.Row, error) bool) {
				for range 40 {
					n := r.IntN(300)
					row := store.Row{AccountKey: []byte([]string{"one", "two"}[n%2]), SourceKind: "csv", SourceKey: fmt.Append(nil, n), ContentKey: fmt.Append(nil, n)}
					row.Transaction = store.Transaction{Booked: store.NewDate(2025, 11, 20).AddDays(n % 90), Amount: store.Money{Minor: int64(n*37%2000 - 1000), Currency: []string{"GBP", "JPY"}[n%3%2]},
						Category: []string{"", "food", "fun"}[n%3], Transfer: n%7 == 0}
					if r.IntN(3) == 0 {
						row.Transaction.Status = store.Pending
					}
					if !yield(row, nil) {
						return
					}
				}
			}, false)
			done = imported.Batch
		case choice < 8:
			var ids []string
			at, _ := s.Snapshot(t.Context())
			for tx := range s.Each(t.Context(), at, store.Filter{}, 200) {
				if r.IntN(2) == 0 {
					ids = append(ids, tx.ID)
				}
			}
			if len(ids) > 0 {
				done, err = s.Categorise(t.Context(), ids, []string{"food", "rent", ""}[r.IntN(3)], im.At)
			}
		case len(undoable) > 0:
			// The newest can always be undone.
			_, err = s.Undo(t.Context(), undoable[len(undoable)-1], im.At)
			undoable = undoable[:len(undoable)-1]
		}
		if err != nil {
			t.Fatal(err)
		}
		if done.Number > 0 {
			undoable = append(undoable, done.Number)
		}
	}
}
