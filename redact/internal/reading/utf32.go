package reading

import (
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/fold"
)

// wideCharacters examines raw as UTF-32, wherever its first character begins, if
// half of it or more folds to Latin letters, digits and spaces.
func (s *Scan) wideCharacters(v *finding.View, raw []byte, i, j, depth int) {
	if len(raw) < encoded.Quad*encoded.MinPlain {
		return
	}
	for highest := range encoded.Quad {
		if !encoded.ZeroColumn(raw[highest:]) {
			continue
		}
		for _, from := range [...]struct {
			at    int
			order [encoded.Quad]int // of the bytes, the highest first
		}{{highest, [encoded.Quad]int{0, 1, 2, 3}}, {(highest + 1) % encoded.Quad, [encoded.Quad]int{3, 2, 1, 0}}} {
			if text := quads(raw[from.at:], from.order); text != nil && s.Charge(v, i, j, len(raw)) {
				s.inner(v, text, i, j, depth)
			}
		}
	}
}

// quads returns what raw begins with as UTF-32, in UTF-8; nil if it is none. Of a
// last character whose bytes are not all there the others are zero.
func quads(raw []byte, order [encoded.Quad]int) []byte {
	text, n, plain := []byte(nil), 0, 0
	var buf [longestDecoded]byte
	for k := 0; k < len(raw); k += encoded.Quad {
		r := rune(0)
		for _, at := range order {
			if r <<= 8; k+at < len(raw) {
				r |= rune(raw[k+at])
			}
		}
		if r == 0 || !utf8.ValidRune(r) {
			break
		}
		if n++; encoded.PlainFold(fold.Rune(buf[:0], r)) {
			plain++
		}
		text = utf8.AppendRune(text, r)
	}
	if n < encoded.MinPlain || 2*plain < n {
		return nil
	}
	return text
}
