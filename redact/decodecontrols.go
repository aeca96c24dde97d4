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

// nextUnruled is where the next of these characters stands in a text, other than between
// the fields of FIX.
func (s *scan) nextUnruled(t []byte, i int) stretch {
	for ; i < len(t); i++ {
		if unruled(t[i]) && !(s.fix && fixEnd(t, i)) {
			return stretch{i, i + 1}
		}
	}
	return stretch{len(t), len(t)}
}

// ruled examines a view without these characters.
func (s *scan) ruled(v view, depth int) {
	if s.divides(&v) {
		s.around(&v, s.nextUnruled, edgeDecoded, func(part view) { s.ruled(part, depth) })
		return
	}
	at := s.nextUnruled(v.t, 0)
	if at.lo == len(v.t) {
		return
	}
	mark := s.used
	out, from := s.view(len(v.t)), 0
	for ; at.lo < len(v.t); at = s.nextUnruled(v.t, at.hi) {
		out.copy(v, from, at.lo)
		out.change(len(out.t))
		from = at.hi
	}
	out.copy(v, from, len(v.t))
	if out = s.keep(out); !s.near || !s.readings.again(&out, depth, s.coded) {
		s.derived(out, depth)
	}
	s.used = mark
}
