package profile

import (
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// International bank account numbers (ISO 13616-1) and creditor references
// (ISO 11649): a country or "RF", two check digits, and mod 97 = 1 (ISO/IEC
// 7064, MOD 97-10).

const (
	MinIBANDigits   = 6 // with fewer the letters before the check digits must stand right before them
	LeastIBANDigits = 2 // the check digits: what follows may be letters
)

// IBANLead tells whether two letters begin an IBAN or an ISO 11649 reference.
func IBANLead(a, b byte) bool {
	return iban.Of(a, b).BBAN != "" || char.Upper(a) == 'R' && char.Upper(b) == 'F'
}

// SparseLead tells whether a text with few digits may hold an IBAN between whose
// letters and digits other characters stand: the letters of a country come before
// two digits, and enough letters and digits after them.
func (p *Profile) SparseLead(t []byte) bool {
	if p.Digits < LeastIBANDigits || p.Digits >= MinIBANDigits || len(t) < iban.Shortest {
		return false
	}
	var last [3]byte // the letters and digits before the one at hand
	rest := 0
	for _, c := range t {
		if char.Alnum(c) {
			rest++
		}
	}
	for _, c := range t {
		if !char.Alnum(c) {
			continue
		}
		if char.Digit(c) && char.Digit(last[2]) && char.Letter(last[0]) && char.Letter(last[1]) {
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
