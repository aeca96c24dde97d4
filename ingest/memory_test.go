package ingest

import (
	"context"
	"runtime"
	"testing"
)

// heapLimit is what an import may hold beside what the test already has: the rows
// that wait for the store (20 MB if it is slow), the filter of dedup.go (1 MB
// here), buffers, and as much of garbage not yet collected. The rows themselves
// would be 100 MB.
const heapLimit = 56 << 20

// TestMemoryFlat imports streams of 13 MB and more that exist nowhere and looks at the heap
// as the rows pass. BenchmarkHuge does the
// same with up to 2 GB.
func TestMemoryFlat(t *testing.T) {
	for name, rows := range map[string]int{"csv": 160_000, "ofx": 160_000} {
		if peak := heapOf(t, name, rows); peak > heapLimit {
			t.Errorf("%s: %d rows took %d MB of heap", name, rows, peak>>20)
		} else {
			t.Logf("%s: %d rows, peak %.1f MB", name, rows, float64(peak)/(1<<20))
		}
	}
}

// BenchmarkHuge imports long streams without a store and reports the peak heap,
// which must not grow with them: OFX also has the filter of dedup.go, at most
// 32 MB. The 2 GB take some minutes.
func BenchmarkHuge(b *testing.B) {
	for _, size := range []struct {
		name, format string
		rows         int
	}{
		{"csv-20MB", "csv", 280_000}, {"csv-200MB", "csv", 2_800_000}, {"ofx-200MB", "ofx", 1_500_000}, {"csv-2GB", "csv", 28_000_000},
	} {
		b.Run(size.name, func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(float64(heapOf(b, size.format, size.rows)>>20), "MB-heap")
			}
		})
	}
}

func heapOf(t testing.TB, name string, rows int) uint64 {
	t.Helper()
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c := &counting{}
	r, err := testImporter(t).File(context.Background(), c, generatedInput(name, rows), Options{})
	if err != nil || r.Rows != int64(rows) || c.rows != r.Rows {
		t.Fatalf("%s: %d rows, %v", name, c.rows, err)
	}
	return c.peak - min(c.peak, before.HeapAlloc)
}
