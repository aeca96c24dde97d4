package redact

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
)

// ends reads a leaf, of which p tells if it is not nil.
func (s *scan) ends(leaf []byte, p *profile.Profile) profile.LeafEnds {
	if p != nil && len(leaf) <= profile.Block && p.Flags&(char.IsExotic|char.IsHigh|reading.Escaping) == 0 {
		return p.Planes.Ends(leaf)
	}
	folded, decoded := s.readable(leaf)
	e := profile.LeafEnds{Text: folded, IBAN: ibanTail(folded)}
	e.Head, e.Tail, e.Digits = edges(folded)
	if decoded != nil {
		head, tail, digits := edges(decoded)
		e.Head, e.Tail, e.Digits = e.Head || head, e.Tail || tail, max(e.Digits, digits)
	}
	return e
}

// bare returns a view without tag characters, which nobody sees, if it has digits then: it
// is a part of a number between whose groups they stand, whatever they spell. A number that
// they spell themselves stays.
func (s *scan) bare(v finding.View) finding.View {
	if bare, ok := s.Untagged(v); ok && char.DigitsIn(bare.Text) > 0 {
		return bare
	}
	return v
}

// numberEnds reads a number of JSON.
func numberEnds(t []byte) profile.LeafEnds {
	return profile.LeafEnds{Text: t, Head: true, Tail: true, Digits: char.DigitsIn(t)}
}

// ibanTail tells whether the end of a text, from the begin of a word on, may be
// the first part of an IBAN.
func ibanTail(t []byte) bool {
	n := 0
	for k := len(t) - 1; k >= 0 && n < iban.Longest && len(t)-k <= profile.PartReach; k-- {
		if !char.Alnum(t[k]) {
			if t[k] >= 0x80 {
				return false
			}
			continue
		}
		if n++; k > 0 && char.Alnum(t[k-1]) || !char.Letter(t[k]) {
			continue
		}
		if n == 1 || profile.IBANLead(t[k], t[k+1]) && (n == 2 || char.Digit(t[k+2]) && (n == 3 || char.Digit(t[k+3]))) {
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
		if char.Digit(c) {
			digits++
		}
		if char.Alnum(c) || c >= 0x80 {
			if first == 0 {
				first = c
			}
			last = c
		}
	}
	return char.Digit(first), char.Digit(last), digits
}
