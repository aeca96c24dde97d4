package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// maxCursors is up to how many lists are united lazily, because each seek asks
// every one of them.
const maxCursors = 32

// source is a rising set of bases that can be sought in either direction:
// the first base at or after the target, or the last at or before it.
type source interface {
	seek(target int64, down bool) (base int64, found bool, err error)
}

// cursor reads one term's list in one run, part by part.
type cursor struct {
	c    *conn
	run  run
	term []byte
	// chunk is the part at hand, the last that begins at or before a target that
	// was sought; it is empty if none does. It answers for every target from its
	// first base up to reach.
	loaded bool
	chunk  []int64
	reach  int64
	// next is where the following part begins, or the sheet to look for it.
	next, nextSheet int64
	sheet           sheet
	key             []byte
}

// unknown is for a part that has not been looked for.
const unknown = -1

func (k *cursor) seek(target int64, down bool) (int64, bool, error) {
	if !k.answers(target) {
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
		return 0, false, nil // before the first part
	case i < len(k.chunk):
		return k.chunk[i], true, nil
	}
	if err := k.follow(); err != nil {
		return 0, false, err
	}
	return k.next, k.next <= maxBase, nil
}

func (k *cursor) answers(target int64) bool {
	return k.loaded && target <= k.reach && (len(k.chunk) == 0 || target >= k.chunk[0])
}

// load reads the part that a target falls into.
func (k *cursor) load(target int64) error {
	k.loaded, k.chunk, k.reach, k.next, k.nextSheet = false, k.chunk[:0], target, unknown, k.run.first()
	k.key = listKey(k.key[:0], k.term, target)
	var failed error
	_, err := k.c.one(sheetAt, []any{k.run.id, k.key}, func(s *sqlite3.Stmt) {
		k.nextSheet = s.ColumnInt64(0) + 1
		k.sheet.open(s.ColumnRawBlob(1), s.ColumnRawBlob(2))
		failed = k.scan()
	})
	if err = cmp.Or(err, failed); err != nil {
		return err
	}
	if n := len(k.chunk); n > 0 {
		k.reach = max(k.reach, k.chunk[n-1])
	}
	k.loaded = true
	return nil
}

// follow finds where the next part begins, if the sheet of this one did not say.
func (k *cursor) follow() error {
	if k.next != unknown {
		return nil
	}
	next := int64(maxBase + 1)
	_, err := k.c.one("SELECT first FROM sheet WHERE id = ?", []any{k.nextSheet}, func(s *sqlite3.Stmt) {
		k.sheet.key = append(k.sheet.key[:0], s.ColumnRawBlob(0)...)
		if k.sheet.has(k.term) {
			next = baseIn(k.sheet.key)
		}
	})
	if err == nil {
		k.next = next
	}
	return err
}

// scan finds the last part of the term's list up to the key, and where the
// next begins if that is in the sheet.
func (k *cursor) scan() error {
	var part []byte
	first := int64(-1)
	for {
		ok, err := k.sheet.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if bytes.Compare(k.sheet.key, k.key) > 0 {
			if k.sheet.has(k.term) {
				k.next = baseIn(k.sheet.key)
			} else {
				k.next = maxBase + 1
			}
			break
		}
		if k.sheet.has(k.term) {
			first, part = baseIn(k.sheet.key), k.sheet.value
		}
	}
	if first < 0 {
		return nil
	}
	var err error
	k.chunk, err = appendChunk(k.chunk, first, part)
	return err
}

// listed is a term's list in all runs.
type listed struct {
	runs []*cursor // those with the newest transactions first
}

// listOf returns the source of the transactions that have a term.
func (c *conn) listOf(term []byte) (*listed, error) {
	runs, err := c.allRuns()
	l := &listed{}
	for _, r := range runs {
		l.runs = append(l.runs, &cursor{c: c, run: r, term: term})
	}
	return l, err
}

func (l *listed) seek(target int64, down bool) (best int64, found bool, err error) {
	for n := range l.runs {
		k := l.runs[n]
		if !down {
			k = l.runs[len(l.runs)-1-n]
		}
		// The best that this run can have need not be sought if it is no better.
		if down && (target < k.run.low || found && min(target, k.run.high) <= best) ||
			!down && (target > k.run.high || found && max(target, k.run.low) >= best) {
			continue
		}
		base, ok, err := k.seek(target, down)
		if err != nil {
			return 0, false, err
		}
		if ok && (!found || (down && base > best) || (!down && base < best)) {
			best, found = base, true
		}
	}
	return best, found, nil
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

// all is the intersection of its sources, of which it has at least one. The one
// that last went on furthest is asked first: it is likely the shortest.
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
		} else {
			a[0], a[i] = a[i], a[0]
			i = 0
		}
		if len(a) == 1 {
			return base, true, nil
		}
	}
}

// wordSource returns the transactions that have a word of a plan's query.
func (c *conn) wordSource(ctx context.Context, q store.QueryWord, p *plan) (source, error) {
	switch {
	case q.Inside:
		return c.insideSource(ctx, q, p.at, p.low, p.high)
	case q.Beginning:
		return c.beginningsSource(ctx, q, []string{q.Text}, p.low, p.high)
	}
	return c.listOf(wordTerm(q.Text))
}

// beginningsSource returns the transactions that have a word with one of several
// beginnings, none of which begins with another. They are those of a query's word.
func (c *conn) beginningsSource(ctx context.Context, q store.QueryWord, beginnings []string, low, high int64) (source, error) {
	var all [][]byte
	more := false
	for _, beginning := range beginnings {
		var terms [][]byte
		var err error
		if terms, more, err = c.termsFrom(beginning, c.tuning.cursors-len(all)); err != nil {
			return nil, err
		}
		if more {
			break
		}
		all = append(all, terms...)
	}
	if !more {
		return c.listsOf(all)
	}
	sheets := int64(0)
	for _, beginning := range beginnings {
		n, err := c.sheetsOf(wordTerm(beginning), after(wordTerm(beginning)), c.tuning.crowd-sheets)
		if err != nil {
			return nil, err
		}
		if sheets += max(n, 1); sheets >= c.tuning.crowd {
			return &crowd{c: c, ctx: ctx, word: q, beginnings: beginnings, low: low, high: high, patience: c.tuning.patience}, nil
		}
	}
	return c.wholeUnion(ctx, beginnings, low, high)
}

// tuning holds what decides how a search goes about it, never what it finds.
type tuning struct {
	// block is how many rows are imported together.
	block int
	// cursors is up to how many words of one prefix are united lazily.
	cursors int
	// crowd is from how many sheets on the lists of a prefix are not read
	// before it has to be: some 3 ms.
	crowd int64
	// patience is how many candidates have their texts looked at, at some 10 µs
	// each, before the lists are read after all.
	patience int
	// passed is how many versions firstVisible passes, at some 3 µs each.
	passed int
	// merged is how many sheets are merged at once, at some 50 µs each.
	merged int64
}

var usualTuning = tuning{block: blockRows, cursors: maxCursors, crowd: 300, patience: 3000, passed: 1000, merged: maxMerged}

// endless is the patience of a crowd whose lists are never read.
const endless = -1

// crowd is the source of a word that is found in a great many. Reading their
// lists costs a second for a million; so it first looks at the texts of those
// candidates that other sources propose, for as long as its patience lasts.
// What it answers in this while is exact when it says "this one", and otherwise
// only that the next may be from there on: enough for all.
type crowd struct {
	c          *conn
	ctx        context.Context
	word       store.QueryWord
	beginnings []string // of the words that it finds
	low, high  int64
	patience   int
	whole      source // once patience is over
}

func (d *crowd) seek(target int64, down bool) (base int64, found bool, err error) {
	if d.whole == nil && d.patience == 0 {
		d.whole, err = d.c.wholeUnion(d.ctx, d.beginnings, d.low, d.high)
		switch {
		case errors.Is(err, errTooBroad) && d.word.Inside:
			d.whole, d.patience = nil, endless
		case err != nil:
			return 0, false, err
		}
	}
	if d.whole != nil {
		return d.whole.seek(target, down)
	}
	if d.patience != endless {
		d.patience--
	}
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

// hasWord reports whether a query's word finds a word of a transaction's text, or
// of one of several.
func (c *conn) hasWord(base int64, q store.QueryWord) (bool, error) {
	var all []version
	if err := c.versions.of(base, func(v version) bool { all = append(all, v); return v.flags&flagRetext != 0 }); err != nil {
		return false, err
	}
	for i := range all {
		var tx store.Transaction
		if err := c.load(&all[i], &tx); err != nil {
			return false, err
		}
		if slices.ContainsFunc(tx.Words(), q.Match) {
			return true, nil
		}
	}
	return false, nil
}

// everything is the source of all transactions, which drives a crowd that has
// nothing else to propose candidates.
type everything struct{ c *conn }

func (e everything) seek(target int64, down bool) (base int64, found bool, err error) {
	return e.c.versions.neighbour(target, down)
}

// termsFrom returns the terms that begin with a word; more says that there are
// over so many.
func (c *conn) termsFrom(word string, most int) (terms [][]byte, more bool, err error) {
	runs, err := c.allRuns()
	if err != nil {
		return nil, false, err
	}
	prefix := wordTerm(word)
	have := map[string]bool{}
	for _, r := range runs {
		in := c.readRun(r)
		err := in.seek(prefix)
		for err == nil && in.valid && bytes.HasPrefix(in.key, prefix) {
			term := bytes.Clone(in.term())
			if !have[string(term)] {
				have[string(term)] = true
				terms = append(terms, term)
			}
			if len(terms) > most {
				return nil, true, nil
			}
			err = in.seek(append(term[:len(term):len(term)], 1)) // after all of its parts
		}
		if err != nil {
			return nil, false, err
		}
	}
	return terms, false, nil
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

// sheetsOf counts the sheets that hold the keys from one up to, not including,
// another, as far as a limit.
func (c *conn) sheetsOf(from, to []byte, limit int64) (sheets int64, err error) {
	runs, err := c.allRuns()
	for _, r := range runs {
		if err != nil || sheets >= limit {
			break
		}
		n := int64(0)
		n, err = c.integer("SELECT count(*) FROM (SELECT 1 FROM sheet WHERE id >> 32 = ? AND first >= ? AND first < ? LIMIT ?)", r.id, from, to, limit)
		sheets += n
	}
	return sheets, err
}

// numberSource returns the transactions that have one of several accounts,
// categories or merchants.
func (c *conn) numberSource(kind byte, numbers []int64) (source, error) {
	terms := make([][]byte, len(numbers))
	for i, n := range numbers {
		terms[i] = numberTerm(kind, n)
	}
	return c.listsOf(terms)
}

// listsOf returns the transactions that have one of several terms.
func (c *conn) listsOf(terms [][]byte) (source, error) {
	if len(terms) == 1 {
		return c.listOf(terms[0])
	}
	united := make(either, len(terms))
	for i, term := range terms {
		var err error
		if united[i], err = c.listOf(term); err != nil {
			return nil, err
		}
	}
	return united, nil
}
