package sqlite

import (
	"cmp"

	"github.com/ncruces/go-sqlite3"
)

// walk reads the leaves of row versions in one direction, for a scan or for
// candidates that lie closer together than looking each up would be worth.
type walk struct {
	c    *conn
	down bool
	stmt *sqlite3.Stmt
	leaf leaf
	data []byte
	done bool
	row  version // the one handed on
}

// begin goes to the leaf that holds a row id, or to where it would be.
func (w *walk) begin(rid int64) (err error) {
	// Reading up starts in the leaf before, which may reach as far as rid.
	query := "SELECT first, rows FROM version WHERE first >= coalesce((SELECT max(first) FROM version WHERE first <= ?), 0) ORDER BY first"
	if w.down {
		query = "SELECT first, rows FROM version WHERE first <= ? ORDER BY first DESC"
	}
	if w.stmt, err = w.c.prepare(query, rid); err != nil {
		return err
	}
	w.done = false
	return w.step()
}

// step goes to the next leaf; done says that there is none.
func (w *walk) step() error {
	if !w.stmt.Step() {
		w.done, w.leaf.n = true, 0
		return w.stmt.Err()
	}
	// A copy, because what SQLite gives is gone with the next statement.
	w.data = append(w.data[:0], w.stmt.ColumnRawBlob(1)...)
	return w.leaf.open(w.stmt.ColumnInt64(0), w.data)
}

// reach goes on until the leaf at hand may hold a row id, or none does any
// more.
func (w *walk) reach(rid int64) error {
	for near := w.near(rid); !w.done && !w.within(rid); near = w.near(rid) {
		if !near {
			return cmp.Or(w.stmt.Reset(), w.begin(rid))
		}
		if err := w.step(); err != nil {
			return err
		}
	}
	return nil
}

// nearLeaves is how far a row id may lie, in lengths of the leaf at hand, for
// stepping there to cost less than seeking it.
const nearLeaves = 2

func (w *walk) near(rid int64) bool {
	if w.done {
		return true
	}
	first, last := w.leaf.first(), w.leaf.last()
	far := max(rid-last, first-rid)
	return far/nearLeaves <= last-first
}

// within reports that no row id from this one on, in the direction of the walk,
// lies before the leaf at hand.
func (w *walk) within(rid int64) bool {
	if w.down {
		return w.leaf.first() <= rid
	}
	return w.leaf.last() >= rid
}

// end ends the walk.
func (w *walk) end() {
	if w.stmt != nil {
		w.stmt.Reset() // repeats the error of the last step, which was reported
	}
}

// span calls row for the versions of the leaf at hand from one row id to
// another, in the direction of the walk, until it says to stop.
func (w *walk) span(low, high int64, row func(*version) (bool, error)) (more bool, err error) {
	l := &w.leaf
	from, to := 0, l.n
	if low > l.first() {
		from = l.from(low)
	}
	if high < l.last() {
		to = l.from(high + 1)
	}
	for n := range to - from {
		i := from + n
		if w.down {
			i = to - 1 - n
		}
		w.row = l.version(i)
		if more, err := row(&w.row); err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// versionsOf calls row for the versions of a transaction, in the direction of
// the walk, until it says to stop.
func (w *walk) versionsOf(base int64, row func(*version) (bool, error)) (more bool, err error) {
	low, high := base<<slotBits, base<<slotBits|maxSlot
	start := low
	if w.down {
		start = high
	}
	if w.stmt == nil {
		err = w.begin(start)
	}
	err = cmp.Or(err, w.reach(start))
	for err == nil && !w.done {
		if more, err := w.span(low, high, row); err != nil || !more {
			return more, err
		}
		// Versions of one transaction may lie in two leaves.
		if !w.down && w.leaf.last() > high || w.down && w.leaf.first() <= low {
			break
		}
		if !w.down && w.leaf.last()>>slotBits != base || w.down && w.leaf.first()>>slotBits != base {
			break // none of them is at the edge
		}
		err = w.step()
	}
	return err == nil, err
}
