package sqlite

import (
	"context"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// load reads one row version whole.
func (c *conn) load(rid int64, tx *store.Transaction) error {
	var account, currency, category, merchant, original, flags int64
	found, err := c.one(`SELECT account, currency, minor, category, merchant, flags, from_batch,
		authorised, original, original_currency, description, counterparty, memo, mcc
		FROM tx JOIN detail ON base = rid >> 16 WHERE rid = ?`, []any{rid}, func(s *sqlite3.Stmt) {
		account, currency, category, merchant = s.ColumnInt64(0), s.ColumnInt64(1), s.ColumnInt64(3), s.ColumnInt64(4)
		flags = s.ColumnInt64(5)
		original = s.ColumnInt64(9)
		*tx = store.Transaction{
			ID: idOf(rid >> slotBits), Booked: dayOf(rid >> slotBits), Authorised: store.Date(s.ColumnInt64(7)),
			Amount: store.Money{Minor: s.ColumnInt64(2)}, Original: store.Money{Minor: s.ColumnInt64(8)},
			Status: store.Booked, Transfer: flags&flagTransfer != 0, Batch: s.ColumnInt64(6),
			Description: s.ColumnText(10), Counterparty: s.ColumnText(11), Memo: s.ColumnText(12), MCC: s.ColumnText(13),
		}
		if flags&flagPending != 0 {
			tx.Status = store.Pending
		}
	})
	if err == nil && !found {
		err = errMissing
	}
	if err != nil {
		return err
	}
	if flags&flagRetext != 0 {
		if err := c.retext(rid>>slotBits, tx); err != nil {
			return err
		}
	}
	if tx.Account, err = c.accountPub(account); err != nil {
		return err
	}
	for _, n := range []struct {
		id   int64
		text *string
	}{
		{currency, &tx.Amount.Currency}, {original, &tx.Original.Currency},
		{category, &tx.Category}, {merchant, &tx.Merchant},
	} {
		if *n.text, err = c.name(n.id); err != nil {
			return err
		}
	}
	return nil
}

// retext puts the text of its version into a transaction that has several.
func (c *conn) retext(base int64, tx *store.Transaction) error {
	_, err := c.one(`SELECT description, counterparty, memo FROM retext WHERE base = ? AND from_batch <= ?
		ORDER BY from_batch DESC LIMIT 1`, []any{base, tx.Batch}, func(s *sqlite3.Stmt) {
		tx.Description, tx.Counterparty, tx.Memo = s.ColumnText(0), s.ColumnText(1), s.ColumnText(2)
	})
	return err
}

// Get returns the transactions of ids that exist and the scope allows, in the
// order of ids.
func (s *Store) Get(ctx context.Context, at store.Snapshot, scope *store.Predicate, ids []string) (txs []store.Transaction, err error) {
	err = s.read(ctx, "reading transactions", at, func(c *conn) error {
		if len(ids) > store.MaxPage {
			return fmt.Errorf("%w: more than %d ids", store.ErrInvalid, store.MaxPage)
		}
		p, err := c.compile(ctx, at, &store.Filter{Scope: scope})
		if err != nil || p.none {
			return err
		}
		txs, err = c.get(p, ids)
		return err
	})
	return txs, err
}

func (c *conn) get(p *plan, ids []string) (txs []store.Transaction, err error) {
	for _, id := range ids {
		base, ok := parseID(id)
		if !ok || base < p.low || base >= p.high {
			continue
		}
		n := len(p.args)
		rid, err := c.integer("SELECT rid FROM tx WHERE "+p.where.String()+" AND rid >= ? AND rid <= ?",
			append(p.args[:n:n], base<<slotBits, base<<slotBits|maxSlot)...)
		if err != nil {
			return nil, err
		}
		if rid == 0 {
			continue
		}
		var tx store.Transaction
		if err := c.load(rid, &tx); err != nil {
			return nil, err
		}
		txs = append(txs, tx)
	}
	return txs, nil
}
