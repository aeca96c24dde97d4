package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Tables of HTML: what the cells of the first row, or those marked as heads, say of the
// columns below them.

// htmlSheet is the heads of a table of HTML, and how far its rows were read.
type htmlSheet struct {
	heads     [maxColumns]column.Kind
	some      bool // of the heads says something
	cell, row int
}

// htmlTables finds what stands in the columns of tables whose heads announce it. Where
// the text is a window of a longer one, h is what the windows before it left.
func (s *Scan) htmlTables(v *finding.View, h htmlSheet) {
	h.Read(v.Text, func(lo, hi int, c column.Kind) {
		if a, b, ok := c.Value(v.Text[lo:hi]); ok {
			s.addCoded(v, lo+a, lo+b, c.Entity(), "column")
		}
	}, func(lo, hi int) { s.settle(v, lo, hi) })
}

// Read walks the cells of a text and calls found, if not nil, for each in a column whose
// head says what it holds, and apart for what stands between two that have nothing to do
// with each other.
func (h *htmlSheet) Read(t []byte, found func(lo, hi int, c column.Kind), apart func(lo, hi int)) {
	var last finding.Stretch // the cell before, in the same row
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
			h.cell, last = 0, finding.Stretch{}
			h.row++
		case tagNamed(t[i:], "th"), tagNamed(t[i:], "td"):
			h.cell++
			lo, hi := cellText(t, i)
			if found != nil && last.Hi > 0 && hi < len(t) && (ownCell(t[last.Lo:last.Hi]) || ownCell(t[lo:hi])) {
				apart(last.Hi, lo)
			}
			last = finding.Stretch{Lo: lo, Hi: hi}
			if k := h.cell - 1; k < maxColumns {
				if c := column.HeadOf(t[lo:hi]); c != 0 && (h.row <= 1 || char.Lower(t[i+1]) == 'h') {
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
	return len(t) > len(name) && bytes.EqualFold(t[:len(name)], []byte(name)) && !char.Alnum(t[len(name)])
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
		inner := hi+1 < len(t) && char.Letter(t[hi+1]) && !tagNamed(t[hi+1:], "td") && !tagNamed(t[hi+1:], "th") && !tagNamed(t[hi+1:], "tr")
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
		if !char.Letter(cell[i]) {
			marked = marked || cell[i] == '.' || cell[i] == '-' || cell[i] == '/' || cell[i] == '+'
			i++
			continue
		}
		j := i
		for j < len(cell) && char.Letter(cell[j]) {
			j++
		}
		if cue.Of(cell[i:j])&^cue.Link != 0 {
			return false
		}
		words = words || j-i > 1
		i = j
	}
	text := bytes.Trim(cell, " -+")
	return words || marked && (column.AmountLike(text) || date.DayLike(text, true) || cell[0] == '+')
}
