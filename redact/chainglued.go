package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// Digits may be glued to a card before it is divided over leaves:
// ["20264111","11111111","1111"]. What is found in one leaf with such digits is found in
// the parts, too, as far as they do not look like a list of numbers.

// evidence is what speaks for parts being those of one number.
type evidence int

const (
	tableLike evidence = iota // they are members of a table of figures: nothing may be glued on
	listLike                  // they may be a list: only zeros and dates may be glued on
	shortEnd                  // numbers of which the first or the last is short: that one may be glued on
	oneNumber                 // strings that are no numbers by themselves: a digit or a code may be
	cutEvenly                 // and of one size, or called parts: a longer run may be
)

// gluedAmong looks for cards to which digits are glued that say nothing, in parts that
// may be one number.
func (s *scan) gluedAmong() {
	c := &s.walk.chain
	for from := range c.parts {
		if c.parts[from].neutral || !s.mayBegin(from) {
			continue
		}
		var d [detect.MaxCut]byte
		n, ok := 0, true
		for to := from; ok && n < len(d) && to < len(c.parts); to++ {
			p := &c.parts[to]
			if p.neutral {
				continue
			}
			if n, ok = c.digitsOf(p, d[:], n, to == from); ok && to > from && n > detect.ShortestPAN && c.sideBySide(s.walk.src, from, to) && !c.unrelated(s.walk.src, from, to) && s.mayRun(from, to) && s.sizedNumbers(from, to) {
				s.gluedParts(from, to)
			}
			ok = ok && (to == from || c.pure(p))
		}
	}
}

// mayBegin tells whether a part may be the first of a run: no number stands before it in
// its container, or one that its key does not go on from.
func (s *scan) mayBegin(from int) bool {
	c, src := &s.walk.chain, s.walk.src
	before, first := c.numberBefore(from), &c.parts[from]
	if before == nil || before.parent != first.parent {
		return true
	}
	name := before.name(src)
	return name != nil && (structuredKey(name) || !goesOn(name, first.name(src)))
}

// sideBySide tells whether the parts [from, to] are elements or members of one container,
// or those of the same name in several: content blocks.
func (c *chain) sideBySide(src []byte, from, to int) bool {
	first := &c.parts[from]
	name := first.name(src)
	for k := from + 1; k <= to; k++ {
		p := &c.parts[k]
		if !p.neutral && p.parent != first.parent && (name == nil || p.grand != first.grand || !bytes.Equal(p.name(src), name)) {
			return false
		}
	}
	return true
}

// sizedNumbers tells whether those parts that are JSON numbers are sized as the groups
// of a card, or few.
func (s *scan) sizedNumbers(from, to int) bool {
	return s.walk.chain.evenNumbers(from, to) || s.fewNumbers(from, to)
}

// pure tells whether a part is digits and nothing else.
func (c *chain) pure(p *part) bool {
	for _, b := range c.text[p.from : p.from+p.size] {
		if !char.Digit(b) {
			return false
		}
	}
	return p.size > 0
}

// gluedParts reads the parts [from, to] as one run of digits.
func (s *scan) gluedParts(from, to int) {
	c := &s.walk.chain
	s.Spans, s.Used, s.Cue = s.Spans[:0], 0, c.cue
	v := s.View(detect.MaxCut)
	for k := range c.parts {
		p := &c.parts[k]
		p.out = k < from || k > to || p.neutral
		for i := p.from; i < p.from+p.size && !p.out; i++ {
			switch b := c.text[i]; {
			case char.Digit(b):
				v.Push(b, int32(i), int32(i+1))
			case char.Letter(b) && k == from:
				v.Text, v.Lo, v.Hi = v.Text[:0], v.Lo[:0], v.Hi[:0]
			case char.Letter(b):
				i = p.from + p.size
			}
		}
	}
	v = s.Keep(v)
	if q := &s.Seq; len(v.Text) > detect.ShortestPAN {
		q.Read(v.Text, 0)
		s.gluedRun(&v, q, from, to)
	}
	s.Merge()
	for k := range s.Spans {
		s.splitFound(&s.Spans[k])
	}
	s.Used = 0
}

// gluedRun looks for cards in the digits of the parts [from, to].
func (s *scan) gluedRun(v *finding.View, q *detect.Sequence, from, to int) {
	g, n := q.G[0], len(q.D)
	speaks := s.speaks(from, to)
	if speaks == tableLike {
		return
	}
	if speaks == cutEvenly || speaks == oneNumber && n < detect.LongRun {
		s.CardsInRun(v, q, 0, 0)
		return
	}
	s.CardGlued(v, q, g)
	if speaks == listLike {
		return
	}
	c := &s.walk.chain
	if size := c.parts[from].size; size <= maxShortEnd {
		s.Card(v, q, size, n, issuer.Strong)
	}
	if size := c.parts[to].size; size <= maxShortEnd {
		s.Card(v, q, 0, n-size, issuer.Strong)
	}
}

const (
	maxShortEnd = 4  // digits of a part that is glued to the others
	longPart    = 11 // digits of one of two parts that hardly is a number of its own
	fewParts    = 3  // are hardly a list, and a short one beside them
	mostNamed   = 12 // parts that keys such as p1 name: more are a table, of hours or of places
)

// speaks tells what speaks for the parts [from, to] being one number.
func (s *scan) speaks(from, to int) evidence {
	c, src := &s.walk.chain, s.walk.src
	first, last := &c.parts[from], &c.parts[to]
	n, longest, middle, named := 0, 0, 0, true
	even := true
	for k := from; k <= to; k++ {
		p := &c.parts[k]
		if p.neutral {
			continue
		}
		if p.number || !c.pure(p) {
			return listLike
		}
		n++
		longest = max(longest, p.size)
		name := p.name(src)
		named = named && (gate.PartWord(name) || first.parent != last.parent && textName(name))
		if k > from && k < to {
			even = even && (middle == 0 || p.size == middle)
			middle = p.size
		}
	}
	named = named && (n <= mostNamed || longest == 1)
	members := first.parent == last.parent && src[first.parent] == '{'
	even = even && longest > 1 && longest == middle && (first.size < middle || last.size < middle)
	if !named && n > fewParts && members {
		return tableLike
	}
	if !named && members && !c.namedOn(src, from, to) {
		return listLike
	}
	switch {
	case named || even && n >= detect.FewCut:
		return cutEvenly
	case even || longest == 1 || n == 2 && longest >= longPart:
		return oneNumber
	case n <= fewParts+1:
		return shortEnd
	}
	return listLike
}

// textName tells whether the only member of the objects of an array has the name of a text
// that is sent in parts: {"type":"text","text":"4539"}, {"d":"4539"}.
func textName(name []byte) bool {
	switch string(name) {
	case "text", "content", "data", "delta":
		return true
	}
	return len(name) == 1
}
