package corpus

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"mime/quotedprintable"
	"net/url"
	"strings"
	"unicode/utf16"
)

// Disguise is one transformation of the catalogue. Those of level 0 change
// characters, level 1 encodes whole text, level 2 puts it into surroundings.
type Disguise struct {
	Name  string
	Level int
	Apply func(rng *rand.Rand, s string) string
}

// between puts what pick returns between the characters of s at places that
// a coin chooses, or after every fourth.
func between(pick func(rng *rand.Rand) string) func(*rand.Rand, string) string {
	return func(rng *rand.Rand, s string) string {
		var b strings.Builder
		mode := rng.IntN(3)
		runes := []rune(s)
		for i, r := range runes {
			b.WriteRune(r)
			if i+1 == len(runes) {
				break
			}
			if mode == 0 && i%4 == 3 || mode == 1 || mode == 2 && rng.IntN(3) == 0 {
				b.WriteString(pick(rng))
			}
		}
		return b.String()
	}
}

func oneOf(list ...string) func(*rand.Rand) string {
	return func(rng *rand.Rand) string { return list[rng.IntN(len(list))] }
}

func always(s string) func(*rand.Rand) string { return func(*rand.Rand) string { return s } }

// digitsFrom replaces ASCII digits by ten forms.
func digitsFrom(forms string) func(*rand.Rand, string) string {
	ten := []rune(forms)
	return func(_ *rand.Rand, s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return ten[r-'0']
			}
			return r
		}, s)
	}
}

func each(f func(r rune) string) func(*rand.Rand, string) string {
	return func(_ *rand.Rand, s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteString(f(r))
		}
		return b.String()
	}
}

func eachByte(format string) func(*rand.Rand, string) string {
	return func(_ *rand.Rand, s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, format, c)
		}
		return b.String()
	}
}

func around(list ...string) func(*rand.Rand, string) string {
	return func(rng *rand.Rand, s string) string { return fmt.Sprintf(list[rng.IntN(len(list))], s) }
}

// Disguises is the catalogue.
var Disguises = []Disguise{
	{"plain", 0, func(_ *rand.Rand, s string) string { return s }},
	{"spaces", 0, between(oneOf(" ", "\u00a0", "\u2003", "\u2009", "\u202f", "\u3000", "\t"))},
	{"dashes", 0, between(oneOf("-", "\u2010", "\u2013", "\u2014", "\u2212", "\ufe63"))},
	{"punctuation", 0, between(oneOf(".", "/", "|", "·", "_", ",", ":", "*"))},
	{"one separator", 0, func(rng *rand.Rand, s string) string {
		return between(always(string([]rune(" -./|_·\u00a0")[rng.IntN(8)])))(rng, s)
	}},
	{"line breaks", 0, between(oneOf("\n", "\r\n", "\n  "))},
	{"invisible", 0, between(oneOf("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u034f"))},
	{"bidi", 0, between(oneOf("\u202a", "\u202c", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c"))},
	{"combining", 0, between(oneOf("\u0301", "\u0336", "\u20e3", "\ufe0f"))},
	{"fillers", 0, between(oneOf("\u3164", "\u115f", "\u1160", "\uffa0"))},
	{"full-width", 0, each(func(r rune) string {
		if r > ' ' && r < 0x7f {
			return string(r + 0xfee0)
		}
		return string(r)
	})},
	{"arabic-indic", 0, digitsFrom("٠١٢٣٤٥٦٧٨٩")},
	{"persian", 0, digitsFrom("۰۱۲۳۴۵۶۷۸۹")},
	{"devanagari", 0, digitsFrom("०१२३४५६७८९")},
	{"mathematical", 0, digitsFrom("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")},
	{"circled", 0, digitsFrom("⓪①②③④⑤⑥⑦⑧⑨")},
	{"negative circled", 0, digitsFrom("⓿❶❷❸❹❺❻❼❽❾")},
	{"superscript", 0, digitsFrom("⁰¹²³⁴⁵⁶⁷⁸⁹")},
	{"han", 0, digitsFrom("〇一二三四五六七八九")},
	{"keycap", 0, each(func(r rune) string {
		if r >= '0' && r <= '9' {
			return string(r) + "\ufe0f\u20e3"
		}
		return string(r)
	})},
	{"case", 0, func(rng *rand.Rand, s string) string {
		return strings.Map(func(r rune) rune {
			if rng.IntN(2) == 0 {
				return []rune(strings.ToLower(string(r)))[0]
			}
			return r
		}, s)
	}},
	{"confusable", 0, func(_ *rand.Rand, s string) string {
		return strings.NewReplacer("A", "А", "B", "В", "C", "С", "E", "Е", "H", "Н", "K", "К", "M", "М", "O", "О", "P", "Р", "T", "Т", "X", "Х", "I", "Ι", "N", "Ν", "Z", "Ζ").Replace(s)
	}},
	{"html tags", 0, between(oneOf("<b></b>", "<br>", "<span class=\"x\">", "</td><td>", "<!-- -->"))},
	{"html space", 0, between(oneOf("&nbsp;", "&#160;", "&ensp;", "&#x200b;", "&shy;"))},

	{"entities", 1, eachByteASCII(func(r rune) string { return fmt.Sprintf("&#%d;", r) })},
	{"hex entities", 1, eachByteASCII(func(r rune) string { return fmt.Sprintf("&#x%X;", r) })},
	{"percent", 1, eachByte("%%%02X")},
	{"query", 1, func(_ *rand.Rand, s string) string { return "q=" + url.QueryEscape(s) }},
	{"one percent", 1, func(rng *rand.Rand, s string) string {
		i := rng.IntN(len(s))
		return s[:i] + fmt.Sprintf("%%%02x", s[i]) + s[i+1:]
	}},
	{"quoted-printable", 1, func(_ *rand.Rand, s string) string {
		var b strings.Builder
		w := quotedprintable.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
		return b.String()
	}},
	{"all quoted", 1, eachByte("=%02X")},
	{"backslash x", 1, eachByte(`\x%02x`)},
	{"octal", 1, eachByte(`\%03o`)},
	{"backslash u", 1, func(_ *rand.Rand, s string) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune(s)) {
			fmt.Fprintf(&b, `\u%04x`, u)
		}
		return b.String()
	}},
	{"json string", 1, func(_ *rand.Rand, s string) string {
		out, _ := json.Marshal(map[string]string{"v": s})
		return string(out)
	}},
	{"base64", 1, func(_ *rand.Rand, s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"base64 of sentence", 1, func(_ *rand.Rand, s string) string {
		return base64.StdEncoding.EncodeToString([]byte("the number is " + s + ", thanks"))
	}},
	{"base64url", 1, func(_ *rand.Rand, s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
	{"mime base64", 1, func(_ *rand.Rand, s string) string {
		long := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("filler text ", 7) + s))
		var b strings.Builder
		for ; len(long) > 76; long = long[76:] {
			b.WriteString(long[:76] + "\r\n")
		}
		return b.String() + long
	}},
	{"hex", 1, func(_ *rand.Rand, s string) string { return hex.EncodeToString([]byte(s)) }},
	{"upper hex", 1, func(_ *rand.Rand, s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }},
	{"spaced hex", 1, func(_ *rand.Rand, s string) string { return fmt.Sprintf("% x", s) }},
	{"gzip", 1, func(_ *rand.Rand, s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
		return base64.StdEncoding.EncodeToString(b.Bytes())
	}},
	{"utf-16", 1, func(_ *rand.Rand, s string) string {
		var raw []byte
		for _, u := range utf16.Encode([]rune(s)) {
			raw = append(raw, byte(u), byte(u>>8))
		}
		return base64.StdEncoding.EncodeToString(raw)
	}},

	{"sentence", 2, around("please charge %s today", "no. %s", "(%s)", "%s", "card:%s;", "«%s»")},
	{"url", 2, around("https://example.com/pay?n=%s&x=1", "https://example.com/p/%s/done", "https://example.com/#%s")},
	{"csv", 2, around("2026-01-05,%s,12.50,TESCO", `"a","%s","b"`, "1;%s;2")},
	{"xml", 2, around("<Id><Othr>%s</Othr></Id>", `<a n="%s"/>`)},
	{"letters", 2, around("ref%sx", "_%s_", "ID_%s", "card%sexp")},
	{"expiry", 2, around("%s 12/28", "%s exp 12/2028", "%s 2028-12", "2026 %s", "%s,12/28,123")},
	{"markdown", 2, around("| %s | x |", "`%s`", "**%s**", "[%s](x)")},
}

func eachByteASCII(f func(r rune) string) func(*rand.Rand, string) string { return each(f) }

// Glue are surroundings in which digits touch the number.
var Glue = []Disguise{
	{"year before", 2, around("2026%s", "2028%s")},
	{"expiry after", 2, around("%s1228", "%s2812", "%s2028")},
	{"track 2", 2, around(";%s=28121010000012345678?")},
	{"track 1", 2, around("%%B%s^DOE/JOHN^28121010000012345678?")},
	{"long run", 2, around("00%s00000000", "98765%s4321")},
	{"swift", 2, around(":59:/%s\nJOHN DOE")},
}

// Composable tells whether b can be applied to what a made and still be read
// by someone: characters before encodings before surroundings, and no
// separators inside markup.
func Composable(a, b Disguise) bool {
	if b.Level < a.Level {
		return a.Level == 2 && b.Level == 1
	}
	if a.Level != 0 || b.Level != 0 {
		return true
	}
	switch a.Name {
	case "html tags", "html space", "keycap":
		return false
	}
	return true
}
