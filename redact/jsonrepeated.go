package redact

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// longestRepeated is the longest document, in bytes, that is looked through for the further
// places of the numbers that were found in it; that of a tool's answer, and none for exports.
const longestRepeated = 1 << 20

// repeated returns a redacted document without the further places of the numbers that were
// found in it, nil if there are none.
func (s *scan) repeated(doc []byte) (out []byte) {
	if !s.repeats.Any() || len(doc) > longestRepeated {
		return nil
	}
	at := 0 // what was appended ends there
	put := func(from, to int, sp *finding.Span, quote string) {
		out = append(append(out, doc[at:from]...), quote...)
		out = append(s.Replace(out, sp, doc[from:to]), quote...)
		at = to
		s.countAgain(sp)
	}
	for i := 0; i < len(doc); {
		switch c := doc[i]; {
		case c == '"':
			end := stringEnd(doc, i)
			for k := i + 1; k < end; {
				place, sp := s.repeats.Next(doc[:end], k)
				if sp != nil {
					put(place.Lo, place.Hi, sp, "")
				}
				k = place.Hi
			}
			i = end + 1
		case char.Digit(c):
			end := i
			for end < len(doc) && (char.Alnum(doc[end]) || doc[end] == '.' || doc[end] == '+' || doc[end] == '-') {
				end++
			}
			if sp := s.repeats.Of(doc[i:end]); sp != nil && char.At(doc, i-1) != '-' {
				put(i, end, sp, `"`)
			}
			i = end
		default:
			i++
		}
	}
	if out == nil {
		return nil
	}
	return append(out, doc[at:]...)
}

// countAgain counts a finding once more where it was counted first.
func (s *scan) countAgain(sp *finding.Span) {
	for i := range s.found {
		if f := &s.found[i]; f.Entity == sp.Entity && f.Rule == sp.Rule {
			f.Count++
			return
		}
	}
}
