package reading

import (
	"slices"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Characters that control a device and that no text has stand between the others
// where bytes of UTF-16 are taken for text, or where somebody put them.

// unruly tells whether a text, which is no data, has control characters that neither
// break lines nor indent.
func unruly(t []byte) bool { return slices.ContainsFunc(t, unruled) && utf8.Valid(t) }

func unruled(c byte) bool {
	return c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != encoded.EscapeByte
}

// nextUnruled is where the next of these characters stands in a text, other than between
// the fields of FIX.
func (s *Scan) nextUnruled(t []byte, i int) finding.Stretch {
	for ; i < len(t); i++ {
		if unruled(t[i]) && !(s.FIX && detect.FIXEnd(t, i)) {
			return finding.Stretch{Lo: i, Hi: i + 1}
		}
	}
	return finding.Stretch{Lo: len(t), Hi: len(t)}
}

// ruled examines a view without these characters.
func (s *Scan) ruled(v finding.View, depth int) {
	if s.divides(&v) {
		s.around(&v, s.nextUnruled, edgeDecoded, func(part finding.View) { s.ruled(part, depth) })
		return
	}
	at := s.nextUnruled(v.Text, 0)
	if at.Lo == len(v.Text) {
		return
	}
	mark := s.Used
	out, from := s.View(len(v.Text)), 0
	for ; at.Lo < len(v.Text); at = s.nextUnruled(v.Text, at.Hi) {
		out.Copy(v, from, at.Lo)
		out.Change(len(out.Text))
		from = at.Hi
	}
	out.Copy(v, from, len(v.Text))
	if out = s.Keep(out); !s.Near || !s.readings.again(&out, depth, s.Coded) {
		s.derived(out, depth)
	}
	s.Used = mark
}
