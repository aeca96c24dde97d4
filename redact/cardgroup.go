package redact

import "github.com/counterfoil/counterfoil/redact/internal/issuer"

// What the groups of a sequence say about whether they are one card number.

// least returns how strong the range of a card in the groups i … j must be.
func (q *sequence) least(t []byte, i, j int, before cue) issuer.Strength {
	switch {
	case before&cueCard != 0:
		return issuer.Named
	case q.evenly(i, j) || q.track(j+1) || i == 0 && j == len(q.g)-1 && q.lonely(t):
		return issuer.Weak
	}
	return issuer.Strong
}

// track tells whether group k follows the number on track 2 of a card: a sign of
// equality, and the expiry date first of all (ISO/IEC 7813).
func (q *sequence) track(k int) bool {
	const expiry, least = 4, 7 // digits, with a service code behind them
	return k < len(q.g) && q.g[k].sep == '=' && q.g[k].size() >= least && dateLike(q.d[q.g[k].from:q.g[k].from+expiry])
}

// lonely tells whether the sequence is one number with one kind of separator,
// that does not also join it to what stands before or after, or with separators
// of several kinds in many places.
func (q *sequence) lonely(t []byte) bool {
	const few = 4 // groups, of which a pair of numbers with fractions has as many
	for _, g := range q.g[1:] {
		if g.sep != q.g[1].sep {
			return (len(q.g) > few || !q.inside(0, len(q.g)-1, '.')) && q.alone(0, len(q.g)-1)
		}
	}
	sep := q.g[1].sep
	return byteAt(t, int(q.at[0])-1) != sep && byteAt(t, int(q.at[len(q.at)-1])+1) != sep || sep == ' '
}

// evenly tells whether the groups i … j are sized as cards are printed: all
// the same (the last may be shorter), or 4-6-5 and 4-6-4.
func (q *sequence) evenly(i, j int) bool {
	n := q.g[i].size()
	if j-i == 2 && n == 4 && q.g[i+1].size() == 6 && q.g[j].size() <= 5 {
		return true
	}
	if j-i < 2 { // two groups alone are no pattern
		return i == j
	}
	for k := i + 1; k < j; k++ {
		if q.g[k].size() != n {
			return false
		}
	}
	return q.g[j].size() <= n
}

// plausibleCard tells whether the groups i … j may be one number, and not a
// date, an amount and a time that happen to stand in a row.
func (q *sequence) plausibleCard(i, j int, before cue) bool {
	if q.cuts(i) || q.cuts(j+1) {
		return false
	}
	if all := i == 0 && j == len(q.g)-1 && j-i >= fewScattered-1; !q.loosely(i, j) && !(all && (q.oddly() || q.stops())) && !q.vast(i, j) && !(before&cueCard != 0 && q.pointed()) {
		return false
	}
	if q.evenly(i, j) || before&cueCard != 0 {
		return true
	}
	return q.freeLeft(i, j) && q.freeRight(i, j)
}

// vast tells whether the groups i and j are an amount of billions that begins as a
// card of a well-known issuer of Maestro does.
func (q *sequence) vast(i, j int) bool {
	const billions = 10 // digits
	return j == i+1 && q.g[i].size() >= billions && issuer.Maestro(prefix(q.d[q.g[i].from:], 4))
}

// pointed tells whether the sequence begins as a card of a well-known issuer of
// Maestro does, and single marks divide it that are no spaces.
func (q *sequence) pointed() bool {
	for _, g := range q.g[1:] {
		if g.sep == ' ' || g.sepLen != 1 {
			return false
		}
	}
	return issuer.Maestro(prefix(q.d, 4))
}

// loosely tells whether few of the digits of groups i … j make up dates, times
// and amounts, and neither the first nor the last of them a date of ISO 8601.
func (q *sequence) loosely(i, j int) bool {
	if j-i > 2 && (q.isoDateAt(i) || q.isoDateAt(j-2)) {
		return false // the date that the next line begins with
	}
	inAtoms := 0
	for k := i; k <= j; k++ {
		if q.g[k].atom != 0 {
			inAtoms += q.g[k].size()
		}
	}
	return 4*inAtoms < 3*(q.g[j].to-q.g[i].from)
}

// isoDateAt tells whether groups k … k+2 are a date such as 2026-01-05.
func (q *sequence) isoDateAt(k int) bool {
	return q.g[k].size() == 4 && q.tight(k, 3, '-') && q.g[k+1].size() == 2 && q.g[k+2].size() == 2 && q.isDate(k)
}

// cuts tells whether a boundary before group k would split an atom.
func (q *sequence) cuts(k int) bool {
	return k > 0 && k < len(q.g) && q.g[k].atom != 0 && q.g[k].atom == q.g[k-1].atom
}

// freeLeft tells whether nothing before group i looks like more of the number.
func (q *sequence) freeLeft(i, j int) bool {
	return i == 0 || q.g[i-1].atom != 0 || q.yearly(i-1) || !q.inside(i, j, q.g[i].sep)
}

// freeRight tells the same for what follows group j.
func (q *sequence) freeRight(i, j int) bool {
	return j+1 == len(q.g) || q.g[j+1].atom != 0 || q.yearly(j+1) || !q.inside(i, j, q.g[j+1].sep)
}

// yearly tells whether group k, alone or with a neighbour, reads as a year or
// an expiry date.
func (q *sequence) yearly(k int) bool {
	g := q.g[k]
	switch g.size() {
	case 4:
		return dateLike(q.d[g.from:g.to])
	case 2:
		return q.value(g) <= 12 && k+1 < len(q.g) && (q.g[k+1].size() == 2 || q.g[k+1].size() == 4) ||
			k > 0 && q.g[k-1].size() <= 2 && q.value(q.g[k-1]) <= 12
	}
	return false
}

// inside tells whether sep occurs between the groups i … j.
func (q *sequence) inside(i, j int, sep byte) bool {
	for k := i + 1; k <= j; k++ {
		if q.g[k].sep == sep {
			return true
		}
	}
	return false
}
