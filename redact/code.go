package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/iban"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
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
	if len(u) == 11 && nationalid.Shaped(u, "aaaa0cccccc") && digitsIn(u[5:]) >= 3 && byteClass[w[0]]&isUpper != 0 {
		return "ifsc"
	}
	return nationalid.Lettered(u)
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
