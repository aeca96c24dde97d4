package hostile

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"strings"
	"unicode/utf16"
)

func eachByte(f func(c byte) string) func(*rand.Rand, string) string {
	return func(_ *rand.Rand, s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			b.WriteString(f(c))
		}
		return b.String()
	}
}

func format(verb string) func(byte) string {
	return func(c byte) string { return fmt.Sprintf(verb, c) }
}

func eachUnit(verb string) func(*rand.Rand, string) string {
	return func(_ *rand.Rand, s string) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune(s)) {
			fmt.Fprintf(&b, verb, u)
		}
		return b.String()
	}
}

func wrap(s, brk string, width int) string {
	var b strings.Builder
	for ; len(s) > width; s = s[width:] {
		b.WriteString(s[:width] + brk)
	}
	return b.String() + s
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func packed(open func(io.Writer) io.WriteCloser) func(*rand.Rand, string) string {
	return func(_ *rand.Rand, s string) string {
		var b bytes.Buffer
		w := open(&b)
		io.WriteString(w, s) //nolint:errcheck // a buffer takes everything
		w.Close()
		return base64.StdEncoding.EncodeToString(b.Bytes())
	}
}

func units(s string, bom, little bool) string {
	var raw []byte
	all := utf16.Encode([]rune(s))
	if bom {
		all = append([]uint16{0xfeff}, all...)
	}
	for _, u := range all {
		if little {
			raw = append(raw, byte(u), byte(u>>8))
		} else {
			raw = append(raw, byte(u>>8), byte(u))
		}
	}
	return base64.StdEncoding.EncodeToString(raw)
}

const filler = "Dear customer, this is the letter about your order and the way it is going to be paid for; "

var encodings = []Disguise{
	{"decimal entities", Encodings, eachRune(func(r rune) string { return fmt.Sprintf("&#%d;", r) })},
	{"padded entities", Encodings, eachRune(func(r rune) string { return fmt.Sprintf("&#%07d;", r) })},
	{"entities without semicolon", Encodings, eachRune(func(r rune) string { return fmt.Sprintf("&#%d", r) })},
	{"hex entities", Encodings, eachRune(func(r rune) string { return fmt.Sprintf("&#x%x;", r) })},
	{"upper hex entities", Encodings, eachRune(func(r rune) string { return fmt.Sprintf("&#X%04X;", r) })},
	{"double entities", Encodings, eachRune(func(r rune) string { return fmt.Sprintf("&amp;#%d;", r) })},
	{"some entities", Encodings, func(rng *rand.Rand, s string) string {
		return eachRune(func(r rune) string {
			if rng.IntN(3) == 0 {
				return fmt.Sprintf("&#%d;", r)
			}
			return string(r)
		})(rng, s)
	}},
	{"percent", Encodings, eachByte(format("%%%02X"))},
	{"percent, lower case", Encodings, eachByte(format("%%%02x"))},
	{"double percent", Encodings, eachByte(format("%%25%02X"))},
	{"triple percent", Encodings, eachByte(format("%%2525%02X"))},
	{"some percent", Encodings, func(rng *rand.Rand, s string) string {
		return eachByte(func(c byte) string {
			if rng.IntN(3) == 0 {
				return fmt.Sprintf("%%%02X", c)
			}
			return string([]byte{c})
		})(rng, s)
	}},
	{"percent u", Encodings, eachUnit("%%u%04X")},
	{"query", Encodings, func(_ *rand.Rand, s string) string { return "a=b&n=" + url.QueryEscape(s) + "&c=d" }},
	{"quoted-printable", Encodings, eachByte(format("=%02X"))},
	{"quoted-printable, soft breaks", Encodings, func(rng *rand.Rand, s string) string { return wrap(s, pick(rng, "=\r\n", "=\n"), 5+rng.IntN(4)) }},
	{"quoted-printable, wrapped", Encodings, func(rng *rand.Rand, s string) string { return wrap(eachByte(format("=%02X"))(rng, s), "=\r\n", 15) }},
	{"backslash x", Encodings, eachByte(format(`\x%02x`))},
	{"backslash x, upper case", Encodings, eachByte(format(`\x%02X`))},
	{"octal", Encodings, eachByte(format(`\%03o`))},
	{"octal with zero", Encodings, eachByte(format(`\0%o`))},
	{"backslash u", Encodings, eachUnit(`\u%04x`)},
	{"double backslash u", Encodings, eachUnit(`\\u%04x`)},
	{"backslash u, braces", Encodings, eachRune(func(r rune) string { return fmt.Sprintf(`\u{%x}`, r) })},
	{"backslash U", Encodings, eachRune(func(r rune) string { return fmt.Sprintf(`\U%08X`, r) })},
	{"backslash N", Encodings, eachRune(func(r rune) string { return fmt.Sprintf(`\N{U+%04X}`, r) })},
	{"JSON", Encodings, func(_ *rand.Rand, s string) string { return jsonOf(map[string]string{"v": s}) }},
	{"JSON four deep", Encodings, func(_ *rand.Rand, s string) string {
		for range 4 {
			s = jsonOf(map[string]string{"v": s})
		}
		return s
	}},
	{"base64", Encodings, func(_ *rand.Rand, s string) string { return b64(s) }},
	{"base64 unpadded", Encodings, func(_ *rand.Rand, s string) string { return strings.TrimRight(b64(s), "=") }},
	{"base64url", Encodings, func(_ *rand.Rand, s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) }},
	{"base64 of sentence", Encodings, func(rng *rand.Rand, s string) string {
		return b64("the number is "[rng.IntN(4):] + s + " and no other"[:rng.IntN(14)])
	}},
	{"base64 behind letters", Encodings, func(rng *rand.Rand, s string) string {
		return "abcd"[:1+rng.IntN(3)] + b64(s) + pick(rng, "", "xyz", ".")
	}},
	{"base64 wrapped", Encodings, func(rng *rand.Rand, s string) string {
		return wrap(b64(filler+s+filler), pick(rng, "\n", "\r\n", "\r\n ", `\n`), 76)
	}},
	{"base64 wrapped at 64", Encodings, func(rng *rand.Rand, s string) string {
		return wrap(b64(filler[rng.IntN(9):]+s), pick(rng, "\n", "\r\n"), 64)
	}},
	{"base64 in words", Encodings, func(_ *rand.Rand, s string) string { return "see " + b64(s) + " for it" }},
	{"base64 after colon", Encodings, func(_ *rand.Rand, s string) string { return `data:"` + b64(s) + `"` }},
	{"base64 twice", Encodings, func(_ *rand.Rand, s string) string { return b64(b64(s)) }},
	{"hex", Encodings, func(_ *rand.Rand, s string) string { return hex.EncodeToString([]byte(s)) }},
	{"hex, upper case", Encodings, func(_ *rand.Rand, s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }},
	{"hex, spaced", Encodings, func(_ *rand.Rand, s string) string { return fmt.Sprintf("% x", s) }},
	{"hex, colons", Encodings, func(_ *rand.Rand, s string) string {
		return strings.ReplaceAll(fmt.Sprintf("% X", s), " ", ":")
	}},
	{"0x once", Encodings, func(_ *rand.Rand, s string) string { return "0x" + hex.EncodeToString([]byte(s)) }},
	{"0x each", Encodings, func(_ *rand.Rand, s string) string { return strings.TrimSpace(eachByte(format("0x%02x "))(nil, s)) }},
	{"0x each, commas", Encodings, func(rng *rand.Rand, s string) string {
		return "{" + strings.TrimRight(eachByte(format("0x%02X, "))(rng, s), ", ") + "}"
	}},
	{"gzip", Encodings, packed(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })},
	{"zlib", Encodings, packed(func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })},
	{"gzip in hex", Encodings, func(rng *rand.Rand, s string) string {
		raw, _ := base64.StdEncoding.DecodeString(packed(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })(rng, s))
		return hex.EncodeToString(raw)
	}},
	{"UTF-16LE", Encodings, func(rng *rand.Rand, s string) string { return units(s, rng.IntN(2) == 0, true) }},
	{"UTF-16BE", Encodings, func(rng *rand.Rand, s string) string { return units(s, rng.IntN(2) == 0, false) }},
	{"data URL", Encodings, func(_ *rand.Rand, s string) string { return "data:text/plain;base64," + b64(s) }},
	{"data URL, percent", Encodings, func(_ *rand.Rand, s string) string { return "data:text/plain;charset=utf-8," + url.PathEscape(s) }},
	{"encoded word, B", Encodings, func(_ *rand.Rand, s string) string { return "=?utf-8?B?" + b64(s) + "?=" }},
	{"encoded word, Q", Encodings, func(rng *rand.Rand, s string) string { return "=?UTF-8?Q?" + eachByte(format("=%02X"))(rng, s) + "?=" }},
}

func jsonOf(v any) string {
	out, _ := json.Marshal(v)
	return string(out)
}

// around lists surroundings; %s is the value.
func surroundings() (all []Disguise) {
	for _, g := range []struct {
		name  string
		forms []string
	}{
		{"sentence", []string{"please charge %s today", "no. %s", "(%s)", "card:%s;", "«%s»", "%s.", "%s,", "#%s", "it's %s!"}},
		{"URL", []string{"https://example.com/pay/%s/done", "https://example.com/?n=%s&x=1", "https://example.com/#%s", "https://%s.example.com/", "https://example.com/a;n=%s", "http://x.example/%s.html", "/v1/cards/%s"}},
		{"e-mail", []string{"%s@example.com", "me+%s@example.com"}},
		{"CSV", []string{"2026-01-05,%s,12.50,TESCO", `"a","%s","b"`, "1;%s;2", "a\t%s\tb", "05/01/2026,%s,-9.99", "12.50,%s,13.00", `1,"%s",2`}},
		{"XML", []string{"<Id><Othr>%s</Othr></Id>", `<a n="%s"/>`, "<IBAN>%s</IBAN>", "<a n='%s' m='1'>", "<![CDATA[%s]]>"}},
		{"letters", []string{"ref%sx", "CARD%sEXP", "a%sb", "no%s", "%sabc", "PAN%s"}},
		{"underscores", []string{"_%s_", "ID_%s", "%s_1", "a_%s_b", "file_%s.pdf"}},
		{"expiry", []string{"%s 12/28", "%s exp 12/2028", "%s 2028-12", "%s,12/28,123", "%s|12|2028|123", "%s:12/28:123", "%s 1228 123", "12/28 %s", "%s 123", "%s/1228"}},
		{"year", []string{"2026 %s", "%s 2026", "2026-%s", "%s/2026", "2026/%s", "01/2026 %s", "05.01.2026 %s", "2026-01-05 %s", "2026-01-05T10:11:12Z %s", "%s 20260105"}},
		{"neighbours", []string{"%s 12345678", "12345 %s", "order 1234567 %s", "%s x 2", "1 %s", "%s 1", "12.50 %s", "%s 12.50", "%s-1", "1-%s", "%s, 99887766", "555-0100 %s", "#12 %s #13"}},
		{"SWIFT", []string{":59:/%s\nJOHN DOE", ":86:166?00GUTSCHRIFT?31%s?32MAX", ":25:%s", ":50K:/%s\r\nJOHN", "/ACC/%s", "?21KREF+%s?22", ":61:2601050105D12,50NTRF%s//1"}},
		{"Markdown", []string{"| %s | x |", "`%s`", "**%s**", "[%s](x)", "[x](%s)", "- %s", "1. %s", "> %s"}},
		{"code", []string{"n=%s", "x = '%s';", "f(%s)", "[%s]", "{%s}", "pan:%s", "--pan=%s", "PAN=\"%s\"", "$%s", "n=%s&m=2", "id:%s,"}},
		{"second number", []string{"4111111111111111 %s", "%s 4111111111111111", "%s/4111111111111111", "GB29NWBK60161331926819 %s", "%s,%[1]s", "%s %[1]s"}},
	} {
		all = append(all, Disguise{g.name, Glue, func(rng *rand.Rand, s string) string { return fmt.Sprintf(pick(rng, g.forms...), s) }})
	}
	return all
}

// Runs put digits directly beside a number. They suit numbers only.
var Runs = []Disguise{
	{"year before", Glue, func(rng *rand.Rand, s string) string { return pick(rng, "2024", "2025", "2026", "2028") + s }},
	{"year after", Glue, func(rng *rand.Rand, s string) string { return s + pick(rng, "2026", "2028") }},
	{"expiry after", Glue, func(rng *rand.Rand, s string) string { return s + pick(rng, "1228", "2812", "0130", "122028") }},
	{"expiry and code after", Glue, func(rng *rand.Rand, s string) string {
		return s + pick(rng, "1228123", "2812123", "1228 123", "12281234")
	}},
	{"code after", Glue, func(rng *rand.Rand, s string) string { return s + digits(rng, 3) }},
	{"date before", Glue, func(rng *rand.Rand, s string) string { return pick(rng, "20260105", "050126", "260105") + s }},
	{"one digit before", Glue, func(rng *rand.Rand, s string) string { return digits(rng, 1) + s }},
	{"one digit after", Glue, func(rng *rand.Rand, s string) string { return s + digits(rng, 1) }},
	{"zeros before", Glue, func(rng *rand.Rand, s string) string { return strings.Repeat("0", 1+rng.IntN(8)) + s }},
	{"zeros after", Glue, func(rng *rand.Rand, s string) string { return s + strings.Repeat("0", 1+rng.IntN(8)) }},
	{"run of 20", Glue, func(rng *rand.Rand, s string) string {
		n := max(4, 20-len(s)) + rng.IntN(6)
		k := rng.IntN(n + 1)
		return digits(rng, k) + s + digits(rng, n-k)
	}},
	{"run of 40", Glue, func(rng *rand.Rand, s string) string { return digits(rng, 12) + s + digits(rng, 12) }},
	{"twice", Glue, func(_ *rand.Rand, s string) string { return s + s }},
	{"track 2", Glue, func(rng *rand.Rand, s string) string { return ";" + s + "=2812101" + digits(rng, 13) + "?" }},
	{"track 2, hex", Glue, func(rng *rand.Rand, s string) string { return s + "D2812101" + digits(rng, 12) + "F" }},
	{"track 1", Glue, func(rng *rand.Rand, s string) string { return "%B" + s + "^DOE/JOHN^2812101" + digits(rng, 13) + "?" }},
	{"EMV tag", Glue, func(_ *rand.Rand, s string) string { return "5A0" + fmt.Sprint((len(s)+1)/2) + s + "5F24" }},
}
