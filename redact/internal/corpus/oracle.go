package corpus

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"io"
	"mime/quotedprintable"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// Survives tells whether secret (digits, or letters and digits) can still be
// read in text by decoding and folding: the oracle. It is slow and greedy: it
// applies every decoder it knows to the whole text and to every long word, to
// a depth of levels.
func Survives(text, secret string, levels int) bool {
	want := strings.ToLower(secret)
	seen := map[string]bool{}
	var search func(t string, level int) bool
	search = func(t string, level int) bool {
		if seen[t] {
			return false
		}
		seen[t] = true
		if strings.Contains(strip(t), want) || strings.Contains(strip(tagPattern.ReplaceAllString(t, "")), want) {
			return true
		}
		if level == 0 {
			return false
		}
		for _, read := range readings(t) {
			if read != t && search(read, level-1) {
				return true
			}
		}
		return false
	}
	return search(text, levels)
}

var (
	tagPattern     = regexp.MustCompile(`<[^<>]*>`)
	blobPattern    = regexp.MustCompile(`[A-Za-z0-9+/_-]{11,}`)
	mimePattern    = regexp.MustCompile(`[A-Za-z0-9+/]{76}(\r?\n[A-Za-z0-9+/]+)+`)
	hexPattern     = regexp.MustCompile(`[0-9a-fA-F]{12,}`)
	pairPattern    = regexp.MustCompile(`(?:[0-9a-fA-F]{2}[ :,-]){5,}[0-9a-fA-F]{2}`)
	percentPattern = regexp.MustCompile(`%[0-9a-fA-F]{2}`)
	escPattern     = regexp.MustCompile(`\\x[0-9a-fA-F]{2}|\\[0-7]{3}|\\u[0-9a-fA-F]{4}`)
)

// strip folds a text to its letters and digits, lower case.
func strip(t string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(t) {
		if s, ok := twins[r]; ok {
			b.WriteString(s)
			continue
		}
		if unicode.IsDigit(r) {
			zero := r
			for unicode.IsDigit(zero-1) && r-zero < 9 && !(zero >= 0x1D7CE && (zero-0x1D7CE)%10 == 0) {
				zero--
			}
			b.WriteString(strconv.Itoa(int(r - zero)))
			continue
		}
		if unicode.IsLetter(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

var twins = func() map[rune]string {
	t := map[rune]string{}
	for i, r := range []rune("〇一二三四五六七八九") {
		t[r] = strconv.Itoa(i)
	}
	for i, r := range []rune("⓿❶❷❸❹❺❻❼❽❾") {
		t[r] = strconv.Itoa(i)
	}
	for i, r := range []rune("АВСЕНКМОРТХΙΝΖ") {
		t[r] = strings.ToLower(string("ABCEHKMOPTXINZ"[i]))
		t[unicode.ToLower(r)] = t[r]
	}
	return t
}()

// readings decodes a text in every way that applies.
func readings(t string) []string {
	out := []string{html.UnescapeString(t), escPattern.ReplaceAllStringFunc(t, unescape)}
	if u, err := url.QueryUnescape(t); err == nil {
		out = append(out, u)
	}
	out = append(out, percentPattern.ReplaceAllStringFunc(t, func(s string) string {
		n, _ := strconv.ParseUint(s[1:], 16, 8)
		return string([]byte{byte(n)})
	}))
	if q, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(t))); err == nil {
		out = append(out, string(q))
	}
	var v any
	if json.Unmarshal([]byte(t), &v) == nil {
		out = append(out, flatten(v))
	}
	folded := norm.NFKC.String(t)
	for _, blob := range append(blobPattern.FindAllString(folded, -1), mimePattern.FindAllString(folded, -1)...) {
		out = append(out, decodeBlob(blob)...)
	}
	for _, h := range hexPattern.FindAllString(folded, -1) {
		if raw, err := hex.DecodeString(h[:len(h)/2*2]); err == nil {
			out = append(out, string(raw))
		}
	}
	for _, p := range pairPattern.FindAllString(folded, -1) {
		if raw, err := hex.DecodeString(onlyAlnum(p)); err == nil {
			out = append(out, string(raw))
		}
	}
	return out
}

func unescape(s string) string {
	switch s[1] {
	case 'x':
		n, _ := strconv.ParseUint(s[2:], 16, 8)
		return string([]byte{byte(n)})
	case 'u':
		n, _ := strconv.ParseUint(s[2:], 16, 16)
		return string(rune(n))
	}
	n, _ := strconv.ParseUint(s[1:], 8, 9)
	return string([]byte{byte(n)})
}

func flatten(v any) string {
	switch v := v.(type) {
	case map[string]any:
		s := ""
		for k, e := range v {
			s += k + " " + flatten(e) + " "
		}
		return s
	case []any:
		s := ""
		for _, e := range v {
			s += flatten(e) + " "
		}
		return s
	case string:
		return v
	}
	return ""
}

// decodeBlob decodes base64 at every alignment, and what is inside.
func decodeBlob(blob string) (out []string) {
	blob = strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "").Replace(blob)
	for skip := 0; skip < 4 && skip < len(blob); skip++ {
		body := blob[skip:]
		raw, err := base64.RawStdEncoding.DecodeString(body[:len(body)/4*4])
		if n := len(body); n%4 > 1 {
			raw, err = base64.RawStdEncoding.DecodeString(body)
		}
		if err != nil && len(raw) == 0 {
			continue
		}
		out = append(out, string(raw))
		if z, err := gzip.NewReader(bytes.NewReader(raw)); err == nil {
			plain, _ := io.ReadAll(io.LimitReader(z, 1<<20))
			out = append(out, string(plain))
		}
		units := make([]uint16, 0, len(raw)/2)
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])|uint16(raw[i+1])<<8)
		}
		out = append(out, string(utf16.Decode(units)))
	}
	return out
}
