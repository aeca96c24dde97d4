package redact

// Lists of small numbers: 12.5%, 30.1%, 4.0% and 07/14, 08/02, 09/30 and 22.60; 32.06; 49.57.
// Their digits in a row pass the check of some identity number or account more often
// than not, and what is said by so regular a form is clear.

// minListed is the fewest numbers of a list: two may be the halves of one number.
const minListed = 3

// listAt returns the groups of a list of numbers with one mark in each that begins at
// group i, 0 if there is none: fractions or days, with one separator everywhere.
func (q *sequence) listAt(i int) int {
	n := 0
	for k := i; k+1 < len(q.g); k += 2 {
		a, b := q.g[k], q.g[k+1]
		if b.sepLen != 1 || b.sep != q.g[i+1].sep || !q.listable(a, b) {
			break
		}
		if outer := q.g[min(i+2, len(q.g)-1)]; n > 0 && (a.sep != outer.sep || a.sepLen != outer.sepLen || a.sep == b.sep && a.sepLen == 1) {
			break
		}
		n++
	}
	if n < minListed {
		return 0
	}
	return 2 * n
}

// listable tells whether two groups and the mark between them are a fraction of one
// digit or two, or a day and a month.
func (q *sequence) listable(a, b group) bool {
	const whole, fraction = 4, 2
	x, y := q.value(a), q.value(b)
	switch b.sep {
	case '/':
		return a.size() <= 2 && b.size() <= 2 && (month(x) && day(y) || day(x) && month(y))
	case '.', ',':
		return a.size() <= whole && b.size() <= fraction && (q.d[a.from] != '0' || a.size() == 1 || b.size() == 2)
	}
	return false
}

// listed tells whether the digits [a, b) are those of nothing but dates, times and
// amounts, three or more.
func (q *sequence) listed(a, b int) bool {
	n, last := 0, 0
	for k := range q.g {
		g := q.g[k]
		switch {
		case g.to <= a:
			continue
		case g.from >= b:
			return n >= minListed
		case g.atom == 0:
			return false
		case g.atom != last:
			n, last = n+1, g.atom
		}
	}
	return n >= minListed
}
