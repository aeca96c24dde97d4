package redact_test

import (
	"strings"
	"testing"
)

// TestTorn: a text that was cut into the strings of a container is read as one, whatever
// was done to it before, and so are pieces that were encoded one by one.
func TestTorn(t *testing.T) {
	const card = "4539578763621486"
	for _, in := range []string{
		// a document, cut
		`["{\"conten","t\":[{\"d\":","\"4539578","7636214\"","},{\"d\":\"","86\"}]}"]`,
		`{"part1":"{\"memo\":\"\\u0034\\u0035\\u0033\\u00","part2":"39\\u0035\\u0037\\u0038\\u0037\\u0036\\u0033","part3":"\\u0036\\u0032\\u0031\\u0034\\u0038\\u0036\"}"}`,
		// an encoded text, cut evenly
		`{"content":[{"type":"text","text":"NDUzO"},{"type":"text","text":"TU3OD"},{"type":"text","text":"c2MzY"},{"type":"text","text":"yMTQ4"},{"type":"text","text":"Ng=="}]}`,
		`{"chunk0":"NDUz","chunk1":"OTU3","chunk2":"ODc2","chunk3":"MzYy","chunk4":"MTQ4","chunk5":"Ng=="}`,
		`["3435","3339","3537","3837","3633","3632","3134","3836"]`,
		`[{"d":"H4sIAA"},{"d":"AAAAAC"},{"d":"AzMxNb"},{"d":"Y0Nbcw"},{"d":"NzM2Mz"},{"d":"I0sTAD"},{"d":"ABa6fb"},{"d":"0QAAAA"}]`,
		// with other characters, cut evenly
		`["<453","9578","7636","2148","6@ma","il.e","xamp","le.c","om>"]`,
		`[":25:","4539","5787","6362","1486"]`,
		`["4539","5787","6362","1486","=271","2101","1234"]`,
		`["4539.","5787.","6362.","1486"]`,
		`{"content":[{"type":"text","text":"4539578"},{"type":"text","text":"763621486D2712101"},{"type":"text","text":"1234"}]}`,
		// with an exponent
		`{"content":[{"type":"text","text":"4.53"},{"type":"text","text":"9578763621486e15"}]}`,
		`["4.539578763","62148","6e15"]`,
		`{"part1":"4.5395787636","part2":"21486e","part3":"15"}`,
		// encoded piece by piece
		`["NDUzOQ==","NTc4Nw==","NjM2Mg==","MTQ4Ng=="]`,
		`{"p1":"34:35:33:39","p2":"35:37:38:37","p3":"36:33:36:32","p4":"31:34:38:36"}`,
		`{"a":[["NAA1ADMAOQA=","NQA3ADgANwA="],["NgAzADYAMgA=","MQA0ADgANgA="]]}`,
		// digits glued on, in content blocks
		`{"content":[{"type":"text","text":"4539"},{"type":"text","text":"5787"},{"type":"text","text":"6362"},{"type":"text","text":"1486"},{"type":"text","text":"7731"}]}`,
		// masked, cut
		`["453957","XXXXXX1486"]`,
	} {
		if out := jsonText(t, newRedactor(t), in); strings.Count(out, "CARD_")+strings.Count(out, "EMAIL_")+strings.Count(out, "ACCT_") < 2 {
			t.Errorf("%s: %s -> %s", card, in, out)
		}
	}
	for in, left := range map[string]string{
		`{"account_number":{"first":"4829 13","rest":"74"}}`:                        "4829",
		`{"accountNumber":["&#52;&#56;&#50;","&#57;&#49;&#51;","&#55;&#52;"]}`:      "&#52;&#56;",
		`["https://x.io/p/secret_BdSFC42OeBm","NmEj4lnjQQr9GSZnc4IH9oi6UEf10d3O/"]`: "NmEj4lnj",
	} {
		if out := jsonText(t, newRedactor(t), in); strings.Contains(out, left) {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestCounted: members whose keys count from one to the next are parts of one text, also in
// a document that stands in a text or is encoded as a whole, and of a credential with a
// prefix of its own; events are read where they are encoded as a whole.
func TestCounted(t *testing.T) {
	r := newRedactor(t)
	for in, left := range map[string]string{
		`value={"note": "45395711", "note2": "24822042"}`:                         "45395711",
		`value={\x22note\x22: \x2245395711\x22, \x22note2\x22: \x2224822042\x22}`: "24822042",
		`{"a":"v={\"memo\": \"45395711\", \"memo2\": \"24822042\"}"}`:             "24822042",
		"{\"note\": \"ghp\u05b0_YD\u05b0WPT\u05b0zG4\u05b0ZtT\u05b0uXj\u05b0ES9\", \"note2\": \"\u05b0vXG\u05b0tZp\u05b027y\u05b0bV9\u05b0WQH\u05b0ECa\u05b0h\"}": "WQH",
		`{"note": "account number: 482913", "note2": "7412"}`:                                                                                          "7412",
		`{"memo1": "sk_live_zjybvwsT", "memo2": "d3CVFfQ84UyTc4Au"}`:                                                                                   "d3CVFfQ8",
		`{"note": "access-production-6f7a5009-", "note2": "d74e-80f8-5909-6ac4b7efa201"}`:                                                              "6ac4b7ef",
		`{"memo1": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI1M", "memo2": "4cCI6MTc5ODc2MTYwMH0.yucjx7sGxdd7LPQi"}`:                            "yucjx7sG",
		`value={"memo1": "access-production-","memo2": "6f7a5009-a73a-15f6-0", "memo3":"37d-7ff13878dc23"}`:                                            "7ff13878",
		"ZGF0YTogeyJjaG9pY2VzIjpbeyJkZWx0YSI6eyJjb250ZW50IjoiNDUzOTU3MTEifX1dfQpkYXRhOiB7ImNob2ljZXMiOlt7ImRlbHRhIjp7ImNvbnRlbnQiOiIyNDgyMjA0MiJ9fV19": "IyNDgyMjA0",
		`got data: {"choices":[{"delta":{"content":"45395711"}}]}` + "\n" + `data: {"choices":[{"delta":{"content":"24822042"}}]}`:                     "24822042",
	} {
		out := ""
		if in[0] == '{' {
			out = jsonText(t, r, in)
		} else {
			out = text(t, r, in)
		}
		if strings.Contains(out, left) {
			t.Errorf("%s -> %s", in, out)
		}
	}
	for _, in := range []string{`{"key":"sk_live_zjybvwsTd3CVFfQ84UyTc4Au","sha256":"d74e80f859096ac4b7efa201"}`} {
		if out := jsonText(t, r, in); !strings.Contains(out, "d74e80f8") {
			t.Errorf("%s -> %s", in, out)
		}
	}
	for _, in := range []string{`value={"x": "12", "y": "45395711"}`, `log {"line1":"1 High St","line2":"London","zip":"24822042"}`} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestTornClean: strings side by side are a list.
func TestTornClean(t *testing.T) {
	for _, in := range []string{
		`["47.1503624","-59.3643056","53.7086372","76.0759537"]`,
		`["4539.57","8763.62","1486.00"]`,
		`["4.539578763","62148","6e13"]`,
		`["2026-01-05","2026-02-05","2026-03-05"]`,
		`["4539","5787","6362","1487","7731"]`,
		`{"a":"4539","b":"5787","c":"6362","d":"1487"}`,
		`["AB-4539","CD-5787","EF-6362","GH-1486"]`,
		`["travel","food","rent","fun"]`,
		`["{","}"]`,
		`[{"code":"5411"},{"code":"5812"},{"code":"5999"}]`,
		`{"first":"Anna","rest":"Weber 4539"}`,
		`["example.com","example.org","mail.example.net"]`,
	} {
		if out := jsonText(t, newRedactor(t), in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestTornBeside: an address is no part of what stands beside it.
func TestTornBeside(t *testing.T) {
	out := jsonText(t, newRedactor(t), `["example.com","user@example.com"]`)
	if !strings.HasPrefix(out, `["example.com","EMAIL_`) {
		t.Error(out)
	}
	if out = jsonText(t, newRedactor(t), `["user@exam","ple.com"]`); strings.Contains(out, "user") || strings.Contains(out, "ple") {
		t.Error(out)
	}
}

// TestEmbedded: a number that is divided over a document within a text goes with all of
// the document.
func TestEmbedded(t *testing.T) {
	for _, in := range []string{
		`note: {"content":[{"type":"text","text":"453"},{"type":"text","text":"9578763621486"}]}`,
		`https://x.io/?a=1&n=%7B%22a%22%3A%5B%22453%22%2C%229578763621486%22%5D%7D&b=2`,
		"x\t\"{\"\"content\"\":[{\"\"type\"\":\"\"text\"\",\"\"text\"\":\"\"453\"\"},{\"\"type\"\":\"\"text\"\",\"\"text\"\":\"\"9578763621486\"\"}]}\"\ty",
		`<acct no="{&quot;a&quot;:&quot;453&quot;,&quot;b&quot;:&quot;9578763621486&quot;}"/>`,
		`https://x.io/p/%7B%22memo%22%3A4.539578763621486e15%7D/view`,
		`INFO sent {"body": "{\"content\": [{\"type\": \"text\", \"text\": \"453\"}, {\"type\": \"text\", \"text\": \"9578763621486\"}]}", "ok": true} in 5ms`,
		`INFO sent {"body": "paid {\"content\": [{\"type\": \"text\", \"text\": \"453\"}, {\"type\": \"text\", \"text\": \"9578763621486\"}]}"} in 5ms`,
		`INFO sent {"body": "{\"part1\": \"4539<br\", \"part2\": \"/>5787<br/>6\", \"part3\": \"362<br/>1486\"}", "ok": true} in 5ms`,
		`INFO sent {"body": "{\"content\": [{\"type\": \"text\", \"text\": \"NDUzOTU\"}, {\"type\": \"text\", \"text\": \"3ODc2MzYyMTQ4Ng==\"}]}"} in 5ms`,
		"x,\"{\"\"content\"\": [{\"\"type\"\": \"\"text\"\", \"\"text\"\": \"\"<a id=\\\"\"453\"\"}, {\"\"type\"\": \"\"text\"\", \"\"text\"\": \"\"9578763621486\\\"\"/>\"\"}]}\",-4.50\ny,coffee,-3.20\n",
	} {
		out := text(t, newRedactor(t), in)
		if strings.Contains(out, "9578763") || strings.Contains(out, "3ODc2MzYy") || strings.Contains(out, ">5787") || !strings.Contains(out, "CARD_") {
			t.Errorf("%s -> %s", in, out)
		}
	}
	for _, in := range []string{`note: {"id":7,"tags":["a","b"]}`, `x[1][2] = {"a": "b"}`, `[[`, `{"`, `[["`, `{""a"":""b""}`, `np.array([[12, 34], [56, 78]])`, `log {"body": "{\"id\": 7, \"n\": [\"a\", \"b\"]}", "x": "\\", "y": "a\"{b"} end`} {
		if out := text(t, newRedactor(t), in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestTornAmong: members that their keys count are read as one text, whatever stands beside
// them.
func TestTornAmong(t *testing.T) {
	for in, left := range map[string]string{
		`{"date":"2026-05-01","memo":"Acco","memo2":"unt ","memo3":"numb","memo4":"er: ","memo5":"4829","memo6":"1374","ok":true}`:                     "4829",
		`{"id":7,"memo":"0x34","memo2":"3533","memo3":"3935","memo4":"3738","memo5":"3736","memo6":"3336","memo7":"3231","memo8":"3438","memo9":"36"}`: "3738",
		`{"n":null,"line1":"&#5","line2":"2;&","line3":"#53","line4":";&#","line5":"51;","line6":"&#5","line7":"7;&","line8":"#53","line9":";&#","line10":"55;","line11":"&#5","line12":"6;&","line13":"#55","line14":";&#","line15":"54;","line16":"&#5","line17":"1;&","line18":"#54","line19":";&#","line20":"50;","line21":"&#4","line22":"9;&","line23":"#52","line24":";&#","line25":"56;","line26":"&#5","line27":"4;"}`: "2;&",
		`{"ok":true,"text1":"ghp_","text2":"16C7","text3":"e42F","text4":"292c","text5":"6912","text6":"E771","text7":"0c83","text8":"8347","text9":"Ae17","text10":"8b4a"}`:                                                                                                                                                                                                                                                    "6912",
	} {
		if out := jsonText(t, newRedactor(t), in); strings.Contains(out, left) {
			t.Errorf("%s -> %s", in, out)
		}
	}
	for _, in := range []string{
		`{"date":"2026-05-01","q1":"1,204","q2":"5,787","q3":"6,362","q4":"1,486"}`,
		`{"name":"Anna","line1":"12 Main St","line2":"Floor 4","line3":"Springfield","zip":"62704"}`,
		`{"id":"x","h1":"09:30","h2":"10:45","h3":"11:15","h4":"12:00"}`,
		`{"id":"x","tel1":"+1 212 555 0100","tel2":"+1 212 555 0101","tel3":"+1 212 555 0102"}`,
		`{"id":"x","p1":"4539","p2":"5787","p3":"6362","p4":"1487"}`,
	} {
		if out := jsonText(t, newRedactor(t), in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}
