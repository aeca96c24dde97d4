package sqlite

import (
	"context"
	"fmt"
	"iter"

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
		if err := c.load(&h.version, &page.Items[i]); err != nil {
			return store.Page{}, err
		}
	}
	return page, nil
}

// hit is a row version that was found.
type hit struct {
	place
	version
}

// find returns the first rows after a place in an order, at most limit.
func (c *conn) find(ctx context.Context, p *plan, o order, after place, limit int) (hits []hit, err error) {
	if !o.byAmount {
		err := c.scan(ctx, p, o.down, after.order, func(v *version) (bool, error) {
			hits = append(hits, hit{place{0, v.base()}, *v})
			return len(hits) < limit, nil
		})
		return hits, err
	}
	if len(p.sources) == 0 && p.low == 0 && p.high > maxBase {
		return c.walkAmounts(ctx, p, o, after, limit)
	}
	best := &top{down: o.down, limit: limit}
	err = c.scan(ctx, p, false, -1, func(v *version) (bool, error) {
		at := place{v.size(), orderOf(v.base())}
		if (o.down && at.before(after)) || (!o.down && after.before(at)) {
			best.offer(hit{at, *v})
		}
		return true, nil
	})
	return best.sorted(), err
}

// scan calls row for every version that the plan selects, in order of base,
// after a base, until row says to stop.
func (c *conn) scan(ctx context.Context, p *plan, down bool, after int64, row func(*version) (bool, error)) error {
	low, high := p.low, p.high
	if down {
		high = min(high, after)
	} else {
		low = max(low, after+1)
	}
	if low >= high {
		return nil
	}
	w := &walk{c: c, down: down}
	defer w.end()
	selected := func(v *version) (bool, error) {
		if !p.selects(v) {
			return true, nil
		}
		if ok, err := c.confirm(p, v); err != nil || !ok {
			return err == nil, err
		}
		return row(v)
	}
	if len(p.sources) > 0 {
		return c.scanSources(ctx, p, w, low, high, selected)
	}
	start := low << slotBits
	if down {
		start = lastRow(high)
	}
	if err := w.begin(start); err != nil {
		return err
	}
	for !w.done {
		if more, err := w.span(low<<slotBits, lastRow(high), selected); err != nil || !more {
			return err
		}
		if !down && w.leaf.last() >= lastRow(high) || down && w.leaf.first() <= low<<slotBits {
			return nil
		}
		if err := w.step(); err != nil {
			return err
		}
	}
	return nil
}

// scanSources is scan for a plan with sources: it looks at the versions of each
// candidate.
func (c *conn) scanSources(ctx context.Context, p *plan, w *walk, low, high int64, selected func(*version) (bool, error)) error {
	target := low
	if w.down {
		target = high - 1
	}
	for count := 1; ; count++ {
		base, found, err := p.sources.seek(target, w.down)
		if err != nil || !found || base < low || base >= high {
			return err
		}
		if count%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if more, err := w.versionsOf(base, selected); err != nil || !more {
			return err
		}
		if target = base + 1; w.down {
			target = base - 1
		}
	}
}

// confirm tells whether a version has the words that the lists say its
// transaction has: where a redaction changed the text, they have those of all.
func (c *conn) confirm(p *plan, v *version) (bool, error) {
	if !p.words || v.flags&flagRetext == 0 {
		return true, nil
	}
	var tx store.Transaction
	if err := c.load(v, &tx); err != nil {
		return false, err
	}
	return p.query.Match(&tx), nil
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
