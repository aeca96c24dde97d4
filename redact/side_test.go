package redact_test

import (
	"bytes"
	"encoding/json"
	"runtime"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/redact"
)

// Side by side: every way of looking at the same leaves is timed in turn on
// one piece after the other, so that what else the machine does hits all of
// them alike, and of each piece the fastest of some rounds counts.
const (
	sideRounds = 9
	sidePiece  = 64 << 10
)

// way is one way of looking at a piece: leaves one by one, or all their bytes.
type way struct {
	name  string
	leafs func(leaf []byte)
	whole func(text []byte)
}

func BenchmarkSideBySide(b *testing.B) {
	known, plain := manyKnown(b, 100_000), newRedactor(b)
	dst := make([]byte, 0, 4096)
	scan := func(r *redact.Redactor) func([]byte) {
		return func(leaf []byte) {
			if _, _, err := r.Text(dst[:0], leaf); err != nil {
				b.Fatal(err)
			}
		}
	}
	ways := []way{
		{name: "leaves", leafs: scan(plain)},
		{name: "known", leafs: scan(known)},
		{name: "luhn", leafs: func(leaf []byte) { luhnRuns(leaf) }},
		{name: "regexp", leafs: func(leaf []byte) { panPattern.FindAllIndex(leaf, -1) }},
		{name: "count", whole: func(text []byte) { bytes.Count(text, []byte("4")) }},
	}
	for _, c := range []struct {
		name string
		make func() []byte
	}{{"generated", benchDocument}, {"real", statements}} {
		b.Run(c.name, func(b *testing.B) {
			outside, all := stringLeaves(b, c.make())
			b.Run("outside", func(b *testing.B) { sideBySide(b, outside, ways) })
			b.Run("all", func(b *testing.B) { sideBySide(b, all, ways) })
		})
	}
}

// sideBySide reports the throughput of each way and what known values cost.
func sideBySide(b *testing.B, leaves [][]byte, ways []way) {
	runtime.GC()
	size := 0
	best := make([]time.Duration, len(ways))
	for b.Loop() {
		size = 0
		clear(best)
		for rest := leaves; len(rest) > 0; {
			piece, n := nextPiece(rest)
			rest = rest[len(piece):]
			text := bytes.Join(piece, nil)
			size += n
			for w := range ways {
				fastest := time.Duration(1 << 62)
				for range sideRounds {
					fastest = min(fastest, ways[w].look(piece, text))
				}
				best[w] += fastest
			}
		}
	}
	for w := range ways {
		b.ReportMetric(float64(size)/1e6/best[w].Seconds(), ways[w].name+"-MB/s")
	}
	b.ReportMetric(100*(1-best[0].Seconds()/best[1].Seconds()), "known-%")
	b.ReportMetric(0, "ns/op")
}

func (w *way) look(piece [][]byte, text []byte) time.Duration {
	start := time.Now()
	if w.whole != nil {
		w.whole(text)
	} else {
		for _, leaf := range piece {
			w.leafs(leaf)
		}
	}
	return time.Since(start)
}

func nextPiece(leaves [][]byte) (piece [][]byte, size int) {
	n := 0
	for n < len(leaves) && size < sidePiece {
		size += len(leaves[n])
		n++
	}
	return leaves[:n], size
}

// document has the strings of both corpora.
type document struct {
	Items []struct {
		ID, Account, Booked, Status, MCC                                     string
		BookedAt                                                             string `json:"booked_at"`
		Amount                                                               struct{ Currency, Decimal string }
		Reference, Description, Merchant, Counterparty, Memo, Category, Unit string
	}
}

// stringLeaves returns the strings of a document, empty ones aside: those that
// come from outside, and all of them, ids, dates and amounts included.
func stringLeaves(tb testing.TB, doc []byte) (outside, all [][]byte) {
	tb.Helper()
	var d document
	if err := json.Unmarshal(doc, &d); err != nil {
		tb.Fatal(err)
	}
	for i := range d.Items {
		it := &d.Items[i]
		for k, leaf := range [...]string{it.Reference, it.Description, it.Merchant, it.Counterparty, it.Memo, it.Category, it.Unit,
			it.ID, it.Account, it.Booked, it.BookedAt, it.Amount.Currency, it.Amount.Decimal, it.Status, it.MCC} {
			if leaf == "" {
				continue
			}
			all = append(all, []byte(leaf))
			if k < 7 {
				outside = append(outside, all[len(all)-1])
			}
		}
	}
	return outside, all
}
