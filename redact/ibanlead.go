package redact

import "github.com/counterfoil/counterfoil/redact/internal/iban"

// sparseLead tells whether a text with few digits may hold an IBAN between whose
// letters and digits other characters stand: the letters of a country come before
// two digits, and enough letters and digits after them.
func (p *profile) sparseLead(t []byte) bool {
	if p.digits < leastIBANDigits || p.digits >= minIBANDigits || len(t) < iban.Shortest {
		return false
	}
	var last [3]byte // the letters and digits before the one at hand
	rest := 0
	for _, c := range t {
		if alnum(c) {
			rest++
		}
	}
	for _, c := range t {
		if !alnum(c) {
			continue
		}
		if digit(c) && digit(last[2]) && letter(last[0]) && letter(last[1]) {
			form := iban.Of(last[0], last[1]).BBAN
			if form != "" && rest > len(form) {
				return true
			}
		}
		rest--
		last[0], last[1], last[2] = last[1], last[2], c
	}
	return false
}
