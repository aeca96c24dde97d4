package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const testOrigin = "counterfoil.test/log"

var testTime = time.Date(2026, 3, 4, 5, 6, 7, 890123000, time.UTC)

func testConfig(t testing.TB) Config {
	t.Helper()
	return Config{Dir: t.TempDir(), Origin: testOrigin, Now: func() time.Time { return testTime }}
}

func mustOpen(t testing.TB, cfg Config) *Log {
	t.Helper()
	l, err := Open(context.Background(), cfg)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func mustClose(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

func testEntry(n int) *Entry {
	e := &Entry{Record: Record{
		Phase: PhaseOutcome, CallID: fmt.Sprintf("call-%06d", n), Time: testTime.Add(time.Duration(n) * time.Millisecond),
		Principal: "p-1", Tool: "search_transactions", Decision: "allow", Rows: int64(n),
		Findings: []Count{{Name: "iban", Layer: "out", N: 2}}, Before: &Usage{Calls: int64(n)},
	}}
	e.Record.ResultDigest = e.Commit("result_digest", []byte(fmt.Sprintf(`{"n":%d}`, n)))
	if n%2 == 0 {
		e.Sidecar = bytes.Repeat([]byte{byte(n), 0xfe, 7}, 40)
	}
	return e
}

func mustAppend(t testing.TB, l *Log, from, to int) []Receipt {
	t.Helper()
	var out []Receipt
	for n := from; n < to; n++ {
		r, err := l.Append(context.Background(), testEntry(n))
		if err != nil {
			t.Fatalf("Append %d: %v", n, err)
		}
		out = append(out, r)
	}
	return out
}

func pinned(t testing.TB, dir string) string {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(dir, "keys", pubFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(key)
}

func verifyDir(t testing.TB, dir string) (*Report, error) {
	t.Helper()
	return Verify(context.Background(), VerifyOptions{Dir: dir, Keys: []string{pinned(t, dir)}, EverySignature: true})
}

func mustVerify(t testing.TB, dir string, records int64) *Report {
	t.Helper()
	rep, err := verifyDir(t, dir)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	if !rep.OK || rep.Records != records {
		t.Fatalf("Verify: got %d records, ok %v; want %d", rep.Records, rep.OK, records)
	}
	return rep
}

func TestAppendReopenVerifyRead(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	receipts := mustAppend(t, l, 0, 5)
	mustClose(t, l)
	mustVerify(t, cfg.Dir, 5)

	l = mustOpen(t, cfg)
	receipts = append(receipts, mustAppend(t, l, 5, 7)...)
	for i, r := range receipts {
		if r.Index != int64(i) {
			t.Errorf("receipt %d has index %d", i, r.Index)
		}
		it, err := l.Reader().Entry(r.Index)
		if err != nil {
			t.Fatal(err)
		}
		want := testEntry(i)
		if hash := it.LeafHash(); fmt.Sprintf("%x", hash[:]) != r.Leaf || it.Record.CallID != want.Record.CallID || !bytes.Equal(it.Sidecar, want.Sidecar) {
			t.Errorf("entry %d differs from what was appended", i)
		}
		if !r.Matches([]byte(fmt.Sprintf(`{"n":%d}`, i))) || r.Matches([]byte("{}")) {
			t.Errorf("receipt %d does not match its document only", i)
		}
	}
	if size, err := l.Reader().Size(); err != nil || size != 7 {
		t.Errorf("Size: %d, %v", size, err)
	}
	items, err := l.Reader().Call("call-000003")
	if err != nil || len(items) != 1 || items[0].Index != 3 {
		t.Errorf("Call: %v, %v", items, err)
	}
	mustClose(t, l)
	mustVerify(t, cfg.Dir, 7)
}

// TestRefusalWords: what the database refuses is told in words, with its code.
func TestRefusalWords(t *testing.T) {
	for code, want := range map[string]string{
		"53100": "the database server's disk is full: nothing was recorded; make room on it (SQLSTATE 53100)",
		"57P01": "the database server is shutting down or starting (SQLSTATE 57P01)",
		"42501": "the login lacks a right that this needs, as a writer's in place of a reader's does (SQLSTATE 42501)",
		"12345": "the database reports SQLSTATE 12345",
	} {
		err := unavailable("beginning a batch", &pgconn.PgError{Code: code, Message: "key (4111111111111111) exists"})
		if got, want := err.Error(), ErrUnavailable.Error()+": beginning a batch: "+want; got != want || !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestErasuresListed: an erasure is listed once, by its last record; one that
// found no key is not, and one that was cut off is.
func TestErasuresListed(t *testing.T) {
	v := &verifier{report: &Report{}}
	for i, detail := range []string{
		"begin subject=a", "none subject=a",
		"begin subject=b", "done subject=b",
		"begin subject=c", "begin subject=b purpose=vault", "failed subject=b purpose=vault", "done subject=c",
		"begin subject=d", "in other words",
	} {
		if _, err := v.joinEvent(int64(i), &Record{Event: EventErase, Detail: detail}); err != nil {
			t.Fatal(err)
		}
	}
	if want := []int64{3, 6, 7, 8, 9}; !slices.Equal(v.report.Erasures, want) {
		t.Errorf("erasures at %v, want %v", v.report.Erasures, want)
	}
}

func TestConcurrentAppendsShareBatches(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	const writers, each = 32, 20
	var wg sync.WaitGroup
	seen := make([]int32, writers*each)
	var mu sync.Mutex
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				r, err := l.Append(context.Background(), testEntry(w*each+i))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[r.Index]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	mustClose(t, l)
	for i, n := range seen {
		if n != 1 {
			t.Fatalf("index %d was given %d times", i, n)
		}
	}
	rep := mustVerify(t, cfg.Dir, writers*each)
	if rep.Batches >= rep.Records {
		t.Errorf("%d batches for %d records: appends do not share writes", rep.Batches, rep.Records)
	}
}

func TestLockAndClose(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	if _, err := Open(context.Background(), cfg); !errors.Is(err, ErrLocked) {
		t.Errorf("second Open: %v, want ErrLocked", err)
	}
	mustClose(t, l)
	if _, err := l.Append(context.Background(), testEntry(0)); !errors.Is(err, ErrClosed) {
		t.Errorf("Append after Close: %v, want ErrClosed", err)
	}
	mustClose(t, l)
	mustClose(t, mustOpen(t, cfg))
}

func TestVerifyNothing(t *testing.T) {
	cfg := testConfig(t)
	mustClose(t, mustOpen(t, cfg))
	if _, err := verifyDir(t, cfg.Dir); !errors.Is(err, ErrNothing) {
		t.Errorf("empty log: %v, want ErrNothing", err)
	}
	if _, err := Verify(context.Background(), VerifyOptions{Dir: t.TempDir(), Keys: []string{pinned(t, cfg.Dir)}}); !errors.Is(err, ErrNothing) {
		t.Errorf("no log: %v, want ErrNothing", err)
	}
	if _, err := Verify(context.Background(), VerifyOptions{Dir: cfg.Dir}); !errors.Is(err, ErrNothing) {
		t.Errorf("no key: %v, want ErrNothing", err)
	}
}

// TestDeriveNow: a log that clients fill keeps few tiles in memory, however long
// they go on; only one under load waits for its rest.
func TestDeriveNow(t *testing.T) {
	for _, test := range []struct {
		grown   int64
		waiting int
		want    bool
	}{
		{0, 0, true}, {1, 1, false}, {700, fewWaitingTiles, false}, {700, fewWaitingTiles + 1, true},
		{busyRecords, fewWaitingTiles + 1, false}, {50_000, maxWaitingTiles + 1, true},
	} {
		if got := deriveNow(test.grown, test.waiting); got != test.want {
			t.Errorf("deriveNow(%d, %d) = %t", test.grown, test.waiting, got)
		}
	}
}

// TestStoreIsNotTheLog: what is wrong with the store is not said of the log.
func TestStoreIsNotTheLog(t *testing.T) {
	cfg := testConfig(t)
	l := mustOpen(t, cfg)
	mustAppend(t, l, 0, 3)
	mustClose(t, l)
	damaged := errors.New("the file is corrupt")
	rep, err := Verify(context.Background(), VerifyOptions{Dir: cfg.Dir, Keys: []string{pinned(t, cfg.Dir)}, Each: func(index int64, _ *Record) error {
		if index == 1 {
			return damaged
		}
		return nil
	}})
	if !errors.Is(err, ErrStore) || !errors.Is(err, damaged) || errors.Is(err, ErrTampered) || rep.OK || !strings.HasPrefix(rep.Problem, "the store is not as the log records it: record 1: ") {
		t.Errorf("%v, report %+v", err, rep)
	}
}
