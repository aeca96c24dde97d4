package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// A card between whose digits marks stand anywhere, and to which digits are glued
// that say nothing: 2026-4111-1111-11111-111, 04~111111111111111.

const (
	fewScattered = 4  // that are no date and no amount are hardly several numbers
	minEdged     = 15 // digits of a card beside which one stray digit is seen through
)

// cardScattered tries all the digits of a sequence together, without zeros, a
// date or one stray digit at an end, if what divides them is not what stands
// between numbers.
func (s *scan) cardScattered(v *view, q *sequence) {
	n := len(q.d)
	if len(q.g) < 2 || n <= 12 || n > longestPAN+maxGlued || !q.alone(0, len(q.g)-1) {
		return
	}
	if few := len(q.g) < fewScattered || len(q.g) == fewScattered && q.inside(0, len(q.g)-1, '.'); few && !q.oddly() { // 51.507351,11.127758 is a place
		s.cardZeroed(v, q)
		return
	}
	s.cardGlued(v, q, group{from: 0, to: n})
	for _, a := range [...]int{0, 1} {
		if d := q.d[a : a+n-1]; len(d) >= minEdged && len(d) <= longestPAN || issuer.Maestro(prefix(d, 4)) {
			s.card(v, q, a, a+n-1, issuer.Strong)
		}
	}
}

// cardZeroed tries a sequence without the zeros at an end, if hardly a number has
// them: an amount may have two.
func (s *scan) cardZeroed(v *view, q *sequence) {
	least := 1
	for _, g := range q.g[1:] {
		if g.sep == '.' || g.sep == ',' || letter(g.sep) { // 0.035581932165858e-05
			least = 3
		}
	}
	a, b := 0, len(q.d)
	for a < b && q.d[a] == '0' {
		a++
	}
	for b > a && q.d[b-1] == '0' {
		b--
	}
	if a >= least {
		s.card(v, q, a, len(q.d), issuer.Strong)
	}
	for cut := b; cut <= len(q.d)-least; cut++ { // the card may end in zeros, too
		s.card(v, q, 0, cut, issuer.Strong)
	}
}

// oddly tells whether a mark divides the sequence that does not stand between
// numbers.
func (q *sequence) oddly() bool {
	for _, g := range q.g[1:] {
		if oddMark(g.sep) {
			return true
		}
	}
	return false
}

// stops tells whether a point ends a number and another one follows: no list of
// amounts is written so.
func (q *sequence) stops() bool {
	for _, g := range q.g[1:] {
		if g.sep == '.' && g.sepLen > 1 {
			return true
		}
	}
	return false
}

func oddMark(sep byte) bool { return bytes.IndexByte([]byte("*~_=`^"), sep) >= 0 }
