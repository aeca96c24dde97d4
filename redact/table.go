package redact

import (
	"bytes"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
)

// The head of a table says of each column what it holds: the rows under "Account
// Number" have an account number there, without a word beside it. A table is lines of
// CSV (RFC 4180) with any of the usual marks between the cells, of Markdown or of
// psql, or columns that spaces set apart.

// Limits of tables.
const (
	maxColumns   = 128     // cells of a row that are looked at
	maxHeads     = 12      // columns of a table that hold what the redactor looks for
	longestHead  = 4 << 10 // bytes of the line of heads
	longestCell  = 1 << 10 // bytes of a cell in quotes that has line breaks
	fewestCells  = 2       // of a line that is a row
	mostHeadNums = 6       // digits in a line of heads
	leastOrdered = 12      // bytes of a text with a head and a row, or a segment
	alignedGap   = 2       // spaces between columns that are set apart by spaces
)

// sheet is a head and how far its rows were read. The zero value has none.
type sheet struct {
	mark  byte // between cells; ' ' if spaces set columns apart; 0 without a head
	cells int  // of the head
	rows  int  // under the head
	heads [maxHeads]head
	n     int // heads that say something
	at    int // cell that goes on where the text begins, as a window may end in a row
}

// tables are those that go on from one window of a text to the next.
type tables struct {
	lines sheet
	cells htmlSheet
}

// goOn tells whether one does that has a head.
func (tb *tables) goOn() bool { return tb.lines.mark != 0 || tb.cells.some }

// head is a column of which the head says what it holds.
type head struct {
	cell   int // the first is 0
	lo, hi int // columns of characters that the head stands in
	holds  column
}

// tableRow is the cells of a line.
type tableRow struct {
	cells [maxColumns]stretch
	n     int // may be more
	next  int // where the next line begins
}

// ordered finds what only its place in a table or in a record tells, and returns how
// many findings there are then.
func (s *scan) ordered(v *view, before *tables) (found int) {
	if len(v.t) < leastOrdered {
		return len(s.spans)
	}
	if before.lines.mark != 0 || bytes.IndexByte(v.t, '\n') >= 0 {
		s.lineTables(v, before.lines)
	}
	s.htmlTables(v, before.cells)
	s.sqlRows(v)
	s.fixedRecords(v)
	s.segments(v)
	s.micrLines(v)
	return len(s.spans)
}

// orderedFolded is ordered for a folded view, of the tables and segments alone, as the
// records in fixed columns lose their columns with the characters that nobody sees.
func (s *scan) orderedFolded(v *view, depth int) {
	before := tables{}
	if depth == 0 {
		before = s.tables
	}
	s.lineTables(v, before.lines)
	s.htmlTables(v, before.cells)
	s.sqlRows(v)
	s.segments(v)
	s.micrLines(v)
}

// lineTables finds what stands in the columns of tables whose heads announce it. Where the
// text is a window of a longer one, tb is what the windows before it left.
func (s *scan) lineTables(v *view, tb sheet) {
	before := tb
	tb.read(v.t, func(cell stretch, c column) { s.heldCell(v, cell.lo, cell.hi, c) })
	if t := unbrokenCells(v.t); t != nil {
		u := *v
		u.t = t
		before.read(t, func(cell stretch, c column) { s.heldCell(&u, cell.lo, cell.hi, c) })
	}
}

// heldCell redacts what a cell holds of which the head says it.
func (s *scan) heldCell(v *view, lo, hi int, c column) {
	if a, b, ok := c.value(v.t[lo:hi]); ok {
		s.addCoded(v, lo+a, lo+b, c.entity(), "column")
	} else if s.r.known != nil && (c == holdsAccount || c == holdsNumber) {
		s.knownCell(v, lo, hi)
	}
}

// knownCell redacts five digits alone in a column of accounts that a known one ends in.
func (s *scan) knownCell(v *view, lo, hi int) {
	cell := bytes.Trim(v.t[lo:hi], " \t\r\"'`")
	if len(cell) != minCued || !allDigits(cell) {
		return
	}
	if e, ok := s.r.known.digits(cell); ok {
		lo += bytes.Index(v.t[lo:hi], cell)
		s.seq.read(v.t, lo)
		s.known(v, &s.seq, 0, minCued, e)
	}
}

// addCoded notes a finding of which the letters and digits alone are the value.
func (s *scan) addCoded(v *view, lo, hi int, e Entity, rule string) {
	if s.r.isToken(v.t[lo:hi]) {
		return
	}
	s.settle(v, lo, hi)
	canon := canonical(e, string(v.t[lo:hi]))
	s.add(v, lo, hi, span{entity: held(e, canon), layer: LayerDetector, rule: rule, canon: canon})
}

// held returns what a number is that was announced as an account: an IBAN or a card has
// the token that it has anywhere else.
func held(e Entity, canon string) Entity {
	d := []byte(canon)
	switch {
	case e == Bank && len(d) > mostCode && allDigits(d): // with the account that it is of
		return Account
	case cuedRule(d, cueCard) != "":
		return National
	case e != Account:
	case validIBAN(canon):
		return IBAN
	case len(d) >= leastCard && len(d) <= mostCard && allDigits(d) && issuer.Of(d) != issuer.None && checkdigit.Luhn(d):
		return Card
	}
	return e
}

// read walks the lines of a text and calls found, if not nil, for each cell of a
// column whose head says what it holds.
func (tb *sheet) read(t []byte, found func(cell stretch, c column)) {
	var r tableRow
	for i := 0; i < len(t); i = r.next {
		end := lineEnd(t, i)
		r.next = end + 1
		line := t[i:min(end, len(t))]
		if tb.at == 0 && tb.headline(t, i, line) {
			continue
		}
		switch {
		case tb.mark == 0:
		case len(bytes.TrimSpace(line)) == 0:
			if tb.rows > 0 {
				*tb = sheet{}
			}
		case tb.mark == ' ':
			tb.alignedRow(t, i, line, found)
		default:
			tb.markedRow(t, i, &r, found)
			if r.next > len(t) { // the row may go on in the next window
				tb.at += r.n - 1
				return
			}
		}
		tb.at = 0
	}
}

// headline takes the line t[i:] as the head of a table if it is one that says of a
// column what the redactor looks for.
func (tb *sheet) headline(t []byte, i int, line []byte) bool {
	if len(line) > longestHead || len(line) < fewestCells || digitsUpTo(line, mostHeadNums) > mostHeadNums {
		return false
	}
	for _, mark := range [...]byte{'\t', ';', '|', ','} {
		if bytes.IndexByte(line, mark) < 0 {
			continue
		}
		var r tableRow
		r.split(t, i, mark)
		if r.n < fewestCells || r.next < i+len(line) {
			continue
		}
		if next := headsOf(t, i, &r); next.n > 0 {
			next.mark, next.cells = mark, r.n
			if i > 0 && (mark == ',' || mark == ';') { // which may be a line of a program
				next.doubtPasswords()
			}
			*tb = next
			return true
		}
		return false
	}
	var r tableRow
	r.aligned(t, i, line)
	if r.n < fewestCells {
		return false
	}
	next := headsOf(t, i, &r)
	next.dropSecrets() // what stands below a word in prose
	if next.n == 0 {
		return false
	}
	next.mark, next.cells = ' ', r.n
	*tb = next
	return true
}

// headsOf looks the cells of a line up that begins at t[i].
func headsOf(t []byte, i int, r *tableRow) (tb sheet) {
	for k, cell := range r.cells[:min(r.n, maxColumns)] {
		text := t[cell.lo:cell.hi]
		c := headOf(text)
		lo := utf8.RuneCount(t[i:cell.lo])
		h := head{cell: k, lo: lo, hi: lo + utf8.RuneCount(text), holds: c}
		if c != 0 && tb.n < maxHeads && (c < holdsPassword || r.names(t)) {
			tb.heads[tb.n] = h
			tb.n++
		}
	}
	return tb
}

// dropSecrets forgets the heads of secrets.
func (tb *sheet) dropSecrets() {
	kept := tb.heads[:0]
	for _, h := range tb.heads[:tb.n] {
		if h.holds < holdsPassword {
			kept = append(kept, h)
		}
	}
	tb.n = len(kept)
}

// doubtPasswords takes columns of passwords for such that hold only what looks like one.
func (tb *sheet) doubtPasswords() {
	for k := range tb.heads[:tb.n] {
		if h := &tb.heads[k]; h.holds == holdsPassword {
			h.holds = holdsSecret
		}
	}
}

// names tells whether all cells of a row are names, as those of a head are; the marks
// of Markdown may stand around them. A line of a program is none: more than numbers
// could be taken for passwords under it.
func (r *tableRow) names(t []byte) bool {
	for k, cell := range r.cells[:min(r.n, maxColumns)] {
		text := bytes.TrimSpace(t[cell.lo:cell.hi])
		if len(text) == 0 && (k == 0 || k == r.n-1) && byteAt(t, cell.hi) != ',' && byteAt(t, cell.lo-1) != ',' {
			continue
		}
		if n := len(text); n > 1 && text[0] == '"' && text[n-1] == '"' {
			text = text[1 : n-1]
		}
		if len(text) == 0 || len(text) > longestName || !letter(text[0]) && text[0] < 0x80 {
			return false
		}
		for _, c := range text {
			if !alnum(c) && c != ' ' && c != '_' && c != '-' && c < 0x80 {
				return false
			}
		}
	}
	return true
}

// markedRow reads the row that begins at t[i]. One with more cells than the head has a
// mark inside of a cell that is not in quotes: the cell is looked for from both ends.
func (tb *sheet) markedRow(t []byte, i int, r *tableRow, found func(cell stretch, c column)) {
	r.split(t, i, tb.mark)
	if r.n+tb.at < fewestCells {
		return
	}
	tb.rows++
	if found == nil {
		return
	}
	more := max(0, r.n+tb.at-tb.cells)
	if r.n+tb.at < tb.cells && hasToken(t[i:min(r.next, len(t))]) { // what was redacted took a mark along
		return
	}
	for _, h := range tb.heads[:tb.n] {
		if h.holds >= holdsPassword && r.n+tb.at != tb.cells {
			continue
		}
		for _, k := range [...]int{h.cell - tb.at, h.cell - tb.at + more} {
			if k >= 0 && k < min(r.n, maxColumns) {
				found(r.cells[k], h.holds)
			}
			if more == 0 {
				break
			}
		}
	}
}

// hasToken tells whether a text has something of the form of a token.
func hasToken(t []byte) bool {
	for i := 0; i+1 < len(t); i++ {
		n := bytes.IndexByte(t[i:], '_')
		if n < 0 {
			return false
		}
		if i += n; letters(t[i+1:]) == tokenLetters {
			return true
		}
	}
	return false
}

// split divides the line that begins at t[i] at a mark. Inside of quotes neither a mark
// nor a line break ends a cell.
func (r *tableRow) split(t []byte, i int, mark byte) {
	r.n = 0
	for {
		lo := i
		if i < len(t) && t[i] == '"' && mark != '|' {
			if end := quoteEnd(t, i, mark); end > 0 {
				i = end
			}
		}
		for i < len(t) && t[i] != mark && t[i] != '\n' {
			i++
		}
		if r.n < maxColumns {
			r.cells[r.n] = stretch{lo, i}
		}
		r.n++
		if i == len(t) || t[i] == '\n' {
			r.next = i + 1
			return
		}
		i++
	}
}

// quoteEnd returns where the cell that begins with the quote t[i] ends, 0 if it is none
// in quotes.
func quoteEnd(t []byte, i int, mark byte) int {
	for k := i + 1; k < min(len(t), i+longestCell); k++ {
		if t[k] != '"' {
			continue
		}
		switch c := byteAt(t, k+1); {
		case k+1 == len(t), c == mark, c == '\n', c == '\r':
			return k + 1
		case c == '"':
			k++
		default:
			return 0
		}
	}
	return 0
}

// aligned divides a line where two spaces or more stand.
func (r *tableRow) aligned(t []byte, i int, line []byte) {
	r.n, r.next = 0, i+len(line)+1
	for k := 0; k < len(line) && r.n < maxColumns; {
		for k < len(line) && line[k] == ' ' {
			k++
		}
		lo := k
		for k < len(line) && !spaces(line[k:], alignedGap) {
			k++
		}
		if hi := lo + len(bytes.TrimRight(line[lo:k], " \r")); hi > lo {
			r.cells[r.n] = stretch{i + lo, i + hi}
			r.n++
		}
	}
}

func spaces(t []byte, n int) bool {
	if len(t) < n {
		return false
	}
	for _, c := range t[:n] {
		if c != ' ' {
			return false
		}
	}
	return true
}

// alignedRow reads a row of a table whose columns spaces set apart: what stands under a
// head, or reaches under it.
func (tb *sheet) alignedRow(t []byte, i int, line []byte, found func(cell stretch, c column)) {
	tb.rows++
	if found == nil {
		return
	}
	for _, h := range tb.heads[:tb.n] {
		at, cell := 0, stretch{-1, -1} // at counts characters
		for k := 0; k < len(line); {
			if line[k] == ' ' {
				k++
				at++
				continue
			}
			lo, from := k, at
			for k < len(line) && line[k] != ' ' {
				_, n := utf8.DecodeRune(line[k:])
				k += n
				at++
			}
			if from >= h.hi || at <= h.lo {
				continue
			}
			if cell.lo < 0 || lo-cell.hi >= alignedGap {
				if cell.lo >= 0 {
					found(stretch{i + cell.lo, i + cell.hi}, h.holds)
				}
				cell.lo = lo
			}
			cell.hi = k
		}
		if cell.lo >= 0 {
			cell.hi += furtherDigits(line[cell.hi:])
			found(stretch{i + cell.lo, i + cell.hi}, h.holds)
		}
	}
}

// furtherDigits returns how far a cell goes on with a further number behind one space,
// beyond its head: the account behind the code of its bank.
func furtherDigits(rest []byte) int {
	n := 1
	for n < len(rest) && (digit(rest[n]) || rest[n] == '-') {
		n++
	}
	if n <= leastNumbered || rest[0] != ' ' || n < len(rest) && rest[n] != ' ' && rest[n] != '\r' || dayLike(rest[1:n], false) {
		return 0
	}
	return n
}
