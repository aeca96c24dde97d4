package detect

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// leastCutGroups is how many groups of an IBAN in its printed form tell it though its
// end is missing: the check digits and three of four digits.
const leastCutGroups = 4

// cutIBAN finds an IBAN in its printed form of which a bank has cut off the end, such
// as DE89 3704 0044 0532 01: at the end of a line, with no check that could be made.
func (s *Scan) cutIBAN(v *finding.View, q *Sequence) {
	t, at := v.Text, int(q.at[0])
	last := len(q.G) - 1
	if last+1 < leastCutGroups || q.G[0].size() != 2 || at < 2 || char.Alnum(char.At(t, at-3)) {
		return
	}
	a, b := t[at-2], t[at-1]
	if char.ByteClass[a]&char.ByteClass[b]&char.IsUpper == 0 {
		return
	}
	form := iban.Of(a, b).BBAN
	if n := len(q.D) - 2; form == "" || n >= len(form) {
		return
	}
	for k, g := range q.G[1:] {
		if g.sep != ' ' || g.sepLen != 1 || g.size() > 4 || g.size() < 4 && k+1 < last {
			return
		}
	}
	for _, kind := range form[:len(q.D)-2] {
		if kind == 'a' {
			return
		}
	}
	if end := int(q.at[len(q.D)-1]) + 1; end == len(t) || t[end] == '\n' || t[end] == '\r' {
		s.Add(v, at-2, end, finding.Span{Entity: entity.IBAN, Layer: entity.Detector, Rule: "cut", Canon: string(t[at-2:at]) + string(q.D)})
	}
}
