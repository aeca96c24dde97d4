package storetest

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/counterfoil/counterfoil/store"
)

// testSealed: what a token stands for is kept once for each subject, also for
// rows that are held already and without a batch of its own; a token of two
// values gives neither; an undo forgets nothing.
func testSealed(t *testing.T, s store.Store) {
	value := func(token, subject, value string) store.Sealed {
		return store.Sealed{Token: token, Subject: subject, Value: []byte("sealed " + value), Proof: []byte(value)}
	}
	put := func(name string, want int64, values ...store.Sealed) {
		t.Helper()
		one := row("2026-01-01", "-1", "a")
		one.Sealed = values
		done, err := s.Import(t.Context(), file(name, "main"), seq(one), false)
		if err != nil || done.Collisions != want {
			t.Errorf("%s: %+v, %v; want %d collisions", name, done, err, want)
		}
	}
	im := file("account", "main")
	im.Accounts[0].Token, im.Accounts[0].Sealed = "ACCT_A", []store.Sealed{value("ACCT_A", "", "1")}
	if _, err := s.Import(t.Context(), im, seq(row("2026-01-01", "-1", "a")), false); err != nil {
		t.Fatal(err)
	}
	put("row that is held", 0, value("ACCT_A", "anna", "1"), value("CARD_B", "", "2"))
	put("the same again", 0, value("CARD_B", "", "2"))
	if head(t, s) != 1 {
		t.Errorf("values alone made batches: %d", head(t, s))
	}
	again := file("dry", "main")
	again.Accounts[0].Sealed = []store.Sealed{value("CARD_DRY", "", "3")}
	if _, err := s.Import(t.Context(), again, seq(), true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Undo(t.Context(), 1, at); err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string][]store.Sealed{
		"ACCT_A": {value("ACCT_A", "", "1"), value("ACCT_A", "anna", "1")}, "CARD_B": {value("CARD_B", "", "2")},
	} {
		got, err := s.Sealed(t.Context(), token)
		if err != nil {
			t.Error(err)
		}
		diff(t, token, got, want)
	}
	for _, token := range []string{"ACCT_B", "acct_a", "CARD_DRY", "", "CARD_B\x00"} {
		if _, err := s.Sealed(t.Context(), token); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("token %q gives %v", token, err)
		}
	}
	put("a collision", 1, value("CARD_B", "ben", "other"))
	if got, err := s.Sealed(t.Context(), "CARD_B"); !errors.Is(err, store.ErrConflict) || got != nil {
		t.Errorf("a token of two values gives %v, %v", got, err)
	}
	for _, bad := range []store.Sealed{{}, {Token: "X", Value: []byte("v")}, {Token: "X", Proof: []byte("p")}} {
		one := row("2026-01-02", "-1", "b")
		one.Sealed = []store.Sealed{bad}
		if _, err := s.Import(t.Context(), file("bad", "main"), seq(one), false); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// testReseal: steps go through every value once, in order, each as a whole, and
// bring no batch.
func testReseal(t *testing.T, s store.Store) {
	im := file("vault", "main")
	one := row("2026-01-01", "-1", "a")
	for _, name := range []string{"CARD_C", "ACCT_A", "CARD_B"} {
		for _, subject := range []string{"", "anna"} {
			one.Sealed = append(one.Sealed, store.Sealed{Token: name, Subject: subject, Value: []byte("old " + name + subject), Proof: []byte(name)})
		}
	}
	if _, err := s.Import(t.Context(), im, seq(one), false); err != nil {
		t.Fatal(err)
	}
	var seen []string
	anew := func(v *store.Sealed) ([]byte, error) {
		seen = append(seen, v.Token+"/"+v.Subject+"/"+string(v.Value))
		return []byte(strings.Replace(string(v.Value), "old", "new", 1)), nil
	}
	failed := errors.New("no")
	calls := 0
	if _, err := s.Reseal(t.Context(), store.Sealed{}, 4, func(v *store.Sealed) ([]byte, error) {
		if calls++; calls == 3 {
			return nil, failed
		}
		return []byte("half"), nil
	}); !errors.Is(err, failed) {
		t.Errorf("a step that failed: %v", err)
	}
	if _, err := s.Reseal(t.Context(), store.Sealed{}, 4, func(*store.Sealed) ([]byte, error) { return nil, nil }); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("an empty value: %v", err)
	}
	if _, err := s.Reseal(t.Context(), store.Sealed{}, 0, anew); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("no limit: %v", err)
	}
	var after store.Sealed
	for _, want := range []store.Resealed{{Examined: 4, Changed: 4}, {Examined: 2, Changed: 2}, {}} {
		done, err := s.Reseal(t.Context(), after, 4, anew)
		if err != nil || done.Examined != want.Examined || done.Changed != want.Changed {
			t.Fatalf("step: %+v, %v, want %+v", done, err, want)
		}
		after = done.Last
	}
	diff(t, "seen", seen, []string{
		"ACCT_A//old ACCT_A", "ACCT_A/anna/old ACCT_Aanna", "CARD_B//old CARD_B", "CARD_B/anna/old CARD_Banna", "CARD_C//old CARD_C", "CARD_C/anna/old CARD_Canna",
	})
	if done, err := s.Reseal(t.Context(), store.Sealed{}, 10, anew); err != nil || done.Examined != 6 || done.Changed != 0 {
		t.Errorf("again: %+v, %v", done, err)
	}
	got, err := s.Sealed(t.Context(), "CARD_B")
	if err != nil || len(got) != 2 || string(got[1].Value) != "new CARD_Banna" {
		t.Errorf("%+v, %v", got, err)
	}
	if head(t, s) != 1 {
		t.Errorf("it made a batch: %d", head(t, s))
	}
}

// testRedact: a redaction is one batch that earlier snapshots do not see, goes
// on where it was cut short, and finds by the new words what had the old ones.
func testRedact(t *testing.T, s store.Store) {
	other := row("2026-01-03", "-3", "plain")
	other.Transaction.Merchant, other.Transaction.Category = "Zoe coffee", "coffee shops"
	im := file("coffee file", "main")
	im.Accounts[0].Name, im.Epoch = "coffee money", 3
	if _, err := s.Import(t.Context(), im, seq(row("2026-01-01", "-1", "a coffee"), row("2026-01-02", "-2", "tea"), other, row("2026-01-04", "-4", "coffee coffee")), false); err != nil {
		t.Fatal(err)
	}
	before := rows(t, s, 1, store.Filter{})
	outdated := func(epoch, want int64) {
		t.Helper()
		if n, err := s.Outdated(t.Context(), epoch); err != nil || n != want {
			t.Errorf("%d are older than %d, %v; want %d", n, epoch, err, want)
		}
	}
	outdated(3, 0)
	outdated(4, 4)
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
	outdated(4, 4)
	step := func(after string, want store.Redacted) store.Redacted {
		t.Helper()
		got, err := s.Redact(t.Context(), store.Redaction{Epoch: 4, After: after, Limit: 2, At: at, Text: replaced})
		if err != nil {
			t.Fatal(err)
		}
		diff(t, "step after "+after, got, want, cmpopts.IgnoreFields(store.Batch{}, "RowsDigest", "Account", "At"))
		return got
	}
	first := step("", store.Redacted{Batch: store.Batch{Number: 2, Kind: "redact", Added: 1}, Examined: 2, Last: before[1].ID})
	outdated(4, 2)
	step(first.Last, store.Redacted{Batch: store.Batch{Number: 3, Kind: "redact", Added: 2}, Examined: 2, Last: before[3].ID})
	step("", store.Redacted{})
	outdated(4, 0)
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
	for number, want := range map[store.Snapshot]string{1: "coffee money", 2: "token money"} {
		if accounts, err := s.Accounts(t.Context(), number, nil); err != nil || len(accounts) != 1 || accounts[0].Name != want {
			t.Errorf("accounts at %d: %+v, %v", number, accounts, err)
		}
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
	if n, err := s.Outdated(t.Context(), 1); err != nil || n != 1 {
		t.Errorf("%d are outdated, %v", n, err)
	}
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
		if done.Examined == 0 {
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
