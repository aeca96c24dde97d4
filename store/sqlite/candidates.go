package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// maxCursors is up to how many lists are united lazily, because each seek asks
// every one of them.
const maxCursors = 32

// maxUnion bounds, in bases, what is read whole for a prefix that very many
// words have: 32 MiB.
const maxUnion = 4 << 20

// errTooBroad is for a search whose last word is the beginning of too much.
var errTooBroad = fmt.Errorf("%w: the last word is the beginning of too many; add letters", store.ErrRange)

// source is a rising set of bases that can be sought in either direction:
// the first base at or after the target, or the last at or before it.
type source interface {
	seek(target int64, down bool) (base int64, found bool, err error)
}

// cursor reads one term's list chunk by chunk.
type cursor struct {
	c     *conn
	term  []byte
	chunk []int64
	// The chunk answers for every target from its first base up to, not
	// including, bound.
	bound int64
}

func (k *cursor) seek(target int64, down bool) (int64, bool, error) {
	if len(k.chunk) == 0 || target < k.chunk[0] || target >= k.bound {
		if err := k.load(target); err != nil {
			return 0, false, err
		}
	}
	i, exact := slices.BinarySearch(k.chunk, target)
	switch {
	case exact:
		return target, true, nil
	case down && i > 0:
		return k.chunk[i-1], true, nil
	case down:
		return 0, false, nil // before the first chunk
	case i < len(k.chunk):
		return k.chunk[i], true, nil
	case k.bound > maxBase:
		return 0, false, nil
	}
	return k.seek(k.bound, false) // the next chunk begins there
}

// load fetches the chunk that a target falls into; the chunk stays empty if
// the target comes before all.
func (k *cursor) load(target int64) error {
	var malformed error
	k.chunk = k.chunk[:0]
	_, err := k.c.one("SELECT first, list FROM posting WHERE term = ? AND first <= ? ORDER BY first DESC LIMIT 1",
		[]any{k.term, target}, func(s *sqlite3.Stmt) {
			k.chunk, malformed = appendChunk(k.chunk, s.ColumnInt64(0), s.ColumnRawBlob(1))
		})
	if err = cmp.Or(err, malformed); err != nil {
		return err
	}
	next, last, err := k.c.chunkAfter(k.term, target)
	if err != nil {
		return err
	}
	k.bound = next
	if last {
		k.bound = maxBase + 1
	}
	return nil
}

// list is a source held whole.
type list []int64

func (l list) seek(target int64, down bool) (int64, bool, error) {
	i, exact := slices.BinarySearch(l, target)
	if down && !exact {
		i--
	}
	if i < 0 || i >= len(l) {
		return 0, false, nil
	}
	return l[i], true, nil
}

// either is the union of its sources.
type either []source

func (e either) seek(target int64, down bool) (best int64, found bool, err error) {
	for _, s := range e {
		base, ok, err := s.seek(target, down)
		if err != nil {
			return 0, false, err
		}
		if ok && (!found || (down && base > best) || (!down && base < best)) {
			best, found = base, true
		}
	}
	return best, found, nil
}

// all is the intersection of its sources, of which it has at least one.
type all []source

func (a all) seek(target int64, down bool) (int64, bool, error) {
	for agreed, i := 0, 0; ; i = (i + 1) % len(a) {
		base, found, err := a[i].seek(target, down)
		if err != nil || !found {
			return 0, false, err
		}
		if base == target {
			if agreed++; agreed >= len(a) {
				return base, true, nil
			}
			continue
		}
		target, agreed = base, 1
		if _, ok := a[i].(*crowd); ok {
			agreed = 0 // it said no more than "not before"
		}
		if len(a) == 1 {
			return base, true, nil
		}
	}
}

// wordSource returns the transactions that have a word, or one that begins
// with it.
func (c *conn) wordSource(ctx context.Context, word string, prefix bool, low, high int64) (source, error) {
	if !prefix {
		return &cursor{c: c, term: wordTerm(word)}, nil
	}
	terms, more, err := c.termsFrom(word)
	if err != nil {
		return nil, err
	}
	if !more {
		united := make(either, len(terms))
		for i, term := range terms {
			united[i] = &cursor{c: c, term: term}
		}
		return united, nil
	}
	chunks, err := c.integer("SELECT count(*) FROM (SELECT 1 FROM posting WHERE term >= ? AND term < ? LIMIT ?)",
		wordTerm(word), after(wordTerm(word)), c.tuning.crowd)
	if err != nil {
		return nil, err
	}
	if chunks < c.tuning.crowd {
		return c.wholeUnion(ctx, word, low, high)
	}
	return &crowd{c: c, ctx: ctx, word: word, low: low, high: high, patience: c.tuning.patience}, nil
}

// tuning holds what decides how a search goes about it, never what it finds.
type tuning struct {
	// block is how many rows are imported together.
	block int
	// cursors is up to how many words of one prefix are united lazily.
	cursors int
	// crowd is from how many chunks on the lists of a prefix are not read
	// before it has to be: some 3 ms.
	crowd int64
	// patience is how many candidates have their texts looked at, at some 10 µs
	// each, before the lists are read after all.
	patience int
	// passed is how many versions firstVisible passes, at some 3 µs each.
	passed int
}

var usualTuning = tuning{block: blockRows, cursors: maxCursors, crowd: 2000, patience: 3000, passed: 1000}

// crowd is the source of a prefix that a great many words have. Reading their
// lists costs a second for a million; so it first looks at the texts of those
// candidates that other sources propose, for as long as its patience lasts.
// What it answers in this while is exact when it says "this one", and otherwise
// only that the next may be from there on: enough for all.
type crowd struct {
	c         *conn
	ctx       context.Context
	word      string
	low, high int64
	patience  int
	whole     source // once patience is over
}

func (d *crowd) seek(target int64, down bool) (base int64, found bool, err error) {
	if d.whole == nil && d.patience == 0 {
		if d.whole, err = d.c.wholeUnion(d.ctx, d.word, d.low, d.high); err != nil {
			return 0, false, err
		}
	}
	if d.whole != nil {
		return d.whole.seek(target, down)
	}
	d.patience--
	ok, err := d.c.hasWord(target, d.word)
	switch {
	case err != nil:
		return 0, false, err
	case ok:
		return target, true, nil
	case down:
		return target - 1, target > 0, nil
	}
	return target + 1, target < maxBase, nil
}

// hasWord reports whether a word of a transaction's text, or of one of several,
// begins so.
func (c *conn) hasWord(base int64, prefix string) (bool, error) {
	var tx store.Transaction
	var merchant, flags int64
	found, err := c.one("SELECT description, counterparty, memo, merchant, flags FROM detail JOIN tx ON rid = ?1 << 16 WHERE base = ?1",
		[]any{base}, func(s *sqlite3.Stmt) {
			tx.Description, tx.Counterparty, tx.Memo = s.ColumnText(0), s.ColumnText(1), s.ColumnText(2)
			merchant, flags = s.ColumnInt64(3), s.ColumnInt64(4)
		})
	if err != nil || !found {
		return false, err
	}
	if tx.Merchant, err = c.name(merchant); err != nil {
		return false, err
	}
	begins := func(w string) bool { return strings.HasPrefix(w, prefix) }
	if slices.ContainsFunc(tx.Words(), begins) || flags&flagRetext == 0 {
		return slices.ContainsFunc(tx.Words(), begins), nil
	}
	var rids []int64
	err = c.each("SELECT rid FROM tx WHERE rid > ? AND rid <= ?", []any{base << slotBits, base<<slotBits | maxSlot}, func(s *sqlite3.Stmt) error {
		rids = append(rids, s.ColumnInt64(0))
		return nil
	})
	for _, rid := range rids {
		if err = cmp.Or(err, c.load(rid, &tx)); err != nil || slices.ContainsFunc(tx.Words(), begins) {
			return err == nil, err
		}
	}
	return false, err
}

// everything is the source of all transactions, which drives a crowd that has
// nothing else to propose candidates.
type everything struct{ c *conn }

func (e everything) seek(target int64, down bool) (base int64, found bool, err error) {
	query, row := "SELECT rid >> 16 FROM tx WHERE rid >= ? ORDER BY rid LIMIT 1", target<<slotBits
	if down {
		query, row = "SELECT rid >> 16 FROM tx WHERE rid <= ? ORDER BY rid DESC LIMIT 1", target<<slotBits|maxSlot
	}
	found, err = e.c.one(query, []any{row}, func(s *sqlite3.Stmt) { base = s.ColumnInt64(0) })
	return base, found, err
}

// termsFrom returns the terms that begin with a word; more says that there are
// over maxCursors.
func (c *conn) termsFrom(word string) (terms [][]byte, more bool, err error) {
	for at := wordTerm(word); len(terms) <= c.tuning.cursors; {
		found, err := c.one("SELECT term FROM posting WHERE term >= ? AND term < ? ORDER BY term LIMIT 1",
			[]any{at, after(wordTerm(word))}, func(s *sqlite3.Stmt) { at = s.ColumnBlob(0, nil) })
		if err != nil || !found {
			return terms, false, err
		}
		terms = append(terms, at)
		at = append(slices.Clone(at), 0)
	}
	return nil, true, nil
}

// after returns the least key that is greater than all that begin with this
// one, which has a byte that is not 0xff.
func after(key []byte) []byte {
	end := len(key)
	for key[end-1] == 0xff {
		end--
	}
	next := slices.Clone(key[:end])
	next[end-1]++
	return next
}

// wholeUnion reads the lists of every term that begins with a word, within
// the bounds.
func (c *conn) wholeUnion(ctx context.Context, word string, low, high int64) (source, error) {
	var united, chunk []int64
	start := wordTerm(word)
	err := c.each("SELECT first, list FROM posting WHERE term >= ? AND term < ? AND first < ?",
		[]any{start, after(start), high}, func(s *sqlite3.Stmt) (err error) {
			if chunk, err = appendChunk(chunk[:0], s.ColumnInt64(0), s.ColumnRawBlob(1)); err != nil {
				return err
			}
			for _, base := range chunk {
				if base >= low && base < high {
					united = append(united, base)
				}
			}
			if len(united) > maxUnion {
				slices.Sort(united)
				if united = slices.Compact(united); len(united) > maxUnion/2 {
					return errTooBroad
				}
			}
			return ctx.Err()
		})
	if err != nil {
		return nil, err
	}
	slices.Sort(united)
	return list(slices.Compact(united)), nil
}

// numberSource returns the transactions that have one of several accounts,
// categories or merchants.
func (c *conn) numberSource(kind byte, numbers []int64) source {
	united := make(either, len(numbers))
	for i, n := range numbers {
		united[i] = &cursor{c: c, term: numberTerm(kind, n)}
	}
	return united
}
