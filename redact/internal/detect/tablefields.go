package detect

import (
	"bytes"
	"strings"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// In a file of comma separated values numbers stand side by side that have nothing to do
// with each other, and a comma between two of them may make an amount of the end of the
// one and the beginning of the other: 3315,4814 0575 4336 9480,86 and 33,171-32-6624. So
// may a colon make a time. What stands between such marks is looked at by itself, too.

// minField is the fewest digits of a field: those of the shortest identity number that
// is printed in groups.
const minField = 8

// fieldMarks are marks between fields, also with no space beside them.
const fieldMarks = ",:."

// fields looks for numbers in their printed form that are all of a field: what stands
// between commas, colons or points with no space beside them, or other marks of lists.
func (s *Scan) fields(v *finding.View, q *Sequence) {
	if s.bare || len(q.D) <= minField {
		return
	}
	for n := 1; n <= len(fieldMarks); n++ { // a point may be part of a form
		first := 0
		for k := 1; k <= len(q.G); k++ {
			if k < len(q.G) && !(q.G[k].sepLen == 1 && strings.IndexByte(fieldMarks[:n], q.G[k].sep) >= 0) && !marksFields(q.gapBefore(v, k)) {
				continue
			}
			if k-first > 1 && k-first < len(q.G) && q.G[k-1].to-q.G[first].from >= minField {
				s.fieldOf(v, q, first, k)
			}
			first = k
		}
	}
}

// fieldOf looks whether groups [first, end) of a sequence are a number in its printed
// form.
func (s *Scan) fieldOf(v *finding.View, q *Sequence, first, end int) {
	f := &s.Field
	f.part(q, first, end)
	last := len(f.G) - 1
	for _, g := range f.G[1:] {
		if g.sepLen > 1 {
			return
		}
	}
	if n, rule := f.printedID(0, 0); n > last {
		s.national(v, f, 0, len(f.D), rule)
	}
	if f.asPrinted(0, last) && f.tight(0, last+1, f.G[1].sep) {
		s.Card(v, f, 0, len(f.D), issuer.Weak)
	}
	s.dashedAccount(v, f, 0)
}

// part makes a sequence of groups [first, end) of another.
func (q *Sequence) part(of *Sequence, first, end int) {
	from, to := of.G[first].from, of.G[end-1].to
	q.D, q.at, q.G, q.cued = append(q.D[:0], of.D[from:to]...), append(q.at[:0], of.at[from:to]...), q.G[:0], false
	for k, g := range of.G[first:end] {
		g.from, g.to, g.Atom = g.from-from, g.to-from, 0
		if k == 0 {
			g.sep, g.sepLen = 0, 0
		}
		q.G = append(q.G, g)
	}
}

// acrossFields tells whether the digits [a, b) begin in one field of a row and end in
// another, where some of the fields have marks of their own: 2157-99-638,21.108673. All of
// the row may be a number, or all but zeros or a date, or several of its fields that are
// digits and nothing else. What has marks that stand in no row is none.
func (q *Sequence) acrossFields(v *finding.View, a, b int) bool {
	i, j := q.groupOf(a), q.groupOf(b-1)
	if i == j || a <= maxGlued && len(q.D)-b <= maxGlued && padding(q.D[:a]) && padding(q.D[b:]) {
		return false
	}
	whole := a == q.G[i].from && b == q.G[j].to
	across, marked, inside, single := false, false, false, 0
	for k := max(1, i-listReach); k < min(len(q.G), j+listReach); k++ { // the row may be long
		within := k > i && k <= j
		if within && q.G[k].size() == 1 {
			single++
		}
		switch {
		case q.rare(v, k) || oddMark(q.G[k].sep):
			return false
		case !marksFields(q.gapBefore(v, k)):
			marked = true
			inside = inside || within || (k == i || k == j+1) && !q.asPrinted(i, j)
		case within:
			across = true
		}
	}
	return across && marked && !(whole && !inside) && 2*single <= j-i
}

// marksFields tells whether a separator is one of lists, of columns or of fields.
func marksFields(gap []byte) bool {
	switch string(gap) {
	case ":", " - ", " / ":
		return true
	}
	return marksList(gap) || len(gap) > 1 && len(bytes.Trim(gap, " ")) == 0
}

// cellReach is how many bytes of a number in a cell stand on one side of a line break, at
// most: more than an account number has, digit by digit.
const cellReach = 64

// unbrokenCells returns a text with spaces for the line breaks that divide a number in a
// cell of CSV, which is in quotes then (RFC 4180): nil if there are none.
func unbrokenCells(t []byte) (out []byte) {
	for i := bytes.IndexByte(t, '\n'); i >= 0; {
		if c := char.At(t, i-1); (char.Digit(c) || c == '\r' && char.Digit(char.At(t, i-2))) && char.Digit(char.At(t, i+1)) {
			lo := bytes.LastIndexByte(t[max(0, i-cellReach):i], '"') + max(0, i-cellReach)
			hi := i + bytes.IndexByte(t[i:min(len(t), i+cellReach)], '"')
			if lo >= 0 && hi > i && t[lo] == '"' && cellEdge(char.At(t, lo-1)) && cellEdge(char.At(t, hi+1)) && digitsDivided(t[lo+1:hi]) {
				if out == nil {
					out = bytes.Clone(t)
				}
				for k := i - 1; k < hi; k++ {
					if out[k] == '\n' || out[k] == '\r' {
						out[k] = ' '
					}
				}
			}
		}
		n := bytes.IndexByte(t[i+1:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
	}
	return out
}

// cellEdge tells whether a character stands between two cells; a space is what char.At
// returns outside of a text.
func cellEdge(c byte) bool {
	return c == ',' || c == ';' || c == '\t' || c == '|' || c == '\n' || c == '\r' || c == ' '
}

// digitsDivided tells whether a text is digits with spaces, line breaks and dashes between
// them.
func digitsDivided(t []byte) bool {
	for _, c := range t {
		if !char.Digit(c) && c != ' ' && c != '\n' && c != '\r' && c != '-' {
			return false
		}
	}
	return true
}
