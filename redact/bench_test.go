package redact_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime"
	"sync"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/redact/internal/corpus"
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

func benchmarkLeaves(b *testing.B, r *redact.Redactor) {
	leaves, size := benchLeaves()
	dst := make([]byte, 0, 1024)
	runtime.GC() // of what was made to get here
	b.SetBytes(int64(size))
	defer reportCPU(b, size)()
	b.ReportAllocs()
	for b.Loop() {
		for _, leaf := range leaves {
			if _, _, err := r.Text(dst[:0], leaf); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// manyKnown makes a redactor that knows n account numbers, none of which occurs
// in the benchmark's document: what is measured is the price of looking.
func manyKnown(tb testing.TB, n int) *redact.Redactor {
	tb.Helper()
	prints := make([][]byte, n)
	for i := range prints {
		f, err := redact.Fingerprint(testKey, redact.Account, fmt.Sprintf("20%06d779%05d", i, i))
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
	doc := benchDocument()[:benchSize/10]
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
