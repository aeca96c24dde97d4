package redact_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact"
)

// TestTableColumns: the head of a column says what stands below it.
func TestTableColumns(t *testing.T) {
	checkGone(t, []gone{
		{"Date,Account Number,Amount\n2026-01-05,24273427,12.50\n2026-01-06,12567679,3.10\n", "12567679"}, {"Buchungstag;Kontonummer;BLZ;Betrag\n\"05.01.2026\";\"3658015652\";\"41259381\";\"-12,50\"\n", "41259381"},
		{"Employee ID,Name,SSN,Routing Number,Bank Account\n12345,\"Doe, Jane\",909173629,014961025,4878900135\n", "014961025"}, {"日付,摘要,口座番号,金額\n2026/01/05,AMAZON,7078103,1200\n", "7078103"},
		{"| Date | Account No. | Amount |\n|---|---:|---:|\n| 2026-01-05 | 398293541 | 12.50 |\n", "398293541"}, {" booked     | account_no | amount\n------------+------------+-------\n 2026-01-05 | 586303024  |  12.50\n", "586303024"},
		{"Date        Description       Account No    Amount\n05/01/2026  TESCO STORES      55474238       12.50\n06/01/2026  UBER              52805857        3.10\n", "52805857"},
		{"Datum,Protiúčet,Částka\n05.01.2026,6884100263,\"-12,50\"\n", "6884100263"}, {"Date\tGegenkonto\tBetrag\n05.01.2026\t9587936128\t-12,50\n", "9587936128"}, {"Date;Name;Account No\n05.01.2026;\"A\nB\";7080901\n", "7080901"},
		{"Date,Account Number,Details\n2026-01-05,24273427,\n2026-01-05,7654321,TO A, B\n2026-01-05,A, B,7654399,x\n", "7654399"}, {"Card No,Amount\n4929000000000000,3\n", "4929000000000000"},
		{"<table><tr><th>Date</th><th>Account Number</th></tr>\n<tr><td>2026-01-05</td><td><b>460158289</b></td></tr></table>", "460158289"}, {"Date,Account Number\n2026-01-05,２４２７３４２７\n", "２４２７"},
		{`[["Date","Account No"],["2026-01-05","228783015"],["2026-01-06",555738422]]`, "555738422"}, {`{"columns":["date","account_number"],"rows":[["2026-01-05","24273427"],["2026-01-06",18879025]]}`, "18879025"},
		{`{"columns":[{"name":"date"},{"name":"account_number"}],"data":[["2026-01-05",18879025]]}`, "18879025"}, {`{"fields":["iban"],"rows":[["１２３４５６７８"]]}`, "１２３４"},
		{"RGF0ZSxBY2NvdW50IE51bWJlcixBbW91bnQKMjAyNi0wMS0wNSwyNDI3MzQyNywxMi41MAo=", "MjQyNz"},
	})
	checkLeft(t, "Date,Account Name,Amount\n2026-01-05,Savings 123456,12.50\n", "Sort order,Debit,Credit\n123456,1500000,250000\n", "Account Type,Account Balance\nchecking,1234567\n", "Date,Account,Amount\n2026-01-05,Rent,1250.00\n2026-01-06,40200,12.50\n",
		"Date,Order,Amount\n2026-01-05,24273427,12.50\n", "Date  Store  Amount\n2026-01-05  08921  12.50\n", `[["Date","Order"],["2026-01-05","228783015"]]`, `{"columns":["date","order"],"rows":[["2026-01-05","24273427"]]}`)
}

// TestFixedRecords: the place in a record of fixed columns says what a field is.
func TestFixedRecords(t *testing.T) {
	pad := func(s string, n int) string { return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s))) }
	checkGone(t, []gone{
		{"622" + "021000021" + pad("5573921", 17) + "0000125000" + pad("EMP12345", 15) + pad("Jane Doe", 22) + "  0091000010000001", "5573921"},
		{"5200" + pad("ACME CORP", 36) + "1664216347PPDPAYROLL   240115240116   1091000010000001", "664216347"},
		{"401185233685310995670491234567    00000125000" + pad("ACME LTD", 18) + pad("REF123456", 18) + pad("JANE DOE", 18) + " 24016", "40118523368531"},
		{"1062-001 64451534 500000125000" + pad("Jane Doe", 32) + pad("SALARY", 18) + "062-001 83176399" + pad("ACME", 16) + "00000000", "64451534"},
		{"20001" + pad("ﾐｽﾞﾎ", 15) + "123" + pad("ｼﾝｼﾞｭｸ", 19) + "16782201" + pad("TANAKA YUKI", 30) + "00001250000" + pad("", 28), "6782201"},
		{pad("3410001300001A00001800105678500002598636473 JANE DOE", 240), "25986364"}, {pad("3410001300002B   100027753589776RUA X", 240), "27753589776"},
		{"0430004123471773EUR2 77730621447B1150124  150124" + pad("VIR JANE DOE", 40) + "0000001250000}", "77730621447"},
		{"2300010000" + pad("333876272931", 34) + "EUR" + pad("JANE DOE", 78) + "0 1", "333876272931"},
	})
	checkLeft(t, "60100000000000000 "+strings.Repeat("order ", 13), "1"+strings.Repeat("x", 118))
}

// TestMessageFields: a tag, a number or a qualifier says what a field is.
func TestMessageFields(t *testing.T) {
	checkGone(t, []gone{
		{"BPR*C*4077.65*C*ACH*CTX*01*057764441*DA*2533889*1543259676**01*062127060*DA*7268869*20260116~", "2533889"}, {"BPR*C*4077.65*C*ACH*CTX*01*057764441*DA*2533889*1543259676**01*062127060*DA*7268869*20260116~", "062127060"},
		{"ST*835*1234~\nTRN*1*1998402*1446698562~\nREF*TJ*947650776~", "446698562"}, {"ST*835*1234~\nREF*TJ*947650776~", "947650776"}, {"02,031001234,021000021,1,260114,,USD,2/\n03,28418,USD,010,123456,,/", "28418"}, {"03,2841816379,USD,010,123456,,/", "2841816379"},
		{"8=FIX.4.4|9=236|35=8|1=36465204|11=P858YM|55=AAPL|10=128|", "36465204"}, {"8=FIX.4.4\x019=236\x0135=8\x0158==34539578763621486\x01", "34539578763621486"}, {"8=FIX.4.4\x019=236\x0135=8\x0158=DE89\x0237040044\x020532013000\x01", "0532013000"}, {"DE041 [12345678]\nDE102 [4524827255]\nDE103 [126327432490]", "126327432490"}, {`<field id="102" value="6283933570"/>`, "6283933570"},
		{":57A://FW115314869\nCHASUS33", "115314869"}, {":56D://CH641989", "641989"}, {"c021000021c 5791743o 6385", "5791743"}, {"T021000021T 940258393O 3383", "940258393"}, {"A021000021A 940258393C 3383", "021000021"},
		{"00020126330014br.gov.bcb.pix0111871192280055204000053039865802BR6304", "87119228005"}, {"⑆021000021⑆ 3331934⑈", "3331934"},
		{"00020126330014br.gov.bcb.pix0111871192280055204000053039865802BR6304 br.gov.bcb.pix0111529982247255204", "52998224725"},
	})
	checkLeft(t, "1*2*DA*x", "order 102 12345678", "http://SC12345678.example", "a|1=36465204|b", "03,12,2026")
}

// TestCuesOfLanguages: the words for an account, as invoices have them.
func TestCuesOfLanguages(t *testing.T) {
	for _, words := range []string{"C/C n.", "Rekeningnr.:", "Nr rachunku:", "Numer konta", "Číslo účtu:", "č. ú.:", "č.ú.", "Bankszámlaszám:", "Cont bancar:", "Broj računa:", "Tekući račun:", "Сметка №", "р/с", "Розрахунковий рахунок:",
		"Hesap No:", "普通", "खाता संख्या:", "เลขที่บัญชี", "Số tài khoản:", "Arvelduskonto:", "Sąskaitos nr.", "Konta Nr.", "Nombor akaun:", "Namba ya akaunti", "Reikningsnúmer:"} {
		checkGone(t, []gone{{words + " 79980052", "79980052"}})
	}
	checkLeft(t, "Račun 79980052", "Faktura 79980052", "tai 79980052", "The Bank 79980052")
}

// TestNamedByNeighbours: a member says what another one of its object is.
func TestNamedByNeighbours(t *testing.T) {
	checkGone(t, []gone{
		{`{"label":"Account number","value":"1616882"}`, "1616882"}, {`{"name":"Routing number","value":"021000021"}`, "021000021"}, {`{"identifier":"437491631970","identifierType":"ACCOUNT_NUMBER"}`, "437491631970"},
		{`{"Identification":"59244794622229","SchemeName":"UK.OBIE.SortCodeAccountNumber"}`, "59244794"}, {`{"id":"099309385","type":"ROUTING_NUMBER"}`, "099309385"}, {`{"type":"bban","value":"12345678"}`, "12345678"},
		{`{"account_number":"１２３４５６７８"}`, "１２３４"}, {`{"paymentNetworks":[{"bankId":"021000021","identifier":"1560684807061"}]}`, "1560684807061"}, {`{"account":"84724854","branch":"10362"}`, "10362"}, {`{"sortCode":{"code":"413233"}}`, "413233"},
		{`{"label":"Account number","value":84724854}`, "84724854"}, {`{"transit_number":"91743","account_number":"84724854"}`, "91743"}, {`{"micrNumber":"9279108967"}`, "9279108967"},
	})
	checkLeft(t, `{"label":"Order number","value":"1616882"}`, `{"id":"099309385","type":"debit"}`, `{"branch":"10362","city":"London"}`, `{"name":"Account balance","value":"1616882"}`, `{"account_balance":1234567}`, `{"account-open-date":1751955036}`,
		`{"AcctSvcrRef":"7842773822419"}`, `{"latitude":"-45.736257","longitude":"-53.886000"}`, `{"code":{"code":"413233"}}`, `{"name":"Tesco","value":"84724854"}`)
}

// TestNumbersInRows: numbers of tables, sums and dates are no cards, and bold text no mask.
func TestNumbersInRows(t *testing.T) {
	checkLeft(t, "value1 = 15-07-2016", "Pasvolgnr: 001 01-02-2024 12:34", "**FR90307739716**", "4111 + 1110 = 5221", "Jan   401288   8888   881881\nFeb   123456   1234   12345\nMar   923456   1234   12345\n",
		`["E2E","NOTPROVIDED"]`, "Konto 1\n\"EREF: NOTPROVIDED\"")
	checkGone(t, []gone{{"1/23-45-6789", "45-6789"}, {"401288   8888   881881\n", "8888"}, {"DE89370400****3000 and more", "3704"}})
}

// TestColumnsAcrossWindows: the head of a table holds for the windows behind the first.
func TestColumnsAcrossWindows(t *testing.T) {
	r := newRedactor(t)
	var in strings.Builder
	in.WriteString("Date,Account Number,Amount,Description\n")
	for i := range 9000 {
		fmt.Fprintf(&in, "2026-01-05,%d,%d.50,SHOP %d\n", 20000000+i*7919%9999999, i%90, i%50)
	}
	got := text(t, r, in.String())
	if n := strings.Count(got, "ACCT_"); n != 9000 {
		t.Errorf("%d of 9000 accounts", n)
	}
	var streamed bytes.Buffer
	if _, err := r.Stream(&streamed, strings.NewReader(in.String())); err != nil || streamed.String() != got {
		t.Errorf("a stream differs: %v", err)
	}
	in.Reset()
	in.WriteString("<table><tr><th>Date</th><th>Account Number</th><th>Amount</th></tr>\n")
	for i := range 4000 {
		fmt.Fprintf(&in, "<tr><td>2026-01-05</td><td>%d</td><td>%d.50</td></tr>\n", 20000000+i*7919%9999999, i%90)
	}
	if n := strings.Count(text(t, r, in.String()+"</table><table><tr><td>x</td><td>20000001</td></tr></table>"), "ACCT_"); n != 4000 {
		t.Errorf("%d of 4000 accounts in a table of HTML", n)
	}
}

// TestFieldsEncoded: the same in documents that are encoded as a whole.
func TestFieldsEncoded(t *testing.T) {
	r := newRedactor(t)
	rows := "Date;Konto;Betrag\n" + strings.Repeat("05.01.2026;Miete Januar und Nebenkosten;12,50\n", 40) + "05.01.2026;3658015;12,50\n"
	escaped := strings.NewReplacer("\n", "%0A", ";", "%3B", " ", "%20").Replace(rows)
	doc := `{"rows":[` + strings.Repeat(`{"memo":"Miete Januar und Nebenkosten"},`, 40) + `{"Identification":"59244794622229","SchemeName":"UK.OBIE.SortCodeAccountNumber"}]}`
	for _, tc := range []gone{{escaped, "3658015"}, {strings.ReplaceAll(doc, `"`, "&quot;"), "59244794"}, {strings.NewReplacer(`"`, "%22", "{", "%7B", "}", "%7D").Replace(doc), "59244794"}} {
		if got := text(t, r, tc.in); strings.Contains(got, tc.gone) {
			t.Errorf("%.60q… -> %q", tc.in, got[len(got)-120:])
		}
	}
}

// TestHeldTokens: an IBAN or a card under the head of a column, or beside its name, has
// the token that it has anywhere else.
func TestHeldTokens(t *testing.T) {
	r := newRedactor(t)
	iban, card := redact.TokenOf(testKey, redact.IBAN, "DE89370400440532013000"), redact.TokenOf(testKey, redact.Card, "4111111111111111")
	for text, want := range map[string]string{
		"Date,IBAN\n2026-01-05,DE89 3704 0044 0532 0130 00\n": iban, "x,Account\n1,4111111111111111\n": card, "x;Konto;y\n1;DE89370400440532013000;2\n": iban,
		":86:166?00GUTSCHRIFT?31DE89370400440532013000?32MAX":      iban,
		`{"columns":["iban"],"rows":[["DE89370400440532013000"]]}`: iban, `{"label":"Account number","value":"DE89 3704 0044 0532 0130 00"}`: iban,
	} {
		if out, _, err := r.Text(nil, []byte(text)); err != nil || !bytes.Contains(out, []byte(want)) {
			t.Errorf("%q became %q, want %s (%v)", text, out, want, err)
		}
	}
}

// TestBrokenCells: a number in a cell goes on in the next line.
func TestBrokenCells(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"date,account number,amount\n2026-07-01,\"3829\n1374\n55\",12.00\n2026-07-02,\"55\",1.00\n",
		"date;Konto;amount\r\n2026-07-01;\"38291\r\n37455\";12.00\r\n",
		"account number,amount\n\"3829 1\n37455\",12.00\n",
	} {
		out := text(t, r, in)
		if strings.Contains(out, "3829") || strings.Contains(out, "374") || !strings.Contains(out, "12.00") {
			t.Errorf("%q -> %q", in, out)
		}
		if again := text(t, r, out); again != out {
			t.Errorf("not idempotent: %q -> %q -> %q", in, out, again)
		}
	}
	for _, in := range []string{"date,note,amount\n2026-07-01,\"3829\n1374\n55\",12.00\n", "account number,n\n\"a\n1374\",2\n"} {
		if out := text(t, r, in); out != in {
			t.Errorf("%q -> %q", in, out)
		}
	}
}
