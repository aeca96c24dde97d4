package detect

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// What the groups of a sequence say about whether they are one card number.

// least returns how strong the range of a card in the groups i … j must be.
func (q *Sequence) least(t []byte, i, j int, before cue.Set) issuer.Strength {
	switch {
	case before&cue.Card != 0:
		return issuer.Named
	case q.evenly(i, j) || q.track(j+1) || i == 0 && j == len(q.G)-1 && q.lonely(t):
		return issuer.Weak
	}
	return issuer.Strong
}

// track tells whether group k follows the number on track 2 of a card: a sign of
// equality, and the expiry date first of all (ISO/IEC 7813).
func (q *Sequence) track(k int) bool {
	const expiry, least = 4, 7 // digits, with a service code behind them
	return k < len(q.G) && q.G[k].sep == '=' && q.G[k].size() >= least && date.Like(q.D[q.G[k].from:q.G[k].from+expiry])
}

// lonely tells whether the sequence is one number with one kind of separator,
// that does not also join it to what stands before or after, or with separators
// of several kinds in many places.
func (q *Sequence) lonely(t []byte) bool {
	const few = 4 // groups, of which a pair of numbers with fractions has as many
	for _, g := range q.G[1:] {
		if g.sep != q.G[1].sep {
			return (len(q.G) > few || !q.inside(0, len(q.G)-1, '.')) && q.alone(0, len(q.G)-1)
		}
	}
	sep := q.G[1].sep
	return char.At(t, int(q.at[0])-1) != sep && char.At(t, int(q.at[len(q.at)-1])+1) != sep || sep == ' '
}

// evenly tells whether the groups i … j are sized as cards are printed: all
// the same (the last may be shorter), or 4-6-5 and 4-6-4.
func (q *Sequence) evenly(i, j int) bool {
	n := q.G[i].size()
	if j-i == 2 && n == 4 && q.G[i+1].size() == 6 && q.G[j].size() <= 5 {
		return true
	}
	if j-i < 2 { // two groups alone are no pattern
		return i == j
	}
	for k := i + 1; k < j; k++ {
		if q.G[k].size() != n {
			return false
		}
	}
	return q.G[j].size() <= n
}

// plausibleCard tells whether the groups i … j may be one number, and not a
// date, an amount and a time that happen to stand in a row.
func (q *Sequence) plausibleCard(i, j int, before cue.Set) bool {
	if q.cuts(i) || q.cuts(j+1) {
		return false
	}
	if all := i == 0 && j == len(q.G)-1 && j-i >= fewScattered-1; !q.loosely(i, j) && !(all && (q.oddly() || q.stops())) && !q.vast(i, j) && !(before&cue.Card != 0 && q.pointed()) {
		return false
	}
	if q.evenly(i, j) || before&cue.Card != 0 {
		return true
	}
	return q.freeLeft(i, j) && q.freeRight(i, j)
}

// vast tells whether the groups i and j are an amount of billions that begins as a
// card of a well-known issuer of Maestro does.
func (q *Sequence) vast(i, j int) bool {
	const billions = 10 // digits
	return j == i+1 && q.G[i].size() >= billions && issuer.Maestro(char.Number(q.D[q.G[i].from:], 4))
}

// pointed tells whether the sequence begins as a card of a well-known issuer of
// Maestro does, and single marks divide it that are no spaces.
func (q *Sequence) pointed() bool {
	for _, g := range q.G[1:] {
		if g.sep == ' ' || g.sepLen != 1 {
			return false
		}
	}
	return issuer.Maestro(char.Number(q.D, 4))
}

// loosely tells whether few of the digits of groups i … j make up dates, times
// and amounts, and neither the first nor the last of them a date of ISO 8601.
func (q *Sequence) loosely(i, j int) bool {
	if j-i > 2 && (q.isoDateAt(i) || q.isoDateAt(j-2)) {
		return false // the date that the next line begins with
	}
	inAtoms := 0
	for k := i; k <= j; k++ {
		if q.G[k].Atom != 0 {
			inAtoms += q.G[k].size()
		}
	}
	return 4*inAtoms < 3*(q.G[j].to-q.G[i].from)
}

// isoDateAt tells whether groups k … k+2 are a date such as 2026-01-05.
func (q *Sequence) isoDateAt(k int) bool {
	return q.G[k].size() == 4 && q.tight(k, 3, '-') && q.G[k+1].size() == 2 && q.G[k+2].size() == 2 && q.isDate(k)
}

// cuts tells whether a boundary before group k would split an atom.
func (q *Sequence) cuts(k int) bool {
	return k > 0 && k < len(q.G) && q.G[k].Atom != 0 && q.G[k].Atom == q.G[k-1].Atom
}

// freeLeft tells whether nothing before group i looks like more of the number.
func (q *Sequence) freeLeft(i, j int) bool {
	return i == 0 || q.G[i-1].Atom != 0 || q.yearly(i-1) || !q.inside(i, j, q.G[i].sep)
}

// freeRight tells the same for what follows group j.
func (q *Sequence) freeRight(i, j int) bool {
	return j+1 == len(q.G) || q.G[j+1].Atom != 0 || q.yearly(j+1) || !q.inside(i, j, q.G[j+1].sep)
}

// yearly tells whether group k, alone or with a neighbour, reads as a year or
// an expiry date.
func (q *Sequence) yearly(k int) bool {
	g := q.G[k]
	switch g.size() {
	case 4:
		return date.Like(q.D[g.from:g.to])
	case 2:
		return q.value(g) <= 12 && k+1 < len(q.G) && (q.G[k+1].size() == 2 || q.G[k+1].size() == 4) ||
			k > 0 && q.G[k-1].size() <= 2 && q.value(q.G[k-1]) <= 12
	}
	return false
}

// inside tells whether sep occurs between the groups i … j.
func (q *Sequence) inside(i, j int, sep byte) bool {
	for k := i + 1; k <= j; k++ {
		if q.G[k].sep == sep {
			return true
		}
	}
	return false
}
