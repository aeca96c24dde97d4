package sqlite

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"

	"github.com/ncruces/go-sqlite3"
)

// An import adds keys all over their range: hashes, amounts, words. Put one by
// one into one sorted table they would touch, encrypt and log every page of it.
// So each block of rows writes what it adds as a run, sorted, from one end to
// the other, and runs of like size are merged into one as they become several:
// a key is written again once for every fourfold growth of the store, up to runs
// of 32 MiB. Those are left as they are, so that no import waits for more. Runs
// are never changed, and those who read look into each: some ten in a store of a
// million rows. Merging is part of the change that wrote the last run, and so is
// undone with it.

// run is one sorted run. Its sheets have the row ids id<<32 and on.
type run struct {
	id, sheets int64
	low, high  int64 // the bases in it, inclusive
}

// fanout is how many runs of one level are merged. Three lie side by side at
// most, then.
const fanout = 4

// maxMerged bounds a merged run, in sheets: what a third of a million rows need,
// and what takes less than a second to write.
const maxMerged = 32 << 20 / 4096

// level is the same for runs within a factor of fanout.
func (r run) level() int { return (bits.Len64(uint64(r.sheets)) - 1) / 2 }

const runShift = 32

func (r run) first() int64 { return r.id << runShift }

// allRuns returns the runs there are, those with the newest transactions first.
func (c *conn) allRuns() ([]run, error) {
	if c.runsKnown {
		return c.runs, nil
	}
	c.runs = c.runs[:0]
	err := c.each("SELECT id, sheets, low, high FROM run", nil, func(s *sqlite3.Stmt) error {
		c.runs = append(c.runs, run{s.ColumnInt64(0), s.ColumnInt64(1), s.ColumnInt64(2), s.ColumnInt64(3)})
		return nil
	})
	slices.SortFunc(c.runs, func(a, b run) int { return cmp.Or(cmp.Compare(b.high, a.high), cmp.Compare(b.low, a.low)) })
	c.runsKnown = err == nil
	return c.runs, err
}

// heldRuns returns the runs that have something from before this transaction.
func (c *conn) heldRuns() ([]run, error) {
	runs, err := c.allRuns()
	return slices.DeleteFunc(slices.Clone(runs), func(r run) bool { return c.fresh[r.id] }), err
}

// runWriter writes a run from its least key to its greatest.
type runWriter struct {
	c       *conn
	run     run
	held    bool   // it has something from before this transaction
	first   []byte // key of the sheet at hand
	last    []byte
	body    []byte
	key     []byte
	value   []byte
	term    []byte  // of the list at hand
	pending []int64 // of it, not written yet
}

func (c *conn) newRun() (*runWriter, error) {
	id, err := c.integer("SELECT max(id) FROM run")
	return &runWriter{c: c, run: run{id: id + 1, low: maxBase, high: 0}}, err
}

// span notes that the run has bases.
func (w *runWriter) span(low, high int64) {
	w.run.low, w.run.high = min(w.run.low, low), max(w.run.high, high)
}

// add writes an entry.
func (w *runWriter) add(key, value []byte) error {
	if len(w.body)+entrySize(key)+len(value) > maxSheet {
		if err := w.turn(); err != nil {
			return err
		}
	}
	before := w.last
	if len(w.body) == 0 {
		w.first = append(w.first[:0], key...)
		before = w.first
	}
	w.body = appendEntry(w.body, before, key, value)
	w.last = append(w.last[:0], key...)
	return nil
}

// turn stores the sheet at hand.
func (w *runWriter) turn() error {
	if len(w.body) == 0 {
		return nil
	}
	err := w.c.exec("INSERT INTO sheet VALUES (?, ?, ?)", w.run.first()+w.run.sheets, w.first, w.body)
	w.run.sheets++
	w.body = w.body[:0]
	return err
}

// begin starts the list of a term.
func (w *runWriter) begin(term string) { w.term = append(w.term[:0], term...) }

// pendingBases is how many bases of a list gather before full parts of it are
// written; a sheet holds up to some three thousand.
const pendingBases = 1 << 13

// bases adds to the list at hand, rising.
func (w *runWriter) bases(list []int64) error {
	if len(list) == 0 {
		return nil
	}
	w.span(list[0], list[len(list)-1])
	w.pending = append(w.pending, list...)
	if len(w.pending) < pendingBases {
		return nil
	}
	return w.parts(false)
}

// end ends the list at hand.
func (w *runWriter) end() error { return w.parts(true) }

// leastRoom is how much of a sheet must be free for a part of a list to begin
// in it, in bytes.
const leastRoom = 64

// parts writes the pending bases as parts that each fill what is left of a
// sheet; all says that none may be kept for later.
func (w *runWriter) parts(all bool) error {
	list := w.pending
	for len(list) > 0 {
		w.key = listKey(w.key[:0], w.term, list[0])
		room := maxSheet - len(w.body) - entrySize(w.key)
		if room < leastRoom && len(w.body) > 0 && len(list) > 1 {
			if err := w.turn(); err != nil {
				return err
			}
			room = maxSheet - entrySize(w.key)
		}
		n := 0
		if w.value, n = encodeChunk(w.value[:0], list, room); n == len(list) && !all {
			break
		}
		if err := w.add(w.key, w.value); err != nil {
			return err
		}
		list = list[n:]
	}
	w.pending = w.pending[:copy(w.pending, list)]
	return nil
}

// close stores the run, unless it is empty, and merges what has become several
// of a size.
func (w *runWriter) close() error {
	if err := w.store(); err != nil || w.run.sheets == 0 {
		return err
	}
	for {
		merged, err := w.c.compact()
		if err != nil || !merged {
			return err
		}
	}
}

func (w *runWriter) store() error {
	if err := w.turn(); err != nil || w.run.sheets == 0 {
		return err
	}
	w.c.runsKnown = false
	if !w.held {
		w.c.fresh[w.run.id] = true
	}
	return w.c.exec("INSERT INTO run VALUES (?, ?, ?, ?)", w.run.id, w.run.sheets, w.run.low, w.run.high)
}

// compact merges the smallest runs of the first level that has fanout of them, if
// that is not too much at once.
func (c *conn) compact() (merged bool, err error) {
	runs, err := c.allRuns()
	if err != nil {
		return false, err
	}
	bySize := slices.SortedFunc(slices.Values(runs), func(a, b run) int { return cmp.Compare(a.sheets, b.sheets) })
	for i := 0; i+fanout <= len(bySize); i++ {
		some := bySize[i : i+fanout]
		sheets := int64(0)
		for _, r := range some {
			sheets += r.sheets
		}
		if sheets > c.tuning.merged {
			return false, nil // and all further ones are greater
		}
		if some[0].level() == some[fanout-1].level() {
			return true, c.mergeRuns(some)
		}
	}
	return false, nil
}

// sheetAt finds the sheet of a run that a key falls into.
const sheetAt = "SELECT id, first, body FROM sheet WHERE id >> 32 = ? AND first <= ? ORDER BY first DESC LIMIT 1"

// runReader reads the entries of a run from a key on.
type runReader struct {
	sheet
	c     *conn
	run   run
	id    int64 // of the sheet at hand
	body  []byte
	valid bool // an entry is at hand
}

func (c *conn) readRun(r run) *runReader { return &runReader{c: c, run: r, id: r.first() - 1} }

// seek goes on to the first entry whose key is at least this one.
func (r *runReader) seek(key []byte) error {
	for !r.valid || bytes.Compare(r.key, key) < 0 {
		ok, err := r.sheet.next()
		if err == nil && !ok {
			if ok, err = r.jump(key); err == nil && !ok {
				r.valid = false
				return nil
			}
			if err == nil {
				ok, err = r.sheet.next()
			}
		}
		if err != nil {
			return err
		}
		r.valid = ok
	}
	return nil
}

// next goes on to the next entry.
func (r *runReader) next() (err error) {
	if r.valid, err = r.sheet.next(); err != nil || r.valid {
		return err
	}
	if ok, err := r.load("SELECT id, first, body FROM sheet WHERE id = ?", r.id+1); err != nil || !ok {
		return err
	}
	r.valid, err = r.sheet.next()
	return err
}

// jump opens the sheet that a key falls into, or the next if that one is at hand.
func (r *runReader) jump(key []byte) (ok bool, err error) {
	before := r.id
	if ok, err = r.load(sheetAt, r.run.id, key); err != nil || ok && r.id > before {
		return ok, err
	}
	return r.load("SELECT id, first, body FROM sheet WHERE id = ?", before+1)
}

func (r *runReader) load(query string, args ...any) (bool, error) {
	return r.c.one(query, args, func(s *sqlite3.Stmt) {
		r.id = s.ColumnInt64(0)
		r.body = append(r.body[:0], s.ColumnRawBlob(2)...)
		r.sheet.open(s.ColumnRawBlob(1), r.body)
	})
}
