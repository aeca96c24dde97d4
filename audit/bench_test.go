package audit

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// benchEntry is a record of about 1 KB, as a search leaves it.
func benchEntry() *Entry {
	return &Entry{Record: Record{
		Phase: PhaseOutcome, CallID: "01J9Z3NDEKTSV4RRFFQ69G5FAV", Principal: strings.Repeat("p", 32), Auth: "bearer",
		ClientName: "claude-ai", ClientVersion: "0.1.0", Protocol: "2026-07-28", TraceID: strings.Repeat("a", 32),
		Tool: "search_transactions", ToolDigest: strings.Repeat("b", 64), ReceivedDigest: strings.Repeat("c", 64),
		ArgsDigest: strings.Repeat("d", 64), PolicyDigest: strings.Repeat("e", 64), Rule: "allow-household", Decision: "allow",
		Before: &Usage{Calls: 10, Rows: 200, Bytes: 40000}, After: &Usage{Calls: 11, Rows: 250, Bytes: 48000},
		Snapshot: 41, Clock: "2026-03-04T05:06:07.890123456Z", Build: "v1.0.0", Rows: 50, Bytes: 8000,
		Labels: []string{"private", "untrusted"}, Findings: []Count{{Name: "iban", Layer: "out", N: 2}},
		ResultDigest: strings.Repeat("f", 64),
	}, Salt: [32]byte{1}}
}

// A bareLoop is group commit and nothing else: the same bytes, one write and
// one fdatasync for all that wait. It is what Append is measured against.
type bareLoop struct {
	file *os.File
	mu   sync.Mutex
	wait []chan struct{}
	buf  []byte
	wake chan struct{}
}

func (l *bareLoop) append(data []byte) {
	done := make(chan struct{})
	l.mu.Lock()
	l.wait, l.buf = append(l.wait, done), append(l.buf, data...)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	<-done
}

func (l *bareLoop) run() {
	var off int64
	var spare []byte
	for range l.wake {
		l.mu.Lock()
		wait, buf := l.wait, l.buf
		l.wait, l.buf = nil, spare[:0]
		l.mu.Unlock()
		if len(wait) == 0 {
			continue
		}
		n, err := l.file.WriteAt(buf, off)
		if err == nil {
			err = datasync(l.file)
		}
		if err != nil {
			panic(err)
		}
		off, spare = off+int64(n), buf
		for _, w := range wait {
			close(w)
		}
	}
}

// openBare starts a bare loop and returns its append of as many bytes as a
// record takes.
func openBare(b *testing.B) func() {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	l := &bareLoop{file: f, wake: make(chan struct{}, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.run()
	}()
	b.Cleanup(func() {
		close(l.wake)
		<-ended
		f.Close()
	})
	data := bytes.Repeat([]byte("r"), 1200)
	return func() { l.append(data) }
}

func openForBench(b *testing.B) func() {
	l := mustOpen(b, testConfig(b))
	e := benchEntry()
	return func() {
		one := *e
		if _, err := l.Append(context.Background(), &one); err != nil {
			b.Error(err)
		}
	}
}

// run makes n appends from a number of writers and returns how long each took,
// sorted, and all of them together.
func run(n, writers int, one func()) (each []time.Duration, all time.Duration) {
	times := make([][]time.Duration, writers)
	begin := time.Now()
	var wg sync.WaitGroup
	for w := range writers {
		mine := n / writers
		if w < n%writers {
			mine++
		}
		wg.Go(func() {
			for range mine {
				start := time.Now()
				one()
				times[w] = append(times[w], time.Since(start))
			}
		})
	}
	wg.Wait()
	all = time.Since(begin)
	return slices.Sorted(slices.Values(slices.Concat(times...))), all
}

// p99 returns the 99th percentile of sorted times, in milliseconds.
func p99(t []time.Duration) float64 { return float64(t[len(t)*99/100].Microseconds()) / 1000 }

// BenchmarkAppend measures b.N appends to the log and as many to a bare loop,
// in turns, so that both meet the same disk and the same neighbours. Reported
// are the rates, how they compare, and the 99th percentiles.
func BenchmarkAppend(b *testing.B) {
	const turns = 8
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			bare, log := openBare(b), openForBench(b)
			var bareEach, logEach []time.Duration
			var bareAll, logAll time.Duration
			b.ResetTimer()
			for turn := range turns {
				n := b.N*(turn+1)/turns - b.N*turn/turns
				each, all := run(n, writers, bare)
				bareEach, bareAll = append(bareEach, each...), bareAll+all
				each, all = run(n, writers, log)
				logEach, logAll = append(logEach, each...), logAll+all
			}
			b.StopTimer()
			slices.Sort(bareEach)
			slices.Sort(logEach)
			b.ReportMetric(float64(b.N)/bareAll.Seconds(), "bare/s")
			b.ReportMetric(float64(b.N)/logAll.Seconds(), "appends/s")
			b.ReportMetric(bareAll.Seconds()/logAll.Seconds(), "ratio")
			b.ReportMetric(p99(bareEach), "bare-p99-ms")
			b.ReportMetric(p99(logEach), "p99-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	e := benchEntry()
	for b.Loop() {
		leaf, err := e.Record.Encode()
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(leaf)))
	}
}

func BenchmarkDecode(b *testing.B) {
	e := benchEntry()
	e.Record.Schema = SchemaVersion
	leaf, err := e.Record.Encode()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := DecodeRecord(leaf); err != nil {
			b.Fatal(err)
		}
	}
}

// writeSingles writes a log of single-record batches without syncing.
func writeSingles(b testing.TB, n int) string {
	cfg := testConfig(b)
	cfg.wrap = func(f appendFile) appendFile { return unsynced{f} }
	l := mustOpen(b, cfg)
	for range n {
		if _, err := l.Append(context.Background(), benchEntry()); err != nil {
			b.Fatal(err)
		}
	}
	mustClose(b, l)
	return cfg.Dir
}

type unsynced struct{ appendFile }

func (unsynced) Sync() error { return nil }

// BenchmarkVerify verifies a log of single-record batches, the worst shape.
func BenchmarkVerify(b *testing.B) {
	const n = 50_000
	dir := writeSingles(b, n)
	opt := VerifyOptions{Dir: dir, Keys: []string{pinned(b, dir)}}
	for b.Loop() {
		if _, err := Verify(context.Background(), opt); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkScan reads and decodes every record.
func BenchmarkScan(b *testing.B) {
	const n = 50_000
	dir := writeSingles(b, n)
	r, err := OpenReader(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	for b.Loop() {
		for _, err := range r.Entries(0, -1) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkOpen(b *testing.B) {
	const n = 50_000
	dir := writeSingles(b, n)
	for b.Loop() {
		l, err := openDir(dir)
		if err != nil {
			b.Fatal(err)
		}
		mustClose(b, l)
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
