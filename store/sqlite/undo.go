package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// Undo ends every row version that a batch brought and restores those that it
// ended.
func (s *Store) Undo(ctx context.Context, number int64, at time.Time) (done store.Batch, err error) {
	err = s.change(ctx, "undoing a batch", func(c *conn) (bool, error) {
		b, err := c.beginBatch("undo", at)
		if err != nil {
			return false, err
		}
		b.target = number
		if err := b.undo(ctx); err != nil {
			return false, err
		}
		done = b.row
		return true, nil
	})
	return done, err
}

func (b *batch) undo(ctx context.Context) error {
	if err := b.checkUndo(); err != nil {
		return err
	}
	blocks, err := b.c.blocks(b.target)
	if err != nil {
		return err
	}
	for block := range blocks {
		if err := b.endBlock(ctx, block); err != nil {
			return err
		}
	}
	if err := b.restore(); err != nil {
		return err
	}
	if err := b.undoBalances(); err != nil {
		return err
	}
	if err := b.undoAccounts(); err != nil {
		return err
	}
	return b.finish()
}

// checkUndo refuses what cannot be undone, and copies what the new batch says
// of the old.
func (b *batch) checkUndo() error {
	kind, undone := "", int64(0)
	found, err := b.c.one("SELECT kind, undone, "+sourceAt+", format, account, epoch FROM batch WHERE number = ?2", []any{b.row.Number, b.target}, func(s *sqlite3.Stmt) {
		kind, undone = s.ColumnText(0), s.ColumnInt64(1)
		b.row.Source, b.row.Format, b.account, b.epoch = s.ColumnText(2), s.ColumnText(3), s.ColumnInt64(4), s.ColumnInt64(5)
	})
	switch {
	case err != nil:
		return err
	case !found:
		return store.ErrNotFound
	case undone != 0:
		return fmt.Errorf("%w: the batch is undone already", store.ErrConflict)
	case kind == "redact":
		return fmt.Errorf("%w: a redaction is not undone", store.ErrConflict)
	case kind == "undo":
		return fmt.Errorf("%w: an undo is not undone; import again", store.ErrConflict)
	}
	return nil
}

// endBlock ends the versions of one block of the target.
func (b *batch) endBlock(ctx context.Context, block int64) error {
	bases, err := b.c.blockBases(b.target, block)
	if err != nil {
		return err
	}
	for i, base := range bases {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		rid, err := b.standing(func(from int64) (rid, ended int64, err error) {
			v, err := b.c.broughtBy(base, from)
			return v.rid, v.to, err
		})
		if err != nil {
			return err
		}
		if rid == 0 {
			continue // came and went in the same batch
		}
		if err := b.end(rid); err != nil {
			return err
		}
	}
	return nil
}

// standing returns the version that stands for the one that the target brought:
// that one, or, if a redaction ended it, the one that this brought, or, if
// another batch ended it and was undone, the one that this undo restored. look
// finds the version that a batch brought. The result is 0 if the target itself
// ended its version.
func (b *batch) standing(look func(from int64) (rid, ended int64, err error)) (int64, error) {
	for from := b.target; ; {
		rid, ended, err := look(from)
		if err != nil || ended == 0 {
			return rid, err
		}
		if ended == from {
			return 0, nil
		}
		undone, ok := b.undone[ended]
		if !ok {
			if undone, err = b.c.integer("SELECT CASE kind WHEN 'redact' THEN number ELSE undone END FROM batch WHERE number = ?", ended); err != nil {
				return 0, err
			}
			b.undone[ended] = undone
		}
		if undone == 0 {
			return 0, fmt.Errorf("%w: batch %d builds on it; undo that first", store.ErrConflict, ended)
		}
		from = undone
	}
}

// broughtBy returns the version of a transaction that a batch brought; its rid
// is 0 without one.
func (c *conn) broughtBy(base, from int64) (found version, err error) {
	err = c.versions.of(base, func(v version) bool {
		if v.from == from {
			found = v
		}
		return v.from != from
	})
	return found, err
}

// restore brings back the versions that the target ended.
func (b *batch) restore() error {
	redacted, err := b.c.integer("SELECT max(number) FROM batch WHERE kind = 'redact'")
	if err != nil {
		return err
	}
	type old struct{ rid, from int64 }
	for after := int64(-1); ; {
		var ended []old
		err := b.c.each("SELECT rid, from_batch FROM ended WHERE batch = ?1 AND rid > ?2 AND from_batch < ?1 ORDER BY rid LIMIT ?3",
			[]any{b.target, after, b.c.block}, func(s *sqlite3.Stmt) error {
				ended = append(ended, old{s.ColumnInt64(0), s.ColumnInt64(1)})
				return nil
			})
		if err != nil || len(ended) == 0 {
			return err
		}
		for _, o := range ended {
			if err := b.restoreOne(o.rid, o.from, redacted); err != nil {
				return err
			}
			after = o.rid
		}
	}
}

// restoreOne brings back a version that a batch brought; redacted is the last
// redaction.
func (b *batch) restoreOne(rid, from, redacted int64) error {
	var v, last version
	base := rid >> slotBits
	err := b.c.versions.of(base, func(one version) bool {
		if last = one; one.rid == rid {
			v = one
		}
		return true
	})
	if err != nil {
		return err
	}
	if v.rid != rid {
		return errMissing
	}
	merchant := v.merchant
	if v.flags&flagRetext != 0 { // what a redaction made of the name stays
		merchant = last.merchant
	}
	if from < redacted {
		if err := b.setEpoch(base, 0); err != nil {
			return err
		}
	}
	return b.renew(&v, v.category, merchant, 0)
}

// undoBalances takes back the target's balances, as endBlock and restore do
// with rows.
func (b *batch) undoBalances() error {
	type key struct {
		account, day int64
		kind         string
	}
	var brought []key
	err := b.c.each("SELECT account, day, kind FROM balance WHERE from_batch = ? ORDER BY account, day, kind", []any{b.target}, func(s *sqlite3.Stmt) error {
		brought = append(brought, key{s.ColumnInt64(0), s.ColumnInt64(1), s.ColumnText(2)})
		return nil
	})
	if err != nil {
		return err
	}
	for _, k := range brought {
		from, err := b.standing(func(from int64) (_, ended int64, err error) {
			ended, err = b.c.integer("SELECT to_batch FROM balance WHERE account = ? AND day = ? AND kind = ? AND from_batch = ?", k.account, k.day, k.kind, from)
			return from, ended, err
		})
		if err != nil {
			return err
		}
		err = b.c.exec("UPDATE balance SET to_batch = ? WHERE account = ? AND day = ? AND kind = ? AND from_batch = ? AND to_batch = 0",
			b.row.Number, k.account, k.day, k.kind, from)
		if err != nil {
			return err
		}
	}
	return b.c.exec(`INSERT INTO balance SELECT account, day, kind, ?2, 0, minor, currency FROM balance
		WHERE to_batch = ?1 AND from_batch < ?1`, b.target, b.row.Number)
}

// undoAccounts takes back what the target did to accounts: their names, and
// those that it created and nothing else uses.
func (b *batch) undoAccounts() error {
	var changed []int64
	err := b.c.each("SELECT account FROM account_version WHERE from_batch = ? ORDER BY account", []any{b.target}, func(s *sqlite3.Stmt) error {
		changed = append(changed, s.ColumnInt64(0))
		return nil
	})
	if err != nil {
		return err
	}
	for _, account := range changed {
		if err := b.undoAccount(account); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) undoAccount(account int64) error {
	from, err := b.standing(func(from int64) (_, ended int64, err error) {
		ended, err = b.c.integer("SELECT to_batch FROM account_version WHERE account = ? AND from_batch = ?", account, from)
		return from, ended, err
	})
	if err != nil {
		return err
	}
	before, err := b.c.integer("SELECT count(*) FROM account_version WHERE account = ? AND to_batch = ?", account, b.target)
	if err != nil {
		return err
	}
	if before == 0 { // the target created it
		if used, err := b.c.accountUsed(account); err != nil || used {
			return err
		}
	}
	if err := b.c.exec("UPDATE account_version SET to_batch = ? WHERE account = ? AND from_batch = ?", b.row.Number, account, from); err != nil {
		return err
	}
	return b.c.exec(`INSERT INTO account_version SELECT account, ?3, 0, name, kind, currency, token, last4, subject, epoch
		FROM account_version WHERE account = ?1 AND to_batch = ?2`, account, b.target, b.row.Number)
}

// accountUsed reports whether an account still has a row or a balance.
func (c *conn) accountUsed(account int64) (bool, error) {
	balances, err := c.integer("SELECT EXISTS (SELECT 1 FROM balance WHERE account = ? AND to_batch = 0)", account)
	if err != nil || balances != 0 {
		return balances != 0, err
	}
	rows, err := c.listOf(numberTerm(termAccount, account))
	if err != nil {
		return false, err
	}
	for target := int64(0); ; {
		base, found, err := rows.seek(target, false)
		if err != nil || !found {
			return false, err
		}
		open, err := c.openVersion(base)
		if err != nil || open.rid != 0 {
			return open.rid != 0, err
		}
		target = base + 1
	}
}
