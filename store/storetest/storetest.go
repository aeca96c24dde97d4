// Package storetest is the conformance suite that every store.Store passes.
// Its property tests compare a store with a model that is as naive as can be:
// maps of rows, one for each snapshot, filtered by store.Filter.Match.
package storetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/store"
)

// Run runs the suite. open returns an empty store, which it closes by
// t.Cleanup.
func Run(t *testing.T, open func(testing.TB) store.Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, store.Store)
	}{
		{"Empty", testEmpty},
		{"ReadBack", testReadBack},
		{"BadArguments", testBadArguments},
		{"Gone", testGone},
		{"BadRows", testBadRows},
		{"Atomic", testAtomic},
		{"Recognise", testRecognise},
		{"RecogniseCrowd", testRecogniseCrowd},
		{"PendingIsReplaced", testPending},
		{"Undo", testUndo},
		{"UndoChain", testUndoChain},
		{"Accounts", testAccounts},
		{"Rename", testRename},
		{"Categorise", testCategorise},
		{"Balances", testBalances},
		{"Known", testKnown},
		{"Sealed", testSealed},
		{"Reseal", testReseal},
		{"Redact", testRedact},
		{"RedactUndo", testRedactUndo},
		{"RedactInterrupted", testRedactInterrupted},
		{"RedactNames", testRedactNames},
		{"RedactNamesUndo", testRedactNamesUndo},
		{"Batches", testBatches},
		{"Range", testRange},
		{"Query", testQuery},
		{"Inside", testInside},
		{"Cancel", testCancel},
		{"Closed", testClosed},
		{"AgainstModel", testModel},
		{"Concurrent", testConcurrent},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, open(t))
		})
	}
}

// at is when everything in these tests happens.
var at = time.Date(2026, 11, 22, 9, 30, 0, 123456000, time.UTC)

// key makes a key as a keyed hash would.
func key(parts ...any) []byte {
	sum := sha256.Sum256([]byte(fmt.Sprintln(parts...)))
	return sum[:]
}

func day(text string) store.Date {
	d, err := store.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func money(text, currency string) store.Money {
	m, err := store.ParseMoney(text, currency)
	if err != nil {
		panic(err)
	}
	return m
}

// account is an account to import.
func account(name string) store.NewAccount {
	return store.NewAccount{Key: key("account", name), Name: name, Kind: "checking", Currency: "GBP"}
}

// row is a row to import, for account "main" and of kind "csv", whose keys
// follow from its content.
func row(date, amount, description string) store.Row {
	r := store.Row{AccountKey: key("account", "main"), SourceKind: "csv"}
	r.Transaction = store.Transaction{Booked: day(date), Amount: money(amount, "GBP"), Status: store.Booked, Description: description}
	r.ContentKey = key(date, amount)
	r.TextKey = key(description)
	return r
}

// of changes a row's kind and gives it a source key, unless that is "".
func of(r store.Row, kind, source string) store.Row {
	r.SourceKind = kind
	if source != "" {
		r.SourceKey = key(kind, source)
	}
	return r
}

// seq makes rows into what Import takes.
func seq(rows ...store.Row) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// file is an import of the accounts named.
func file(name string, accounts ...string) store.Import {
	im := store.Import{Source: name, SourceDigest: sha256.Sum256([]byte(name)), Format: "csv", At: at}
	for _, a := range accounts {
		im.Accounts = append(im.Accounts, account(a))
	}
	return im
}

// load imports rows into account "main" and must succeed.
func load(t *testing.T, s store.Store, name string, rows ...store.Row) store.Batch {
	t.Helper()
	done, err := s.Import(t.Context(), file(name, "main"), seq(rows...), false)
	if err != nil {
		t.Fatalf("importing %s: %v", name, err)
	}
	return done.Batch
}

// head returns the newest snapshot.
func head(t *testing.T, s store.Store) store.Snapshot {
	t.Helper()
	n, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// rows returns all rows that a filter selects, oldest first.
func rows(t *testing.T, s store.Store, at store.Snapshot, f store.Filter) []store.Transaction {
	t.Helper()
	var all []store.Transaction
	for tx, err := range s.Each(t.Context(), at, f, 1<<30) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, tx)
	}
	return all
}

// texts returns the descriptions of all rows, sorted.
func texts(t *testing.T, s store.Store) string {
	t.Helper()
	var all []string
	for _, tx := range rows(t, s, head(t, s), store.Filter{}) {
		all = append(all, tx.Description)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func diff(t *testing.T, what string, got, want any, how ...cmp.Option) {
	t.Helper()
	if d := cmp.Diff(want, got, how...); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// cancelled returns a context that is done.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
