package profile

import (
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

const (
	PartReach   = 48 // bytes of a longer leaf that belong to the chain: its end or its beginning
	LongestLead = 2  // letters of a country, or of what a code ends with
)

// LeafEnds is what a chain asks about a leaf: whether its digits may go on with
// those of its neighbours.
type LeafEnds struct {
	Text       []byte // folded; valid until views are taken
	Head, Tail bool   // it begins, and ends, with digits, separators aside
	Digits     int
	IBAN       bool // its end may be the first part of an IBAN
}

// Ends reads a leaf of one block and of ASCII.
func (m *Planes) Ends(t []byte) LeafEnds {
	words := m.Letter | m.Digit
	last := uint64(1) << (Block - 1) >> bits.LeadingZeros64(words)
	return LeafEnds{
		Text:   t,
		Head:   words&-words&m.Digit != 0,
		Tail:   last&m.Digit != 0,
		Digits: bits.OnesCount64(m.Digit),
		IBAN:   m.ibanTail(t, words, last),
	}
}

// ibanTail is ibanTail for a text of one block and of ASCII, of which words are the
// letters and digits, and last the last of them.
func (m *Planes) ibanTail(t []byte, words, last uint64) bool {
	starts, second, third := m.Letter&^(words<<1), m.Letter>>1, m.Digit>>2
	may := starts & (last | second&(last>>1|third&(last>>2|m.Digit>>3)))
	for ; may != 0; may &= may - 1 {
		i := bits.TrailingZeros64(may)
		if n := bits.OnesCount64(words >> i); n <= iban.Longest && len(t)-i <= PartReach && (n == 1 || IBANLead(t[i], t[i+1])) {
			return true
		}
	}
	return false
}
