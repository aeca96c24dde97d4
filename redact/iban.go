package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// International bank account numbers (ISO 13616-1) and creditor references
// (ISO 11649): a country or "RF", two check digits, and mod 97 = 1 (ISO/IEC
// 7064, MOD 97-10).

const (
	minIBANDigits   = 6 // with fewer the letters before the check digits must stand right before them
	leastIBANDigits = 2 // the check digits: what follows may be letters
)

// ibans looks for IBANs at every place where a letter is followed by a digit.
func (s *scan) ibans(v view) {
	t := v.t
	var code [2]int // indexes of the last two letters, -1 if something else came between
	code[0], code[1] = -1, -1
	gapped := 0
	for i := 0; i < len(t); i++ {
		switch c := t[i]; {
		case letter(c):
			if gapped > maxGapSpaces {
				code[1] = -1
			}
			code[0], code[1] = code[1], i
			gapped = 0
		case digit(c):
			if code[0] >= 0 {
				s.iban(&v, code[0], code[1], i)
				s.divided(&v, i)
			}
			code[0], code[1] = -1, -1
			gapped = 0
		case c >= 0x80:
			code[0], code[1] = -1, -1
		default:
			gapped++
		}
	}
}

// iban tries the IBAN or reference whose country letters stand at a and b and
// whose first check digit stands at i.
func (s *scan) iban(v *view, a, b, i int) {
	form := iban.Of(v.t[a], v.t[b]).BBAN
	if form == "" {
		if upper(v.t[a]) == 'R' && upper(v.t[b]) == 'F' {
			s.reference(v, a, i)
		}
		return
	}
	if i > b+1 && b == a+1 && (wordEnds(v.t, a) || alnum(byteAt(v.t, a-1)) && bytes.IndexByte(v.t[b+1:i], '(') >= 0) { // VALUES (67…
		return
	}
	var canon [iban.Longest]byte
	canon[0], canon[1] = upper(v.t[a]), upper(v.t[b])
	end, ok := collect(v.t, i, canon[2:2], form)
	n := len(form) + 4
	if !ok || !iban.Valid(canon[:n]) {
		return
	}
	s.add(v, a, end, span{entity: IBAN, layer: LayerDetector, rule: "iban", canon: string(canon[:n])})
}

// wordEnds tells whether the two letters at t[a:] end a longer word, so that the number
// behind it does not begin with them: one in small letters, or the code of a currency
// that ends as that of a country, as before the dates of a statement.
func wordEnds(t []byte, a int) bool {
	if a == 0 || !letter(t[a-1]) {
		return false
	}
	if a > 1 && letter(t[a-2]) && capitals(t, a) && byteAt(t, a+2) == ' ' {
		return true // WITHDRAWAL #992316690487, PARIS 75
	}
	if a > 1 && letter(t[a-2]) || byteClass[t[a-1]]&isLower != 0 {
		return byteClass[t[a-1]]&byteClass[t[a]]&byteClass[t[a+1]]&isLower != 0
	}
	switch string(t[a-1 : a+2]) {
	case "USD", "SSD", "RSD", "ISK", "CAD", "MAD":
		return true
	}
	return false
}

// capitals tells whether the two letters at t[a:] end a word of capitals of which so many
// stand before them that it is one.
func capitals(t []byte, a int) bool {
	const least = 3
	for k := a - least; k < a+2; k++ {
		if k < 0 || byteClass[t[k]]&isUpper == 0 {
			return false
		}
	}
	return true
}

// ibanLead tells whether two letters begin an IBAN or an ISO 11649 reference.
func ibanLead(a, b byte) bool {
	return iban.Of(a, b).BBAN != "" || upper(a) == 'R' && upper(b) == 'F'
}

// collect reads two check digits and the BBAN from t[i:] across separators
// into out and returns where they end.
func collect(t []byte, i int, out []byte, form string) (end int, ok bool) {
	want := len(form) + 2
	gapped := 0
	for ; i < len(t); i++ {
		c := t[i]
		if !alnum(c) {
			if gapped += gapCost(c); c >= 0x80 || gapped > maxGapSpaces {
				return 0, false
			}
			continue
		}
		gapped = 0
		kind := byte('n')
		if len(out) >= 2 {
			kind = form[len(out)-2]
		}
		if kind == 'n' && !digit(c) || kind == 'a' && !letter(c) {
			return 0, false
		}
		if out = append(out, upper(c)); len(out) == want {
			return i + 1, true
		}
	}
	return 0, false
}

// reference tries an ISO 11649 creditor reference: RF, two check digits, up to
// 21 characters. It must be one word, or printed in fours.
func (s *scan) reference(v *view, a, i int) {
	t := v.t
	if a > 0 && alnum(t[a-1]) && byteClass[t[a]]&isUpper == 0 { // lower-case ids have "rf" by chance
		return
	}
	s.dividedReference(v, a, i)
	var canon [25]byte
	canon[0], canon[1] = 'R', 'F'
	n, end := 2, i
	valid := 0
	for k := i; k < len(t) && n < len(canon); k++ {
		if !alnum(t[k]) {
			if t[k] != ' ' && t[k] != '-' || n%4 != 0 {
				break
			}
			continue
		}
		canon[n] = upper(t[k])
		n++
		if (k+1 == len(t) || !alnum(t[k+1]) || digit(t[k]) && letter(t[k+1])) && n >= 9 && digit(canon[2]) && digit(canon[3]) && iban.Valid(canon[:n]) {
			valid, end = n, k+1
		}
	}
	if valid > 0 {
		s.add(v, a, end, span{entity: Ref, layer: LayerDetector, rule: "iso11649", canon: string(canon[:valid])})
	}
}
