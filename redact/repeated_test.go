package redact_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestRepeated: a number of which one place of a text or a document says that it is an
// account or a person's goes everywhere in it.
func TestRepeated(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{`{"name":"verify","arguments":{"acct":"806690743","note":"customer says 806690743 is hers"}}`, "806690743"},
		{`{"messages":[{"role":"user","content":"What's wrong with 806690743?"},{"role":"tool","content":"{\"accountNumber\":\"806690743\",\"status\":\"frozen\"}"}]}`, "806690743"},
		{`{"from_account":"22415868","description":"TFR 22415868 TO SAVINGS","ids":[22415868,7],"x":{"22415868":1}}`, "22415868"},
		{`{"text":"my account is 453374068","then":"line\n453374068\tok"}`, "453374068"},
		{"Account number: 881286570\n…\nTransfer 881286570 -> savings done", "881286570"},
		{"[10:02] Ann: acct 184218594\n[10:03] Sam: so 184218594, right?", "184218594"},
	} {
		out := ""
		if tc.in[0] == '{' {
			if out = jsonText(t, r, tc.in); !json.Valid([]byte(out)) || jsonText(t, r, out) != out {
				t.Errorf("%s -> %s", tc.in, out)
			}
		} else if out = text(t, r, tc.in); text(t, r, out) != out {
			t.Errorf("%q -> %q", tc.in, out)
		}
		if strings.Contains(out, tc.gone) {
			t.Errorf("%s -> %s", tc.in, out)
		}
	}
	for _, tc := range []struct{ in, stays string }{
		{`{"account":"881286570","amount":"881286570.50"}`, "881286570.50"},
		{`{"account":"881286570","id":"x881286570"}`, "x881286570"},
		{`{"account":"881286570","ref":"12881286570"}`, "12881286570"},
		{`{"account":"482913","count":482913}`, "count\":482913"},
		{`{"account":"20261102","day":"20261102 x"}`, "20261102 x"},
		{`{"account":"11000000","limit":11000000}`, "limit\":11000000"},
	} {
		if out := jsonText(t, r, tc.in); !strings.Contains(out, tc.stays) {
			t.Errorf("%s -> %s", tc.in, out)
		}
	}
	out := jsonText(t, r, `{"acct":"806690743","n":[806690743]}`)
	var doc struct {
		Acct string
		N    []string
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || len(doc.N) != 1 || doc.N[0] != doc.Acct {
		t.Errorf("%s", out)
	}
}

// TestBeside: what was found in an object or an array says what stands beside it.
func TestBeside(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{`{"to":{"sort_code":"20-18-45","number":"72283038"}}`, "72283038"}, {`{"bankDetails":{"sc":"20-18-45","an":"75301988"}}`, "75301988"},
		{`{"card":"4539578763621486","expiry":"11/27","code":"185"}`, `"185"`},
		{`{"ocr_lines":["Account number","309785123","Sort code","30-97-85"]}`, "30-97-85"}, {`{"lines":["Card number","4539578763621486","Valid thru","11/27","CVV","594"]}`, "594"},
		{`[{"plain_text":"Account no: "},{"plain_text":"332805983"}]`, "332805983"},
	} {
		if out := jsonText(t, r, tc.in); strings.Contains(out, tc.gone) {
			t.Errorf("%s -> %s", tc.in, out)
		}
	}
	for _, tc := range []struct{ in, stays string }{
		{`{"from":{"number":"72283038"},"sort_code":"20-18-45"}`, "72283038"}, {`{"card":"4539578763621486","code":"185"}`, `"185"`},
		{`["Account number","309785123","Order","48215012"]`, "48215012"}, {`[{"plain_text":"Order no: "},{"plain_text":"332805983"}]`, "332805983"},
	} {
		if out := jsonText(t, r, tc.in); !strings.Contains(out, tc.stays) {
			t.Errorf("%s -> %s", tc.in, out)
		}
	}
}

// TestSideBySide: the code of a bank and an account without a word for either, an account
// with a clause that says which it is, the security code behind the month in which a card
// expires, and what is asked for in few words.
func TestSideBySide(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"payee 93960306 at 40-32-78 not confirmed", "93960306"}, {"Ann Lee - 23303614 - 30-20-04", "23303614"}, {"money should go to 29896224 (23-49-07) please", "23-49-07"},
		{"her acct is 29896224 at 20-11-08", "20-11-08"}, {"Bank account details: 29896224, 60-81-49", "60-81-49"},
		{"Ann Lee,606139,79371648\nBob Roe,239587,50235925", "79371648"}, {"Ann Lee,606139,79371648\nBob Roe,239587,50235925", "239587"}, {"LEE ANN 239967 44012715 1200.00", "44012715"},
		{`"Ann Lee","021000021","5598455514","C","1200.00"`, "5598455514"}, {"Payroll: Ann Lee, 021000021, 4147909684, $2,400.00", "4147909684"}, {"ACH: 021000021/116103396", "116103396"},
		{"Hi, the account I use is 324469629. Thanks", "324469629"}, {"the account you sent it to was 435773658", "435773658"}, {"account I pay from: 530185283", "530185283"},
		{"old acct: 418521056; new: 868422814", "868422814"},
		{"4539578763621486 11/27 802", " 802"}, {"4539 5787 6362 1486, 11/27 802", " 802"}, {"4539578763621486 1127 802", " 802"}, {"4539578763621486 exp 11/2027 802 SW1A 1AA", " 802"}, {"4539578763621486\n11/27\n802", "\n802"}, {"378282246310005 11/27 6521", "6521"}, {"4539578763621486 valid 11/27 code 448", "448"},
		{"Agent: last thing, the CVV?\nCustomer: 441", "441"}, {"Agent: Your passcode?\nCustomer: 957613", "957613"},
	} {
		if got := text(t, r, tc.in); strings.Contains(got, tc.gone) || text(t, r, got) != got {
			t.Errorf("%q -> %q", tc.in, got)
		}
	}
	for _, in := range []string{
		"order 93960306 at 20-11-08", "93960306, 01-02-85", "Part,Stock,Serial\nBolt,606139,79371648", "page 021000021/2", "qty 606139 79371648", "Total: 120000, 20261102",
		"the account manager I met is 48215012", "the account was closed. The order is 48215012", "my account shows that order: 48215012",
		"What is the total, the sum?\n48215012", "Your order?\n48215012",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
	for _, tc := range []struct{ in, stays string }{
		{"4539578763621486 11/27 120 EUR", "120 EUR"}, {"4539578763621486 11/27 120.50", "120.50"}, {"4539578763621486 11/27 10:30", "10:30"}, {"4539578763621486 31/27 802", "802"}, {"4539578763621486 11/27 48215", "48215"},
	} {
		if got := text(t, r, tc.in); !strings.Contains(got, tc.stays) {
			t.Errorf("%q -> %q", tc.in, got)
		}
	}
}
