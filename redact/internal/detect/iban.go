package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/issuer"
	"github.com/counterfoil/counterfoil/redact/internal/known"
)

// MayRetract tells whether what was found across leaves is so sure that it may take in
// parts that were redacted alone.
func MayRetract(sp *finding.Span) bool {
	return sp.Entity == entity.IBAN || sp.Layer == entity.Known || sp.Entity == entity.Card && issuer.Of([]byte(sp.Canon)) == issuer.Strong
}

// IBANs looks for IBANs at every place where a letter is followed by a digit.
func (s *Scan) IBANs(v finding.View) {
	t := v.Text
	var code [2]int // indexes of the last two letters, -1 if something else came between
	code[0], code[1] = -1, -1
	gapped := 0
	for i := 0; i < len(t); i++ {
		switch c := t[i]; {
		case char.Letter(c):
			if gapped > encoded.MaxGapSpaces {
				code[1] = -1
			}
			code[0], code[1] = code[1], i
			gapped = 0
		case char.Digit(c):
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
func (s *Scan) iban(v *finding.View, a, b, i int) {
	form := iban.Of(v.Text[a], v.Text[b]).BBAN
	if form == "" {
		if char.Upper(v.Text[a]) == 'R' && char.Upper(v.Text[b]) == 'F' {
			s.reference(v, a, i)
		}
		return
	}
	if i > b+1 && b == a+1 && (wordEnds(v.Text, a) || char.Alnum(char.At(v.Text, a-1)) && bytes.IndexByte(v.Text[b+1:i], '(') >= 0) { // VALUES (67…
		return
	}
	var canon [iban.Longest]byte
	canon[0], canon[1] = char.Upper(v.Text[a]), char.Upper(v.Text[b])
	end, ok := known.Collect(v.Text, i, canon[2:2], form)
	n := len(form) + 4
	if !ok || !iban.Valid(canon[:n]) {
		return
	}
	s.Add(v, a, end, finding.Span{Entity: entity.IBAN, Layer: entity.Detector, Rule: "iban", Canon: string(canon[:n])})
}

// wordEnds tells whether the two letters at t[a:] end a longer word, so that the number
// behind it does not begin with them: one in small letters, or the code of a currency
// that ends as that of a country, as before the dates of a statement.
func wordEnds(t []byte, a int) bool {
	if a == 0 || !char.Letter(t[a-1]) {
		return false
	}
	if a > 1 && char.Letter(t[a-2]) && capitals(t, a) && char.At(t, a+2) == ' ' {
		return true // WITHDRAWAL #992316690487, PARIS 75
	}
	if a > 1 && char.Letter(t[a-2]) || char.ByteClass[t[a-1]]&char.IsLower != 0 {
		return char.ByteClass[t[a-1]]&char.ByteClass[t[a]]&char.ByteClass[t[a+1]]&char.IsLower != 0
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
		if k < 0 || char.ByteClass[t[k]]&char.IsUpper == 0 {
			return false
		}
	}
	return true
}

// reference tries an ISO 11649 creditor reference: RF, two check digits, up to
// 21 characters. It must be one word, or printed in fours.
func (s *Scan) reference(v *finding.View, a, i int) {
	t := v.Text
	if a > 0 && char.Alnum(t[a-1]) && char.ByteClass[t[a]]&char.IsUpper == 0 { // lower-case ids have "rf" by chance
		return
	}
	s.dividedReference(v, a, i)
	var canon [25]byte
	canon[0], canon[1] = 'R', 'F'
	n, end := 2, i
	valid := 0
	for k := i; k < len(t) && n < len(canon); k++ {
		if !char.Alnum(t[k]) {
			if t[k] != ' ' && t[k] != '-' || n%4 != 0 {
				break
			}
			continue
		}
		canon[n] = char.Upper(t[k])
		n++
		if (k+1 == len(t) || !char.Alnum(t[k+1]) || char.Digit(t[k]) && char.Letter(t[k+1])) && n >= 9 && char.Digit(canon[2]) && char.Digit(canon[3]) && iban.Valid(canon[:n]) {
			valid, end = n, k+1
		}
	}
	if valid > 0 {
		s.Add(v, a, end, finding.Span{Entity: entity.Ref, Layer: entity.Detector, Rule: "iso11649", Canon: string(canon[:valid])})
	}
}
