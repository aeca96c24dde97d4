package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// maxCursors is up to how many lists are united lazily; more are read whole,
// because each seek asks every one of them.
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
	if more {
		return c.wholeUnion(ctx, word, low, high)
	}
	united := make(either, len(terms))
	for i, term := range terms {
		united[i] = &cursor{c: c, term: term}
	}
	return united, nil
}

// termsFrom returns the terms that begin with a word; more says that there are
// over maxCursors.
func (c *conn) termsFrom(word string) (terms [][]byte, more bool, err error) {
	for at := wordTerm(word); len(terms) <= maxCursors; {
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
