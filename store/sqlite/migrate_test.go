package sqlite

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// TestMigrateFirst: a store of version 1 keeps its sealed numbers, each with the
// owner that its account had, and its texts are outdated.
func TestMigrateFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db, err := sqlite3.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := migrations.ReadFile("schema/0001.sql")
	if err != nil {
		t.Fatal(err)
	}
	err = db.Exec(string(schema) + fmt.Sprintf("; PRAGMA application_id=%d; PRAGMA user_version=1;", applicationID) + `
		INSERT INTO account_version VALUES (1, 1, 2, 'a', 'card', 'GBP', 'ACCT_A', '1234', 'alex'), (1, 2, 0, 'b', 'card', 'GBP', 'ACCT_A', '1234', 'kim');
		INSERT INTO vault VALUES ('ACCT_A', CAST('one' AS BLOB), 1), ('ACCT_B', CAST('two' AS BLOB), 1);
		INSERT INTO detail VALUES (1, 0, 0, 0, 'x', '', '', ''), (2, 0, 0, 0, 'y', '', '', '');`)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, Config{Path: path, Plain: true})
	for token, want := range map[string]string{"ACCT_A": "alex one", "ACCT_B": " two"} {
		got, err := s.Sealed(t.Context(), token)
		if err != nil || len(got) != 1 || got[0].Subject+" "+string(got[0].Value) != want || len(got[0].Proof) != 0 {
			t.Errorf("%s: %+v, %v", token, got, err)
		}
	}
	if n, err := s.Outdated(t.Context(), 1); err != nil || n != (store.Outdated{Transactions: 2, Names: 1}) {
		t.Errorf("outdated are %+v, %v", n, err)
	}
}

// TestMigrateSecond: a store of version 2 shows the same rows, digests and
// answers as before, and still recognises what it holds.
func TestMigrateSecond(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Config{Path: filepath.Join(dir, "new.db"), Plain: true})
	ctx, at := t.Context(), benchImport("").At
	for n, rows := range []int{3000, 200} {
		if _, err := s.Import(ctx, benchImport(fmt.Sprint(n)), generate(n*5000, n*5000+rows), false); err != nil {
			t.Fatal(err)
		}
	}
	page, err := s.Search(ctx, store.Query{At: 2, Limit: 100, Filter: store.Filter{Query: "card"}})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, tx := range page.Items {
		ids = append(ids, tx.ID)
	}
	if _, err := s.Categorise(ctx, ids, "category 0", at); err != nil {
		t.Fatal(err)
	}
	// Another format brings what is held: keys are learnt.
	again := func(yield func(store.Row, error) bool) {
		for row := range generate(0, 50) {
			row.SourceKind = "ofx"
			if !yield(row, nil) {
				return
			}
		}
	}
	if _, err := s.Import(ctx, benchImport("ofx"), again, false); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, "old.db")
	unpack(t, s, old)
	m := open(t, Config{Path: old, Plain: true})
	compareStores(t, m, s)
	done, err := m.Import(ctx, benchImport("again"), generate(0, 3050), false)
	if err != nil || done.Batch.Added != 50 || done.Batch.Skipped != 3000 {
		t.Errorf("importing again: %+v, %v", done.Batch, err)
	}
	if done, err = m.Import(ctx, benchImport("ofx"), again, false); err != nil || done.Batch.Number != 0 || done.Batch.Skipped != 50 {
		t.Errorf("importing the other format again: %+v, %v", done.Batch, err)
	}
	if _, err := m.Undo(ctx, 3, at); err != nil {
		t.Error(err)
	}
}

// TestMigrateInside: a store of version 4, which had nothing inside of words, finds
// the same there as one that had it from the start.
func TestMigrateInside(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Config{Path: filepath.Join(dir, "new.db"), Plain: true})
	for n, rows := range []int{3000, 200, 300} {
		if _, err := s.Import(t.Context(), benchImport(fmt.Sprint(n)), generate(n*5000, n*5000+rows), false); err != nil {
			t.Fatal(err)
		}
	}
	old := filepath.Join(dir, "old.db")
	db, err := sqlite3.Open(s.cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Exec(fmt.Sprintf("VACUUM INTO '%s'", old)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = sqlite3.Open(old); err != nil {
		t.Fatal(err)
	}
	if err := db.Exec("DROP TABLE ending; PRAGMA user_version=4"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	m := open(t, Config{Path: old, Plain: true})
	compareStores(t, m, s)
	count := func(s *Store) (n int64) {
		c := <-s.writer
		defer func() { s.writer <- c }()
		n, err := c.integer("SELECT count(*) FROM ending")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if got, want := count(m), count(s); got != want || want < 1000 {
		t.Errorf("%d endings, want %d", got, want)
	}
}

// compareStores asks two stores the same.
func compareStores(t *testing.T, got, want *Store) {
	t.Helper()
	for at := range store.Snapshot(4) {
		for _, q := range []store.Query{
			{}, {Sort: store.AmountAsc}, {Sort: store.AmountDesc, Filter: store.Filter{Query: "onepercent"}},
			{Filter: store.Filter{Categories: []string{"category 0"}}, Sort: store.DateAsc}, {Filter: store.Filter{Query: "card re"}},
			{Filter: store.Filter{Query: "*aymen *epercen"}}, {Filter: store.Filter{Query: "*ref1"}},
		} {
			q.At, q.Limit = at, 5000
			a, err := got.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			b, err := want.Search(t.Context(), q)
			if diff := cmp.Diff(b, a); err != nil || diff != "" || at > 0 && len(a.Items) == 0 {
				t.Errorf("at %d, %+v: %d rows, %v\n%s", at, q, len(a.Items), err, diff[:min(len(diff), 500)])
			}
		}
	}
	for number := int64(1); number <= 3; number++ {
		a, err := got.RowsDigest(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := want.RowsDigest(t.Context(), number); err != nil || a != b {
			t.Errorf("batch %d has another digest, %v", number, err)
		}
	}
}

// unpack writes a store as version 2 would have kept it.
func unpack(t *testing.T, s *Store, path string) {
	t.Helper()
	db, err := sqlite3.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	c := &conn{db: db, stmts: map[string]*sqlite3.Stmt{}}
	defer c.close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"schema/0001.sql", "schema/0002.sql"} {
		schema, err := migrations.ReadFile(name)
		must(err)
		must(db.Exec(string(schema)))
	}
	must(db.Exec(fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=2; ATTACH '%s' AS new; BEGIN;", applicationID, s.cfg.Path)))
	for _, table := range []string{"batch", "account", "account_version", "known", "name", "tally", "source_kind", "balance", "sealed", "epoch", "retext"} {
		columns := ""
		found, err := c.one("SELECT group_concat(name, ', ') FROM pragma_table_info(?)", []any{table}, func(s *sqlite3.Stmt) { columns = s.ColumnText(0) })
		if must(err); !found {
			t.Fatalf("there is no table %s", table)
		}
		must(db.Exec(fmt.Sprintf("INSERT INTO main.%s SELECT %s FROM new.%s", table, columns, table)))
	}
	w := <-s.writer
	defer func() { s.writer <- w }()
	must(w.begin("BEGIN"))
	defer w.rollback()
	must(w.each("SELECT first, rows FROM version", nil, func(s *sqlite3.Stmt) error {
		var l leaf
		must(l.open(s.ColumnInt64(0), s.ColumnBlob(1, nil)))
		for i := range l.n {
			row := l.version(i)
			v := row.values()
			must(c.exec("INSERT INTO tx VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]))
		}
		return nil
	}))
	must(w.each("SELECT base, epoch, body FROM detail", nil, func(s *sqlite3.Stmt) error {
		var tx store.Transaction
		original, err := readDetail(s.ColumnRawBlob(2), &tx)
		must(err)
		return c.exec("INSERT INTO detail VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", s.ColumnInt64(0), int64(tx.Authorised), tx.Original.Minor, original,
			tx.Description, tx.Counterparty, tx.Memo, tx.MCC, s.ColumnInt64(1))
	}))
	unpackRuns(t, w, c)
	must(db.Exec("COMMIT"))
}

func unpackRuns(t *testing.T, from, to *conn) {
	t.Helper()
	runs, err := from.allRuns()
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		in := from.readRun(run)
		for err := in.next(); in.valid; err = in.next() {
			if err == nil {
				err = unpackEntry(from, to, &in.sheet)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// unpackEntry writes an entry of a run into the table it comes from. A list's
// parts in several runs may have the same first base.
func unpackEntry(from, to *conn, s *sheet) error {
	base := baseIn(s.key)
	switch s.key[0] {
	case kindAmount: // an index of tx
		return nil
	case kindSource:
		return to.exec("INSERT INTO source_key VALUES (?, ?, ?)", wordAt(s.key, 1), base, wordAt(s.key, 9))
	case kindContent:
		k, err := s.held()
		if err != nil {
			return err
		}
		learnt, err := from.integer("SELECT kinds FROM learnt WHERE base = ?", base)
		if err != nil {
			return err
		}
		return to.exec("INSERT INTO content_key VALUES (?, ?, ?, ?, ?, ?)", wordAt(s.key, 1), base, wordAt(s.key, 9), k.text, k.kind, k.keyed|learnt)
	}
	bases, err := s.list(nil)
	if err != nil {
		return err
	}
	for _, base := range bases {
		if err := to.exec("REPLACE INTO posting VALUES (?, ?, x'')", s.term(), base); err != nil {
			return err
		}
	}
	return nil
}

// wordAt reads eight bytes of a key.
func wordAt(key []byte, at int) int64 { return int64(binary.BigEndian.Uint64(key[at:])) }
