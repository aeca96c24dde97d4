package tabular

import (
	"fmt"
	"slices"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// table is what a file's beginning looks like as one.
type table struct {
	delimiter byte
	header    bool // the first line has names
	above     int  // lines above it, header included
	columns   []column
	rows      [][]Field
}

// column is one column with its values.
type column struct {
	ref     string // as a profile names it
	name    string // folded, "" without a header
	index   int
	samples [][]byte // what stands in it, without blanks
	blank   int      // rows in which it is empty
}

// fill takes the column's values from rows.
func (c *column) fill(rows [][]Field) {
	c.samples, c.blank = nil, 0
	for _, row := range rows {
		if text := statement.Trim(cell(row, c.index)); len(text) > 0 {
			c.samples = append(c.samples, text)
		} else {
			c.blank++
		}
	}
}

// all reports whether the column has values and each passes.
func (c *column) all(pass func([]byte) bool) bool {
	return len(c.samples) > 0 && !slices.ContainsFunc(c.samples, func(b []byte) bool { return !pass(b) })
}

// tableOf finds the table in a file: of all delimiters the one that splits a
// line widest.
func tableOf(head []byte) (t table, ok bool) {
	delimiter, width := widest(head)
	if width < 2 {
		return t, false
	}
	rows := readHead(head, delimiter)
	at := headerAt(rows, width)
	t = table{delimiter: delimiter, header: at >= 0}
	if at < 0 {
		at = slices.IndexFunc(rows, func(row []Field) bool { return len(row) == width })
		t.rows, t.above = rows[at:], at
	} else {
		t.rows = rows[at+1:]
	}
	for i, f := range rows[at] {
		c := column{ref: fmt.Sprintf("#%d", i+1), index: i}
		if t.header {
			c.ref = statement.Clean(f.Text)
			c.name = fold(c.ref)
		}
		t.columns = append(t.columns, c)
	}
	return t, true
}

func widest(head []byte) (delimiter byte, width int) {
	for _, d := range []byte(",;\t|") {
		for _, row := range readHead(head, d) {
			if len(row) > max(width, 1) {
				width, delimiter = len(row), d
			}
		}
	}
	return delimiter, width
}

// nearly is from how many columns on a header may have one fewer than the
// rows, which some banks end with one delimiter more.
const nearly = 5

// headerAt finds the line of names: of the widest without a date or an amount in
// them the one with most names, the first of several. Spreadsheets make every
// line as wide as the table, also those above it. It is -1 if there is none.
func headerAt(rows [][]Field, width int) int {
	named := func(width int) int {
		at, most := -1, 0
		for i, row := range rows {
			if n := filled(row); len(row) == width && n > most && names(row) {
				at, most = i, n
			}
		}
		return at
	}
	if at := named(width); at >= 0 || width < nearly {
		return at
	}
	return named(width - 1)
}

// names reports whether a line can be one of column names.
func names(row []Field) bool {
	for _, f := range row {
		if text := statement.Trim(f.Text); len(layoutsOf(text)) > 0 || isAmount(text) {
			return false
		}
	}
	return filled(row) >= 2
}

// filled counts the cells with a text.
func filled(row []Field) (n int) {
	for _, f := range row {
		if len(statement.Trim(f.Text)) > 0 {
			n++
		}
	}
	return n
}

// HeaderOf returns the names in what is most likely a file's header line, or the
// cells of its first row if it has none. It is nil if no line has two columns.
func HeaderOf(head []byte) (names []string) {
	t, ok := tableOf(head)
	if !ok {
		return nil
	}
	for _, c := range t.columns {
		if t.header {
			names = append(names, c.ref)
		} else {
			names = append(names, statement.Clean(cell(t.rows[0], c.index)))
		}
	}
	return names
}
