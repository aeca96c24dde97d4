package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/counterfoil/counterfoil/store"
)

// secret stands in every text of the tenant whose rows nobody else may see.
const secret = "zanzibar"

// sample is an import of n rows whose texts are made of words and mark.
func sample(mark string, n int) (store.Import, func(func(store.Row, error) bool)) {
	key := func(what string) []byte { return []byte(mark + what) }
	im := store.Import{Source: mark, Format: mark, At: time.Unix(1, 0), Accounts: []store.NewAccount{{Key: key("account"), Name: mark, Kind: mark,
		Currency: "GBP", Token: mark, Last4: mark, Subject: mark, Sealed: []store.Sealed{{Token: mark, Value: key("sealed"), Proof: key("proof")}}, Fingerprints: [][]byte{key("known")}}},
		Balances: []store.BalanceRow{{AccountKey: key("account"), Date: store.NewDate(2026, 1, 31), Amount: store.Money{Minor: 1, Currency: "GBP"}, Kind: mark}}}
	words := []string{"tesco", "tesla", "coffee", "card", "pay", "payment", "ref", "東京"}
	return im, func(yield func(store.Row, error) bool) {
		r := rand.New(rand.NewPCG(1, uint64(n)))
		for i := range n {
			text := mark + " " + words[r.IntN(len(words))] + " " + words[r.IntN(len(words))]
			row := store.Row{AccountKey: key("account"), SourceKind: mark, ContentKey: key(fmt.Sprint(i)), SourceKey: key(fmt.Sprint(i))}
			row.Transaction = store.Transaction{Booked: store.NewDate(2026, 1, 1+i%28), Amount: store.Money{Minor: int64(i), Currency: "GBP"},
				Description: text, Merchant: text, Memo: text, Counterparty: text, Category: mark}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func fill(t testing.TB, s *Store, mark string, n int) {
	t.Helper()
	im, rows := sample(mark, n)
	if _, err := s.Import(t.Context(), im, rows, false); err != nil {
		t.Fatal(err)
	}
}

// session is a login's own connection, on which it runs what it likes. notices
// are what the server told it besides results.
type session struct {
	*pgx.Conn
	notices strings.Builder
}

func login(t testing.TB, dsn string) *session {
	t.Helper()
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{}
	cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { s.notices.WriteString(n.Message) }
	if s.Conn, err = pgx.ConnectConfig(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(context.Background()) })
	return s
}

// seen runs statements, as the simple protocol allows several, and returns all
// that the login got to see: results, notices and errors.
func (s *session) seen(ctx context.Context, sql string) string {
	s.notices.Reset()
	var all strings.Builder
	results, err := s.PgConn().Exec(ctx, sql).ReadAll()
	for _, result := range results {
		for _, row := range result.Rows {
			for _, value := range row {
				all.Write(value)
				all.WriteByte(' ')
			}
		}
	}
	var server *pgconn.PgError
	if errors.As(err, &server) {
		fmt.Fprintf(&all, "%s %s %s %s", server.Message, server.Detail, server.Hint, server.Where)
	}
	return all.String() + s.notices.String()
}

// two makes two tenants, of which the second has the secret, and returns how the
// first's logins connect.
func two(t testing.TB) (db database, mine Config, auditor string) {
	db = newDatabase(t)
	mine = db.tenant(t)
	fill(t, open(t, mine), "mine", 30)
	other := open(t, db.tenant(t))
	fill(t, other, secret, 30)
	renameFiles(t, other)
	execute(t, db.super, "ANALYZE")
	return db, mine, strings.Replace(mine.Reader, "_reader", "_auditor", 1)
}

// renameFiles redacts the name of one file, so that it has two.
func renameFiles(t testing.TB, s *Store) {
	t.Helper()
	done, err := s.Redact(t.Context(), store.Redaction{Epoch: 1, Limit: 1, Text: func(_, text string, _ int) (string, []store.Sealed, error) { return text + "!", nil, nil }})
	if err != nil || done.Renamed != 1 {
		t.Fatal(done, err)
	}
}

// TestIsolation: whatever a tenant's login runs, no text of another tenant comes
// back: from any table, view or function that it may read, by roles and settings
// that it may set, in notices or errors.
func TestIsolation(t *testing.T) {
	t.Parallel()
	db, mine, auditor := two(t)
	other := login(t, db.super)
	if !strings.Contains(other.seen(t.Context(), "SELECT d::text FROM counterfoil.detail d"), secret) {
		t.Fatal("the secret is not there at all")
	}
	catalogue := relations(t, other)
	for name, dsn := range map[string]string{"reader": mine.Reader, "writer": mine.Writer, "auditor": auditor} {
		t.Run(name, func(t *testing.T) {
			s := login(t, dsn)
			if got := s.seen(t.Context(), "SELECT t::text FROM counterfoil.tx t"); strings.Count(got, "acc_") != 30 {
				t.Fatalf("own rows: %s", got)
			}
			t.Parallel()
			queries := catalogue
			if name != "reader" { // all see the same catalogue
				queries = slices.DeleteFunc(slices.Clone(catalogue), func(sql string) bool { return !strings.Contains(sql, "counterfoil.") })
			}
			for _, sql := range append(slices.Clip(attacks), queries...) {
				for _, before := range []string{"", "SET row_security = off; ", "SET ROLE counterfoil_" + name + "; ", "SET counterfoil.administered = '2'; "} {
					if before != "" && strings.HasPrefix(sql, "SELECT r::text") && !strings.Contains(sql, "counterfoil.") {
						continue // the catalogue does not depend on it
					}
					if got := s.seen(t.Context(), before+sql); strings.Contains(got, secret) {
						t.Errorf("%s shows the other tenant: %.300s", before+sql, got)
					}
					s.seen(t.Context(), "ROLLBACK; RESET ALL; RESET ROLE")
				}
			}
		})
	}
}

// relations is a query of every table and view there is.
func relations(t *testing.T, super *session) (queries []string) {
	rows, err := super.Query(t.Context(), `SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT LIKE 'pg_t%'`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(names) < 200 {
		t.Fatalf("%d relations, %v", len(names), err)
	}
	for _, name := range names {
		// The secret in two halves: pg_stat_activity shows a session its own query.
		half := len(secret) / 2
		queries = append(queries, fmt.Sprintf("SELECT r::text FROM %s r WHERE position('%s' || '%s' IN r::text) > 0", name, secret[:half], secret[half:]))
	}
	return queries
}

// attacks are the known ways round row-level security.
var attacks = []string{
	// Functions that talk about the rows they see, and errors that do.
	`CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$;
		SELECT * FROM counterfoil.detail WHERE pg_temp.leak(description)`,
	`CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql LEAKPROOF COST 0.0000001 AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$;
		SELECT * FROM counterfoil.detail WHERE pg_temp.leak(description)`,
	`CREATE VIEW pg_temp.v AS SELECT * FROM counterfoil.detail; SELECT v::text FROM pg_temp.v v`,
	`CREATE FUNCTION pg_temp.tenant() RETURNS integer LANGUAGE sql AS 'SELECT 2'; SET search_path = pg_temp, counterfoil; SELECT d::text FROM detail d`,
	`CREATE OPERATOR pg_temp.= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4ne); SET search_path = pg_temp, pg_catalog; SELECT d::text FROM counterfoil.detail d`,
	"SELECT description::integer FROM counterfoil.detail",
	"SELECT * FROM counterfoil.detail WHERE description::integer = 1",
	"SELECT 1 FROM counterfoil.detail WHERE 1 / (length(description) - length(description)) = 1",
	"INSERT INTO counterfoil.detail SELECT base, batch, original, 2, authorised, original_currency, description, counterparty, memo, mcc, words FROM counterfoil.detail",
	"INSERT INTO counterfoil.vault SELECT 2, '" + "x" + "', 'x', '', 'x'",
	"INSERT INTO counterfoil.name VALUES (2, 1, '', '') ON CONFLICT (tenant, kind, text) DO UPDATE SET folded = name.text RETURNING *",
	"UPDATE counterfoil.tx SET to_batch = 1 WHERE tenant = 2 RETURNING *",
	"UPDATE counterfoil.tx SET tenant = 1 RETURNING *",
	"DELETE FROM counterfoil.tx RETURNING *",
	"COPY counterfoil.detail TO STDOUT",
	"COPY (SELECT * FROM counterfoil.detail) TO STDOUT",
	"COPY counterfoil.detail TO PROGRAM 'cat'",
	"TABLE counterfoil.login; TABLE counterfoil.tenant",
	"UPDATE counterfoil.login SET tenant = 2",
	"INSERT INTO counterfoil.login VALUES (session_user, 2)",
	"BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT description FROM counterfoil.detail; FETCH ALL FROM c",
	"SELECT description FROM counterfoil.detail WHERE tenant = 2 FOR UPDATE",
	"WITH RECURSIVE r AS (SELECT description FROM counterfoil.detail UNION SELECT description FROM counterfoil.detail) TABLE r",
	"SELECT query_to_xml('SELECT * FROM counterfoil.detail', true, true, ''), database_to_xml(true, true, '')",
	"SELECT ts_stat('SELECT words FROM counterfoil.detail')::text",
	"SELECT ts_rewrite('a', 'SELECT ''a''::tsquery, words::text::tsquery FROM counterfoil.detail')",
	"SELECT * FROM pg_stats; SELECT * FROM pg_statistic; SELECT * FROM pg_stats_ext",
	"EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM counterfoil.detail",
	"DO $$ DECLARE d record; BEGIN FOR d IN SELECT * FROM counterfoil.detail LOOP RAISE NOTICE '%', d; END LOOP; END $$",
	"SET SESSION AUTHORIZATION postgres; TABLE counterfoil.detail",
	"SET ROLE counterfoil_search; TABLE counterfoil.detail",
	"SET ROLE counterfoil_search; SELECT base, words FROM counterfoil.detail",
	"GRANT counterfoil_search TO CURRENT_USER; SET ROLE counterfoil_search; SELECT words FROM counterfoil.detail",
	"ALTER TABLE counterfoil.detail DISABLE ROW LEVEL SECURITY; TABLE counterfoil.detail",
	"ALTER ROLE CURRENT_USER BYPASSRLS; TABLE counterfoil.detail",
	"CREATE POLICY mine ON counterfoil.detail USING (true); TABLE counterfoil.detail",
	"SELECT d::text FROM counterfoil.detail d, counterfoil.find(ARRAY['" + secret + "'], 0, 1::bigint << 47, 9, true, NULL) f WHERE d.base = f",
	"SELECT d::text FROM counterfoil.detail d, counterfoil.find(ARRAY['**" + secret[1:] + "*'], 0, 1::bigint << 47, 9, true, NULL) f WHERE d.base = f",
	"INSERT INTO counterfoil.ending VALUES (1, 1, 'abc'' | ''2:', ''), (1, 2, 'abc', '') RETURNING *; SELECT counterfoil.find(ARRAY['**abc*'], 0, 1::bigint << 47, 9, true, NULL)",
	"SELECT counterfoil.inside(words, 2, base, '" + secret + "'), words FROM counterfoil.detail",
	"SELECT e::text FROM counterfoil.ending e; TABLE counterfoil.ending",
	"SELECT counterfoil.stems(2, '', '" + secret[:3] + "', '', 9, 9)",
	"SELECT pg_read_file('base/1/1259'); SELECT lo_import('/etc/passwd'); SELECT pg_ls_dir('.')",
	"SELECT * FROM dblink('', 'TABLE counterfoil.detail') AS t(d text)",
}

// TestFindIsBound: the search function, which runs above row-level security,
// gives what the plain query gives under it, for any words.
func TestFindIsBound(t *testing.T) {
	t.Parallel()
	_, mine, _ := two(t)
	s := login(t, mine.Reader)
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"mine", secret, "t", "tes", "tesco", "tesla", "card", "pay", "payment", "東", "東京", "ref", "x", "mine' | '2:" + secret, "2:" + secret, ":*", `\`, "a b", "",
		"*", "**", "*a*b*c*d", "**ab*", "*abc", "*x*te' | '2:*"}
	for range 300 {
		var query []string
		for range 1 + r.IntN(3) {
			query = append(query, words[r.IntN(len(words))])
		}
		low, high := baseOf(store.NewDate(2026, 1, 1+r.IntN(10)), 0), baseOf(store.NewDate(2026, 1, 10+r.IntN(20)), 0)
		at, down := r.IntN(2), r.IntN(2) == 0
		got, err := bases(t.Context(), s, "SELECT counterfoil.find($1, $2, $3, $4, $5, 1000)", query, low, high, at, down)
		odd := slices.ContainsFunc(query, func(w string) bool { return w == "" || strings.ContainsAny(w, `'\*`) && w != ":*" })
		if odd {
			if sqlState(err) != "22023" {
				t.Errorf("%q: %v", query, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%q: %v", query, err)
		}
		form := ""
		for _, w := range query {
			form += " & '1:@" + w + "'"
		}
		sql := "SELECT base FROM counterfoil.detail WHERE words @@ replace($1, '@', counterfoil.stretch(base))::tsquery AND base >= $2 AND base < $3 AND batch <= $4 AND to_batch > $4 ORDER BY base"
		if down {
			sql += " DESC"
		}
		want, err := bases(t.Context(), s, sql, form[3:]+":*", low, high, at)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q from %d to %d at %d: %v, want %v", query, low, high, at, got, want)
		}
	}
}

func bases(ctx context.Context, s *session, sql string, args ...any) ([]int64, error) {
	rows, err := s.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// TestRights: what each login may not do is refused by the server, whatever its
// session is set to.
func TestRights(t *testing.T) {
	t.Parallel()
	_, mine, auditor := two(t)
	const read = "SELECT count(*) FROM counterfoil."
	everybody := []string{
		"UPDATE counterfoil.tx SET minor = 0", "UPDATE counterfoil.detail SET description = ''", "DELETE FROM counterfoil.tx", "DELETE FROM counterfoil.batch",
		"TRUNCATE counterfoil.tx", "DROP TABLE counterfoil.tx", "DROP SCHEMA counterfoil CASCADE", "ALTER TABLE counterfoil.tx ADD x integer",
		"CREATE TABLE counterfoil.x (a integer)", "CREATE TABLE public.x (a integer)", "CREATE SCHEMA x", "CREATE ROLE x", "CREATE DATABASE x",
		"DROP FUNCTION counterfoil.tenant()", "CREATE EXTENSION pg_trgm",
		"CREATE OR REPLACE FUNCTION counterfoil.tenant() RETURNS integer LANGUAGE sql AS 'SELECT 2'",
		"DELETE FROM counterfoil.ending", "UPDATE counterfoil.ending SET batch = 0", "SELECT counterfoil.stems(2, '', '" + secret + "', '', 9, 9)",
		"SELECT counterfoil.find_part(2, NULL, '{}', 0, 1::bigint << 47, 9)",
		"UPDATE counterfoil.batch SET rows_digest = ''", "UPDATE counterfoil.batch SET source = ''", "UPDATE counterfoil.file_name SET name = ''", "UPDATE counterfoil.known SET batch = 0", "UPDATE counterfoil.schema_version SET version = 9",
		read + "login", read + "tenant", "ALTER ROLE CURRENT_USER SUPERUSER", "SET ROLE counterfoil_search",
	}
	readers := append(everybody,
		"INSERT INTO counterfoil.known VALUES (1, 'x', 1)", "UPDATE counterfoil.head SET batch = 9", "UPDATE counterfoil.tx SET to_batch = 0",
		"INSERT INTO counterfoil.tx (base) SELECT base FROM counterfoil.tx", "CREATE TEMPORARY TABLE x (a integer)", "SELECT 1 FROM counterfoil.head FOR UPDATE",
		read+"ending", read+"vault", read+"account", read+"source_key", read+"content_key", read+"source_kind")
	for name, c := range map[string]struct {
		dsn     string
		refused []string
	}{
		"reader":  {mine.Reader, readers},
		"auditor": {auditor, append(readers, "SELECT counterfoil.find(ARRAY['x'], 0, 1, 1, true, 1)", read+"name")},
		"writer":  {mine.Writer, everybody},
	} {
		t.Run(name, func(t *testing.T) {
			s := login(t, c.dsn)
			if _, err := s.Exec(t.Context(), "SET default_transaction_read_only = off"); err != nil {
				t.Fatal(err)
			}
			for _, sql := range c.refused {
				_, err := s.Exec(t.Context(), sql)
				if state := sqlState(err); state != "42501" { // insufficient_privilege
					t.Errorf("%s: %v", sql, err)
				}
			}
		})
	}
}

// TestWriterStaysHome: a writer can't bring rows to another tenant.
func TestWriterStaysHome(t *testing.T) {
	t.Parallel()
	_, mine, _ := two(t)
	s := login(t, mine.Writer)
	for _, sql := range []string{
		"INSERT INTO counterfoil.known VALUES (2, 'x', 1)", "INSERT INTO counterfoil.vault VALUES (2, 'x', 'x', '', 'x')", "INSERT INTO counterfoil.epoch VALUES (2, 1, 1)",
		"INSERT INTO counterfoil.name VALUES (2, 1, 'x', 'x')", "INSERT INTO counterfoil.file_name VALUES (2, 1, 1, 'x')", "INSERT INTO counterfoil.ending VALUES (1, 2, 'xyz', '')",
	} {
		if _, err := s.Exec(t.Context(), sql); sqlState(err) != "42501" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if tag, err := s.Exec(t.Context(), "UPDATE counterfoil.head SET batch = 9 WHERE tenant = 2"); err != nil || tag.RowsAffected() != 0 {
		t.Errorf("moving another head: %v, %v", tag, err)
	}
}

// TestReaderOnly: a store without a writer's login reads, and refuses the rest.
func TestReaderOnly(t *testing.T) {
	t.Parallel()
	cfg := sharedDatabase(t).tenant(t)
	fill(t, open(t, cfg), "mine", 5)
	cfg.Writer = ""
	s := open(t, cfg)
	if page, err := s.Search(t.Context(), store.Query{At: 1, Limit: 10}); err != nil || len(page.Items) != 5 {
		t.Errorf("%d rows, %v", len(page.Items), err)
	}
	_, err1 := s.Undo(t.Context(), 1, time.Now())
	_, err2 := s.Sealed(t.Context(), "mine")
	for _, err := range []error{err1, err2} {
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "without a writer") {
			t.Error(err)
		}
	}
}

// TestCommitOrder: numbers from a serial column are not in the order of commits,
// so that rows appear behind a snapshot that was read already; numbers from the
// head are.
func TestCommitOrder(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	execute(t, db.super, "CREATE TABLE public.anomaly (number bigserial, tx text)")
	slow, fast := login(t, db.super), login(t, db.super)
	ctx := t.Context()
	slow.seen(ctx, "BEGIN; INSERT INTO public.anomaly (tx) VALUES ('slow')")
	fast.seen(ctx, "INSERT INTO public.anomaly (tx) VALUES ('fast')")
	const visible = "SELECT string_agg(tx, ',' ORDER BY number) FROM public.anomaly WHERE number <= 2"
	if before := fast.seen(ctx, visible); strings.TrimSpace(before) != "fast" {
		t.Fatalf("the anomaly does not show: %q", before)
	}
	slow.seen(ctx, "COMMIT")
	if after := fast.seen(ctx, visible); strings.TrimSpace(after) != "slow,fast" {
		t.Fatalf("the anomaly does not show: %q", after)
	}

	s := open(t, db.tenant(t))
	im, rows := sample("first", 3)
	second := make(chan error, 1)
	err := s.change(ctx, "changing", false, func(c *conn) (bool, error) {
		b, err := c.beginBatch(ctx, "import", im.At)
		if err != nil {
			return false, err
		}
		go func() {
			done, err := s.Import(ctx, im, rows, false)
			if err == nil && done.Batch.Number != 2 {
				err = fmt.Errorf("the later change has number %d", done.Batch.Number)
			}
			second <- err
		}()
		waitFor(t, fast, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()", "1")
		if at, err := s.Snapshot(ctx); err != nil || at != 0 {
			t.Errorf("meanwhile the snapshot is %d, %v", at, err)
		}
		return true, b.finish(ctx)
	})
	if err := errors.Join(err, <-second); err != nil {
		t.Error(err)
	}
}

// waitFor polls until a query gives a value; the test's own deadline bounds it.
func waitFor(t testing.TB, s *session, sql, want string) {
	t.Helper()
	for t.Context().Err() == nil {
		if strings.TrimSpace(s.seen(t.Context(), sql)) == want {
			return
		}
		time.Sleep(5 * time.Millisecond) // between two looks at the server
	}
	t.Fatal("the server never came to it")
}
