package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// writing is how every change runs: what it depends on, it reads after it has
// locked the head.
var writing = pgx.TxOptions{AccessMode: pgx.ReadWrite, IsoLevel: pgx.ReadCommitted}

var errNoWriter = fmt.Errorf("%w: opened without a writer's login", store.ErrUnavailable)

// How often a change that collided with another one is tried, and how a commit
// whose answer was lost is asked after.
const (
	maxTries     = 5
	resolveFor   = 10 * time.Second
	resolveEvery = 100 * time.Millisecond
)

// batch writes one batch inside an open transaction.
type batch struct {
	c          *conn
	row        store.Batch
	target     int64 // of an undo
	epoch      int64 // of the redactor that the name of the file passed
	seq        int32 // place of the next row that the batch brings
	several    bool  // it concerns more than one account
	digest     *store.BatchDigest
	cells      cells // of an import
	sealed     bool  // the vault has something new
	collisions int64
}

// change runs f in a transaction, and commits unless it fails or says not to.
// It is tried again after a collision, but only if f can be repeated.
func (s *Store) change(ctx context.Context, what string, repeatable bool, f func(*conn) (commit bool, err error)) error {
	for try := 1; ; try++ {
		err := s.changeOnce(ctx, f)
		if err == nil || !repeatable || try == maxTries || !isCollision(err) {
			return wrap(ctx, what, err)
		}
	}
}

func (s *Store) changeOnce(ctx context.Context, f func(*conn) (commit bool, err error)) error {
	switch {
	case s.closed.Load():
		return errClosed
	case s.write == nil:
		return errNoWriter
	}
	tx, err := s.begin(ctx)
	if err != nil {
		return err
	}
	c := s.conn(tx)
	defer c.end()
	commit, err := f(c)
	if err != nil || !commit {
		return err
	}
	return s.commit(ctx, c)
}

// errStandby is what a standby answers to a transaction that would change
// something, as SQLSTATE 0A000.
var errStandby = fmt.Errorf("%w: the server is a standby, which is read-only; changes go to the primary", store.ErrUnavailable)

// begin begins a change. Connections that died while they lay idle are replaced:
// nothing was sent yet.
func (s *Store) begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := s.write.BeginTx(ctx, writing)
	for dead := 0; dead < writers && err != nil && isLost(err) && ctx.Err() == nil; dead++ {
		tx, err = s.write.BeginTx(ctx, writing)
	}
	if sqlState(err) == "0A000" {
		err = errStandby
	}
	return tx, err
}

// commit commits. If the answer is lost, another connection asks the server
// what became of the transaction, so that what is reported is what happened.
func (s *Store) commit(ctx context.Context, c *conn) error {
	var xid string
	if err := c.QueryRow(ctx, "SELECT pg_current_xact_id()::text").Scan(&xid); err != nil {
		return err
	}
	err := c.Commit(ctx)
	if s.afterCommit != nil {
		err = s.afterCommit(err)
	}
	if err == nil || sqlState(err) != "" && !isLost(err) {
		return err
	}
	committed, known := s.resolve(ctx, xid)
	switch {
	case committed:
		return nil
	case known:
		return err
	}
	return fmt.Errorf("%w: the connection was lost during the commit, and whether it is done is not known; look at the batches", store.ErrUnavailable)
}

// resolve asks for the fate of a transaction; known is false if the server does
// not answer in time or no longer remembers.
func (s *Store) resolve(ctx context.Context, xid string) (committed, known bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), resolveFor)
	defer cancel()
	for {
		var status *string
		err := s.write.QueryRow(ctx, "SELECT pg_xact_status($1::text::xid8)", xid).Scan(&status)
		if err == nil && (status == nil || *status != "in progress") {
			return status != nil && *status == "committed", status != nil
		}
		select {
		case <-ctx.Done():
			return false, false
		case <-time.After(resolveEvery):
		}
	}
}

// beginBatch locks the head, which is the turn to change, and takes the next
// number.
func (c *conn) beginBatch(ctx context.Context, kind string, at time.Time) (*batch, error) {
	var newest int64
	err := c.QueryRow(ctx, "SELECT batch FROM counterfoil.head WHERE tenant = $1 FOR UPDATE", c.tenant).Scan(&newest)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errMissing
	}
	if err != nil {
		return nil, err
	}
	b := &batch{c: c, digest: store.NewBatchDigest(newest + 1)}
	b.row = store.Batch{Number: newest + 1, Kind: kind, At: at.UTC().Truncate(time.Microsecond)}
	return b, nil
}

// exec runs a statement and returns how many rows it changed.
func (c *conn) exec(ctx context.Context, sql string, args ...any) (int64, error) {
	tag, err := c.Exec(ctx, sql, args...)
	return tag.RowsAffected(), err
}

// ofAccount notes that the batch concerns an account.
func (b *batch) ofAccount(account string) {
	if b.row.Account != "" && b.row.Account != account {
		b.several = true
	}
	b.row.Account = account
}

// finish writes the batch itself and moves the head. The rows that it brought
// are in the digest already.
func (b *batch) finish(ctx context.Context) error {
	if err := b.c.digestRest(ctx, b.digest, b.row.Number); err != nil {
		return err
	}
	if err := b.rollUp(ctx); err != nil {
		return err
	}
	b.row.RowsDigest = b.digest.Sum()
	if b.several {
		b.row.Account = ""
	}
	if b.target != 0 {
		_, err := b.c.exec(ctx, "UPDATE counterfoil.batch SET undone = $3 WHERE tenant = $1 AND number = $2", b.c.tenant, b.target, b.row.Number)
		if err != nil {
			return err
		}
	}
	r := &b.row
	_, err := b.c.exec(ctx, "INSERT INTO counterfoil.batch VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $14)",
		b.c.tenant, r.Number, r.Kind, r.At.UnixMicro(), r.Source, r.SourceDigest[:], r.Format, r.Account, r.Added, r.Skipped, r.Replaced, b.target, r.RowsDigest[:], b.epoch)
	if err != nil {
		return err
	}
	_, err = b.c.exec(ctx, "UPDATE counterfoil.head SET batch = $2 WHERE tenant = $1", b.c.tenant, r.Number)
	return err
}

// digestBrought adds the rows that a batch brought, in their order, and counts
// them.
func (c *conn) digestBrought(ctx context.Context, d *store.BatchDigest, number int64) (n int64, err error) {
	sql := "SELECT " + txColumns + ` FROM counterfoil.tx t JOIN counterfoil.detail d ON d.tenant = t.tenant AND d.base = t.base` + textOf + `
		WHERE t.tenant = $1 AND t.from_batch = $2 ORDER BY t.seq`
	err = c.each(ctx, sql, []any{c.tenant, number}, func(row scanner) error {
		var tx store.Transaction
		if _, err := scanTx(row, &tx); err != nil {
			return err
		}
		n++
		d.Row(&tx)
		return nil
	})
	return n, err
}

// digestRest adds to a batch's digest all but the rows that it brought.
func (c *conn) digestRest(ctx context.Context, d *store.BatchDigest, number int64) error {
	for _, step := range []func(context.Context, *store.BatchDigest, []any) error{c.digestEnded, c.digestAccounts, c.digestBalances, c.digestKnown, c.digestFiles} {
		if err := step(ctx, d, []any{c.tenant, number}); err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) digestEnded(ctx context.Context, d *store.BatchDigest, args []any) error {
	return c.each(ctx, "SELECT base, from_batch FROM counterfoil.tx WHERE tenant = $1 AND to_batch = $2 ORDER BY base, from_batch", args, func(row scanner) error {
		var base, from int64
		err := row.Scan(&base, &from)
		d.Ended(idOf(base), from)
		return err
	})
}

func (c *conn) digestAccounts(ctx context.Context, d *store.BatchDigest, args []any) error {
	return c.each(ctx, `SELECT from_batch = $2, from_batch, account, name, kind, currency, token, last4, subject FROM counterfoil.account_version
		WHERE tenant = $1 AND (from_batch = $2 OR to_batch = $2) ORDER BY account, from_batch`, args, func(row scanner) error {
		var brought bool
		var from int64
		var a store.Account
		if err := row.Scan(&brought, &from, &a.ID, &a.Name, &a.Kind, &a.Currency, &a.Token, &a.Last4, &a.Subject); err != nil {
			return err
		}
		if brought {
			d.Account(&a)
		} else {
			d.AccountEnded(a.ID, from)
		}
		return nil
	})
}

func (c *conn) digestBalances(ctx context.Context, d *store.BatchDigest, args []any) error {
	return c.each(ctx, `SELECT from_batch = $2, account, day, minor, currency, kind FROM counterfoil.balance
		WHERE tenant = $1 AND (from_batch = $2 OR to_batch = $2) ORDER BY account, day, kind, from_batch`, args, func(row scanner) error {
		var brought bool
		var day int32
		var b store.Balance
		if err := row.Scan(&brought, &b.Account, &day, &b.Amount.Minor, &b.Amount.Currency, &b.Kind); err != nil {
			return err
		}
		b.Date = store.Date(day)
		if brought {
			d.Balance(&b)
		} else {
			d.BalanceEnded(&b)
		}
		return nil
	})
}

func (c *conn) digestKnown(ctx context.Context, d *store.BatchDigest, args []any) error {
	return c.each(ctx, "SELECT fingerprint FROM counterfoil.known WHERE tenant = $1 AND batch = $2 ORDER BY fingerprint", args, func(row scanner) error {
		var fingerprint []byte
		err := row.Scan(&fingerprint)
		d.Known(fingerprint)
		return err
	})
}

func (c *conn) digestFiles(ctx context.Context, d *store.BatchDigest, args []any) error {
	return c.each(ctx, "SELECT batch, name FROM counterfoil.file_name WHERE tenant = $1 AND from_batch = $2 ORDER BY batch", args, func(row scanner) error {
		var number int64
		var name string
		err := row.Scan(&number, &name)
		d.File(number, name)
		return err
	})
}

// RowsDigest recomputes the digest of a batch's changes from the rows.
func (s *Store) RowsDigest(ctx context.Context, number int64) (sum [32]byte, err error) {
	err = s.view(ctx, "recomputing a digest", 0, func(c *conn) error {
		var there bool
		err := c.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM counterfoil.batch WHERE tenant = $1 AND number = $2)", c.tenant, number).Scan(&there)
		if err != nil {
			return err
		}
		if !there {
			return store.ErrNotFound
		}
		d := store.NewBatchDigest(number)
		if _, err := c.digestBrought(ctx, d, number); err != nil {
			return err
		}
		if err := c.digestRest(ctx, d, number); err != nil {
			return err
		}
		sum = d.Sum()
		return nil
	})
	return sum, err
}

// sourceAt is the name of the file of batch b of tenant $1 as of snapshot $2.
const sourceAt = `coalesce((SELECT f.name FROM counterfoil.file_name f WHERE f.tenant = $1 AND f.batch = b.number AND f.from_batch <= $2
	ORDER BY f.from_batch DESC LIMIT 1), b.source)`

// Batches lists committed batches, newest first, before a number.
func (s *Store) Batches(ctx context.Context, at store.Snapshot, before int64, limit int) (batches []store.Batch, err error) {
	err = s.view(ctx, "listing batches", at, func(c *conn) error {
		if err := checkLimit(limit); err != nil {
			return err
		}
		if before <= 0 || before > int64(at) {
			before = int64(at) + 1
		}
		batches = nil
		return c.each(ctx, `SELECT number, kind, at, `+sourceAt+`, source_digest, format, account, added, skipped, replaced,
			undone <> 0 AND undone <= $2, rows_digest FROM counterfoil.batch b WHERE tenant = $1 AND number < $3 ORDER BY number DESC LIMIT $4`,
			[]any{c.tenant, int64(at), before, limit}, func(row scanner) error {
				b, err := readBatch(row)
				batches = append(batches, b)
				return err
			})
	})
	return batches, err
}

func readBatch(row scanner) (b store.Batch, err error) {
	var at int64
	var source, rows []byte
	err = row.Scan(&b.Number, &b.Kind, &at, &b.Source, &source, &b.Format, &b.Account, &b.Added, &b.Skipped, &b.Replaced, &b.Undone, &rows)
	b.At = time.UnixMicro(at).UTC()
	copy(b.SourceDigest[:], source)
	copy(b.RowsDigest[:], rows)
	return b, err
}
