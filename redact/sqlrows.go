package redact

import "bytes"

// Rows in SQL: the columns that an INSERT names (ISO/IEC 9075-2, 14.11), or a COPY of
// PostgreSQL, say of the values behind them what they are.

// longestRowItem bounds a value of a row that is looked at.
const longestRowItem = 1 << 10

// sqlRows finds what the names of columns say of the rows of a statement.
func (s *scan) sqlRows(v *view) {
	t := v.t
	for at := 0; ; {
		n := bytes.IndexByte(t[at:], ')')
		if n < 0 {
			return
		}
		at += n + 1
		i := at
		for i < len(t) && i-at < pairReach && t[i] <= ' ' {
			i++
		}
		values := hasWord(t[i:], "values")
		if !values && !hasWord(t[i:], "from stdin") {
			continue
		}
		heads, any := columnNames(t, at-1)
		switch {
		case !any:
		case values:
			at = s.valueRows(v, i+len("values"), &heads)
		default:
			at = s.copiedRows(v, i+len("from stdin"), &heads)
		}
	}
}

// hasWord tells whether a text begins with a word, whatever its case.
func hasWord(t []byte, word string) bool {
	return len(t) > len(word) && bytes.EqualFold(t[:len(word)], []byte(word)) && !alnum(t[len(word)])
}

// columnNames looks up the names between round brackets, of which the last is t[end].
func columnNames(t []byte, end int) (heads [maxColumns]column, any bool) {
	from := max(0, end-longestHead)
	k := bytes.LastIndexByte(t[from:end], '(')
	if k < 0 || bytes.IndexByte(t[from+k:end], ')') >= 0 {
		return heads, false
	}
	n := 0
	for name := range bytes.SplitSeq(t[from+k+1:end], []byte{','}) {
		if n == maxColumns {
			break
		}
		if heads[n] = headOf(bytes.Trim(name, " \t\r\n\"`[]'\\")); heads[n] != 0 {
			any = true
		}
		n++
	}
	return heads, any
}

// valueRows reads rows of values between round brackets and returns where they end.
func (s *scan) valueRows(v *view, i int, heads *[maxColumns]column) int {
	t := v.t
	for cell := -1; i < len(t); { // -1: between two rows
		switch c := t[i]; {
		case cell < 0 && c == '(':
			cell = 0
			i++
		case c <= ' ' || cell < 0 && c == ',':
			i++
		case cell < 0:
			return i
		case c == ',':
			cell++
			i++
		case c == ')':
			cell = -1
			i++
		case byteAt(t, i+1) == '\'' && (lower(c) == 'n' || lower(c) == 'e'): // N'…', E'…'
			i++
		default:
			end := itemEnd(t, i)
			s.cellOf(v, stretch{i, end}, cell, heads)
			i = end
		}
	}
	return i
}

// itemEnd returns where the value ends that begins at t[i]: a string between quotes, or
// all up to the next comma or bracket.
func itemEnd(t []byte, i int) int {
	if q := t[i]; q == '\'' || q == '"' {
		for k := i + 1; k < min(len(t), i+longestRowItem); k++ {
			switch {
			case t[k] == '\\':
				k++
			case t[k] == q && byteAt(t, k+1) == q:
				k++
			case t[k] == q:
				return k + 1
			}
		}
	}
	k := i + 1
	for k < len(t) && t[k] != ',' && t[k] != ')' {
		k++
	}
	return k
}

// copiedRows reads lines of values that tabs divide and returns where they end.
func (s *scan) copiedRows(v *view, i int, heads *[maxColumns]column) int {
	t := v.t
	var r tableRow
	for i = lineEnd(t, i) + 1; i < len(t) && t[i] != '\\'; i = r.next {
		r.split(t, i, '\t')
		for cell := range min(r.n, maxColumns) {
			s.cellOf(v, r.cells[cell], cell, heads)
		}
	}
	return min(i, len(t))
}

// cellOf notes what is in a cell, if the name of its column says what it is.
func (s *scan) cellOf(v *view, at stretch, cell int, heads *[maxColumns]column) {
	if cell >= maxColumns || heads[cell] == 0 {
		return
	}
	if lo, hi, ok := heads[cell].value(v.t[at.lo:at.hi]); ok {
		s.addCoded(v, at.lo+lo, at.lo+hi, heads[cell].entity(), "column")
	}
}
