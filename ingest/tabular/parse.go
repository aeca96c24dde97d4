package tabular

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// Reasons for which a file does not fit its profile.
const (
	reasonHeader    = "the profile's header line is not in this file"
	reasonShort     = "line has fewer columns than the header"
	reasonMore      = "line has more columns than the header: a delimiter in an amount or a text is not quoted"
	reasonTwin      = "two columns have the same name and differ here: a profile can name the one that counts as #N, its place in the line"
	reasonColumn    = "the profile names a column that the header does not have"
	reasonDirection = "direction column has a value that the profile does not list"
	reasonNoAmount  = "line has no amount"
	reasonOther     = "amount is marked with another currency than the row is in"
	reasonSigned    = "debit or credit has a minus, which the profile does not expect"
	reasonBoth      = "line has both a debit and a credit"
)

// MaxPreamble bounds the lines above the header.
const MaxPreamble = 60

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

// Fixed reports whether the profile alone says the currency: no column of the
// file and no line above it.
func (p *Profile) Fixed() bool {
	said := func(l Label) bool { return l.Set == "currency" }
	return p.Currency != "" && len(p.Columns.Currency) == 0 && !slices.ContainsFunc(p.Preamble, said)
}

// Parse reads a file by the profile.
func (p *Profile) Parse(src io.Reader, sink statement.Sink) error {
	r := NewReader(lineEnds(src), p.delimiter)
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

// lineEnds reads lone CRs as line ends if the file's beginning has no other,
// as one bank's exports and old spreadsheets write them.
func lineEnds(src io.Reader) io.Reader {
	b := bufio.NewReaderSize(src, bufferSize)
	head, _ := b.Peek(bufferSize)
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 {
		return carriage{b}
	}
	return b
}

type carriage struct{ r io.Reader }

func (c carriage) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
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
	if blank(row) || anyMatch(f.ignore, row) || f.Footer && (first(row, f.date) < 0 || remark(row)) {
		return nil
	}
	if len(row) < f.width {
		return statement.At(row[0].Line, 0, reasonShort)
	}
	if len(f.Header) > 0 && len(row) > f.width && !blank(row[f.width:]) {
		return statement.At(row[f.width].Line, row[f.width].Column, reasonMore)
	}
	if i := f.torn(row); i >= 0 {
		return statement.At(row[i].Line, row[i].Column, reasonTwin) // the row is as wide as the header
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

// blank reports whether no cell has a text: spreadsheets end with such lines, and
// some banks end each line with a delimiter more.
func blank(row []Field) bool {
	for _, c := range row {
		if len(statement.Trim(c.Text)) > 0 {
			return false
		}
	}
	return true
}

// remark reports whether a line is a sentence and no row: one cell that does
// not begin like a date, and nothing behind it.
func remark(row []Field) bool {
	text := statement.Trim(row[0].Text)
	return blank(row[1:]) && (len(text) == 0 || text[0] < '0' || text[0] > '9')
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
		if f.Rules[i].apply(t) {
			t.Matched++
		} else {
			t.Passed++
		}
	}
}

// apply reports whether the rule fits.
func (r *Rule) apply(t *statement.Transaction) bool {
	if !r.expr.MatchString(t.Description) && !r.expr.MatchString(t.Counterparty) && !r.expr.MatchString(t.Merchant) && !r.expr.MatchString(t.Memo) {
		return false
	}
	if r.Category != "" {
		t.Category = r.Category
	}
	if r.Merchant != "" {
		t.Merchant = r.Merchant
	}
	t.Transfer = t.Transfer || r.Transfer
	return true
}
