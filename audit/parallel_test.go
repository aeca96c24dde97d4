package audit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestWorkIsSelect: on all cores the same records come in the same order, with
// the same content.
func TestWorkIsSelect(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 3*pageRecords+17) // several pages, the last not full
	big := testEntry(1)
	big.Sidecar = make([]byte, 2*pageBytes+1) // a page of its own
	for i := range big.Sidecar {
		big.Sidecar[i] = byte(i%255) + 1
	}
	if _, err := l.Append(context.Background(), big); err != nil {
		t.Fatal(err)
	}
	r := l.Reader()
	for name, f := range map[string]Filter{
		"all": {}, "range": {FromIndex: 5, ToIndex: 300}, "to": {ToIndex: 1}, "call": {CallID: "call-000700"}, "none": {Tool: "other"},
		"beyond": {FromIndex: 1 << 40}, "time": {From: testTime.Add(100 * time.Millisecond), To: testTime.Add(200 * time.Millisecond)},
	} {
		var want, got []string
		for it, err := range r.Select(f) {
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, it.Record.CallID+Digest(it.Leaf)+Digest(it.Sidecar))
		}
		last := int64(-1)
		err := Work(context.Background(), r, f,
			func(it *Item) (string, bool) {
				return it.Record.CallID + Digest(it.Leaf) + Digest(it.Sidecar), true
			},
			func(index int64, s string) error {
				if index <= last {
					t.Errorf("%s: index %d after %d", name, index, last)
				}
				last = index
				got = append(got, s)
				return nil
			})
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v, (-want +got)\n%s", name, err, diff)
		}
	}
}

// TestWorkEnds: at the first error, of the caller, of its context or of the log.
func TestWorkEnds(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 4*pageRecords)
	mustClose(t, l)
	r, err := OpenReader(cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	odd := func(it *Item) (int64, bool) { return it.Index, it.Index%2 == 1 }
	seen := 0
	stop := errors.New("enough")
	err = Work(context.Background(), r, Filter{}, odd, func(int64, int64) error {
		if seen++; seen == 3 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || seen != 3 {
		t.Errorf("%v after %d, want %v after 3", err, seen, stop)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Work(ended, r, Filter{}, odd, func(int64, int64) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
	path := filepath.Join(cfg.Dir, "log", recordsFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	seen = 0
	err = Work(context.Background(), r, Filter{}, odd, func(int64, int64) error { seen++; return nil })
	if !errors.Is(err, ErrTampered) || seen == 0 || seen >= 2*pageRecords {
		t.Errorf("damaged log: %v after %d", err, seen)
	}
}
