package tabular

import (
	"bytes"
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// symbols that may stand beside an amount and say nothing that the currency
// does not.
var symbols = [][]byte{[]byte("£"), []byte("€"), []byte("US$"), []byte("$"), []byte("GBP"), []byte("EUR"), []byte("USD")}

// bare removes a currency symbol from either side of an amount and from
// between its sign and digits.
func bare(text []byte) []byte {
	text = statement.Trim(text)
	if n := len(text); n > 0 && text[0] <= '9' && text[n-1] <= '9' && text[n-1] != ' ' && bytes.IndexByte(text, '$') < 0 && bytes.IndexByte(text, 0xC2) < 0 && bytes.IndexByte(text, 'E') < 0 {
		return text
	}
	for _, s := range symbols {
		if i := bytes.Index(text, s); i >= 0 && (i <= 2 || i+len(s) == len(text)) {
			return append(append(make([]byte, 0, len(text)), text[:i]...), text[i+len(s):]...)
		}
	}
	return text
}

// parseCell reads the amount in a column.
func (f *file) parseCell(row []Field, i int, currency string) (store.Money, error) {
	m, reason := f.decimals.Parse(bare(row[i].Text), currency)
	if reason != "" {
		return store.Money{}, statement.At(row[i].Line, row[i].Column, reason)
	}
	return m, nil
}

// money returns the row's amount with the sign that the store wants.
func (f *file) money(row []Field, currency string) (store.Money, error) {
	m, err := f.unsigned(row, currency)
	if err != nil {
		return m, err
	}
	if f.Sign == "negate" {
		m.Minor = -m.Minor
	}
	if i := first(row, f.fee); i >= 0 {
		fee, err := f.parseCell(row, i, currency)
		if err != nil {
			return m, err
		}
		m.Minor -= abs(fee.Minor)
		if abs(m.Minor) > store.MaxMinor {
			return m, statement.At(row[i].Line, row[i].Column, "amount is larger than can be kept exactly")
		}
	}
	return m, nil
}

// unsigned reads the amount column, or the debit and credit columns.
func (f *file) unsigned(row []Field, currency string) (store.Money, error) {
	if len(f.amount) > 0 {
		i := first(row, f.amount)
		if i < 0 {
			return store.Money{}, statement.At(row[f.amount[0]].Line, row[f.amount[0]].Column, reasonNoAmount)
		}
		m, err := f.parseCell(row, i, currency)
		if err == nil && len(f.direction) > 0 {
			err = f.direct(row, &m)
		}
		return m, err
	}
	debit, credit, err := f.sides(row, currency)
	if err != nil {
		return store.Money{}, err
	}
	switch {
	case debit == nil && credit == nil:
		return store.Money{}, statement.At(row[0].Line, 0, reasonNoAmount)
	case debit != nil && credit != nil && debit.Minor != 0 && credit.Minor != 0:
		return store.Money{}, statement.At(row[0].Line, 0, reasonBoth)
	case debit == nil || debit.Minor == 0 && credit != nil:
		return *credit, nil
	}
	debit.Minor = -abs(debit.Minor)
	return *debit, nil
}

func (f *file) sides(row []Field, currency string) (debit, credit *store.Money, err error) {
	if i := first(row, f.debit); i >= 0 {
		m, err := f.parseCell(row, i, currency)
		if err != nil {
			return nil, nil, err
		}
		debit = &m
	}
	if i := first(row, f.credit); i >= 0 {
		m, err := f.parseCell(row, i, currency)
		if err != nil {
			return nil, nil, err
		}
		credit = &m
	}
	return debit, credit, nil
}

// direct gives an amount the sign that the direction column says.
func (f *file) direct(row []Field, m *store.Money) error {
	i := f.direction[0]
	value := string(statement.Trim(cell(row, i)))
	for _, out := range f.Direction.Out {
		if strings.EqualFold(value, out) {
			m.Minor = -abs(m.Minor)
			return nil
		}
	}
	for _, in := range f.Direction.In {
		if strings.EqualFold(value, in) {
			m.Minor = abs(m.Minor)
			return nil
		}
	}
	return statement.At(row[i].Line, row[i].Column, reasonDirection)
}

// original reads the amount in the currency of purchase, if it is another. It
// gets the sign of the amount.
func (f *file) original(row []Field, t *statement.Transaction) error {
	i, currency := first(row, f.oAmount), firstText(row, f.oCurrency)
	if i < 0 || currency == "" || currencyCode(currency) == t.Amount.Currency {
		return nil
	}
	m, err := f.parseCell(row, i, currencyCode(currency))
	if err != nil {
		return err
	}
	if m.Minor = abs(m.Minor); t.Amount.Minor < 0 {
		m.Minor = -m.Minor
	}
	t.Original = m
	return nil
}

// account returns the number of the row's account.
func (f *file) account(row []Field, currency string) (int, error) {
	a := statement.Account{
		Number: firstText(row, f.number), Bank: firstText(row, f.bank), Name: firstText(row, f.name),
		Kind: f.Account.Kind, Currency: currency,
	}
	if a.Number == "" {
		a.Number = f.preamble.Number
	}
	if a.Name == "" {
		a.Name = f.preamble.Name
	}
	if a.Name == "" {
		a.Name = f.Title
	}
	if a.Kind == "" {
		a.Kind = "checking"
	}
	key := a.Bank + "\x00" + a.Number + "\x00" + a.Name
	if n, ok := f.accounts[key]; ok {
		return n, nil
	}
	n, err := f.sink.Account(a, row[0].Line, row[0].Column)
	if err == nil {
		f.accounts[key] = n
	}
	return n, err
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
