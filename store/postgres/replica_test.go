package postgres

import (
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/pgtest"
	"github.com/counterfoil/counterfoil/store"
)

// standbyOf makes a primary with a tenant of three rows, and a standby that
// streams from it and has them.
func standbyOf(t *testing.T) (db database, cfg Config, standby string) {
	t.Helper()
	super := pgtest.Start(t, "fsync=off", "max_connections=60")
	db = emptyDatabaseOn(t, super, t.Cleanup)
	if err := Migrate(t.Context(), db.migrator, false); err != nil {
		t.Fatal(err)
	}
	cfg = db.tenant(t)
	fill(t, open(t, cfg), "first", 3)
	standby = with(pgtest.Standby(t, super, "fsync=off", "max_connections=60"), superuser(t, super), db.name)
	return db, cfg, standby
}

// rowsAt counts the rows that the store gives at a snapshot.
func rowsAt(t *testing.T, s *Store, at store.Snapshot) int {
	t.Helper()
	page, err := s.Search(t.Context(), store.Query{At: at, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Items)
}

// TestReplica: reads go to a standby that has their snapshot. One that lags is
// waited for within the bound, and then the primary answers; so it does while
// the standby is away, or has another history.
func TestReplica(t *testing.T) {
	t.Parallel()
	db, cfg, standby := standbyOf(t)
	cfg.Replica = asReader(cfg, standby, db.name)
	s := open(t, cfg)
	r := s.replica
	control := login(t, standby)
	// reads checks what is found, and whether the standby was who answered.
	reads := func(what string, at store.Snapshot, rows int, byReplica int64) {
		t.Helper()
		before := r.served.Load()
		if got := rowsAt(t, s, at); got != rows {
			t.Errorf("%s: %d rows, want %d", what, got, rows)
		}
		if got := r.served.Load() - before; got != byReplica {
			t.Errorf("%s: the standby answered %d reads, want %d", what, got, byReplica)
		}
	}
	r.wait = time.Minute
	reads("up to date", 1, 3, 1)

	control.seen(t.Context(), "SELECT pg_wal_replay_pause()")
	waitFor(t, control, "SELECT pg_get_wal_replay_pause_state()", "paused")
	fill(t, s, "second", 4)
	if at, err := s.Snapshot(t.Context()); err != nil || at != 2 {
		t.Errorf("the newest batch is %d, %v: not what the primary says", at, err)
	}
	r.wait = time.Millisecond
	reads("behind", 2, 7, 0)
	if !r.behind.Load() {
		t.Error("that the standby lags was not noted")
	}
	r.wait = time.Hour // is not waited again
	reads("still behind", 2, 7, 0)
	reads("an older snapshot, which it has", 1, 3, 1)

	done := make(chan int, 1)
	go func() { done <- rowsAt(t, s, 2) }()
	control.seen(t.Context(), "SELECT pg_wal_replay_resume()")
	if got := <-done; got != 7 || r.served.Load() != 3 {
		t.Errorf("waiting for it: %d rows, %d reads answered by the standby", got, r.served.Load())
	}

	r.wait = time.Millisecond
	s.lastDigest.Store(&seenDigest{2, make([]byte, 32)})
	reads("another history", 2, 7, 0)
	s.lastDigest.Store(nil)
	reads("its own history", 2, 7, 1)

	control.seen(t.Context(), "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'counterfoil'")
	reads("its connection is lost", 2, 7, 0)
	reads("it is left alone", 2, 7, 0)
	r.mu.Lock()
	r.rest = time.Time{}
	r.mu.Unlock()
	reads("it is asked again", 2, 7, 1)
	if _, err := s.Search(t.Context(), store.Query{At: 2, Limit: 0}); err == nil || !strings.Contains(err.Error(), "limit") {
		t.Errorf("a bad question: %v", err)
	}
	if r.resting() {
		t.Error("a bad question was held against the standby")
	}
}

// asReader is how a tenant's reader logs in elsewhere.
func asReader(cfg Config, elsewhere, name string) string {
	role := cfg.Reader[strings.LastIndex(cfg.Reader, "user=")+len("user="):]
	role, _, _ = strings.Cut(role, " ")
	return with(elsewhere, role, name)
}

// TestReplicaUnfit: a standby that is not there, or not this tenant's, costs
// nothing but itself; and a server that can only be read says so.
func TestReplicaUnfit(t *testing.T) {
	t.Parallel()
	db, cfg, standby := standbyOf(t)
	other := db.tenant(t)
	waitFor(t, login(t, standby), "SELECT count(*) FROM counterfoil.tenant", "2")
	for name, dsn := range map[string]string{"not there": "host=" + t.TempDir() + " user=x dbname=x", "another tenant's": asReader(other, standby, db.name)} {
		cfg.Replica = dsn
		s := open(t, cfg)
		if got := rowsAt(t, s, 1); got != 3 || s.replica.served.Load() != 0 || !s.replica.resting() {
			t.Errorf("%s: %d rows, %d reads answered by it", name, got, s.replica.served.Load())
		}
	}
	reader := asReader(cfg, standby, db.name)
	s := open(t, Config{Reader: reader, Writer: strings.Replace(reader, "_reader", "_writer", 1)})
	if got := rowsAt(t, s, 1); got != 3 {
		t.Errorf("%d rows on the standby alone", got)
	}
	im, rows := sample("third", 3)
	_, err := s.Import(t.Context(), im, rows, false)
	unavailable(t, "import on a standby", err, "read-only")
	unavailable(t, "making a tenant on a standby", CreateTenant(t.Context(), with(standby, db.name+"_owner", db.name), false, Tenant{Name: "third"}), "read-only")
}
