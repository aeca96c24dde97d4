package ingest

import (
	"bytes"
	"context"
	"io"
	"iter"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/store/sqlite"
)

// counting is a store that only counts, and looks at the heap now and then.
type counting struct {
	rows int64
	peak uint64
}

const heapEvery = 20_000

func (c *counting) Import(ctx context.Context, im store.Import, rows iter.Seq2[store.Row, error], dryRun bool) (store.Imported, error) {
	var before runtime.MemStats
	for _, err := range rows {
		if err != nil {
			return store.Imported{}, err
		}
		if c.rows++; c.rows%heapEvery == 0 {
			runtime.ReadMemStats(&before)
			c.peak = max(c.peak, before.HeapAlloc)
		}
	}
	return store.Imported{Batch: store.Batch{Added: c.rows}}, nil
}

// BenchmarkParse parses 8 MB of each format with nothing behind the parser.
func BenchmarkParse(b *testing.B) {
	im := testImporter(b)
	for name, make := range makers {
		b.Run(name, func(b *testing.B) {
			data, err := io.ReadAll(make(60_000))
			if err != nil {
				b.Fatal(err)
			}
			f, err := im.detect(data[:headSize], Options{Currency: "EUR"})
			if err != nil {
				b.Fatal(err)
			}
			if f.learn != nil {
				if f.parse, err = f.learn(bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			start, n := cpuSeconds(), 0
			for b.Loop() {
				if err := f.parse(bytes.NewReader(data), statement.Discard{}); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64(n*len(data))/1e6/(cpuSeconds()-start), "MB/cpu-s")
		})
	}
}

// BenchmarkImport imports 60,000 rows into the embedded store on disk, as it
// is by default: encrypted, synchronous=FULL, 64 MB cache. The redactor is the
// test's; package tools benchmarks the real one.
func BenchmarkImport(b *testing.B) {
	const rows = 60_000
	im := testImporter(b)
	for name := range makers {
		b.Run(name, func(b *testing.B) {
			var total, spent float64
			for b.Loop() {
				b.StopTimer()
				s, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(b.TempDir(), "store.db"), Key: [32]byte{1}})
				if err != nil {
					b.Fatal(err)
				}
				start := cpuSeconds()
				b.StartTimer()
				r, err := im.File(context.Background(), s, generatedInput(name, rows), Options{Currency: "EUR"})
				if err != nil || r.Added == 0 {
					b.Fatal(err)
				}
				total += float64(r.Added)
				b.StopTimer()
				spent += cpuSeconds() - start
				s.Close()
				b.StartTimer()
			}
			b.ReportMetric(total/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(total/spent, "rows/cpu-s")
		})
	}
}
