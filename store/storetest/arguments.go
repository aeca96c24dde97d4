package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// testBadArguments: what makes no sense is ErrInvalid, and not repeated.
func testBadArguments(t *testing.T, s store.Store) {
	load(t, s, "file", row("2026-01-01", "-1", "a"))
	ctx := t.Context()
	search := func(change func(*store.Query)) error {
		q := store.Query{At: 1, Limit: 1}
		change(&q)
		_, err := s.Search(ctx, q)
		return err
	}
	filter := func(f store.Filter) error { return search(func(q *store.Query) { q.Filter = f }) }
	summary := func(by ...store.Dimension) error {
		_, err := s.Summarize(ctx, store.Summary{At: 1, By: by})
		return err
	}
	list := func(prefix string, limit int) error {
		_, err := s.Merchants(ctx, 1, nil, prefix, limit)
		return err
	}
	refused := map[string]error{
		"limit 0":          search(func(q *store.Query) { q.Limit = 0 }),
		"limit -1":         search(func(q *store.Query) { q.Limit = -1 }),
		"limit huge":       search(func(q *store.Query) { q.Limit = store.MaxPage + 1 }),
		"sort":             search(func(q *store.Query) { q.Sort = "SECRET" }),
		"position":         search(func(q *store.Query) { q.After = store.Position("SECRET") }),
		"empty position":   search(func(q *store.Query) { q.After = store.Position{} }),
		"direction":        filter(store.Filter{Direction: "SECRET"}),
		"date":             filter(store.Filter{From: store.MaxDate + 1}),
		"long query":       filter(store.Filter{Query: strings.Repeat("SECRET ", 1000)}),
		"many categories":  filter(store.Filter{Categories: make([]string, store.MaxValues+1)}),
		"three dimensions": summary(store.ByMonth, store.ByAccount, store.ByCategory),
		"one twice":        summary(store.ByMonth, store.ByMonth),
		"dimension":        summary("SECRET"),
		"list limit":       list("", 0),
		"list prefix":      list(strings.Repeat("SECRET", 1000), 1),
	}
	for name, p := range badScopes() {
		refused[name] = filter(store.Filter{Scope: &p})
	}
	for name, err := range refused {
		if !errors.Is(err, store.ErrInvalid) || strings.Contains(fmt.Sprint(err), "SECRET") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// badScopes are scopes that mean nothing, or are larger than the limits.
func badScopes() map[string]store.Predicate {
	deep := &store.Predicate{Op: "eq", Field: "pending", Values: []any{true}}
	for range store.MaxPredicateDepth {
		deep = &store.Predicate{Op: "not", Args: []*store.Predicate{deep}}
	}
	wide := store.Predicate{Op: "or"}
	for range store.MaxPredicateNodes {
		wide.Args = append(wide.Args, &store.Predicate{Op: "eq", Field: "account", Values: []any{"SECRET"}})
	}
	return map[string]store.Predicate{
		"zero scope":         {},
		"empty and":          {Op: "and"},
		"empty or":           {Op: "or"},
		"nil argument":       {Op: "and", Args: []*store.Predicate{nil}},
		"not of two":         {Op: "not", Args: []*store.Predicate{deep, deep}},
		"operator":           {Op: "SECRET", Field: "account", Values: []any{"x"}},
		"field":              {Op: "eq", Field: "SECRET", Values: []any{"x"}},
		"empty in of field":  {Op: "in", Field: "SECRET"},
		"no value":           {Op: "eq", Field: "account"},
		"two values":         {Op: "eq", Field: "account", Values: []any{"a", "b"}},
		"number for text":    {Op: "eq", Field: "category", Values: []any{int64(1)}},
		"text for date":      {Op: "eq", Field: "date", Values: []any{"2026-01-01"}},
		"text for truth":     {Op: "eq", Field: "pending", Values: []any{"true"}},
		"order of direction": {Op: "lt", Field: "direction", Values: []any{"in"}},
		"nil value":          {Op: "eq", Field: "account", Values: []any{nil}},
		"deep":               {Op: "not", Args: []*store.Predicate{deep}},
		"wide":               wide,
	}
}

// testGone: a snapshot that does not exist is ErrSnapshotGone.
func testGone(t *testing.T, s store.Store) {
	load(t, s, "file", row("2026-01-01", "-1", "a"))
	for _, gone := range []store.Snapshot{2, -1, 1 << 40} {
		_, err := s.Search(t.Context(), store.Query{At: gone, Limit: 1})
		if !errors.Is(err, store.ErrSnapshotGone) {
			t.Errorf("search at %d: %v", gone, err)
		}
		if _, err := s.Accounts(t.Context(), gone, nil); !errors.Is(err, store.ErrSnapshotGone) {
			t.Errorf("accounts at %d: %v", gone, err)
		}
	}
	page, err := s.Search(t.Context(), store.Query{At: 1, Limit: 1, Sort: store.AmountAsc})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 1 || page.Next != nil {
		t.Errorf("the only page is %+v", page)
	}
}
