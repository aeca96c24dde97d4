package sqlite

import (
	"context"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// load makes a row version whole.
func (c *conn) load(v *version, tx *store.Transaction) error {
	base := v.base()
	*tx = store.Transaction{
		ID: idOf(base), Booked: dayOf(base), Amount: store.Money{Minor: v.minor},
		Status: store.Booked, Transfer: v.flags&flagTransfer != 0, Batch: v.from,
	}
	if v.flags&flagPending != 0 {
		tx.Status = store.Pending
	}
	original, err := c.detail(base, tx)
	if err != nil {
		return err
	}
	if v.flags&flagRetext != 0 {
		if err := c.retext(base, tx); err != nil {
			return err
		}
	}
	if tx.Account, err = c.accountPub(v.account); err != nil {
		return err
	}
	for _, n := range [...]struct {
		id   int64
		text *string
	}{
		{v.currency, &tx.Amount.Currency}, {original, &tx.Original.Currency},
		{v.category, &tx.Category}, {v.merchant, &tx.Merchant},
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
		v, found, err := c.selected(p, base)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		var tx store.Transaction
		if err := c.load(&v, &tx); err != nil {
			return nil, err
		}
		txs = append(txs, tx)
	}
	return txs, nil
}

// selected returns the version of a transaction that a plan selects, whatever
// the plan's sources and bounds say.
func (c *conn) selected(p *plan, base int64) (found version, ok bool, err error) {
	err = c.versions.of(base, func(v version) bool {
		if ok = p.selects(&v); ok {
			found = v
		}
		return !ok
	})
	return found, ok, err
}
