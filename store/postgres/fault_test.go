package postgres

import (
	"context"
	"errors"
	"io"
	"iter"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// unavailable checks an error's kind and text, and that it gives nothing away.
func unavailable(t *testing.T, what string, err error, want string) {
	t.Helper()
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got %v, want one about %q", what, err, want)
	}
	if err != nil && (strings.Contains(err.Error(), "cf_") || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "/tmp")) {
		t.Errorf("%s: the error gives away where it went: %v", what, err)
	}
}

// TestOpenFaults: each way in which a store can't be opened says what is wrong.
func TestOpenFaults(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	mine, other := db.tenant(t), db.tenant(t)
	empty := emptyDatabase(t)
	newer := newDatabase(t)
	newCfg := newer.tenant(t)
	execute(t, newer.migrator, "INSERT INTO counterfoil.schema_version VALUES (99)")
	execute(t, db.super, "CREATE ROLE "+db.name+"_nobody LOGIN IN ROLE counterfoil_reader")
	for name, c := range map[string]struct {
		cfg  Config
		want string
	}{
		"no string":         {Config{Reader: "host=/tmp password=hunter2 port=many"}, "can't be read"},
		"no server":         {Config{Reader: "host=" + filepath.Join(t.TempDir(), "cf_no") + " password=hunter2"}, "can't be reached"},
		"no database":       {Config{Reader: with(db.super, "cf_no", "cf_no")}, "SQLSTATE"},
		"no login":          {Config{Reader: with(db.super, "cf_no", db.name)}, "refused the login"},
		"not migrated":      {Config{Reader: with(empty.super, empty.name+"_owner", empty.name)}, "migrate first"},
		"newer":             {newCfg, "newer version"},
		"superuser":         {Config{Reader: db.super}, "above row-level security"},
		"no tenant":         {Config{Reader: with(db.super, db.name+"_nobody", db.name)}, "no tenant"},
		"two tenants":       {Config{Reader: mine.Reader, Writer: other.Writer}, "different tenants"},
		"plain elsewhere":   {Config{Reader: "host=db.example.com password=hunter2 sslmode=disable"}, "sslmode=verify-full"},
		"perhaps encrypted": {Config{Reader: "host=db.example.com sslmode=prefer"}, "sslmode=verify-full"},
		"not verified":      {Config{Reader: "postgres://db.example.com/x?sslmode=require"}, "sslmode=verify-full"},
		"name not verified": {Config{Reader: "host=192.0.2.1 sslmode=verify-ca"}, "sslmode=verify-full"},
		"one host of two":   {Config{Reader: "host=/tmp,db.example.com sslmode=disable"}, "sslmode=verify-full"},
	} {
		_, err := Open(t.Context(), c.cfg)
		unavailable(t, name, err, c.want)
	}
}

// TestTransport: what the rule of transport lets pass.
func TestTransport(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"host=/tmp", "host=localhost sslmode=disable", "host=127.0.0.1 sslmode=prefer", "host=::1", "host=db.example.com sslmode=verify-full"} {
		if _, err := parse(dsn, false); err != nil {
			t.Errorf("%s: %v", dsn, err)
		}
	}
	if _, err := parse("host=db.example.com sslmode=disable", true); err != nil {
		t.Errorf("allowed explicitly: %v", err)
	}
}

// TestMigrate: several at once are one; one that fails leaves nothing behind.
func TestMigrate(t *testing.T) {
	t.Parallel()
	db := emptyDatabase(t)
	execute(t, db.super, "CREATE SCHEMA counterfoil AUTHORIZATION "+db.name+"_owner", "CREATE TABLE counterfoil.balance (a integer)")
	err := Migrate(t.Context(), db.migrator, false)
	unavailable(t, "a migration that can't be", err, "version 1 of the schema can't be made, so nothing was changed: the tables are not those that version 0 left (SQLSTATE 42P07)")
	super := login(t, db.super)
	const tables = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'counterfoil'"
	if got := strings.TrimSpace(super.seen(t.Context(), tables)); got != "1" {
		t.Errorf("it left %s relations", got)
	}
	execute(t, db.super, "DROP TABLE counterfoil.balance")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := Migrate(t.Context(), db.migrator, false); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	execute(t, db.migrator, "INSERT INTO counterfoil.schema_version VALUES (99)")
	unavailable(t, "newer", Migrate(t.Context(), db.migrator, false), "newer version")
	weak := emptyDatabase(t)
	execute(t, weak.super, "ALTER ROLE "+weak.name+"_owner NOCREATEROLE", "DROP SCHEMA IF EXISTS counterfoil", "REVOKE CREATE ON DATABASE "+weak.name+" FROM "+weak.name+"_owner",
		"ALTER DATABASE "+weak.name+" OWNER TO CURRENT_USER")
	unavailable(t, "no right", Migrate(t.Context(), weak.migrator, false), "lacks a right")
}

// TestTenants: a name is taken once, and must be one.
func TestTenants(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	name := "same_" + db.name
	for _, c := range []struct {
		name string
		want error
	}{{name, nil}, {name, store.ErrConflict}, {"x; DROP", store.ErrInvalid}, {"", store.ErrInvalid}} {
		err := CreateTenant(t.Context(), db.migrator, false, Tenant{Name: c.name, Reader: Login{Password: "it's"}})
		if !errors.Is(err, c.want) {
			t.Errorf("%q: %v, want %v", c.name, err, c.want)
		}
	}
	var verifier string
	super := login(t, db.super)
	if err := super.QueryRow(t.Context(), "SELECT rolpassword FROM pg_authid WHERE rolname = $1", "cf_"+name+"_reader").Scan(&verifier); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(verifier, "SCRAM-SHA-256$4096:") {
		t.Errorf("the password is kept as %q", verifier)
	}
}

// interrupted imports three rows and does something after the first.
func interrupted(s *Store, then func()) error {
	im, rows := sample("x", 3)
	s.block = 1
	n := 0
	_, err := s.Import(context.Background(), im, iter.Seq2[store.Row, error](func(yield func(store.Row, error) bool) {
		rows(func(r store.Row, err error) bool {
			if n++; n == 3 {
				then()
			}
			return yield(r, err)
		})
	}), false)
	return err
}

// TestLostConnection: a connection that breaks in the middle of a change keeps
// nothing of it; one that breaks between two reads is not noticed.
func TestLostConnection(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	cfg := db.tenant(t)
	s := open(t, cfg)
	super := login(t, db.super)
	const kill = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'counterfoil' AND datname = current_database()"
	err := interrupted(s, func() { super.seen(t.Context(), kill) })
	unavailable(t, "import", err, "")
	if at, err := s.Snapshot(t.Context()); err != nil || at != 0 {
		t.Errorf("snapshot is %d, %v", at, err)
	}
	fill(t, s, "x", 3)
	super.seen(t.Context(), kill)
	if page, err := s.Search(t.Context(), store.Query{At: 1, Limit: 9}); err != nil || len(page.Items) != 3 {
		t.Errorf("reading after the break: %d rows, %v", len(page.Items), err)
	}
	super.seen(t.Context(), kill)
	if _, err := s.Undo(t.Context(), 1, time.Now()); err != nil {
		t.Errorf("changing after the break: %v", err)
	}
}

// TestLostAnswer: when the answer to a commit is lost, the server is asked what
// became of it.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	s := newStore(t, Config{})
	s.afterCommit = func(error) error { return io.ErrUnexpectedEOF }
	fill(t, s, "x", 3)
	if at, err := s.Snapshot(t.Context()); err != nil || at != 1 {
		t.Errorf("snapshot is %d, %v", at, err)
	}
	tx, err := s.begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var xid string
	if err := tx.QueryRow(t.Context(), "SELECT pg_current_xact_id()::text").Scan(&xid); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if committed, known := s.resolve(t.Context(), xid); committed || !known {
		t.Errorf("a transaction that was rolled back: committed %v, known %v", committed, known)
	}
}

// raise makes the server fail so often to move the head, with a SQLSTATE.
func raise(t *testing.T, db database, state string, times string) {
	t.Helper()
	execute(t, db.super, "DROP SEQUENCE IF EXISTS public.fails", "CREATE SEQUENCE public.fails", "GRANT ALL ON SEQUENCE public.fails TO PUBLIC", "GRANT USAGE ON SCHEMA public TO PUBLIC",
		`CREATE OR REPLACE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF nextval('public.fails') <= `+times+` THEN RAISE EXCEPTION 'value 4929' USING ERRCODE = '`+state+`'; END IF; RETURN NEW; END $$`,
		"CREATE OR REPLACE TRIGGER fail BEFORE UPDATE ON counterfoil.head FOR EACH ROW EXECUTE FUNCTION public.fail()")
}

// TestServerFaults: what the server reports is said in plain words, keeps
// nothing, and is tried again only where that is safe.
func TestServerFaults(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := open(t, db.tenant(t))
	fill(t, s, "x", 3)
	for state, want := range map[string]string{"25006": "read-only", "53100": "disk is full", "40001": "collided", "42501": "lacks a right", "XX001": "corrupt", "57P01": "shutting down"} {
		raise(t, db, state, "1000")
		_, err := s.Undo(t.Context(), 1, time.Now())
		unavailable(t, state, err, want)
		if strings.Contains(err.Error(), "4929") {
			t.Errorf("%s: the server's text comes through: %v", state, err)
		}
	}
	if at, err := s.Snapshot(t.Context()); err != nil || at != 1 {
		t.Errorf("snapshot is %d, %v", at, err)
	}
	raise(t, db, "40001", "1")
	im, rows := sample("y", 3)
	_, err := s.Import(t.Context(), im, rows, false)
	unavailable(t, "an import is not repeated", err, "try again")
	raise(t, db, "40P01", "2")
	if done, err := s.Undo(t.Context(), 1, time.Now()); err != nil || done.Number != 2 {
		t.Errorf("an undo that collided twice: %+v, %v", done, err)
	}
}

// TestTimeouts: a statement, a wait and a pause that take too long end, and say
// so.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	cfg := db.tenant(t)
	// Long enough that opening the store on a busy machine does not meet them.
	cfg.StatementTimeout, cfg.LockTimeout, cfg.IdleTimeout = 2*time.Second, 2*time.Second, 2*time.Second
	s := open(t, cfg)
	super := login(t, db.super)
	err := s.view(t.Context(), "sleeping", 0, func(c *conn) error {
		_, err := c.Exec(t.Context(), "SELECT pg_sleep(60)")
		return err
	})
	unavailable(t, "statement", err, "took too long")
	tx, err := super.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "SELECT 1 FROM counterfoil.head FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	_, err = s.Undo(t.Context(), 1, time.Now())
	unavailable(t, "lock", err, "another change is running")
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = interrupted(s, func() {
		waitFor(t, super, "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()", "0")
	})
	unavailable(t, "pause", err, "")
	if at, err := s.Snapshot(t.Context()); err != nil || at != 0 {
		t.Errorf("snapshot is %d, %v", at, err)
	}
}

// TestReadOnlyTransactions: reads run in READ ONLY transactions, twice so.
func TestReadOnlyTransactions(t *testing.T) {
	t.Parallel()
	s := newStore(t, Config{})
	err := s.view(t.Context(), "looking", 0, func(c *conn) error {
		var now, usual, isolation string
		err := c.QueryRow(t.Context(), "SELECT current_setting('transaction_read_only'), current_setting('default_transaction_read_only'), current_setting('transaction_isolation')").
			Scan(&now, &usual, &isolation)
		if now != "on" || usual != "on" || isolation != "repeatable read" {
			t.Errorf("transaction is %s, %s, %s", now, usual, isolation)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestFilterText: text that PostgreSQL can't hold is compared all the same, as
// Filter.Match has it.
func TestFilterText(t *testing.T) {
	t.Parallel()
	s := newStore(t, Config{})
	fill(t, s, "mine", 10)
	count := func(f store.Filter) int {
		t.Helper()
		page, err := s.Search(t.Context(), store.Query{At: 1, Filter: f, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Items)
	}
	for _, odd := range []string{"\x00", "\xff", "mine\x00", "mi\xc3"} {
		one := store.Transaction{Category: "mine", Account: "a", Amount: store.Money{Currency: "GBP"}}
		for _, op := range []string{"eq", "ne", "lt", "le", "gt", "ge", "in"} {
			p := &store.Predicate{Op: op, Field: "category", Values: []any{odd}}
			want := 0
			if p.Match(&one) {
				want = 10
			}
			if got := count(store.Filter{Scope: p}); got != want {
				t.Errorf("category %s %q: %d rows, want %d", op, odd, got, want)
			}
		}
		if got := count(store.Filter{Categories: []string{odd}}); got != 0 {
			t.Errorf("categories %q: %d rows", odd, got)
		}
		if got := count(store.Filter{Categories: []string{odd, "mine"}}); got != 10 {
			t.Errorf("categories %q and mine: %d rows", odd, got)
		}
		if _, err := s.Merchants(t.Context(), 1, nil, odd, 5); err != nil {
			t.Error(err)
		}
		if balances, err := s.Balances(t.Context(), 1, nil, odd, 0, 0, 5); err != nil || len(balances) != 0 {
			t.Errorf("balances: %v, %v", balances, err)
		}
		if _, err := s.RenameAccount(t.Context(), odd, "x", 0, time.Now()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("rename: %v", err)
		}
	}
}

// TestDropTenant: a tenant goes with its rows and logins, and no other's.
func TestDropTenant(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	mine, other := db.tenant(t), db.tenant(t)
	s, rest := open(t, mine), open(t, other)
	s.compact, rest.compact = 0, 0 // so that the tables of sums have rows, too
	fill(t, s, "mine", 3)
	fill(t, rest, "other", 3)
	renameFiles(t, s)
	renameFiles(t, rest)
	names, err := Tenants(t.Context(), db.migrator, false)
	if err != nil || len(names) != 2 {
		t.Fatalf("tenants are %v, %v", names, err)
	}
	name := strings.TrimSuffix(mine.Reader[strings.Index(mine.Reader, "user=cf_")+len("user=cf_"):strings.LastIndex(mine.Reader, " dbname=")], "_reader")
	if err := DropTenant(t.Context(), db.migrator, false, name); err != nil {
		t.Fatal(err)
	}
	if err := DropTenant(t.Context(), db.migrator, false, name); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("again: %v", err)
	}
	if _, err := s.Snapshot(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a session that is still open: %v", err)
	}
	if page, err := rest.Search(t.Context(), store.Query{At: 1, Limit: 9}); err != nil || len(page.Items) != 3 {
		t.Errorf("the other tenant has %d rows, %v", len(page.Items), err)
	}
	super := login(t, db.super)
	for _, table := range tenantTables {
		if got := strings.TrimSpace(super.seen(t.Context(), "SELECT count(DISTINCT tenant) FROM counterfoil."+table)); got != "1" {
			t.Errorf("%s has rows of %s tenants", table, got)
		}
	}
}
