package redact

import (
	"slices"
	"unicode/utf8"
)

// Characters that control a device and that no text has stand between the others
// where bytes of UTF-16 are taken for text, or where somebody put them.

// unruly tells whether a text, which is no data, has control characters that neither
// break lines nor indent.
func unruly(t []byte) bool { return slices.ContainsFunc(t, unruled) && utf8.Valid(t) }

func unruled(c byte) bool {
	return c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != escapeByte
}

// ruled examines a view without these characters.
func (s *scan) ruled(v view, depth int) {
	out := s.view(len(v.t))
	for i, c := range v.t {
		if !unruled(c) {
			out.push(c, v.from(i), v.to(i))
		}
	}
	out = s.keep(out)
	p := profileOf(out.t)
	s.examine(out, depth, &p)
}
