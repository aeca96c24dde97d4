package redact

import (
	"bytes"
	"unicode"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// Other numbers may stand in the leaves before and behind those over which a card is
// divided: {"n":"77","a":"4111111111","b":"111111"}. Joined, they hide it: two or
// three numbers side by side in a text are not one. Leaves are: what each of them
// holds alone is known.

// cardsAmong looks for cards, and for other numbers whose check is strict, that some of
// the parts make up without the others.
func (s *scan) cardsAmong() {
	c := &s.walk.chain
	for from := 0; len(c.parts) > 2 && from < len(c.parts)-1; from++ {
		var d [longestRunDigits]byte
		n, ok := 0, !c.parts[from].neutral
		for to := from; ok && n < len(d) && to < len(c.parts); to++ {
			p := &c.parts[to]
			if p.neutral {
				continue
			}
			if n, ok = c.digitsOf(p, d[:], n, to == from); ok && to > from && (mayStandAlone(d[:n]) || c.mayBeDashed(from, to, n)) && s.mayRun(from, to) {
				s.joinedParts(0, from, to+1)
			}
		}
	}
}

// longestRunDigits is the length of the longest of them, a CBU.
const longestRunDigits = 22

// mayStandAlone tells whether digits are a number that is found without a cue.
func mayStandAlone(d []byte) bool {
	switch n := len(d); {
	case n == longestRunDigits:
		return bankaccount.CBU(d)
	case n == 18 && (bankaccount.CLABE(d) || nationalid.ResidentID(d)), n == 15 && nationalid.NIR(d):
		return true
	default:
		return n >= 12 && n <= detect.LongestPAN && profile.MayBeCard(d)
	}
}

// mayBeDashed tells whether the n digits of the parts [from, to] may be an identity number
// in a printed form: a dash is among them.
func (c *chain) mayBeDashed(from, to, n int) bool {
	return n >= minDivided && n <= detect.LongestPrinted && bytes.IndexByte(c.text[c.parts[from].from:c.parts[to].from+c.parts[to].size], '-') >= 0
}

// digitsOf appends the digits of a part to the n of d: of the first part those behind
// its last letter, of others all up to their first. Whether others may follow tells
// ok.
func (c *chain) digitsOf(p *part, d []byte, n int, first bool) (int, bool) {
	for _, b := range c.text[p.from : p.from+p.size] {
		switch {
		case char.Digit(b):
			if n == len(d) {
				return n, false
			}
			d[n] = b
			n++
		case (char.Letter(b) || b >= 0x80) && first:
			n = 0
		case char.Letter(b) || b >= 0x80:
			return n, true
		}
	}
	return n, true
}

// mayRun tells whether the parts [from, to] may be a number beside others: they are all
// the numbers of a container, a word says that a card follows, or their keys go on from
// one to the next and to no other.
func (s *scan) mayRun(from, to int) bool {
	c, src := &s.walk.chain, s.walk.src
	if c.fillContainer(src, from, to) {
		return true
	}
	first := c.text[c.parts[from].from:][:c.parts[from].size]
	if i := bytes.LastIndexFunc(first, unicode.IsLetter); i >= 0 {
		return cue.Before(first, i+1, 0)&cue.Card != 0
	}
	return c.cardGroups(src, from, to) || c.namedOn(src, from, to)
}

// namedOn tells whether the keys of the parts go on from one to the next, and to no
// other.
func (c *chain) namedOn(src []byte, from, to int) bool {
	for k := from; k < to; k++ {
		if !c.parts[k+1].follows(src, &c.parts[k]) {
			return false
		}
	}
	before, after := c.numberBefore(from), c.numberAfter(to)
	return (before == nil || !c.parts[from].follows(src, before)) && (after == nil || !after.follows(src, &c.parts[to]))
}

// follows tells whether the key of a part goes on from that of the one before: as goesOn
// has it, or the two members of one object have the same key, with a number or without.
func (p *part) follows(src []byte, before *part) bool {
	key, next := before.name(src), p.name(src)
	if goesOn(key, next) {
		return true
	}
	a, b := bytes.TrimRight(key, gate.PartNumber), bytes.TrimRight(next, gate.PartNumber)
	return p.parent == before.parent && len(a) > 0 && bytes.Equal(a, b) && (len(a) == len(key) || len(b) == len(next))
}

// mostBeside is how many numbers an object has at most of which some, called by a letter
// and a digit, are the groups of a card: one with more is a table, as of the hours of a
// day.
const mostBeside = 8

// cardGroups tells whether the parts are members of an object that its keys call parts,
// as long as the groups of a card: four digits each, the last one no more.
func (c *chain) cardGroups(src []byte, from, to int) bool {
	if !gate.PartWord(c.parts[from].name(src)) && c.numbersIn(c.parts[from].parent) > mostBeside {
		return false
	}
	for k := from; k <= to; k++ {
		p := &c.parts[k]
		if p.neutral || p.parent != c.parts[from].parent || p.parent < 0 || src[p.parent] != '{' || p.size > 4 || k < to && p.size < 4 || !partKey(p.name(src)) {
			return false
		}
	}
	return to-from >= 2
}

// numbersIn counts the parts with digits that a container has.
func (c *chain) numbersIn(parent int) (n int) {
	for k := range c.parts {
		if p := &c.parts[k]; p.parent == parent && !p.neutral {
			n++
		}
	}
	return n
}

// numberBefore returns the part with digits before the kth, nil without one;
// numberAfter the one behind it.
func (c *chain) numberBefore(k int) *part {
	for k--; k >= 0; k-- {
		if !c.parts[k].neutral {
			return &c.parts[k]
		}
	}
	return nil
}

func (c *chain) numberAfter(k int) *part {
	for k++; k < len(c.parts); k++ {
		if !c.parts[k].neutral {
			return &c.parts[k]
		}
	}
	return nil
}

// fillContainer tells whether the container that the parts [from, to] have in common
// has no others of the chain, but for one before them whose key says that it is something
// else, and is no row of a table.
func (c *chain) fillContainer(src []byte, from, to int) bool {
	first := &c.parts[from]
	for _, in := range [...][2]int{{first.parent, first.grand}, {first.grand, first.great}, {first.great, -1}} {
		all := in[0] >= 0
		for k := from; k <= to && all; k++ {
			all = c.parts[k].within(in[0])
		}
		if all {
			before, after := c.numberBefore(from), c.numberAfter(to)
			return (before == nil || !before.beside(src, in) || structuredKey(before.name(src))) && (after == nil || !after.beside(src, in))
		}
	}
	return false
}

// beside tells whether a part is in a container, or in another one of its kind in the
// container around it: in[0] and in[1].
func (p *part) beside(src []byte, in [2]int) bool {
	return p.within(in[0]) || in[1] >= 0 && p.grand == in[1] && src[p.parent] == src[in[0]]
}

// listed tells whether a finding is of some of a list or a table of numbers, of which any
// few may make up one by chance, or begins or ends within one of nothing but digits: of
// those that are glued to a card see gluedAmong.
func (s *scan) listed(sp *finding.Span, first, last int) bool {
	c := &s.walk.chain
	a, b := &c.parts[first], &c.parts[last]
	return sp.Lo > a.from && c.pure(a) || sp.Hi < b.from+b.size && c.pure(b) || !s.mayRun(first, last) || c.measures(s.walk.src, first, last) || detect.Slipped(c.text[a.from:a.from+a.size], sp.Lo-a.from) ||
		sp.Rule == "pan" && issuer.Of([]byte(sp.Canon)) < issuer.Fair && (c.unrelated(s.walk.src, first, last) || a.number && !c.fillContainer(s.walk.src, first, last))
}

// unrelated tells whether parts are three or more members of an object whose keys neither
// call them parts nor go on from one to the next.
func (c *chain) unrelated(src []byte, from, to int) bool {
	const few = 3
	parent := c.parts[from].parent
	if to-from+1 < few || parent < 0 || parent != c.parts[to].parent || src[parent] != '{' || c.namedOn(src, from, to) {
		return false
	}
	for k := from; k <= to; k++ {
		if !partKey(c.parts[k].name(src)) {
			return true
		}
	}
	return false
}

// within tells whether a part is in a container, up to three deep.
func (p *part) within(at int) bool { return p.parent == at || p.grand == at || p.great == at }

// name returns the key of a member, nil for an element.
func (p *part) name(src []byte) []byte {
	if p.parent < 0 || src[p.parent] != '{' {
		return nil
	}
	return keyBefore(src, p.i)
}

// keyBefore returns the key of the value src[i:], nil if it has none.
func keyBefore(src []byte, i int) []byte {
	i--
	for i > 0 && (src[i] == ' ' || src[i] == '\n' || src[i] == '\t' || src[i] == '\r') {
		i--
	}
	if i < 0 || src[i] != ':' {
		return nil
	}
	end := bytes.LastIndexByte(src[:i], '"')
	if end < 0 {
		return nil
	}
	return src[bytes.LastIndexByte(src[:end], '"')+1 : end]
}

// goesOn tells whether a key follows on another, as part2 on part1, h10 on h9, b on a and
// memo2 on memo.
func goesOn(key, next []byte) bool {
	if a, b := bytes.TrimRight(key, "0123456789"), bytes.TrimRight(next, "0123456789"); len(a) < len(key) && len(b) < len(next) && bytes.Equal(a, b) {
		const most = 6 // digits that count
		key, next = bytes.TrimLeft(key[len(a):], "0"), bytes.TrimLeft(next[len(b):], "0")
		return len(key) <= most && len(next) <= most && char.Number(key, len(key))+1 == char.Number(next, len(next))
	}
	n := 0
	for n < len(key) && n < len(next) && key[n] == next[n] {
		n++
	}
	if key, next = key[n:], next[n:]; len(key) == 1 && len(next) == 1 {
		return char.Alnum(key[0]) && next[0] == key[0]+1 || key[0] >= 0x80 && next[0] == key[0]+1
	}
	switch string(key) + " " + string(next) {
	case " 2", " _2", " 1", " _1", "first second", "first last", "start end", "head tail", "left right", "prefix suffix", "front back", "begin end", "one two":
		return true
	}
	return false
}
