package reading

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// spread decodes the parts of a view without the mark that they have most of.
func (s *Scan) spread(v *finding.View, p *profile.Profile, depth int) {
	escapes := p.Flags&(char.IsBack|char.IsAssign) != 0 || p.Flags&char.IsEscape != 0 && encoded.EscapeLike(v.Text)
	code := p.Broken || p.Mixed || p.Hex || p.Digits > profile.MaxPlain
	if !escapes && !code {
		return
	}
	encoded.Spreads(v.Text, func(part encoded.DividedText) bool {
		from := s.Used
		out := s.View(part.To - part.From)
		for k := part.From; k < part.To; k++ {
			if c := v.Text[k]; c > ' ' && c != part.Mark && c != part.Other {
				out.Push(c, v.From(k), v.To(k))
			}
		}
		out = s.Keep(out)
		switch {
		case escapes && escaped(out.Text):
			s.Escapes(out, depth)
		case code && encoded.SpreadCode(out.Text, 0, 0):
			s.hexRuns(&out, 0, len(out.Text), depth)
			s.base64Run(&out, 0, len(out.Text), depth)
		}
		s.Used = from
		return true
	})
	if code {
		s.strewnHex(v, depth)
		s.strewnBase64(v, depth)
	}
}

// escaped tells whether escape sequences make up most of a text.
func escaped(t []byte) bool {
	covered := 0
	for i, c := range t {
		switch next := char.Lower(char.At(t, i+1)); {
		case c == '%' || c == '=':
			if _, ok := char.HexByte(t, i+1); ok {
				covered += len("%20")
			} else if next == 'u' {
				covered += len("%u0020")
			}
		case c == '\\' && next == 'n' && char.At(t, i+2) == '{':
			covered += len(`\N{U+0020}`)
		case c == '\\' && next == 'u':
			covered += len(`\u0020`)
		case c == '\\' && (next == 'x' || next >= '0' && next <= '7'):
			covered += len(`\x20`)
		case c == '&' && next == '#':
			covered += len("&#32;")
		}
	}
	return len(t) >= encoded.MinSpread && 2*covered >= len(t)
}
