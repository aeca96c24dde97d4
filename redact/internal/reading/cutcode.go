package reading

import (
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
)

// CutCodes decodes what is encoded in a view and cut anywhere.
func (s *Scan) CutCodes(v *finding.View, depth int) {
	for _, k := range [...]encoded.CutKind{encoded.Base64Cut, encoded.HexCut} {
		k.Runs(v.Text, func(r encoded.CutRun) bool {
			before := len(s.Spans)
			if s.cutRun(v, r, k, depth); len(s.Spans) == before && r.Open > r.From { // the last word may be one of the text
				r.To = r.Open
				s.cutRun(v, r, k, depth)
			}
			return true
		})
	}
}

// cutRun decodes one run.
func (s *Scan) cutRun(v *finding.View, r encoded.CutRun, k encoded.CutKind, depth int) {
	if !s.Charge(v, r.From, r.To, r.Chars) {
		return
	}
	mark := s.Used
	out := s.View(r.Chars)
	raw := out.Text
	acc, held := uint(0), 0
	for _, c := range v.Text[r.From:r.To] {
		six, ok := k.Value(c)
		if !ok {
			continue
		}
		if acc, held = acc<<k.Bits|uint(six), held+k.Bits; held >= 8 {
			held -= 8
			raw = append(raw, byte(acc>>held))
			acc &= 1<<held - 1
		}
	}
	out.Text = raw
	s.Keep(out)
	if len(raw) >= encoded.MinPlain && (s.Rules.Thorough || s.Rules.Texts || s.Rules.Known != nil && gate.BriefCode(raw) || gate.LooksAt(raw)) {
		s.inner(v, raw, r.From, r.To, depth)
	}
	s.Used = mark
}
