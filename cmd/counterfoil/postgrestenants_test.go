//go:build linux || darwin

package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
)

// pgTenants: a tenant for somebody else, with logins of its own; one tenant alone
// unless the mode says otherwise.
func pgTenants(t *testing.T, c *cluster) {
	f := c.folder(t, "init")
	theirs := filepath.Join(t.TempDir(), "theirs")
	second := f.tenant + "_b"
	if code, _, errs := try(t, "tenant", "create", second, "--out", theirs, "--data", f.dir); code != exit.Conflict {
		t.Errorf("a second tenant in single mode: %d %s", code, errs)
	}
	if _, err := os.Stat(theirs); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a tenant that was refused has a folder: %v", err)
	}
	if code, _, _ := try(t, "tenant", "create", f.tenant, "--data", f.dir); code != exit.Conflict {
		t.Errorf("the same tenant again: %d", code)
	}
	setuptest.Edit(t, filepath.Join(f.dir, "config.yaml"), "mode: single", "mode: shared")
	run(t, "tenant", "create", second, "--out", theirs, "--data", f.dir)
	if got := run(t, "tenant", "list", "--data", f.dir); got != f.tenant+"\n"+second+"\n" {
		t.Errorf("%q", got)
	}
	setuptest.Edit(t, filepath.Join(f.dir, "config.yaml"), "mode: shared", "mode: single")
	if code, _, errs := try(t, "account", "list", "--data", f.dir); code != exit.Data || !strings.Contains(errs, "several tenants") {
		t.Errorf("in single mode beside another tenant: %d %s", code, errs)
	}
	setuptest.Edit(t, filepath.Join(f.dir, "config.yaml"), "mode: single", "mode: shared")
	setuptest.Edit(t, filepath.Join(f.dir, "config.yaml"), "reader_file: keys/postgres-reader", "reader_file: "+filepath.Join(theirs, "keys", "postgres-reader"))
	if code, _, errs := try(t, "account", "list", "--data", f.dir); code != exit.Data || !strings.Contains(errs, "another tenant") {
		t.Errorf("with another tenant's login: %d %s", code, errs)
	}
	setuptest.Edit(t, filepath.Join(f.dir, "config.yaml"), "reader_file: "+filepath.Join(theirs, "keys", "postgres-reader"), "reader_file: keys/postgres-writer")
	if code, _, errs := try(t, "account", "list", "--data", f.dir); code != exit.Data || !strings.Contains(errs, "lacks a right") {
		t.Errorf("with the writer's login in place of the reader's: %d %s", code, errs)
	}
	setuptest.Edit(t, filepath.Join(f.dir, "config.yaml"), "reader_file: keys/postgres-writer", "reader_file: keys/postgres-reader")
	if code, _, _ := try(t, "tenant", "drop", second, "--data", f.dir); code != exit.Usage {
		t.Errorf("dropping without --yes: %d", code)
	}
	run(t, "tenant", "drop", second, "--yes", "--data", f.dir)
	if code, _, errs := try(t, "tenant", "drop", second, "--yes", "--data", f.dir); code != exit.NotFound || !strings.Contains(errs, "tenant list") {
		t.Errorf("dropping it twice: %d", code)
	}
	run(t, "account", "list", "--data", f.dir)
}

// pgFaults: what an operator is told, and with which exit code. No text repeats
// what stood in a connection string.
func pgFaults(t *testing.T, c *cluster) {
	f := c.folder(t, "init")
	file := filepath.Join(t.TempDir(), "s.ofx")
	write(t, file, statement(1, 5))
	reader, writer := filepath.Join(f.dir, "keys", "postgres-reader"), filepath.Join(f.dir, "keys", "postgres-writer")
	good, goodWriter := readText(t, reader), readText(t, writer)
	const sentinel = "hunter2secret"
	read, change := []string{"call", "list_accounts"}, []string{"import", file}
	for _, fault := range []struct {
		name string
		file string
		dsn  string
		args []string
		code int
		want string
	}{
		{"not a connection string", reader, "port=" + sentinel, read, exit.Data, "can't be read"},
		{"nobody there", reader, "host=/nonexistent/" + sentinel + " user=x dbname=x", read, exit.Data, "can't be reached"},
		{"another host in the clear", reader, "host=db.example user=x password=" + sentinel, read, exit.Data, "sslmode=verify-full"},
		{"no such role", reader, good + " user=" + sentinel, read, exit.Data, "refused the login"},
		{"no such database", reader, good + " dbname=" + sentinel, read, exit.Data, "does not exist"},
		{"a superuser", reader, f.super, read, exit.Data, "above row-level security"},
		{"a database without the schema", reader, c.super + " dbname=postgres", read, exit.Data, "migrate"},
		{"empty", reader, "", read, exit.Config, "is empty"},
		{"a writer of nobody", writer, "host=/nonexistent/" + sentinel, change, exit.Data, "can't be reached"},
		{"a reader as writer", writer, good, change, exit.Data, "lacks a right"},
	} {
		t.Run(fault.name, func(t *testing.T) {
			write(t, fault.file, fault.dsn)
			defer func() { write(t, reader, good); write(t, writer, goodWriter) }()
			code, out, errs := try(t, append(fault.args, "--data", f.dir)...)
			if code != fault.code || !strings.Contains(errs, fault.want) || strings.Contains(out+errs, sentinel) || strings.Count(errs, "error: ") != 1 {
				t.Errorf("exit code %d, want %d and %q\n%s%s", code, fault.code, fault.want, out, errs)
			}
		})
	}
	pgServerFaults(t, c, f, file)
	if err := os.Chmod(reader, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := try(t, append(read, "--data", f.dir)...); code != exit.NoKey || !strings.Contains(errs, "open to others") {
		t.Errorf("a login that others can read: %d %s", code, errs)
	}
}

// pgServerFaults: the server's own troubles, raised by triggers as it would raise
// them. Nothing of a change that failed is kept, and nothing that was
// acknowledged is lost.
func pgServerFaults(t *testing.T, c *cluster, f pgFolder, file string) {
	for _, fault := range []struct{ name, state, table, args, want string }{
		{"disk full in an import", "53100", "tx", "import " + file, "the server's disk is full"},
		{"out of memory in an import", "53200", "tx", "import " + file, "out of memory"},
		{"a collision in an import", "40001", "tx", "import " + file, "collided"},
		{"read-only server in an import", "25006", "tx", "import " + file, "read-only"},
		{"disk full for the log", "53100", "audit_records", "call list_accounts", "could not be recorded"},
		{"read-only server for the log", "25006", "audit_records", "call list_accounts", "could not be recorded"},
		{"disk full for budgets", "53100", "audit_books", "call list_accounts", "cannot reach its data"},
	} {
		t.Run(fault.name, func(t *testing.T) {
			run(t, "call", "list_accounts", "--data", f.dir) // what comes before the fault is on record
			c.exec(t, f.super, "CREATE OR REPLACE FUNCTION counterfoil.fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'value 4711' USING ERRCODE = '"+fault.state+"'; END $$",
				"CREATE TRIGGER fault BEFORE INSERT OR UPDATE ON counterfoil."+fault.table+" FOR EACH ROW EXECUTE FUNCTION counterfoil.fault()")
			code, out, errs := try(t, append(strings.Fields(fault.args), "--data", f.dir)...)
			c.exec(t, f.super, "DROP TRIGGER fault ON counterfoil."+fault.table)
			if code == exit.OK || !strings.Contains(out+errs, fault.want) || strings.Contains(out+errs, "value 4711") || strings.Contains(out, `"items"`) {
				t.Errorf("exit code %d, want %q\n%s%s", code, fault.want, out, errs)
			}
			var accounts struct{ Accounts []accountJSON }
			if decode(t, run(t, "account", "list", "--json", "--data", f.dir), &accounts); len(accounts.Accounts) != 0 {
				t.Errorf("something of the import was kept: %+v", accounts)
			}
			run(t, "audit", "verify", "--store", "--data", f.dir)
		})
	}
	t.Run("connections lost under a server", func(t *testing.T) { pgLostConnections(t, c, f) })
}

// pgLostConnections ends every session of a server that serves, as a restart of
// the database does: it resumes by itself, and what it acknowledged is there.
func pgLostConnections(t *testing.T, c *cluster, f pgFolder) {
	d := mustDesk(t, f.dir)
	var last answer
	for range 3 {
		for {
			var err error
			if last, err = d.call("list_accounts", "{}"); err != nil {
				t.Fatal(err)
			}
			if last.Result != nil && last.Result.Meta.Receipt != nil && !last.Result.IsError {
				break
			}
		}
		c.exec(t, f.super, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'cf_"+f.tenant+"_%'")
	}
	if err := d.end(); err != nil {
		t.Errorf("%v\n%s", err, d.errs.String())
	}
	run(t, "audit", "verify", "--store", "--data", f.dir)
	if got := run(t, "audit", "show", last.Result.Meta.CallID, "--data", f.dir); !strings.Contains(got, last.Result.Meta.Receipt.Leaf) {
		t.Errorf("the record that was acknowledged is lost:\n%s", got)
	}
}

// pgMigrations: a migration that fails leaves nothing behind, and a schema of a
// newer program is left alone.
func pgMigrations(t *testing.T, c *cluster) {
	f := c.database(t)
	c.exec(t, f.super, "CREATE SCHEMA counterfoil", "CREATE TABLE counterfoil.audit_head (a integer)") // in the way of the log's tables
	name := strings.TrimSuffix(f.super[strings.LastIndex(f.super, "=")+1:], " ")
	c.exec(t, f.super, "ALTER SCHEMA counterfoil OWNER TO "+name+"_owner")
	init := []string{"init", "--data", f.dir, "--postgres", f.migrator, "--tenant", f.tenant}
	code, _, errs := try(t, init...)
	if code == exit.OK || !strings.Contains(errs, "migrating") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	var tables int
	if err := dialPostgres(t, f.super).QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'counterfoil'").Scan(&tables); err != nil || tables != 1 {
		t.Errorf("%d tables after a migration that failed, want the one that was there; %v", tables, err)
	}
	c.exec(t, f.super, "DROP TABLE counterfoil.audit_head")
	run(t, init...)
	c.exec(t, f.super, "INSERT INTO counterfoil.module_version VALUES ('audit', 999)")
	for _, args := range [][]string{{"migrate"}, {"account", "list"}} {
		if code, _, errs := try(t, append(args, "--data", f.dir)...); code != exit.Data || !strings.Contains(errs, "newer version") {
			t.Errorf("%v on a newer schema: %d %s", args, code, errs)
		}
	}
	c.exec(t, f.super, "DELETE FROM counterfoil.module_version WHERE version > 1")
	if code, _, errs := try(t, "account", "list", "--data", f.dir); code != exit.Data || !strings.Contains(errs, "counterfoil migrate") {
		t.Errorf("on an older schema: %d %s", code, errs)
	}
}

// try runs a command that may fail.
func try(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(context.Background(), args, strings.NewReader(""), &o, &e, nil)
	return code, o.String(), e.String()
}
