package detect

import (
	"bytes"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// A card to which digits are glued, and between whose digits stands what nobody writes
// there who does not want to hide them: characters that are not seen, dots, bars and
// dashes of other scripts, an entity for any of these. 4<zero width space>1111∣1111∣111∣119.

// maxDisguised is the most digits of such a sequence of which every window is tried, so
// that the time stays linear in the length of a text: three cards and what is glued to them.
const maxDisguised = 64

// cardDisguised tries every window of a sequence that something divides which hides it.
func (s *Scan) cardDisguised(v *finding.View, q *Sequence) {
	if v.Lo == nil || len(q.D) < 12 || len(q.D) > maxDisguised || !s.concealed(v, q) {
		return
	}
	for n := LongestPAN; n >= 12; n-- {
		for a := 0; a+n <= len(q.D); a++ {
			least := issuer.Strong
			switch glued := len(q.D) - n; {
			case glued == 0:
				least = issuer.Weak
			case glued <= maxGlued:
				least = issuer.Fair
			}
			s.Card(v, q, a, a+n, least)
		}
	}
}

// concealed tells whether something stands between two digits of a sequence that hides
// that they are one number.
func (s *Scan) concealed(v *finding.View, q *Sequence) bool {
	for _, g := range q.G[1:] {
		if char.Letter(g.sep) { // \x06 of a program beside characters of any script
			return false
		}
	}
	for k := 1; k < len(q.at); k++ {
		lo, hi := v.To(int(q.at[k-1])), v.From(int(q.at[k]))
		if lo < hi && int(hi) <= len(s.Written) && conceals(s.Written[lo:hi], v.Text[q.at[k-1]+1]) {
			return true
		}
	}
	return false
}

// conceals tells whether what stands between two digits does not stand between numbers;
// sign is what it begins with where escape sequences are decoded, or the digit behind it.
func conceals(between []byte, sign byte) bool {
	escape := len(between) > 2 && (between[0] == '&' || between[0] == '%' || between[0] == '\\' && char.Alnum(between[1]))
	if escape && (char.Digit(sign) || bytes.IndexByte([]byte("-._"), sign) >= 0) { // of what is not seen, or needs none
		return true
	}
	for i := 0; i < len(between); {
		r, n := utf8.DecodeRune(between[i:])
		if i += n; r >= utf8.RuneSelf && !ordinaryMark(r) {
			return true
		}
	}
	return false
}

// ordinaryMark tells whether a character that is not of ASCII stands between numbers in
// texts of some language, in tables or in formulas.
func ordinaryMark(r rune) bool {
	switch {
	case r < 0x100: // no-break space, ·, ×, °, ±, «, fractions
		return r != 0xAD
	case r >= 0x2500 && r < 0x2600: // tables drawn with lines and blocks, ●
		return true
	case r >= 0x2070 && r < 0x20A0: // signs of exponents and of indices
		return true
	case r >= 0x2190 && r < 0x2200: // arrows
		return true
	case r >= 0xFF00 && r < 0xFF66: // full-width forms
		return true
	case r >= 0x3000 && r < 0xD7FF: // spaces and marks of Chinese, Japanese and Korean, and what is written between numbers
		return true
	}
	switch r {
	case 0x2007, 0x2009, 0x202F, // spaces between groups of digits
		0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212,
		0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0x2022, 0x2026, 0x2030, 0x2032, 0x2033, 0x2044, 0x20AC,
		0x060C, 0x066B, 0x066C, 0x2264, 0x2265, 0x2248, utf8.RuneError:
		return true
	}
	return false
}
