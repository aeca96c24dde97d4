package tabular

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// Reasons for which a file does not fit its profile.
const (
	reasonHeader    = "the profile's header line is not in this file"
	reasonShort     = "line has fewer columns than the header"
	reasonColumn    = "the profile names a column that the header does not have"
	reasonDirection = "direction column has a value that the profile does not list"
	reasonNoAmount  = "line has no amount"
	reasonSigned    = "debit or credit has a minus, which the profile does not expect"
	reasonBoth      = "line has both a debit and a credit"
)

// MaxPreamble bounds the lines above the header.
const MaxPreamble = 60

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
	names := map[string]int{}
	for i, f := range header {
		if key := fold(string(f.Text)); key != "" {
			if _, taken := names[key]; !taken {
				names[key] = i
			}
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
			} else if i, ok := names[fold(column)]; ok {
				out = append(out, i)
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
	if missing {
		line := 0
		if len(header) > 0 {
			line = header[0].Line
		}
		return nil, statement.At(line, 0, reasonColumn)
	}
	return b, nil
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

// WithCurrency returns the profile for files of a currency that neither they
// nor the profile name.
func (p *Profile) WithCurrency(code string) *Profile {
	if p.Currency != "" || code == "" {
		return p
	}
	q := *p
	q.Currency = code
	return &q
}

// Parse reads a file by the profile.
func (p *Profile) Parse(src io.Reader, sink statement.Sink) error {
	r := NewReader(src, p.delimiter)
	f := file{sink: sink, accounts: map[string]int{}}
	var err error
	for range p.Skip {
		if _, err = r.Next(); err != nil {
			return statement.At(0, 0, reasonHeader)
		}
	}
	if len(p.Header) == 0 {
		f.binding, err = p.bind(nil)
	} else {
		err = f.findHeader(p, r)
	}
	if err != nil {
		return err
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return f.balances.emit(sink)
		}
		if err == nil {
			err = f.row(row)
		}
		if err != nil {
			return err
		}
	}
}

// file is the state of reading one file.
type file struct {
	*binding
	sink     statement.Sink
	accounts map[string]int
	preamble statement.Account // what stands above the header
	balances balances
	tx       statement.Transaction
	key      []byte
	below    []bound // labels whose value stands in the next line
}

// findHeader reads to the header line.
func (f *file) findHeader(p *Profile, r *Reader) error {
	for range MaxPreamble {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if p.matches(row) {
			f.binding, err = p.bind(row)
			return err
		}
		f.label(p, row)
	}
	return statement.At(0, 0, reasonHeader)
}

// matches reports whether row has all names of the profile's header.
func (p *Profile) matches(row []Field) bool {
	have := make(map[string]bool, len(row))
	for _, f := range row {
		have[fold(string(f.Text))] = true
	}
	for _, want := range p.Header {
		if !have[fold(want)] {
			return false
		}
	}
	return len(p.Header) > 0
}

// label takes what the profile wants from a line above the header.
func (f *file) label(p *Profile, row []Field) {
	for _, b := range f.below {
		f.set(b.values[0], statement.Clean(cell(row, b.index)))
	}
	f.below = f.below[:0]
	for _, l := range p.Preamble {
		for i := range row {
			at := statement.Clean(row[i].Text)
			if len(at) < len(l.Label) || !strings.EqualFold(at[:len(l.Label)], l.Label) {
				continue
			}
			switch {
			case l.Below:
				f.below = append(f.below, bound{i, List{l.Set}})
			case l.Inside:
				f.set(l.Set, strings.Trim(at[len(l.Label):], " :"))
			default:
				f.set(l.Set, statement.Clean(cell(row, i+1)))
			}
			break
		}
	}
}

func (f *file) set(what, value string) {
	switch what {
	case "account_number":
		f.preamble.Number, _, _ = strings.Cut(value, " / ")
	case "account_name":
		f.preamble.Name = value
	case "currency":
		f.preamble.Currency = value
	}
}

// row turns one line into a transaction.
func (f *file) row(row []Field) error {
	if anyMatch(f.ignore, row) || f.Footer && first(row, f.date) < 0 {
		return nil
	}
	if len(row) < f.width {
		return statement.At(row[0].Line, 0, reasonShort)
	}
	t := &f.tx
	*t = statement.Transaction{Line: row[0].Line, Column: row[0].Column}
	var err error
	if t.Booked, err = f.day(row, f.date); err != nil {
		return err
	}
	if first(row, f.auth) >= 0 {
		if t.Authorised, err = f.day(row, f.auth); err != nil {
			return err
		}
	}
	currency := f.currencyOf(row)
	if t.Amount, err = f.money(row, currency); err != nil {
		return err
	}
	if err = f.original(row, t); err != nil {
		return err
	}
	if t.Account, err = f.account(row, currency); err != nil {
		return err
	}
	f.describe(row, t)
	if !t.Pending {
		if err = f.stated(row, t); err != nil {
			return err
		}
	}
	return f.sink.Transaction(t)
}

func (f *file) day(row []Field, at []int) (store.Date, error) {
	i := first(row, at)
	if i < 0 {
		return 0, statement.At(row[at[0]].Line, row[at[0]].Column, statement.ReasonDate)
	}
	for _, layout := range f.layouts {
		if date, ok := layout.Parse(row[i].Text); ok {
			return date, nil
		}
	}
	return 0, statement.At(row[i].Line, row[i].Column, statement.ReasonDate)
}

func (f *file) currencyOf(row []Field) string {
	if text := firstText(row, f.currency); text != "" {
		return currencyCode(text)
	}
	if f.preamble.Currency != "" {
		return currencyCode(f.preamble.Currency)
	}
	return f.Currency
}

// currencyCode is the ISO code of a symbol, else the text in upper case.
func currencyCode(text string) string {
	switch text {
	case "£":
		return "GBP"
	case "€":
		return "EUR"
	case "$", "US$":
		return "USD"
	}
	return strings.ToUpper(text)
}

// describe fills in the texts and flags.
func (f *file) describe(row []Field, t *statement.Transaction) {
	texts := [numTexts]*string{&t.Description, &t.Merchant, &t.Counterparty, &t.Memo, &t.Category, &t.MCC}
	for i, at := range f.texts {
		for _, column := range at {
			// Some exports put an apostrophe before text, against spreadsheets.
			if part := strings.TrimPrefix(statement.Clean(cell(row, column)), "'"); part != "" {
				*texts[i] = statement.Join(" · ", *texts[i], part)
			}
		}
	}
	if payer := firstText(row, f.payer); payer != "" && t.Amount.Minor > 0 {
		t.Counterparty = payer
	}
	if t.Description == "" {
		t.Description = t.Merchant
	}
	if t.Description == "" {
		t.Description = t.Counterparty
	}
	if len(t.MCC) != 4 {
		t.MCC = ""
	}
	t.ID = firstText(row, f.id)
	t.Pending = anyMatch(f.pending, row)
	t.Transfer = anyMatch(f.transfer, row)
	for i := range f.Rules {
		f.Rules[i].apply(t)
	}
}

func (r *Rule) apply(t *statement.Transaction) {
	if !r.expr.MatchString(t.Description) && !r.expr.MatchString(t.Counterparty) && !r.expr.MatchString(t.Merchant) && !r.expr.MatchString(t.Memo) {
		return
	}
	if r.Category != "" {
		t.Category = r.Category
	}
	if r.Merchant != "" {
		t.Merchant = r.Merchant
	}
	t.Transfer = t.Transfer || r.Transfer
}
