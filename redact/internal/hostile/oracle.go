package hostile

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"io"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// depth is how many encodings on top of each other the oracle takes off.
const depth = 5

// maxReadings ends a search that grows beyond any planted text.
const maxReadings = 3000

// Readable tells whether a part of v can be read in text by somebody who
// decodes and folds whatever can be.
func Readable(text string, v Value) bool {
	seen := map[string]bool{text: true}
	level := []string{text}
	for range depth + 1 {
		var next []string
		for _, t := range level {
			if shows(t, v) {
				return true
			}
			read := readings(t)
			if v.Marked {
				read = append(read, unmarked(norm.NFKC.String(t)))
			}
			for _, r := range read {
				if r != "" && !seen[r] && len(seen) < maxReadings {
					seen[r] = true
					next = append(next, r)
				}
			}
		}
		level = next
	}
	return false
}

var markup = regexp.MustCompile(`<[^<>]*>|\x1b\[[0-9;]*[a-zA-Z]`)

// shows looks for v in the letters and digits of a text.
func shows(t string, v Value) bool {
	hidden := tagText(t)
	for _, view := range []string{fold(t), fold(markup.ReplaceAllString(t, "")), fold(hidden)} {
		onlyDigits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, view)
		for _, p := range v.Parts {
			if window(view, p, v.Least) || isDigits(p) && window(onlyDigits, p, v.Least) {
				return true
			}
		}
	}
	return false
}

func isDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// window tells whether text holds n characters of part in a row.
func window(text, part string, n int) bool {
	for i := 0; i+n <= len(part); i++ {
		if strings.Contains(text, part[i:i+n]) {
			return true
		}
	}
	return false
}

// tagText reads tag characters as the ASCII that they copy.
func tagText(t string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xE0020 && r < 0xE007F {
			return r - 0xE0000
		}
		return r
	}, t)
}

var twin = func() map[rune]rune {
	m := map[rune]rune{}
	for _, d := range ten {
		for i, r := range []rune(d.forms) {
			m[r] = rune('0' + i)
		}
	}
	for _, l := range letterForms {
		for i, r := range []rune(l.forms) {
			if r != ' ' {
				m[r], m[unicode.ToLower(r)] = rune('a'+i), rune('a'+i)
			}
		}
	}
	delete(m, ' ')
	return m
}()

// fold reduces a text to the ASCII letters and digits that it shows.
func fold(t string) string {
	var b strings.Builder
	emit := func(r rune) {
		switch {
		case r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
		case unicode.Is(unicode.Nd, r):
			b.WriteByte(decimal(r))
		}
	}
	for _, r := range t {
		if r < 0x80 {
			emit(r)
			continue
		}
		if a, ok := twin[r]; ok {
			b.WriteRune(a)
			continue
		}
		for _, d := range norm.NFKD.String(string(r)) {
			if a, ok := twin[d]; ok {
				d = a
			}
			emit(d)
		}
	}
	return b.String()
}

// decimal counts from the begin of the digit's range, in which sets of ten
// follow each other.
func decimal(r rune) byte {
	for _, x := range unicode.Nd.R16 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return byte('0' + (r-rune(x.Lo))%10)
		}
	}
	for _, x := range unicode.Nd.R32 {
		if r >= rune(x.Lo) && r <= rune(x.Hi) {
			return byte('0' + (r-rune(x.Lo))%10)
		}
	}
	return '0'
}

var (
	percents  = regexp.MustCompile(`%[0-9a-fA-F]{2}`)
	equals    = regexp.MustCompile(`=[0-9a-fA-F]{2}|=[ \t]*\r?\n`)
	escapes   = regexp.MustCompile(`\\x[0-9a-fA-F]{2}|\\0?[0-7]{2,3}|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}|\\U[0-9a-fA-F]{8}|\\N\{U\+[0-9a-fA-F]{4,6}\}|\\[nrtbfv"'\\/-]|\\\r?\n`)
	blobs     = regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}`)
	hexPairs  = regexp.MustCompile(`(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ ,:;-]{0,3}){4,}`)
	notHex    = regexp.MustCompile(`0x|\\x|[ ,:;-]`)
	whites    = regexp.MustCompile(`\\[rn]|\s+`)
	plainJSON = regexp.MustCompile(`^\s*[\[{"]`)
)

// readings decodes a text in each way that applies.
func readings(t string) (out []string) {
	if strings.Contains(t, "&") {
		out = append(out, html.UnescapeString(t))
	}
	if strings.Contains(t, "%") {
		out = append(out, percents.ReplaceAllStringFunc(t, func(s string) string { return code(s[1:], false) }), strings.ReplaceAll(t, "%u", `\u`))
	}
	if strings.Contains(t, "=") {
		out = append(out, equals.ReplaceAllStringFunc(t, func(s string) string {
			if strings.HasSuffix(s, "\n") {
				return ""
			}
			return code(s[1:], false)
		}))
	}
	if strings.Contains(t, `\`) {
		out = append(out, pairs(escapes.ReplaceAllStringFunc(t, unescape)))
	}
	if strings.Contains(t, "+") {
		out = append(out, strings.ReplaceAll(t, "+", " "))
	}
	if plainJSON.MatchString(t) {
		out = append(out, leaves(t)...)
	}
	folded := norm.NFKC.String(t)
	out = append(out, words(folded)...)
	if tight := whites.ReplaceAllString(folded, ""); tight != folded {
		out = append(out, words(tight)...)
	}
	return out
}

// words decodes the words of a text that base64 or hexadecimal could be.
func words(t string) (out []string) {
	for _, w := range blobs.FindAllString(t, -1) {
		w = strings.NewReplacer("-", "+", "_", "/").Replace(w)
		for skip := 0; skip < 4 && skip+8 <= len(w); skip++ {
			for cut := range 4 {
				body := w[skip : len(w)-cut]
				if len(body)%4 == 1 || cut > 0 && len(body)%4 != 0 {
					continue
				}
				if raw, err := base64.RawStdEncoding.DecodeString(body); err == nil {
					out = append(out, unpack(raw)...)
				}
			}
		}
	}
	for _, h := range hexPairs.FindAllString(t, -1) {
		h = notHex.ReplaceAllString(h, "")
		for skip := range min(2, len(h)) {
			if raw, err := hex.DecodeString(h[skip : skip+(len(h)-skip)/2*2]); err == nil {
				out = append(out, unpack(raw)...)
			}
		}
	}
	return out
}

// unpack reads bytes as text, as a compressed file and as UTF-16.
func unpack(raw []byte) (out []string) {
	out = append(out, string(raw))
	for i := range raw {
		if r, err := gzip.NewReader(bytes.NewReader(raw[i:])); err == nil {
			plain, _ := io.ReadAll(io.LimitReader(r, 1<<20))
			out = append(out, string(plain))
		} else if r, err := zlib.NewReader(bytes.NewReader(raw[i:])); err == nil {
			plain, _ := io.ReadAll(io.LimitReader(r, 1<<20))
			out = append(out, string(plain))
		}
	}
	if len(raw) < 8 || bytes.Count(raw, []byte{0}) < len(raw)/4 && utf8.Valid(raw) {
		return out
	}
	for _, hi := range []int{0, 1} {
		var u []uint16
		for i := 0; i+1 < len(raw); i += 2 {
			u = append(u, uint16(raw[i+hi])<<8|uint16(raw[i+1-hi]))
		}
		out = append(out, string(utf16.Decode(u)))
	}
	return out
}

// code is the character or byte of a hexadecimal number.
func code(s string, isRune bool) string {
	n, _ := strconv.ParseUint(s, 16, 32)
	if isRune {
		return string(rune(n))
	}
	return string([]byte{byte(n)})
}

func unescape(s string) string {
	switch s[1] {
	case 'x':
		return code(s[2:], false)
	case 'u':
		body := strings.Trim(s[2:], "{}")
		if n, _ := strconv.ParseUint(body, 16, 32); n >= 0xd800 && n < 0xe000 {
			return s
		}
		return code(body, true)
	case 'U':
		return code(s[2:], true)
	case 'N':
		return code(strings.Trim(s[5:], "}"), true)
	case 'n', 'r', 't', 'b', 'f', 'v', '\n', '\r':
		return "\n"
	}
	if s[1] >= '0' && s[1] <= '7' {
		n, _ := strconv.ParseUint(s[1:], 8, 32)
		return string([]byte{byte(n)})
	}
	return s[1:]
}

var surrogates = regexp.MustCompile(`(?i)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})`)

// pairs joins what is left of surrogates.
func pairs(t string) string {
	return surrogates.ReplaceAllStringFunc(t, func(s string) string {
		hi, _ := strconv.ParseUint(s[2:6], 16, 32)
		lo, _ := strconv.ParseUint(s[8:], 16, 32)
		return string(utf16.DecodeRune(rune(hi), rune(lo)))
	})
}

// leaves writes the keys and values of a JSON document in their order; once as
// they are and once with numbers in full. Each string is also read alone.
func leaves(t string) (out []string) {
	dec := json.NewDecoder(strings.NewReader(t))
	dec.UseNumber()
	var all, full strings.Builder
	for {
		tok, err := dec.Token()
		if err != nil {
			break
		}
		switch v := tok.(type) {
		case string:
			out = append(out, v)
			all.WriteString(v + " ")
			full.WriteString(v + " ")
		case json.Number:
			all.WriteString(v.String() + " ")
			full.WriteString(exact(v.String()) + " ")
		}
	}
	return append(out, all.String(), full.String())
}

func exact(n string) string {
	if _, e, ok := strings.Cut(strings.ToLower(n), "e"); ok {
		if x, err := strconv.Atoi(e); err != nil || x > 400 || x < -400 {
			return n
		}
	}
	r, ok := new(big.Rat).SetString(n)
	if !ok {
		return n
	}
	return strings.TrimSuffix(r.FloatString(3), ".000")
}

// unmarked leaves the mark out that a text has most of, if it has it more than once,
// and is not one that escapes are made of.
func unmarked(t string) string {
	count := map[rune]int{}
	mark, most := rune(0), 1
	for _, r := range t {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(`%&;#=\<>"{}`, r) {
			continue
		}
		if count[r]++; count[r] > most || count[r] == most && r < mark {
			mark, most = r, count[r]
		}
	}
	if most < 2 {
		return t
	}
	return strings.ReplaceAll(t, string(mark), "")
}
