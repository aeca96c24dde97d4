package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// The benchmarks run on a million transactions of ten years (as many as
// COUNTERFOIL_BENCH_ROWS says), made by rule, those of store/sqlite: 8 accounts,
// 40 categories and 5,000 merchants of uneven use, some eight words a row, one
// of which no other row has. "onepercent" and "onepermille" stand in so many of
// the rows. All go through the reader's login, under row-level security.
//
// COUNTERFOIL_TEST_POSTGRES and COUNTERFOIL_BENCH_DB (a database that is kept)
// keep the data between runs.
const (
	benchFile    = 50_000 // rows of one file
	benchDays    = 3652   // ten years
	benchLastDay = "2026-10-31"
)

var benchRows = func() int {
	if n, err := strconv.Atoi(os.Getenv("COUNTERFOIL_BENCH_ROWS")); err == nil {
		return n
	}
	return 1_000_000
}()

var benchWords = func() (words []string) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		word := make([]byte, 3+r.IntN(8))
		for i := range word {
			word[i] = byte('a' + r.IntN(26))
		}
		words = append(words, string(word))
	}
	return words
}()

// generate yields rows number first to last, in order of date.
func generate(first, last int) iter.Seq2[store.Row, error] {
	end, err := store.ParseDate(benchLastDay)
	if err != nil {
		panic(err)
	}
	merchants := rand.NewZipf(rand.New(rand.NewPCG(2, uint64(first))), 1.2, 20, 4999)
	categories := rand.NewZipf(rand.New(rand.NewPCG(3, uint64(first))), 1.1, 5, 39)
	return func(yield func(store.Row, error) bool) {
		r := rand.New(rand.NewPCG(4, uint64(first)))
		for n := first; n < last; n++ {
			merchant := merchants.Uint64()
			name := benchWords[merchant] + " " + benchWords[5000+merchant]
			text := name + " " + benchWords[10_000+r.IntN(200)] + " card payment ref" + fmt.Sprint(n)
			switch {
			case n%1000 == 7:
				text += " onepermille"
			case n%100 == 3:
				text += " onepercent"
			}
			row := store.Row{AccountKey: benchKey("account", r.IntN(8)), SourceKind: "csv",
				SourceKey: benchKey("source", n), ContentKey: benchKey("content", n)}
			row.Transaction = store.Transaction{
				Booked: end.AddDays(-benchDays + 1 + n*benchDays/benchRows), Amount: store.Money{Minor: r.Int64N(20_000) - 18_000, Currency: "GBP"},
				Status: store.Booked, Description: text, Merchant: name, Memo: benchWords[15_000+r.IntN(5000)],
				Category: fmt.Sprint("category ", categories.Uint64()), MCC: "5411",
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func benchKey(tag string, n int) []byte {
	b := make([]byte, 16)
	copy(b, tag)
	binary.BigEndian.PutUint64(b[8:], uint64(n))
	return b
}

func benchImport(name string) store.Import {
	im := store.Import{Source: name, Format: "csv", At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	for i := range 8 {
		im.Accounts = append(im.Accounts, store.NewAccount{Key: benchKey("account", i), Name: fmt.Sprint("account ", i), Kind: "checking", Currency: "GBP"})
	}
	return im
}

// million opens the store of the benchmark's rows, making it as needed.
func million(b *testing.B) *Store {
	b.Helper()
	name := os.Getenv("COUNTERFOIL_BENCH_DB")
	if name == "" {
		b.Skip("COUNTERFOIL_BENCH_DB names the database to keep the rows in")
	}
	super := cluster(b)
	cfg := Config{Reader: with(super, "cf_"+name+"_reader", name), Writer: with(super, "cf_"+name+"_writer", name), StatementTimeout: time.Minute}
	s, err := Open(b.Context(), cfg)
	if errors.Is(err, ErrNotMigrated) && strings.Contains(err.Error(), "this program needs") { // kept from an older schema
		if err := Migrate(b.Context(), with(super, superuser(b, super), name), false); err != nil {
			b.Fatal(err)
		}
		execute(b, with(super, superuser(b, super), name), "VACUUM ANALYZE")
		s, err = Open(b.Context(), cfg)
	}
	if err != nil {
		execute(b, super, "CREATE DATABASE "+name+" ENCODING 'UTF8' TEMPLATE template0")
		admin := with(super, superuser(b, super), name)
		if err := Migrate(b.Context(), admin, false); err != nil {
			b.Fatal(err)
		}
		if err := CreateTenant(b.Context(), admin, false, Tenant{Name: name}); err != nil {
			b.Fatal(err)
		}
		s = open(b, cfg)
	}
	b.Cleanup(func() { s.Close() })
	at, err := s.Snapshot(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if int(at)*benchFile >= benchRows {
		return s
	}
	start := time.Now()
	for n := int(at) * benchFile; n < benchRows; n += benchFile {
		if _, err := s.Import(context.Background(), benchImport(fmt.Sprint(n)), generate(n, n+benchFile), false); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("imported %d rows in %v", benchRows-int(at)*benchFile, time.Since(start))
	execute(b, with(super, superuser(b, super), name), "VACUUM ANALYZE")
	return s
}

func BenchmarkRead(b *testing.B) {
	s := million(b)
	ctx := context.Background()
	at, err := s.Snapshot(ctx)
	if err != nil {
		b.Fatal(err)
	}
	day := func(text string) store.Date {
		d, err := store.ParseDate(text)
		if err != nil {
			b.Fatal(err)
		}
		return d
	}
	accounts, err := s.Accounts(ctx, at, nil)
	if err != nil {
		b.Fatal(err)
	}
	mine := &store.Predicate{Op: "in", Field: "account", Values: []any{accounts[0].ID, accounts[1].ID}}
	year := store.Filter{From: day("2025-11-01"), To: day("2026-10-31")}
	rare := benchWords[4000] + " " + benchWords[9000]
	page := func(f store.Filter, sort store.Sort) func() error {
		return func() error {
			_, err := s.Search(ctx, store.Query{At: at, Filter: f, Sort: sort, Limit: 50})
			return err
		}
	}
	summary := func(f store.Filter, by ...store.Dimension) func() error {
		return func() error {
			_, err := s.Summarize(ctx, store.Summary{At: at, Filter: f, By: by})
			return err
		}
	}
	for _, c := range []struct {
		name string
		run  func() error
	}{
		{"page/newest", page(store.Filter{}, "")},
		{"page/amount", page(store.Filter{}, store.AmountDesc)},
		{"page/account", page(store.Filter{Scope: mine}, "")},
		{"page/category", page(store.Filter{Categories: []string{"category 35"}}, "")},
		{"page/rare merchant", page(store.Filter{Merchants: []string{rare}}, "")},
		{"page/amount of a year", page(year, store.AmountDesc)},
		{"inside/one row", page(store.Filter{Query: "*" + benchWords[4000][1:]}, "")},
		{"inside/one percent", page(store.Filter{Query: "*nepercen"}, "")},
		{"inside/one permille", page(store.Filter{Query: "*nepermill"}, "")},
		{"inside/all rows", page(store.Filter{Query: "*aymen"}, "")},
		{"inside/three letters", page(store.Filter{Query: "*qzx"}, "")},
		{"inside/numbers", page(store.Filter{Query: "*ref50000"}, "")},
		{"inside/and a word", page(store.Filter{Query: "*ayment onepermille"}, "")},
		{"inside/two accounts", page(store.Filter{Query: "*nepercen", Scope: mine}, "")},
		{"inside/one percent by amount", page(store.Filter{Query: "*nepercen"}, store.AmountDesc)},
		{"words/one row", page(store.Filter{Query: "ref500007"}, "")},
		{"words/one permille", page(store.Filter{Query: "onepermille"}, "")},
		{"words/one percent", page(store.Filter{Query: "onepercent"}, "")},
		{"words/all rows", page(store.Filter{Query: "card payment"}, "")},
		{"words/beginning", page(store.Filter{Query: "card ref5"}, "")},
		{"words/two letters", page(store.Filter{Query: "ab"}, "")},
		{"words/rare and account", page(store.Filter{Query: "onepermille", Scope: mine}, "")},
		{"words/one percent by amount", page(store.Filter{Query: "onepercent"}, store.AmountDesc)},
		{"summary/year by category and month", summary(year, store.ByCategory, store.ByMonth)},
		{"summary/all by category and month", summary(store.Filter{}, store.ByCategory, store.ByMonth)},
		{"summary/all by category and month, two accounts", summary(store.Filter{Scope: mine}, store.ByCategory, store.ByMonth)},
		{"summary/all by merchant", summary(store.Filter{}, store.ByMerchant)},
		{"list/accounts", func() error { _, err := s.Accounts(ctx, at, nil); return err }},
		{"list/categories", func() error { _, err := s.Categories(ctx, at, nil, "", 50); return err }},
		{"list/merchants", func() error { _, err := s.Merchants(ctx, at, nil, "ab", 50); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := c.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
