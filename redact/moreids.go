package redact

import "bytes"

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
		if i+1 < len(q.g) && q.g[i+1].size() == koreanRest && q.g[i+1].sepLen <= longestUniform && korean(q.d[g.from:q.g[i+1].to], before) {
			s.national(v, q, g.from, q.g[i+1].to, "rrn")
		}
		s.finnish(v, q, i)
	}
	if before&cueTax != 0 && len(q.g) == 1 && len(q.d) == koreanDay+koreanRest && korean(q.d, before) {
		s.national(v, q, 0, len(q.d), "rrn")
	}
}

// korean verifies a resident registration number (Resident Registration Act,
// enforcement rules, article 2). Those given out since October 2020 have no check
// digit, so that a cue speaks for them.
func korean(d []byte, before cue) bool {
	if !calendar(d[:koreanDay]) || d[koreanDay] == '0' || d[koreanDay] == '9' {
		return false
	}
	last := len(d) - 1
	return before&cueTax != 0 || (11-weighted(d[:last], 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)%11)%10 == int(d[last]-'0')
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
	if !finnishCode(t[a:sign], t[sign+1:end], upper(t[end])) {
		return
	}
	s.add(v, a, end+1, span{entity: National, layer: LayerDetector, rule: "hetu", canon: string(bytes.ToUpper(t[a : end+1]))})
}

// finnishCode verifies the check character of a day of birth, ddmmyy, and a number.
func finnishCode(born, number []byte, check byte) bool {
	const checks = "0123456789ABCDEFHJKLMNPRSTUVWXY"
	digits := append(append(make([]byte, 0, longestCued), born...), number...)
	for _, c := range digits {
		if !digit(c) {
			return false
		}
	}
	return day(prefix(digits, 2)) && month(prefix(digits[2:], 2)) && checks[number64(digits)%len(checks)] == check
}

// cuedRule names the scheme of a word of letters and digits for which a cue has to
// speak, though its form is strict.
func cuedRule(w []byte, before cue) string {
	switch {
	case len(w) == len("ABCPE1234F") && before&(cueTax|cueCard) != 0 && shaped(w, "aaaaannnna") && bytes.IndexByte([]byte("ABCEFGHJLPT"), upper(w[3])) >= 0:
		return "in_pan" // Income Tax Department, rule 114
	case len(w) == len("S1234567D") && before&cueTax != 0 && shaped(w, "annnnnnna") && singaporean(w):
		return "nric"
	case len(w) == len("A1234563") && before&cueTax != 0 && shaped(w, "annnnnnc") && hongKong(w):
		return "hkid"
	case (len(w) == len("ABC680524P76") || len(w) == len("VECJ880326XXX")) && before&cueTax != 0 && mexicanTax(w):
		return "rfc"
	}
	return cuedLetters(w, before)
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

// singaporean verifies the letter of a national registration identity card
// (Immigration & Checkpoints Authority, NRIC and FIN).
func singaporean(w []byte) bool {
	sum := weighted(w[1:8], 2, 7, 6, 5, 4, 3, 2)
	switch c := upper(w[8]); upper(w[0]) {
	case 'S':
		return "JZIHGFEDCBA"[sum%11] == c
	case 'T':
		return "JZIHGFEDCBA"[(sum+4)%11] == c
	case 'F':
		return "XWUTRQPNMLK"[sum%11] == c
	case 'G':
		return "XWUTRQPNMLK"[(sum+4)%11] == c
	case 'M':
		return "XWUTRQPNJLK"[10-(sum+3)%11] == c
	}
	return false
}

// hongKong verifies the check character of an identity card of Hong Kong with one letter
// (Immigration Department; modulo 11, a space before the letter).
func hongKong(w []byte) bool {
	const space, letters = 36, 10 // what stands for a space, and for A
	last := len(w) - 1
	check := int(w[last] - '0')
	if upper(w[last]) == 'A' {
		check = letters
	}
	sum := space*9 + (int(upper(w[0])-'A')+letters)*8 + weighted(w[1:last], 7, 6, 5, 4, 3, 2) + check
	return sum%11 == 0
}

// mexicanTax tells whether a word has the form of a number of the federal register
// of taxpayers (SAT, Anexo 19): letters, a day, and three that tell namesakes apart.
func mexicanTax(w []byte) bool {
	n := len(w)
	for _, c := range w[:n-9] {
		if !letter(c) {
			return false
		}
	}
	return shaped(w[n-9:n-3], "nnnnnn") && calendar(w[n-9:n-3])
}

// gluedNIR finds a French social security number with its key to which zeros are
// glued.
func (s *scan) gluedNIR(v *view, q *sequence) {
	const size = 15
	for _, g := range q.g {
		if d := q.d[g.from:g.to]; len(d) > size && nir(d[:size]) && len(bytes.TrimLeft(d[size:], "0")) == 0 && (len(q.g) == 1 || g.atom == 0) {
			s.national(v, q, g.from, g.from+size, "nir")
		}
	}
}
