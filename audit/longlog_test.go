package audit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestLongLog: a log that is opened by its tail is the same log, and damage in
// the part that was skipped makes it refuse soon.
func TestLongLog(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 600)
	mustClose(t, l)

	cfg.CheckAtOpen = 1
	l = mustOpen(t, cfg)
	receipts := mustAppend(t, l, 600, 610)
	if receipts[0].Index != 600 {
		t.Errorf("index %d, want 600", receipts[0].Index)
	}
	h, err := l.backend.(*embedded).head()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Prove(300); err != nil {
		t.Errorf("Prove: %v", err)
	}
	if it, err := l.Reader().Entry(5); err != nil || it.Index != 5 {
		t.Errorf("Entry: %v", err)
	}
	mustClose(t, l)
	mustVerify(t, cfg.Dir, 610)

	saved := backup(t, cfg.Dir)
	dir := filepath.Join(t.TempDir(), "copy")
	for name, damage := range map[string]map[string][]byte{
		"no state":      {"log/state": nil},
		"damaged state": {"log/state": []byte(`{"size":3}`)},
		"foreign state": {"log/state": []byte(`{"size":1,"last":0,"edge":[["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]]}`)},
	} {
		saved.write(t, dir, damage)
		cfg.Dir = dir
		l := mustOpen(t, cfg)
		if size, err := l.Reader().Size(); err != nil || size != 610 {
			t.Errorf("%s: size %d, %v", name, size, err)
		}
		mustClose(t, l)
	}

	records := saved.records()
	records[len(records)/3] ^= 1
	saved.write(t, dir, nil)
	found := make(chan error, 1)
	cfg.Alert = func(err error) { found <- err }
	l, err = Open(context.Background(), cfg)
	if err != nil {
		t.Fatalf("Open by the tail: %v", err)
	}
	if err := <-found; !errors.Is(err, ErrTampered) {
		t.Errorf("alert %v, want ErrTampered", err)
	}
	if _, err := l.Append(context.Background(), testEntry(1)); !errors.Is(err, ErrTampered) {
		t.Errorf("Append after it: %v, want ErrTampered", err)
	}
	l.Close()
}

// TestSeek finds records in a log of many batches by index and by time, where
// bisecting matters.
func TestSeek(t *testing.T) {
	cfg := testConfig(t)
	cfg.wrap = func(f appendFile) appendFile { return unsynced{f} }
	l := mustOpen(t, cfg)
	const n = 3000
	mustAppend(t, l, 0, n)
	info, err := os.Stat(filepath.Join(cfg.Dir, "log", recordsFile))
	if err != nil || info.Size() < 4*bisectStop {
		t.Fatalf("log of %d bytes is too short for this test", info.Size())
	}
	r := l.Reader()
	for _, i := range []int64{0, 1, 777, n / 2, n - 2, n - 1} {
		if it, err := r.Entry(i); err != nil || it.Index != i || it.Record.CallID != testEntry(int(i)).Record.CallID {
			t.Errorf("Entry(%d): %v", i, err)
		}
	}
	for _, i := range []int64{-1, n} {
		if _, err := r.Entry(i); !errors.Is(err, ErrNotFound) {
			t.Errorf("Entry(%d): %v, want ErrNotFound", i, err)
		}
	}
	from, to := testEntry(2990).Record.Time, testEntry(2995).Record.Time
	var got []int64
	for it, err := range r.Select(Filter{From: from, To: to}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, it.Index)
	}
	if len(got) != 5 || got[0] != 2990 {
		t.Errorf("Select by time: %v", got)
	}
	count := 0
	for _, err := range r.Select(Filter{FromIndex: 10, ToIndex: 30, Entity: "iban", Decision: "allow", Principal: "p-1"}) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count != 20 {
		t.Errorf("Select: %d records, want 20", count)
	}
}
