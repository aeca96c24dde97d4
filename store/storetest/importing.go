package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// testAtomic: a dry run, an error in the rows and a cancelled context keep
// nothing, and say so.
func testAtomic(t *testing.T, s store.Store) {
	three := []store.Row{row("2026-01-01", "-1", "a"), row("2026-01-02", "-2", "b"), row("2026-01-03", "-3", "c")}
	dry, err := s.Import(t.Context(), file("dry", "main"), seq(three...), true)
	if err != nil || dry.Batch.Added != 3 {
		t.Fatalf("dry run: %+v, %v", dry, err)
	}
	broken := errors.New("line 3 is broken")
	_, err = s.Import(t.Context(), file("broken", "main"), func(yield func(store.Row, error) bool) {
		_ = yield(three[0], nil) && yield(three[1], nil) && yield(store.Row{}, broken)
	}, false)
	if !errors.Is(err, broken) {
		t.Errorf("an error of the rows comes back as %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = s.Import(ctx, file("cancelled", "main"), func(yield func(store.Row, error) bool) {
		_ = yield(three[0], nil)
		cancel()
		_ = yield(three[1], nil)
	}, false)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled import comes back as %v", err)
	}
	if n := head(t, s); n != 0 {
		t.Errorf("snapshot is %d after imports that failed", n)
	}
	if accounts, err := s.Accounts(t.Context(), 0, nil); err != nil || len(accounts) != 0 {
		t.Errorf("accounts are %v, %v after imports that failed", accounts, err)
	}
	if got := load(t, s, "good", three...); got.Number != 1 || got.Added != 3 || got.Skipped != 0 {
		t.Errorf("the import after them is %+v", got)
	}
	dry, err = s.Import(t.Context(), file("dry", "main"), seq(three...), true)
	if err != nil || dry.Batch.Number != 0 || dry.Batch.Skipped != 3 || head(t, s) != 1 {
		t.Errorf("a dry run of what is held: %+v, %v", dry, err)
	}
}

// testRecognise goes through the sentences of store.Row.
func testRecognise(t *testing.T, s store.Store) {
	a, b := row("2026-01-05", "-9.99", "coffee"), row("2026-01-05", "-9.99", "tea")
	for _, c := range []struct {
		name  string
		files [][]store.Row
		want  []int64 // rows added by each file
	}{
		{"twice the same file", [][]store.Row{{a, b}, {a, b}}, []int64{2, 0}},
		{"overlap", [][]store.Row{{a}, {a, b}}, []int64{1, 1}},
		{"equal purchases in one file, imported twice", [][]store.Row{{a, a}, {a, a}}, []int64{2, 0}},
		{"a third equal purchase later", [][]store.Row{{a, a}, {a, a, a}}, []int64{2, 1}},
		{"fewer later", [][]store.Row{{a, a}, {a}}, []int64{2, 0}},
		{"source ids", [][]store.Row{{of(a, "ofx", "1"), of(a, "ofx", "2")}, {of(a, "ofx", "2"), of(a, "ofx", "3")}}, []int64{2, 1}},
		{"a source id twice in one file", [][]store.Row{{of(a, "ofx", "1"), of(a, "ofx", "1")}}, []int64{1}},
		{"a source id whose text changed", [][]store.Row{{of(a, "ofx", "1")}, {of(b, "ofx", "1")}}, []int64{1, 0}},
		{"the same id in another format is another id", [][]store.Row{{of(a, "ofx", "1"), of(a, "ofx", "2")}, {of(b, "camt", "1"), of(b, "camt", "7"), of(b, "camt", "8")}}, []int64{2, 1}},
		{"another format words it differently", [][]store.Row{{of(a, "ofx", "1")}, {of(b, "camt", "x")}, {b}}, []int64{1, 0, 0}},
		{"one format, two texts", [][]store.Row{{a}, {b}}, []int64{1, 1}},
		{"two formats, two purchases each", [][]store.Row{{of(a, "ofx", "1"), of(b, "ofx", "2")}, {of(b, "camt", "y"), of(a, "camt", "x")}}, []int64{2, 0}},
		{"a format that saw one of two", [][]store.Row{{a}, {of(a, "ofx", "1"), of(b, "ofx", "2")}}, []int64{1, 1}},
		// The first OFX file claims the CSV row for its id, so that the second
		// file's purchase is new.
		{"an id is learnt", [][]store.Row{{a}, {of(a, "ofx", "1")}, {of(a, "ofx", "2")}, {of(a, "ofx", "1"), of(a, "ofx", "2")}}, []int64{1, 0, 1, 0}},
		{"an order that crosses", [][]store.Row{{a, of(a, "ofx", "2")}, {of(a, "ofx", "2"), of(b, "ofx", "1")}}, []int64{2, 0}},
		{"another account", [][]store.Row{{a}, {elsewhere(a)}}, []int64{1, 1}},
		{"own text before another format's", [][]store.Row{{of(b, "camt", ""), a}, {b, a}, {a, b}}, []int64{2, 0, 0}},
	} {
		base := texts(t, s)
		for i, rows := range c.files {
			done, err := s.Import(t.Context(), file(c.name, "main", "other"), seq(mark(rows, c.name)...), false)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if got := done.Batch; got.Added != c.want[i] || got.Added+got.Skipped != int64(len(rows)) {
				t.Errorf("%s: file %d added %d and skipped %d, want %d added of %d", c.name, i+1, got.Added, got.Skipped, c.want[i], len(rows))
			}
		}
		if texts(t, s) == base {
			t.Errorf("%s: nothing is there", c.name)
		}
	}
}

// elsewhere moves a row to another account.
func elsewhere(r store.Row) store.Row {
	r.AccountKey = key("account", "other")
	return r
}

// mark makes the rows of one case strangers to those of another.
func mark(rows []store.Row, name string) []store.Row {
	out := slices.Clone(rows)
	for i := range out {
		out[i].ContentKey = key(name, out[i].ContentKey)
		if out[i].SourceKey != nil {
			out[i].SourceKey = key(name, out[i].SourceKey)
		}
	}
	return out
}

// testRecogniseCrowd: very many rows that differ in nothing.
func testRecogniseCrowd(t *testing.T, s store.Store) {
	const n = 800
	crowd := slices.Repeat([]store.Row{row("2026-01-05", "0.00", "fee")}, n)
	if got := load(t, s, "crowd", crowd...); got.Added != n {
		t.Fatalf("added %d of %d", got.Added, n)
	}
	if got := load(t, s, "again", crowd...); got.Added != 0 || got.Skipped != n {
		t.Errorf("importing again added %d and skipped %d", got.Added, got.Skipped)
	}
	if got := load(t, s, "two more", append(crowd, crowd[:2]...)...); got.Added != 2 {
		t.Errorf("two more added %d", got.Added)
	}
}

// testPending: a booking takes the place of the pending row it was, once.
func testPending(t *testing.T, s store.Store) {
	pending := of(row("2026-01-05", "-5", "hotel"), "ofx", "1")
	pending.Transaction.Status = store.Pending
	booked := of(row("2026-01-07", "-5", "hotel"), "ofx", "1")
	load(t, s, "first", pending)
	done := load(t, s, "second", booked)
	if done.Added != 1 || done.Replaced != 1 || done.Skipped != 0 {
		t.Errorf("the booking came to %+v", done)
	}
	if again := load(t, s, "first again", pending, booked); again.Number != 0 || again.Skipped != 2 {
		t.Errorf("importing both again came to %+v", again)
	}
	now := rows(t, s, head(t, s), store.Filter{})
	if len(now) != 1 || now[0].Status != store.Booked || now[0].Booked != day("2026-01-07") {
		t.Errorf("rows are %+v", now)
	}
	before := rows(t, s, 1, store.Filter{})
	if len(before) != 1 || before[0].Status != store.Pending {
		t.Errorf("rows of snapshot 1 are %+v", before)
	}
	if _, err := s.Undo(t.Context(), done.Number, at); err != nil {
		t.Fatal(err)
	}
	now = rows(t, s, head(t, s), store.Filter{})
	if len(now) != 1 || now[0].ID != before[0].ID || now[0].Status != store.Pending {
		t.Errorf("after the undo rows are %+v", now)
	}
	if third := load(t, s, "both in one", of(row("2026-02-01", "-6", "x"), "ofx", "2"), booked); third.Added != 2 || third.Replaced != 1 {
		t.Errorf("importing after the undo came to %+v", third)
	}
}

// testBadRows: what cannot be stored is refused with ErrInvalid or ErrRange,
// says which row, and keeps nothing.
func testBadRows(t *testing.T, s store.Store) {
	good := row("2026-01-01", "-1", "good")
	for name, spoil := range map[string]func(*store.Row){
		"no date":             func(r *store.Row) { r.Transaction.Booked = 0 },
		"date of antiquity":   func(r *store.Row) { r.Transaction.Booked = store.MinDate },
		"date of the far end": func(r *store.Row) { r.Transaction.Booked = store.MaxDate },
		"authorised beyond":   func(r *store.Row) { r.Transaction.Authorised = store.MaxDate + 1 },
		"no currency":         func(r *store.Row) { r.Transaction.Amount.Currency = "" },
		"unknown currency":    func(r *store.Row) { r.Transaction.Amount.Currency = "ZZZ" },
		"amount out of range": func(r *store.Row) { r.Transaction.Amount.Minor = store.MaxMinor + 1 },
		"lowest integer":      func(r *store.Row) { r.Transaction.Amount.Minor = -1 << 63 },
		"original amount":     func(r *store.Row) { r.Transaction.Original.Minor = 5 },
		"unknown status":      func(r *store.Row) { r.Transaction.Status = "maybe" },
		"code of five digits": func(r *store.Row) { r.Transaction.MCC = "54110" },
		"NUL":                 func(r *store.Row) { r.Transaction.Memo = "a\x00b" },
		"not UTF-8":           func(r *store.Row) { r.Transaction.Merchant = "\xff" },
		"endless text":        func(r *store.Row) { r.Transaction.Description = strings.Repeat("x", 1<<20) },
		"no content key":      func(r *store.Row) { r.ContentKey = nil },
		"no source kind":      func(r *store.Row) { r.SourceKind = "" },
		"unknown account":     func(r *store.Row) { r.AccountKey = key("nobody") },
	} {
		bad := good
		bad.Transaction.Description = "SECRET-4929"
		spoil(&bad)
		_, err := s.Import(t.Context(), file(name, "main"), seq(good, bad), false)
		if !errors.Is(err, store.ErrInvalid) && !errors.Is(err, store.ErrRange) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "SECRET") || !strings.Contains(err.Error(), "row 2") {
			t.Errorf("%s: the error repeats the row or does not number it: %v", name, err)
		}
	}
	for name, im := range map[string]store.Import{
		"account without key":   {Accounts: []store.NewAccount{{Name: "x", Currency: "GBP"}}},
		"account of no country": {Accounts: []store.NewAccount{{Key: key("x"), Name: "x", Currency: "££"}}},
		"sealed without token":  {Accounts: []store.NewAccount{{Key: key("x"), Name: "x", Currency: "GBP", Sealed: []store.Sealed{{Value: []byte("x"), Proof: []byte("x")}}}}},
		"balance of nobody":     {Balances: []store.BalanceRow{{AccountKey: key("x"), Date: day("2026-01-01"), Amount: money("1", "GBP"), Kind: "booked"}}},
	} {
		if _, err := s.Import(t.Context(), im, seq(), false); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := head(t, s); n != 0 {
		t.Errorf("snapshot is %d", n)
	}
}

// testUndo: undoing restores what was, the same file can come again, and what
// cannot be undone says why.
func testUndo(t *testing.T, s store.Store) {
	a, b := row("2026-01-01", "-1", "a"), row("2026-01-02", "-2", "b")
	first := load(t, s, "first", a)
	second := load(t, s, "second", a, b)
	undone, err := s.Undo(t.Context(), first.Number, at)
	if err != nil || undone.Kind != "undo" || undone.Number != 3 {
		t.Fatalf("undo came to %+v, %v", undone, err)
	}
	diff(t, "texts after the undo", texts(t, s), "b")
	for number, want := range map[int64]error{
		first.Number: store.ErrConflict, undone.Number: store.ErrConflict, 99: store.ErrNotFound, 0: store.ErrNotFound, -1: store.ErrNotFound,
	} {
		if _, err := s.Undo(t.Context(), number, at); !errors.Is(err, want) {
			t.Errorf("undoing %d: %v, want %v", number, err, want)
		}
	}
	if again := load(t, s, "first", a); again.Added != 1 {
		t.Errorf("the file came again as %+v", again)
	}
	diff(t, "texts after importing again", texts(t, s), "a b")
	if _, err := s.Undo(t.Context(), second.Number, at); err != nil {
		t.Error(err)
	}
	diff(t, "texts at the end", texts(t, s), "a")
	if n := len(rows(t, s, 2, store.Filter{})); n != 2 {
		t.Errorf("snapshot 2 has %d rows now", n)
	}
	for number := range int64(head(t, s)) {
		checkDigest(t, s, number+1)
	}
}

// testUndoChain: a batch that others build on is undone after them.
func testUndoChain(t *testing.T, s store.Store) {
	im := file("first", "main")
	im.Balances = []store.BalanceRow{{AccountKey: key("account", "main"), Date: day("2026-01-31"), Amount: money("5", "GBP"), Kind: "booked"}}
	if _, err := s.Import(t.Context(), im, seq(row("2026-01-01", "-1", "a")), false); err != nil {
		t.Fatal(err)
	}
	id := rows(t, s, 1, store.Filter{})[0].ID
	for _, category := range []string{"food", "fun"} {
		if _, err := s.Categorise(t.Context(), []string{id}, category, at); err != nil {
			t.Fatal(err)
		}
	}
	undo := func(number int64, want error, category string) {
		t.Helper()
		if _, err := s.Undo(t.Context(), number, at); !errors.Is(err, want) {
			t.Errorf("undoing %d: %v, want %v", number, err, want)
		}
		got := ""
		for _, tx := range rows(t, s, head(t, s), store.Filter{}) {
			got += tx.ID + " " + tx.Category
		}
		diff(t, fmt.Sprintf("category after undoing %d", number), got, category)
	}
	undo(1, store.ErrConflict, id+" fun")
	undo(2, store.ErrConflict, id+" fun")
	undo(3, nil, id+" food")
	undo(1, store.ErrConflict, id+" food")
	undo(2, nil, id+" ")
	undo(1, nil, "")
	if accounts, err := s.Accounts(t.Context(), head(t, s), nil); err != nil || len(accounts) != 0 {
		t.Errorf("accounts at the end are %v, %v", accounts, err)
	}
	balances, err := s.Balances(t.Context(), head(t, s), nil, "", 0, 0, 10)
	if err != nil || len(balances) != 0 {
		t.Errorf("balances at the end are %v, %v", balances, err)
	}
	for number := range int64(head(t, s)) {
		checkDigest(t, s, number+1)
	}
}

// checkDigest recomputes a batch's digest.
func checkDigest(t *testing.T, s store.Store, number int64) {
	t.Helper()
	batches, err := s.Batches(t.Context(), head(t, s), number+1, 1)
	if err != nil || len(batches) != 1 || batches[0].Number != number {
		t.Fatalf("batch %d is %v, %v", number, batches, err)
	}
	sum, err := s.RowsDigest(t.Context(), number)
	if err != nil || sum != batches[0].RowsDigest || sum == [32]byte{} || sum == sha256.Sum256(nil) {
		t.Errorf("digest of batch %d is %x, recomputed %x, %v", number, batches[0].RowsDigest, sum, err)
	}
}

// testKnown: fingerprints are versioned by batch, once each, and outlive an
// undo.
func testKnown(t *testing.T, s store.Store) {
	with := func(name string, fingerprints ...string) store.Import {
		im := file(name, "main")
		im.Accounts[0].Token, im.Accounts[0].Last4 = "ACCT_A", "1234"
		for _, f := range fingerprints {
			im.Accounts[0].Fingerprints = append(im.Accounts[0].Fingerprints, []byte(f))
		}
		return im
	}
	for _, im := range []store.Import{with("1", "b", "a"), with("2", "a", "b"), with("3", "a", "c")} {
		if _, err := s.Import(t.Context(), im, seq(), false); err != nil {
			t.Fatal(err)
		}
	}
	type known struct {
		version int64
		values  string
	}
	read := func(at store.Snapshot) known {
		version, values, err := s.Known(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		k := known{version: version}
		for _, v := range values {
			k.values += fmt.Sprintf("%d%s ", v.Batch, v.Fingerprint)
		}
		return k
	}
	if read(0) != (known{}) || read(1) != (known{1, "1a 1b "}) || read(2) != (known{2, "1a 1b 2c "}) {
		t.Errorf("known values are %v, %v, %v", read(0), read(1), read(2))
	}
	for _, number := range []int64{2, 1} {
		if _, err := s.Undo(t.Context(), number, at); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(head(t, s)); got != (known{2, "1a 1b 2c "}) {
		t.Errorf("known values after the undo are %v", got)
	}
	for number := range int64(head(t, s)) {
		checkDigest(t, s, number+1)
	}
}

var _ iter.Seq2[store.Row, error] = seq()
