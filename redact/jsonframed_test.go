package redact_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// everyOther puts a mark behind each n characters of a text.
func everyOther(s, mark string, n int) string {
	var out strings.Builder
	for i, c := range []rune(s) {
		if i > 0 && i%n == 0 {
			out.WriteString(mark)
		}
		out.WriteRune(c)
	}
	return out.String()
}

// TestFoldedDocuments: a document in a text that is one only without the characters that
// nobody sees, or with the digits of another script, also in the cell of a table.
func TestFoldedDocuments(t *testing.T) {
	texts := map[string]string{}
	for _, doc := range []string{
		`{"memo1": "45395711", "memo2": "24822042"}`,
		`{"content":[{"type":"text","text":"45395711"},{"type":"text","text":"24822042"}]}`,
		"data: {\"delta\":{\"text\":\"45395711\"}}\ndata: {\"delta\":{\"text\":\"24822042\"}}",
	} {
		for _, mark := range []string{"\u200b", "\u0301", "\u202c", "\ufe0f"} {
			for n := 1; n < 6; n++ {
				texts["see "+everyOther(doc, mark, n)] = everyOther("24822042", mark, n)[:4]
				texts["7,\""+strings.ReplaceAll(everyOther(doc, mark, n), `"`, `""`)+"\",yes"] = "820"
			}
		}
	}
	r := newRedactor(t)
	for in := range texts {
		if out := text(t, r, in); strings.Contains(everyOther(out, "", 1), "2042") || strings.Contains(strings.NewReplacer("\u200b", "", "\u0301", "", "\u202c", "", "\ufe0f", "").Replace(out), "24822042") {
			t.Errorf("%q -> %q", in, out)
		}
	}
	cutTexts(t, map[string]string{
		"data: {\"index\": \uff10, \"delta\": {\"text\": \"\uff14\uff15\uff13\uff19\uff15\uff17\uff11\uff11\"}}\ndata: {\"index\": \uff10, \"delta\": {\"text\": \"\uff12\uff14\uff18\uff12\uff12\uff10\uff14\uff12\"}}": "\uff18\uff12\uff12\uff10",
	})
}

// TestFramedEvents: the events of a model in a cell, a tag, a quotation, also of a cell
// within another, and escaped as a whole behind other words.
func TestFramedEvents(t *testing.T) {
	events := `data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "45395711"}}` + "\n" + `data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "24822042"}}`
	doubled := strings.ReplaceAll(events, `"`, `""`)
	var entities, octal, escaped strings.Builder
	for _, c := range []byte(events) {
		fmt.Fprintf(&entities, "&#x%06x;", c)
		fmt.Fprintf(&octal, `\%03o`, c)
		fmt.Fprintf(&escaped, `\x%02x`, c)
	}
	texts := map[string]string{
		"see _" + events + "_, thanks":                                             "24822042",
		"| a | " + events + " | 3 |":                                               "24822042",
		"<Doc><Id>" + events + "</Id></Doc>":                                       "24822042",
		`17,"` + doubled + `",paid,12.50`:                                          "24822042",
		`7,"17,""` + strings.ReplaceAll(doubled, `"`, `""`) + `"",paid",yes`:       "24822042",
		`<e id="` + strings.ReplaceAll(events, `"`, "&quot;") + `" n="2"/>`:        "24822042",
		"Please see " + entities.String():                                          entities.String()[len(entities.String())-40:],
		"01/03  CARD PAYMENT  " + octal.String():                                   `\060\064\062`,
		"2026-03-01T10:22:31.123Z INFO [worker-3] payment " + escaped.String():     `\x30\x34\x32`,
		"note " + hex.EncodeToString([]byte(events)):                               hex.EncodeToString([]byte("2042")),
		`7,"17,""{""""p"""": [""""45395711"""", """"24822042""""]}"",paid",12,EUR`: "24822042",
		`7,"{\x22memo1"": ""45395711"", \x22memo2"": \x2224822042""}",12,EUR`:      "24822042",
	}
	cutTexts(t, texts)
	r := newRedactor(t)
	for _, in := range []string{`17,"{""delta"": ""45395711""}",paid,12.50`, "log {\"delta\":1} took 24822042\nlog {\"delta\":2} took 5ms"} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestSpacedThousands: a card in two parts before an amount with spaces between its thousands,
// and a Roman numeral for a letter of an IBAN that tags divide.
func TestSpacedThousands(t *testing.T) {
	cutTexts(t, map[string]string{
		"45395787 63621486 79 715,49":                     "63621486",
		"pay 453957876 3621486 1 203,44 EUR":              "3621486",
		"45395787 63621486 1 203 715,49":                  "63621486",
		"ⅤA04<wbr>1729<wbr>5391<wbr>9235<wbr>7538<wbr>39": "5391",
	})
	r := newRedactor(t)
	for _, in := range []string{"39823339 3 914,27", "Verifikation 422972956 4 719,55 59 888,56", "45395787 63621487 79 715,49"} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestDividedAccounts: an account beside its name is encoded and divided, or tags divide it
// behind the one that names it.
func TestDividedAccounts(t *testing.T) {
	texts := map[string]string{
		"<account>7586<br>7626<br>79</account>":                     "7626",
		"<account>7586&lt;br>7626&lt;br>79</account>":               "7626",
		"see <account_number>9307<b></b>1270</account_number> <br>": "1270",
	}
	for _, in := range []string{
		"MgA3ADkANwA1ADMAOAA3ADYA",                 // 279753876 in UTF-16
		"H4sIAAAAAAACAzMytzQ3NbYwNwMANpDYswkAAAA=", // and in gzip
		"Mjc5NzUzODc2",
	} {
		for _, mark := range []string{" ", "\u2003", "\r\n"} {
			cut := everyOther(in, mark, 4)
			texts["Konto: "+cut+" danke"] = cut[6:12]
			texts["01/03  CARD PAYMENT  Konto: "+cut+"  12,50-"] = cut[6:12]
			texts["2026-03-01T10:22:31.123Z INFO [worker-3] payment req=8f3a Account No. "+cut] = cut[6:12]
		}
	}
	cutTexts(t, texts)
}

// TestSignedQuoted: quoted-printable behind a name and its sign, which with what is behind it
// would be an escape sequence, too.
func TestSignedQuoted(t *testing.T) {
	cutTexts(t, map[string]string{
		"value=4E=34C3=38=332=3494E4=37=34=323=313939353936=33=3836=33=31=33=31": "313939353936",
		"https://api.acme.io/v2?id=30047=31=393=39=39=35169&page=3":              "=35169",
	})
	r := newRedactor(t)
	for _, in := range []string{"https://x.y/?ab=12&cd=34&ef=567812", "see id=30047=31=393=39=39=35168"} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestInTurn: a card between marks of three kinds, one after the other.
func TestInTurn(t *testing.T) {
	cutTexts(t, map[string]string{
		"Please see 54.25|96'10.77|10'39.83":            "96'10",
		"memo: 630×459 )010;553×068 )7_":                "553",
		"60,11<span class=\"d\">77«36,30<span>07«36,54": "36,30",
		"{\"p\": [\"ⅠL9178771728\", \"68751240106\"]}":  "68751240106",
	})
	r := newRedactor(t)
	for _, in := range []string{"54.25|96'10.77|10'39.84", "51°30'26\"10°07'39\"", "10.11.26 10:11:26.10"} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s -> %s", in, out)
		}
	}
}

// TestCutMarkup: a text is cut within a tag or an entity between the digits of a number.
func TestCutMarkup(t *testing.T) {
	cutTexts(t, map[string]string{
		`{"p": ["IE11<i class=\"x\"></i>BOFI<i class=\"x\"></i>5373<i class", "=\"x\"></i>7405<i class=\"x\"></i>5320<i class=\"x\"></i>63"]}`: "5320",
		`{"note": "44859<span class=\"d\">09997<span ", "note2": "class=\"d\">95705<span class=\"d\">3"}`:                                      "95705",
		`{"content": [{"type": "text", "text": "017&nbsp;45&nbsp;21299&nbs"}, {"type": "text", "text": "p;276429&nbsp;64&nbsp;2846"}]}`:        "276429",
	})
}
