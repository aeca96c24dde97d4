package postgres

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// upgradedFrom is the oldest version whose tables hold what today's do.
const upgradedFrom = 6

// TestUpgrade: a database of an older version with a history in it is brought up
// to date, reads as before at every snapshot, recognises what it holds, and goes
// on.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	now, old := newDatabase(t), emptyDatabase(t)
	cfg := now.tenant(t)
	s := open(t, cfg)
	s.compact = 3
	history(t, s, rand.New(rand.NewPCG(5, 6)))
	fill(t, s, "mine", 100)

	migrator := login(t, old.migrator)
	err := pgx.BeginFunc(t.Context(), migrator.Conn, func(tx pgx.Tx) error {
		for version := 1; version <= upgradedFrom; version++ {
			if err := apply(t.Context(), tx, version); err != nil {
				return fmt.Errorf("version %d: %w", version, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	from, to := login(t, now.super), login(t, old.super)
	for _, table := range append([]string{"tenant", "login"}, tenantTables...) {
		if table != "file_name" && table != "ending" { // which are newer
			copyTable(t, from, to, table)
		}
	}

	cfg.Reader, cfg.Writer = strings.ReplaceAll(cfg.Reader, now.name, old.name), strings.ReplaceAll(cfg.Writer, now.name, old.name)
	_, err = Open(t.Context(), cfg)
	unavailable(t, "before", err, "this program needs")
	if err := Migrate(t.Context(), old.migrator, false); err != nil {
		t.Fatal(err)
	}
	upgraded := open(t, cfg)
	head, err := s.Snapshot(t.Context())
	if err != nil || head < 10 {
		t.Fatalf("a history of %d batches, %v", head, err)
	}
	for at := range head + 1 {
		if want, got := everything(t, s, at), everything(t, upgraded, at); !cmp.Equal(want, got) {
			t.Errorf("at %d (-made by this version +upgraded):\n%s", at, cmp.Diff(want, got))
		}
	}
	redactNames(t, upgraded, head)
	im, rows := sample("mine", 100)
	again, err := upgraded.Import(t.Context(), im, rows, false)
	if err != nil || again.Batch.Added != 0 || again.Batch.Skipped != 100 {
		t.Errorf("importing again what it holds: %+v, %v", again, err)
	}
	fill(t, upgraded, "other", 10)
	if _, err := upgraded.Undo(t.Context(), int64(head), time.Unix(2, 0)); err != nil {
		t.Errorf("undoing what was imported before: %v", err)
	}
}

// redactNames: what was imported before there were epochs of names is outdated,
// and stays as it was at its snapshots.
func redactNames(t *testing.T, s *Store, head store.Snapshot) {
	t.Helper()
	n, err := s.Outdated(t.Context(), 1)
	if err != nil || n.Names == 0 {
		t.Fatalf("outdated after the upgrade: %+v, %v", n, err)
	}
	done, err := s.Redact(t.Context(), store.Redaction{Epoch: 1, Limit: int(n.Names), At: time.Unix(1, 0), Text: func(_, text string, _ int) (string, []store.Sealed, error) {
		return strings.ReplaceAll(text, "mine", "MINE"), nil, nil
	}})
	if err != nil || done.Names != n.Names || done.Renamed == 0 {
		t.Errorf("redacting names: %+v, %v", done, err)
	}
	for at, want := range map[store.Snapshot]string{head: "mine", store.Snapshot(done.Batch.Number): "MINE"} {
		batches, err := s.Batches(t.Context(), at, int64(head)+1, 1)
		if err != nil || len(batches) != 1 || batches[0].Source != want {
			t.Errorf("at %d: %+v, %v; want %s", at, batches, err, want)
		}
	}
}

// copyTable copies the rows of a table, but for generated columns.
func copyTable(t *testing.T, from, to *session, table string) {
	t.Helper()
	rows, err := to.Query(t.Context(), "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
		"counterfoil."+table)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	rows, err = from.Query(t.Context(), "SELECT "+strings.Join(columns, ", ")+" FROM counterfoil."+table)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]any
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, values)
	}
	if _, err := to.CopyFrom(t.Context(), pgx.Identifier{"counterfoil", table}, columns, pgx.CopyFromRows(all)); err != nil {
		t.Fatalf("%s: %v", table, err)
	}
}

// everything is what a store tells at a snapshot.
func everything(t *testing.T, s *Store, at store.Snapshot) []any {
	t.Helper()
	page, err := s.Search(t.Context(), store.Query{At: at, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	groups, err := s.Summarize(t.Context(), store.Summary{At: at, By: []store.Dimension{store.ByCategory, store.ByMonth}})
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := s.Accounts(t.Context(), at, nil)
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.Search(t.Context(), store.Query{At: at, Limit: 1000, Filter: store.Filter{Query: "card pay"}})
	if err != nil {
		t.Fatal(err)
	}
	inside, err := s.Search(t.Context(), store.Query{At: at, Limit: 1000, Filter: store.Filter{Query: "*ard *esl"}, Sort: store.AmountDesc})
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Batches(t.Context(), at, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		if sum, err := s.RowsDigest(t.Context(), b.Number); err != nil || sum != b.RowsDigest {
			t.Errorf("batch %d is not what was acknowledged: %v", b.Number, err)
		}
	}
	return []any{page.Items, groups, accounts, found.Items, inside.Items, all}
}
