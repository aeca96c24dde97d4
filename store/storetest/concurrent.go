package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// testConcurrent: readers at one snapshot see the same rows while batches are
// committed and undone, and batch numbers have no gap.
func testConcurrent(t *testing.T, s store.Store) {
	load(t, s, "first", row("2026-01-01", "-1", "a"), row("2026-01-02", "-2", "b"))
	want := rows(t, s, 1, store.Filter{})
	var group sync.WaitGroup
	for writer := range 2 {
		group.Go(func() {
			for i := range 8 {
				done, err := s.Import(t.Context(), file("x", "main"), seq(row("2026-01-01", fmt.Sprintf("-%d.%02d", writer+10, i), "c")), false)
				if err == nil {
					_, err = s.Undo(t.Context(), done.Batch.Number, at)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 4 {
		group.Go(func() {
			for range 20 {
				page, err := s.Search(t.Context(), store.Query{At: 1, Limit: 10, Sort: store.DateAsc})
				if err != nil {
					t.Error(err)
					return
				}
				diff(t, "rows at 1", page.Items, want)
			}
		})
	}
	group.Wait()
	if n := head(t, s); n != 33 {
		t.Errorf("33 batches brought the snapshot to %d", n)
	}
	diff(t, "rows at the end", len(rows(t, s, 33, store.Filter{})), len(want))
}
