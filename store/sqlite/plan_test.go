package sqlite

import (
	"context"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// TestPlans: no statement that any call prepared reads a large table from end
// to end, and none sorts: the cost is that of the answer.
func TestPlans(t *testing.T) {
	s := open(t, Config{Readers: 1})
	if _, err := s.Import(t.Context(), benchImport("file"), generate(0, 300), false); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	var ids []string
	account := ""
	for _, sort := range []store.Sort{store.DateDesc, store.DateAsc, store.AmountDesc, store.AmountAsc} {
		for _, f := range []store.Filter{{}, {Query: "card ref1"}, {Categories: []string{"category 1"}}, {From: store.NewDate(2021, 1, 1)}} {
			page, err := s.Search(ctx, store.Query{At: 1, Limit: 2, Sort: sort, Filter: f})
			if err != nil || len(page.Items) == 0 {
				t.Fatal(page, err)
			}
			ids, account = []string{page.Items[0].ID}, page.Items[0].Account
			if _, err := s.Search(ctx, store.Query{At: 1, Limit: 2, Sort: sort, Filter: f, After: page.Next}); page.Next != nil && err != nil {
				t.Fatal(err)
			}
		}
	}
	scope := &store.Predicate{Op: "eq", Field: "account", Values: []any{account}}
	calls := []func(context.Context) error{
		func(ctx context.Context) error { _, err := s.Get(ctx, 1, scope, ids); return err },
		func(ctx context.Context) error { _, err := s.Accounts(ctx, 1, scope); return err },
		func(ctx context.Context) error { _, err := s.Merchants(ctx, 1, scope, "a", 5); return err },
		func(ctx context.Context) error { _, err := s.Categories(ctx, 1, nil, "", 5); return err },
		func(ctx context.Context) error { _, err := s.RowsDigest(ctx, 1); return err },
		func(ctx context.Context) error { _, err := s.Categorise(ctx, ids, "x", benchImport("").At); return err },
		func(ctx context.Context) error {
			_, err := s.RenameAccount(ctx, account, "x", 0, benchImport("").At)
			return err
		},
		func(ctx context.Context) error { _, err := s.Undo(ctx, 2, benchImport("").At); return err },
	}
	for _, call := range calls {
		if err := call(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, pool := range []chan *conn{s.readers, s.writer} {
		c := <-pool
		defer func() { pool <- c }()
		for text := range c.stmts {
			checkPlan(t, c, text)
		}
	}
}

func checkPlan(t *testing.T, c *conn, text string) {
	t.Helper()
	if strings.HasPrefix(text, "PRAGMA") || strings.HasPrefix(text, "EXPLAIN") {
		return
	}
	stmt, _, err := c.db.Prepare("EXPLAIN QUERY PLAN " + text)
	if err != nil {
		t.Fatal(err)
	}
	defer stmt.Close()
	for stmt.Step() {
		step := stmt.ColumnText(3)
		for _, table := range []string{"version", "detail", "sheet", "ended", "learnt", "tally", "name"} {
			if step == "SCAN "+table || strings.HasPrefix(step, "SCAN "+table+" USING") {
				t.Errorf("%s\nreads a table whole: %s", text, step)
			}
		}
		if strings.Contains(step, "TEMP B-TREE") && (strings.Contains(text, "FROM version") || strings.Contains(text, "FROM sheet")) {
			t.Errorf("%s\nsorts: %s", text, step)
		}
	}
	if err := stmt.Err(); err != nil {
		t.Fatal(err)
	}
}
