package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
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
func (s *Scan) cardScattered(v *finding.View, q *Sequence) {
	n := len(q.D)
	if len(q.G) < 2 || n <= 12 || n > LongestPAN+maxGlued || !q.alone(0, len(q.G)-1) {
		return
	}
	if few := len(q.G) < fewScattered || len(q.G) == fewScattered && q.inside(0, len(q.G)-1, '.'); few && !q.oddly() { // 51.507351,11.127758 is a place
		s.cardZeroed(v, q)
		return
	}
	s.CardGlued(v, q, group{from: 0, to: n})
	for _, a := range [...]int{0, 1} {
		if d := q.D[a : a+n-1]; len(d) >= minEdged && len(d) <= LongestPAN || issuer.Maestro(char.Number(d, 4)) {
			s.Card(v, q, a, a+n-1, issuer.Strong)
		}
	}
}

// cardZeroed tries a sequence without the zeros at an end, if hardly a number has
// them: an amount may have two.
func (s *Scan) cardZeroed(v *finding.View, q *Sequence) {
	least := 1
	for _, g := range q.G[1:] {
		if g.sep == '.' || g.sep == ',' || char.Letter(g.sep) { // 0.035581932165858e-05
			least = 3
		}
	}
	a, b := 0, len(q.D)
	for a < b && q.D[a] == '0' {
		a++
	}
	for b > a && q.D[b-1] == '0' {
		b--
	}
	if a >= least {
		s.Card(v, q, a, len(q.D), issuer.Strong)
	}
	for cut := b; cut <= len(q.D)-least; cut++ { // the card may end in zeros, too
		s.Card(v, q, 0, cut, issuer.Strong)
	}
}

// Limits of a card that marks of three kinds divide in turn: 54.25|96'10.77|10'39.83.
const (
	turnMarks   = 3  // kinds
	fewestTurns = 5  // groups, so that the first kind comes again
	leastInTurn = 13 // digits: twelve with a check digit are too often something else
)

// cardInTurn tries all the digits of a sequence if they are groups of one size, but for a
// shorter end, between marks of three kinds in turn: nothing is printed so.
func (s *Scan) cardInTurn(v *finding.View, q *Sequence) {
	n := len(q.D)
	if len(q.G) < fewestTurns || n < leastInTurn || n > LongestPAN || q.G[0].size() > 4 || q.G[1].sep == q.G[2].sep {
		return
	}
	for k := 1; k < len(q.G); k++ {
		g, turn := &q.G[k], q.gap(v.Text, k)
		switch size := q.G[0].size(); {
		case g.size() > size || g.size() < size && k < len(q.G)-1, bytes.IndexByte(timeMarks, turn[0]) >= 0:
			return
		case k > turnMarks && !bytes.Equal(turn, q.gap(v.Text, k-turnMarks)):
			return
		case k <= turnMarks && k > 1 && bytes.Equal(turn, q.gap(v.Text, k-1)), k == turnMarks && bytes.Equal(turn, q.gap(v.Text, 1)):
			return
		}
	}
	s.Card(v, q, 0, n, issuer.Weak)
}

// timeMarks stand between the parts of times, degrees and versions in turn with others.
var timeMarks = []byte(":\xc2")

// gap returns what stands before group k of a sequence.
func (q *Sequence) gap(t []byte, k int) []byte {
	a := q.G[k].from
	return t[q.at[a-1]+1 : q.at[a]]
}

// oddly tells whether a mark divides the sequence that does not stand between
// numbers.
func (q *Sequence) oddly() bool {
	for _, g := range q.G[1:] {
		if oddMark(g.sep) {
			return true
		}
	}
	return false
}

// stops tells whether a point ends a number and another one follows: no list of
// amounts is written so.
func (q *Sequence) stops() bool {
	for _, g := range q.G[1:] {
		if g.sep == '.' && g.sepLen > 1 {
			return true
		}
	}
	return false
}

func oddMark(sep byte) bool { return bytes.IndexByte([]byte("*~_=`^"), sep) >= 0 }
