package reading

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// wrapped examines what the lines of a view decode to together.
func (s *Scan) wrapped(v *finding.View, depth int) {
	for w := (char.Words{T: v.Text, Class: char.IsWord}); w.Next(); {
		if w.Hi < len(v.Text) && v.Text[w.Hi] > ' ' {
			continue
		}
		end, size, lines := encoded.WrappedRun(v.Text, w.Lo)
		if encoded.WrappedCode(v.Text[w.Lo:end], size, lines) {
			s.unwrapped(v, w.Lo, end, depth)
			lines = 0
		}
		w.Hi = encoded.AfterRun(w.Hi, end, lines)
	}
}

// unwrapped examines the lines v.t[i:end] without their breaks.
func (s *Scan) unwrapped(v *finding.View, i, end, depth int) {
	mark := s.Used
	out := s.View(end - i)
	spaced := encoded.NextLine(v.Text, credential.WordEnd(v.Text, i), false) == 0
	for k := i; k < end; {
		to := credential.WordEnd(v.Text, k)
		out.Copy(*v, k, to)
		if k = encoded.NextLine(v.Text, to, spaced); k == 0 {
			break
		}
	}
	out = s.Keep(out)
	s.hexRuns(&out, 0, len(out.Text), depth)
	s.base64Run(&out, 0, len(out.Text), depth)
	s.Used = mark
}
