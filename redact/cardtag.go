package redact

import "github.com/counterfoil/counterfoil/redact/internal/issuer"

// Cards as chips give them (EMV Book 3, annex A): in hexadecimal, behind a tag and
// a length.

// cardTagged tries the digits of a group as what stands in such a field: tag 5A,
// the number; tag 57, track 2, in which a D ends the number.
func (s *scan) cardTagged(v *view, q *sequence, g group) bool {
	const tag, length = 2, 2 // characters
	t, at := v.t, int(q.at[g.from])
	size, a := 0, g.from+length
	switch {
	case upper(byteAt(t, at-1)) != 'A':
	case byteAt(t, at-tag) == '5' && g.size() > length && q.d[g.from] == '0':
		size = 2 * int(q.d[g.from+1]-'0')
	case byteAt(t, at-2) == '0' && upper(byteAt(t, at-3)) == 'A' && byteAt(t, at-4) == '5': // of ten bytes
		size, a = 2*10, g.from
	}
	for n := size; size > 0 && n >= size-1; n-- { // an F fills the last byte
		if a+n <= g.to && s.card(v, q, a, a+n, issuer.Weak) {
			return true
		}
	}
	if g.size() > longestPAN+tag+length || !trackSeparator(t, int(q.at[g.to-1])+1) {
		return false
	}
	for n := min(longestPAN, g.size()); n >= 12; n-- {
		if s.card(v, q, g.to-n, g.to, issuer.Strong) {
			return true
		}
	}
	return false
}
