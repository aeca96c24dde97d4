//go:build unix

package outbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/counterfoil/counterfoil/internal/notion/outbox/outboxtest"
	"github.com/counterfoil/counterfoil/internal/pgtest"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// shared is a database with the outbox's table, and keys that replicas share.
type shared struct {
	dsn  string
	keys *seal.Keyring
}

func newShared(t *testing.T) *shared {
	t.Helper()
	s := &shared{dsn: pgtest.Start(t, "fsync=off")}
	pool := s.pool(t)
	if _, err := pool.Exec(t.Context(), "DROP SCHEMA IF EXISTS outboxtest CASCADE; CREATE SCHEMA outboxtest"); err != nil {
		t.Fatal(err)
	}
	for _, files := range []fs.FS{audit.PostgresMigrations(), outbox.PostgresMigrations()} {
		names, err := fs.Glob(files, "*.sql")
		if err != nil || len(names) == 0 {
			t.Fatalf("migrations: %v, %v", names, err)
		}
		for _, name := range names {
			sql, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := pool.Exec(t.Context(), string(sql)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	home := t.TempDir()
	if err := seal.Create(home); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.keys, err = seal.OpenKeyring(home, ""); err != nil {
		t.Fatal(err)
	}
	return s
}

// pool is a replica's own connections.
func (s *shared) pool(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(context.Background(), s.dsn+" search_path=outboxtest")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func (s *shared) open(t *testing.T, origin string) outbox.Store {
	return outbox.NewPostgres(s.pool(t), origin, s.keys)
}

// TestPostgres runs over one throw-away cluster.
func TestPostgres(t *testing.T) {
	s := newShared(t)
	t.Run("store", func(t *testing.T) {
		outboxtest.Store(t, s.open(t, "store"), func() outbox.Store { return s.open(t, "store") })
	})
	t.Run("several", func(t *testing.T) {
		outboxtest.Several(t, s.open(t, "several"), s.open(t, "several"))
	})
	t.Run("at rest", func(t *testing.T) { pgAtRest(t, s) })
	t.Run("reseal", func(t *testing.T) { pgReseal(t, s) })
	t.Run("away", func(t *testing.T) { pgAway(t, s) })
	t.Run("replicas", func(t *testing.T) { replicasAtOnce(t, s.open(t, "replicas"), s.open(t, "replicas")) })
}

// What a row holds is sealed and bound to its id, its state, its key and its
// revision; another log's rows are not seen.
func pgAtRest(t *testing.T, s *shared) {
	store, pool := s.open(t, "rest"), s.pool(t)
	put := func(id string) {
		if err := store.Put(t.Context(), outbox.Row{ID: id, Rev: 1, Key: "key " + id, State: outbox.Pending, Op: json.RawMessage(`"confidential"`), Progress: json.RawMessage("{}")}); err != nil {
			t.Fatal(err)
		}
	}
	put("a")
	put("b")
	var sealed []byte
	if err := pool.QueryRow(t.Context(), "SELECT sealed || key FROM outbox_rows WHERE origin = 'rest' AND id = 'a'").Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("confidential")) || bytes.Contains(sealed, []byte("key a")) {
		t.Error("a row lies in the clear")
	}
	if rows, err := s.open(t, "another").List(t.Context(), outbox.Query{}); err != nil || len(rows) != 0 {
		t.Errorf("another log's outbox has %d rows, %v", len(rows), err)
	}
	for _, forgery := range []string{
		"state = 'done'", "rev = 7", "key = sha256('key c')", "sealed = (SELECT sealed FROM outbox_rows WHERE origin = 'rest' AND id = 'b')", "sealed = 'x'",
	} {
		if _, err := pool.Exec(t.Context(), "UPDATE outbox_rows SET "+forgery+" WHERE origin = 'rest' AND id = 'a'"); err != nil {
			t.Fatal(err)
		}
		if r, err := store.Get(t.Context(), "a"); err == nil {
			t.Errorf("%s: read as %+v", forgery, r)
		}
		if _, err := pool.Exec(t.Context(), "DELETE FROM outbox_rows WHERE origin = 'rest' AND id = 'a'"); err != nil {
			t.Fatal(err)
		}
		put("a")
	}
}

// A database that does not answer is an error that says so, of every operation.
func pgAway(t *testing.T, s *shared) {
	pool := s.pool(t)
	store := outbox.NewPostgres(pool, "away", s.keys)
	pool.Close()
	row := outbox.Row{ID: "a", Rev: 1, State: outbox.Pending, Progress: json.RawMessage("{}")}
	_, get := store.Get(t.Context(), "a")
	_, list := store.List(t.Context(), outbox.Query{})
	for what, err := range map[string]error{"put": store.Put(t.Context(), row), "update": store.Update(t.Context(), row), "get": get, "list": list} {
		if !errors.Is(err, outbox.ErrUnavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// pgReseal: every row is sealed under the new key, each once, and opens when the
// older key is gone.
func pgReseal(t *testing.T, s *shared) {
	p := outbox.NewPostgres(s.pool(t), "reseal", s.keys)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, id := range []string{"w_a", "w_b"} {
		if err := p.Put(t.Context(), outbox.Row{ID: id, Key: id, Rev: 1, State: outbox.Done, Created: now, Updated: now}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.keys.Rotate(seal.PurposeColumn, "", now); err != nil {
		t.Fatal(err)
	}
	old, err := s.keys.Retired([]string{""}, now)
	if err != nil || len(old) != 1 {
		t.Fatalf("%+v, %v", old, err)
	}
	for _, want := range []int{2, 0} {
		if n, err := p.Reseal(t.Context(), old[0].Sealed); err != nil || n != want {
			t.Errorf("%d sealed anew, %v; want %d", n, err, want)
		}
	}
	// The other tests' rows stay under the older key, which therefore is not destroyed.
	if rows, err := p.List(t.Context(), outbox.Query{}); err != nil || len(rows) != 2 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
