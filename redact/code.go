package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// Numbers with letters in them: IFSC (India), codice fiscale (Italy), CURP
// (Mexico), DNI and NIE (Spain), HETU (Finland), and the BIC (ISO 9362) beside
// an account.

// fewestCode is the fewest digits in any of these, and in those that a cue speaks for.
const fewestCode = 4

// shortestCode is the length of the shortest of them.
const shortestCode = 9

// codes looks at every word of letters and digits.
func (s *scan) codes(v *view) {
	t := v.t
	for w := (words{t: t, class: isAlnum}); w.next(); {
		i, j := w.lo, w.hi
		if rule := codeRule(t[i:j]); rule != "" && (rule != "dni" || byteClass[t[j-1]]&isUpper != 0 || cueBefore(t, i, s.cue)&cueTax != 0) {
			e := National
			if rule == "ifsc" {
				e = Bank
			}
			s.add(v, i, j, span{entity: e, layer: LayerDetector, rule: rule, canon: string(bytes.ToUpper(t[i:j]))})
			if rule == "ifsc" {
				s.besideIFSC(v, i, j)
			}
		} else if national(t[i:j]) && cueBefore(t, i, s.cue)&(cueAccount|cueIBAN) != 0 {
			s.add(v, i, j, span{entity: Account, layer: LayerDetector, rule: "bban", canon: string(bytes.ToUpper(t[i:j]))})
		} else if mayCued(t[i:j]) {
			if rule := cuedRule(t[i:j], cueBefore(t, i, s.cue)); rule != "" {
				s.add(v, i, j, span{entity: National, layer: LayerDetector, rule: rule, canon: string(bytes.ToUpper(t[i:j]))})
			}
		}
	}
}

// besideIFSC takes the number right behind a bank's code t[i:j], or right before it,
// as an account.
func (s *scan) besideIFSC(v *view, i, j int) {
	const gapped = 3
	t, a := v.t, j
	for a < len(t) && a-j <= gapped && !alnum(t[a]) {
		a++
	}
	b := a + digits(t[a:])
	s.indian(v, a, b)
	s.remitted(v, i, j)
	for b = i; b > 0 && i-b <= gapped && !alnum(t[b-1]); {
		b--
	}
	for a = b; a > 0 && digit(t[a-1]); {
		a--
	}
	s.indian(v, a, b)
}

// indian takes the digits t[a:b] as an account if they are as many as Indian ones
// have.
func (s *scan) indian(v *view, a, b int) {
	const least, most = 9, 18
	if b-a >= least && b-a <= most && !alnum(byteAt(v.t, b)) && !alnum(byteAt(v.t, a-1)) {
		s.add(v, a, b, span{entity: Account, layer: LayerDetector, rule: "ifsc", canon: string(v.t[a:b])})
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
		if (i < letters) != letter(c) || i >= letters && !digit(c) {
			return false
		}
	}
	return true
}

// codeRule names the scheme whose form and check characters a word satisfies.
func codeRule(w []byte) string {
	var buf [18]byte
	if len(w) < shortestCode || len(w) > len(buf) {
		return ""
	}
	u := buf[:len(w)]
	for i, c := range w {
		u[i] = upper(c)
	}
	switch {
	case len(u) == 11 && shaped(u, "aaaa0cccccc") && digitsIn(u[5:]) >= 3 && byteClass[w[0]]&isUpper != 0:
		return "ifsc"
	case len(u) == 16 && shaped(u, "aaaaaannannannna") && codiceFiscale(u):
		return "codice_fiscale"
	case len(u) == 18 && shaped(u, "aaaannnnnnaaaaaacn") && curp(u):
		return "curp"
	case len(u) == 18 && shaped(u[:17], "nnnnnnnnnnnnnnnnn") && u[17] == 'X' && chinese(u):
		return "resident_id"
	case len(u) == 9 && dni(u):
		return "dni"
	}
	return letteredRule(u)
}

// shaped tells whether w has a shape: n digits, a letters, c either, else the
// character itself.
func shaped(w []byte, shape string) bool {
	for i, c := range w {
		switch shape[i] {
		case 'n':
			if !digit(c) {
				return false
			}
		case 'a':
			if !letter(c) {
				return false
			}
		case 'c':
		default:
			if c != shape[i] {
				return false
			}
		}
	}
	return true
}

// codiceFiscale verifies the control character (D.M. 23/12/1976).
func codiceFiscale(w []byte) bool {
	odd := [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
	sum := 0
	for i, c := range w[:15] {
		n := int(c - 'A')
		if digit(c) {
			n = int(c - '0')
		}
		if i%2 == 0 {
			n = odd[n]
		}
		sum += n
	}
	return byte('A'+sum%26) == w[15]
}

// curp verifies the check digit (RENAPO, Instructivo Normativo), the day of birth and
// the letter of the sex: hombre, mujer or X.
func curp(w []byte) bool {
	if c := w[10]; c != 'H' && c != 'M' && c != 'X' {
		return false
	}
	sum := 0
	for i, c := range w[:17] {
		n := int(c - '0')
		if letter(c) {
			if n = int(c-'A') + 10; c > 'N' {
				n++ // Ñ stands between N and O
			}
		}
		sum += n * (18 - i)
	}
	return (10-sum%10)%10 == int(w[17]-'0') && calendar(w[4:10])
}

// dni verifies the letter of a Spanish DNI (eight digits) or NIE (X, Y or Z
// and seven).
func dni(w []byte) bool {
	n := 0
	for i, c := range w[:8] {
		switch {
		case digit(c):
			n = n*10 + int(c-'0')
		case i == 0 && c >= 'X' && c <= 'Z':
			n = int(c - 'X')
		default:
			return false
		}
	}
	return "TRWAGMYFPDXBNJZSQVHLCKE"[n%23] == w[8]
}

// bic tells whether w has the form of ISO 9362 in upper case, with a country
// that has IBANs or large banks.
func bic(w []byte) bool {
	if len(w) != 8 && len(w) != 11 {
		return false
	}
	for i, c := range w {
		if byteClass[c]&isUpper == 0 && (i < 6 || !digit(c)) {
			return false
		}
	}
	if string(w) == "NOTPROVIDED" { // no end-to-end identification (EPC SEPA rulebooks)
		return false
	}
	return iban.Of(w[4], w[5]).BBAN != "" || bytes.Contains([]byte("US CA AU NZ JP CN HK SG IN MX AR ZA KR TH MY PH ID TW"), w[4:6])
}
