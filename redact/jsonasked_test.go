package redact_test

import (
	"strings"
	"testing"
)

// TestAsked: a question names what its answer is, in one object and over the messages of a
// conversation.
func TestAsked(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{`{"question":"What is your account number?","answer":"863147575"}`, "863147575"},
		{`{"messages":[{"role":"assistant","content":"What is your account number?"},{"role":"user","content":"174464172"}]}`, "174464172"},
		{`{"messages":[{"role":"assistant","content":"Please enter the one-time code we sent you."},{"role":"user","content":"798517"}]}`, "798517"},
		{`{"messages":[{"role":"user","content":"what is the db password?"},{"role":"assistant","content":"RocketDragon95"}]}`, "RocketDragon95"},
		{`{"messages":[{"author":"ann","text":"Can you send me the api key for prod?"},{"author":"bob","text":"ZDYyzLuZ8S3xfjmJ4VUJNhvq"}]}`, "ZDYyzLuZ"},
		{`[{"body":"Please type your 4-digit PIN."},{"body":"It's 4964"}]`, "4964"},
		{`[{"body":"Wie lautet Ihre Kontonummer?"},{"body":"1744641725"}]`, "17446417"},
		{`[{"text":"您的账号是多少？"},{"text":"985836097324"}]`, "985836097"},
	} {
		if out := jsonText(t, r, tc.in); strings.Contains(out, tc.gone) {
			t.Errorf("%s -> %s", tc.in, out)
		}
	}
	for _, in := range []string{
		`{"messages":[{"role":"user","content":"how many characters must the password have?"},{"role":"assistant","content":"At least 12 characters, one digit."}]}`,
		`{"messages":[{"role":"user","content":"when was the password changed?"},{"role":"assistant","content":"2026-11-02"}]}`,
		`{"messages":[{"role":"user","content":"I forgot my password"},{"role":"assistant","content":"Use the link on login-page v2"}]}`,
		`{"messages":[{"role":"user","content":"What is the total?"},{"role":"assistant","content":"48215012"}]}`,
		`{"messages":[{"role":"user","content":"What is your account number?"},{"role":"assistant","content":"Order 48215012 was sent."}]}`,
		`{"question":"What is your account balance?","answer":"48215012"}`, `{"q":"What is your order number?","a":"48215012"}`,
		`{"text":"Which port?","next":"54321234"}`,
	} {
		if out := jsonText(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestNamedAround: keys of queries, of errors about a field, of changes and of forms that
// were read only frame the value that another key names.
func TestNamedAround(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{`{"where":{"accountNo":{"eq":"6289769333"}}}`, "6289769333"},
		{`{"where":{"accountNo":{"in":["6289769333","6289769334"]}}}`, "6289769334"},
		{`{"match":{"account_number":{"query":"6289769333"}}}`, "6289769333"},
		{`{"filter":{"property":"Account number","rich_text":{"equals":"1771967640"}}}`, "1771967640"},
		{`{"aggregations":{"by_account_number":{"buckets":[{"key":"7451021671","doc_count":3}]}}}`, "7451021671"},
		{`{"errors":[{"field":"accountNumber","rejectedValue":"970190334","message":"too long"}]}`, "970190334"},
		{`{"detail":[{"loc":["body","account_number"],"msg":"too short","input":"785169487"}]}`, "785169487"},
		{`{"instancePath":"/account_number","data":"641705302"}`, "641705302"},
		{`{"key_value_pairs":[{"key":{"content":"Account number"},"value":{"content":"800314110"}}]}`, "800314110"},
		{`{"fields":{"AccountNumber":{"type":"string","valueString":"407264497"}}}`, "407264497"},
		{`{"field":"sort_code","old":"30-34-39","new":"40-34-39"}`, "30-34-39"},
		{`{"key":"password","oldValue":"Sommer2024!","newValue":"Winter2025!"}`, "Winter2025"},
	} {
		if out := jsonText(t, r, tc.in); strings.Contains(out, tc.gone) {
			t.Errorf("%s -> %s", tc.in, out)
		}
	}
	for _, in := range []string{
		`{"where":{"orderNo":{"eq":"6289769333"}}}`, `{"filter":{"property":"Order number","rich_text":{"equals":"1771967640"}}}`,
		`{"errors":[{"field":"quantity","rejectedValue":"970190334","message":"too long"}]}`, `{"detail":[{"loc":["body","order_id"],"msg":"too short","input":"785169487"}]}`,
		`{"aggregations":{"by_day":{"buckets":[{"key":1798761600000,"key_as_string":"2027-01-01","doc_count":3}]}}}`, `{"field":"description","old":"Invoice 30343912","new":"Invoice 40343912"}`,
		`{"property":"Status","select":{"equals":"Done"}}`, `{"prompt":"Write a poem","response":"Roses are red 12345678"}`,
	} {
		if out := jsonText(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestAskedLines: the same in the lines of a text.
func TestAskedLines(t *testing.T) {
	r := newRedactor(t)
	for _, tc := range []struct{ in, gone string }{
		{"Customer: what's my PIN then?\nAgent: It's 3777", "3777"}, {"Bot: Please type your 4-digit PIN.\nUser: 4964", "4964"}, {"Bot: Enter the 6 digit code\nYou: 993843", "993843"},
		{"agent: can you confirm the account?\ncustomer: yes 830533711", "830533711"}, {"您的账号是多少？\n985836097324", "98583609"},
	} {
		if got := text(t, r, tc.in); strings.Contains(got, tc.gone) {
			t.Errorf("%q -> %q", tc.in, got)
		}
	}
	for _, in := range []string{
		"Bot: Enter the amount\nYou: 1250", "Q: What is the order number?\nA: 4471882", "ann: what's the room number?\nbob: 4412", "Q: How many rows does the password table have?\nA: 1204", "Which error code?\n500", "What is the status code?\nYou: 404",
		"agent: may I have your postcode?\ncustomer: 90210", "What is your account number?\nI am not sure, maybe 12 or 13", "Bot: Please enter your date of birth\nYou: 1979-04-12",
	} {
		if got := text(t, r, in); got != in {
			t.Errorf("%q -> %q", in, got)
		}
	}
}
