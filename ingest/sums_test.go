package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// sumsOf imports a file and says which statements were checked, and the place
// and sums of those that are wrong.
func sumsOf(t *testing.T, name, text string) string {
	t.Helper()
	r, err := testImporter(t).File(context.Background(), &memory{}, Bytes(name, []byte(text)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprint(r.Checked.Statements, " checked")
	for _, s := range r.Checked.Unbalanced {
		out += fmt.Sprintf(", line %d: %s%+d=%s %s", s.Line, s.Opening.Decimal(), s.Bookings.Minor, s.Closing.Decimal(), s.Closing.Currency)
	}
	if int64(len(r.Checked.Unbalanced)) != min(r.Checked.Wrong, maxUnbalanced) {
		t.Errorf("%d are wrong, %d told of", r.Checked.Wrong, len(r.Checked.Unbalanced))
	}
	return out
}

// TestSumsMT940: the bookings of a statement lead from its opening balance to
// its closing one, or the report says where they do not.
func TestSumsMT940(t *testing.T) {
	const entry = ":61:2601020102D2,50NTRFx//1\n:86:tea\n"
	const whole = ":20:X\n:25:12345678/1234567\n:28C:1/1\n:60F:C260101EUR10,00\n" + entry + ":61:2601030103RD1,00NTRFx//2\n:86:back\n:62F:C260103EUR8,50\n"
	for name, c := range map[string]struct{ text, want string }{
		"whole":            {whole, "1 checked"},
		"a booking is cut": {strings.Replace(whole, entry, "", 1), "1 checked, line 7: 10.00+100=8.50 EUR"},
		"overdrawn":        {strings.NewReplacer("C260101EUR10,00", "D260101EUR10,00", "C260103EUR8,50", "D260103EUR11,5").Replace(whole), "1 checked"},
		"announced":        {strings.Replace(whole, entry, entry+":61:2601020102ED5,00NTRFx//3\n:86:soon\n", 1), "1 checked"},
		"no opening":       {strings.Replace(whole, ":60F:C260101EUR10,00", ":34F:EUR0,", 1), "0 checked"},
		"other currency":   {strings.Replace(whole, "C260103EUR8,50", "C260103USD8,50", 1), "0 checked"},
		"in two parts": {":20:X\n:25:12345678/1234567\n:60F:C260101EUR10,00\n" + entry + ":62M:C260102EUR7,50\n:20:X\n:25:12345678/1234567\n:60M:C260102EUR7,50\n" + entry + ":62F:C260102EUR5,01\n",
			"2 checked, line 12: 7.50-250=5.01 EUR"},
		"empty":    {":20:X\n:25:12345678/1234567\n:60F:C260101EUR10,00\n:62F:C260103EUR10,00\n", "1 checked"},
		"and many": {strings.Repeat(strings.Replace(whole, entry, "", 1), 12), "12 checked" + manySums()},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sumsOf(t, "x.sta", c.text); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// manySums is what is told of twelve wrong statements of seven lines.
func manySums() string {
	var b strings.Builder
	for i := range maxUnbalanced {
		fmt.Fprintf(&b, ", line %d: 10.00+100=8.50 EUR", 7*(i+1))
	}
	return b.String()
}

// TestSumsCAMT: likewise for CAMT, whatever the order of balances and entries.
func TestSumsCAMT(t *testing.T) {
	balance := func(code, amount, side string) string {
		return `<Bal><Tp><CdOrPrtry><Cd>` + code + `</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>` + side + `</CdtDbtInd><Dt><Dt>2026-01-02</Dt></Dt></Bal>` + "\n"
	}
	entry := func(amount, side, status, currency string) string {
		return `<Ntry><Amt Ccy="` + currency + `">` + amount + `</Amt><CdtDbtInd>` + side + `</CdtDbtInd><Sts>` + status + `</Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt></Ntry>` + "\n"
	}
	file := func(parts ...string) string {
		return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>` + "\n" +
			strings.Join(parts, "") + `</Stmt></BkToCstmrStmt></Document>`
	}
	opening, closing := balance("OPBD", "10.00", "CRDT"), balance("CLBD", "2.50", "DBIT")
	out := entry("12.50", "DBIT", "BOOK", "EUR")
	for name, c := range map[string]struct{ text, want string }{
		"whole":              {file(opening, closing, out), "1 checked"},
		"balances behind":    {file(out, closing, opening), "1 checked"},
		"an entry is cut":    {file(opening, closing), "1 checked, line 3: 10.00+0=-2.50 EUR"},
		"announced":          {file(opening, out, entry("1.00", "DBIT", "PDNG", "EUR"), entry("1.00", "DBIT", "INFO", "EUR"), closing), "1 checked"},
		"previous closing":   {file(balance("PRCD", "10.00", "CRDT"), closing, out), "1 checked"},
		"the only page":      {file("<StmtPgntn><PgNb>1</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>", opening, closing), "1 checked, line 3: 10.00+0=-2.50 EUR"},
		"the first page":     {file("<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>", opening, closing), "0 checked"},
		"the last page":      {file("<StmtPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>", opening, closing), "0 checked"},
		"both":               {file(balance("PRCD", "99.00", "CRDT"), opening, closing, out), "1 checked"},
		"closing only":       {file(closing, out), "0 checked"},
		"several openings":   {file(opening, opening, closing, out), "0 checked"},
		"several closings":   {file(opening, closing, closing, out), "0 checked"},
		"entry in dollars":   {file(opening, closing, entry("12.50", "DBIT", "BOOK", "USD")), "0 checked"},
		"beyond the range":   {file(opening, closing, entry("90071992547409.91", "CRDT", "BOOK", "EUR"), entry("90071992547409.91", "CRDT", "BOOK", "EUR")), "0 checked"},
		"opening unreadable": {file(strings.Replace(opening, "10.00", "ten", 1), closing, out), "0 checked"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sumsOf(t, "x.xml", c.text); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
