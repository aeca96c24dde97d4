package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/internal/pgtest"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/store/storetest"
)

// The tests of the suite are tenants of one database.
func TestConformance(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return newStore(t, Config{}) })
}

// Blocks and random numbers so small that several of each and collisions are
// the rule.
func TestConformanceSmallBlocks(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		s := newStore(t, Config{})
		s.block = 7
		s.random = func() int64 { return 1 + rand.Int64N(5000) }
		return s
	})
}

// server is the cluster of this test binary, started when first wanted and
// stopped by TestMain.
var server struct {
	once sync.Once
	main mainTB
	dsn  string // as superuser
	last atomic.Int64
}

// mainTB is a testing.TB that lives as long as the test binary.
type mainTB struct {
	testing.TB
	cleanups []func()
	failed   string
	skipped  bool
}

func (m *mainTB) Helper()           {}
func (m *mainTB) Cleanup(f func())  { m.cleanups = append(m.cleanups, f) }
func (m *mainTB) Fatal(args ...any) { m.stop(fmt.Sprint(args...), false) }
func (m *mainTB) Skip(args ...any)  { m.stop(fmt.Sprint(args...), true) }
func (m *mainTB) Fatalf(format string, args ...any) {
	m.stop(fmt.Sprintf(format, args...), false)
}

func (m *mainTB) stop(text string, skip bool) {
	m.failed, m.skipped = text, skip
	panic(m)
}

func TestMain(m *testing.M) {
	code := m.Run()
	for i := len(server.main.cleanups) - 1; i >= 0; i-- {
		server.main.cleanups[i]()
	}
	os.Exit(code)
}

// cluster returns the superuser's connection string.
func cluster(t testing.TB) string {
	t.Helper()
	server.once.Do(func() {
		defer func() {
			if r := recover(); r != nil && r != any(&server.main) {
				panic(r)
			}
		}()
		server.main.TB = t
		server.dsn = pgtest.Start(&server.main, "fsync=off", "max_connections=300")
	})
	switch {
	case server.main.skipped:
		t.Skip(server.main.failed)
	case server.main.failed != "":
		t.Fatal(server.main.failed)
	}
	return server.dsn
}

// database is a migrated database of its own.
type database struct {
	name     string
	super    string // connection strings
	migrator string
}

// with returns a connection string for another login or database. The last of
// two equal keys counts.
func with(dsn, user, name string) string {
	if strings.Contains(dsn, "://") {
		panic("COUNTERFOIL_TEST_POSTGRES must be of the form key=value")
	}
	return fmt.Sprintf("%s user=%s dbname=%s", dsn, user, name)
}

// newDatabase makes a database that a migrator without superuser's rights owns
// and has migrated.
func newDatabase(t testing.TB) database {
	t.Helper()
	db := emptyDatabase(t)
	if err := Migrate(t.Context(), db.migrator, false); err != nil {
		t.Fatal(err)
	}
	return db
}

func emptyDatabase(t testing.TB) database {
	t.Helper()
	return emptyDatabaseOf(t, t.Cleanup)
}

// emptyDatabaseOf makes a database that a cleanup drops.
func emptyDatabaseOf(t testing.TB, cleanup func(func())) database {
	t.Helper()
	return emptyDatabaseOn(t, cluster(t), cleanup)
}

// emptyDatabaseOn makes a database on the server of a superuser's connection
// string.
func emptyDatabaseOn(t testing.TB, super string, cleanup func(func())) database {
	t.Helper()
	n := server.last.Add(1)
	name := fmt.Sprintf("cf_test_%d_%d", os.Getpid(), n)
	owner := name + "_owner"
	execute(t, super, "CREATE ROLE "+owner+" LOGIN CREATEROLE", "CREATE DATABASE "+name+" OWNER "+owner+" ENCODING 'UTF8' TEMPLATE template0")
	db := database{name: name, super: with(super, superuser(t, super), name), migrator: with(super, owner, name)}
	cleanup(func() {
		c, err := pgx.Connect(context.Background(), super)
		if err != nil {
			return // the server is gone, and the database with it
		}
		defer c.Close(context.Background())
		c.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
	})
	return db
}

func superuser(t testing.TB, dsn string) string {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return cfg.ConnConfig.User
}

// execute runs statements on a connection of their own.
func execute(t testing.TB, dsn string, statements ...string) {
	t.Helper()
	ctx := t.Context()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	for _, sql := range statements {
		if _, err := c.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// tenant makes a tenant and returns how to open its store.
func (db database) tenant(t testing.TB) Config {
	t.Helper()
	name := fmt.Sprintf("t%d_%d", os.Getpid(), server.last.Add(1))
	if err := CreateTenant(t.Context(), db.migrator, false, Tenant{Name: name}); err != nil {
		t.Fatal(err)
	}
	return Config{Reader: with(db.super, "cf_"+name+"_reader", db.name), Writer: with(db.super, "cf_"+name+"_writer", db.name)}
}

// shared is the database of the tests that need no more than a tenant.
var shared struct {
	once sync.Once
	db   database
}

func sharedDatabase(t testing.TB) database {
	t.Helper()
	cluster(t)
	shared.once.Do(func() {
		db := emptyDatabaseOf(t, server.main.Cleanup)
		if err := Migrate(context.Background(), db.migrator, false); err != nil {
			t.Error(err)
			return
		}
		shared.db = db
	})
	if shared.db.name == "" {
		t.Fatal("there is no shared database")
	}
	return shared.db
}

// newStore opens the store of a new tenant.
func newStore(t testing.TB, cfg Config) *Store {
	t.Helper()
	own := sharedDatabase(t).tenant(t)
	cfg.Reader, cfg.Writer = own.Reader, own.Writer
	return open(t, cfg)
}

func open(t testing.TB, cfg Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
