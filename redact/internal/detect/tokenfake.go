package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// SpareTokens takes out of the findings in a text the parts of our own tokens, which are
// letters of a code only together with what they are glued to. One as a whole is no value.
func (s *Scan) SpareTokens(t []byte) {
	if len(s.Spans) == 0 || bytes.IndexByte(t, '_') < 0 {
		return
	}
	kept := s.Spans[:0]
	for _, sp := range s.Spans {
		if _, to := s.Rules.TokenAround(t, sp.Lo); to > sp.Lo {
			sp.Lo = to
		}
		if from, to := s.Rules.TokenAround(t, sp.Hi); from < to {
			sp.Hi = from
		}
		if sp.Lo < sp.Hi && !s.Rules.IsToken(t[sp.Lo:sp.Hi]) {
			kept = append(kept, sp)
		}
	}
	s.Spans = kept
}

// Token-shaped text that arrives from outside is taken apart, so that nobody takes
// it for one of ours.

// Tokens finds token-shaped text that is not ours.
func (s *Scan) Tokens(t []byte) {
	for at := 0; ; {
		i := bytes.IndexByte(t[at:], '_')
		if i < 0 {
			return
		}
		i += at
		at = i + 1
		n := char.Letters(t[at:])
		if n < tokens.Letters {
			continue
		}
		for p := 3; p <= tokens.LongestPrefix && p <= i; p++ {
			if !tokens.IsPrefix(t[i-p : i]) {
				continue
			}
			if s.Rules.Tokens.Own(t[i-p : at+tokens.Letters]) { // letters may be glued on
				continue
			}
			v := finding.View{Text: t}
			s.Add(&v, i-p, at+n, finding.Span{Entity: entity.Fake, Layer: entity.Detector, Rule: "token_shape"})
		}
	}
}

// HiddenTokens finds, in a view that something was decoded or folded to, the
// underscore of token-shaped text that is spelled otherwise: ACCT%5F…. What stands
// inside base64 and the like is no token to anybody.
func (s *Scan) HiddenTokens(v *finding.View) {
	for at := 0; ; {
		i := bytes.IndexByte(v.Text[at:], '_')
		if i < 0 {
			return
		}
		i += at
		if at = i + 1; char.Letters(v.Text[at:]) < tokens.Letters || i == 0 || !apart(v, i) {
			continue
		}
		for p := 3; p <= tokens.LongestPrefix && p <= i; p++ {
			if tokens.IsPrefix(v.Text[i-p:i]) && !s.Rules.Tokens.Own(v.Text[i-p:at+tokens.Letters]) {
				s.Add(v, i, at, finding.Span{Entity: entity.Fake, Layer: entity.Detector, Rule: "token_shape"})
				break
			}
		}
	}
}

// apart tells whether byte i of a view comes from bytes of its own, as that of an
// escape sequence does: those of base64 share some with their neighbours.
func apart(v *finding.View, i int) bool {
	return v.To(i-1) <= v.From(i) && v.To(i) <= v.From(i+1)
}
