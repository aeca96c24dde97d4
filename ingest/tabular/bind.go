package tabular

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// binding is a profile bound to the columns of one file: for each field the
// indexes of its columns.
type binding struct {
	*Profile
	width     int
	date      []int
	auth      []int
	amount    []int
	debit     []int
	credit    []int
	fee       []int
	currency  []int
	oAmount   []int
	oCurrency []int
	texts     [numTexts][]int
	payer     []int
	id        []int
	balance   []int
	number    []int
	bank      []int
	name      []int
	direction []int
	pending   []bound
	ignore    []bound
	transfer  []bound
	twins     []twin
}

// twin is a column that has the name of another one before it, of a field that
// is no text. Which of the two a profile means can't be told by the name, so
// they have to agree in each row. Of currencies, which some banks put behind
// each amount under the same name, either may be left empty.
type twin struct {
	index, other int
	mayBeBlank   bool
}

// The text fields of a transaction.
const (
	description = iota
	merchant
	counterparty
	memo
	category
	mcc
	numTexts
)

// bound is a Match with its column's index.
type bound struct {
	index  int
	values List
}

// bind looks up every column in the header; header is nil for a file without.
func (p *Profile) bind(header []Field) (*binding, error) {
	columns := map[string][]int{} // by name, in order; a profile's name is the first
	for i, f := range header {
		if key := fold(string(f.Text)); key != "" {
			columns[key] = append(columns[key], i)
		}
	}
	b := &binding{Profile: p, width: len(header)}
	if header == nil {
		b.width = max(len(p.Shape), p.reach())
	}
	var missing bool
	find := func(list List) (out []int) {
		for _, column := range list {
			if n, err := strconv.Atoi(strings.TrimPrefix(column, "#")); err == nil && column[0] == '#' && n >= 1 && n <= b.width {
				out = append(out, n-1)
			} else if at := columns[fold(column)]; len(at) > 0 {
				out = append(out, at[0])
			}
		}
		if len(list) > 0 && len(out) == 0 && b.required(list) {
			missing = true
		}
		return out
	}
	c := &p.Columns
	b.date, b.auth, b.amount, b.debit, b.credit = find(c.Date), find(c.Authorised), find(c.Amount), find(c.Debit), find(c.Credit)
	b.fee, b.currency, b.oAmount, b.oCurrency = find(c.Fee), find(c.Currency), find(c.OriginalAmount), find(c.OriginalCurrency)
	b.texts = [numTexts][]int{find(c.Description), find(c.Merchant), find(c.Counterparty), find(c.Memo), find(c.Category), find(c.MCC)}
	b.payer, b.id, b.balance = find(c.Payer), find(c.ID), find(c.Balance)
	b.number, b.bank, b.name = find(p.Account.Number), find(p.Account.Bank), find(p.Account.Name)
	if p.Direction != nil {
		b.direction = find(List{p.Direction.Column})
		missing = missing || len(b.direction) == 0
	}
	b.pending, b.ignore, b.transfer = bindMatches(p.Pending, find), bindMatches(p.Ignore, find), bindMatches(p.Transfer, find)
	b.findTwins(columns)
	if missing {
		line := 0
		if len(header) > 0 {
			line = header[0].Line
		}
		return nil, statement.At(line, 0, reasonColumn)
	}
	return b, nil
}

// findTwins notes the columns that share the name of one that is used.
func (b *binding) findTwins(columns map[string][]int) {
	note := func(mayBeBlank bool, lists ...List) {
		for _, list := range lists {
			for _, column := range list {
				for i, other := range columns[fold(column)] {
					if i > 0 {
						b.twins = append(b.twins, twin{columns[fold(column)][0], other, mayBeBlank})
					}
				}
			}
		}
	}
	c := &b.Columns
	note(false, c.Date, c.Authorised, c.Amount, c.Debit, c.Credit, c.Fee, c.OriginalAmount, c.ID, c.Balance, b.Account.Number)
	note(true, c.Currency, c.OriginalCurrency)
	if b.Direction != nil {
		note(false, List{b.Direction.Column})
	}
}

// torn returns a column of the row that differs from the one whose name it has, or -1.
func (b *binding) torn(row []Field) int {
	for _, t := range b.twins {
		one, other := statement.Trim(cell(row, t.index)), statement.Trim(cell(row, t.other))
		if !bytes.Equal(one, other) && !(t.mayBeBlank && (len(one) == 0 || len(other) == 0)) {
			return t.other
		}
	}
	return -1
}

// reach is the last column that a positional profile cannot do without.
func (p *Profile) reach() (most int) {
	if !p.Positional {
		return 0
	}
	c := &p.Columns
	for _, list := range [...]List{c.Date, c.Authorised, c.Amount, c.Debit, c.Credit, c.Currency, c.Description, c.Merchant, c.Counterparty, c.Memo, c.ID, c.Balance} {
		for _, column := range list {
			if n, err := strconv.Atoi(strings.TrimPrefix(column, "#")); err == nil && n <= statement.MaxFields {
				most = max(most, n)
			}
		}
	}
	return most
}

// required reports whether a file cannot be read without the column.
func (b *binding) required(list List) bool {
	c := &b.Columns
	return &list[0] == &c.Date[0] || len(c.Amount) > 0 && &list[0] == &c.Amount[0] ||
		len(c.Debit) > 0 && &list[0] == &c.Debit[0] || len(c.Credit) > 0 && &list[0] == &c.Credit[0]
}

func bindMatches(matches []Match, find func(List) []int) (out []bound) {
	for _, m := range matches {
		if at := find(List{m.Column}); len(at) > 0 {
			out = append(out, bound{at[0], m.Values})
		}
	}
	return out
}

func anyMatch(list []bound, row []Field) bool {
	for _, m := range list {
		for _, v := range m.values {
			if strings.EqualFold(v, string(statement.Trim(cell(row, m.index)))) {
				return true
			}
		}
	}
	return false
}

func cell(row []Field, i int) []byte {
	if i < len(row) {
		return row[i].Text
	}
	return nil
}

// first returns the first column of at that is not blank, else -1.
func first(row []Field, at []int) int {
	for _, i := range at {
		if len(statement.Trim(cell(row, i))) > 0 {
			return i
		}
	}
	return -1
}

// firstText returns the text of the first column of at that is not blank.
func firstText(row []Field, at []int) string {
	if i := first(row, at); i >= 0 {
		return statement.Clean(row[i].Text)
	}
	return ""
}
