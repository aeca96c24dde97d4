package redact

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
)

// A number may be split over neighbouring leaves: elements of an array,
// members of an object, content blocks. The chain collects leaves that could
// be parts of one number; where it ends they are examined joined.

// Limits of a chain.
const (
	maxParts   = 48
	maxNeutral = 12 // a word without digits this short, such as a block's type, does not end a chain; a token is longer
	minDivided = 9  // the same, if there may be a dash of an identity number
)

// part is one leaf of a chain.
type part struct {
	i, end  int // the leaf in src
	from    int // where its piece starts in chain.text
	size    int
	offset  int // where the piece starts in the leaf's text
	parent  int // start of the container
	grand   int // start of the container's container
	great   int // and of the one around that
	escaped bool
	number  bool
	key     bool // it is a key
	element bool // it is an element of an array
	neutral bool
	out     bool // not in the reading that is examined
	alone   bool // something was redacted in it alone
	spare   bool // the same, but only if it is not part of what is found
	open    bool // digits reach its end, so that the next leaf may go on
	whole   bool // it is complete in itself, and a part of an IBAN alone
	account bool // its key says account
	goesOn  bool // the same of the part before, from whose key this one goes on
}

type chain struct {
	parts    []part
	text     []byte
	digits   int
	numbered int     // parts that have digits
	iban     bool    // all parts so far are the beginning of an IBAN
	cue      cue.Set // what the key of an array says whose elements all parts are
	counted  bool    // some parts are those of an account that their keys name and count
	spare    int     // the leaf that is to be a spare part
	spareOut []byte  // how it is redacted alone
}

func (c *chain) reset() {
	clear(c.text)
	c.parts, c.text, c.digits, c.numbered, c.iban, c.cue, c.counted = c.parts[:0], c.text[:0], 0, 0, false, 0, false
}

// lettered tells whether a text may be the first or a further part of an IBAN
// that is divided anywhere, also between letters.
func (c *chain) lettered(t []byte) bool {
	if len(t) == 0 || len(t) > iban.Longest+iban.Longest/4 || c.open() && !c.iban {
		return false
	}
	var country [2]byte
	n := 0
	for _, b := range t {
		if b < 0x80 && !char.Alnum(b) {
			continue
		}
		if n < len(country) {
			country[n] = b
		}
		if b >= 0x80 || !c.open() && (n < 2 && !char.Letter(b) || n >= 2 && n < 4 && !char.Digit(b)) {
			return false
		}
		n++
	}
	if !c.open() {
		c.iban = n == 1 || n > 1 && profile.IBANLead(country[0], country[1])
	}
	return c.iban
}

func (c *chain) open() bool { return len(c.parts) > 0 }

// starts tells whether a text may begin a chain though it has no digits: it
// ends in a word of one or two letters.
func (c *chain) starts(t []byte) bool {
	n := len(t)
	return n > 0 && char.Letter(t[n-1]) && (n <= 2 || !char.Alnum(t[n-2]) || !char.Alnum(t[n-3])) && ibanTail(t)
}

// tailed tells whether a text that is more than a part of an IBAN ends like
// the first part of one, or goes on with the one that the chain began.
func (c *chain) tailed(e *profile.LeafEnds) bool {
	if c.open() {
		return c.iban && char.Alnum(e.Text[0]) && (e.Digits > 0 || len(e.Text) <= maxNeutral)
	}
	c.iban = e.IBAN
	return c.iban
}

// link offers a leaf that holds nothing by itself, of which prof tells if it is not
// nil, to the chain.
func (s *scan) link(i, end int, raw []byte, escaped bool, prof *profile.Profile) {
	if s.keyed(i, end, raw, escaped) {
		return
	}
	c := &s.walk.chain
	if c.open() && s.walk.framing(raw) || len(raw) <= longestIndex && char.Digit(char.At(raw, 0)) && s.walk.counting(raw) {
		return
	}
	if c.repeats(raw) {
		s.unlink()
	}
	number := s.walk.src[i] != '"'
	var e profile.LeafEnds
	if number {
		e = numberEnds(raw)
	} else {
		e = s.ends(raw, prof)
	}
	text, head, tail, digits := e.Text, e.Head, e.Tail, e.Digits
	if !head && digits > 0 && c.open() {
		head = detect.SaidHead(text)
	}
	if digits == 0 && (c.open() && s.Rules.IsToken(raw) || !c.open() && !c.starts(text)) {
		s.unlink()
		return
	}
	if !c.open() && !c.lettered(text) && !e.IBAN && (len(text) == 0 || !char.Digit(text[len(text)-1]) && char.Alnum(text[len(text)-1]) || len(text) == len("2026-01-05") && date.IsISO(text) || s.walk.structured()) {
		return
	}
	if c.open() && !c.iban && digits > 0 && !head { // another one may begin here
		s.linkAnew()
		if &text[0] != &raw[0] { // where it was folded to, others are now
			e = s.ends(raw, prof)
			text = e.Text
		}
	}
	p := part{i: i, end: end, escaped: escaped, number: number}
	if len(text) >= detect.ShortestDigest && (head || tail) {
		first, last := digestEnds(text)
		head, tail = head && !first, tail && !last
	}
	opened := c.open()
	letters := c.lettered(text)
	switch {
	case !letters && len(text) > 0 && c.tailed(&e) && (!opened || s.continues(&p)):
		p.neutral, tail = digits == 0 && opened && len(text) <= maxNeutral, tail || !opened
	case letters && (!c.open() || s.continues(&p)):
		p.neutral, tail = digits == 0, true
	case digits == 0:
		if !c.open() || len(text) > maxNeutral {
			s.unlink()
			return
		}
		p.neutral = !marksOnly(text)
	case !head && !tail, settled(&s.Seq, text, p.number):
		s.unlink()
		return
	case !head || !s.continues(&p):
		s.unlink()
		if !tail {
			return
		}
		opened = false
	}
	p.whole = c.iban && digits > 0 && !p.neutral && (s.walk.structured() || settled(&s.Seq, text, p.number))
	if !opened && digits > 0 && !c.iban && (p.number && date.SinceEpoch(text) && char.AllDigits(text) || s.walk.structured()) {
		s.unlink()
		return
	}
	p.open = tail || digits == 0
	s.linkPart(p, raw, head, digits)
	if !p.open {
		s.unlink()
	}
}

// linkAnew ends a chain that the current leaf does not go on with, but for the last
// parts from one on that may be the first letter or two of an IBAN.
func (s *scan) linkAnew() {
	c := &s.walk.chain
	k := c.lead()
	if k < 0 {
		s.unlink()
		return
	}
	parts, from := slices.Clone(c.parts[k:]), c.parts[k].from
	text := bytes.Clone(c.text[from:])
	s.unlink()
	c.iban = true
	for _, p := range parts {
		s.linkPart(p, text[p.from-from:][:p.size], false, 0)
		q := &c.parts[len(c.parts)-1]
		q.parent, q.grand, q.great = p.parent, p.grand, p.great
	}
}

// lead returns the part that may be the first letter or two of an IBAN, if there are
// no digits behind it; -1 without one.
func (c *chain) lead() int {
	if c.iban {
		return -1
	}
	for k := len(c.parts) - 1; k >= 0 && c.parts[k].neutral; k-- {
		if p := &c.parts[k]; c.starts(c.text[p.from : p.from+p.size]) {
			return k
		}
	}
	return -1
}

// marksOnly tells whether a text is nothing but a separator.
func marksOnly(t []byte) bool {
	for _, c := range t {
		if char.Alnum(c) || c >= 0x80 {
			return false
		}
	}
	return len(t) > 0
}

// linkPart appends a part, with as much of the leaf as may belong to it.
func (s *scan) linkPart(p part, text []byte, head bool, digits int) {
	c, w := &s.walk.chain, &s.walk
	p.parent, p.grand, p.great = w.container(1), w.container(2), w.container(3)
	reach := profile.PartReach
	if !char.ASCII(text) {
		reach *= utf8.UTFMax
	}
	if len(text) > reach {
		if c.open() && head {
			for !utf8.RuneStart(text[reach]) {
				reach--
			}
			text, p.open = text[:reach], false
		} else {
			for p.offset = len(text) - reach; p.offset < len(text)-1 && !utf8.RuneStart(text[p.offset]); {
				p.offset++
			}
			text = text[p.offset:]
		}
	}
	p.from, p.size, p.spare = len(c.text), len(text), p.i == c.spare
	s.cuePart(&p, digits)
	s.countPart(&p, digits)
	c.text = append(c.text, text...)
	c.parts = append(c.parts, p)
	if c.digits += digits; digits > 0 {
		c.numbered++
	}
	s.Dirty = true
	if len(c.parts) == maxParts {
		s.joined()
		c.forget(maxParts / 2)
	}
}

// cuePart learns what the key says of an array of strings that are the parts of one
// number, as in {"ssn":["536","90","4399"]}. A key in the plural means several.
func (s *scan) cuePart(p *part, digits int) {
	c, w := &s.walk.chain, &s.walk
	switch {
	case len(c.parts) == 0 && len(w.frames) > 0 && w.frames[len(w.frames)-1].index >= 0 && !w.plural():
		c.cue = w.keyCue(false)
	case len(c.parts) == 0:
		c.cue = w.objectCue()
	case len(c.parts) > 0 && p.parent != c.parts[0].parent:
		c.cue = 0
	}
	if digits == 0 {
		c.cue = 0
	}
	if p.number { // a list of counts, but for a number of which the parts are so sized
		c.cue &= cue.SSN
	}
}

// identityCues are those of numbers that somebody may divide over the members of
// an object.
const identityCues = cue.SSN | cue.Tax | cue.Health | cue.NINO

// objectCue returns what the key of the object around the current leaf says: of an
// identity number whatever its members are called, of an account only if they are
// called parts.
func (w *walker) objectCue() cue.Set {
	n := len(w.frames)
	if n < 2 || w.frames[n-1].index >= 0 || w.frames[n-2].index >= 0 {
		return 0
	}
	f, around := &w.frames[n-1], &w.frames[n-2]
	if around.hi > around.lo && char.Lower(w.src[around.hi-1]) == 's' {
		return 0
	}
	found := w.cueOf(around)
	if tornKey(w.src[f.lo:f.hi]) {
		return found & (identityCues | cue.Account | cue.Card | cue.IBAN)
	}
	return found & identityCues
}

// forget drops the first n parts.
func (c *chain) forget(n int) {
	if n >= len(c.parts) {
		c.reset()
		return
	}
	cut := c.parts[n].from
	c.text = append(c.text[:0], c.text[cut:]...)
	c.parts = append(c.parts[:0], c.parts[n:]...)
	for k := range c.parts {
		c.parts[k].from -= cut
	}
}

// container returns where the nth container around the current leaf starts.
func (w *walker) container(n int) int {
	if len(w.frames) < n {
		return -n
	}
	return w.frames[len(w.frames)-n].start
}

// readable returns a leaf folded, and if it has escape sequences or markup also
// without them; the leaf itself if it is plain. The results are valid until views
// are taken.
func (s *scan) readable(leaf []byte) (folded, decoded []byte) {
	flags := char.FlagsOf(leaf)
	if flags&(char.IsExotic|char.IsHigh|reading.Escaping) == 0 {
		return leaf, nil
	}
	mark := s.Used
	v := finding.View{Text: leaf}
	if folded = leaf; flags&(char.IsExotic|char.IsHigh) != 0 {
		folded = s.Fold(s.bare(v)).Text
	}
	if flags&reading.Escaping != 0 {
		decoded = s.Plainest(v).Text
	}
	s.Used = mark
	return folded, decoded
}

// continues tells whether the current leaf may go on with the chain's last
// number: it stands in the same container or in the next one of a row.
func (s *scan) continues(p *part) bool {
	c, w := &s.walk.chain, &s.walk
	if !c.open() {
		return true
	}
	last := &c.parts[len(c.parts)-1]
	if w.container(1) != last.parent {
		if lit := w.src[p.i:p.end]; !c.near(w, last) || p.number && char.AllDigits(lit) && date.SinceEpoch(lit) { // the time that the next row begins with
			return false
		}
	}
	return !w.structured()
}

// structured tells whether the key of the current leaf names a number that is never part
// of another.
func (w *walker) structured() bool {
	n := len(w.frames)
	if n == 0 {
		return false
	}
	f := &w.frames[n-1]
	if f.index >= 0 {
		return n > 1 && w.frames[n-2].index < 0 && countsOf(w.src[w.frames[n-2].lo:w.frames[n-2].hi])
	}
	w.cueOf(f) // which notes this, too
	return f.apart && !w.referenceGoesOn(f) || f.slip && !w.goesOnBehind(f) || n > 1 && w.sumOf(f, &w.frames[n-2])
}

// near tells whether the current leaf and the chain's last part have one of the
// two containers around them in common.
func (c *chain) near(w *walker, last *part) bool {
	for n := 1; n <= 3; n++ {
		if at := w.container(n); at >= 0 && (at == last.parent || at == last.grand || at == last.great) {
			return true
		}
	}
	return false
}

// unlink ends the chain at a leaf that cannot be part of it.
func (s *scan) unlink() {
	c := &s.walk.chain
	if len(c.parts) == 0 {
		return
	}
	n := len(s.walk.edits)
	if len(c.parts) > 1 && c.digits >= column.MinSuffix && !c.single() {
		s.joined()
	}
	if len(s.walk.edits) == n && c.goesOnWithout() {
		s.walk.walkAgain()
	}
	c.reset()
}

// single tells whether the parts are one that has digits and words, of which none may
// begin or end a code.
func (c *chain) single() bool {
	if c.numbered > 1 || c.iban {
		return false
	}
	for k := range c.parts {
		if p := &c.parts[k]; p.neutral && p.size > 0 && p.size <= profile.LongestLead {
			return false
		}
	}
	return true
}

// goesOnWithout tells whether parts that were redacted alone kept the others from being
// examined as they will be where the former are tokens, with which nothing goes on.
func (c *chain) goesOnWithout() bool {
	others := 0
	for k := range c.parts {
		if p := &c.parts[k]; !p.alone && !p.spare && !p.neutral {
			others++
		}
	}
	n := len(c.parts)
	return others > 0 && c.parts[0].alone || others > 1 && (c.parts[n-1].alone || c.parts[n-1].spare)
}

// endChain ends what was collected at the end of the document.
func (s *scan) endChain() {
	s.unlink()
	s.decode()
}
