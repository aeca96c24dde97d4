package sqlite

import (
	"cmp"
	"context"
	"slices"

	"github.com/ncruces/go-sqlite3"
)

// walkAmounts reads rows in order of amount and id, by the keys for it.
func (c *conn) walkAmounts(ctx context.Context, p *plan, o order, after place, limit int) (hits []hit, err error) {
	runs, err := c.allRuns()
	if err != nil {
		return nil, err
	}
	walks := make([]*amountWalk, len(runs))
	for i, r := range runs {
		walks[i] = &amountWalk{c: c, run: r, down: o.down}
		if err := walks[i].begin(after); err != nil {
			return nil, err
		}
	}
	for count := 1; len(hits) < limit; count++ {
		if count%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var best *amountWalk
		for _, w := range walks {
			if len(w.places) > 0 && (best == nil || w.places[0].before(best.places[0]) != o.down) {
				best = w
			}
		}
		if best == nil {
			break
		}
		at := best.places[0]
		v, found, err := c.selected(p, baseOfOrder(at.order))
		if err != nil {
			return nil, err
		}
		if found {
			hits = append(hits, hit{at, v})
		}
		if err := best.next(); err != nil {
			return nil, err
		}
	}
	return hits, nil
}

// amountWalk reads the amounts of a run in one direction. places are those of
// the sheet at hand that are left, in that direction.
type amountWalk struct {
	c      *conn
	run    run
	down   bool
	id     int64 // of the sheet at hand
	buffer []place
	places []place
}

// begin goes to the first place after one, in the direction of the walk.
func (w *amountWalk) begin(after place) error {
	w.id = w.run.first() // where the key comes before all
	key := amountKey(nil, place{max(after.size, 0), max(after.order, 0)})
	if _, err := w.c.one(sheetAt, []any{w.run.id, key}, func(s *sqlite3.Stmt) { w.id = s.ColumnInt64(0) }); err != nil {
		return err
	}
	if err := w.load(); err != nil {
		return err
	}
	for len(w.places) > 0 && (w.places[0] == after || w.places[0].before(after) != w.down) {
		if err := w.next(); err != nil {
			return err
		}
	}
	return nil
}

// next drops the place at hand.
func (w *amountWalk) next() error {
	w.places = w.places[1:]
	if len(w.places) > 0 {
		return nil
	}
	if w.id++; w.down {
		w.id -= 2
	}
	return w.load()
}

// load reads the amounts of a sheet, and of those after it while there are none
// but may be some.
func (w *amountWalk) load() error {
	w.places, w.buffer = nil, w.buffer[:0]
	for w.id >= w.run.first() {
		beyond := false
		var failed error
		found, err := w.c.one("SELECT first, body FROM sheet WHERE id = ?", []any{w.id}, func(s *sqlite3.Stmt) {
			beyond, failed = w.read(s.ColumnRawBlob(0), s.ColumnRawBlob(1))
		})
		if err = cmp.Or(err, failed); err != nil || !found {
			return err
		}
		if len(w.buffer) > 0 || beyond {
			break
		}
		if w.id++; w.down {
			w.id -= 2
		}
	}
	w.places = w.buffer
	return nil
}

// read gathers the amounts of a sheet; beyond says that no more follow in the
// direction of the walk.
func (w *amountWalk) read(first, body []byte) (beyond bool, err error) {
	var s sheet
	s.open(first, body)
	for {
		ok, err := s.next()
		if err != nil || !ok {
			if w.down {
				slices.Reverse(w.buffer)
			}
			return beyond, err
		}
		if s.key[0] != kindAmount {
			beyond = beyond || s.key[0] > kindAmount != w.down
			continue
		}
		at, err := s.amount()
		if err != nil {
			return false, err
		}
		w.buffer = append(w.buffer, at)
	}
}
