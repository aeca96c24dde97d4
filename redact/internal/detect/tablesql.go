package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Rows of SQL: INSERT INTO t (id, account_no) VALUES (1, '12345678'), (2, …), and what
// pg_dump writes of a table, COPY t (id, account_no) FROM stdin, with tabs between the
// cells. The names of the columns say what they hold.

// longestNames is how many bytes the list of the columns has, at most.
const longestNames = 4 << 10

// sqlRows finds what stands in the columns of rows whose names announce it.
func (s *Scan) sqlRows(v *finding.View) {
	t := v.Text
	for i, end := 0, 0; i < len(t); { // end is where the next list ends
		n := bytes.IndexByte(t[i:], '(')
		if n < 0 {
			return
		}
		if i += n + 1; end < i {
			if n = bytes.IndexByte(t[i:], ')'); n < 0 {
				return
			}
			end = i + n
		}
		if n = end - i; n > longestNames {
			continue
		}
		after := end + 1
		for after < len(t) && (t[after] == ' ' || t[after] == '\n' || t[after] == '\r') {
			after++
		}
		switch {
		case keywordAt(t[after:], "values"):
			if names := sqlNames(t[i : i+n]); names != nil {
				after = s.sqlTuples(v, after+len("values"), names)
				i = after
			}
		case keywordAt(t[after:], "from stdin"):
			if names := sqlNames(t[i : i+n]); names != nil {
				s.copied(v, after+len("from stdin"), names)
			}
		}
	}
}

// keywordAt tells whether a text begins with a keyword, whatever its case.
func keywordAt(t []byte, word string) bool {
	return len(t) > len(word) && bytes.EqualFold(t[:len(word)], []byte(word))
}

// sqlNames returns what the columns of a list of names hold, nil if none of them says.
func sqlNames(list []byte) []column.Kind {
	if char.DigitsUpTo(list, mostHeadNums) > mostHeadNums {
		return nil
	}
	cells := bytes.Split(list, []byte(","))
	if len(cells) > maxColumns {
		return nil
	}
	some := false
	names := make([]column.Kind, len(cells))
	for k, cell := range cells {
		names[k] = column.HeadOf(bytes.Trim(cell, " \n\r\t`\"[]"))
		some = some || names[k] != 0
	}
	if !some {
		return nil
	}
	return names
}

// sqlTuples reads the rows in parentheses from t[i] on and returns where they end.
func (s *Scan) sqlTuples(v *finding.View, i int, names []column.Kind) int {
	t := v.Text
	for {
		for i < len(t) && (t[i] <= ' ' || t[i] == ',') {
			i++
		}
		if char.At(t, i) != '(' {
			return i
		}
		i++
		for k := 0; ; k++ {
			for i < len(t) && (t[i] <= ' ' || (char.Lower(t[i]) == 'n' || char.Lower(t[i]) == 'e') && char.At(t, i+1) == '\'') { // N'…', E'…'
				i++
			}
			lo := i
			i = cellEnd(t, i)
			if k < len(names) && names[k] != 0 {
				s.heldCell(v, lo, i, names[k])
			}
			if char.At(t, i) != ',' {
				break
			}
			i++
		}
		if char.At(t, i) != ')' {
			return i
		}
		i++
	}
}

// cellEnd returns where the cell of a row ends that begins at t[i]: at a comma or a
// parenthesis outside of quotes and other parentheses.
func cellEnd(t []byte, i int) int {
	quoted, depth := false, 0
	for from := i; i < len(t) && i-from < longestCell; i++ {
		switch c := t[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
			if c == '\\' {
				i++
			}
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case (c == ',' || c == ')') && depth == 0:
			return i
		}
	}
	return min(i, len(t))
}

// copied reads the rows that COPY takes, from the line behind t[i] on.
func (s *Scan) copied(v *finding.View, i int, names []column.Kind) {
	t := v.Text
	var r tableRow
	for i = char.LineEnd(t, i) + 1; i < len(t) && t[i] != '\\'; i = r.next {
		r.split(t, i, '\t')
		for k, cell := range r.cells[:min(r.n, len(names))] {
			if names[k] != 0 {
				s.heldCell(v, cell.Lo, cell.Hi, names[k])
			}
		}
	}
}
