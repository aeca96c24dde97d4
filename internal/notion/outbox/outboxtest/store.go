// Package outboxtest is the conformance suite of outbox stores: each
// implementation's test is one call of Store.
package outboxtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/google/go-cmp/cmp"
)

// Store tests a store that is empty. reopen returns the same store as a new
// process would see it; nil for one that lives in memory.
func Store(t *testing.T, s outbox.Store, reopen func() outbox.Store) {
	t.Helper()
	ctx := t.Context()
	a, b := row("a", "key 1", 1), row("b", "key 2", 2)
	must(t, s.Put(ctx, a))
	must(t, s.Put(ctx, b))
	want(t, "an id twice", s.Put(ctx, row("a", "key 3", 3)), outbox.ErrExists)
	want(t, "a pending key twice", s.Put(ctx, row("c", "key 1", 3)), outbox.ErrBusy)
	same(t, s, a)
	if _, err := s.Get(ctx, "nobody"); !errors.Is(err, outbox.ErrNoRow) {
		t.Errorf("a row that is not there: %v", err)
	}
	stale := a
	stale.Rev = 1
	want(t, "an update without a new revision", s.Update(ctx, stale), outbox.ErrStale)
	stale.Rev = 3
	want(t, "an update that skips one", s.Update(ctx, stale), outbox.ErrStale)
	unknown := row("nobody", "key 9", 1)
	unknown.Rev = 2
	want(t, "an update of nothing", s.Update(ctx, unknown), outbox.ErrStale)
	a.Rev, a.State, a.Progress, a.Owner, a.LastCode, a.Attempts = 2, outbox.Done, json.RawMessage(`{"page":"p"}`), "", "denied", 4
	a.Updated = a.Updated.Add(time.Minute)
	must(t, s.Update(ctx, a))
	same(t, s, a)
	c := row("c", "key 1", 3)
	must(t, s.Put(ctx, c)) // the key is free again
	list(t, s, outbox.Query{}, "c", "b", "a")
	list(t, s, outbox.Query{States: []outbox.State{outbox.Pending}}, "c", "b")
	list(t, s, outbox.Query{States: []outbox.State{outbox.Pending, outbox.Done}, Key: "key 1"}, "c", "a")
	list(t, s, outbox.Query{Limit: 1}, "c")
	again := a
	again.Rev, again.State = 3, outbox.Pending
	want(t, "a key that another has taken meanwhile", s.Update(ctx, again), outbox.ErrBusy)
	same(t, s, a)
	race(t, s)
	if reopen != nil {
		s = reopen()
		same(t, s, a)
		list(t, s, outbox.Query{Key: "key 2"}, "b")
	}
}

// Several tests two stores that are what two processes see of one outbox: each
// sees what the other stored, and of all that both try at once one succeeds.
func Several(t *testing.T, one, other outbox.Store) {
	t.Helper()
	stores := []outbox.Store{one, other}
	for n := range 10 {
		id, key := fmt.Sprint("id ", n), fmt.Sprint("key ", n)
		onlyOne(t, "an id", outbox.ErrExists, stores, func(s outbox.Store, _ int) error { return s.Put(t.Context(), row(id, key, 2*n)) })
		onlyOne(t, "a pending key", outbox.ErrBusy, stores, func(s outbox.Store, i int) error {
			return s.Put(t.Context(), row(fmt.Sprint(id, i), "shared "+key, 2*n+1))
		})
		next := row(id, key, 2*n)
		next.Rev, next.State = 2, outbox.Done
		onlyOne(t, "a revision", outbox.ErrStale, stores, func(s outbox.Store, _ int) error { return s.Update(t.Context(), next) })
		same(t, one, next)
		same(t, other, next)
	}
}

// onlyOne has every store try one thing at once: one succeeds, the others are
// refused.
func onlyOne(t *testing.T, what string, refusal error, stores []outbox.Store, try func(s outbox.Store, i int) error) {
	t.Helper()
	results := make(chan error, 2*len(stores))
	for i := range cap(results) {
		go func() { results <- try(stores[i%len(stores)], i) }()
	}
	won := 0
	for range cap(results) {
		switch err := <-results; {
		case err == nil:
			won++
		case !errors.Is(err, refusal):
			t.Errorf("%s: %v, want %v", what, err, refusal)
		}
	}
	if won != 1 {
		t.Errorf("%s: %d of %d succeeded", what, won, cap(results))
	}
}

// row is a pending row that was made in the n-th minute.
func row(id, key string, n int) outbox.Row {
	at := time.Date(2026, 3, 1, 12, n, 0, 0, time.UTC)
	return outbox.Row{
		ID: id, Rev: 1, Kind: outbox.Create, Key: key, State: outbox.Pending, Digest: fmt.Sprintf("%064d", n),
		Op: json.RawMessage(`{"kind":"create"}`), Progress: json.RawMessage(`{}`), Owner: "o", Lease: at.Add(time.Hour), Created: at, Updated: at,
	}
}

// race updates one row from many sides: one of each revision wins.
func race(t *testing.T, s outbox.Store) {
	t.Helper()
	var wg sync.WaitGroup
	results := make(chan error, 8)
	for range cap(results) {
		wg.Go(func() {
			r := row("b", "key 2", 2)
			r.Rev = 2
			results <- s.Update(context.WithoutCancel(t.Context()), r)
		})
	}
	wg.Wait()
	won := 0
	for range cap(results) {
		switch err := <-results; {
		case err == nil:
			won++
		case !errors.Is(err, outbox.ErrStale):
			t.Errorf("a lost race: %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d updates to one revision won", won, cap(results))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, name string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", name, got, want)
	}
}

func same(t *testing.T, s outbox.Store, r outbox.Row) {
	t.Helper()
	got, err := s.Get(t.Context(), r.ID)
	must(t, err)
	if d := cmp.Diff(r, got); d != "" {
		t.Errorf("row %s: %s", r.ID, d)
	}
}

func list(t *testing.T, s outbox.Store, q outbox.Query, ids ...string) {
	t.Helper()
	rows, err := s.List(t.Context(), q)
	must(t, err)
	got := []string{}
	for _, r := range rows {
		got = append(got, r.ID)
	}
	if d := cmp.Diff(ids, got); d != "" {
		t.Errorf("list %+v: %s", q, d)
	}
}
