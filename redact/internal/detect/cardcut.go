package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/fold"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// A card to which digits are glued, or that lies in a long run of digits, all of
// which marks divide: 4663|0416|4171|7812|4473|33 is such a run, cut evenly.

const (
	MaxCut      = 48 // digits of a run that marks divide: more are lists
	FewCut      = 4  // groups of a run that is cut evenly
	manyCut     = 6  // groups of one that is cut anywhere
	longCut     = 16 // digits of a group that is no number by itself
	minCutKinds = 3  // kinds of marks that do not stand in a list
)

// cardCut tries the digits of a sequence as one run, if it is cut as none but a run
// is.
func (s *Scan) cardCut(v *finding.View, q *Sequence) {
	n := len(q.D)
	if len(q.G) < 2 || n < 13 || n > MaxCut || !q.alone(0, len(q.G)-1) || !q.evenlyCut() && !(n >= LongRun && q.cutLong(v)) && !q.oddlyCut(v) {
		return
	}
	g := group{from: 0, to: n}
	s.CardGlued(v, q, g)
	if n < LongRun {
		s.cardEdged(v, q, g)
		return
	}
	if parcel(q.D) {
		return
	}
	for n := LongestPAN; n >= 12; n-- {
		for a := 0; a+n <= g.to; a++ {
			if n != 13 || q.D[a] != '4' { // no Visa has thirteen any more
				s.Card(v, q, a, a+n, issuer.Strong)
			}
		}
	}
}

// evenlyCut tells whether all groups but the first and the last are of one size,
// and these no longer. Of groups of a list the last is hardly shorter, and one mark
// stands between all of them.
func (q *Sequence) evenlyCut() bool {
	last := len(q.G) - 1
	if last < FewCut-1 {
		return false
	}
	n, years, one := q.G[1].size(), q.G[1].size() == 4, true
	for k := 1; k <= last; k++ {
		g := q.G[k]
		if k < last && g.size() != n {
			return false
		}
		one = one && g.sep == q.G[1].sep && g.sepLen == q.G[1].sepLen
		years = years && g.size() == 4 && date.Like(q.D[g.from:g.to])
	}
	if q.G[0].size() > n || q.G[last].size() > n {
		return false
	}
	return q.G[0].size() < n || q.G[last].size() < n || n == 1 || !years && !(one && listMark(q.G[1].sep))
}

// listMark tells whether a mark stands between the numbers of a list.
func listMark(sep byte) bool { return bytes.IndexByte([]byte(",;|\n\t"), sep) >= 0 }

// oddlyCut tells whether marks follow each other that stand in no list: of several
// kinds, and many, or such as nobody writes there.
func (q *Sequence) oddlyCut(v *finding.View) bool {
	kinds, n, list, odd := [2]uint64{}, 0, false, true
	for k := 1; k < len(q.G); k++ {
		g := q.G[k]
		if bit := uint64(1) << (g.sep & 63); kinds[g.sep>>6&1]&bit == 0 {
			kinds[g.sep>>6&1] |= bit
			n++
		}
		rare := q.rare(v, k)
		list = list || (g.sep == ' ' || listMark(g.sep)) && !rare
		odd = odd && (oddMark(g.sep) || rare && (g.sep == fold.SymbolMark || g.sep == '.'))
	}
	return odd || len(q.G) >= manyCut && (n >= minCutKinds || !list)
}

// rare tells whether what stands before group k is written otherwise than as it is
// read: as an entity, or with characters beyond ASCII.
func (q *Sequence) rare(v *finding.View, k int) bool {
	a, b := int(q.at[q.G[k].from-1]), int(q.at[q.G[k].from])
	return int(v.From(b))-int(v.To(a)) != b-a-1
}

// cutLong tells whether a group is so long that it is no number by itself, nor the one card
// or IBAN there is.
func (q *Sequence) cutLong(v *finding.View) bool {
	for _, g := range q.G {
		if g.size() < longCut {
			continue
		}
		at := int(q.at[g.from]) - len("DE")
		return !q.wholeCard(g) && !(at >= 0 && char.Letter(v.Text[at]) && iban.Valid(bytes.ToUpper(v.Text[at:int(q.at[g.to-1])+1])))
	}
	return false
}

// leastOwnCard is from how many digits on a group is a card by itself, if it is one: the numbers
// of shorter ones are so by chance more often.
const leastOwnCard = 15

// wholeCard tells whether a group by itself is a card of a densely issued range.
func (q *Sequence) wholeCard(g group) bool {
	d := q.D[g.from:g.to]
	return len(d) >= leastOwnCard && len(d) <= LongestPAN && issuer.Of(d) == issuer.Strong && checkdigit.Luhn(d)
}

// cutsWhole tells whether the digits [a, b) begin or end within a group that is a card by
// itself, and go on beyond it: into the amount behind.
func (q *Sequence) cutsWhole(a, b int) bool {
	first, last := q.groupOf(a), q.groupOf(b-1)
	return first != last && (a > q.G[first].from && q.wholeCard(q.G[first]) || b < q.G[last].to && q.wholeCard(q.G[last]))
}
