package redact

import (
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// leafEnds is what a chain asks about a leaf: whether its digits may go on with
// those of its neighbours.
type leafEnds struct {
	text       []byte // folded; valid until views are taken
	head, tail bool   // it begins, and ends, with digits, separators aside
	digits     int
	iban       bool // its end may be the first part of an IBAN
}

// ends reads a leaf, of which p tells if it is not nil.
func (s *scan) ends(leaf []byte, p *profile) leafEnds {
	if p != nil && len(leaf) <= block && p.flags&(isExotic|isHigh|escaping) == 0 {
		return p.planes.ends(leaf)
	}
	folded, decoded := s.readable(leaf)
	e := leafEnds{text: folded, iban: ibanTail(folded)}
	e.head, e.tail, e.digits = edges(folded)
	if decoded != nil {
		head, tail, digits := edges(decoded)
		e.head, e.tail, e.digits = e.head || head, e.tail || tail, max(e.digits, digits)
	}
	return e
}

// numberEnds reads a number of JSON.
func numberEnds(t []byte) leafEnds {
	return leafEnds{text: t, head: true, tail: true, digits: digitsIn(t)}
}

// ends reads a leaf of one block and of ASCII.
func (m *planes) ends(t []byte) leafEnds {
	words := m.letter | m.digit
	last := uint64(1) << (block - 1) >> bits.LeadingZeros64(words)
	return leafEnds{
		text:   t,
		head:   words&-words&m.digit != 0,
		tail:   last&m.digit != 0,
		digits: bits.OnesCount64(m.digit),
		iban:   m.ibanTail(t, words, last),
	}
}

// ibanTail is ibanTail for a text of one block and of ASCII, of which words are the
// letters and digits, and last the last of them.
func (m *planes) ibanTail(t []byte, words, last uint64) bool {
	starts, second, third := m.letter&^(words<<1), m.letter>>1, m.digit>>2
	may := starts & (last | second&(last>>1|third&(last>>2|m.digit>>3)))
	for ; may != 0; may &= may - 1 {
		i := bits.TrailingZeros64(may)
		if n := bits.OnesCount64(words >> i); n <= iban.Longest && len(t)-i <= partReach && (n == 1 || ibanLead(t[i], t[i+1])) {
			return true
		}
	}
	return false
}

// ibanTail tells whether the end of a text, from the begin of a word on, may be
// the first part of an IBAN.
func ibanTail(t []byte) bool {
	n := 0
	for k := len(t) - 1; k >= 0 && n < iban.Longest && len(t)-k <= partReach; k-- {
		if !alnum(t[k]) {
			if t[k] >= 0x80 {
				return false
			}
			continue
		}
		if n++; k > 0 && alnum(t[k-1]) || !letter(t[k]) {
			continue
		}
		if n == 1 || ibanLead(t[k], t[k+1]) && (n == 2 || digit(t[k+2]) && (n == 3 || digit(t[k+3]))) {
			return true
		}
	}
	return false
}

// edges tells whether a text begins and ends with digits, separators aside,
// and how many digits it has.
func edges(t []byte) (head, tail bool, digits int) {
	first, last := byte(0), byte(0)
	for _, c := range t {
		if digit(c) {
			digits++
		}
		if alnum(c) || c >= 0x80 {
			if first == 0 {
				first = c
			}
			last = c
		}
	}
	return digit(first), digit(last), digits
}
