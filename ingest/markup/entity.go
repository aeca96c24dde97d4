package markup

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// longestReference bounds "&…;": the longest is &#x10FFFF;.
const longestReference = 10

// decode replaces character references; the result may alias b or r.text.
func (r *Reader) decode(b []byte) []byte {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return b
	}
	out := r.text[:0]
	for ; i >= 0; i = bytes.IndexByte(b, '&') {
		out = append(out, b[:i]...)
		b = b[i:]
		char, n := reference(b)
		if n == 0 {
			out = append(out, '&')
			b = b[1:]
			continue
		}
		out = utf8.AppendRune(out, char)
		b = b[n:]
	}
	r.text = append(out, b...)
	return r.text
}

// reference reads the character reference that b begins with; n is 0 if it is
// none that is known.
func reference(b []byte) (char rune, n int) {
	end := bytes.IndexByte(b[:min(len(b), longestReference)], ';')
	if end < 2 {
		return 0, 0
	}
	switch name := string(b[1:end]); name {
	case "amp":
		return '&', end + 1
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "quot":
		return '"', end + 1
	case "apos":
		return '\'', end + 1
	case "nbsp":
		return ' ', end + 1
	default:
		if name[0] != '#' {
			return 0, 0
		}
		return numeric(name[1:], end+1)
	}
}

func numeric(digits string, width int) (rune, int) {
	base := 10
	if len(digits) > 0 && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base = digits[1:], 16
	}
	code, err := strconv.ParseUint(digits, base, 21)
	if err != nil || !utf8.ValidRune(rune(code)) {
		return 0, 0
	}
	return rune(code), width
}
