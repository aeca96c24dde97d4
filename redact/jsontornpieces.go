package redact

import (
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// tornPieces examines what the strings decode to, each by itself, as one text.
func (s *scan) tornPieces(c cue.Set) {
	t := &s.walk.torn
	for _, decode := range [...]func([]byte) []byte{encoded.HexPiece, encoded.Base64Piece} {
		text, ends := t.decoded(decode)
		if text == nil {
			continue
		}
		p := profile.Of(text)
		if s.Cue = c; c == 0 && s.Rules.Quiet(&p, text) {
			continue
		}
		s.ExamineLeaf(text, &p)
		for k := range s.Spans { // where in the strings themselves
			sp := &s.Spans[k]
			first, last := 0, 0
			for n, end := range ends {
				if end <= sp.Lo {
					first = n + 1
				}
				if end < sp.Hi {
					last = n + 1
				}
			}
			sp.Lo, sp.Hi = t.parts[first].from, t.parts[last].from+t.parts[last].size
		}
		s.tornFound(func(sp *finding.Span) bool { return sp.Entity != Opaque && sp.Entity != Phone && sp.Entity != Fake })
	}
}

// decoded returns what the strings decode to, and where in that each ends; nil if one of
// them does not, or to no plain text.
func (t *torn) decoded(decode func([]byte) []byte) (text []byte, ends []int) {
	for k := range t.parts {
		p := &t.parts[k]
		if p.size > encoded.MaxTornPiece {
			return nil, nil
		}
		piece := decode(t.text[p.from : p.from+p.size])
		if !plainASCII(piece) {
			return nil, nil
		}
		text = append(text, piece...)
		ends = append(ends, len(text))
	}
	return text, ends
}

// plainASCII tells whether a text is printable ASCII and spaces.
func plainASCII(t []byte) bool {
	for _, c := range t {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c > '~' {
			return false
		}
	}
	return len(t) > 0
}
