package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// Rows are imported block by block. Looking up keys and inserting into each
// table is done for a whole block, in the order of that table, which costs less
// than half of doing it row by row: pages are visited once, and a statement
// serves bulkRows rows.

// maxTries bounds the search of one row for a random number that is free on its
// day. One try in a thousand fails on a day with a million transactions.
const maxTries = 64

// staged is a row of the block at hand.
type staged struct {
	tx       store.Transaction
	k        keys
	v        version
	original int64 // currency of tx.Original
	base     int64 // 0 until it is to be inserted
}

// slabRows is how many staged rows are made at a time.
const slabRows = 512

// stage checks a row and adds it to the block.
func (i *importer) stage(r *store.Row) error {
	if err := checkRow(r); err != nil {
		return err
	}
	if err := i.b.seal(r.Sealed); err != nil {
		return err
	}
	account, err := i.accountOf(r.AccountKey)
	if err != nil {
		return err
	}
	if len(i.slab) == 0 {
		i.slab = make([]staged, slabRows)
	}
	row := &i.slab[0]
	i.slab = i.slab[1:]
	row.tx, row.v = r.Transaction, version{account: account, minor: r.Transaction.Amount.Minor}
	if row.k, err = i.seen.keysOf(account, r); err != nil {
		return err
	}
	if row.tx.Status == "" {
		row.tx.Status = store.Booked
	}
	if row.tx.Status == store.Pending {
		row.v.flags |= flagPending
	}
	if row.tx.Transfer {
		row.v.flags |= flagTransfer
	}
	i.staged = append(i.staged, row)
	i.bytes += size(&row.tx)
	return nil
}

// flush recognises the rows of the block and inserts those that are new.
func (i *importer) flush(ctx context.Context) error {
	if len(i.staged) == 0 {
		return nil
	}
	if err := i.seen.prefetch(i.staged); err != nil {
		return err
	}
	for n, row := range i.staged {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := i.decide(row); err != nil {
			return err
		}
	}
	fresh := make([]*staged, 0, len(i.staged))
	for _, row := range i.staged {
		if row.base != 0 {
			fresh = append(fresh, row)
		}
	}
	if err := i.insert(fresh); err != nil {
		return err
	}
	clear(i.staged)
	i.staged, i.bytes = i.staged[:0], 0
	return i.b.flush()
}

// decide skips a row, replaces what stands for it or lets it be inserted.
func (i *importer) decide(row *staged) error {
	held, err := i.seen.find(row.k)
	if err != nil {
		return err
	}
	if held.found() {
		if !held.pending() || row.tx.Status == store.Pending {
			i.b.row.Skipped++
			return nil
		}
		i.b.row.Replaced++
		if held.staged != nil {
			held.staged.v.to = i.b.row.Number
		} else if err := i.b.end(held.rid); err != nil {
			return err
		}
	}
	row.base = baseOf(row.tx.Booked, i.random())
	if row.k.hasSource {
		i.seen.fresh[row.k.source] = row
	}
	return i.resolve(row)
}

// resolve turns a row's texts into numbers.
func (i *importer) resolve(row *staged) (err error) {
	for _, n := range []struct {
		id   *int64
		kind int
		text string
	}{
		{&row.v.currency, kindCurrency, row.tx.Amount.Currency}, {&row.original, kindCurrency, row.tx.Original.Currency},
		{&row.v.category, kindCategory, row.tx.Category}, {&row.v.merchant, kindMerchant, row.tx.Merchant},
	} {
		if *n.id, err = i.seen.intern(n.kind, n.text); err != nil {
			return err
		}
	}
	row.tx.Account, err = i.seen.pub(row.v.account)
	return err
}

// insert writes a block of new rows to every table, in each one's order.
func (i *importer) insert(rows []*staged) error {
	if len(rows) == 0 {
		return nil
	}
	byBase := func(a, b *staged) int { return cmp.Compare(a.base, b.base) }
	slices.SortFunc(rows, byBase)
	i.b.epochs[i.epoch] += int64(len(rows))
	if err := i.insertVersions(rows); err != nil {
		return err
	}
	slices.SortFunc(rows, byBase) // a base that was taken has changed
	if err := i.insertDetails(rows); err != nil {
		return err
	}
	for _, row := range rows {
		i.note(row)
	}
	return nil
}

// note gathers what leads to a new row, and counts it.
func (i *importer) note(row *staged) {
	p := i.b.postings
	p.addWords(&row.tx, row.base)
	p.addNumber(termAccount, row.v.account, row.base)
	p.addNumber(termCategory, row.v.category, row.base)
	p.addNumber(termMerchant, row.v.merchant, row.base)
	p.amounts = append(p.amounts, place{row.v.size(), orderOf(row.base)})
	p.contents = append(p.contents, contentKey{row.k.content, row.base, row.k.text, row.k.kind, row.k.hasSource})
	if row.k.hasSource {
		p.sources = append(p.sources, sourceKey{row.k.source, row.base})
	}
	i.b.ofAccount(row.v.account)
	if row.v.to == 0 {
		i.b.count(row.v.account, row.v.category, row.v.merchant, 1)
	}
	row.tx.ID = idOf(row.base)
	i.b.add(row.base, &row.tx)
}

// insertVersions fills the table of versions. A base that is taken is drawn
// again.
func (i *importer) insertVersions(rows []*staged) error {
	for _, row := range rows {
		row.v.from = i.b.row.Number
		for tries := 1; ; tries++ {
			row.v.rid = row.base << slotBits
			ok, err := i.b.c.versions.insert(row.v)
			if err != nil {
				return err
			}
			if ok {
				break
			}
			if tries == maxTries {
				return fmt.Errorf("%w: no id is free on that day", store.ErrConflict)
			}
			row.base = baseOf(row.tx.Booked, i.random())
		}
		if row.v.to != 0 {
			if err := i.b.ended(&row.v); err != nil {
				return err
			}
		}
	}
	return nil
}

func (i *importer) insertDetails(rows []*staged) error {
	_, err := i.b.c.bulk("INSERT OR FAIL INTO detail VALUES ", 3, len(rows), func(stmt *sqlite3.Stmt, at, n int) error {
		row := rows[n]
		i.body = appendDetail(i.body[:0], &row.tx, row.original)
		return cmp.Or(bindInts(stmt, at, row.base, i.epoch), stmt.BindBlob(at+2, i.body))
	})
	return err
}
