package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// eachPage is how many rows Each reads at a time. No connection is held while
// its caller works on them.
const eachPage = 500

// checkEvery is after how many candidates the context is looked at.
const checkEvery = 256

func checkLimit(limit int) error {
	if limit < 1 || limit > store.MaxPage {
		return fmt.Errorf("%w: limit must be 1 to %d", store.ErrInvalid, store.MaxPage)
	}
	return nil
}

// Search returns one page of the matching transactions.
func (s *Store) Search(ctx context.Context, q store.Query) (page store.Page, err error) {
	err = s.read(ctx, "searching", q.At, func(c *conn) error {
		page, err = c.search(ctx, &q)
		return err
	})
	return page, err
}

func (c *conn) search(ctx context.Context, q *store.Query) (page store.Page, err error) {
	if err := checkLimit(q.Limit); err != nil {
		return page, err
	}
	o, err := orderBy(q.Sort)
	if err != nil {
		return page, err
	}
	after, resumed, err := o.decode(q.After)
	if err != nil {
		return page, err
	}
	p, err := c.compile(ctx, q.At, &q.Filter)
	if err != nil || p.none {
		return page, err
	}
	if !resumed {
		after = place{-1, -1}
		if o.down {
			after = place{store.MaxMinor + 1, maxBase + 1}
		}
	}
	hits, err := c.find(ctx, p, o, after, q.Limit+1)
	if err != nil {
		return page, err
	}
	if len(hits) > q.Limit {
		hits = hits[:q.Limit]
		page.Next = o.encode(hits[q.Limit-1].place)
	}
	page.Items = make([]store.Transaction, len(hits))
	for i, h := range hits {
		if err := c.load(h.rid, &page.Items[i]); err != nil {
			return store.Page{}, err
		}
	}
	return page, nil
}

// hit is a row version that was found.
type hit struct {
	place
	rid int64
}

// find returns the first rows after a place in an order, at most limit.
func (c *conn) find(ctx context.Context, p *plan, o order, after place, limit int) ([]hit, error) {
	if !o.byAmount {
		var hits []hit
		err := c.scan(ctx, p, "", o.down, after.order, func(s *sqlite3.Stmt) (bool, error) {
			rid := s.ColumnInt64(0)
			hits = append(hits, hit{place{0, rid >> slotBits}, rid})
			return len(hits) < limit, nil
		})
		return hits, err
	}
	if len(p.sources) == 0 && p.low == 0 && p.high > maxBase {
		return c.walkAmounts(p, o, after, limit)
	}
	best := &top{down: o.down, limit: limit}
	err := c.scan(ctx, p, ", minor", false, -1, func(s *sqlite3.Stmt) (bool, error) {
		rid, minor := s.ColumnInt64(0), s.ColumnInt64(1)
		at := place{max(minor, -minor), orderOf(rid >> slotBits)}
		if (o.down && at.before(after)) || (!o.down && after.before(at)) {
			best.offer(hit{at, rid})
		}
		return true, nil
	})
	return best.sorted(), err
}

// scan calls row for every version that the plan selects, in order of base,
// after a base, until row says to stop. Columns are rid and those asked for.
func (c *conn) scan(ctx context.Context, p *plan, columns string, down bool, after int64, row func(*sqlite3.Stmt) (bool, error)) error {
	low, high := p.low, p.high
	if down {
		high = min(high, after)
	} else {
		low = max(low, after+1)
	}
	if len(p.sources) > 0 {
		return c.scanSources(ctx, p, columns, down, low, high, row)
	}
	direction := ""
	if down {
		direction = " DESC"
	}
	stmt, err := c.prepare("SELECT rid"+columns+" FROM tx NOT INDEXED WHERE "+p.where.String()+
		" AND rid >= ? AND rid <= ? ORDER BY rid"+direction, append(p.args[:len(p.args):len(p.args)], low<<slotBits, lastRow(high))...)
	if err != nil {
		return err
	}
	defer stmt.Reset()
	for stmt.Step() {
		if more, err := row(stmt); err != nil || !more {
			return err
		}
	}
	return stmt.Err()
}

// scanSources is scan for a plan with sources: it looks up the versions of each
// candidate.
func (c *conn) scanSources(ctx context.Context, p *plan, columns string, down bool, low, high int64, row func(*sqlite3.Stmt) (bool, error)) error {
	n := len(p.args)
	stmt, err := c.prepare("SELECT rid"+columns+", flags FROM tx NOT INDEXED WHERE "+p.where.String()+" AND rid >= ? AND rid <= ?",
		append(p.args[:n:n], int64(0), int64(0))...)
	if err != nil {
		return err
	}
	defer stmt.Reset()
	target := low
	if down {
		target = high - 1
	}
	for count := 1; ; count++ {
		base, found, err := p.sources.seek(target, down)
		if err != nil || !found || base < low || base >= high {
			return err
		}
		if count%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := cmp.Or(stmt.BindInt64(n+1, base<<slotBits), stmt.BindInt64(n+2, base<<slotBits|maxSlot)); err != nil {
			return err
		}
		if stmt.Step() {
			if ok, err := c.confirm(p, stmt); err != nil {
				return err
			} else if ok {
				if more, err := row(stmt); err != nil || !more {
					return err
				}
			}
		}
		if err := cmp.Or(stmt.Err(), stmt.Reset()); err != nil {
			return err
		}
		if target = base + 1; down {
			target = base - 1
		}
	}
}

// confirm tells whether a version has the words that the lists say its
// transaction has: where a redaction changed the text, they have those of all.
// The version's flags are in the last column.
func (c *conn) confirm(p *plan, s *sqlite3.Stmt) (bool, error) {
	if !p.words || s.ColumnInt64(s.ColumnCount()-1)&flagRetext == 0 {
		return true, nil
	}
	var tx store.Transaction
	if err := c.load(s.ColumnInt64(0), &tx); err != nil {
		return false, err
	}
	return p.query.Match(&tx), nil
}

// walkAmounts reads the index that is in order of amount and id.
func (c *conn) walkAmounts(p *plan, o order, after place, limit int) (hits []hit, err error) {
	const idOrder = "((((rid >> 16) & 1073741823) << 17) | (rid >> 46))"
	condition, direction := ">", ""
	if o.down {
		condition, direction = "<", " DESC"
	}
	// The first condition on the size finds the place in the index; a comparison
	// of pairs would read the index from its end.
	stmt, err := c.prepare("SELECT rid, abs(minor) FROM tx INDEXED BY tx_amount WHERE "+p.where.String()+
		" AND abs(minor) "+condition+"= ? AND (abs(minor) "+condition+" ? OR "+idOrder+" "+condition+" ?) ORDER BY abs(minor)"+direction+", "+idOrder+direction,
		append(p.args[:len(p.args):len(p.args)], after.size, after.size, after.order)...)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	for len(hits) < limit && stmt.Step() {
		rid := stmt.ColumnInt64(0)
		hits = append(hits, hit{place{stmt.ColumnInt64(1), orderOf(rid >> slotBits)}, rid})
	}
	return hits, stmt.Err()
}

// Each yields the matching rows in date order, oldest first, at most limit.
func (s *Store) Each(ctx context.Context, at store.Snapshot, f store.Filter, limit int) iter.Seq2[store.Transaction, error] {
	return func(yield func(store.Transaction, error) bool) {
		if limit < 1 {
			yield(store.Transaction{}, fmt.Errorf("%w: limit must be at least 1", store.ErrInvalid))
			return
		}
		q := store.Query{At: at, Filter: f, Sort: store.DateAsc}
		for limit > 0 {
			q.Limit = min(limit, eachPage)
			page, err := s.Search(ctx, q)
			if err != nil {
				yield(store.Transaction{}, err)
				return
			}
			for _, tx := range page.Items {
				if !yield(tx, nil) {
					return
				}
			}
			limit -= len(page.Items)
			if q.After = page.Next; q.After == nil {
				return
			}
		}
	}
}
