package redact_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/redact/internal/corpus"
	"github.com/counterfoil/counterfoil/redact/internal/hostile"
)

const benchSize = 50 << 20

var benchDocument = sync.OnceValue(func() []byte { return corpus.Transactions(1, benchSize) })

// benchLeaves are the text leaves of the document (what is not an id, a date or
// an amount), for scanning alone.
var benchLeaves = sync.OnceValues(func() (leaves [][]byte, size int) {
	var doc struct {
		Items []struct{ Description, Merchant, Memo, Category string }
	}
	if err := json.Unmarshal(corpus.Transactions(1, benchSize/2), &doc); err != nil {
		panic(err)
	}
	for _, it := range doc.Items {
		for _, leaf := range []string{it.Description, it.Merchant, it.Memo, it.Category} {
			leaves = append(leaves, []byte(leaf))
			size += len(leaf)
		}
	}
	return leaves, size
})

func BenchmarkJSON(b *testing.B) {
	r := newRedactor(b)
	doc := benchDocument()
	dst := make([]byte, 0, len(doc)+1024)
	b.SetBytes(int64(len(doc)))
	defer reportCPU(b, len(doc))()
	b.ReportAllocs()
	for b.Loop() {
		out, found, err := r.JSON(dst[:0], doc)
		if err != nil || len(out) != len(doc) {
			b.Fatal(len(out), found, err)
		}
	}
}

func BenchmarkLeaves(b *testing.B)      { benchmarkLeaves(b, newRedactor(b)) }
func BenchmarkLeavesKnown(b *testing.B) { benchmarkLeaves(b, manyKnown(b, 100_000)) }

// BenchmarkKnownCost scans the same leaves in turns without and with 100,000
// known values, and reports by how much the latter is slower: of either the
// fastest tenth, which the rest of the machine disturbs least.
func BenchmarkKnownCost(b *testing.B) {
	leaves, _ := benchLeaves()
	leaves = leaves[:len(leaves)/5] // short turns: more of them, and whatever else the machine does meets fewer
	size := 0
	for _, leaf := range leaves {
		size += len(leaf)
	}
	doc := bytes.Clone(benchDocument()[:benchSize/50])
	doc = append(doc[:bytes.LastIndex(doc, []byte(`,{"id"`))], "]}"...)
	dst := make([]byte, 0, len(doc)+1024)
	for _, set := range []struct {
		name string
		make func(testing.TB, int) *redact.Redactor
	}{{"numbers", manyKnown}, {"random", randomKnown}, {"accounts", accountsKnown}, {"mixed", mixedKnown}} {
		turns := [2]*redact.Redactor{newRedactor(b), set.make(b, 100_000)}
		b.Run(set.name+"/leaves", func(b *testing.B) {
			knownCost(b, turns, size, func(r *redact.Redactor) { scanLeaves(b, r, leaves) })
		})
		b.Run(set.name+"/document", func(b *testing.B) {
			knownCost(b, turns, len(doc), func(r *redact.Redactor) {
				if _, _, err := r.JSON(dst[:0], doc); err != nil { // in ids some few digits are known ones by chance
					b.Fatal(err)
				}
			})
		})
	}
}

// knownCost times a scan of so many bytes by two redactors in turns.
func knownCost(b *testing.B, turns [2]*redact.Redactor, size int, scan func(*redact.Redactor)) {
	var times [2][]time.Duration
	runtime.GC()
	for i := 0; b.Loop(); i++ {
		for k := range turns {
			which := (i + k) % 2
			start := cpuTime()
			scan(turns[which])
			times[which] = append(times[which], cpuTime()-start)
		}
	}
	none, some := fastTenth(times[0]), fastTenth(times[1])
	b.ReportMetric(100*(1-none.Seconds()/some.Seconds()), "%-slower")
	b.ReportMetric(float64(size)/1e6/none.Seconds(), "MB/cpu-s-none")
	b.ReportMetric(float64(size)/1e6/some.Seconds(), "MB/cpu-s-known")
}

// fastTenth returns what a tenth of the times are not above.
func fastTenth(times []time.Duration) time.Duration {
	slices.Sort(times)
	return max(1, times[len(times)/10])
}

func scanLeaves(b *testing.B, r *redact.Redactor, leaves [][]byte) {
	dst := make([]byte, 0, 1024)
	for _, leaf := range leaves {
		if _, _, err := r.Text(dst[:0], leaf); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkLeaves(b *testing.B, r *redact.Redactor) {
	leaves, size := benchLeaves()
	runtime.GC() // of what was made to get here
	b.SetBytes(int64(size))
	defer reportCPU(b, size)()
	b.ReportAllocs()
	for b.Loop() {
		scanLeaves(b, r, leaves)
	}
}

// manyKnown makes a redactor that knows n account numbers, none of which occurs
// in the benchmark's document: what is measured is the price of looking.
func manyKnown(tb testing.TB, n int) *redact.Redactor {
	return knowing(tb, n, func(i int) (redact.Entity, string) { return redact.Account, fmt.Sprintf("20%06d779%05d", i, i) })
}

// randomKnown makes one of which one in ten ends in the same six digits as a number of
// six digits that somebody else made up: what is measured are such findings, too.
func randomKnown(tb testing.TB, n int) *redact.Redactor {
	rng := rand.New(rand.NewPCG(10, 10))
	return knowing(tb, n, func(int) (redact.Entity, string) { return redact.Account, fmt.Sprintf("%010d", rng.Int64N(1e10)) })
}

// mixedKnown is manyKnown with cards, IBANs of every country, account numbers of
// two lengths, and a tenth of tokens.
func mixedKnown(tb testing.TB, n int) *redact.Redactor { return variousKnown(tb, n, n/10) }

// accountsKnown is mixedKnown with what a tenant of very many customers holds:
// eight tokens.
func accountsKnown(tb testing.TB, n int) *redact.Redactor { return variousKnown(tb, n, 8) }

func variousKnown(tb testing.TB, n, tokens int) *redact.Redactor {
	rng := rand.New(rand.NewPCG(3, 3))
	var numbers []hostile.Value
	return knowing(tb, n, func(i int) (redact.Entity, string) {
		if i%10 == 0 && i < 10*tokens {
			return redact.Secret, fmt.Sprintf("tok-%08x%08x", rng.Uint32(), rng.Uint32())
		}
		switch i % 10 {
		case 1, 2:
			return redact.Account, fmt.Sprintf("%02d9%05d", rng.IntN(100), rng.IntN(100_000))
		case 3:
			return redact.Account, fmt.Sprintf("%06d9%05d", rng.IntN(1_000_000), rng.IntN(100_000))
		}
		for {
			if len(numbers) == 0 {
				numbers = append(hostile.Cards(rng), hostile.IBANs(rng)...)
			}
			v := numbers[0].Text
			numbers = numbers[1:]
			if end := v[len(v)-6]; end < '0' || end >= '9' { // no reference of the document ends so
				return redact.Account, v
			}
		}
	})
}

func knowing(tb testing.TB, n int, value func(i int) (redact.Entity, string)) *redact.Redactor {
	tb.Helper()
	prints := make([][]byte, n)
	for i := range prints {
		entity, text := value(i)
		f, err := redact.Fingerprint(testKey, entity, text)
		if err != nil {
			tb.Fatal(err)
		}
		prints[i] = f
	}
	known, err := redact.NewKnown(prints)
	if err != nil {
		tb.Fatal(err)
	}
	r, err := redact.New(redact.Config{Key: testKey, Known: known})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// The floor and the limit: what a plain scan costs, and what the usual ways cost.

func BenchmarkBytesCount(b *testing.B) {
	doc := benchDocument()
	b.SetBytes(int64(len(doc)))
	defer reportCPU(b, len(doc))()
	for b.Loop() {
		bytes.Count(doc, []byte("4"))
	}
}

var panPattern = regexp.MustCompile(`\b(?:\d[ -]?){12,18}\d\b`)

func BenchmarkRegexp(b *testing.B) {
	doc := bytes.Clone(benchDocument()[:benchSize/10])
	b.SetBytes(int64(len(doc)))
	defer reportCPU(b, len(doc))()
	for b.Loop() {
		panPattern.FindAllIndex(doc, -1)
	}
}

// BenchmarkLuhnOnly looks for plain digit runs of 12 to 19 that pass Luhn, and
// for nothing else.
func BenchmarkLuhnOnly(b *testing.B) {
	doc := benchDocument()
	b.SetBytes(int64(len(doc)))
	defer reportCPU(b, len(doc))()
	for b.Loop() {
		luhnRuns(doc)
	}
}

func luhnRuns(doc []byte) (hits int) {
	start := -1
	for i, c := range doc {
		if c >= '0' && c <= '9' {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 && i-start >= 12 && i-start <= 19 && corpus.Luhn(string(doc[start:i])) {
			hits++
		}
		start = -1
	}
	return hits
}
