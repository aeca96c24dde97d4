package postgres

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/pgtest"
	"github.com/counterfoil/counterfoil/store"
)

// reviveWithin is how long a server may take to come back after a crash; it
// replays a few megabytes.
const reviveWithin = time.Minute

// TestDiskFull: when a disk of the server is really full, that of the tables or
// that of the write-ahead log, an import says so and nothing of it is kept, all
// that was acknowledged is read, and when there is room again the same open store
// goes on by itself.
func TestDiskFull(t *testing.T) {
	small := pgtest.StartSmall(t, "fsync=off", "max_wal_size=1GB", "checkpoint_timeout=1h", "shared_buffers=16MB", "wal_recycle=off")
	db := emptyDatabaseOn(t, small.DSN, t.Cleanup)
	execute(t, small.DSN, "CREATE TABLESPACE small LOCATION '"+small.Data+"'", "ALTER DATABASE "+db.name+" SET TABLESPACE small")
	if err := Migrate(t.Context(), db.migrator, false); err != nil {
		t.Fatal(err)
	}
	s := open(t, db.tenant(t))
	fill(t, s, "first", 2000)
	batches := int64(1)
	for _, disk := range []struct {
		name, folder string
		left         int64 // bytes
		crashes      bool  // the server can't go on without its log: it recovers
	}{
		{"tables", small.Data, 1 << 20, false},
		{"log", small.WAL, 2 << 20, true},
	} {
		t.Run(disk.name, func(t *testing.T) {
			ballast := small.Fill(disk.folder, disk.left)
			im, rows := sample(disk.name, 8000)
			_, err := s.Import(t.Context(), im, rows, false)
			if want := "the server's disk is full"; !disk.crashes || !isAway(err) {
				unavailable(t, "import", err, want)
			}
			if !disk.crashes { // reads go on while it is full
				if err := holds(t, s, batches); err != nil {
					t.Error(err)
				}
			}
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
			comesBack(t, small, func() error { return holds(t, s, batches) })
			comesBack(t, small, func() error {
				im, rows := sample(disk.name, 8000)
				_, err := s.Import(t.Context(), im, rows, false)
				return err
			})
			batches++
			comesBack(t, small, func() error { return holds(t, s, batches) })
		})
	}
}

// isAway reports whether an error says that the server is not there: which process
// of it met the full disk first is chance.
func isAway(err error) bool {
	return errors.Is(err, store.ErrUnavailable) && (strings.Contains(err.Error(), "the connection was lost") || strings.Contains(err.Error(), "shutting down or starting"))
}

// comesBack tries something until it is done. Until then it fails because the
// server is away, and for no other reason.
func comesBack(t *testing.T, small *pgtest.Small, try func() error) {
	t.Helper()
	for until := time.Now().Add(reviveWithin); ; small.Revive() {
		err := try()
		switch {
		case err == nil:
			return
		case time.Now().After(until):
			t.Fatalf("it does not come back: %v", err)
		}
		unavailable(t, "coming back", err, "")
	}
}

// holds checks that so many batches are there, whole, and no more.
func holds(t *testing.T, s *Store, batches int64) error {
	t.Helper()
	at, err := s.Snapshot(t.Context())
	if err != nil {
		return err
	}
	if int64(at) != batches {
		t.Fatalf("snapshot is %d, want %d", at, batches)
	}
	all, err := s.Batches(t.Context(), at, 0, 10)
	if err != nil {
		return err
	}
	for _, b := range all {
		sum, err := s.RowsDigest(t.Context(), b.Number)
		if err != nil {
			return err
		}
		if sum != b.RowsDigest {
			t.Errorf("batch %d is not what was acknowledged", b.Number)
		}
	}
	if int64(len(all)) != batches {
		t.Errorf("%d batches, want %d", len(all), batches)
	}
	_, err = s.Search(t.Context(), store.Query{At: at + 1, Limit: 1})
	switch {
	case err == nil:
		t.Error("a batch that failed can be read")
	case !errors.Is(err, store.ErrSnapshotGone):
		return err
	}
	return nil
}
