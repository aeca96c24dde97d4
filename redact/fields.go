package redact

import "strings"

// In a file of comma separated values numbers stand side by side that have nothing to do
// with each other, and a comma between two of them may make an amount of the end of the
// one and the beginning of the other: 3315,4814 0575 4336 9480,86 and 33,171-32-6624. So
// may a colon make a time. What stands between such marks is looked at by itself, too.

// minField is the fewest digits of a field: those of the shortest identity number that
// is printed in groups.
const minField = 8

// fields runs the detectors over the parts of a sequence between commas and colons with
// no space beside them, and between other marks of lists; between points, too, if a part
// is printed as a card is.
func (s *scan) fields(v *view, q *sequence) {
	if s.bare || len(q.d) <= minField {
		return
	}
	s.fieldsBetween(v, q, ",:")
	if len(q.d) > shortestPAN {
		s.fieldsBetween(v, q, ",:.")
	}
}

func (s *scan) fieldsBetween(v *view, q *sequence, marks string) {
	first := 0
	for k := 1; k <= len(q.g); k++ {
		if k < len(q.g) && !(q.g[k].sepLen == 1 && strings.IndexByte(marks, q.g[k].sep) >= 0) && !marksList(q.gapBefore(v, k)) {
			continue
		}
		if k-first > 1 && k-first < len(q.g) && q.g[k-1].to-q.g[first].from >= minField && (marks[len(marks)-1] != '.' || q.asPrinted(first, k-1)) {
			s.fieldOf(v, q, first, k)
		}
		first = k
	}
}

// fieldOf runs the detectors over groups [first, end) of a sequence.
func (s *scan) fieldOf(v *view, q *sequence, first, end int) {
	f := &s.field
	f.part(q, first, end)
	if f.atoms(); f.g[0].atom != 0 && f.g[len(f.g)-1].atom == f.g[0].atom {
		return
	}
	before := cueBefore(v.t, int(f.at[0]), s.cue)
	if f.cued = before != 0; !f.cued {
		f.stamps()
	}
	s.cards(v, f, before)
	if !inHash(v.t, int(f.at[0]), int(f.at[len(f.at)-1])) {
		s.accounts(v, f, before)
		s.nationals(v, f, before)
	}
}

// part makes a sequence of groups [first, end) of another.
func (q *sequence) part(of *sequence, first, end int) {
	from, to := of.g[first].from, of.g[end-1].to
	q.d, q.at, q.g = append(q.d[:0], of.d[from:to]...), append(q.at[:0], of.at[from:to]...), q.g[:0]
	for k, g := range of.g[first:end] {
		g.from, g.to, g.atom = g.from-from, g.to-from, 0
		if k == 0 {
			g.sep, g.sepLen = 0, 0
		}
		q.g = append(q.g, g)
	}
}

// acrossFields tells whether the digits [a, b) begin in one field of a row and end in
// another, where some of the fields have marks of their own: 2157-99-638,21.108673. All of
// the row may be a number, or all but zeros or a date, or several of its fields that are
// digits and nothing else. What has marks that stand in no row is none.
func (q *sequence) acrossFields(v *view, a, b int) bool {
	i, j := q.groupOf(a), q.groupOf(b-1)
	if i == j || a <= maxGlued && len(q.d)-b <= maxGlued && padding(q.d[:a]) && padding(q.d[b:]) {
		return false
	}
	whole := a == q.g[i].from && b == q.g[j].to
	across, marked, inside, single := false, false, false, 0
	for k := 1; k < len(q.g); k++ {
		within := k > i && k <= j
		if within && q.g[k].size() == 1 {
			single++
		}
		switch {
		case q.rare(v, k) || oddMark(q.g[k].sep):
			return false
		case !marksList(q.gapBefore(v, k)):
			marked = true
			inside = inside || within || (k == i || k == j+1) && !q.asPrinted(i, j)
		case within:
			across = true
		}
	}
	return across && marked && !(whole && !inside) && 2*single <= j-i
}
