package redact

import "bytes"

// Tables of HTML: what the cells of the first row, or those marked as heads, say of the
// columns below them.

// htmlTables finds what stands in the columns of tables whose heads announce it.
func (s *scan) htmlTables(v *view) {
	t := v.t
	var heads [maxColumns]column
	some, cell, row := false, 0, 0
	var last stretch // the cell before, in the same row
	for i := 0; ; {
		n := bytes.IndexByte(t[i:], '<')
		if n < 0 {
			return
		}
		i += n + 1
		switch {
		case tagNamed(t[i:], "table"):
			heads, some, cell, row = [maxColumns]column{}, false, 0, 0
		case tagNamed(t[i:], "tr"):
			cell, last = 0, stretch{}
			row++
		case tagNamed(t[i:], "th"), tagNamed(t[i:], "td"):
			cell++
			lo, hi := cellText(t, i)
			if last.hi > 0 && hi < len(t) && (ownCell(t[last.lo:last.hi]) || ownCell(t[lo:hi])) {
				s.settle(v, last.hi, lo)
			}
			last = stretch{lo, hi}
			if k := cell - 1; k < maxColumns {
				if c := headOf(t[lo:hi]); c != 0 && (row <= 1 || lower(t[i+1]) == 'h') {
					heads[k], some = c, true
				} else if a, b, ok := heads[k].value(t[lo:hi]); some && heads[k] != 0 && ok {
					s.addCoded(v, lo+a, lo+b, heads[k].entity(), "column")
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
