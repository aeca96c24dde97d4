package redact

import "bytes"

// A long text has many marks that may be escapes, but what they decode to changes few
// places of it. Its parts around these places are read in every way, each as a short
// text is; what is far from all of them reads as it stands. So does what is far from
// all that was redacted, when the text is examined again.

// Limits of the parts of a long text.
const (
	minLong    = 1 << 10       // bytes: a shorter text is no long one
	nearReach  = 48            // bytes on both sides of a change: a number and its cue
	nearMargin = nearReach / 2 // bytes at the ends of a part in which nothing counts: what is before them may say that it is no number
	nearSize   = 320           // bytes from which a part takes in no further change
	nearWhole  = 2 * nearReach // bytes: a reading this short has nothing that is far from a change
	nearMore   = 4             // so many times further is looked where a finding reaches the end of a part
)

// edgeKind tells what becomes of a part: it is decoded, or read as it is.
type edgeKind int

const (
	edgeDecoded edgeKind = iota
	edgeRead
)

// stretch is the bytes from lo to hi of a text.
type stretch struct{ lo, hi int }

// divides tells whether a view is so long that it is examined in parts, and none itself.
func (s *scan) divides(v *view) bool { return len(v.t) >= minLong && !s.near && !s.r.whole }

// around examines the parts of a view around the places that next finds in it.
func (s *scan) around(v *view, next func(t []byte, i int) stretch, edge edgeKind, examine func(part view)) {
	near := s.near
	s.near = true
	for at := next(v.t, 0); at.lo < len(v.t); {
		part := stretch{edge.before(v.t, at.lo-nearReach), edge.behind(v.t, at.hi+nearReach)}
		full := at.lo + nearSize + (at.lo - part.lo) // the further it reaches back, the more it takes in
		for {
			at = next(v.t, max(at.hi, at.lo+1))
			if at.lo < len(v.t) && at.hi+nearReach <= part.hi {
				continue
			}
			if at.lo == len(v.t) || at.lo-nearReach > part.hi || at.hi > full {
				break
			}
			part.hi = edge.behind(v.t, at.hi+nearReach)
		}
		part = s.examinePart(v, part, edge, examine)
		for at.lo < len(v.t) && (at.hi+nearReach <= part.hi || part.hi == len(v.t)) { // it took in more
			at = next(v.t, max(at.hi, at.lo+1))
		}
	}
	s.near = near
}

// listed hands out the places of a list, one after the other. One at the very end of
// the text is about what stands before it.
func listed(places []stretch) func(t []byte, i int) stretch {
	return func(t []byte, _ int) stretch {
		if len(places) == 0 {
			return stretch{len(t), len(t)}
		}
		at := places[0]
		places = places[1:]
		return stretch{min(at.lo, len(t)-1), at.hi}
	}
}

// derived examines a reading of a view: that of a part of a long text around what
// changed in it, and for what else is to be decoded as a whole.
func (s *scan) derived(v view, depth int) {
	if !s.near || len(v.t) <= nearWhole {
		p := profileOf(v.t)
		s.examine(v, depth, &p)
		return
	}
	s.around(&v, listed(v.changed), edgeRead, func(part view) {
		p := profileOf(part.t)
		s.flat = true
		s.examine(part, depth, &p)
	})
	if depth < maxDepth {
		s.further(v, depth)
	}
}

// further scans the readings of a reading.
func (s *scan) further(v view, depth int) {
	var p profile
	if p.flags = flagsOf(v.t); p.flags&(escaping|isControl) == 0 {
		return
	}
	if p.flags&isHigh != 0 {
		p.digits = digitsIn(v.t)
	}
	mark := s.used
	if p.folds(v.t) {
		s.halfEscapes(v, depth)
		v = s.fold(v)
	}
	if p.flags&isControl != 0 && unruly(v.t) {
		s.ruled(v, depth)
	}
	s.escapes(v, depth)
	s.used = mark
}

// examinePart examines a part of a view, and more if something is found that may go
// on beyond its ends. It returns what was examined in the end.
func (s *scan) examinePart(v *view, part stretch, edge edgeKind, examine func(part view)) stretch {
	for reach := nearReach; ; reach *= nearMore {
		before := len(s.spans)
		examine(v.part(part.lo, part.hi))
		if len(s.spans) == before || !s.keepInside(v, part, before) {
			return part
		}
		s.spans = s.spans[:before]
		part = stretch{edge.before(v.t, part.lo-nearMore*reach), edge.behind(v.t, part.hi+nearMore*reach)}
	}
}

// keepInside drops the findings from the one on that lie wholly in the margins of a
// part. It tells whether one of the others may go on beyond the part.
func (s *scan) keepInside(v *view, part stretch, from int) (open bool) {
	lo, hi := int(v.from(part.lo)), int(v.to(part.hi-1))
	inLo, inHi := lo, hi
	if part.lo > 0 {
		inLo = int(v.from(min(part.lo+nearMargin, part.hi-1)))
	}
	if part.hi < len(v.t) {
		inHi = int(v.to(max(part.hi-nearMargin, part.lo+1) - 1))
	}
	kept := s.spans[:from]
	for _, sp := range s.spans[from:] {
		if sp.hi <= inLo || sp.lo >= inHi {
			continue
		}
		kept = append(kept, sp)
		open = open || part.lo > 0 && sp.lo <= lo || part.hi < len(v.t) && sp.hi >= hi
	}
	s.spans = kept
	return open
}

// before returns the last place up to t[i] where nothing is cut in two: where a
// word begins that is nothing but a word, and no encoded text ends.
func (e edgeKind) before(t []byte, i int) int {
	for i > 0 && i < len(t) && codeByte(t[i-1]) && codeByte(t[i]) {
		i--
	}
	for i > 0 {
		word := lastWord(t, i)
		if i = word.lo; e.plain(t, word) {
			if before := lastWord(t, i); wordly(t[before.lo:before.hi]) {
				return i
			}
		}
	}
	return 0
}

// behind is the same for the first place from t[i] on, where such a word ends.
func (e edgeKind) behind(t []byte, i int) int {
	for i > 0 && i < len(t) && codeByte(t[i-1]) && codeByte(t[i]) {
		i++
	}
	for i < len(t) {
		word := firstWord(t, i)
		if i = word.hi; e.plain(t, word) {
			if next := firstWord(t, i); wordly(t[next.lo:next.hi]) {
				return i
			}
		}
	}
	return len(t)
}

// plain tells whether a word is of letters as one writes them, two or more, so that no
// number goes across it, and in no long run of the characters of base64. In a part that
// is to be decoded it must belong to no escape sequence and to no tag either.
func (e edgeKind) plain(t []byte, w stretch) bool {
	word := t[w.lo:w.hi]
	if len(word) < 2 || len(word) >= cutWord {
		return false
	}
	for _, c := range word {
		if !letter(c) {
			return false
		}
	}
	if !wordly(word) || inEncoding(t, w) {
		return false
	}
	return e == edgeRead || !(w.lo > 0 && byteClass[t[w.lo-1]]&escaping != 0 || byteAt(t, w.hi) == ';' || inTag(t, w.lo))
}

// inEncoding tells whether a word is in a run of base64 that is as long as an encoding.
func inEncoding(t []byte, w stretch) bool {
	for w.lo > 0 && base64Char(t[w.lo-1]) && w.hi-w.lo < cutWord {
		w.lo--
	}
	for w.hi < len(t) && base64Char(t[w.hi]) && w.hi-w.lo < cutWord {
		w.hi++
	}
	return w.hi-w.lo >= cutWord
}

// inTag tells whether t[i] is inside a tag.
func inTag(t []byte, i int) bool {
	before := t[max(0, i-longestTag):i]
	open := bytes.LastIndexByte(before, '<')
	return open >= 0 && bytes.IndexByte(before[open:], '>') < 0 && tagName(before[open+1:])
}

// lastWord returns the last word that begins before t[i].
func lastWord(t []byte, i int) (word stretch) {
	for i > 0 && !codeByte(t[i-1]) {
		i--
	}
	word.hi = i
	for i > 0 && codeByte(t[i-1]) {
		i--
	}
	word.lo = i
	return word
}

// firstWord returns the first word from t[i] on.
func firstWord(t []byte, i int) (word stretch) {
	for i < len(t) && !codeByte(t[i]) {
		i++
	}
	word.lo = i
	for i < len(t) && codeByte(t[i]) {
		i++
	}
	word.hi = i
	return word
}

// documents looks at the readings of a long view that are a JSON document as a
// whole, however often it is encoded.
func (s *scan) documents(v view, depth int) {
	if depth == maxDepth || !s.mayOpen(v) {
		return
	}
	s.decodings(v, func(out view) {
		if !s.readings.seen(^s.readings.fingerprint(&out)>>1, depth) && s.charge(&v, 0, len(v.t), len(out.t)) {
			s.document(&out)
			s.documents(out, depth+1)
		}
	})
}

// mayOpen tells whether a view begins as a document does, or with what decodes to
// such a beginning.
func (s *scan) mayOpen(v view) bool {
	mark := s.used
	defer func() { s.used = mark }()
	v = v.part(0, min(len(v.t), minLong))
	for range maxDepth {
		if t := bytes.TrimSpace(v.t); len(t) > 0 && (t[0] == '{' || t[0] == '[') {
			return true
		}
		v = s.plainest(v)
	}
	return false
}
