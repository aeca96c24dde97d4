package ingest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/ingest/tabular"
	"github.com/counterfoil/counterfoil/store"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestProfiles reads a short export in each shipped layout, detected by its
// columns alone unless the profile is manual. The files are made up.
func TestProfiles(t *testing.T) {
	for _, p := range tabular.Shipped() {
		if strings.HasPrefix(p.Name, "birmingham") {
			continue // TestDemo
		}
		t.Run(p.Name, func(t *testing.T) {
			path := filepath.Join("testdata", "profiles", p.Name)
			opts := Options{Preview: MaxPreview}
			if p.Manual {
				opts.Profile = p.Name
			}
			m := &memory{}
			r, err := testImporter(t).File(context.Background(), m, Path(path+".csv"), opts)
			if err != nil {
				t.Fatal(err)
			}
			if r.Profile != p.Name {
				t.Fatalf("profile %s was chosen", r.Profile)
			}
			golden(t, path+".golden", describe(m, r))
		})
	}
}

// golden compares with a file, which -update rewrites.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// describe writes what an import brought, one line per thing.
func describe(m *memory, r Report) string {
	var b strings.Builder
	names := map[string]string{}
	for _, a := range m.accounts {
		names[string(a.Key)] = a.Name
		fmt.Fprintf(&b, "account %s | %s %s last4=%s token=%s known=%d\n", a.Name, a.Kind, a.Currency, a.Last4, a.Token, len(a.Fingerprints))
	}
	for _, x := range m.balances {
		fmt.Fprintf(&b, "balance %s | %s %s %s\n", names[string(x.AccountKey)], x.Date, x.Amount.Decimal(), x.Amount.Currency)
	}
	for _, row := range m.rows {
		x := row.Transaction
		fmt.Fprintf(&b, "%s %s %s | %s", x.Booked, x.Amount.Decimal(), x.Amount.Currency, x.Description)
		for _, f := range [...][2]string{{"merchant", x.Merchant}, {"counterparty", x.Counterparty}, {"memo", x.Memo}, {"category", x.Category}, {"mcc", x.MCC}} {
			if f[1] != "" {
				fmt.Fprintf(&b, " | %s=%s", f[0], f[1])
			}
		}
		if x.Original != (store.Money{}) {
			fmt.Fprintf(&b, " | original=%s %s", x.Original.Decimal(), x.Original.Currency)
		}
		if x.Authorised != 0 {
			fmt.Fprintf(&b, " | authorised=%s", x.Authorised)
		}
		if x.Transfer {
			b.WriteString(" | transfer")
		}
		b.WriteByte('\n')
	}
	if r.Checked.Statements > 0 {
		fmt.Fprintf(&b, "sums of %d statements, %d wrong\n", r.Checked.Statements, r.Checked.Wrong)
	}
	if r.Pending > 0 {
		fmt.Fprintf(&b, "pending %d\n", r.Pending)
	}
	return b.String()
}

// TestCarriageReturns reads an export whose lines end in CR alone.
func TestCarriageReturns(t *testing.T) {
	in := Bytes("x.csv", []byte("Date,Type,Merchant/Description,Debit/Credit,Balance\r02/08/2016,DD,AAA,-£50.00,+£50.00\r01/08/2016,VIS,CCCC,-£10.00,+£100.00\r\rArranged overdraft limit,06/09/2016,£0.00"))
	if r := mustImport(t, &memory{}, in, Options{}); r.Profile != "santander-uk" || r.Rows != 2 || r.Balances != 2 {
		t.Errorf("got %+v", r)
	}
}

// TestGenericCSV reads a plain list in the ways that programs write one, and
// refuses dates that could be read in two ways.
func TestGenericCSV(t *testing.T) {
	for day, want := range map[string]string{
		"2025-03-04": "2025-03-04", "2025-03-04T10:00:00Z": "2025-03-04", "2025/03/04": "2025-03-04", "04.03.2025": "2025-03-04", "4-Mar-2025": "2025-03-04",
		"04/03/2025": "", "03-04-2025": "",
	} {
		m := &memory{}
		_, err := testImporter(t).File(context.Background(), m, Bytes("x.csv", []byte("Date,Amount,Currency,Description\n"+day+",\"-1,234.50\",GBP,a\n")), Options{})
		if want == "" {
			if err == nil {
				t.Errorf("%s: imported", day)
			}
			continue
		}
		if err != nil || m.rows[0].Transaction.Booked.String() != want || m.rows[0].Transaction.Amount.Minor != -123450 {
			t.Errorf("%s: %v %+v", day, err, m.rows)
		}
	}
}

// TestBlankRows passes over rows of empty cells, as spreadsheets end with, and
// a delimiter more at the end of a line.
func TestBlankRows(t *testing.T) {
	m := &memory{}
	r := mustImport(t, m, Bytes("x.csv", []byte("Date,Amount,Currency,Description\n,,,\n2025-12-30,-1.00,GBP,A,\n , ,\t,\"\"\n2025-12-31,-2.00,GBP,B\n,,,,,\n,\n")), Options{})
	if r.Rows != 2 || r.Added != 2 || r.Totals[0].Out != -300 {
		t.Errorf("%+v", r)
	}
}

// TestSharedColumns takes a file for the bank of a country only if it can be
// told: banks that write the month first have the same columns.
func TestSharedColumns(t *testing.T) {
	const head = "Date,Description,Amount,Balance\n"
	for text, want := range map[string]string{
		head + "31/01/2025,A,-1.00,9.00\n":                                                   "2025-01-31",
		head + "01/02/2025,A,-1.00,9.00\n":                                                   reasonOrder,
		head + "01/05/2025,A,-1.00,8.00\n01/04/2025,B,-1.00,9.00\n":                          reasonOrder,
		head + "02/01/2025,A,-1.00,8.00\n01/02/2025,B,-1.00,7.00\n05/03/2025,C,-1.00,6.00\n": "2025-01-02", // no order month first
		head + "02/02/2025,A,-1.00,9.00\n":                                                   "2025-02-02",
		"01/05/2025,SAFEWAY,-1.00\n":                                                         reasonOrder,
		"31/05/2025,TESCO,-1.00\n":                                                           "2025-05-31",
	} {
		m := &memory{}
		_, err := testImporter(t).File(context.Background(), m, Bytes("x.csv", []byte(text)), Options{})
		got := ""
		if err != nil {
			got = strings.TrimPrefix(err.Error(), "x.csv: ")
		} else {
			got = m.rows[0].Transaction.Booked.String()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
		if _, err := testImporter(t).File(context.Background(), &memory{}, Bytes("x.csv", []byte(head+"01/05/2025,A,-1.00,8.00\n")), Options{Profile: "first-direct"}); err != nil {
			t.Errorf("named: %v", err)
		}
	}
}

// TestNamedCurrency refuses a currency that contradicts what the profile alone
// says; where the file says it, and of the config's default, nothing is said, unless other banks have the same columns.
func TestNamedCurrency(t *testing.T) {
	const shared, own = "Date,Description,Amount,Balance\n31/01/2025,A,-1.00,9.00\n", "Date,Amount,Currency,Description\n2025-01-31,-1.00,EUR,A\n"
	const distinct = "Date,Type,Merchant/Description,Debit/Credit,Balance\n02/08/2016,DD,AAA,-£50.00,+£50.00\n" // Santander: no other bank's columns
	config := testConfig()
	config.Currency = "AUD"
	im, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, currency, want string }{
		{shared, "AUD", "x.csv: " + reasonCurrency}, {shared, "GBP", "GBP"}, {shared, "", "x.csv: " + reasonCurrency}, {distinct, "", "GBP"}, {own, "AUD", "EUR"}, {"!Type:Bank\nD31/01/2025\nT1.00\n^\n", "", "AUD"},
	} {
		m := &memory{}
		got := ""
		if _, err := im.File(context.Background(), m, Bytes("x.csv", []byte(c.text)), Options{Currency: c.currency}); err != nil {
			got = err.Error()
		} else {
			got = m.rows[0].Transaction.Amount.Currency
		}
		if got != c.want {
			t.Errorf("%q as %q: %s, want %s", c.text, c.currency, got, c.want)
		}
	}
}

// TestSpreadsheets reads what a spreadsheet makes of an export: its own delimiter,
// and each line as wide as the widest, a closing remark included.
func TestSpreadsheets(t *testing.T) {
	for name, width := range map[string]int{"n26": 11, "first-direct": 4, "postfinance": 8} {
		text, err := os.ReadFile(filepath.Join("testdata", "profiles", name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		m, want := &memory{}, &memory{}
		before := mustImport(t, want, Bytes("x.csv", text), Options{})
		own := ","
		if name == "postfinance" {
			own = ";"
		}
		var lines []string
		for line := range strings.Lines(strings.ReplaceAll(string(text), "\"", "")) {
			cells := strings.Split(strings.TrimRight(line, "\r\n"), own)
			for len(cells) < width {
				cells = append(cells, "")
			}
			lines = append(lines, strings.Join(cells, "\t"))
		}
		r := mustImport(t, m, Bytes("x.txt", []byte(strings.Join(lines, "\n"))), Options{})
		if diff := cmp.Diff(describe(want, before), describe(m, r)); diff != "" || r.Rows == 0 {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
