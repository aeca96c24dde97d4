package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// testAccounts: what a scope shows of accounts, and what it does not.
func testAccounts(t *testing.T, s store.Store) {
	im := file("file", "main", "other", "unused")
	tagged := row("2026-01-03", "-3", "c")
	tagged.Transaction.Category = "rent"
	_, err := s.Import(t.Context(), im, seq(row("2026-01-01", "-1", "a"), elsewhere(row("2026-01-02", "-2", "b")), tagged), false)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]string{}
	show := func(scope *store.Predicate) string {
		accounts, err := s.Accounts(t.Context(), 1, scope)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, a := range accounts {
			byName[a.Name] = a.ID
			all = append(all, fmt.Sprintf("%s %d %v %v", a.Name, a.Count, a.First, a.Last))
		}
		if !slices.IsSortedFunc(accounts, func(a, b store.Account) int { return strings.Compare(a.ID, b.ID) }) {
			t.Error("accounts are not in order of id")
		}
		slices.Sort(all)
		return strings.Join(all, "; ")
	}
	diff(t, "all", show(nil), "main 2 2026-01-01 2026-01-03; other 1 2026-01-02 2026-01-02; unused 0  ")
	in := func(field string, values ...any) *store.Predicate {
		return &store.Predicate{Op: "in", Field: field, Values: values}
	}
	not := func(p *store.Predicate) *store.Predicate {
		return &store.Predicate{Op: "not", Args: []*store.Predicate{p}}
	}
	both := &store.Predicate{Op: "and", Args: []*store.Predicate{in("account", byName["main"], byName["unused"]), in("category", "rent")}}
	for name, c := range map[string]struct {
		scope *store.Predicate
		want  string
	}{
		"nothing":            {in("account"), ""},
		"one":                {in("account", byName["unused"]), "unused 0  "},
		"two":                {in("account", byName["unused"], byName["other"]), "other 1 2026-01-02 2026-01-02; unused 0  "},
		"not one":            {not(in("account", byName["main"])), "other 1 2026-01-02 2026-01-02; unused 0  "},
		"category":           {in("category", "rent"), "main 1 2026-01-03 2026-01-03"},
		"not category":       {not(in("category", "rent")), "main 1 2026-01-01 2026-01-01; other 1 2026-01-02 2026-01-02"},
		"both":               {both, "main 1 2026-01-03 2026-01-03"},
		"not both":           {not(both), "main 1 2026-01-01 2026-01-01; other 1 2026-01-02 2026-01-02"},
		"account nobody has": {in("account", "acc_2222222222222222"), ""},
	} {
		diff(t, name, show(c.scope), c.want)
	}
}

// testRename: a name is that of its snapshot.
func testRename(t *testing.T, s store.Store) {
	load(t, s, "file", row("2026-01-01", "-1", "a"))
	name := func(at store.Snapshot) store.Account {
		accounts, err := s.Accounts(t.Context(), at, nil)
		if err != nil || len(accounts) != 1 {
			t.Fatalf("accounts at %d are %v, %v", at, accounts, err)
		}
		return accounts[0]
	}
	id := name(1).ID
	done, err := s.RenameAccount(t.Context(), id, "Household", 0, at)
	if err != nil || done.Kind != "rename" || done.Number != 2 || done.Account != id {
		t.Fatalf("rename came to %+v, %v", done, err)
	}
	if _, err := s.RenameAccount(t.Context(), id, "Household", 0, at); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the same name again: %v", err)
	}
	if name(1).Name != "main" || name(2).Name != "Household" || name(2).ID != id {
		t.Errorf("accounts are %v and %v", name(1), name(2))
	}
	// Importing again neither forgets the name nor makes another account.
	load(t, s, "more", row("2026-01-02", "-1", "b"))
	if name(3).Name != "Household" {
		t.Errorf("after an import the account is %v", name(3))
	}
	if _, err := s.Undo(t.Context(), 2, at); err != nil {
		t.Fatal(err)
	}
	if name(2).Name != "Household" || name(4).Name != "main" || name(4).Count != 2 {
		t.Errorf("after the undo accounts are %v and %v", name(2), name(4))
	}
	for number := range int64(4) {
		checkDigest(t, s, number+1)
	}
}

// testCategorise: a category is that of its snapshot, all or none change.
func testCategorise(t *testing.T, s store.Store) {
	load(t, s, "file", row("2026-01-01", "-1", "a"), row("2026-01-02", "-2", "b"), row("2026-01-03", "-3", "c"))
	var ids []string
	for _, tx := range rows(t, s, 1, store.Filter{}) {
		ids = append(ids, tx.ID)
	}
	if _, err := s.Categorise(t.Context(), []string{ids[0], "tx_2222222222222222"}, "food", at); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown id: %v", err)
	}
	if _, err := s.Categorise(t.Context(), nil, "food", at); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("no ids: %v", err)
	}
	done, err := s.Categorise(t.Context(), []string{ids[0], ids[1], ids[0]}, "food", at)
	if err != nil || done.Kind != "categorise" || done.Added != 2 || done.Number != 2 {
		t.Fatalf("categorise came to %+v, %v", done, err)
	}
	if done, err := s.Categorise(t.Context(), ids[:2], "food", at); err != nil || done.Number != 0 || head(t, s) != 2 {
		t.Errorf("the same again: %+v, %v", done, err)
	}
	if _, err := s.Categorise(t.Context(), ids[1:2], "", at); err != nil {
		t.Fatal(err)
	}
	for at, want := range []string{1: "  ", 2: "food food ", 3: "food  "} {
		if at == 0 {
			continue
		}
		var got []string
		for _, tx := range rows(t, s, store.Snapshot(at), store.Filter{}) {
			got = append(got, tx.Category)
		}
		diff(t, fmt.Sprint("categories at ", at), strings.Join(got, " "), want)
	}
	if got := rows(t, s, 3, store.Filter{Uncategorized: true}); len(got) != 2 {
		t.Errorf("uncategorised are %v", got)
	}
	checkDigest(t, s, 1)
	checkDigest(t, s, 2)
	checkDigest(t, s, 3)
}

// testBalances: stated balances are versioned, and seen only by scopes that
// speak of account and date.
func testBalances(t *testing.T, s store.Store) {
	im := file("one", "main", "other")
	state := func(accountName, date, amount, kind string) store.BalanceRow {
		return store.BalanceRow{AccountKey: key("account", accountName), Date: day(date), Amount: money(amount, "GBP"), Kind: kind}
	}
	im.Balances = []store.BalanceRow{state("main", "2026-02-28", "20", "booked"), state("main", "2026-01-31", "10", "booked"),
		state("main", "2026-01-31", "9", "available"), state("other", "2026-01-31", "-5", "booked")}
	first, err := s.Import(t.Context(), im, seq(), false)
	if err != nil || first.Batch.Number != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := s.Import(t.Context(), im, seq(), false); err != nil || again.Batch.Number != 0 {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	im.Balances[0].Amount = money("21", "GBP")
	if _, err := s.Import(t.Context(), im, seq(), false); err != nil {
		t.Fatal(err)
	}
	accounts, err := s.Accounts(t.Context(), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	ids := map[string]string{}
	for _, a := range accounts {
		names[a.ID], ids[a.Name] = a.Name, a.ID
	}
	read := func(at store.Snapshot, scope *store.Predicate, account string, from, to store.Date, limit int) string {
		t.Helper()
		balances, err := s.Balances(t.Context(), at, scope, account, from, to, limit)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, b := range balances {
			all = append(all, fmt.Sprintf("%s %v %s %s", names[b.Account], b.Date, b.Amount.Decimal(), b.Kind))
		}
		if ids["main"] > ids["other"] && account == "" { // the order is that of ids
			slices.Sort(all)
		}
		return strings.Join(all, "; ")
	}
	january, main := "main 2026-01-31 9.00 available; main 2026-01-31 10.00 booked", ids["main"]
	diff(t, "first", read(1, nil, main, 0, 0, 10), january+"; main 2026-02-28 20.00 booked")
	diff(t, "corrected", read(2, nil, main, 0, 0, 10), january+"; main 2026-02-28 21.00 booked")
	diff(t, "january", read(2, nil, main, day("2026-01-01"), day("2026-01-31"), 10), january)
	diff(t, "limit", read(2, nil, main, 0, 0, 1), "main 2026-01-31 9.00 available")
	diff(t, "unknown account", read(2, nil, "acc_x", 0, 0, 10), "")
	mine := &store.Predicate{Op: "eq", Field: "account", Values: []any{ids["other"]}}
	diff(t, "scope", read(2, mine, "", 0, 0, 10), "other 2026-01-31 -5.00 booked")
	late := &store.Predicate{Op: "ge", Field: "date", Values: []any{day("2026-02-01")}}
	diff(t, "scope of dates", read(2, late, "", 0, 0, 10), "main 2026-02-28 21.00 booked")
	other := &store.Predicate{Op: "or", Args: []*store.Predicate{mine, {Op: "eq", Field: "category", Values: []any{""}}}}
	diff(t, "scope of other fields", read(2, other, "", 0, 0, 10), "")
	if _, err := s.Undo(t.Context(), 2, at); err != nil {
		t.Fatal(err)
	}
	diff(t, "after the undo", read(3, nil, main, 0, 0, 10), january+"; main 2026-02-28 20.00 booked")
	diff(t, "as before the undo", read(2, nil, main, 0, 0, 10), january+"; main 2026-02-28 21.00 booked")
	for number := range int64(3) {
		checkDigest(t, s, number+1)
	}
}
