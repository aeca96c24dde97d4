package postgres

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// TestAhead: rows come in order; an error and a panic come after the rows before
// them; and whoever stops early waits until the source is no longer used.
func TestAhead(t *testing.T) {
	t.Parallel()
	const rows = 3*chunkRows + 5
	bad := errors.New("line 9")
	source := func(ends func(), used *bool) func(func(store.Row, error) bool) {
		return func(yield func(store.Row, error) bool) {
			*used = true
			defer func() { *used = false }()
			_, all := sample("x", 1)
			all(func(r store.Row, _ error) bool {
				for range rows {
					if !yield(r, nil) {
						return false
					}
				}
				return true
			})
			ends()
		}
	}
	var used bool
	read := func(ends func()) (numbers []int, last *chunk) {
		chunks, stop := ahead(t.Context(), 7, source(ends, &used))
		defer stop()
		for last = range chunks {
			for i := range last.rows {
				numbers = append(numbers, last.rows[i].n)
			}
		}
		return numbers, last
	}
	numbers, last := read(func() {})
	if len(numbers) != rows || !slices.IsSorted(numbers) || last.err != nil || last.panicked != nil {
		t.Errorf("%d rows, %v, %v", len(numbers), last.err, last.panicked)
	}
	if numbers, last = read(func() { panic("broken") }); len(numbers) != rows || last.panicked != "broken" {
		t.Errorf("a panic: %d rows, %v", len(numbers), last.panicked)
	}
	chunks, stop := ahead(t.Context(), 7, func(yield func(store.Row, error) bool) { yield(store.Row{}, bad) })
	if k := <-chunks; !errors.Is(k.err, bad) {
		t.Errorf("an error: %v", k.err)
	}
	stop()
	chunks, stop = ahead(t.Context(), 7, func(yield func(store.Row, error) bool) { yield(store.Row{}, nil) })
	if k := <-chunks; k.err == nil || !strings.Contains(k.err.Error(), "row 1") {
		t.Errorf("a bad row: %v", k.err)
	}
	stop()
	chunks, stop = ahead(t.Context(), 7, source(func() {}, &used))
	<-chunks
	if stop(); used {
		t.Error("the source is still used")
	}
}
