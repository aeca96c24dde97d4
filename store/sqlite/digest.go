package sqlite

import (
	"bytes"
	"context"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// digestRest adds to a batch's digest all but the rows that it brought.
func (c *conn) digestRest(d *store.BatchDigest, number int64) error {
	err := c.each("SELECT rid, from_batch FROM ended WHERE batch = ? ORDER BY rid", []any{number}, func(s *sqlite3.Stmt) error {
		d.Ended(idOf(s.ColumnInt64(0)>>slotBits), s.ColumnInt64(1))
		return nil
	})
	if err != nil {
		return err
	}
	err = c.each(`SELECT from_batch = ?1, from_batch, pub, name, kind, currency, token, last4, subject
		FROM account_version JOIN account ON id = account WHERE from_batch = ?1 OR to_batch = ?1 ORDER BY account, from_batch`,
		[]any{number}, func(s *sqlite3.Stmt) error {
			if !s.ColumnBool(0) {
				d.AccountEnded(s.ColumnText(2), s.ColumnInt64(1))
				return nil
			}
			d.Account(&store.Account{ID: s.ColumnText(2), Name: s.ColumnText(3), Kind: s.ColumnText(4), Currency: s.ColumnText(5),
				Token: s.ColumnText(6), Last4: s.ColumnText(7), Subject: s.ColumnText(8)})
			return nil
		})
	if err != nil {
		return err
	}
	err = c.each(`SELECT from_batch = ?1, pub, day, minor, currency, balance.kind FROM balance JOIN account ON id = account
		WHERE from_batch = ?1 OR to_batch = ?1 ORDER BY account, day, balance.kind, from_batch`, []any{number}, func(s *sqlite3.Stmt) error {
		balance := store.Balance{Account: s.ColumnText(1), Date: store.Date(s.ColumnInt64(2)),
			Amount: store.Money{Minor: s.ColumnInt64(3), Currency: s.ColumnText(4)}, Kind: s.ColumnText(5)}
		if s.ColumnBool(0) {
			d.Balance(&balance)
		} else {
			d.BalanceEnded(&balance)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = c.each("SELECT fingerprint FROM known WHERE batch = ? ORDER BY fingerprint", []any{number}, func(s *sqlite3.Stmt) error {
		d.Known(s.ColumnRawBlob(0))
		return nil
	})
	if err != nil {
		return err
	}
	return c.each("SELECT batch, name FROM file_name WHERE from_batch = ? ORDER BY batch", []any{number}, func(s *sqlite3.Stmt) error {
		d.File(s.ColumnInt64(0), s.ColumnText(1))
		return nil
	})
}

// RowsDigest recomputes the digest of a batch's changes from the rows.
func (s *Store) RowsDigest(ctx context.Context, number int64) (sum [32]byte, err error) {
	err = s.read(ctx, "recomputing a digest", 0, func(c *conn) error {
		d := store.NewBatchDigest(number)
		blocks, err := c.blocks(number)
		if err != nil {
			return err
		}
		for block := range blocks {
			if err := c.digestBlock(ctx, d, number, block); err != nil {
				return err
			}
		}
		if err := c.digestRest(d, number); err != nil {
			return err
		}
		sum = d.Sum()
		return nil
	})
	return sum, err
}

// Check reads every page of the file and compares the indexes with the rows, of which
// digests tell nothing. What is damaged is store.ErrUnavailable.
func (s *Store) Check(ctx context.Context) error {
	return s.read(ctx, "checking the store", 0, func(c *conn) error {
		found := ""
		// One fault is enough: what it is, is SQLite's to tell and no help to most.
		if _, err := c.one("PRAGMA integrity_check(1)", nil, func(s *sqlite3.Stmt) { found = s.ColumnText(0) }); err != nil {
			return err
		}
		if found != "ok" {
			return sqlite3.CORRUPT
		}
		return nil
	})
}

// blocks returns how many blocks of rows a batch brought.
func (c *conn) blocks(number int64) (blocks int64, err error) {
	found, err := c.one("SELECT blocks FROM batch WHERE number = ?", []any{number}, func(s *sqlite3.Stmt) { blocks = s.ColumnInt64(0) })
	if err == nil && !found {
		err = store.ErrNotFound
	}
	return blocks, err
}

// blockBases returns the bases of a block, rising.
func (c *conn) blockBases(number, block int64) (bases []int64, err error) {
	runs, err := c.allRuns()
	if err != nil {
		return nil, err
	}
	term := blockTerm(number, block)
	prefix := append(bytes.Clone(term), 0)
	for _, r := range runs {
		in := c.readRun(r)
		err := in.seek(prefix)
		for err == nil && in.valid && in.has(term) {
			if bases, err = in.sheet.list(bases); err == nil {
				err = in.next()
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return bases, nil
}

func (c *conn) digestBlock(ctx context.Context, d *store.BatchDigest, number, block int64) error {
	bases, err := c.blockBases(number, block)
	if err != nil {
		return err
	}
	var tx store.Transaction
	for i, base := range bases {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		v, err := c.broughtBy(base, number)
		if err != nil {
			return err
		}
		if v.rid == 0 {
			return errMissing
		}
		if err := c.load(&v, &tx); err != nil {
			return err
		}
		d.Row(&tx)
	}
	return nil
}
