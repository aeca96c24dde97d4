package detect

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
	"github.com/counterfoil/counterfoil/redact/internal/known"
)

// ShortCodes finds known numbers of few digits in base64 and hexadecimal, and
// account numbers of few digits in base64 beside a cue.
func (s *Scan) ShortCodes(v *finding.View) {
	l := s.Rules.Known
	var buf [encoded.MostShortBase64]byte
	gate.ShortWords(v.Text, func(i, j int) bool {
		d := gate.ShortDigits(buf[:0], v.Text[i:j])
		if len(d) < column.MinSuffix {
			return true
		}
		if l != nil && l.Lens != 0 {
			if e, ok := l.Number(d); ok && e.Kind != known.EntryFive {
				val := l.Values[e.Value]
				s.Add(v, i, j, finding.Span{Entity: val.Entity, Layer: entity.Known, Rule: "known", Token: val.Token, Canon: string(d)})
			}
		}
		if j-i <= encoded.MostShortBase64 && !char.Alnum(char.At(v.Text, i-1)) && !char.Alnum(char.At(v.Text, j)) && cue.Before(v.Text, i, s.Cue)&cue.Account != 0 {
			s.Add(v, i, j, finding.Span{Entity: entity.Account, Layer: entity.Detector, Rule: "cue", Canon: string(d)})
		}
		return true
	})
}
