package redact

import "github.com/counterfoil/counterfoil/redact/internal/iban"

// leastCutGroups is how many groups of an IBAN in its printed form tell it though its
// end is missing: the check digits and three of four digits.
const leastCutGroups = 4

// cutIBAN finds an IBAN in its printed form of which a bank has cut off the end, such
// as DE89 3704 0044 0532 01: at the end of a line, with no check that could be made.
func (s *scan) cutIBAN(v *view, q *sequence) {
	t, at := v.t, int(q.at[0])
	last := len(q.g) - 1
	if last+1 < leastCutGroups || q.g[0].size() != 2 || at < 2 || alnum(byteAt(t, at-3)) {
		return
	}
	a, b := t[at-2], t[at-1]
	if byteClass[a]&byteClass[b]&isUpper == 0 {
		return
	}
	form := iban.Of(a, b).BBAN
	if n := len(q.d) - 2; form == "" || n >= len(form) {
		return
	}
	for k, g := range q.g[1:] {
		if g.sep != ' ' || g.sepLen != 1 || g.size() > 4 || g.size() < 4 && k+1 < last {
			return
		}
	}
	for _, kind := range form[:len(q.d)-2] {
		if kind == 'a' {
			return
		}
	}
	if end := int(q.at[len(q.d)-1]) + 1; end == len(t) || t[end] == '\n' || t[end] == '\r' {
		s.add(v, at-2, end, span{entity: IBAN, layer: LayerDetector, rule: "cut", canon: string(t[at-2:at]) + string(q.d)})
	}
}
