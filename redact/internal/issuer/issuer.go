// Package issuer knows the ranges of payment card numbers (ISO/IEC 7812-1) that are in
// use: 12 to 19 digits, of which the first six to eight are the issuer's.
//
// Sources: the networks' published ranges as collected in Wikipedia's "Payment card
// number" (2026), Mastercard's 2-series announcement, Maestro's and UnionPay's rules.
package issuer

import "github.com/counterfoil/counterfoil/redact/internal/checkdigit"

// Strength tells how sure it is that a number with the right check digit, of a length and
// in a range, is that of a card.
type Strength int

// The strengths, the least first.
const (
	None   Strength = iota // in no range
	Named                  // counts only where a word says that it is a card
	Weak                   // in a range that is wide and thinly issued
	Fair                   // in a narrow one of these
	Strong                 // in a range that is densely issued
)

// Of tells how sure it is that d, all digits of ASCII, lies in an issued range for
// numbers of its length. It does not look at the check digit.
func Of(d []byte) Strength {
	n := len(d)
	if n < 12 || n > 19 {
		return None
	}
	p2, p3, p4 := checkdigit.Number(d[:2]), checkdigit.Number(d[:3]), checkdigit.Number(d[:4])
	switch d[0] {
	case '1': // UATP, and 15-digit references by the million
		if n == 15 {
			return Named
		}
		return None
	case '4':
		return when(n == 13 || n == 16 || n == 19 || n == 18 && (p4 == 4903 || p4 == 4905 || p4 == 4911 || p4 == 4936)) // Visa; Switch
	case '2':
		return when(n == 16 && p4 >= 2221 && p4 <= 2720 || n >= 16 && p4 >= 2200 && p4 <= 2205) // Mastercard; Mir, BORICA
	case '3':
		return of3(n, p2, p3, p4)
	case '5':
		if n == 16 && p2 >= 51 && p2 <= 55 {
			return Strong
		}
		if p6 := checkdigit.Number(d[:6]); n >= 16 && p6 >= 506099 && p6 <= 506198 || n >= 16 && p6 >= 507865 && p6 <= 507964 || n == 16 && (p4 == 5019 || p3 == 508 || p3 == 509 || p4 == 5614 || p6 == 504175 || p6 >= 506699 && p6 <= 506778) || n >= 16 && p6 == 564182 { // Verve, Dankort, RuPay, Elo, Uzcard, Switch
			return Strong
		}
		return maestro(p2, p4)
	case '6':
		return of6(d, p2, p3, p4)
	case '8', '9':
		if n == 16 && (p4 == 8600 || p4 == 9792 || p4 == 9860 || p2 == 81 || p2 == 82) || (n == 16 || n == 19) && p4 == 9704 { // Uzcard, Troy, Humo, UnionPay, RuPay; Napas
			return Strong
		}
		return fairWhen(n > 16 && p2 == 81) // UnionPay
	}
	return None
}

func of6(d []byte, p2, p3, p4 int) Strength {
	n := len(d)
	switch p6 := checkdigit.Number(d[:6]); {
	case n >= 16 && (p4 == 6011 || p3 >= 644 && p3 <= 649 || p2 == 65 || p2 == 62): // Discover, RuPay, UnionPay
		return Strong
	case n == 16 && (p3 >= 637 && p3 <= 639 || p6 == 606282), n >= 16 && p3 == 636: // InstaPayment, Hipercard; Elo, InterPayment
		return Strong
	case n >= 16 && (p6 >= 604001 && p6 <= 604200 || p6 == 605474 || p6 == 633110 || british(p4)): // UkrCard, Pridnestrovie; Switch, Solo, Laser
		return Strong
	}
	if n == 16 && p2 == 60 && !Maestro(p4) { // RuPay
		return Fair
	}
	return maestro(p2, p4)
}

func of3(n, p2, p3, p4 int) Strength {
	switch {
	case p2 == 34 || p2 == 37: // American Express
		return when(n == 15)
	case p3 >= 300 && p3 <= 305 || p3 == 309 || p2 == 36 || p2 == 38 || p2 == 39: // Diners Club
		if n == 14 || n == 16 || n == 19 {
			return Strong
		}
		return fairWhen(n >= 14)
	case p4 >= 3528 && p4 <= 3589: // JCB
		return when(n >= 16)
	}
	return None
}

// maestro covers 12 to 19 digits under 50, 56–58 and 6; the well-known issuer
// numbers are strong.
func maestro(p2, p4 int) Strength {
	if Maestro(p4) {
		return Strong
	}
	return weakWhen(p2 == 50 || p2 >= 56 && p2 <= 58 || p2 >= 60)
}

// british tells whether four digits are those of an issuer of Switch or Solo in
// Britain, or of Laser in Ireland.
func british(p4 int) bool {
	switch p4 {
	case 6333, 6334, 6767, 6706, 6709, 6771:
		return true
	}
	return false
}

// Maestro tells whether four digits are those of a well-known issuer of Maestro.
func Maestro(p4 int) bool {
	switch p4 {
	case 5018, 5020, 5038, 5612, 5893, 6304, 6759, 6761, 6762, 6763, 6799, 6390:
		return true
	}
	return false
}

func when(ok bool) Strength {
	if ok {
		return Strong
	}
	return None
}

func fairWhen(ok bool) Strength {
	if ok {
		return Fair
	}
	return None
}

func weakWhen(ok bool) Strength {
	if ok {
		return Weak
	}
	return None
}
