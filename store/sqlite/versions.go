package sqlite

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/ncruces/go-sqlite3"
)

// versions is the table of row versions as a connection sees it inside one
// transaction. It keeps the leaf that was looked at last; on the writing
// connection changes gather in it until another is wanted, so everything that a
// change reads of versions it reads through this.
type versions struct {
	c      *conn
	loaded bool
	// The leaf at hand answers for row ids from low up to, not including, next.
	leaf      leaf
	data      []byte
	low, next int64
	nextKnown bool  // next was looked up
	key       int64 // of it in the table
	empty     bool  // the table is

	editing bool
	rows    []version
}

// forget drops the leaf at hand and what was changed in it.
func (v *versions) forget() { v.loaded, v.editing = false, false }

// at makes the leaf that a row id falls into the one at hand.
func (v *versions) at(rid int64) error {
	if v.loaded && rid >= v.low {
		if n := v.count(); n > 0 && rid <= v.rid(n-1) {
			return nil
		}
		if next, err := v.upTo(); err != nil || rid < next {
			return err
		}
	}
	if err := v.flush(); err != nil {
		return err
	}
	v.loaded = false
	found, err := v.load("SELECT first, rows FROM version WHERE first <= ? ORDER BY first DESC LIMIT 1", rid)
	v.low = v.key
	if err == nil && !found { // then it goes to the front of the first
		found, err = v.load("SELECT first, rows FROM version WHERE first > ? ORDER BY first LIMIT 1", rid)
		v.low = math.MinInt64
	}
	if err != nil {
		return err
	}
	if v.empty = !found; v.empty {
		v.key, v.leaf.n = rid, 0
	}
	v.loaded, v.nextKnown = true, false
	return nil
}

// upTo returns the row id with which the next leaf begins.
func (v *versions) upTo() (int64, error) {
	if v.nextKnown {
		return v.next, nil
	}
	v.next = math.MaxInt64
	_, err := v.c.one("SELECT first FROM version WHERE first > ? ORDER BY first LIMIT 1", []any{v.key}, func(s *sqlite3.Stmt) { v.next = s.ColumnInt64(0) })
	v.nextKnown = err == nil
	return v.next, err
}

// load reads the leaf that a query finds.
func (v *versions) load(query string, rid int64) (found bool, err error) {
	var malformed error
	found, err = v.c.one(query, []any{rid}, func(s *sqlite3.Stmt) {
		v.key, v.data = s.ColumnInt64(0), append(v.data[:0], s.ColumnRawBlob(1)...)
		malformed = v.leaf.open(v.key, v.data)
	})
	return found, cmp.Or(err, malformed)
}

// of calls f for the versions of a transaction, oldest first, until it says to
// stop.
func (v *versions) of(base int64, f func(version) bool) error {
	for rid, last := base<<slotBits, base<<slotBits|maxSlot; rid <= last; {
		if err := v.at(rid); err != nil {
			return err
		}
		for i := v.search(rid); i < v.count(); i++ {
			row := v.get(i)
			if row.rid > last || !f(row) {
				return nil
			}
		}
		var err error
		if rid, err = v.upTo(); err != nil {
			return err
		}
	}
	return nil
}

func (v *versions) count() int {
	if v.editing {
		return len(v.rows)
	}
	return v.leaf.n
}

func (v *versions) get(i int) version {
	if v.editing {
		return v.rows[i]
	}
	return v.leaf.version(i)
}

func (v *versions) rid(i int) int64 {
	if v.editing {
		return v.rows[i].rid
	}
	return v.leaf.rid(i)
}

// search returns the first row of the leaf at hand whose row id is at least
// rid.
func (v *versions) search(rid int64) int {
	return sort.Search(v.count(), func(i int) bool { return v.rid(i) >= rid })
}

// neighbour returns the transaction at or after a base, or at or before it.
func (v *versions) neighbour(base int64, down bool) (found int64, ok bool, err error) {
	rid := base << slotBits
	if down {
		rid |= maxSlot
	}
	if err := v.at(rid); err != nil {
		return 0, false, err
	}
	i := v.search(rid)
	if down && (i == v.count() || v.rid(i) > rid) {
		i--
	}
	switch {
	case i >= 0 && i < v.count():
		return v.rid(i) >> slotBits, true, nil
	case down:
		return 0, false, nil
	}
	next, err := v.upTo()
	return next >> slotBits, err == nil && next < math.MaxInt64, err
}

// edit makes the leaf that a row id falls into ready to be changed.
func (v *versions) edit(rid int64) error {
	if err := v.at(rid); err != nil || v.editing {
		return err
	}
	v.rows = v.rows[:0]
	for i := range v.leaf.n {
		v.rows = append(v.rows, v.leaf.version(i))
	}
	v.editing = true
	return nil
}

// maxEdited is how many rows the leaf at hand may grow to before it is written
// as several.
const maxEdited = 8 * maxLeafRows

// insert adds a version; ok is false, and nothing done, if its transaction has
// one already.
func (v *versions) insert(row version) (ok bool, err error) {
	taken := false
	if err := v.of(row.base(), func(version) bool { taken = true; return false }); err != nil || taken {
		return false, err
	}
	return true, v.add(row)
}

// add adds a version whose row id is free.
func (v *versions) add(row version) error {
	if err := v.edit(row.rid); err != nil {
		return err
	}
	v.rows = slices.Insert(v.rows, v.search(row.rid), row)
	if len(v.rows) < maxEdited {
		return nil
	}
	return v.flush()
}

// end notes the end of a version, and returns it as it was.
func (v *versions) end(rid, batch int64) (row version, err error) {
	if err := v.edit(rid); err != nil {
		return row, err
	}
	i := v.search(rid)
	if i == len(v.rows) || v.rows[i].rid != rid {
		return row, errMissing
	}
	row = v.rows[i]
	v.rows[i].to = batch
	return row, nil
}

// mark sets flags of every version of a transaction.
func (v *versions) mark(base, flags int64) error {
	for rid, last := base<<slotBits, base<<slotBits|maxSlot; rid <= last; {
		if err := v.edit(rid); err != nil {
			return err
		}
		for i := v.search(rid); i < len(v.rows) && v.rows[i].rid <= last; i++ {
			v.rows[i].flags |= flags
		}
		var err error
		if rid, err = v.upTo(); err != nil {
			return err
		}
	}
	return nil
}

// flush writes the leaf at hand if it was changed, as several if it has grown
// too much.
func (v *versions) flush() error {
	if !v.editing {
		return nil
	}
	next, err := v.upTo()
	if err != nil {
		return err
	}
	last := next == math.MaxInt64
	rows, stale := v.rows, !v.empty
	v.forget()
	for len(rows) > 0 {
		n := fill(rows)
		if n < len(rows) && !last { // more may come between, so halves rather than a full one and a rest
			parts := (len(rows) + n - 1) / n
			n = min(n, (len(rows)+parts-1)/parts)
		}
		first := rows[0].rid
		if stale && v.key != first {
			if err := v.c.exec("DELETE FROM version WHERE first = ?", v.key); err != nil {
				return err
			}
		}
		stale = false
		v.data = encodeLeaf(v.data[:0], rows[:n])
		if err := v.c.exec("REPLACE INTO version VALUES (?, ?)", first, v.data); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}
