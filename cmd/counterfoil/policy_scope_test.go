package main

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

// TestScopesSelectTheSameRows generates row scopes and compares, through the
// whole Gate, the rows that the store's SQL selects with those that the scope as
// written, in CEL, lets through.
func TestScopesSelectTheSameRows(t *testing.T) {
	a, _ := newApp(t)
	scopesSelectTheSameRows(t, a)
}

// scopesSelectTheSameRows is for either store; TestPostgres runs it on the other.
func scopesSelectTheSameRows(t *testing.T, a *app) {
	t.Helper()
	now := time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)
	a.Now = func() time.Time { return now }
	f, err := folder.Open(t.Context(), a.Home)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := f.Service(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	gate := s.Gate
	rnd := rand.New(rand.NewPCG(5, 6))
	rows := scopeRows(t, f, rnd)
	matched, total := 0, 0
	for i := range 100 {
		expr := randomScope(rnd, 3)
		p := scopedPolicy(t, expr)
		gate.SetPolicy(p)
		// A name of its own for each, so that no budget is used up.
		who := policy.Principal{Tenant: "default", Name: fmt.Sprint("p", i), Roles: []string{"reader"}, Auth: "local"}
		if i%3 > 0 {
			who.Roles = append(who.Roles, rows[i].Account)
		}
		want := []string{}
		for _, tx := range rows {
			ok, err := p.ScopeMatches("s", who, now, rowOf(tx))
			if err != nil {
				t.Fatalf("%s: %v", expr, err)
			}
			if total++; ok {
				matched++
				want = append(want, tx.ID)
			}
		}
		got := selected(t, gate, who)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s\n(-CEL +SQL)\n%s", expr, diff)
		}
	}
	if matched < total/10 || matched > total*9/10 {
		t.Errorf("%d of %d rows matched; the generator tests too little", matched, total)
	}
}

func scopedPolicy(t *testing.T, expr string) *policy.Policy {
	t.Helper()
	text := "name: x\nscopes:\n  s: >-\n    " + expr + "\nafter:\n  match:\n    - output: allow().rows('s')\n"
	p, err := policy.Compile(policy.Source{Name: "p.yaml", Text: []byte(text)}, tools.Schemas())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// selected returns the sorted ids of what search_transactions gives.
func selected(t *testing.T, gate *tools.Gate, who policy.Principal) []string {
	t.Helper()
	res := gate.Call(t.Context(), who, tools.Call{Tool: "search_transactions", Args: []byte(`{"limit": 200}`)})
	if res.Err != nil {
		t.Fatal(res.Err, res.Err.Err)
	}
	var doc struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
		Truncated bool `json:"truncated"`
	}
	if err := json.Unmarshal(res.Document, &doc); err != nil || doc.Truncated {
		t.Fatalf("truncated %v, %v", doc.Truncated, err)
	}
	ids := []string{}
	for _, item := range doc.Items {
		ids = append(ids, item.ID)
	}
	slices.Sort(ids)
	return ids
}

func rowOf(t store.Transaction) policy.Row {
	dir := "in"
	if t.Amount.Minor < 0 {
		dir = "out"
	}
	return policy.Row{Account: t.Account, Date: t.Booked.Time(), Category: t.Category, Merchant: t.Merchant,
		Currency: t.Amount.Currency, Direction: dir, Pending: t.Status == store.Pending}
}

// What rows are made of; quotes and wildcards would show if a value ever became
// part of the SQL.
var (
	scopeMerchants  = []string{"", "A", "Ä'\"", "x%", "_", "a", "O'Neil; --"}
	scopeCategories = []string{"", "Rent", "rent", "Food"}
)

// scopeRows stores generated transactions and returns them as the store has them.
func scopeRows(t *testing.T, f *folder.Folder, rnd *rand.Rand) []store.Transaction {
	t.Helper()
	im := store.Import{Source: "x.csv", Format: "csv", At: time.Now(), Accounts: []store.NewAccount{
		{Key: []byte("k0"), Name: "A", Kind: "checking", Currency: "GBP"}, {Key: []byte("k1"), Name: "B", Kind: "card", Currency: "EUR"}}}
	if _, err := changeable(t, f).Import(t.Context(), im, generatedRows(rnd), false); err != nil {
		t.Fatal(err)
	}
	s := f.Store
	at, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.Search(t.Context(), store.Query{At: at, Sort: store.DateDesc, Limit: 200})
	if err != nil || len(page.Items) < 100 {
		t.Fatalf("%d rows, %v", len(page.Items), err)
	}
	return page.Items
}

func generatedRows(rnd *rand.Rand) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
		for i := range 120 {
			minor := int64(1 + rnd.IntN(5000))
			tx := store.Transaction{
				Booked:      store.DateOf(day.AddDate(0, 0, rnd.IntN(5))),
				Amount:      store.Money{Minor: pick(rnd, minor, -minor), Currency: pick(rnd, "GBP", "EUR")},
				Status:      pick(rnd, store.Booked, store.Pending),
				Description: fmt.Sprint("row ", i), Merchant: pick(rnd, scopeMerchants...), Category: pick(rnd, scopeCategories...),
			}
			if !yield(store.Row{AccountKey: []byte(pick(rnd, "k0", "k1")), ContentKey: []byte{byte(i)}, SourceKind: "csv", Transaction: tx}, nil) {
				return
			}
		}
	}
}

func pick[T any](rnd *rand.Rand, list ...T) T { return list[rnd.IntN(len(list))] }

// randomScope writes a scope of everything that the subset has.
func randomScope(rnd *rand.Rand, depth int) string {
	if depth > 0 && rnd.IntN(3) > 0 {
		a, b := randomScope(rnd, depth-1), randomScope(rnd, depth-1)
		return pick(rnd, "("+a+" && "+b+")", "("+a+" || "+b+")", "!("+a+")",
			"('reader' in principal.roles ? "+a+" : "+b+")", "(principal.roles.size() > 1 ? "+a+" : "+b+")")
	}
	op := pick(rnd, "<", "<=", ">", ">=", "==", "!=")
	when := pick(rnd, "now", "now - days(1)", "date('2026-11-22')", "date('2026-11-21') + duration('1ns')", "date('2026-11-23') - duration('1s')")
	return pick(rnd,
		"transaction.account in principal.roles",
		"transaction.account != principal.roles[0]",
		fmt.Sprintf("transaction.category in [%q, %q]", pick(rnd, scopeCategories...), pick(rnd, scopeCategories...)),
		fmt.Sprintf("transaction.merchant == %q", pick(rnd, scopeMerchants...)),
		fmt.Sprintf("transaction.merchant != %q", pick(rnd, scopeMerchants...)),
		"'EUR' == transaction.currency",
		"transaction.direction == 'in'",
		"transaction.direction != 'in'",
		"transaction.pending",
		"transaction.pending != true",
		"principal.roles == ['reader']",
		"transaction.date "+op+" "+when,
		when+" "+op+" transaction.date",
		"transaction.date in [date('2026-11-20'), "+when+"]",
	)
}

// changeable is the store of a folder as one that may be changed: over PostgreSQL what
// the folder reads with has no right to, and cannot see the vault.
func changeable(t *testing.T, f *folder.Folder) store.Store {
	t.Helper()
	p := &f.Config.Store.Postgres
	if !p.Used() {
		return f.Store
	}
	writer := p.WriterLogin()
	s, err := storage.OpenPostgres(t.Context(), f.Home, f.Config, p.ReaderLogin(), &writer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
