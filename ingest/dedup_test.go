package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/store"
)

// ofxFile is an OFX 1.x statement of account 30000112345678 with these rows.
func ofxFile(rows ...string) Input {
	return Bytes("statement.ofx", []byte(`OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>GBP
<BANKACCTFROM><BANKID>300001<ACCTID>12345678<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST>
`+strings.Join(rows, "\n")+`
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`))
}

func ofxRow(id, day, amount, name string) string {
	return fmt.Sprintf("<STMTTRN><TRNTYPE>OTHER<DTPOSTED>202512%s<TRNAMT>%s<FITID>%s<NAME>%s</STMTTRN>", day, amount, id, name)
}

// camtFile is a statement of the same account, by its IBAN.
func camtFile(rows ...string) Input {
	return Bytes("statement.xml", []byte(`<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>`+
		`<Acct><Id><IBAN>GB45LOYD30000112345678</IBAN></Id></Acct>`+strings.Join(rows, "\n")+`</Stmt></BkToCstmrStmt></Document>`))
}

func camtRow(ref, day, amount, status, text string) string {
	return fmt.Sprintf(`<Ntry><Amt Ccy="GBP">%s</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>%s</Sts><BookgDt><Dt>2025-12-%s</Dt></BookgDt><AcctSvcrRef>%s</AcctSvcrRef>`+
		`<NtryDtls><TxDtls><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`, amount, status, day, ref, text)
}

// csvFile is a Lloyds export of the same account.
func csvFile(rows ...string) Input {
	return Bytes("statement.csv", []byte("Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance\n"+
		strings.Join(rows, "\n")+"\n"))
}

func csvRow(day, debit, text string) string {
	return fmt.Sprintf("%s/12/2025,DEB,'30-00-01,12345678,%s,%s,,", day, text, debit)
}

// dedupCase tells how many rows are new when files follow each other.
type dedupCase struct {
	name  string
	files []Input
	added []int64
}

func dedupCases() []dedupCase {
	coffee := csvRow("30", "3.20", "CAFE")
	return []dedupCase{
		{"the same file twice", []Input{ofxFile(ofxRow("a", "30", "-1", "X")), ofxFile(ofxRow("a", "30", "-1", "X"))}, []int64{1, 0}},
		{"overlapping statements", []Input{
			csvFile(csvRow("28", "5.00", "A"), csvRow("29", "6.00", "B"), coffee),
			csvFile(csvRow("29", "6.00", "B"), coffee, csvRow("31", "7.00", "C")),
		}, []int64{3, 1}},
		{"two equal purchases on one day", []Input{csvFile(coffee, coffee), csvFile(coffee, coffee)}, []int64{2, 0}},
		{"a third equal purchase later", []Input{csvFile(coffee, coffee), csvFile(coffee, coffee, coffee)}, []int64{2, 1}},
		{"equal amounts at two shops, from two exports", []Input{csvFile(csvRow("30", "3.20", "A")), csvFile(csvRow("30", "3.20", "B"))}, []int64{1, 1}},
		{"equal purchases with ids of their own", []Input{ofxFile(ofxRow("a", "30", "-3.20", "CAFE"), ofxRow("b", "30", "-3.20", "CAFE"))}, []int64{2}},
		{"the bank enriches the text", []Input{ofxFile(ofxRow("a", "30", "-1", "X")), ofxFile(ofxRow("a", "30", "-1", "X LONDON"))}, []int64{1, 0}},
		{"the bank counts ids from 1 in each file", []Input{
			ofxFile(ofxRow("1", "30", "-1", "X"), ofxRow("2", "30", "-2", "Y")),
			ofxFile(ofxRow("1", "31", "-1", "X"), ofxRow("2", "31", "-3", "Z")),
		}, []int64{2, 2}},
		{"the bank gives one id to all", []Input{
			ofxFile(ofxRow("77", "30", "-1", "X"), ofxRow("77", "30", "-1", "Y"), ofxRow("77", "30", "-2", "X")),
			ofxFile(ofxRow("77", "30", "-1", "X"), ofxRow("77", "30", "-1", "Y"), ofxRow("77", "30", "-2", "X")),
		}, []int64{3, 0}},
		{"the same booking listed twice in one file", []Input{ofxFile(ofxRow("a", "30", "-1", "X"), ofxRow("a", "30", "-1", "X"))}, []int64{1}},
		{"placeholder ids count as none", []Input{
			ofxFile(ofxRow("0", "30", "-1", "X"), ofxRow("0", "30", "-1", "X")),
			ofxFile(ofxRow("000", "30", "-1", "X"), ofxRow("NONREF", "30", "-1", "X")),
		}, []int64{2, 0}},
		{"no ids", []Input{ofxFile(ofxRow("", "30", "-1", "X"), ofxRow("", "30", "-1", "X")), ofxFile(ofxRow("", "30", "-1", "X"))}, []int64{2, 0}},
		{"OFX then CSV of the same account", []Input{
			ofxFile(ofxRow("a", "30", "-3.20", "CAFE ROUGE"), ofxRow("b", "31", "-9.00", "X")),
			csvFile(coffee, csvRow("31", "9.00", "X LTD"), csvRow("31", "9.50", "Y")),
		}, []int64{2, 1}},
		{"CSV then OFX of the same account", []Input{csvFile(coffee, coffee), ofxFile(ofxRow("a", "30", "-3.20", "CAFE"), ofxRow("b", "30", "-3.20", "CAFE"), ofxRow("c", "30", "-3.20", "CAFE"))}, []int64{2, 1}},
		{"OFX then CAMT of the same account", []Input{
			ofxFile(ofxRow("a", "30", "-3.20", "CAFE"), ofxRow("b", "30", "-3.20", "CAFE"), ofxRow("c", "31", "-1.00", "X")),
			camtFile(camtRow("R1", "30", "3.20", "BOOK", "Cafe Rouge"), camtRow("R2", "30", "3.20", "BOOK", "Cafe Noir"), camtRow("R3", "31", "2.00", "BOOK", "Y")),
			ofxFile(ofxRow("a", "30", "-3.20", "CAFE"), ofxRow("d", "31", "-2.00", "Y"), ofxRow("e", "31", "-2.00", "Y")),
			camtFile(camtRow("R4", "31", "2.00", "BOOK", "Y"), camtRow("R3", "31", "2.00", "BOOK", "Y")),
		}, []int64{3, 1, 1, 0}},
		{"CAMT then MT940 then QIF-like CSV", []Input{
			camtFile(camtRow("R1", "30", "3.20", "BOOK", "Cafe")),
			Bytes("x.sta", []byte(":20:X\n:25:300001/12345678\n:60F:C251229GBP0,00\n:61:2512301230D3,20NTRFNONREF//M1\n:86:CAFE\n:62F:C251230GBP0,00\n")),
			csvFile(coffee),
		}, []int64{1, 0, 0}},
	}
}

// TestDedup runs the cases against a store that follows the contract to the
// letter, and TestDedupSQLite against the embedded one.
func TestDedup(t *testing.T) {
	for _, c := range dedupCases() {
		m := &memory{}
		for i, in := range c.files {
			r := mustImport(t, m, in, Options{})
			if r.Added != c.added[i] || r.Added+r.Skipped != r.Rows {
				t.Errorf("%s: file %d added %d and skipped %d of %d, want %d added", c.name, i, r.Added, r.Skipped, r.Rows, c.added[i])
			}
		}
		if len(m.accounts) != 1 {
			t.Errorf("%s: %d accounts, want one", c.name, len(m.accounts))
		}
	}
}

// TestIgnoreIDs imports downloads of a bank that makes up new ids each time.
func TestIgnoreIDs(t *testing.T) {
	m := &memory{}
	mustImport(t, m, ofxFile(ofxRow("a1", "30", "-1", "X"), ofxRow("a2", "30", "-1", "X")), Options{})
	r := mustImport(t, m, ofxFile(ofxRow("b1", "30", "-1", "X"), ofxRow("b2", "30", "-1", "X"), ofxRow("b3", "30", "-1", "Y")), Options{IgnoreIDs: true})
	if r.Added != 1 || r.Skipped != 2 {
		t.Errorf("added %d, skipped %d", r.Added, r.Skipped)
	}
}

// TestIDsStayOut makes sure that no source id reaches the store in clear.
func TestIDsStayOut(t *testing.T) {
	m := &memory{}
	mustImport(t, m, ofxFile(ofxRow("FITID-30000112345678-1", "30", "-1", "X")), Options{})
	row, account := m.rows[0], m.accounts[0]
	got := fmt.Sprintf("%+v %s %s %s %s %s %s", row.Transaction, row.SourceKey, row.ContentKey, row.AccountKey, account.Name, account.Key, account.Sealed[0].Value)
	if strings.Contains(got, "FITID") || strings.Contains(got, "12345678") {
		t.Errorf("the id or number is in what the store got: %s", got)
	}
}

// TestOwnNumbers plants the file's own account number in every text, before
// and after the account is announced in the file.
func TestOwnNumbers(t *testing.T) {
	m := &memory{}
	mustImport(t, m, ofxFile(ofxRow("1", "30", "-1", "TO 12345678 X")+"<STMTTRN><DTPOSTED>20251231<TRNAMT>-1<FITID>2<NAME>300001 12345678<MEMO>12345678</STMTTRN>"), Options{})
	for _, row := range m.rows {
		for _, text := range []string{row.Transaction.Description, row.Transaction.Merchant, row.Transaction.Memo} {
			if strings.Contains(text, "12345678") {
				t.Errorf("account number in %q", text)
			}
		}
	}
	if got := m.rows[0].Transaction.Description; got != "TO "+marker+" X" {
		t.Errorf("description is %q", got)
	}
}

// TestNothingKept injects a fault at each stage and looks for remains.
func TestNothingKept(t *testing.T) {
	good := ofxRow("1", "30", "-1", "X")
	fails := errors.New("boom")
	cases := []struct {
		name  string
		in    Input
		alter func(*Config, *memory)
	}{
		{"a bad row at the end", ofxFile(good, ofxRow("2", "31", "-1.005", "X")), nil},
		{"the store fails", ofxFile(good, good), func(_ *Config, m *memory) { m.failAt = 2 }},
		{"the redactor fails", ofxFile(good), func(c *Config, _ *memory) {
			c.Redactor = func([][]byte, func(string, string)) (func(dst, src []byte) ([]byte, error), error) {
				return func(dst, src []byte) ([]byte, error) {
					if string(src) == "X" {
						return nil, fails
					}
					return append(dst, src...), nil
				}, nil
			}
		}},
		{"no redactor", ofxFile(good), func(c *Config, _ *memory) {
			c.Redactor = func([][]byte, func(string, string)) (func(dst, src []byte) ([]byte, error), error) { return nil, fails }
		}},
		{"fingerprinting fails", ofxFile(good), func(c *Config, _ *memory) {
			c.Fingerprint = func(string, string, string) ([]byte, error) { return nil, fails }
		}},
		{"sealing fails", ofxFile(good), func(c *Config, _ *memory) {
			c.Seal = func(string, string, string) (store.Sealed, error) { return store.Sealed{}, fails }
		}},
		{"truncated", Bytes("x.ofx", []byte("<OFX><STMTRS><CURDEF>GBP<BANKACCTFROM><ACCTID>12345678</BANKACCTFROM>"+good)), nil},
	}
	for _, c := range cases {
		m := &memory{}
		cfg := testConfig()
		if c.alter != nil {
			c.alter(&cfg, m)
		}
		im, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = im.File(context.Background(), m, c.in, Options{})
		if err == nil {
			t.Errorf("%s: no error", c.name)
		} else if strings.Contains(err.Error(), "1.005") || strings.Contains(err.Error(), "12345678") {
			t.Errorf("%s: the error holds a value: %v", c.name, err)
		}
		if len(m.rows)+len(m.accounts)+len(m.balances) > 0 {
			t.Errorf("%s: something was kept", c.name)
		}
	}
}

// TestDryRun reports what an import would do and keeps nothing.
func TestDryRun(t *testing.T) {
	m := &memory{}
	r := mustImport(t, m, ofxFile(ofxRow("1", "30", "-1", "X")), Options{DryRun: true, Preview: 5})
	if r.Added != 1 || len(r.Preview) != 1 || len(m.rows) != 0 || !r.DryRun {
		t.Errorf("got %+v and %d rows", r, len(m.rows))
	}
	if r.Totals[0] != (Total{Currency: "GBP", Out: -100}) {
		t.Errorf("totals %+v", r.Totals)
	}
}

// TestAccountOption puts a whole file into a named account, unless it has
// several numbers.
func TestAccountOption(t *testing.T) {
	m := &memory{}
	mustImport(t, m, csvFile(csvRow("30", "1.00", "A")), Options{Account: "Joint"})
	mustImport(t, m, ofxFile(ofxRow("1", "30", "-1", "A")), Options{Account: "joint"})
	if len(m.accounts) != 1 || m.accounts[0].Name != "Joint" || len(m.rows) != 1 {
		t.Errorf("got %d accounts, %d rows", len(m.accounts), len(m.rows))
	}
	_, err := testImporter(t).File(context.Background(), m, csvFile(csvRow("30", "1.00", "A"), strings.Replace(csvRow("30", "1.00", "A"), "12345678", "87654321", 1)), Options{Account: "Joint"})
	var refused *Error
	if !errors.As(err, &refused) || refused.Reason != reasonSeveral || refused.Line != 3 {
		t.Errorf("two numbers into one account: %v", err)
	}
}

// TestTotalsPerCurrency adds up each currency for itself.
func TestTotalsPerCurrency(t *testing.T) {
	in := Bytes("x.csv", []byte("Date,Amount,Currency,Description\n2025-01-01,-1.10,GBP,a\n2025-01-02,2.30,GBP,b\n2025-01-02,-5,JPY,c\n2025-01-02,-90071992547409.91,USD,d\n2025-01-02,-0.01,USD,d\n"))
	r := mustImport(t, &memory{}, in, Options{})
	want := []Total{{"GBP", 230, -110, false}, {"JPY", 0, -5, false}, {"USD", 0, 0, true}}
	if fmt.Sprint(r.Totals) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", r.Totals, want)
	}
	if r.First != store.NewDate(2025, 1, 1) || r.Last != store.NewDate(2025, 1, 2) {
		t.Errorf("from %v to %v", r.First, r.Last)
	}
}
