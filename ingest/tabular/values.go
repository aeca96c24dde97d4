package tabular

import (
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// parseCell reads the amount in a column.
func (f *file) parseCell(row []Field, i int, currency string) (store.Money, error) {
	u := statement.UnitOf(row[i].Text)
	if currency == "" {
		currency = u.Code
	}
	m, reason := f.decimals.Parse(u.Number, currency)
	if reason == "" && !u.Fits(currency) {
		reason = reasonOther
	}
	if reason != "" {
		return store.Money{}, statement.At(row[i].Line, row[i].Column, reason)
	}
	if u.Side != 0 {
		m.Minor = u.Side * abs(m.Minor)
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
		if f.Sign == "negate" && statement.UnitOf(row[i].Text).Side != 0 {
			m.Minor = -m.Minor // CR and DR mean the same wherever they stand
		}
		return m, err
	}
	debit, out, err := f.side(row, f.debit, currency, -1)
	if err != nil {
		return store.Money{}, err
	}
	credit, in, err := f.side(row, f.credit, currency, 1)
	switch {
	case err != nil:
		return store.Money{}, err
	case !out && !in:
		return store.Money{}, statement.At(row[0].Line, 0, reasonNoAmount)
	case debit.Minor != 0 && credit.Minor != 0:
		return store.Money{}, statement.At(row[0].Line, 0, reasonBoth)
	case !out || debit.Minor == 0 && in:
		return credit, nil
	}
	return debit, nil
}

// side reads the debit or the credit column, signed as the store wants; ok is
// false if it is blank.
func (f *file) side(row []Field, at []int, currency string, sign int64) (m store.Money, ok bool, err error) {
	i := first(row, at)
	if i < 0 {
		return store.Money{}, false, nil
	}
	m, err = f.parseCell(row, i, currency)
	switch {
	case err != nil:
		return m, false, err
	case f.Sides == "signed":
	case f.Sides == "absolute":
		m.Minor = sign * abs(m.Minor)
	case m.Minor < 0:
		return m, false, statement.At(row[i].Line, row[i].Column, reasonSigned)
	default:
		m.Minor *= sign
	}
	return m, true, nil
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

// lastDigits is the length up to which a number in a column is only the end
// of one: some card exports give no more.
const lastDigits = 4

// account returns the number of the row's account.
func (f *file) account(row []Field, currency string) (int, error) {
	f.key = f.key[:0]
	for _, at := range [...][]int{f.number, f.bank, f.name} {
		for _, i := range at {
			f.key = append(append(f.key, cell(row, i)...), 0)
		}
	}
	if n, ok := f.accounts[string(f.key)]; ok {
		return n, nil
	}
	a := statement.Account{
		Number: strings.TrimLeft(firstText(row, f.number), "'"), Bank: strings.TrimLeft(firstText(row, f.bank), "'"),
		Kind: f.Account.Kind, Currency: currency,
	}
	for _, i := range f.name {
		a.Name = statement.Join(" ", a.Name, strings.TrimPrefix(statement.Clean(cell(row, i)), "'"))
	}
	if a.Name != "" {
		a.Name = statement.Join(" ", f.Account.Prefix, a.Name)
	}
	if a.Number == "" {
		a.Number = f.preamble.Number
	}
	if len(a.Number) <= lastDigits {
		a.Number, a.Masked = "", a.Number
	}
	for _, name := range [...]string{f.preamble.Name, f.Title} {
		if a.Name == "" {
			a.Name = name
		}
	}
	n, err := f.sink.Account(a, row[0].Line, row[0].Column)
	if err == nil {
		f.accounts[string(f.key)] = n
	}
	return n, err
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
