package sqlite

import (
	"strings"

	"github.com/ncruces/go-sqlite3"
)

// bulkRows is how many rows one statement inserts: half of
// a row's cost is that of starting and ending a statement.
const bulkRows = 32

// bulk inserts n rows by statements of bulkRows rows, and of one for the rest.
// fill binds row i from parameter number at on. The statements say OR FAIL, so
// that SQLite need not be able to undo each: done counts the rows before the one
// that failed.
func (c *conn) bulk(sql string, columns, n int, fill func(stmt *sqlite3.Stmt, at, i int) error) (done int, err error) {
	for i := 0; i < n; {
		rows := bulkRows
		if n-i < bulkRows {
			rows = 1
		}
		stmt, err := c.prepare(sql + tuples(columns, rows))
		if err != nil {
			return i, err
		}
		for row := range rows {
			if err := fill(stmt, 1+row*columns, i+row); err != nil {
				return i, err
			}
		}
		if err := stmt.Exec(); err != nil {
			return i + int(c.db.Changes()), err
		}
		i += rows
	}
	return n, nil
}

// tuples renders "(?, ?), (?, ?)".
func tuples(columns, rows int) string {
	tuple := "(?" + strings.Repeat(", ?", columns-1) + ")"
	return tuple + strings.Repeat(", "+tuple, rows-1)
}

func bindInts(stmt *sqlite3.Stmt, at int, values ...int64) error {
	for i, v := range values {
		if err := stmt.BindInt64(at+i, v); err != nil {
			return err
		}
	}
	return nil
}
