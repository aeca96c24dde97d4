package redact

import (
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/fold"
)

// Text in UTF-32 of either byte order, which base64 and hexadecimal may hold.

// quad is how many bytes a character of UTF-32 takes. Its highest is zero.
const quad = 4

// wideCharacters examines raw as UTF-32, wherever its first character begins, if
// half of it or more folds to Latin letters, digits and spaces.
func (s *scan) wideCharacters(v *view, raw []byte, i, j, depth int) {
	if len(raw) < quad*minPlain {
		return
	}
	for highest := range quad {
		if !zeroColumn(raw[highest:]) {
			continue
		}
		for _, from := range [...]struct {
			at    int
			order [quad]int // of the bytes, the highest first
		}{{highest, [quad]int{0, 1, 2, 3}}, {(highest + 1) % quad, [quad]int{3, 2, 1, 0}}} {
			if text := quads(raw[from.at:], from.order); text != nil && s.charge(v, i, j, len(raw)) {
				s.inner(v, text, i, j, depth)
			}
		}
	}
}

// mayBeQuads tells, of most bytes quickly, that wideCharacters examines nothing.
func mayBeQuads(raw []byte) bool {
	return len(raw) >= quad*minPlain && (zeroColumn(raw) || zeroColumn(raw[1:]) || zeroColumn(raw[2:]) || zeroColumn(raw[3:]))
}

// zeroColumn tells whether the first of every four bytes is zero, of as many as the
// shortest text has.
func zeroColumn(raw []byte) bool {
	for k := 0; k < quad*(minPlain-1); k += quad {
		if byteAt(raw, k) != 0 {
			return false
		}
	}
	return true
}

// quads returns what raw begins with as UTF-32, in UTF-8; nil if it is none. Of a
// last character whose bytes are not all there the others are zero.
func quads(raw []byte, order [quad]int) []byte {
	text, n, plain := []byte(nil), 0, 0
	var buf [longestDecoded]byte
	for k := 0; k < len(raw); k += quad {
		r := rune(0)
		for _, at := range order {
			if r <<= 8; k+at < len(raw) {
				r |= rune(raw[k+at])
			}
		}
		if r == 0 || !utf8.ValidRune(r) {
			break
		}
		if n++; plainFold(fold.Rune(buf[:0], r)) {
			plain++
		}
		text = utf8.AppendRune(text, r)
	}
	if n < minPlain || 2*plain < n {
		return nil
	}
	return text
}
