package statement

import (
	"unicode"
	"unicode/utf8"
)

// Trim returns b without surrounding ASCII space and no-break spaces.
func Trim(b []byte) []byte {
	for len(b) > 0 {
		switch {
		case b[0] <= ' ':
			b = b[1:]
		case len(b) >= 2 && b[0] == 0xC2 && b[1] == 0xA0:
			b = b[2:]
		default:
			return trimRight(b)
		}
	}
	return b
}

func trimRight(b []byte) []byte {
	for n := len(b); n > 0; n = len(b) {
		switch {
		case b[n-1] <= ' ':
			b = b[:n-1]
		case n >= 2 && b[n-2] == 0xC2 && b[n-1] == 0xA0:
			b = b[:n-2]
		default:
			return b
		}
	}
	return b
}

// Clean returns text as one line: runs of white space become one space,
// control characters and invalid UTF-8 go, the ends are trimmed. Characters
// that only disguise (zero width, look-alikes) stay: the redactor folds them.
func Clean(b []byte) string {
	b = Trim(b)
	if plain(b) {
		return string(b)
	}
	out := make([]byte, 0, len(b))
	space := false
	for i := 0; i < len(b); {
		r, width := utf8.DecodeRune(b[i:])
		i += width
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == 0xA0:
			space = len(out) > 0
		case r == utf8.RuneError && width == 1, unicode.IsControl(r):
		default:
			if space {
				out = append(out, ' ')
				space = false
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// plain reports whether b is ASCII with single spaces and no control characters.
func plain(b []byte) bool {
	var last byte
	for _, c := range b {
		if c < ' ' || c >= 0x7F || (c == ' ' && last == ' ') {
			return false
		}
		last = c
	}
	return true
}

// Join joins the parts that are not empty, leaving out a part that an earlier
// one already contains word for word.
func Join(separator string, parts ...string) string {
	out := ""
	for _, p := range parts {
		switch {
		case p == "" || p == out:
		case out == "":
			out = p
		default:
			out += separator + p
		}
	}
	return out
}
