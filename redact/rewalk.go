package redact

import (
	"bytes"
	"slices"
)

// What is left of a number that was divided over leaves may go on with the next
// leaf, so that a document in which one is found is walked again: redacting twice
// gives the same. Of a long document only the parts around such findings are: a
// finding is about leaves near each other. What the walk holds open where an element
// of an array begins, such as digits that the next leaf may go on with, tells how
// far back a finding may reach; what it holds one element further, how far ahead.

// zone is a part of a document that is walked again, from one element to another.
type zone struct{ from, to int }

// rewalk is what a walk knows of the zones, which stand in order.
type rewalk struct {
	before int    // where the last element began
	calm   int    // the last element before which nothing began that is open
	found  []zone // to be walked again
	open   bool   // the last of found goes on
	hot    bool   // a finding was made since before
	only   []zone // what this walk is about; nil: all of the document
	at     int    // the first of only that is not behind the walk
	moved  int    // ends of found that are where they are in the output
}

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
		r.found = append(r.found, zone{r.calm, len(w.src)})
	}
	r.open, r.hot = true, true
}

// skip is asked where an element of an array begins, src[i:], and returns its end if
// this walk is not about it; 0 if it is.
func (s *scan) skip(i int) (end int) {
	w, r := &s.walk, &s.walk.rewalk
	first := s.openFrom(i)
	settled := first >= r.before // by the element before alone
	switch {
	case first == i:
		r.calm = i
	case settled:
		r.calm = r.before
	}
	if r.open && settled && !r.hot {
		r.found[len(r.found)-1].to, r.open = i, false
	}
	if settled && !r.open && r.only != nil {
		end = s.skipTo(i)
	}
	r.before, r.hot = i, false
	if end > 0 && first < i { // what is open was walked before, with what follows
		w.chain.reset()
		w.coded.reset()
		w.keyEnd, w.banks = 0, banks{}
	}
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
	if w.keyEnd > 0 && i-w.keyEnd <= codedGap {
		first = min(first, w.keyEnd)
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

// skipTo returns where the element src[i:] ends, if neither it nor the one before is
// in a zone.
func (s *scan) skipTo(i int) (end int) {
	w, r := &s.walk, &s.walk.rewalk
	for r.at < len(r.only) && r.only[r.at].to <= r.before {
		r.at++
	}
	limit := len(w.src)
	if r.at < len(r.only) {
		limit = r.only[r.at].from
	}
	return elementEnd(w.src, i, limit)
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

// move puts the ends of zones that lie in src[from:to], which the output has as it
// is up to its byte end, where they are in the output.
func (r *rewalk) move(from, to, end int) {
	for ; r.moved < 2*len(r.found); r.moved++ {
		z := &r.found[r.moved/2]
		at := &z.from
		if r.moved%2 == 1 {
			at = &z.to
		}
		if *at > to {
			return
		}
		*at = end - (to - max(*at, from))
	}
}
