//go:build linux || darwin

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
	"github.com/counterfoil/counterfoil/internal/pgtest"
	"github.com/counterfoil/counterfoil/store/postgres"
)

// TestPostgres runs the command over a throw-away cluster.
func TestPostgres(t *testing.T) {
	c := &cluster{super: pgtest.Start(t, "fsync=off", "max_connections=100")}
	for _, test := range []struct {
		name string
		run  func(*testing.T, *cluster)
	}{
		{"every command", pgEveryCommand},
		{"least rights", pgLeastRights},
		{"scopes in SQL", func(t *testing.T, c *cluster) { scopesSelectTheSameRows(t, appOn(t, c.folder(t, "init").dir)) }},
		{"replicas", pgReplicas},
		{"balanced", pgBalanced},
		{"approvals", pgApprovals},
		{"outbox", pgOutbox},
		{"tenants", pgTenants},
		{"keys", pgKeys},
		{"what goes wrong", pgFaults},
		{"migrations that can't be", pgMigrations},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, c) })
	}
}

// cluster makes databases of their own for the tests.
type cluster struct {
	super string // the superuser's connection string
	n     int
}

// pgFolder is a data folder over a database.
type pgFolder struct {
	dir, tenant string
	super       string // connection string to the database
	migrator    string // file with the migrator's
}

// database makes an empty database that a migrator without a superuser's rights
// owns.
func (c *cluster) database(t *testing.T) pgFolder {
	t.Helper()
	c.n++
	name := fmt.Sprintf("cf_cmd_%d_%d", os.Getpid(), c.n)
	c.exec(t, c.super, "CREATE ROLE "+name+"_owner LOGIN CREATEROLE PASSWORD 'its own'", "CREATE DATABASE "+name+" OWNER "+name+"_owner ENCODING 'UTF8' TEMPLATE template0")
	f := pgFolder{dir: shortDir(t), tenant: fmt.Sprintf("t%d_%d", os.Getpid(), c.n), super: c.super + " dbname=" + name}
	f.migrator = filepath.Join(t.TempDir(), "migrator")
	write(t, f.migrator, c.super+" user="+name+"_owner password='its own' dbname="+name)
	return f
}

// folder sets up a data folder over a database of its own.
func (c *cluster) folder(t *testing.T, args ...string) pgFolder {
	t.Helper()
	f := c.database(t)
	run(t, append(args, "--data", f.dir, "--postgres", f.migrator, "--tenant", f.tenant)...)
	return f
}

func (c *cluster) exec(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	conn := dialPostgres(t, dsn)
	for _, sql := range statements {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func dialPostgres(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func appOn(t *testing.T, dir string) *app {
	t.Helper()
	a := &app{Home: &home.Home{UI: console.UI{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, DataDir: dir, Hooks: hooks, Now: func() time.Time { return time.Now().UTC() }}, started: true}
	if err := a.Resolve(); err != nil {
		t.Fatal(err)
	}
	return a
}

// pgEveryCommand goes through what a user and an auditor do.
func pgEveryCommand(t *testing.T, c *cluster) {
	f := c.folder(t, "init")
	on := func(args ...string) string { t.Helper(); return run(t, append(args, "--data", f.dir)...) }
	if files, _ := filepath.Glob(filepath.Join(f.dir, "store.db*")); files != nil {
		t.Errorf("there is an embedded store as well: %v", files)
	}
	run(t, "init", "--data", f.dir, "--postgres", f.migrator) // changes nothing
	file := filepath.Join(t.TempDir(), "wintergreen.ofx")
	write(t, file, statement(1, 40))
	on("import", file, "--account", "Mine")
	var accounts struct{ Accounts []accountJSON }
	decode(t, on("account", "list", "--json"), &accounts)
	if len(accounts.Accounts) != 1 || accounts.Accounts[0].Count != 40 {
		t.Fatalf("%+v", accounts)
	}
	on("import", "undo", "1")
	on("import", file, "--account", "Mine")
	on("account", "rename", accounts.Accounts[0].ID, "Yours")
	var out folder.Called
	decode(t, on("call", "search_transactions", `{"limit":3}`, "--json"), &out)
	if !strings.Contains(string(out.Result), "SHOP") {
		t.Errorf("%s", out.Result)
	}
	on("token", "add", "web")
	pub := filepath.Join(f.dir, "keys", "log.pub")
	on("audit", "verify", "--key", pub, "--store", "--every-signature")
	list := on("audit", "list", "--json")
	if n := strings.Count(list, `"event":"batch"`); n != 4 {
		t.Errorf("%d records of batches, want 4\n%s", n, list)
	}
	if got := on("audit", "show", out.CallID); !strings.Contains(got, "search_transactions") {
		t.Errorf("%s", got)
	}
	proof := filepath.Join(t.TempDir(), "proof")
	on("audit", "prove", out.CallID, "--open", "result_digest", "--out", proof)
	on("audit", "check-proof", proof, "--key", pub)
	if got := on("audit", "export", "--format", "csv"); strings.Count(got, "\n") < 8 {
		t.Errorf("%s", got)
	}
	on("audit", "tiles", filepath.Join(t.TempDir(), "tiles"))
	on("audit", "replay")
	on("audit", "backtest", "--policy", filepath.Join(f.dir, "policy.yaml"))
	write(t, filepath.Join(f.dir, "known"), "wintergreen\n")
	setuptest.Edit(t, filepath.Join(f.dir, "config.yaml"), `known_file: ""`, "known_file: known")
	if got := on("store", "redact"); !strings.Contains(got, "4 names of files and accounts examined, 3 changed, 0 outdated") {
		t.Errorf("redacting printed %s", got)
	}
	if got := on("import", "list"); strings.Contains(got, "wintergreen") || !strings.Contains(got, ".ofx") {
		t.Errorf("files are called %s", got)
	}
	on("audit", "verify", "--key", pub, "--store") // as the auditor
	oldPub := filepath.Join(t.TempDir(), "old.pub")
	write(t, oldPub, readText(t, pub))
	if got := on("audit", "rotate", "--operator-key", filepath.Join(f.dir, "keys", "operator.key")); got != readText(t, pub)+"\n" {
		t.Errorf("rotate printed %q, log.pub holds %q", got, readText(t, pub))
	}
	on("call", "list_accounts")
	operator := filepath.Join(f.dir, "keys", "operator.pub")
	if got := on("audit", "verify", "--key", oldPub, "--operator", operator, "--every-signature"); !strings.Contains(got, "rotation at ") {
		t.Errorf("after a rotation: %s", got)
	}
	if got := on("tenant", "list"); got != f.tenant+"\n" {
		t.Errorf("tenants: %q", got)
	}
	on("migrate")
	checkSecretsStay(t, f)
}

// checkSecretsStay: no password is in the config or in the log.
func checkSecretsStay(t *testing.T, f pgFolder) {
	t.Helper()
	login, err := postgres.LoginOf(readText(t, filepath.Join(f.dir, "keys", "postgres-writer")))
	if err != nil || len(login.Password) < 32 {
		t.Fatalf("%v", err)
	}
	for _, name := range []string{"config.yaml", "keys/postgres-writer"} {
		text := readText(t, filepath.Join(f.dir, name))
		if strings.Contains(text, "='its own'") || name == "config.yaml" && strings.Contains(text, login.Password) {
			t.Errorf("%s holds a password that is not its own", name)
		}
	}
}

func decode(t *testing.T, text string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

// pgLeastRights is whoever got hold of what a tool server logs in with, and does
// with it whatever SQL allows.
func pgLeastRights(t *testing.T, c *cluster) {
	f := c.folder(t, "init", "--shared")
	file := filepath.Join(t.TempDir(), "s.ofx")
	write(t, file, statement(1, 5))
	run(t, "import", file, "--data", f.dir)
	other := f
	other.dir, other.tenant = shortDir(t), f.tenant+"_other"
	run(t, "init", "--shared", "--data", other.dir, "--postgres", f.migrator, "--tenant", other.tenant)
	write(t, file, statement(2, 5))
	run(t, "import", file, "--data", other.dir)
	const update = "UPDATE counterfoil."
	refused := []string{
		update + "tx SET minor = 0", update + "detail SET description = ''", update + "account_version SET name = ''", update + "batch SET rows_digest = ''",
		update + "head SET batch = 0", "INSERT INTO counterfoil.known VALUES (1, 'x', 1)", "DELETE FROM counterfoil.tx",
		"SELECT * FROM counterfoil.vault", "SELECT * FROM counterfoil.account", "SELECT * FROM counterfoil.source_key", "SELECT * FROM counterfoil.login",
		"DROP TABLE counterfoil.tx", "DROP SCHEMA counterfoil CASCADE", "DROP FUNCTION counterfoil.tenant()", "CREATE TABLE counterfoil.x (a integer)",
		update + "audit_records SET leaf = ''", "DELETE FROM counterfoil.audit_records", "TRUNCATE counterfoil.audit_records", "DROP TABLE counterfoil.audit_records",
		update + "audit_checkpoints SET note = ''", "DELETE FROM counterfoil.audit_checkpoints", "DELETE FROM counterfoil.audit_head", update + "audit_head SET owner = ''",
		"DELETE FROM counterfoil.audit_books", "DELETE FROM counterfoil.audit_used", "DELETE FROM counterfoil.audit_files", update + "audit_files SET data = ''",
		"SELECT * FROM counterfoil.audit_login", "INSERT INTO counterfoil.audit_login VALUES (session_user, 'x')",
		"ALTER TABLE counterfoil.audit_records DISABLE TRIGGER ALL", "ALTER TABLE counterfoil.audit_records DISABLE ROW LEVEL SECURITY",
		"SET ROLE counterfoil_writer", "ALTER ROLE CURRENT_USER SUPERUSER",
	}
	for kind, more := range map[string][]string{
		"reader":  nil,
		"auditor": {"SELECT * FROM counterfoil.outbox_rows", "INSERT INTO counterfoil.audit_used VALUES ('x', 'x')", update + "audit_books SET state = ''", update + "audit_head SET size = 0"},
	} {
		s := dialPostgres(t, readText(t, filepath.Join(f.dir, "keys", "postgres-"+kind)))
		if _, err := s.Exec(t.Context(), "SET default_transaction_read_only = off"); err != nil {
			t.Fatal(err)
		}
		for _, sql := range append(refused, more...) {
			_, err := s.Exec(t.Context(), sql)
			var got *pgconn.PgError
			if !errors.As(err, &got) || got.Code != "42501" { // insufficient_privilege
				t.Errorf("%s: %s: %v", kind, sql, err)
			}
		}
		seesOnlyItsOwn(t, s, kind, appOn(t, f.dir), appOn(t, other.dir))
	}
	run(t, "audit", "verify", "--store", "--data", f.dir)
	run(t, "audit", "verify", "--store", "--data", other.dir)
}

// seesOnlyItsOwn reads every table of the log and finds no other tenant's rows,
// and can add none to another's.
func seesOnlyItsOwn(t *testing.T, s *pgx.Conn, kind string, mine, others *app) {
	t.Helper()
	own, err := mine.Config()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := others.Config()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"head", "records", "checkpoints", "books", "used", "files"} {
		var origins []string
		if err := s.QueryRow(t.Context(), "SELECT coalesce(array_agg(DISTINCT origin), '{}') FROM counterfoil.audit_"+table).Scan(&origins); err != nil {
			t.Fatal(err)
		}
		for _, o := range origins {
			if o != own.Log.Origin {
				t.Errorf("the %s sees another tenant's %s", kind, table)
			}
		}
		if len(origins) == 0 && (table == "head" || table == "records") {
			t.Errorf("the %s does not see its own %s", kind, table)
		}
	}
	if _, err := s.Exec(t.Context(), "INSERT INTO counterfoil.audit_used VALUES ($1, 'x')", theirs.Log.Origin); err == nil {
		t.Errorf("the %s wrote into another tenant's log", kind)
	}
}

// replica makes another folder over the same database: the config and the policy
// are copies, the keys are shared.
func (f pgFolder) replica(t *testing.T) string {
	t.Helper()
	dir := shortDir(t)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"VERSION", "config.yaml", "policy.yaml"} {
		write(t, filepath.Join(dir, name), readText(t, filepath.Join(f.dir, name))+"\n")
	}
	if err := os.Symlink(filepath.Join(f.dir, "keys"), filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// pgReplicas: two replicas, each with a client that calls without a pause, while
// imports go through one of them and the other is killed again and again. What
// was acknowledged is in the log, each call once; the log verifies, and every
// call of both replays.
func pgReplicas(t *testing.T, c *cluster) {
	f := c.folder(t, "init")
	setuptest.Edit(t, filepath.Join(f.dir, "config.yaml"), "limits: {}", "limits: {calls_per_minute: 100000, calls_per_day: 1000000, rows_per_day: 1000000}")
	dirs := []string{f.dir, f.replica(t)}
	imported := map[int64]bool{}
	load := func(dir string, n int) {
		var done struct{ Imports []struct{ Batch int64 } }
		file := filepath.Join(t.TempDir(), "s.ofx")
		write(t, file, statement(n, 50))
		decode(t, run(t, "import", file, "--json", "--data", dir), &done)
		imported[done.Imports[0].Batch] = true
	}
	load(dirs[0], 1)
	crowd := &crowd{receipts: map[int64]string{}, calls: map[string]bool{}, running: map[int]bool{}, acks: make(chan struct{}, 1)}
	stop := make(chan struct{})
	var all sync.WaitGroup
	for _, dir := range dirs {
		all.Go(func() { crowd.client(t, dir, stop) })
	}
	const kills, between = 4, 15
	for killed, seen := 0, 0; killed < kills; {
		select {
		case <-crowd.acks:
			seen++
		case <-time.After(2 * patience):
			t.Fatalf("after %d kills nothing happens any more", killed)
		}
		if seen >= between && crowd.kill(ownerPID(dirs[1])) {
			killed, seen = killed+1, 0
			load(dirs[killed%2], 1+killed)
		}
	}
	close(stop)
	all.Wait()
	if t.Failed() {
		return
	}
	t.Logf("%d calls acknowledged, %d imports", len(crowd.receipts), len(imported))
	checkReplicas(t, f, dirs, crowd, imported)
}

func checkReplicas(t *testing.T, f pgFolder, dirs []string, crowd *crowd, imported map[int64]bool) {
	t.Helper()
	for _, dir := range dirs {
		run(t, "audit", "verify", "--key", filepath.Join(f.dir, "keys", "log.pub"), "--store", "--data", dir)
		var different int
		for line := range strings.Lines(run(t, "audit", "replay", "--json", "--data", dir)) {
			var r struct{ Verdict string }
			if decode(t, line, &r); r.Verdict != "identical" {
				different++
			}
		}
		if different > 0 {
			t.Errorf("%d calls do not replay", different)
		}
	}
	a := appOn(t, dirs[1])
	r, err := auditor.OpenLog(t.Context(), a.Home)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	outcomes, recorded := map[string]int{}, map[int64]int{}
	for it, err := range r.Entries(0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		if it.Record.Phase == audit.PhaseOutcome {
			outcomes[it.Record.CallID]++
		}
		if it.Record.Event == audit.EventBatch {
			recorded[it.Record.Batch]++
		}
		leaf := it.LeafHash()
		if want := crowd.receipts[it.Index]; want != "" && want != fmt.Sprintf("%x", leaf[:]) {
			t.Errorf("record %d is not the one that was acknowledged", it.Index)
		}
		delete(crowd.receipts, it.Index)
	}
	for index := range crowd.receipts {
		t.Errorf("record %d was acknowledged and is lost", index)
	}
	for call, n := range outcomes {
		if n != 1 {
			t.Errorf("call %s has %d outcomes", call, n)
		}
	}
	for batch := range imported {
		if recorded[batch] != 1 {
			t.Errorf("batch %d has %d records, want 1", batch, recorded[batch])
		}
	}
}

// pgApprovals: a call that one replica was asked for is approved on another
// machine and goes through once, on either.
func pgApprovals(t *testing.T, c *cluster) {
	f := c.folder(t, "init")
	write(t, filepath.Join(f.dir, "policy.yaml"), "name: asks\nafter:\n  match:\n    - output: ask('the owner decides')\n")
	second := f.replica(t)
	call := func(dir string, want int) {
		t.Helper()
		code, out, errs := try(t, "call", "list_accounts", "--data", dir)
		if code != want {
			t.Fatalf("exit code %d, want %d\n%s%s", code, want, out, errs)
		}
	}
	call(f.dir, exit.Denied)
	var waiting struct{ Approvals []struct{ ID string } }
	decode(t, run(t, "approvals", "list", "--json", "--data", second), &waiting)
	if len(waiting.Approvals) != 1 {
		t.Fatalf("%+v", waiting)
	}
	run(t, "approvals", "show", waiting.Approvals[0].ID, "--data", second)
	run(t, "approvals", "approve", waiting.Approvals[0].ID, "--data", second)
	call(second, exit.OK)
	call(f.dir, exit.Denied)
}

// pgOutbox: what one replica wrote to Notion, or left unfinished, every other
// knows: the same request writes nothing twice, an interrupted one is gone on
// with, and one replica undoes what another wrote.
func pgOutbox(t *testing.T, c *cluster) {
	quickNotion(t)
	f := c.folder(t, "init")
	box := newSandbox(t)
	if err := box.configure(appOn(t, f.dir)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(f.dir, "policy.yaml"), allowAll)
	second := f.replica(t)
	create := func(dir, id string) writtenDoc {
		t.Helper()
		var doc struct{ Result writtenDoc }
		decode(t, run(t, "call", "notion_create_page", `{"target":"reports","title":"Plan `+id+`","content":"text","request_id":"`+id+`"}`, "--data", dir), &doc)
		return doc.Result
	}
	made := create(f.dir, "one")
	if again := create(second, "one"); made.Page == "" || again.Page != made.Page || len(box.Pages("Plan one")) != 1 {
		t.Errorf("the same request at another replica: %+v, first %+v", again, made)
	}
	box.Fail(notiontest.Fault{Method: "PATCH", Suffix: "/children", Status: 400, Body: `{"object":"error","status":400,"code":"validation_error","message":"no"}`, Times: 99})
	if code, _, errs := try(t, "call", "notion_create_page", `{"target":"reports","title":"Plan two","content":"text","request_id":"two"}`, "--data", f.dir); code == exit.OK || !strings.Contains(errs, "kept in the outbox") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	box.ClearFaults()
	left := pendingRows(t, second)
	if len(left) != 1 || left[0].Title != "Plan two" {
		t.Fatalf("the other replica's outbox: %+v", left)
	}
	run(t, "outbox", "retry", left[0].ID, "--data", second)
	if left := pendingRows(t, f.dir); len(left) != 0 || len(box.Pages("Plan two")) != 1 {
		t.Errorf("left %+v, %d pages", left, len(box.Pages("Plan two")))
	}
	run(t, "call", "notion_undo", `{"write_id":"`+made.WriteID+`"}`, "--data", second)
	if !box.Trashed(made.Page) {
		t.Error("the page is still there")
	}
	rows := func() (n int) {
		if err := dialPostgres(t, f.super).QueryRow(t.Context(), "SELECT count(*) FROM counterfoil.outbox_rows").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := rows(); n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
	run(t, "tenant", "drop", f.tenant, "--yes", "--data", f.dir)
	if n := rows(); n != 0 {
		t.Errorf("%d rows of a tenant that was dropped", n)
	}
}
