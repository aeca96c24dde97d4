package redact

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
)

// The strings of a JSON document (RFC 8259, 7).

// scanString checks the string at src[i:] and profiles it on the way; p must be
// empty.
func (w *walker) scanString(i int, p *profile.Profile) (end int, escaped bool, err error) {
	n := bytes.IndexByte(w.src[i+1:], '"')
	if n < 0 {
		return i, false, bad(len(w.src))
	}
	end = i + 1 + n
	p.Read(w.src[i+1 : end])
	if p.Flags&(char.IsControl|char.IsBack) == 0 {
		return end + 1, false, nil
	}
	for k := i + 1; k < len(w.src); k++ {
		switch c := w.src[k]; {
		case c == '"':
			*p = profile.Of(w.src[i+1 : k])
			return k + 1, true, nil
		case c < ' ':
			return k, true, bad(k)
		case c == '\\':
			n := escapeLen(w.src[k:])
			if n == 0 {
				return k, true, bad(k)
			}
			k += n - 1
		}
	}
	return len(w.src), true, bad(len(w.src))
}

// escapeLen returns the length of the JSON escape t starts with, 0 if it is
// not a valid one.
func escapeLen(t []byte) int {
	if len(t) < 2 || t[0] != '\\' {
		return 0
	}
	switch t[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(t) >= 6 {
			if _, ok := reading.HexRune(t[2:6]); ok {
				return 6
			}
		}
	}
	return 0
}

// unescape returns the text of the string src[i:end], quotes included.
func (w *walker) unescape(i, end int, escaped bool) []byte {
	raw := w.src[i+1 : end-1]
	if !escaped {
		return raw
	}
	out := w.plain[:0]
	for k := 0; k < len(raw); {
		if raw[k] != '\\' {
			out = append(out, raw[k])
			k++
			continue
		}
		n := 2
		switch c := raw[k+1]; c {
		case 'u':
			r, _ := reading.HexRune(raw[k+2 : k+6])
			n = 6
			if utf16.IsSurrogate(r) && len(raw) >= k+12 && raw[k+6] == '\\' && raw[k+7] == 'u' {
				low, _ := reading.HexRune(raw[k+8 : k+12])
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					r, n = both, 12
				}
			}
			out = utf8.AppendRune(out, r)
		case 'b', 'f', 'n', 'r', 't':
			out = append(out, "\b\f\n\r\t"[strings.IndexByte("bfnrt", c)])
		default:
			out = append(out, c)
		}
		k += n
	}
	w.plain = out
	return out
}

// appendString appends text as a JSON string.
func appendString(out, text []byte) []byte {
	out = append(out, '"')
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			out = appendByte(out, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		out = utf8.AppendRune(out, r)
		i += n
	}
	return append(out, '"')
}

func appendByte(out []byte, c byte) []byte {
	const hexDigits = "0123456789abcdef"
	switch {
	case c == '"' || c == '\\':
		return append(out, '\\', c)
	case c == '\n':
		return append(out, '\\', 'n')
	case c == '\r':
		return append(out, '\\', 'r')
	case c == '\t':
		return append(out, '\\', 't')
	case c < ' ':
		return append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
	return append(out, c)
}
