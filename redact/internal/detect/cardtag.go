package detect

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// Cards as chips give them (EMV Book 3, annex A): in hexadecimal, behind a tag and
// a length.

// cardTagged tries the digits of a group as what stands in such a field: tag 5A,
// the number; tag 57, track 2, in which a D ends the number.
func (s *Scan) cardTagged(v *finding.View, q *Sequence, g group) bool {
	const tag, length = 2, 2 // characters
	t, at := v.Text, int(q.at[g.from])
	size, a := 0, g.from+length
	switch {
	case char.Upper(char.At(t, at-1)) != 'A':
	case char.At(t, at-tag) == '5' && g.size() > length && q.D[g.from] == '0':
		size = 2 * int(q.D[g.from+1]-'0')
	case char.At(t, at-2) == '0' && char.Upper(char.At(t, at-3)) == 'A' && char.At(t, at-4) == '5': // of ten bytes
		size, a = 2*10, g.from
	}
	for n := size; size > 0 && n >= size-1; n-- { // an F fills the last byte
		if a+n <= g.to && s.Card(v, q, a, a+n, issuer.Weak) {
			return true
		}
	}
	if g.size() > LongestPAN+tag+length || !trackSeparator(t, int(q.at[g.to-1])+1) {
		return false
	}
	for n := min(LongestPAN, g.size()); n >= 12; n-- {
		if s.Card(v, q, g.to-n, g.to, issuer.Strong) {
			return true
		}
	}
	return false
}
