package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// The benchmarks run on a million transactions of five years, made by rule:
// 8 accounts, 40 categories and 5,000 merchants of uneven use, some eight words
// a row, one of which no other row has. "onepercent" and "onepermille" stand in
// so many of the rows. The store is encrypted, synchronous=FULL, with the
// default caches (64 MiB a reader, 256 MiB the writer).
//
// COUNTERFOIL_BENCH_DIR keeps the store between runs.
const (
	benchRows    = 1_000_000
	benchFile    = 50_000 // rows of one file
	benchDays    = 5 * 365
	benchLastDay = "2026-10-31"
)

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

var bench struct {
	once sync.Once
	path string
	took time.Duration
	slow time.Duration // of the file that took longest
	err  error
}

// million opens the store of a million rows, making it once.
func million(b *testing.B) *Store {
	b.Helper()
	bench.once.Do(func() { bench.path, bench.took, bench.slow, bench.err = makeMillion() })
	if bench.err != nil {
		b.Fatal(bench.err)
	}
	return open(b, Config{Path: bench.path, Key: testKey})
}

func makeMillion() (path string, took, slowest time.Duration, err error) {
	dir := os.Getenv("COUNTERFOIL_BENCH_DIR")
	if dir == "" {
		if dir, err = os.MkdirTemp("", "counterfoil-bench"); err != nil {
			return "", 0, 0, err
		}
	}
	path = filepath.Join(dir, "million.db")
	if _, err := os.Stat(path); err == nil {
		return path, 0, 0, nil
	}
	building := path + ".part"
	s, err := Open(context.Background(), Config{Path: building, Key: testKey})
	if err != nil {
		return "", 0, 0, err
	}
	// An earlier run may have been stopped; then nothing is measured.
	done, err := s.Snapshot(context.Background())
	start := time.Now()
	for n := int(done) * benchFile; n < benchRows && err == nil; n += benchFile {
		began := time.Now()
		_, err = s.Import(context.Background(), benchImport(fmt.Sprint(n)), generate(n, n+benchFile), false)
		slowest = max(slowest, time.Since(began))
	}
	if done == 0 {
		took = time.Since(start)
	}
	if err := errors.Join(err, s.Close(), os.Rename(building, path)); err != nil {
		return "", 0, 0, err
	}
	return path, took, slowest, nil
}

func TestMain(m *testing.M) {
	code := m.Run()
	if bench.path != "" && os.Getenv("COUNTERFOIL_BENCH_DIR") == "" {
		os.RemoveAll(filepath.Dir(bench.path))
	}
	os.Exit(code)
}

// BenchmarkImportMillion reports how a million rows came into an empty store in
// 20 files. Run it with COUNTERFOIL_BENCH_DIR unset.
func BenchmarkImportMillion(b *testing.B) {
	s := million(b)
	for b.Loop() {
		if _, err := s.Snapshot(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	if bench.took > 0 {
		b.ReportMetric(benchRows/bench.took.Seconds(), "rows/s")
		b.ReportMetric(benchFile/bench.slow.Seconds(), "slowest-file-rows/s")
	}
	if info, err := os.Stat(bench.path); err == nil {
		b.ReportMetric(float64(info.Size())/benchRows, "file-B/row")
	}
}

// BenchmarkImportFile imports one more file of 50,000 rows into the million,
// up to and without the commit.
func BenchmarkImportFile(b *testing.B) {
	s := million(b)
	var rows int
	for b.Loop() {
		if _, err := s.Import(b.Context(), benchImport("more"), generate(benchRows, benchRows+benchFile), true); err != nil {
			b.Fatal(err)
		}
		rows += benchFile
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkImportAgain imports a file that is held already.
func BenchmarkImportAgain(b *testing.B) {
	s := million(b)
	var rows int
	for b.Loop() {
		if _, err := s.Import(b.Context(), benchImport("0"), generate(0, benchFile), false); err != nil {
			b.Fatal(err)
		}
		rows += benchFile
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkGenerate is what making the rows alone costs.
func BenchmarkGenerate(b *testing.B) {
	var rows int
	for b.Loop() {
		for range generate(0, benchFile) {
			rows++
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkPage(b *testing.B) {
	account := firstAccount(b)
	for name, q := range map[string]store.Query{
		"newest":           {},
		"oldest":           {Sort: store.DateAsc},
		"largest":          {Sort: store.AmountDesc},
		"smallest":         {Sort: store.AmountAsc},
		"account":          {Filter: store.Filter{Accounts: []string{account}}},
		"category-common":  {Filter: store.Filter{Categories: []string{"category 0"}}},
		"category-rare":    {Filter: store.Filter{Categories: []string{"category 39"}}},
		"merchant":         {Filter: store.Filter{Merchants: []string{benchWords[0] + " " + benchWords[5000]}}},
		"account+category": {Filter: store.Filter{Accounts: []string{account}, Categories: []string{"category 20"}}},
		"scope":            {Filter: store.Filter{Scope: &store.Predicate{Op: "eq", Field: "account", Values: []any{account}}}},
		"year-back":        {Filter: store.Filter{To: store.NewDate(2024, 6, 30)}},
	} {
		b.Run(name, func(b *testing.B) {
			q.At, q.Limit = benchRows/benchFile, 50
			search(b, q, 50)
		})
	}
	b.Run("hundredth", func(b *testing.B) {
		s := million(b)
		q := store.Query{At: benchRows / benchFile, Limit: 50}
		for range 100 {
			page, err := s.Search(b.Context(), q)
			if err != nil {
				b.Fatal(err)
			}
			q.After = page.Next
		}
		search(b, q, 50)
	})
}

// BenchmarkFirstPage is the first call after opening the store.
func BenchmarkFirstPage(b *testing.B) {
	million(b)
	for _, c := range []struct {
		name   string
		filter store.Filter
	}{
		{"newest", store.Filter{}},
		{"category", store.Filter{Categories: []string{"category 20"}}},
		{"merchant", store.Filter{Merchants: []string{benchWords[0] + " " + benchWords[5000]}}},
		{"words", store.Filter{Query: "onepercent"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s, err := Open(b.Context(), Config{Path: bench.path, Key: testKey})
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				page, err := s.Search(b.Context(), store.Query{At: benchRows / benchFile, Limit: 50, Filter: c.filter})
				b.StopTimer()
				if err := errors.Join(err, s.Close()); err != nil || len(page.Items) != 50 {
					b.Fatal(len(page.Items), err)
				}
				b.StartTimer()
			}
		})
	}
}

// BenchmarkOpen opens and closes the store.
func BenchmarkOpen(b *testing.B) {
	million(b)
	for b.Loop() {
		s, err := Open(b.Context(), Config{Path: bench.path, Key: testKey})
		if err := errors.Join(err, s.Close()); err != nil {
			b.Fatal(err)
		}
	}
}

func firstAccount(b *testing.B) string {
	accounts, err := million(b).Accounts(b.Context(), benchRows/benchFile, nil)
	if err != nil || len(accounts) == 0 {
		b.Fatal(err)
	}
	return accounts[0].ID
}

func search(b *testing.B, q store.Query, want int) {
	b.Helper()
	s := million(b)
	for b.Loop() {
		page, err := s.Search(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		if len(page.Items) != want {
			b.Fatalf("%d rows, want %d", len(page.Items), want)
		}
	}
}

// BenchmarkWords searches by words; "total" adds up every row that matches.
func BenchmarkWords(b *testing.B) {
	for _, c := range []struct{ name, query string }{
		{"unique", "ref123456"},
		{"permille", "onepermille"},
		{"percent", "onepercent"},
		{"percent+common", "card payment onepercent"},
		{"percent+prefix", "onepercent re"},
		{"common", "card"},
		{"inside-percent", "*nepercen"},
		{"inside-common", "*aymen"},
		{"prefix-3", "one"},
		{"prefix-1", "c"},
	} {
		q := store.Query{At: benchRows / benchFile, Limit: 50, Filter: store.Filter{Query: c.query}}
		b.Run(c.name+"/page", func(b *testing.B) {
			want := 50
			if c.name == "unique" {
				want = 1
			}
			search(b, q, want)
		})
		b.Run(c.name+"/total", func(b *testing.B) { summarize(b, store.Summary{At: q.At, Filter: q.Filter}) })
	}
	b.Run("percent/page-by-amount", func(b *testing.B) {
		search(b, store.Query{At: benchRows / benchFile, Limit: 50, Filter: store.Filter{Query: "onepercent"}, Sort: store.AmountDesc}, 50)
	})
}

func summarize(b *testing.B, q store.Summary) {
	b.Helper()
	s := million(b)
	rows := int64(0)
	for b.Loop() {
		groups, err := s.Summarize(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		rows = 0
		for _, g := range groups {
			rows += g.Count
		}
	}
	b.ReportMetric(float64(rows), "rows")
}

func BenchmarkSummary(b *testing.B) {
	year := store.Filter{From: store.NewDate(2025, 1, 1), To: store.NewDate(2025, 12, 31)}
	account := firstAccount(b)
	mine := year
	mine.Scope = &store.Predicate{Op: "eq", Field: "account", Values: []any{account}}
	rare := store.Filter{Categories: []string{"category 39"}}
	for _, c := range []struct {
		name   string
		filter store.Filter
		by     []store.Dimension
	}{
		{"category+month/year", year, []store.Dimension{store.ByCategory, store.ByMonth}},
		{"category+month/five-years", store.Filter{}, []store.Dimension{store.ByCategory, store.ByMonth}},
		{"category+month/year-scoped", mine, []store.Dimension{store.ByCategory, store.ByMonth}},
		{"merchant/year", year, []store.Dimension{store.ByMerchant}},
		{"month/rare-category", rare, []store.Dimension{store.ByMonth}},
	} {
		b.Run(c.name, func(b *testing.B) {
			summarize(b, store.Summary{At: benchRows / benchFile, Filter: c.filter, By: c.by})
		})
	}
}

func BenchmarkLists(b *testing.B) {
	s := million(b)
	account := &store.Predicate{Op: "eq", Field: "account", Values: []any{firstAccount(b)}}
	for name, list := range map[string]func() error{
		"accounts":          func() error { _, err := s.Accounts(b.Context(), 20, nil); return err },
		"accounts-long-ago": func() error { _, err := s.Accounts(b.Context(), 1, nil); return err },
		"accounts-scoped":   func() error { _, err := s.Accounts(b.Context(), 20, account); return err },
		"categories":        func() error { _, err := s.Categories(b.Context(), 20, nil, "", 50); return err },
		"merchants":         func() error { _, err := s.Merchants(b.Context(), 20, nil, "", 50); return err },
		"merchants-prefix":  func() error { _, err := s.Merchants(b.Context(), 20, nil, "ab", 50); return err },
		"merchants-scoped":  func() error { _, err := s.Merchants(b.Context(), 20, account, "ab", 50); return err },
		"snapshot":          func() error { _, err := s.Snapshot(b.Context()); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := list(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkMemory reports what an open store holds after its readers have seen
// all of the million rows.
func BenchmarkMemory(b *testing.B) {
	s := million(b)
	for b.Loop() {
		if _, err := s.Summarize(b.Context(), store.Summary{At: benchRows / benchFile}); err != nil {
			b.Fatal(err)
		}
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	b.ReportMetric(float64(stats.HeapInuse)/(1<<20), "heap-MiB")
}
