package redact

import "bytes"

// Tables of HTML: what the cells of the first row, or those marked as heads, say of the
// columns below them.

// htmlSheet is the heads of a table of HTML, and how far its rows were read.
type htmlSheet struct {
	heads     [maxColumns]column
	some      bool // of the heads says something
	cell, row int
}

// htmlTables finds what stands in the columns of tables whose heads announce it. Where
// the text is a window of a longer one, h is what the windows before it left.
func (s *scan) htmlTables(v *view, h htmlSheet) {
	h.read(v.t, func(lo, hi int, c column) {
		if a, b, ok := c.value(v.t[lo:hi]); ok {
			s.addCoded(v, lo+a, lo+b, c.entity(), "column")
		}
	}, func(lo, hi int) { s.settle(v, lo, hi) })
}

// read walks the cells of a text and calls found, if not nil, for each in a column whose
// head says what it holds, and apart for what stands between two that have nothing to do
// with each other.
func (h *htmlSheet) read(t []byte, found func(lo, hi int, c column), apart func(lo, hi int)) {
	var last stretch // the cell before, in the same row
	for i := 0; ; {
		n := bytes.IndexByte(t[i:], '<')
		if n < 0 {
			return
		}
		i += n + 1
		switch {
		case tagNamed(t[i:], "table"):
			*h = htmlSheet{}
		case tagNamed(t[i:], "tr"):
			h.cell, last = 0, stretch{}
			h.row++
		case tagNamed(t[i:], "th"), tagNamed(t[i:], "td"):
			h.cell++
			lo, hi := cellText(t, i)
			if found != nil && last.hi > 0 && hi < len(t) && (ownCell(t[last.lo:last.hi]) || ownCell(t[lo:hi])) {
				apart(last.hi, lo)
			}
			last = stretch{lo, hi}
			if k := h.cell - 1; k < maxColumns {
				if c := headOf(t[lo:hi]); c != 0 && (h.row <= 1 || lower(t[i+1]) == 'h') {
					h.heads[k], h.some = c, true
				} else if found != nil && h.heads[k] != 0 {
					found(lo, hi, h.heads[k])
				}
			}
			i = hi
		}
	}
}

// tagNamed tells whether a tag, behind its <, has this name.
func tagNamed(t []byte, name string) bool {
	return len(t) > len(name) && bytes.EqualFold(t[:len(name)], []byte(name)) && !alnum(t[len(name)])
}

// cellText returns where the text of the cell is whose tag stands at t[i:]: in the
// innermost tags, if it is alone there.
func cellText(t []byte, i int) (lo, hi int) {
	for {
		n := bytes.IndexByte(t[i:], '>')
		if n < 0 {
			return len(t), len(t)
		}
		lo = i + n + 1
		hi = len(t)
		if n = bytes.IndexByte(t[lo:], '<'); n >= 0 {
			hi = lo + n
		}
		inner := hi+1 < len(t) && letter(t[hi+1]) && !tagNamed(t[hi+1:], "td") && !tagNamed(t[hi+1:], "th") && !tagNamed(t[hi+1:], "tr")
		if len(bytes.TrimSpace(t[lo:hi])) > 0 || !inner {
			return lo, hi
		}
		i = hi + 1
	}
}

// ownCell tells whether a cell of a table is something of its own that no number goes on
// from or to: words that say nothing of a card or an account, an amount, a date.
func ownCell(cell []byte) bool {
	words, marked := false, false
	for i := 0; i < len(cell); {
		if !letter(cell[i]) {
			marked = marked || cell[i] == '.' || cell[i] == '-' || cell[i] == '/' || cell[i] == '+'
			i++
			continue
		}
		j := i
		for j < len(cell) && letter(cell[j]) {
			j++
		}
		if cueOf(cell[i:j])&^cueLink != 0 {
			return false
		}
		words = words || j-i > 1
		i = j
	}
	text := bytes.Trim(cell, " -+")
	return words || marked && (amountLike(text) || dayLike(text, true) || cell[0] == '+')
}
