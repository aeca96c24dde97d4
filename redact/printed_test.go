package redact_test

import (
	"strings"
	"testing"
)

// TestPrintedValues: numbers and secrets of which the name stands where a program prints
// it, with more than a sign between the two.
func TestPrintedValues(t *testing.T) {
	checkGone(t, []gone{
		{"Payee{id=17, fromAccount='64259912', amount=7.95}", "64259912"}, {"NHSNumber = 964 314 7878", "314 7878"}, {"Payee { Id = 17, ToAccount = 14637358 }", "14637358"}, {"acct_number      | 26533011", "26533011"},
		{"array(1) {\n  [\"acct_no\"]=>\n  string(8) \"19638541\"\n}", "19638541"}, {"array(1) {\n  [\"pesel\"]=>\n  string(11) \"41031721643\"\n}", "41031721643"}, {`a:1:{s:7:"acct_no";s:8:"19638541";}`, "19638541"}, {"#{acct_no => <<\"19638541\">>, id => 17}", "19638541"},
		{"Payee {\n    account: Some(\n        \"19638541\",\n    ),\n}", "19638541"}, {"Row(id=17, account=Decimal('19638541'))", "19638541"}, {"<dt>Acct No</dt>\n<dd>19638541</dd>", "19638541"}, {"<param><name>fromAccount</name><value><string>19638541</string></value></param>", "19638541"},
		{`<ns2:acctNumber xsi:type="xs:string">19638541</ns2:acctNumber>`, "19638541"}, {"<account><![CDATA[19638541]]></account>", "19638541"}, {`<field name="fromAccount" value="19638541"/>`, "19638541"}, {"- name: ACCOUNT_NO\n  value: \"19638541\"", "19638541"},
		{"Account ........... 19638541", "19638541"}, {"$account\n[1] \"19638541\"", "19638541"}, {"User: what is my account?\nAssistant: It's 19638541.", "19638541"}, {"The account number you gave (19638541) is closed.", "19638541"}, {"WHERE t.account_number LIKE '%19638541%'", "19638541"},
		{"WHERE account IN ('19638541', '29638542')", "29638542"}, {"account_nos:\n  - 19638541\n  - \"29638542\"", "29638542"}, {"WHERE pesel IN ('41031721643', '66042471480')", "66042471480"},
		{"Payee {\n    secret: Some(\n        \"e6e26676-a535-4944-b8de-8a311934abef\",\n    ),\n}", "4944"}, {"<dt>Client Secret</dt>\n<dd>3de5ae1eb9894123b6dce515ffeb4fad</dd>", "3de5"}, {"a:1:{s:5:\"token\";s:32:\"3de5ae1eb9894123b6dce515ffeb4fad\";}", "3de5"},
		{"Content-Disposition: form-data; name=\"access_token\"\r\n\r\nhvnkRfPwzpmLGuhfRu9ADSAy\r\n--", "hvnk"}, {"permanent account number is DBLPK5047B", "DBLPK"}, {"<pan>DBLPK5047B</pan>", "DBLPK"},
		{"secret = ('rk_" + "live_FEgzD11'\n        'zePdlydIGZ9hANvkT')", "zePd"}, {"token = \"sk_" + "live_FEgzD11\" +\n    \"zePdlydIGZ9hANvkT\"", "zePd"}, {"token=sk_" + "live_FEgzD11\\\nzePdlydIGZ9hANvkT", "zePd"},
	})
	checkLeft(t, "Date ........... 2026-09-28", "Order no.......20241020", "Invoice ______ 20240117", "accountBalance: 19638541", "fromAccountOpenDate: 19638541",
		"--- PASS: TestIndex1234 (0.00s)", `{"columns":["key"],"rows":[["PROJ-12345678"]]}`, "the account was opened by 19638541 people", "string(10) \"2026-09-28\"", "tokens used | 19638541")
}

// TestPrintedTables: the columns of SQL, of secrets and of several words.
func TestPrintedTables(t *testing.T) {
	checkGone(t, []gone{
		{"INSERT INTO accounts (id, payee_account, opened) VALUES (17, '96385419', '2026/08/24');", "96385419"}, {"INSERT INTO `a` (`id`,`creditor_account`) VALUES (17,138568373),(18,138568374);", "138568374"}, {"COPY public.accounts (id, account_no, opened) FROM stdin;\n17\t60794985\t2015/08/02\n\\.", "60794985"},
		{"Date,Access Token,Amount\n2015/09/03,e6c1134bc94982b1050382ad591339cc,8629.56", "e6c1"}, {"| Date | Password |\n|---|---|\n| 20241215 | `ibxd#WfwIvJtO21` |", "ibxd"}, {"<table><tr><th>Date</th><th>Api Key</th></tr><tr><td>2026-01-05</td><td>e6c1134bc94982b1050382ad591339cc</td></tr></table>", "e6c1"},
		{"Date        Account               Amount\n2019.10.20  213039664 1100461536  7195.07", "61536"}, {"Date,BSB,Amount\n2019-10-20,739-384 28952257,7195.07", "28952257"}, {"Date,PAN,Amount\n2019-10-20,DBLPK5047B,7195.07", "DBLPK"},
		{`{"columns":["id","access_token"],"rows":[[17,"e6c1134bc94982b1050382ad591339cc"]]}`, "e6c1"},
	})
	checkLeft(t, "INSERT INTO orders (id, account_balance, opened) VALUES (17, '96385419', '2026/08/24');", "INSERT INTO accounts (id, opened) VALUES (96385419, '2026/08/24');", "Date,Token count,Amount\n2015/09/03,96385419,8629.56",
		"<table><tr><td>2018.08.09</td><td>WM SUPERCENTER #5789</td><td>666.66</td><td>18700</td></tr></table>", "192.0.2.17 - - [01/Jun/2024:22:14:15 +0000] \"GET /v1/accounts?unix=1759198432 HTTP/1.1\" 200 512",
		"00000000: 6865 7861 6464 723a 2030 7839 3334 3932  hexaddr: 0x93492\n00000010: 3637 660a                                67f.")
}

// TestWrappedKeys: keys of JSON that only say how a value is written down, names beside
// it, and what a document says twice.
func TestWrappedKeys(t *testing.T) {
	checkGone(t, []gone{
		{`{"Item":{"acct_number":{"S":"58086242"}}}`, "58086242"}, {`{"bank_account":{"$numberLong":"286370026"}}`, "286370026"}, {`{"pesel":{"0":"72071826636"}}`, "72071826636"}, {`{"term":{"account.keyword":{"value":"47902028"}}}`, "47902028"},
		{`{"attributes":[{"key":"bank.account","value":{"stringValue":"78397219"}}]}`, "78397219"}, {`[{"op":"replace","path":"/payee/debtorAccount","value":"78397219"}]`, "78397219"}, {`{"headers":[["x-to-account","59918101"]]}`, "59918101"}, {`{"accountNumber":{"type":"string","example":"59918101","enum":["59918101"]}}`, "59918101"},
		{`{"Source Account":{"rich_text":[{"type":"text","text":{"content":"35519380","link":null},"plain_text":"35519380"}]}}`, "35519380"}, {`{"pan":"DBLPK5047B"}`, "DBLPK"}, {`{"permanent_account_number":"DBLPK5047B"}`, "DBLPK"}, {`{"BSBNumber":"739384"}`, "739384"},
		{`{"password":{"0":"feul!jajDchzs50"}}`, "feul"}, {`{"headers":[["x-auth-token","1f959e31636d44db223524a11c57229e"]]}`, "1f95"},
	})
	checkLeft(t, `{"Ean":{"id":"a%3Ab","rich_text":[{"text":{"content":"7613285763886","link":null},"plain_text":"7613285763886"}]}}`, `{"zip":{"0":"66427-3836","1":"66427-3836"}}`, `{"rows":[["Savings account","59918101"]]}`, `{"account":{"transactions":[{"text":"59918101"}]}}`)
	if got := jsonText(t, newRedactor(t), `["42424242","42424242"]`); strings.Contains(got, "4242") {
		t.Errorf("a card of two equal halves stays: %s", got)
	}
}

// TestSentInParts: what a model sends in several events, cut anywhere.
func TestSentInParts(t *testing.T) {
	checkGone(t, []gone{
		{`{"deltas":[{"index":0,"partial_json":"{\"pan\": \"41111111"},{"index":0,"partial_json":"11111111\"}"}]}`, "11111111"}, {`[{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"card\": \"41111111"}},{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"11111111\"}"}}]`, "11111111"},
		{`{"content":[{"type":"text","text":"Account: 414061"},{"type":"text","text":"7722687"}]}`, "7722687"}, {`{"deltas":[{"index":0,"partial_json":"{\"account\": \"4140617"},{"index":0,"partial_json":"7722687\"}"}]}`, "7722687"},
		{`{"content":[{"type":"text","text":"Api Key: sk_` + `live_FEgzD11abcd"},{"type":"text","text":"zePdlydIGZ9hANvkT1"}]}`, "zePd"},
	})
	checkLeft(t, `{"content":[{"type":"text","text":"4140617 items"},{"type":"text","text":"7722687"}]}`)
	got := jsonText(t, newRedactor(t), `{"content":[{"type":"text","text":"Account: 19638541"},{"type":"text","text":"2026-09-28"},{"type":"text","text":"12.50"}]}`)
	if !strings.Contains(got, "2026-09-28") || !strings.Contains(got, "12.50") {
		t.Errorf("the day or the amount is gone: %s", got)
	}
}

// TestKnownUnderHeads: the last five digits of a known account under a head, and a known
// value with letters over several leaves.
func TestKnownUnderHeads(t *testing.T) {
	r := newRedactor(t, "796107459224617298", "XQL7640309")
	for _, tc := range []gone{
		{"Account;Date;Amount\n17298;2026/08/05;-4.61", "17298"}, {"INSERT INTO a (`id`,`creditor_account`) VALUES (17,17298);", "17298"}, {`{"columns":["id","source_account"],"rows":[[17,"17298"]]}`, "17298"},
		{`{"attributes":[{"key":"bank.account","value":{"stringValue":"17298"}}]}`, "17298"}, {`{"payeeAccount":"17298"}`, "17298"}, {"{ id: 17, payeeAccount: '17298' }", "17298"}, {`["XQL76","40309"]`, "40309"},
	} {
		redacted := text
		if strings.HasPrefix(tc.in, "{\"") || strings.HasPrefix(tc.in, "[") {
			redacted = jsonText
		}
		if got := redacted(t, r, tc.in); strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
	}
}
