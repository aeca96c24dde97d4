package reading

import (
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// partFields examines the values of such fields joined.
func (s *Scan) partFields(v *finding.View, depth int) {
	mark := s.Used
	var out finding.View
	fields, last := 0, gate.PartField{}
	end := func() {
		if fields > 1 && fields <= detect.MostPartFields {
			p, before := profile.Of(out.Text), len(s.Spans)
			out = s.Keep(out)
			s.flat = true
			s.Examine(out, depth+1, &p)
			s.KeepSure(before, len(out.Text))
		}
		s.Used, fields = mark, 0
	}
	for i := 0; ; {
		f, ok := gate.NextPartField(v.Text, i)
		if !ok {
			break
		}
		i = f.To
		if fields > 0 && !last.Before(f) {
			end()
		}
		if fields == 0 {
			if f.Number > 1 {
				continue
			}
			out = s.View(gate.LongestPart * 2)
		}
		out.Copy(*v, f.From, f.To)
		fields, last = fields+1, f
	}
	end()
}
