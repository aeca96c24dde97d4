package detect

import (
	"bytes"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// The head of a table says of each column what it holds: the rows under "Account
// Number" have an account number there, without a word beside it. A table is lines of
// CSV (RFC 4180) with any of the usual marks between the cells, of Markdown or of
// psql, or columns that spaces set apart.

// Limits of tables.
const (
	maxColumns   = 128     // cells of a row that are looked at
	MaxHeads     = 12      // columns of a table that hold what the redactor looks for
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
	heads [MaxHeads]head
	n     int // heads that say something
	at    int // cell that goes on where the text begins, as a window may end in a row
}

// Tables are those that go on from one window of a text to the next.
type Tables struct {
	Lines sheet
	Cells htmlSheet
}

// GoOn tells whether one does that has a head.
func (tb *Tables) GoOn() bool { return tb.Lines.mark != 0 || tb.Cells.some }

// head is a column of which the head says what it holds.
type head struct {
	cell   int // the first is 0
	lo, hi int // columns of characters that the head stands in
	holds  column.Kind
}

// tableRow is the cells of a line.
type tableRow struct {
	cells [maxColumns]finding.Stretch
	n     int // may be more
	next  int // where the next line begins
}

// Ordered finds what only its place in a table or in a record tells, and returns how
// many findings there are then.
func (s *Scan) Ordered(v *finding.View, before *Tables) (found int) {
	if len(v.Text) < leastOrdered {
		return len(s.Spans)
	}
	if before.Lines.mark != 0 || bytes.IndexByte(v.Text, '\n') >= 0 {
		s.lineTables(v, before.Lines)
	}
	s.htmlTables(v, before.Cells)
	s.sqlRows(v)
	s.fixedRecords(v)
	s.segments(v)
	s.micrLines(v)
	return len(s.Spans)
}

// OrderedFolded is ordered for a folded view, of the tables and segments alone, as the
// records in fixed columns lose their columns with the characters that nobody sees.
func (s *Scan) OrderedFolded(v *finding.View, depth int) {
	before := Tables{}
	if depth == 0 {
		before = s.Tables
	}
	s.lineTables(v, before.Lines)
	s.htmlTables(v, before.Cells)
	s.sqlRows(v)
	s.segments(v)
	s.micrLines(v)
}

// lineTables finds what stands in the columns of tables whose heads announce it. Where the
// text is a window of a longer one, tb is what the windows before it left.
func (s *Scan) lineTables(v *finding.View, tb sheet) {
	before := tb
	tb.Read(v.Text, func(cell finding.Stretch, c column.Kind) { s.heldCell(v, cell.Lo, cell.Hi, c) })
	if t := unbrokenCells(v.Text); t != nil {
		u := *v
		u.Text = t
		before.Read(t, func(cell finding.Stretch, c column.Kind) { s.heldCell(&u, cell.Lo, cell.Hi, c) })
	}
}

// heldCell redacts what a cell holds of which the head says it.
func (s *Scan) heldCell(v *finding.View, lo, hi int, c column.Kind) {
	if a, b, ok := c.Value(v.Text[lo:hi]); ok {
		s.addCoded(v, lo+a, lo+b, c.Entity(), "column")
	} else if s.Rules.Known != nil && (c == column.HoldsAccount || c == column.HoldsNumber) {
		s.knownCell(v, lo, hi)
	}
}

// knownCell redacts five digits alone in a column of accounts that a known one ends in.
func (s *Scan) knownCell(v *finding.View, lo, hi int) {
	cell := bytes.Trim(v.Text[lo:hi], " \t\r\"'`")
	if len(cell) != profile.MinCued || !char.AllDigits(cell) {
		return
	}
	if e, ok := s.Rules.Known.Digits(cell); ok {
		lo += bytes.Index(v.Text[lo:hi], cell)
		s.Seq.Read(v.Text, lo)
		s.known(v, &s.Seq, 0, profile.MinCued, e)
	}
}

// addCoded notes a finding of which the letters and digits alone are the value.
func (s *Scan) addCoded(v *finding.View, lo, hi int, e entity.Kind, rule string) {
	if s.Rules.IsToken(v.Text[lo:hi]) {
		return
	}
	s.settle(v, lo, hi)
	canon := tokens.Canonical(e, string(v.Text[lo:hi]))
	s.Add(v, lo, hi, finding.Span{Entity: Held(e, canon), Layer: entity.Detector, Rule: rule, Canon: canon})
}

// Held returns what a number is that was announced as an account: an IBAN or a card has
// the token that it has anywhere else.
func Held(e entity.Kind, canon string) entity.Kind {
	d := []byte(canon)
	switch {
	case e == entity.Bank && len(d) > column.MostCode && char.AllDigits(d): // with the account that it is of
		return entity.Account
	case column.CuedRule(d, cue.Card) != "":
		return entity.National
	case e != entity.Account:
	case known.ValidIBAN(canon):
		return entity.IBAN
	case len(d) >= column.LeastCard && len(d) <= column.MostCard && char.AllDigits(d) && issuer.Of(d) != issuer.None && checkdigit.Luhn(d):
		return entity.Card
	}
	return e
}

// Read walks the lines of a text and calls found, if not nil, for each cell of a
// column whose head says what it holds.
func (tb *sheet) Read(t []byte, found func(cell finding.Stretch, c column.Kind)) {
	var r tableRow
	for i := 0; i < len(t); i = r.next {
		end := char.LineEnd(t, i)
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
	if len(line) > column.LongestHead || len(line) < fewestCells || char.DigitsUpTo(line, mostHeadNums) > mostHeadNums {
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
	next.doubtPasswords() // what stands below a word in prose
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
		text := t[cell.Lo:cell.Hi]
		c := column.HeadOf(text)
		lo := utf8.RuneCount(t[i:cell.Lo])
		h := head{cell: k, lo: lo, hi: lo + utf8.RuneCount(text), holds: c}
		if c != 0 && tb.n < MaxHeads && (c < column.HoldsPassword || r.names(t)) {
			tb.heads[tb.n] = h
			tb.n++
		}
	}
	return tb
}

// doubtPasswords takes columns of passwords for such that hold only what looks like one.
func (tb *sheet) doubtPasswords() {
	for k := range tb.heads[:tb.n] {
		if h := &tb.heads[k]; h.holds == column.HoldsPassword {
			h.holds = column.HoldsSecret
		}
	}
}

// names tells whether all cells of a row are names, as those of a head are; the marks
// of Markdown may stand around them. A line of a program is none: more than numbers
// could be taken for passwords under it.
func (r *tableRow) names(t []byte) bool {
	for k, cell := range r.cells[:min(r.n, maxColumns)] {
		text := bytes.TrimSpace(t[cell.Lo:cell.Hi])
		if len(text) == 0 && (k == 0 || k == r.n-1) && char.At(t, cell.Hi) != ',' && char.At(t, cell.Lo-1) != ',' {
			continue
		}
		if n := len(text); n > 1 && text[0] == '"' && text[n-1] == '"' {
			text = text[1 : n-1]
		}
		if len(text) == 0 || len(text) > cue.LongestName || !char.Letter(text[0]) && text[0] < 0x80 {
			return false
		}
		for _, c := range text {
			if !char.Alnum(c) && c != ' ' && c != '_' && c != '-' && c < 0x80 {
				return false
			}
		}
	}
	return true
}

// markedRow reads the row that begins at t[i]. One with more cells than the head has a
// mark inside of a cell that is not in quotes: the cell is looked for from both ends.
func (tb *sheet) markedRow(t []byte, i int, r *tableRow, found func(cell finding.Stretch, c column.Kind)) {
	r.split(t, i, tb.mark)
	if r.n+tb.at < fewestCells {
		return
	}
	tb.rows++
	if found == nil {
		return
	}
	more := max(0, r.n+tb.at-tb.cells)
	if r.n+tb.at < tb.cells && column.HasToken(t[i:min(r.next, len(t))]) { // what was redacted took a mark along
		return
	}
	for _, h := range tb.heads[:tb.n] {
		if h.holds >= column.HoldsPassword && r.n+tb.at != tb.cells {
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
			r.cells[r.n] = finding.Stretch{Lo: lo, Hi: i}
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
		switch c := char.At(t, k+1); {
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
			r.cells[r.n] = finding.Stretch{Lo: i + lo, Hi: i + hi}
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
func (tb *sheet) alignedRow(t []byte, i int, line []byte, found func(cell finding.Stretch, c column.Kind)) {
	tb.rows++
	if found == nil {
		return
	}
	var r tableRow
	for _, h := range tb.heads[:tb.n] {
		if h.holds >= column.HoldsPassword { // in a row with as many cells as the head has
			if r.n == 0 {
				r.aligned(t, i, line)
			}
			if r.n == tb.cells {
				found(r.cells[h.cell], h.holds)
			}
			continue
		}
		at, cell := 0, finding.Stretch{Lo: -1, Hi: -1} // at counts characters
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
			if cell.Lo < 0 || lo-cell.Hi >= alignedGap {
				if cell.Lo >= 0 {
					found(finding.Stretch{Lo: i + cell.Lo, Hi: i + cell.Hi}, h.holds)
				}
				cell.Lo = lo
			}
			cell.Hi = k
		}
		if cell.Lo >= 0 {
			cell.Hi += furtherDigits(line[cell.Hi:])
			found(finding.Stretch{Lo: i + cell.Lo, Hi: i + cell.Hi}, h.holds)
		}
	}
}

// furtherDigits returns how far a cell goes on with a further number behind one space,
// beyond its head: the account behind the code of its bank.
func furtherDigits(rest []byte) int {
	n := 1
	for n < len(rest) && (char.Digit(rest[n]) || rest[n] == '-') {
		n++
	}
	if n <= column.LeastNumbered || rest[0] != ' ' || n < len(rest) && rest[n] != ' ' && rest[n] != '\r' || date.DayLike(rest[1:n], false) {
		return 0
	}
	return n
}
