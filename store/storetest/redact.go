package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/counterfoil/counterfoil/store"
)

// testRedact: a redaction is batches that earlier snapshots do not see, goes on
// where it was cut short, and finds by the new words what had the old ones.
func testRedact(t *testing.T, s store.Store) {
	other := row("2026-01-03", "-3", "plain")
	other.Transaction.Merchant, other.Transaction.Category = "Zoe coffee", "coffee shops"
	im := file("file", "main")
	im.Epoch = 3
	if _, err := s.Import(t.Context(), im, seq(row("2026-01-01", "-1", "a coffee"), row("2026-01-02", "-2", "tea"), other, row("2026-01-04", "-4", "coffee coffee")), false); err != nil {
		t.Fatal(err)
	}
	before := rows(t, s, 1, store.Filter{})
	outdated(t, s, 3, store.Outdated{})
	outdated(t, s, 4, store.Outdated{Transactions: 4, Names: 2})
	failed := errors.New("no")
	_, err := s.Redact(t.Context(), store.Redaction{Epoch: 4, Limit: 10, At: at, Text: func(_, text string, _ int) (string, []store.Sealed, error) {
		if text == "tea" {
			return "", nil, failed
		}
		return replaced("", text, 0)
	}})
	if !errors.Is(err, failed) || head(t, s) != 1 {
		t.Errorf("a step that failed: %v, snapshot %d", err, head(t, s))
	}
	outdated(t, s, 4, store.Outdated{Transactions: 4, Names: 2})
	redactStep(t, s, 2, "", store.Redacted{Names: 2})
	first := redactStep(t, s, 2, "", store.Redacted{Batch: store.Batch{Number: 2, Kind: "redact", Added: 1}, Examined: 2, Last: before[1].ID})
	outdated(t, s, 4, store.Outdated{Transactions: 2})
	redactStep(t, s, 2, first.Last, store.Redacted{Batch: store.Batch{Number: 3, Kind: "redact", Added: 2}, Examined: 2, Last: before[3].ID})
	redactStep(t, s, 2, "", store.Redacted{})
	outdated(t, s, 4, store.Outdated{})
	diff(t, "rows before", rows(t, s, 1, store.Filter{}), before)
	for _, c := range []struct {
		at    store.Snapshot
		query string
		want  int
	}{{1, "coffee", 3}, {1, "token", 0}, {2, "coffee", 2}, {2, "a tok", 1}, {3, "coff", 0}, {3, "token", 3}, {3, "zoe", 1}} {
		if got := rows(t, s, c.at, store.Filter{Query: c.query}); len(got) != c.want {
			t.Errorf("at %d %q finds %d, want %d", c.at, c.query, len(got), c.want)
		}
	}
	after := rows(t, s, 3, store.Filter{Merchants: []string{"Zoe token"}, Categories: []string{"token shops"}})
	if len(after) != 1 || after[0].ID != before[2].ID || after[0].Batch != 3 {
		t.Errorf("by its new names: %+v", after)
	}
	if got, err := s.Sealed(t.Context(), "token"); err != nil || len(got) != 1 || string(got[0].Value) != "coffee" {
		t.Errorf("what was found is %v, %v", got, err)
	}
	if _, err := s.Redact(t.Context(), store.Redaction{Epoch: 9, After: "nonsense", Limit: 1, At: at, Text: replaced}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("an id that is none: %v", err)
	}
	for number := range int64(3) {
		checkDigest(t, s, number+1)
	}
}

// testRedactInterrupted: a redaction that is cut short at any text of any step comes
// to what one comes to that is not: each row changes once, and nothing is half done.
func testRedactInterrupted(t *testing.T, s store.Store) {
	const size, limit = 7, 3
	im := file("coffee file", "main")
	im.Epoch = 3
	var list []store.Row
	for i := range size {
		list = append(list, row(fmt.Sprintf("2026-01-%02d", i+1), "-1", fmt.Sprintf("coffee %d", i)))
	}
	if _, err := s.Import(t.Context(), im, seq(list...), false); err != nil {
		t.Fatal(err)
	}
	after, changed, cuts := "", int64(0), 0
	for range size + 2 {
		texts := 0
		for cut := 1; ; cut++ {
			before := head(t, s)
			ctx, cancel := context.WithCancel(t.Context())
			texts = 0
			step, err := s.Redact(ctx, store.Redaction{Epoch: 4, After: after, Limit: limit, At: at, Text: func(owner, text string, most int) (string, []store.Sealed, error) {
				if texts++; texts == cut {
					cancel()
				}
				return replaced(owner, text, most)
			}})
			cancel()
			if err == nil { // there was no text to cut it short at
				after, changed = step.Last, changed+step.Batch.Added
				break
			}
			if cuts++; !errors.Is(err, context.Canceled) || head(t, s) != before {
				t.Fatalf("cut short at text %d: %v, snapshot %d after %d", cut, err, head(t, s), before)
			}
		}
		if texts == 0 {
			break
		}
	}
	outdated(t, s, 4, store.Outdated{})
	if changed != size || cuts < size {
		t.Errorf("%d rows changed, of %d; cut short %d times", changed, size, cuts)
	}
	for _, r := range rows(t, s, head(t, s), store.Filter{}) {
		if !strings.HasPrefix(r.Description, "token ") {
			t.Errorf("%q stays", r.Description)
		}
	}
	for number := range int64(head(t, s)) {
		checkDigest(t, s, number+1)
	}
}

// outdated checks how much is older than an epoch.
func outdated(t *testing.T, s store.Store, epoch int64, want store.Outdated) {
	t.Helper()
	if n, err := s.Outdated(t.Context(), epoch); err != nil || n != want {
		t.Errorf("%+v are older than %d, %v; want %+v", n, epoch, err, want)
	}
}

// redactStep makes one step to epoch 4.
func redactStep(t *testing.T, s store.Store, limit int, after string, want store.Redacted) store.Redacted {
	t.Helper()
	got, err := s.Redact(t.Context(), store.Redaction{Epoch: 4, After: after, Limit: limit, At: at, Text: replaced})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "step after "+after, got, want, cmpopts.IgnoreFields(store.Batch{}, "RowsDigest", "Account", "At"))
	return got
}

// namesAt returns the names of files, newest first, and of accounts at a snapshot.
func namesAt(t *testing.T, s store.Store, at store.Snapshot) string {
	t.Helper()
	batches, err := s.Batches(t.Context(), at, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := s.Accounts(t.Context(), at, nil)
	if err != nil {
		t.Fatal(err)
	}
	var files, names []string
	for _, b := range batches {
		if b.Source != "" {
			files = append(files, b.Source)
		}
	}
	for _, a := range accounts {
		names = append(names, a.Name)
	}
	slices.Sort(names)
	return strings.Join(files, ", ") + " / " + strings.Join(names, ", ")
}

// fileOf is an import with a name for its file, and one for each account.
func fileOf(source string, names ...string) store.Import {
	im := file(source)
	for _, name := range names {
		one := account(strings.Fields(name)[1]) // by which the next file finds it
		one.Name = name
		im.Accounts = append(im.Accounts, one)
	}
	return im
}

// testRedactNames: names of files and accounts are redacted once for each
// epoch, with the owner of the account, in steps; older snapshots keep the old
// ones.
func testRedactNames(t *testing.T, s store.Store) {
	imports := []store.Import{fileOf("coffee one", "coffee main", "plain other"), fileOf("two", "coffee main"), fileOf("coffee three", "coffee third"), fileOf("")}
	imports[0].Accounts[0].Subject, imports[2].Accounts[0].Subject, imports[3].Epoch = "anna", "ben", 4
	for i, im := range imports {
		one := row("2026-01-01", fmt.Sprint(-i-1), "tea")
		if i == 2 {
			one.AccountKey = key("account", "third")
		}
		if _, err := s.Import(t.Context(), im, seq(one), false); err != nil {
			t.Fatal(err)
		}
	}
	const first, last = "coffee three, two, coffee one / coffee main, coffee third, plain other", "token three, two, token one / plain other, token main, token third"
	diff(t, "before", namesAt(t, s, 4), first)
	outdated(t, s, 4, store.Outdated{Transactions: 3, Names: 6})
	redactStep(t, s, 1, "", store.Redacted{Batch: store.Batch{Number: 5, Kind: "redact"}, Names: 1, Renamed: 1})
	redactStep(t, s, 1, "", store.Redacted{Names: 1}) // nothing to change, and yet done
	diff(t, "cut short", namesAt(t, s, 5), "coffee three, two, token one / coffee main, coffee third, plain other")
	outdated(t, s, 4, store.Outdated{Transactions: 3, Names: 4})
	owners := map[string]string{}
	done, err := s.Redact(t.Context(), store.Redaction{Epoch: 4, Limit: 100, At: at, Text: func(owner, text string, most int) (string, []store.Sealed, error) {
		owners[text] = owner
		return replaced(owner, text, most)
	}})
	if err != nil || done.Names != 4 || done.Renamed != 3 || done.Examined != 3 || done.Batch.Number != 6 || done.Batch.Added != 0 {
		t.Errorf("the last step: %+v, %v", done, err)
	}
	if owners["coffee main"] != "anna" || owners["coffee three"] != "ben" || owners["coffee third"] != "ben" {
		t.Errorf("owners are %v", owners)
	}
	redactStep(t, s, 100, "", store.Redacted{})
	outdated(t, s, 4, store.Outdated{})
	outdated(t, s, 5, store.Outdated{Transactions: 4, Names: 6})
	for number, want := range []string{4: first, 5: "coffee three, two, token one / coffee main, coffee third, plain other", 6: last} {
		if want != "" {
			diff(t, fmt.Sprint("at ", number), namesAt(t, s, store.Snapshot(number)), want)
		}
	}
	for number := range int64(6) {
		checkDigest(t, s, number+1)
	}
}

// testRedactNamesUndo: an undo has the name that its file has now; the name of
// an account that it brings back is as outdated as it was.
func testRedactNamesUndo(t *testing.T, s store.Store) {
	if _, err := s.Import(t.Context(), fileOf("coffee file", "coffee main"), seq(row("2026-01-01", "-1", "tea")), false); err != nil {
		t.Fatal(err)
	}
	accounts, err := s.Accounts(t.Context(), 1, nil)
	if err != nil || len(accounts) != 1 {
		t.Fatal(accounts, err)
	}
	if _, err := s.RenameAccount(t.Context(), accounts[0].ID, "stores", 3, at); err != nil {
		t.Fatal(err)
	}
	outdated(t, s, 3, store.Outdated{Transactions: 1, Names: 1})
	redactStep(t, s, 2, "", store.Redacted{Batch: store.Batch{Number: 3, Kind: "redact"}, Names: 2, Renamed: 2})
	diff(t, "redacted", namesAt(t, s, 3), "token file / CARD_X")
	if _, err := s.Undo(t.Context(), 2, at); err != nil {
		t.Fatal(err)
	}
	diff(t, "undone", namesAt(t, s, 4), "token file / coffee main")
	outdated(t, s, 4, store.Outdated{Transactions: 1, Names: 1})
	redactStep(t, s, 2, "", store.Redacted{Batch: store.Batch{Number: 5, Kind: "redact"}, Names: 1, Renamed: 1, Examined: 1, Last: rows(t, s, 4, store.Filter{})[0].ID})
	diff(t, "redacted again", namesAt(t, s, 5), "token file / token main")
	if _, err := s.Undo(t.Context(), 1, at); err != nil {
		t.Fatal(err)
	}
	diff(t, "the import undone", namesAt(t, s, 6), "token file, token file / ")
	outdated(t, s, 4, store.Outdated{})
	for number := range int64(head(t, s)) {
		checkDigest(t, s, number+1)
	}
}

// testRedactUndo: an import can be undone across a redaction, which itself can't
// be; what an undo brings back unredacted is outdated.
func testRedactUndo(t *testing.T, s store.Store) {
	load(t, s, "file", row("2026-01-01", "-1", "a coffee"))
	id := rows(t, s, 1, store.Filter{})[0].ID
	for _, category := range []string{"coffee", "food"} {
		if _, err := s.Categorise(t.Context(), []string{id}, category, at); err != nil {
			t.Fatal(err)
		}
	}
	redactAll := func(epoch int64) {
		t.Helper()
		if done, err := s.Redact(t.Context(), store.Redaction{Epoch: epoch, Limit: 10, At: at, Text: replaced}); err != nil || done.Batch.Number == 0 {
			t.Fatal(done, err)
		}
	}
	redactAll(1)
	if _, err := s.Undo(t.Context(), 4, at); !errors.Is(err, store.ErrConflict) {
		t.Errorf("undoing the redaction: %v", err)
	}
	if _, err := s.Undo(t.Context(), 3, at); err != nil {
		t.Fatal(err)
	}
	now := rows(t, s, 5, store.Filter{})[0]
	if now.Description != "a token" || now.Category != "coffee" {
		t.Errorf("after the undo: %+v", now)
	}
	outdated(t, s, 1, store.Outdated{Transactions: 1})
	redactAll(1)
	if now := rows(t, s, 6, store.Filter{})[0]; now.Category != "token" {
		t.Errorf("after the second redaction: %+v", now)
	}
	for _, number := range []int64{2, 1} {
		if _, err := s.Undo(t.Context(), number, at); err != nil {
			t.Errorf("undoing %d: %v", number, err)
		}
	}
	diff(t, "at the end", len(rows(t, s, head(t, s), store.Filter{})), 0)
	for number := range int64(head(t, s)) {
		checkDigest(t, s, number+1)
	}
}

// redactor stands for a newer redactor.
var redactor = strings.NewReplacer("coffee", "token", "stores", "CARD_X", "bills", "IBAN_Y")

func replaced(_, text string, _ int) (string, []store.Sealed, error) {
	clean := redactor.Replace(text)
	if !strings.Contains(text, "coffee") {
		return clean, nil, nil
	}
	return clean, []store.Sealed{{Token: "token", Value: []byte("coffee"), Proof: []byte("coffee")}}, nil
}

// redact runs a redaction to its end, in steps, in both.
func (m *model) redact(t *testing.T, s store.Store, r *rand.Rand, epoch int64) {
	for after := ""; ; {
		done, err := s.Redact(t.Context(), store.Redaction{Epoch: epoch, After: after, Limit: 1 + r.IntN(60), At: at, Text: replaced})
		if err != nil {
			t.Fatal(err)
		}
		if done.Names+done.Examined == 0 {
			break
		}
		after = done.Last
		if done.Batch.Number == 0 {
			continue
		}
		changes := map[string]store.Transaction{}
		for _, tx := range rows(t, s, store.Snapshot(done.Batch.Number), store.Filter{}) {
			if was := m.states[len(m.states)-1][tx.ID]; tx.Batch == done.Batch.Number {
				changes[tx.ID] = redactedTx(was)
			}
		}
		m.commit(false, changes)
		m.batches[len(m.batches)-1].redact = true
		if done.Batch.Number != int64(len(m.batches))-1 || done.Batch.Added != int64(len(changes)) {
			t.Errorf("the step came to %+v, want %d changes", done, len(changes))
		}
	}
	for id, tx := range m.states[len(m.states)-1] {
		if redactedTx(tx) != tx {
			t.Errorf("transaction %s was left out: %+v", id, tx)
		}
	}
}

func redactedTx(tx store.Transaction) store.Transaction {
	for _, text := range []*string{&tx.Description, &tx.Counterparty, &tx.Memo, &tx.Merchant, &tx.Category} {
		*text = redactor.Replace(*text)
	}
	return tx
}
