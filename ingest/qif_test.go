package ingest

import (
	"cmp"
	"context"
	"strings"
	"testing"
)

// TestQIF reads the shipped sample, whose dates can only be month first.
func TestQIF(t *testing.T) {
	m := &memory{}
	const path = "testdata/qif/data-with-categories"
	r := mustImport(t, m, Path(path+".qif"), Options{Currency: "USD"})
	golden(t, path+".golden", describe(m, r))
	if again := mustImport(t, m, Path(path+".qif"), Options{Currency: "USD"}); again.Added != 0 {
		t.Errorf("again: %d added", again.Added)
	}
}

// TestQIFConventions reads files that leave dates and decimals to be told.
func TestQIFConventions(t *testing.T) {
	record := func(date, amount string) string { return "D" + date + "\nT" + amount + "\nPX\n^\n" }
	cases := []struct {
		name, text string
		opts       Options
		want       string // "date amount" of the first row, or the error
	}{
		{"day first, told by a day over 12", record("25/12/2024", "-1.50") + record("01/02/2025", "-1.00"), Options{}, "2024-12-25 -1.50"},
		{"month first, told by a day over 12", record("2/1/24", "-1.50") + record("12/25/24", "-1.00"), Options{}, "2024-02-01 -1.50"},
		{"told by the order of dates", record("01/11/2024", "1") + record("03/11/2024", "1") + record("02/12/2024", "1"), Options{}, "2024-11-01 1.00"},
		{"ambiguous", record("01/02/2024", "1"), Options{}, "dates can be read day first or month first; say which"},
		{"named", record("01/02/2024", "1"), Options{Profile: "qif-dmy"}, "2024-02-01 1.00"},
		{"ISO", record("2024-02-01", "1"), Options{}, "2024-02-01 1.00"},
		{"apostrophe", record("12/25'04", "1,234.56"), Options{}, "2004-12-25 1234.56"},
		{"padded", record("12/ 5/98", "1") + record("12/25/98", "1"), Options{}, "1998-12-05 1.00"},
		{"decimal comma", record("25.12.2024", "-1.234,56"), Options{}, "2024-12-25 -1234.56"},
		{"comma and point", record("25.12.2024", "-1,50") + record("25.12.2024", "-1.50"), Options{}, "amounts are partly written with a decimal point and partly with a comma"},
		{"dollar sign", record("12/25/2024", "$1,234.56"), Options{Currency: "USD"}, "2024-12-25 1234.56"},
		{"minus before the sign", record("12/25/2024", "-$1,234.56"), Options{Currency: "AUD"}, "2024-12-25 -1234.56"},
		{"minus behind the sign", record("12/25/2024", "$-1,234.56"), Options{Currency: "USD"}, "2024-12-25 -1234.56"},
		{"parentheses", record("25/12/2024", "(£3.00)"), Options{Currency: "GBP"}, "2024-12-25 -3.00"},
		{"sign behind a decimal comma", record("25.12.2024", "-1.234,56 €"), Options{}, "2024-12-25 -1234.56"},
		{"code", record("25.12.2024", "EUR 1.50"), Options{}, "2024-12-25 1.50"},
		{"debit", record("25.12.2024", "1.50 DR"), Options{}, "2024-12-25 -1.50"},
		{"another currency", record("25.12.2024", "£1.50"), Options{}, "x.qif:3:2: amount is marked with another currency than the one that was named"},
		{"sign of nothing", record("25.12.2024", "$"), Options{Currency: "USD"}, "x.qif:3:2: amount is not a decimal number in the expected form"},
		{"no date", "T1\n^\n", Options{}, "x.qif:2: record has no date"},
		{"no amount", "D25/12/2024\n^\n", Options{}, "x.qif:2: record has no amount"},
		{"bad date", record("31/31/2024", "1"), Options{}, "x.qif:2:2: date is missing, not in the expected form or not in the calendar"},
		{"cut", "D25/12/2024\nT1\n", Options{}, "x.qif:2: file ends inside a record"},
	}
	for _, c := range cases {
		m := &memory{}
		c.opts.Currency = cmp.Or(c.opts.Currency, "EUR")
		_, err := testImporter(t).File(context.Background(), m, Bytes("x.qif", []byte("!Type:Bank\n"+c.text)), c.opts)
		got := ""
		if err != nil {
			got = strings.TrimPrefix(err.Error(), "x.qif: ")
		} else {
			got = m.rows[0].Transaction.Booked.String() + " " + m.rows[0].Transaction.Amount.Decimal()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if _, err := testImporter(t).File(context.Background(), &memory{}, Bytes("x.qif", []byte("!Type:Bank\n"+record("25/12/2024", "1"))), Options{}); err == nil || !strings.Contains(err.Error(), "QIF does not say its currency") {
		t.Errorf("without currency: %v", err)
	}
	if _, err := testImporter(t).File(context.Background(), &memory{}, Bytes("x.qif", []byte("!Type:Invst\n"+record("25/12/2024", "1"))), Options{Currency: "EUR"}); err == nil || !strings.Contains(err.Error(), "investment") {
		t.Errorf("investment: %v", err)
	}
}
