package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// testEmpty: a new store answers everything, with nothing.
func testEmpty(t *testing.T, s store.Store) {
	ctx := t.Context()
	if n := head(t, s); n != 0 {
		t.Errorf("snapshot is %d", n)
	}
	if got := rows(t, s, 0, store.Filter{Query: "x", Categories: []string{"y"}}); len(got) != 0 {
		t.Errorf("rows are %v", got)
	}
	if got, err := s.Summarize(ctx, store.Summary{}); err != nil || len(got) != 0 {
		t.Errorf("summary is %v, %v", got, err)
	}
	if got, err := s.Batches(ctx, 0, 0, 10); err != nil || len(got) != 0 {
		t.Errorf("batches are %v, %v", got, err)
	}
	if got, err := s.Get(ctx, 0, nil, []string{"tx_2222222222222222", "", "x"}); err != nil || len(got) != 0 {
		t.Errorf("get is %v, %v", got, err)
	}
	if _, err := s.RowsDigest(ctx, 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("digest: %v", err)
	}
	if _, err := s.RenameAccount(ctx, "acc_2222222222222222", "x", 0, at); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("rename: %v", err)
	}
	if _, err := s.Categorise(ctx, []string{"tx_2222222222222222"}, "x", at); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("categorise: %v", err)
	}
	if done, err := s.Import(ctx, file("empty"), seq(), false); err != nil || done.Batch.Number != 0 || head(t, s) != 0 {
		t.Errorf("importing nothing: %+v, %v", done, err)
	}
}

// testReadBack: every field comes back as it went in, by Get, Search and Each.
func testReadBack(t *testing.T, s store.Store) {
	full := row("2026-02-28", "-12.50", "Zoë’s Café — £5 \"off\" %_'\\ 東京")
	full.Transaction.Authorised = day("2026-02-27")
	full.Transaction.Original = money("-1999", "JPY")
	full.Transaction.Status = store.Pending
	full.Transaction.Merchant = "Zoë's"
	full.Transaction.Counterparty = "Mrs Z"
	full.Transaction.Memo = strings.Repeat("é", 1000)
	full.Transaction.Category = "Eating out"
	full.Transaction.MCC = "0042"
	full.Transaction.Transfer = true
	bare := row("1900-01-01", "0", "")
	bare.Transaction.Status = ""
	edge := row("2199-12-31", "90071992547409.91", "most")
	done := load(t, s, "file.csv", full, bare, edge)
	accounts, err := s.Accounts(t.Context(), 1, nil)
	if err != nil || len(accounts) != 1 {
		t.Fatalf("accounts are %v, %v", accounts, err)
	}
	got := rows(t, s, 1, store.Filter{})
	want := []store.Transaction{bare.Transaction, full.Transaction, edge.Transaction}
	want[0].Status = store.Booked
	var ids []string
	for i := range got {
		want[i].Account, want[i].Batch, want[i].ID = accounts[0].ID, done.Number, got[i].ID
		ids = append(ids, got[i].ID)
	}
	diff(t, "each", got, want)
	if !idForm(accounts[0].ID, "acc_") || !idForm(ids[0], "tx_") || ids[0] == ids[1] {
		t.Errorf("ids are %s and %v", accounts[0].ID, ids)
	}
	slices.Reverse(ids)
	slices.Reverse(want)
	read, err := s.Get(t.Context(), 1, nil, append([]string{"tx_7777777777777777"}, ids...))
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "get", read, want)
	if read, err := s.Get(t.Context(), 0, nil, ids); err != nil || len(read) != 0 {
		t.Errorf("get before the import is %v, %v", read, err)
	}
	batch := store.Batch{Number: 1, Kind: "import", At: at, Source: "file.csv", SourceDigest: file("file.csv").SourceDigest, Format: "csv",
		Account: accounts[0].ID, Added: 3, RowsDigest: done.RowsDigest}
	diff(t, "batch", done, batch)
	batches, err := s.Batches(t.Context(), 1, 0, 5)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "batches", batches, []store.Batch{batch})
}

func idForm(id, prefix string) bool {
	rest, ok := strings.CutPrefix(id, prefix)
	return ok && len(rest) == 16 && strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// testBatches: the list is newest first, pages by number, and shows what was
// undone as of its snapshot.
func testBatches(t *testing.T, s store.Store) {
	for i := range 4 {
		load(t, s, fmt.Sprint("file ", i), row("2026-01-01", fmt.Sprint(-i), "a"))
	}
	if _, err := s.Undo(t.Context(), 2, at); err != nil {
		t.Fatal(err)
	}
	list := func(at store.Snapshot, before int64, limit int) string {
		batches, err := s.Batches(t.Context(), at, before, limit)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, b := range batches {
			all = append(all, fmt.Sprintf("%d %s %v", b.Number, b.Kind, b.Undone))
		}
		return strings.Join(all, "; ")
	}
	diff(t, "all", list(5, 0, 10), "5 undo false; 4 import false; 3 import false; 2 import true; 1 import false")
	diff(t, "before the undo", list(4, 0, 10), "4 import false; 3 import false; 2 import false; 1 import false")
	diff(t, "a page", list(5, 4, 2), "3 import false; 2 import true")
	diff(t, "before what there is", list(5, 99, 1), "5 undo false")
	diff(t, "before the first", list(5, 1, 1), "")
}

// testRange: a sum beyond MaxMinor fails; one at MaxMinor is exact.
func testRange(t *testing.T, s store.Store) {
	big := row("2026-01-01", "90071992547409.90", "big")
	load(t, s, "one", big, row("2026-02-01", "0.01", "least"), row("2026-03-01", "-0.01", "out"), row("2026-03-02", "0.01", "too much"))
	feb := store.Filter{To: day("2026-03-01")}
	groups, err := s.Summarize(t.Context(), store.Summary{At: 1, Filter: feb})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "at the limit", groups, []store.Group{{Keys: []string{}, Currency: "GBP", In: store.MaxMinor, Out: -1, Count: 3}})
	if _, err := s.Summarize(t.Context(), store.Summary{At: 1}); !errors.Is(err, store.ErrRange) {
		t.Errorf("beyond the limit: %v", err)
	}
	if _, err := s.Summarize(t.Context(), store.Summary{At: 1, By: []store.Dimension{store.ByMonth}}); err != nil {
		t.Errorf("by month each sum fits: %v", err)
	}
}

// testQuery: words of a query are words, never syntax.
func testQuery(t *testing.T, s store.Store) {
	texts := []string{"AMAZON.CO.UK*AB12", "Café Zoë", "cafe near zoo", `say "or" and not`, "100% off_now", "50 % off", "x'y; DROP TABLE tx", "--", "東京 支店"}
	var all []store.Row
	for i, text := range texts {
		all = append(all, row("2026-01-01", fmt.Sprint(-i), text))
	}
	load(t, s, "file", all...)
	for query, want := range map[string]string{
		"amazon":           texts[0],
		"AB12 amazon":      texts[0],
		"ama":              texts[0],
		"ama ab12":         "", // only the last word is a prefix
		"cafe zo":          texts[1] + "|" + texts[2],
		"CAFÉ":             texts[1] + "|" + texts[2],
		"zoe":              texts[1],
		"cafe OR amazon":   "",
		"or":               texts[3],
		`"or"`:             texts[3],
		"NOT say":          texts[3],
		"cafe NEAR zoo":    texts[2],
		"NEAR(cafe zoo)":   texts[2],
		"%":                "",
		"100%":             texts[4],
		"off_":             texts[4] + "|" + texts[5],
		"drop table tx":    texts[6],
		"'; --":            "",
		"*":                "",
		"東京":               texts[8],
		"東":                texts[8],
		"description:cafe": "",
		"*mazon":           texts[0],
		"*oe cafe":         "", // two letters are as without
		"*oo":              "",
		"near *afe":        texts[2],
		"x*mazon":          "",
		"cafe -zoe":        texts[1],
	} {
		var got []string
		for _, tx := range rows(t, s, 1, store.Filter{Query: query}) {
			got = append(got, tx.Description)
		}
		slices.SortFunc(got, func(a, b string) int { return slices.Index(texts, a) - slices.Index(texts, b) })
		diff(t, fmt.Sprintf("query %q", query), strings.Join(got, "|"), want)
	}
	if got := len(rows(t, s, 1, store.Filter{Query: " \t"})); got != len(texts) {
		t.Errorf("a blank query gives %d rows", got)
	}
}

// testCancel: a context that is done stops a call, and the next one works.
func testCancel(t *testing.T, s store.Store) {
	load(t, s, "file", row("2026-01-01", "-1", "a"))
	ctx := cancelled(t)
	for name, call := range map[string]func(context.Context) error{
		"search":    func(ctx context.Context) error { _, err := s.Search(ctx, store.Query{At: 1, Limit: 1}); return err },
		"summarize": func(ctx context.Context) error { _, err := s.Summarize(ctx, store.Summary{At: 1}); return err },
		"accounts":  func(ctx context.Context) error { _, err := s.Accounts(ctx, 1, nil); return err },
		"snapshot":  func(ctx context.Context) error { _, err := s.Snapshot(ctx); return err },
		"digest":    func(ctx context.Context) error { _, err := s.RowsDigest(ctx, 1); return err },
		"each": func(ctx context.Context) error {
			for _, err := range s.Each(ctx, 1, store.Filter{}, 1) {
				return err
			}
			return nil
		},
		"import": func(ctx context.Context) error {
			_, err := s.Import(ctx, file("x"), seq(), true)
			return err
		},
	} {
		if err := call(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: %v", name, err)
		}
		if err := call(t.Context()); err != nil {
			t.Errorf("%s afterwards: %v", name, err)
		}
	}
}

// testClosed: a closed store says that it is unavailable, twice closed too.
func testClosed(t *testing.T, s store.Store) {
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	if _, err := s.Snapshot(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("reading: %v", err)
	}
	if _, err := s.Undo(t.Context(), 1, at); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("writing: %v", err)
	}
}
