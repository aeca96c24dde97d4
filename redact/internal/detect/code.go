package detect

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// codes looks at every word of letters and digits.
func (s *Scan) codes(v *finding.View) {
	t := v.Text
	for w := (char.Words{T: t, Class: char.IsAlnum}); w.Next(); {
		i, j := w.Lo, w.Hi
		if rule := CodeRule(t[i:j]); rule != "" && (rule != "dni" || char.ByteClass[t[j-1]]&char.IsUpper != 0 || cue.Before(t, i, s.Cue)&cue.Tax != 0) && !(rule == "ifsc" && container(t[i:j]) && cue.Before(t, i, s.Cue)&cue.IFSC == 0) {
			e := entity.National
			if rule == "ifsc" {
				e = entity.Bank
			}
			s.Add(v, i, j, finding.Span{Entity: e, Layer: entity.Detector, Rule: rule, Canon: string(bytes.ToUpper(t[i:j]))})
			if rule == "ifsc" {
				s.besideIFSC(v, i, j)
			}
		} else if national(t[i:j]) && cue.Before(t, i, s.Cue)&(cue.Account|cue.IBAN) != 0 {
			s.Add(v, i, j, finding.Span{Entity: entity.Account, Layer: entity.Detector, Rule: "bban", Canon: string(bytes.ToUpper(t[i:j]))})
		} else if mayCued(t[i:j]) {
			if rule := column.CuedRule(t[i:j], cue.Before(t, i, s.Cue)); rule != "" {
				s.Add(v, i, j, finding.Span{Entity: entity.National, Layer: entity.Detector, Rule: rule, Canon: string(bytes.ToUpper(t[i:j]))})
			}
		}
	}
}

// besideIFSC takes the number right behind a bank's code t[i:j], or right before it,
// as an account.
func (s *Scan) besideIFSC(v *finding.View, i, j int) {
	const gapped = 3
	t, a := v.Text, j
	for a < len(t) && a-j <= gapped && !char.Alnum(t[a]) {
		a++
	}
	b := a + char.Digits(t[a:])
	s.indian(v, a, b)
	s.remitted(v, i, j)
	for b = i; b > 0 && i-b <= gapped && !char.Alnum(t[b-1]); {
		b--
	}
	for a = b; a > 0 && char.Digit(t[a-1]); {
		a--
	}
	s.indian(v, a, b)
}

// indian takes the digits t[a:b] as an account if they are as many as Indian ones
// have.
func (s *Scan) indian(v *finding.View, a, b int) {
	const least, most = 9, 18
	if b-a >= least && b-a <= most && !char.Alnum(char.At(v.Text, b)) && !char.Alnum(char.At(v.Text, a-1)) {
		s.Add(v, a, b, finding.Span{Entity: entity.Account, Layer: entity.Detector, Rule: "ifsc", Canon: string(v.Text[a:b])})
	}
}

// national tells whether a word is the national part of an IBAN that begins
// with four letters of a bank, ten digits or more behind them.
func national(w []byte) bool {
	const letters, most = 4, 30
	if len(w) < letters+10 || len(w) > most {
		return false
	}
	for i, c := range w {
		if (i < letters) != char.Letter(c) || i >= letters && !char.Digit(c) {
			return false
		}
	}
	return true
}

// CodeRule names the scheme whose form and check characters a word satisfies.
func CodeRule(w []byte) string {
	var buf [18]byte
	if len(w) < profile.ShortestCode || len(w) > len(buf) {
		return ""
	}
	u := buf[:len(w)]
	for i, c := range w {
		u[i] = char.Upper(c)
	}
	if len(u) == 11 && nationalid.Shaped(u, "aaaa0cccccc") && char.DigitsIn(u[5:]) >= 3 && char.ByteClass[w[0]]&char.IsUpper != 0 {
		return "ifsc"
	}
	return nationalid.Lettered(u)
}

// container tells whether a word is the number of a freight container (ISO 6346): its owner
// in three capitals, U, six digits and a check digit. A code of an Indian bank whose fourth
// letter is U has that form as well, and its check digit one time in eleven.
func container(w []byte) bool {
	const size, modulus = 11, 11
	if len(w) != size || w[3] != 'U' || !char.AllDigits(w[4:]) {
		return false
	}
	sum := 0
	for i, c := range w[:size-1] {
		value := int(c - '0')
		if i < len("CSQU") {
			value = int(c-'A') + 10
			value += (value - 1) / (modulus - 1) // multiples of eleven are left out
		}
		sum += value << i
	}
	return sum%modulus%10 == int(w[size-1]-'0')
}

// BIC tells whether w has the form of ISO 9362 in upper case, with a country
// that has IBANs or large banks.
func BIC(w []byte) bool {
	if len(w) != 8 && len(w) != 11 {
		return false
	}
	for i, c := range w {
		if char.ByteClass[c]&char.IsUpper == 0 && (i < 6 || !char.Digit(c)) {
			return false
		}
	}
	if string(w) == "NOTPROVIDED" { // no end-to-end identification (EPC SEPA rulebooks)
		return false
	}
	return iban.Of(w[4], w[5]).BBAN != "" || bytes.Contains([]byte("US CA AU NZ JP CN HK SG IN MX AR ZA KR TH MY PH ID TW"), w[4:6])
}
