package postgres

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// A block that is copied goes to its tables by these statements, which are sent
// together. Keys go as arrays, each table's in its own order; unnest is in the
// selection, since the server would keep what FROM unnest returns.
const (
	insertTx = insertVersion + `base, $2::bigint, to_batch, minor, $1::integer, seq, month, pending, transfer, account, currency, category, merchant
		FROM pg_temp.counterfoil_stage`
	insertDetail = `INSERT INTO counterfoil.detail (base, batch, original, tenant, authorised, original_currency, description, counterparty, memo, mcc, words, epoch)
		SELECT base, $2::bigint, original, $1::integer, authorised, original_currency, description, counterparty, memo, mcc, words, $3::bigint
		FROM pg_temp.counterfoil_stage`
	emptyStage        = "TRUNCATE pg_temp.counterfoil_stage"
	insertContentKeys = `INSERT INTO counterfoil.content_key (tenant, h1, base, h2, text, keyed, kind)
		SELECT $1::integer, unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::bigint[]), unnest($5::bigint[]), unnest($6::bigint[]), unnest($7::bigint[])`
	insertSourceKeys = `INSERT INTO counterfoil.source_key (tenant, h1, base, h2)
		SELECT $1::integer, unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::bigint[])`
	countEpoch = `INSERT INTO counterfoil.epoch VALUES ($1::integer, $2::bigint, $3::bigint)
		ON CONFLICT (tenant, epoch) DO UPDATE SET count = counterfoil.epoch.count + excluded.count`
)

// insert is a statement with its arguments in PostgreSQL's binary format.
type insert struct {
	sql  string
	args [][]byte
}

// inserts are the statements for new rows that are copied.
func (i *importer) inserts(rows []*staged) []insert {
	tenant := binary.BigEndian.AppendUint32(nil, uint32(i.c.tenant))
	number, epoch := bigint(i.b.row.Number), bigint(i.im.Epoch)
	all := []insert{
		{insertTx, [][]byte{tenant, number}},
		{insertDetail, [][]byte{tenant, number, epoch}},
		{emptyStage, nil},
		{insertContentKeys, append([][]byte{tenant}, contentColumns(rows)...)},
	}
	if columns := sourceColumns(rows); columns != nil {
		all = append(all, insert{insertSourceKeys, append([][]byte{tenant}, columns...)})
	}
	return append(all, insert{countEpoch, [][]byte{tenant, epoch, bigint(int64(len(rows)))}})
}

// contentColumns returns the columns of insertContentKeys, in the order of the key.
func contentColumns(rows []*staged) [][]byte {
	order := slices.Clone(rows)
	slices.SortFunc(order, func(a, b *staged) int {
		return cmp.Or(cmp.Compare(a.tx.Booked, b.tx.Booked), cmp.Compare(a.k.content.h1, b.k.content.h1))
	})
	columns := newArrays(6, len(rows))
	for _, row := range order {
		keyed := int64(0)
		if row.k.hasSource {
			keyed = 1 << row.k.kind
		}
		columns.add(row.k.content.h1, row.base, row.k.content.h2, row.k.text, keyed, row.k.kind)
	}
	return columns
}

// sourceColumns returns the columns of insertSourceKeys, in the order of the key, or
// nil if no row has one.
func sourceColumns(rows []*staged) [][]byte {
	order := slices.DeleteFunc(slices.Clone(rows), func(row *staged) bool { return !row.k.hasSource })
	if len(order) == 0 {
		return nil
	}
	slices.SortFunc(order, func(a, b *staged) int { return cmp.Compare(a.k.source.h1, b.k.source.h1) })
	columns := newArrays(3, len(order))
	for _, row := range order {
		columns.add(row.k.source.h1, row.base, row.k.source.h2)
	}
	return columns
}

// arrays are arrays of type bigint[] in PostgreSQL's binary format, one for each
// column of some rows.
type arrays [][]byte

func newArrays(n, rows int) arrays {
	c := make(arrays, n)
	for i := range c {
		b := make([]byte, 0, 20+12*rows)
		for _, head := range []uint32{1, 0, pgtype.Int8OID, uint32(rows), 1} { // dimensions, NULLs, type, length, first index
			b = binary.BigEndian.AppendUint32(b, head)
		}
		c[i] = b
	}
	return c
}

// add adds a row.
func (c arrays) add(values ...int64) {
	for i, value := range values {
		c[i] = fields(c[i]).bigint(value)
	}
}

// bigint is a number in PostgreSQL's binary format.
func bigint(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

// binaryFormat says of all arguments or results that they are binary.
var binaryFormat = []int16{pgtype.BinaryFormatCode}

// pipeline runs statements without waiting for each one's answer. After one that
// fails, none is run.
func (c *conn) pipeline(ctx context.Context, all []insert) (err error) {
	statements := make([]*pgconn.StatementDescription, len(all))
	for n := range all {
		if statements[n], err = c.Conn().Prepare(ctx, all[n].sql, all[n].sql); err != nil {
			return err
		}
	}
	p := c.Conn().PgConn().StartPipeline(ctx)
	defer func() {
		if failed := p.Close(); err == nil {
			err = failed
		}
	}()
	for n := range all {
		p.SendQueryPrepared(statements[n].Name, all[n].args, binaryFormat, nil)
		if n == 0 { // the server begins while the arguments of the others are on their way
			if err := p.Flush(); err != nil {
				return err
			}
		}
	}
	if err := p.Sync(); err != nil {
		return err
	}
	for range all {
		results, err := p.GetResults()
		if err != nil {
			return err
		}
		if _, err := results.(*pgconn.ResultReader).Close(); err != nil {
			return err
		}
	}
	return nil
}
