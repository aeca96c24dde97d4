package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// BenchmarkImport compares an import with a bare COPY by a superuser, whom
// row-level security does not bind, into the very same tables with the same
// indexes, in turns: of the facts and texts alone, and of all rows that an import
// writes, its keys included. With COUNTERFOIL_BENCH_DB the tables are those of
// BenchmarkRead, and neither is committed, so that they stay as they are; without,
// they are empty at first and both are committed. The import goes first, and after a
// restart of the server reads for both what is not in memory; COUNTERFOIL_BENCH_FIRST=bare
// has the bare COPY do so, to compare the first file of either.
func BenchmarkImport(b *testing.B) {
	kept := os.Getenv("COUNTERFOIL_BENCH_DB") != ""
	var s *Store
	super := ""
	n := 0
	if kept {
		s, n = million(b), benchRows
		super = with(cluster(b), superuser(b, cluster(b)), os.Getenv("COUNTERFOIL_BENCH_DB"))
	} else {
		db := newDatabase(b)
		s, super = open(b, db.tenant(b)), db.super
	}
	bare := newBareCopy(b, super, s.tenant, kept)
	imported, files := time.Duration(0), 0
	first := 0 // whose turn is first
	if os.Getenv("COUNTERFOIL_BENCH_FIRST") == "bare" {
		first = 1
	}
	for b.Loop() {
		file := make([]store.Row, 0, benchFile) // made before the clock runs, for both
		for row := range generate(n, n+benchFile) {
			file = append(file, row)
		}
		if (files+first)%2 == 1 {
			bare.copy(b, file)
		}
		rows := func(yield func(store.Row, error) bool) {
			for i := range file {
				if !yield(file[i], nil) {
					return
				}
			}
		}
		start := time.Now()
		if _, err := s.Import(context.Background(), benchImport("x"), rows, kept); err != nil {
			b.Fatal(err)
		}
		imported += time.Since(start)
		if (files+first)%2 == 0 {
			bare.copy(b, file)
		}
		n += benchFile
		files++
	}
	b.ReportMetric(0, "ns/op")
	rows := float64(files * benchFile)
	b.ReportMetric(rows/imported.Seconds(), "rows/s")
	b.ReportMetric(rows/bare.facts.Seconds(), "bare-rows/s")
	b.ReportMetric(bare.facts.Seconds()/imported.Seconds(), "of-bare")
	b.ReportMetric((bare.facts+bare.keys).Seconds()/imported.Seconds(), "of-bare-with-keys")
}

// bareTable is a table that is filled by COPY, and its columns.
type bareTable struct {
	name    string
	columns []string
	rows    [][]any
	keys    bool
}

// bareCopy copies into the store's tables what an import of other rows would write.
type bareCopy struct {
	c           *session
	tenant      int32
	batch       int64
	kept        bool
	bases       map[int64]bool // taken
	tables      []*bareTable
	facts, keys time.Duration
}

func newBareCopy(b *testing.B, super string, tenant int32, kept bool) *bareCopy {
	return &bareCopy{c: login(b, super), tenant: tenant, batch: 1 << 40, kept: kept, bases: make(map[int64]bool), tables: []*bareTable{
		{name: "tx", columns: []string{"base", "from_batch", "to_batch", "minor", "tenant", "seq", "month", "pending", "transfer", "account", "currency", "category", "merchant"}},
		{name: "detail", columns: []string{"base", "batch", "original", "tenant", "authorised", "original_currency", "description", "counterparty", "memo", "mcc", "words"}},
		{name: "content_key", columns: []string{"h1", "base", "h2", "text", "keyed", "tenant", "kind"}, keys: true},
		{name: "source_key", columns: []string{"tenant", "h1", "base", "h2"}, keys: true},
	}}
}

// copy copies one file, made ready before the clock runs.
func (bare *bareCopy) copy(b *testing.B, file []store.Row) {
	bare.batch++
	for i := range file {
		bare.add(&file[i])
	}
	ctx := context.Background()
	tx, err := bare.c.Begin(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback(ctx)
	for _, t := range bare.tables {
		start := time.Now()
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"counterfoil", t.name}, t.columns, pgx.CopyFromRows(t.rows)); err != nil {
			b.Fatal(err)
		}
		if t.rows = t.rows[:0]; t.keys {
			bare.keys += time.Since(start)
		} else {
			bare.facts += time.Since(start)
		}
	}
	if bare.kept {
		return
	}
	start := time.Now()
	if err := tx.Commit(ctx); err != nil {
		b.Fatal(err)
	}
	bare.facts += time.Since(start)
}

// add adds a row to each of the tables.
func (bare *bareCopy) add(row *store.Row) {
	tx := &row.Transaction
	base := baseOf(tx.Booked, 1+rand.Int64N(maxRandom))
	for bare.bases[base] { // as an import draws again
		base = baseOf(tx.Booked, 1+rand.Int64N(maxRandom))
	}
	bare.bases[base] = true
	account := fmt.Sprintf("acc_%016x", row.AccountKey[8:])
	content, source := hashOf('C', account, 0, row.ContentKey), hashOf('S', account, 1, row.SourceKey)
	for i, values := range [][]any{
		{base, bare.batch, int64(openEnd), tx.Amount.Minor, bare.tenant, int32(len(bare.tables[0].rows)), monthOf(tx.Booked), false, false, account, "GBP", tx.Category, tx.Merchant},
		{base, bare.batch, int64(0), bare.tenant, int32(0), "", tx.Description, "", tx.Memo, tx.MCC, vector(bare.tenant, base, tx)},
		{content.h1, base, content.h2, int64(0), int64(2), bare.tenant, int16(1)},
		{bare.tenant, source.h1, base, source.h2},
	} {
		bare.tables[i].rows = append(bare.tables[i].rows, values)
	}
}
