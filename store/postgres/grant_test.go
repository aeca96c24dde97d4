package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// TestGrants: a transaction that is confined to an account reads nothing of
// another one, by any statement that forgets its conditions; the next transaction
// of that connection is not confined.
func TestGrants(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	cfg := db.tenant(t)
	cfg.Readers = 1 // so that a setting that stays would be noticed
	s := open(t, cfg)
	s.compact = 0 // so that there are sums
	fill(t, s, "mine", 20)
	fill(t, s, secret, 20)
	all, err := s.Accounts(t.Context(), 2, nil)
	if err != nil || len(all) != 2 {
		t.Fatalf("accounts are %v, %v", all, err)
	}
	mine := all[slices.IndexFunc(all, func(a store.Account) bool { return a.Name == "mine" })].ID
	other := all[slices.IndexFunc(all, func(a store.Account) bool { return a.Name == secret })].ID
	scope := &store.Predicate{Op: "and", Args: []*store.Predicate{
		{Op: "in", Field: "account", Values: []any{mine, "\x00"}}, {Op: "ne", Field: "currency", Values: []any{"USD"}}}}

	forgets := map[string]int{ // statements, and how many rows of the account they see
		"SELECT t::text FROM counterfoil.tx t":                                                           20,
		"SELECT d.description || d.words::text FROM counterfoil.detail d":                                20,
		"SELECT t::text || d::text FROM counterfoil.detail d JOIN counterfoil.tx t USING (tenant, base)": 20,
		"SELECT r::text FROM counterfoil.rollup r":                                                       1,
		"SELECT r::text FROM counterfoil.rollup_sum r":                                                   2,
		"SELECT b::text FROM counterfoil.balance b":                                                      1,
		"SELECT a::text FROM counterfoil.account_version a":                                              1,
		"SELECT d.description FROM counterfoil.detail d WHERE d.base IN (SELECT counterfoil.find(ARRAY['" + secret + "'], 0, 1::bigint << 47, 2, true, NULL))": 0,
		"SELECT counterfoil.find(ARRAY['" + secret + "'], 0, 1::bigint << 47, 2, true, NULL)::text":                                                            0,
		"SELECT counterfoil.find(ARRAY['" + secret + "'], 0, 1::bigint << 47, 2, false, 9)::text":                                                              0,
		"SELECT counterfoil.find(ARRAY['mine'], 0, 1::bigint << 47, 2, true, 200)::text":                                                                       20,
	}
	count := func(c *conn, sql string) (n int) {
		texts, err := c.texts(t.Context(), sql)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		for _, text := range texts {
			if strings.Contains(text, other) || strings.Contains(text, secret) {
				t.Errorf("%s shows the other account: %.200s", sql, text)
			}
		}
		return len(texts)
	}
	err = s.view(t.Context(), "forgetting", 2, func(c *conn) error {
		p, err := c.compile(t.Context(), 2, &store.Filter{Scope: scope})
		if err != nil {
			return err
		}
		for sql, want := range forgets {
			if got := count(c, sql); got != want {
				t.Errorf("%s: %d rows, want %d", sql, got, want)
			}
		}
		p.where.Reset() // a plan that has lost its conditions
		p.args = p.args[:2]
		hits, err := c.find(t.Context(), p, order{number: 1, down: true}, 100)
		if len(hits) != 20 {
			t.Errorf("a plan without conditions found %d rows", len(hits))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if page, err := s.Search(t.Context(), store.Query{At: 2, Limit: 100}); err != nil || len(page.Items) != 40 {
		t.Errorf("the next transaction sees %d rows, %v", len(page.Items), err)
	}
	nothing := &store.Predicate{Op: "in", Field: "account"}
	if accounts, err := s.Accounts(t.Context(), 2, nothing); err != nil || len(accounts) != 0 {
		t.Errorf("granted no account: %v, %v", accounts, err)
	}
}

// TestGrantsAreNoIsolation: a login that runs statements of its own can change
// the setting, and gets no more than its tenant's rows by it.
func TestGrantsAreNoIsolation(t *testing.T) {
	t.Parallel()
	_, mine, _ := two(t)
	s := login(t, mine.Reader)
	for setting, want := range map[string]int{"{none}": 0, "{}": 0, "": 30} {
		got := s.seen(context.Background(), fmt.Sprintf("BEGIN; SET LOCAL counterfoil.accounts = '%s'; SELECT t::text FROM counterfoil.tx t; ROLLBACK", setting))
		if strings.Count(got, "acc_") != want || strings.Contains(got, secret) {
			t.Errorf("with %q: %d rows, want %d", setting, strings.Count(got, "acc_"), want)
		}
	}
	if got := s.seen(context.Background(), "BEGIN; SET LOCAL counterfoil.accounts = 'x'; SELECT t::text FROM counterfoil.tx t"); strings.Contains(got, "acc_") {
		t.Errorf("a setting that can't be read: %.200s", got)
	}
}
