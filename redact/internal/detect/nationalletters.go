package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
)

// Identity numbers of Finland, Korea, Singapore, Hong Kong, India and Mexico's
// tax office: of digits and letters, or with a form of their own.

// koreanForm is how a resident registration number is printed: the day of birth,
// a dash, the sex and six digits.
const koreanDay, koreanRest = 6, 7

// morePrinted finds the numbers that start with a group of six digits: those of
// Finland and Korea.
func (s *Scan) morePrinted(v *finding.View, q *Sequence, before cue.Set) {
	for i, g := range q.G {
		if g.size() != koreanDay || q.cuts(i) {
			continue
		}
		if i+1 < len(q.G) && q.G[i+1].size() == koreanRest && q.G[i+1].sepLen <= longestUniform && nationalid.RRN(q.D[g.from:q.G[i+1].to], before&cue.Tax != 0) {
			s.national(v, q, g.from, q.G[i+1].to, "rrn")
		}
		s.finnish(v, q, i)
	}
	if before&cue.Tax != 0 && len(q.G) == 1 && len(q.D) == koreanDay+koreanRest && nationalid.RRN(q.D, before&cue.Tax != 0) {
		s.national(v, q, 0, len(q.D), "rrn")
	}
}

// finnish finds a personal identity code whose day of birth is group i: ddmmyy, a
// sign of the century, three digits and a check character (Digital and Population
// Data Services Agency).
func (s *Scan) finnish(v *finding.View, q *Sequence, i int) {
	const rest, signs = 3, "+-ABCDEFYXWVU"
	t, a := v.Text, int(q.at[q.G[i].from])
	sign := a + koreanDay
	end := sign + 1 + rest
	if end >= len(t) || char.Alnum(char.At(t, a-1)) || char.Alnum(char.At(t, end+1)) || bytes.IndexByte([]byte(signs), char.Upper(t[sign])) < 0 {
		return
	}
	if !nationalid.HETU(t[a:sign], t[sign+1:end], char.Upper(t[end])) {
		return
	}
	s.Add(v, a, end+1, finding.Span{Entity: entity.National, Layer: entity.Detector, Rule: "hetu", Canon: string(bytes.ToUpper(t[a : end+1]))})
}

// mayCued tells whether a word has the length and the last letter of what column.CuedRule finds.
func mayCued(w []byte) bool {
	n := len(w)
	return (n == len("S1234567D") || n == len("ABCPE1234F")) && char.Letter(w[n-1]) && char.Letter(w[0]) && char.Digit(w[n-2]) ||
		n == len("A123456780") && char.Letter(w[0]) && char.Digit(w[1]) || n == len("1EG4TE5MK73") && char.Letter(w[1]) && char.Digit(w[0]) || n == len("1234567TA") && char.Digit(w[0]) && char.Letter(w[7]) || n == len("15070649C103") && char.Digit(w[0]) && char.Letter(w[8])
}

// gluedNIR finds a French social security number with its key to which zeros are
// glued.
func (s *Scan) gluedNIR(v *finding.View, q *Sequence) {
	const size = 15
	for _, g := range q.G {
		if d := q.D[g.from:g.to]; len(d) > size && nationalid.NIR(d[:size]) && len(bytes.TrimLeft(d[size:], "0")) == 0 && (len(q.G) == 1 || g.Atom == 0) {
			s.national(v, q, g.from, g.from+size, "nir")
		}
	}
}
