package redact_test

import (
	"strings"
	"testing"
)

// cutTexts says of each text what must not be left of it; a document is redacted as one.
func cutTexts(t *testing.T, texts map[string]string) {
	t.Helper()
	r := newRedactor(t)
	for in, left := range texts {
		out := ""
		if in[0] == '{' || in[0] == '[' {
			out = jsonText(t, r, in)
		} else {
			out = text(t, r, in)
		}
		if strings.Contains(out, left) {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestCutNames: the word for a number stands in one part of a text and the number in the next,
// or the word is cut in two.
func TestCutNames(t *testing.T) {
	cutTexts(t, map[string]string{
		`{"content":[{"type":"text","text":"account number"},{"type":"text","text":": 274739724848"}]}`:                       "274739724848",
		`{"content":[{"type":"text","text":"account "},{"type":"text","text":"number: "},{"type":"text","text":"78408428"}]}`: "78408428",
		`{"p": ["compte n\u00b0 ", "97074", "2747"]}`:                                                                         "97074",
		`{"memo1": "acct no ", "memo2": "52078884"}`:                                                                          "52078884",
		`{"note": "account n", "note2": "umber: 3331914095"}`:                                                                 "3331914095",
		`{"note": "NHS num", "note2": "ber 7185633125"}`:                                                                      "7185633125",
		`{"rich_text":[{"type":"text","text":{"content":"account number"},"plain_text":"account number"},{"type":"text","text":{"content":": 325494567087"},"plain_text":": 325494567087"}]}`: "325494567087",
		`{"part_a": "Authorization: Bea", "part_b": "rer xztkuQY7QABXn74SyXYeSE98", "ok": true}`:                                                                                              "xztkuQY7",
		`pay {"role":"user","content":[{"type":"text","text":"Kontonummer 636920"},{"type":"text","text":"517847"}]} now`:                                                                     "517847",
	})
	r := newRedactor(t)
	for _, in := range []string{`[["Account","Amount"],["rent","52078884"]]`, `{"memo1":"paid ","memo2":"52078884"}`} {
		if out := jsonText(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestCutCredentials: a login in a URL, the token of a header, a key in digits of another
// script and a private key go on in the next part.
func TestCutCredentials(t *testing.T) {
	cutTexts(t, map[string]string{
		`{"p": ["https://ann:Harbor_fal", "con197@api.acme.com/v1"]}`:                                                                                                                                                                "Harbor_fal",
		"{\"p\": [\"htt\u200bps:\u200b//ann:\u200bRaven-harb\", \"or981@api.acme.com/v1\"]}":                                                                                                                                         "Raven-harb",
		`{"rows": [["=68tt=70=73:=2F/=73=76=63=3A=57=69=6Clo=77-p"], ["e=70p=65r2=34=35=40api.=61cme=2E=63om/=76=31"]]}`:                                                                                                             "lo=77-p",
		`{"p": ["Authorization: Bearer mtfAV", "Ug5afWVkLbF7MuEC2zD7HbrgAXQv"]}`:                                                                                                                                                     "Ug5afWVk",
		`{"p": ["A=75thorization:=20=42e=61=72e=72=209=37p=32", "L=54pFNynbAw=68=56z=58=37=77=46=624=73q=73=65k=34=55=62D"]}`:                                                                                                        "pFNynbAw",
		"{\"p\": [\"ghp_\u0969\u096ayuRXFPNHjQfkjdRtd\", \"Wgg\u096aevd\u0969CZaEAi\u0969Q\u0969fxUV\"]}":                                                                                                                            "fxUV",
		"{\"p\": [\"sk-proj-XwAkyFLt\u0665uf\u0662\u0669pJ\u0664Lskd\", \"nATBL\u0664YFfkPV\u0665NTCrUVpEnXjPLCb\"]}":                                                                                                                "NTCrUVpE",
		`{"part_a": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCNasND5EmDLJDKKQWjs3YKb7Y\n5BJ95ADxmRGE", "part_b": "VVL3RttCQTFVkGvPzGy8geZFhh7c2\nEbS4ynYzNEV48qeNAUWAQ\n-----END PRIVATE KEY-----", "ok": true}`: "VVL3RttC",
	})
}

// TestCutPrinted: an identity number with a check digit whose parts have the marks of its
// printed form.
func TestCutPrinted(t *testing.T) {
	cutTexts(t, map[string]string{
		`{"p": ["756.20", "51.437", "0.42"]}`: "51.437",
		`{"p": ["749.113", ".265-06"]}`:       ".265",
		"{\"note\": \"8\U000e00308\U000e00300\U000e00309\", \"note2\": \"\U000e00300\U000e00306\U000e0030-\U000e00301\U000e00308\U000e00300\U000e00309\U000e00302\U000e00307\U000e00309\"}": "\U000e00308",
		`{"rows": [["201169"], ["-838L"]]}`:                      "838L",
		`{"note": "230552", "note2": "-5833"}`:                   "5833",
		`x eyJyb3dzIjogW1siMjAxMTY5Il0sIFsiLTgzOEwiXV19 x`:       "eyJyb3dz",
		`see [{"text": "749.113"}, {"text": ".265-06"}] for him`: ".265",
	})
	r := newRedactor(t)
	for _, in := range []string{`{"p": ["749.113", ".265-07"]}`, `{"rows": [["201169"], ["-838M"]]}`, `["756.21","51.437","0.42"]`} {
		if out := jsonText(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestLetteredParts: members whose keys go on by a letter, beside others.
func TestLetteredParts(t *testing.T) {
	cutTexts(t, map[string]string{
		`{"part_a": "{\"memo\": \"6\\u0030\\u0031\\u0031\\u0035\\u00", "part_b": "37\\u00322\\u0037344\\u0031\\u00350\\u0033\"}", "ok": true}`: "u0037344",
		`{"part_a": "https://api.acme.i", "part_b": "o/v2/items/4982894", "part_c": "626219950?limit=20", "ok": true}`:                         "4982894",
		`{"part_a": "xLC33DKJC", "part_b": "459266722", "part_c": "137391449", "part_d": "231578", "ok": true}`:                                "459266722",
		"{\"memo\u0661\": \"ghp_34yuRXFPNHjQ4kjdRtd\", \"memo\u0662\": \"Wgg4evd3CZaEAi3Q3fxUV\", \"n\": 1}":                                   "evd3CZaE",
	})
}
