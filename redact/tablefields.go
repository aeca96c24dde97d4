package redact

import (
	"bytes"
	"strings"

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
func (s *scan) fields(v *view, q *sequence) {
	if s.bare || len(q.d) <= minField {
		return
	}
	for n := 1; n <= len(fieldMarks); n++ { // a point may be part of a form
		first := 0
		for k := 1; k <= len(q.g); k++ {
			if k < len(q.g) && !(q.g[k].sepLen == 1 && strings.IndexByte(fieldMarks[:n], q.g[k].sep) >= 0) && !marksFields(q.gapBefore(v, k)) {
				continue
			}
			if k-first > 1 && k-first < len(q.g) && q.g[k-1].to-q.g[first].from >= minField {
				s.fieldOf(v, q, first, k)
			}
			first = k
		}
	}
}

// fieldOf looks whether groups [first, end) of a sequence are a number in its printed
// form.
func (s *scan) fieldOf(v *view, q *sequence, first, end int) {
	f := &s.field
	f.part(q, first, end)
	last := len(f.g) - 1
	for _, g := range f.g[1:] {
		if g.sepLen > 1 {
			return
		}
	}
	if n, rule := f.printedID(0, 0); n > last {
		s.national(v, f, 0, len(f.d), rule)
	}
	if f.asPrinted(0, last) && f.tight(0, last+1, f.g[1].sep) {
		s.card(v, f, 0, len(f.d), issuer.Weak)
	}
	s.dashedAccount(v, f, 0)
}

// part makes a sequence of groups [first, end) of another.
func (q *sequence) part(of *sequence, first, end int) {
	from, to := of.g[first].from, of.g[end-1].to
	q.d, q.at, q.g, q.cued = append(q.d[:0], of.d[from:to]...), append(q.at[:0], of.at[from:to]...), q.g[:0], false
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
	for k := max(1, i-listReach); k < min(len(q.g), j+listReach); k++ { // the row may be long
		within := k > i && k <= j
		if within && q.g[k].size() == 1 {
			single++
		}
		switch {
		case q.rare(v, k) || oddMark(q.g[k].sep):
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
		if c := byteAt(t, i-1); (digit(c) || c == '\r' && digit(byteAt(t, i-2))) && digit(byteAt(t, i+1)) {
			lo := bytes.LastIndexByte(t[max(0, i-cellReach):i], '"') + max(0, i-cellReach)
			hi := i + bytes.IndexByte(t[i:min(len(t), i+cellReach)], '"')
			if lo >= 0 && hi > i && t[lo] == '"' && cellEdge(byteAt(t, lo-1)) && cellEdge(byteAt(t, hi+1)) && digitsDivided(t[lo+1:hi]) {
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

// cellEdge tells whether a character stands between two cells; a space is what byteAt
// returns outside of a text.
func cellEdge(c byte) bool {
	return c == ',' || c == ';' || c == '\t' || c == '|' || c == '\n' || c == '\r' || c == ' '
}

// digitsDivided tells whether a text is digits with spaces, line breaks and dashes between
// them.
func digitsDivided(t []byte) bool {
	for _, c := range t {
		if !digit(c) && c != ' ' && c != '\n' && c != '\r' && c != '-' {
			return false
		}
	}
	return true
}
