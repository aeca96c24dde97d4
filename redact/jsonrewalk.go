package redact

import (
	"bytes"
	"errors"
	"slices"
	"sort"
)

// What is left of a number that was divided over leaves may go on with the next
// leaf, so that a document in which one is found is walked again: redacting twice
// gives the same. Of a long document only the parts around such findings are: a
// finding is about leaves near each other. What the walk holds open where an element
// of an array begins, such as digits that the next leaf may go on with, tells how
// far back a finding may reach; what it holds one element further, how far ahead.

// zone is a part of a document that is walked again, from one element to another.
type zone struct {
	from, to int
	array    int // where the array starts of which from is an element
	index    int // of this element
	open     int // where what was open when the element after began: before it, nothing is examined again
}

// rewalk is what a walk knows of the zones, which stand in order.
type rewalk struct {
	before zone   // the last element: where it began
	calm   zone   // the last element before which nothing began that is open
	found  []zone // to be walked again
	open   bool   // the last of found goes on
	hot    bool   // a finding was made since before
	only   []zone // what this walk is about; nil: all of the document
	at     int    // the first of only that is not behind the walk
	blind  bool   // what is walked is before the next of only, and behind something that was passed over
}

// errWalked ends a walk behind the last of its zones.
var errWalked = errors.New("walked")

func (r *rewalk) reset() { *r = rewalk{found: r.found[:0]} }

func (r *rewalk) any() bool { return len(r.found) > 0 }

// next returns the zones for the next walk, nil if there was none before it: all of
// the document.
func (r *rewalk) next() []zone {
	if !r.any() {
		return nil
	}
	return slices.Clone(r.found)
}

// walkAgain notes a finding after which what stands around the current leaf has to be
// walked again.
func (w *walker) walkAgain() {
	r := &w.rewalk
	if !r.open {
		z := r.calm
		z.to = len(w.src)
		r.found = append(r.found, z)
	}
	r.open, r.hot = true, true
}

// skip is asked where an element of an array begins, src[i:]. It returns the element
// that is to be walked next, of the same array, or the end of one that this walk is
// not about; errWalked if it is about nothing else.
func (s *scan) skip(i int) (next, end int, err error) {
	w, r := &s.walk, &s.walk.rewalk
	first := s.openFrom(i)
	settled := first >= r.before.from // by the element before alone
	array := &w.frames[len(w.frames)-1]
	here := zone{from: i, array: array.start, index: array.index, open: i}
	switch {
	case first == i:
		r.calm = here
	case settled:
		r.calm = r.before
		r.calm.open = first
	}
	if r.open && settled && !r.hot {
		r.found[len(r.found)-1].to, r.open = i, false
	}
	next = i
	if settled && !r.open && r.only != nil {
		if next, end, err = s.skipTo(i); err != nil {
			return i, 0, err
		}
	}
	if (next > i || end > 0) && first < i { // what is open was walked before, with what follows
		w.chain.reset()
		w.coded.reset()
		w.keyEnd, w.accountEnd, w.banks = 0, 0, banks{}
	}
	if next > i {
		array.index = r.only[r.at].index
		here = r.only[r.at]
		r.calm = here
	}
	r.blind = r.blind || end > 0 || next > i
	r.before, r.hot = here, false
	return next, end, nil
}

// passBlind passes over the string or number at src[i:], if this walk is not about it;
// end is 0 if it is.
func (w *walker) passBlind(i int) (end int) {
	r := &w.rewalk
	if r.at < len(r.only) && i >= r.only[r.at].open {
		r.blind = false
		return 0
	}
	if w.src[i] == '"' {
		return stringEnd(w.src, i) + 1
	}
	end, _ = numberEnd(w.src, i)
	return end
}

// openFrom returns where what is open at src[i] begins, with which a leaf may go on; i
// if nothing is.
func (s *scan) openFrom(i int) (first int) {
	w := &s.walk
	if n := len(w.coded.parts); n > 0 && i-w.coded.parts[n-1].end > codedGap {
		s.decode()
	}
	first = i
	if w.chain.open() {
		first = min(first, w.chain.parts[0].i)
	}
	if len(w.coded.parts) > 0 {
		first = min(first, w.coded.parts[0].i)
	}
	for _, end := range [...]int{w.keyEnd, w.accountEnd} {
		if end > 0 && i-end <= tailGap {
			first = min(first, end)
		}
	}
	b := &w.banks
	if b.account > 0 && i-b.account <= bankReach {
		first = min(first, b.account)
	}
	for k := range b.held[:b.n] {
		if h := &b.held[k]; i-h.end <= bankReach {
			first = min(first, h.i)
		}
	}
	return first
}

// skipTo is skip where nothing is open: a zone of the same array is gone to, and an
// element passed over if neither it nor the one before is in a zone.
func (s *scan) skipTo(i int) (next, end int, err error) {
	w, r := &s.walk, &s.walk.rewalk
	for r.at < len(r.only) && r.only[r.at].to <= r.before.from {
		r.at++
	}
	if r.at == len(r.only) {
		return i, 0, errWalked
	}
	z := &r.only[r.at]
	if z.from > i && z.array == w.frames[len(w.frames)-1].start {
		return z.from, 0, nil
	}
	return i, elementEnd(w.src, i, z.from), nil
}

// elementEnd returns where the element of an array ends that begins at src[i]; 0 if
// that is behind limit. It was walked before, so that it is known to be valid.
func elementEnd(src []byte, i, limit int) int {
	for depth := 0; i < limit; i++ {
		c := src[i]
		switch c {
		case '"':
			i = stringEnd(src, i)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		switch {
		case depth < 0 || depth == 0 && c == ',': // behind a number or a word
			return i
		case depth == 0 && (c == '"' || c == '}' || c == ']') && i < limit:
			return i + 1
		}
	}
	return 0
}

// stringEnd returns where the closing quote of the JSON string src[i:] is.
func stringEnd(src []byte, i int) int {
	for {
		i++
		n := bytes.IndexByte(src[i:], '"')
		if n < 0 {
			return len(src)
		}
		i += n
		slashes := 0
		for src[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
}

// move puts the zones of a document where they are after edits, which are in order.
func (w *walker) move() {
	zones := w.rewalk.found
	if len(zones) == 0 {
		return
	}
	longer := make([]int, len(w.edits)+1) // by the edits before
	for k, e := range w.edits {
		longer[k+1] = longer[k] + (e.to - e.from) - (e.hi - e.lo)
	}
	to := func(i int) int {
		n := sort.Search(len(w.edits), func(k int) bool { return w.edits[k].lo >= i })
		if n > 0 {
			i = max(i, w.edits[n-1].hi) // what an edit takes away is at its end
		}
		return i + longer[n]
	}
	for k := range zones {
		z := &zones[k]
		z.from, z.to, z.array, z.open = to(z.from), to(z.to), to(z.array), to(z.open)
	}
}
