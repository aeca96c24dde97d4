//go:build postgres

package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/internal/pgtest"
)

var ctxb = context.Background()

// newPool opens a pool on a new schema of the database.
func newPool(t testing.TB, dsn string) *pgxpool.Pool {
	t.Helper()
	schema := fmt.Sprintf("t%d", time.Now().UnixNano())
	admin, err := pgxpool.New(ctxb, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if _, err := admin.Exec(ctxb, "CREATE SCHEMA "+schema); err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.New(ctxb, dsn+" search_path="+schema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	names, err := fs.Glob(PostgresMigrations(), "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("migrations: %v, %v", names, err)
	}
	for _, name := range names {
		sql, err := fs.ReadFile(PostgresMigrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pool.Exec(ctxb, string(sql)); err != nil {
			t.Fatal(err)
		}
	}
	return pool
}

func mustOpenPG(t testing.TB, pool *pgxpool.Pool, cfg Config) *Log {
	t.Helper()
	l, err := OpenPostgres(ctxb, pool, cfg)
	if err != nil {
		t.Fatalf("OpenPostgres: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func verifyPG(t testing.TB, pool *pgxpool.Pool, cfg Config) (*Report, error) {
	t.Helper()
	return VerifyPostgres(ctxb, pool, VerifyOptions{Keys: []string{pinned(t, cfg.Dir)}, EverySignature: true})
}

func TestPostgres(t *testing.T) {
	dsn := pgtest.Start(t, "fsync=off")
	for name, test := range map[string]func(*testing.T, *pgxpool.Pool, Config){
		"append, read and verify":   pgAppend,
		"two replicas":              pgReplicas,
		"ambiguous commit":          pgAmbiguous,
		"database away":             pgAway,
		"tampering":                 pgTampering,
		"rollback and anchors":      pgRollback,
		"another replica beside":    pgBeside,
		"anchors that are ahead":    pgAnchorsBeside,
		"nothing to verify":         pgNothing,
		"records are append-only":   pgAppendOnly,
		"another key or database":   pgWrongKey,
		"long log follows in pages": pgLong,
		"rotation":                  pgRotate,
		"rotation interrupted":      pgRotateCrash,
		"restore":                   pgRestore,
	} {
		t.Run(name, func(t *testing.T) { test(t, newPool(t, dsn), testConfig(t)) })
	}
}

func pgAppend(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	l := mustOpenPG(t, pool, cfg)
	receipts := mustAppend(t, l, 0, 5)
	for i, r := range receipts {
		it, err := l.Reader().Entry(int64(i))
		if err != nil || r.Index != int64(i) || it.Record.CallID != testEntry(i).Record.CallID || string(it.Sidecar) != string(testEntry(i).Sidecar) {
			t.Errorf("entry %d: %v", i, err)
		}
	}
	if items, err := l.Reader().Call("call-000003"); err != nil || len(items) != 1 || items[0].Index != 3 {
		t.Errorf("Call: %v", err)
	}
	if err := l.backend.(*postgres).publish(ctxb); err != nil {
		t.Fatal(err)
	}
	bundle, err := l.Reader().Prove(ctxb, 3, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := CheckProof(bundle, []string{pinned(t, cfg.Dir)}, nil, 0); err != nil || p.MatchesReceipt(receipts[3]) != nil {
		t.Errorf("proof: %v", err)
	}
	if c, err := l.Reader().ExportTiles(ctxb, t.TempDir(), nil); err != nil || c.Size != 5 {
		t.Errorf("tiles: %v", err)
	}
	mustClose(t, l)
	rep, err := verifyPG(t, pool, cfg)
	if err != nil || rep.Records != 5 || len(rep.Warnings) != 0 {
		t.Fatalf("Verify: %v, %+v", err, rep)
	}
	l = mustOpenPG(t, pool, cfg)
	if r := mustAppend(t, l, 5, 6); r[0].Index != 5 {
		t.Errorf("index %d after reopening, want 5", r[0].Index)
	}
}

func pgReplicas(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	a, b := mustOpenPG(t, pool, cfg), mustOpenPG(t, pool, cfg)
	const writers, each = 8, 25
	var mu sync.Mutex
	seen := map[int64]bool{}
	var wg sync.WaitGroup
	for w := range writers {
		l := []*Log{a, b}[w%2]
		wg.Go(func() {
			for n := range each {
				r, err := l.Append(ctxb, testEntry(w*each+n))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if seen[r.Index] {
					t.Errorf("index %d was given twice", r.Index)
				}
				seen[r.Index] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	mustClose(t, a)
	mustClose(t, b)
	rep, err := verifyPG(t, pool, cfg)
	if err != nil || rep.Records != writers*each {
		t.Fatalf("Verify: %v, %d records", err, rep.Records)
	}
}

// pgAmbiguous loses the answer to a COMMIT, once when it has happened and once
// when it has not.
func pgAmbiguous(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	l := mustOpenPG(t, pool, cfg)
	p := l.backend.(*postgres)
	lost := errors.New("connection lost")
	p.afterCommit = func(error) error { return lost }
	r := mustAppend(t, l, 0, 1)
	if r[0].Index != 0 {
		t.Errorf("index %d", r[0].Index)
	}
	w, err := l.prepare(testEntry(9))
	if err != nil {
		t.Fatal(err)
	}
	next := p.newest().tree()
	next.append(w.hash)
	u := &unknownOutcome{[]*waiting{w}, 1, pgHead{next.size, next.root(), next.peaks, 0}, lost}
	if _, _, err := p.resolve(u); !errors.Is(err, ErrUnavailable) {
		t.Errorf("a batch that was rolled back: %v, want ErrUnavailable", err)
	}
	p.afterCommit = nil
	if r := mustAppend(t, l, 1, 2); r[0].Index != 1 {
		t.Errorf("index %d after an ambiguous commit, want 1", r[0].Index)
	}
	// The same place was taken by another replica's record.
	if _, _, err := p.resolve(u); !errors.Is(err, ErrUnavailable) {
		t.Errorf("a batch whose place another took: %v, want ErrUnavailable", err)
	}
	mustClose(t, l)
	if rep, err := verifyPG(t, pool, cfg); err != nil || rep.Records != 2 {
		t.Errorf("Verify: %v", err)
	}
}

// pgAway: the log refuses while the head can't be taken, then resumes.
func pgAway(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	l := mustOpenPG(t, pool, cfg)
	mustAppend(t, l, 0, 1)
	if _, err := pool.Exec(ctxb, `ALTER TABLE audit_records RENAME TO hidden`); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(ctxb, testEntry(1)); !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrClosed) {
		t.Errorf("Append: %v, want ErrUnavailable", err)
	}
	if _, err := pool.Exec(ctxb, `ALTER TABLE hidden RENAME TO audit_records`); err != nil {
		t.Fatal(err)
	}
	if r := mustAppend(t, l, 2, 3); r[0].Index != 1 {
		t.Errorf("index %d after it is back, want 1", r[0].Index)
	}
	// All connections die: the next append gets a new one, or refuses once.
	if _, err := pool.Exec(ctxb, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()`); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		_, err := l.Append(ctxb, testEntry(4))
		if err == nil {
			return
		}
		if !errors.Is(err, ErrUnavailable) {
			t.Fatalf("Append over a dead connection: %v", err)
		}
	}
	t.Error("the log does not resume")
}

// pgTampering changes the tables as an administrator could.
func pgTampering(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	l := mustOpenPG(t, pool, cfg)
	mustAppend(t, l, 0, 6)
	mustClose(t, l)
	if _, err := pool.Exec(ctxb, `ALTER TABLE audit_records DISABLE TRIGGER ALL; ALTER TABLE audit_checkpoints DISABLE TRIGGER ALL;
		CREATE TABLE saved_r AS TABLE audit_records; CREATE TABLE saved_h AS TABLE audit_head; CREATE TABLE saved_c AS TABLE audit_checkpoints`); err != nil {
		t.Fatal(err)
	}
	for name, sql := range map[string]string{
		"leaf changed":       `UPDATE audit_records SET leaf = overlay(leaf placing 'x' from 30) WHERE idx = 2`,
		"sidecar changed":    `UPDATE audit_records SET sidecar = 'x' WHERE idx = 2`,
		"sidecar removed":    `UPDATE audit_records SET sidecar = NULL WHERE idx = 2`,
		"record removed":     `DELETE FROM audit_records WHERE idx = 3`,
		"records swapped":    `UPDATE audit_records SET idx = 100 WHERE idx = 1; UPDATE audit_records SET idx = 1 WHERE idx = 2; UPDATE audit_records SET idx = 2 WHERE idx = 100`,
		"tail removed":       `DELETE FROM audit_records WHERE idx = 5`,
		"head moved back":    `UPDATE audit_head SET size = 4`,
		"checkpoint changed": `UPDATE audit_checkpoints SET note = overlay(note placing '7' from 23)`,
	} {
		if _, err := pool.Exec(ctxb, sql); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := verifyPG(t, pool, cfg); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: Verify = %v, want ErrTampered", name, err)
		}
		if _, err := pool.Exec(ctxb, `TRUNCATE audit_records, audit_head, audit_checkpoints; INSERT INTO audit_records TABLE saved_r;
			INSERT INTO audit_head TABLE saved_h; INSERT INTO audit_checkpoints TABLE saved_c`); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := verifyPG(t, pool, cfg); err != nil {
		t.Errorf("Verify of the log put back: %v", err)
	}
}

// pgRollback restores an older copy of the database.
func pgRollback(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	cfg = withAnchor(cfg, FileAnchor{Path: filepath.Join(t.TempDir(), "anchor")})
	l := mustOpenPG(t, pool, cfg)
	mustAppend(t, l, 0, 2)
	if _, err := pool.Exec(ctxb, `CREATE TABLE saved_h AS TABLE audit_head`); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, 2, 4)
	if err := l.backend.(*postgres).syncAnchors(ctxb); err != nil {
		t.Fatal(err)
	}
	const back = `ALTER TABLE audit_records DISABLE TRIGGER ALL; ALTER TABLE audit_checkpoints DISABLE TRIGGER ALL;
		DELETE FROM audit_records WHERE idx >= 2; DELETE FROM audit_checkpoints;
		TRUNCATE audit_head; INSERT INTO audit_head TABLE saved_h`
	if _, err := pool.Exec(ctxb, back); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(ctxb, testEntry(9)); !errors.Is(err, ErrTampered) {
		t.Errorf("Append over a rolled back head: %v, want ErrTampered", err)
	}
	l.Close()
	var rollback *RollbackError
	if _, err := OpenPostgres(ctxb, pool, cfg); !errors.As(err, &rollback) {
		t.Errorf("Open: %v, want RollbackError", err)
	}
}

func pgNothing(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	if _, err := EnsureKey(cfg.Dir, cfg.Origin); err != nil {
		t.Fatal(err)
	}
	if _, err := verifyPG(t, pool, cfg); !errors.Is(err, ErrNothing) {
		t.Errorf("no log: %v, want ErrNothing", err)
	}
	mustOpenPG(t, pool, cfg)
	if _, err := verifyPG(t, pool, cfg); !errors.Is(err, ErrNothing) {
		t.Errorf("empty log: %v, want ErrNothing", err)
	}
}

func pgAppendOnly(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	l := mustOpenPG(t, pool, cfg)
	mustAppend(t, l, 0, 1)
	for _, sql := range []string{`UPDATE audit_records SET leaf = ''`, `DELETE FROM audit_records`, `TRUNCATE audit_records`, `DELETE FROM audit_checkpoints`} {
		if _, err := pool.Exec(ctxb, sql); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func pgWrongKey(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	l := mustOpenPG(t, pool, cfg)
	mustAppend(t, l, 0, 2)
	mustClose(t, l)
	other := testConfig(t)
	if _, err := OpenPostgres(ctxb, pool, other); !errors.Is(err, ErrInvalid) {
		t.Errorf("Open with another key: %v, want ErrInvalid", err)
	}
	if _, err := verifyPG(t, pool, other); !errors.Is(err, ErrTampered) {
		t.Errorf("Verify with another key: %v, want ErrTampered", err)
	}
}

func pgLong(t *testing.T, pool *pgxpool.Pool, cfg Config) {
	l := mustOpenPG(t, pool, cfg)
	var wg sync.WaitGroup
	for w := range 50 {
		wg.Go(func() {
			for n := range 50 {
				if _, err := l.Append(ctxb, testEntry(w*50+n)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	mustClose(t, l)
	cfg.Anchors = []Anchor{FileAnchor{Path: filepath.Join(t.TempDir(), "anchor")}}
	l = mustOpenPG(t, pool, cfg)
	n := 0
	for _, err := range l.Reader().Entries(0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2500 {
		t.Errorf("%d records, want 2500", n)
	}
	p := l.backend.(*postgres)
	if _, _, err := p.mirror.prove(700, p.newest()); err != nil {
		t.Errorf("prove: %v", err)
	}
	if rep, err := verifyPG(t, pool, cfg); err != nil || rep.Records != 2500 {
		t.Errorf("Verify: %v", err)
	}
}

// BenchmarkPostgres appends from two replicas, with fsync.
func BenchmarkPostgres(b *testing.B) {
	dsn := pgtest.Start(b)
	for _, writers := range []int{2, 16, 64} {
		b.Run(fmt.Sprintf("replicas=2/writers=%d", writers), func(b *testing.B) {
			pool, cfg := newPool(b, dsn), testConfig(b)
			logs := []*Log{mustOpenPG(b, pool, cfg), mustOpenPG(b, pool, cfg)}
			e := benchEntry()
			var mu sync.Mutex
			turn := 0
			measure(b, writers, func() {
				mu.Lock()
				turn++
				l := logs[turn%2]
				mu.Unlock()
				one := *e
				if _, err := l.Append(ctxb, &one); err != nil {
					b.Error(err)
				}
			})
		})
	}
}

// measure runs b.N appends and reports their rate and 99th percentile.
func measure(b *testing.B, writers int, one func()) {
	b.ResetTimer()
	each, all := run(b.N, writers, one)
	b.StopTimer()
	b.ReportMetric(float64(b.N)/all.Seconds(), "appends/s")
	b.ReportMetric(p99(each), "p99-ms")
	b.ReportMetric(0, "ns/op")
}
