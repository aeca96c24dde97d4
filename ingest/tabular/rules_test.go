package tabular

import (
	"fmt"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/ingest/statement"
)

// list is a sink that writes down what it gets, and how many rules fitted.
type list struct {
	lines           []string
	matched, passed int
}

func (l *list) Account(a statement.Account, line, column int) (int, error) {
	l.lines = append(l.lines, "account "+a.Name)
	return 0, nil
}

func (l *list) Transaction(t *statement.Transaction) error {
	l.matched, l.passed = l.matched+t.Matched, l.passed+t.Passed
	l.lines = append(l.lines, fmt.Sprintf("%s %s %s|%s|%s|%s|%v", t.Booked, t.Amount.Decimal(), t.Amount.Currency, t.Description, t.Merchant, t.Category, t.Transfer))
	return nil
}

func (l *list) Balance(statement.Balance) error { return nil }

func (l *list) Sums(statement.Sums) error { return nil }

// TestReadRules reads the kind of file that the hledger manual shows.
func TestReadRules(t *testing.T) {
	p, err := ReadRules("checking", strings.NewReader(`# Checking
skip 1
separator ;
fields date, payee, memo, amount-out, amount-in
date-format %-d/%m/%Y
decimal-mark ,
currency EUR
account1 Giro
description %payee %memo
newest-first

if
rewe
edeka
  account2 expenses:food:groceries
  description Supermarket

if savings plan
  account2 assets:savings
`))
	if err != nil {
		t.Fatal(err)
	}
	var got list
	err = p.Parse(strings.NewReader("Datum;Empfänger;Text;Soll;Haben\n1/12/2025;REWE Markt;Einkauf;1.012,50;\n02/12/2025;ACME;Gehalt;;2.000,00\n03/12/2025;Bank;Savings Plan;50,00;\n"), &got)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"account Giro",
		"2025-12-01 -1012.50 EUR|REWE Markt · Einkauf|Supermarket|food:groceries|false",
		"2025-12-02 2000.00 EUR|ACME · Gehalt|||false",
		"2025-12-03 -50.00 EUR|Bank · Savings Plan|||true",
	}
	if strings.Join(got.lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got.lines, "\n"), strings.Join(want, "\n"))
	}
	if got.matched != 2 || got.passed != 4 {
		t.Errorf("of two rules on three bookings %d fitted and %d did not, want 2 and 4", got.matched, got.passed)
	}
}

// TestReadRulesRefuses names the line of what is not understood.
func TestReadRulesRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"include other.rules\n":                                   "line 1: directive is not understood",
		"fields date,amount\nif %date 2025\n  account2 x\n":       "line 2: field matchers",
		"fields date,amount\nif x\n  account3 y\n":                "line 3: in an if block",
		"fields date,amount\ndescription %nope\n":                 "line 2: a column is named",
		"fields date,amount\ndate-format %s\n":                    "line 2: date-format",
		"fields date,amount\n":                                    "columns.date and date are needed",
		"fields date,amount\ndate-format %F\nseparator xx\n":      "delimiter must be",
		"fields date,amount\ndate-format %F\nif (\n account2 x\n": "not a regular expression",
	} {
		if _, err := ReadRules("x", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestReadProfileRefuses keeps mistakes in a person's own profile from reading
// a file wrongly.
func TestReadProfileRefuses(t *testing.T) {
	const good = "name: x\nheader: [a, b]\ndate: YYYY-MM-DD\ncolumns: {date: a, amount: b}\n"
	if _, err := ReadProfile(strings.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"name: x\n", "name: x\nnmae: y\n"},
		{"name: x\n", ""},
		{"header: [a, b]\n", ""},
		{"header: [a, b]\n", "header: [a, b]\nshape: [date, amount]\n"},
		{"date: YYYY-MM-DD\n", "date: YYYY-DD\n"},
		{"amount: b", "memo: b"},
		{"amount: b", "amount: b, debit: b"},
		{"name: x\n", "name: x\ndelimiter: \"\\\"\"\n"},
		{"name: x\n", "name: x\ndecimal: \";\"\n"},
		{"name: x\n", "name: x\ndecimal: \",\"\ngroup: \",\"\n"},
		{"name: x\n", "name: x\nsign: maybe\n"},
		{"name: x\n", "name: x\nsides: maybe\n"},
		{"name: x\n", "name: x\nrules: [{if: \"(\", category: y}]\n"},
		{"name: x\n", "name: x\nskip: 2\n"},
	} {
		if _, err := ReadProfile(strings.NewReader(strings.Replace(good, c[0], c[1], 1))); err == nil {
			t.Errorf("accepted with %q", c[1])
		}
	}
}
