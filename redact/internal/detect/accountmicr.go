package detect

import (
	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// The line of a cheque in magnetic ink (ANSI X9.100-160, E-13B): the transit symbol on
// both sides of the routing number, the on-us symbol behind the account. Fonts and
// readers write the symbols as letters: A and C, T and U or O, c and o, or a colon and <.

// micrLines finds the account beside a routing number between two transit symbols, in
// a folded text.
func (s *Scan) micrLines(v *finding.View) {
	const routing = 9
	t := v.Text
	for i := 0; i+routing+1 < len(t); i++ {
		n := micrSymbol(t[i:])
		if n == 0 || char.Digit(char.At(t, i-1)) || char.Letter(char.At(t, i-1)) || i+n+routing+n > len(t) {
			continue
		}
		lo, hi := i+n, i+n+routing
		if string(t[hi:hi+n]) != string(t[i:i+n]) || !char.AllDigits(t[lo:hi]) || !bankaccount.ABA(t[lo:hi]) || char.Letter(char.At(t, hi+n)) {
			continue
		}
		s.addCoded(v, lo, hi, entity.Bank, "micr")
		a := hi + n
		for a < len(t) && t[a] == ' ' {
			a++
		}
		b, last, digits := a, a, 0
		for b < len(t) && b-a < column.LongestHeld && (char.Digit(t[b]) || t[b] == ' ' || t[b] == '-') {
			if char.Digit(t[b]) {
				digits++
				last = b + 1
			}
			b++
		}
		if digits >= leastElement && b < len(t) && onUs(t[b:]) {
			s.addCoded(v, a, last, entity.Account, "micr")
		}
		i = hi
	}
}

// micrSymbol returns how many bytes the transit symbol has that a text begins with.
func micrSymbol(t []byte) int {
	switch t[0] {
	case 'A', 'T', 'c', ':', 't', 'a', '|':
		return 1
	case 0xE2: // U+2446
		if len(t) > 2 && t[1] == 0x91 && t[2] == 0x86 {
			return 3
		}
	}
	return 0
}

// onUs tells whether a text begins with the on-us symbol.
func onUs(t []byte) bool {
	switch t[0] {
	case 'C', 'U', 'O', 'o', 'u', 'c', '<':
		return true
	}
	return len(t) > 2 && t[0] == 0xE2 && t[1] == 0x91 && t[2] == 0x88 // U+2448
}
