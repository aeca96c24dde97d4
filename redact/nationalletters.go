package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
)

// Identity numbers of Finland, Korea, Singapore, Hong Kong, India and Mexico's
// tax office: of digits and letters, or with a form of their own.

// koreanForm is how a resident registration number is printed: the day of birth,
// a dash, the sex and six digits.
const koreanDay, koreanRest = 6, 7

// morePrinted finds the numbers that start with a group of six digits: those of
// Finland and Korea.
func (s *scan) morePrinted(v *view, q *sequence, before cue) {
	for i, g := range q.g {
		if g.size() != koreanDay || q.cuts(i) {
			continue
		}
		if i+1 < len(q.g) && q.g[i+1].size() == koreanRest && q.g[i+1].sepLen <= longestUniform && nationalid.RRN(q.d[g.from:q.g[i+1].to], before&cueTax != 0) {
			s.national(v, q, g.from, q.g[i+1].to, "rrn")
		}
		s.finnish(v, q, i)
	}
	if before&cueTax != 0 && len(q.g) == 1 && len(q.d) == koreanDay+koreanRest && nationalid.RRN(q.d, before&cueTax != 0) {
		s.national(v, q, 0, len(q.d), "rrn")
	}
}

// finnish finds a personal identity code whose day of birth is group i: ddmmyy, a
// sign of the century, three digits and a check character (Digital and Population
// Data Services Agency).
func (s *scan) finnish(v *view, q *sequence, i int) {
	const rest, signs = 3, "+-ABCDEFYXWVU"
	t, a := v.t, int(q.at[q.g[i].from])
	sign := a + koreanDay
	end := sign + 1 + rest
	if end >= len(t) || alnum(byteAt(t, a-1)) || alnum(byteAt(t, end+1)) || bytes.IndexByte([]byte(signs), upper(t[sign])) < 0 {
		return
	}
	if !nationalid.HETU(t[a:sign], t[sign+1:end], upper(t[end])) {
		return
	}
	s.add(v, a, end+1, span{entity: National, layer: LayerDetector, rule: "hetu", canon: string(bytes.ToUpper(t[a : end+1]))})
}

// cuedRule names the scheme of a word of letters and digits for which a cue has to
// speak, though its form is strict.
func cuedRule(w []byte, before cue) string {
	switch {
	case len(w) == len("ABCPE1234F") && before&(cueTax|cueCard) != 0 && nationalid.Shaped(w, "aaaaannnna") && bytes.IndexByte([]byte("ABCEFGHJLPT"), upper(w[3])) >= 0:
		return "in_pan" // Income Tax Department, rule 114
	case len(w) == len("S1234567D") && before&cueTax != 0 && nationalid.Shaped(w, "annnnnnna") && nationalid.NRIC(w):
		return "nric"
	case len(w) == len("A1234563") && before&cueTax != 0 && nationalid.HKID(w):
		return "hkid"
	case (len(w) == len("ABC680524P76") || len(w) == len("VECJ880326XXX")) && before&cueTax != 0 && nationalid.RFC(w):
		return "rfc"
	}
	return cuedLetters(w, before)
}

// cuedLetters is cuedRule for the schemes of nationalid.Named.
func cuedLetters(word []byte, before cue) string {
	var w [longestCued]byte
	if before&(cueTax|cueHealth) == 0 || len(word) > len(w) {
		return ""
	}
	for i, c := range word {
		w[i] = upper(c)
	}
	return nationalid.Named(w[:len(word)], before&cueTax != 0, before&cueHealth != 0)
}

// mayCued tells whether a word has the length and the last letter of what cuedRule finds.
func mayCued(w []byte) bool {
	n := len(w)
	return (n == len("S1234567D") || n == len("ABCPE1234F")) && letter(w[n-1]) && letter(w[0]) && digit(w[n-2]) ||
		n == len("A123456780") && letter(w[0]) && digit(w[1]) || n == len("1EG4TE5MK73") && letter(w[1]) && digit(w[0]) || n == len("1234567TA") && digit(w[0]) && letter(w[7]) || n == len("15070649C103") && digit(w[0]) && letter(w[8])
}

// taxed tells whether a word of a block has the form of a permanent account number
// of India: five letters, four digits, a letter.
func (m *planes) taxed() bool {
	l, d := m.letter, m.digit
	at := l & (l >> 1) & (l >> 2) & (l >> 3) & (l >> 4) & (d >> 5) & (d >> 6) & (d >> 7) & (d >> 8) & (l >> 9)
	return at != 0
}

// gluedNIR finds a French social security number with its key to which zeros are
// glued.
func (s *scan) gluedNIR(v *view, q *sequence) {
	const size = 15
	for _, g := range q.g {
		if d := q.d[g.from:g.to]; len(d) > size && nationalid.NIR(d[:size]) && len(bytes.TrimLeft(d[size:], "0")) == 0 && (len(q.g) == 1 || g.atom == 0) {
			s.national(v, q, g.from, g.from+size, "nir")
		}
	}
}
