package redact

// Payment card numbers (ISO/IEC 7812-1): 12 to 19 digits, a Luhn check digit
// and an issuer range that is in use.

// strength of an issuer range.
type strength int

const (
	none   strength = iota
	named           // counts only where a word says that it is a card
	weak            // in a range that is wide and thinly issued
	fair            // in a narrow one of these
	strong          // in a range that is densely issued
)

// issuer tells how sure it is that d, of its length, lies in an issued range.
// Sources: the networks' published ranges as collected in Wikipedia's "Payment
// card number" (2026), Mastercard's 2-series announcement, Maestro's and
// UnionPay's rules.
func issuer(d []byte) strength {
	n := len(d)
	if n < 12 || n > 19 {
		return none
	}
	p2, p3, p4 := prefix(d, 2), prefix(d, 3), prefix(d, 4)
	switch d[0] {
	case '1': // UATP, and 15-digit references by the million
		if n == 15 {
			return named
		}
		return none
	case '4':
		return when(n == 13 || n == 16 || n == 19 || n == 18 && (p4 == 4903 || p4 == 4905 || p4 == 4911 || p4 == 4936)) // Visa; Switch
	case '2':
		return when(n == 16 && p4 >= 2221 && p4 <= 2720 || n >= 16 && p4 >= 2200 && p4 <= 2205) // Mastercard; Mir, BORICA
	case '3':
		return issuer3(n, p2, p3, p4)
	case '5':
		if n == 16 && p2 >= 51 && p2 <= 55 {
			return strong
		}
		if p6 := prefix(d, 6); n >= 16 && p6 >= 506099 && p6 <= 506198 || n >= 16 && p6 >= 507865 && p6 <= 507964 || n == 16 && (p4 == 5019 || p3 == 508 || p3 == 509 || p4 == 5614 || p6 == 504175 || p6 >= 506699 && p6 <= 506778) || n >= 16 && p6 == 564182 { // Verve, Dankort, RuPay, Elo, Uzcard, Switch
			return strong
		}
		return maestro(p2, p4)
	case '6':
		return issuer6(d, p2, p3, p4)
	case '8', '9':
		if n == 16 && (p4 == 8600 || p4 == 9792 || p4 == 9860 || p2 == 81 || p2 == 82) || (n == 16 || n == 19) && p4 == 9704 { // Uzcard, Troy, Humo, UnionPay, RuPay; Napas
			return strong
		}
		return fairWhen(n > 16 && p2 == 81) // UnionPay
	}
	return none
}

func issuer6(d []byte, p2, p3, p4 int) strength {
	n := len(d)
	switch p6 := prefix(d, 6); {
	case n >= 16 && (p4 == 6011 || p3 >= 644 && p3 <= 649 || p2 == 65 || p2 == 62): // Discover, RuPay, UnionPay
		return strong
	case n == 16 && (p3 >= 637 && p3 <= 639 || p6 == 606282), n >= 16 && p3 == 636: // InstaPayment, Hipercard; Elo, InterPayment
		return strong
	case n >= 16 && (p6 >= 604001 && p6 <= 604200 || p6 == 605474 || p6 == 633110 || british(p4)): // UkrCard, Pridnestrovie; Switch, Solo, Laser
		return strong
	}
	if n == 16 && p2 == 60 && !known4(p4) { // RuPay
		return fair
	}
	return maestro(p2, p4)
}

func issuer3(n, p2, p3, p4 int) strength {
	switch {
	case p2 == 34 || p2 == 37: // American Express
		return when(n == 15)
	case p3 >= 300 && p3 <= 305 || p3 == 309 || p2 == 36 || p2 == 38 || p2 == 39: // Diners Club
		if n == 14 || n == 16 || n == 19 {
			return strong
		}
		return fairWhen(n >= 14)
	case p4 >= 3528 && p4 <= 3589: // JCB
		return when(n >= 16)
	}
	return none
}

// maestro covers 12 to 19 digits under 50, 56–58 and 6; the well-known issuer
// numbers are strong.
func maestro(p2, p4 int) strength {
	if known4(p4) {
		return strong
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

// known4 tells whether four digits are those of a well-known issuer of Maestro.
func known4(p4 int) bool {
	switch p4 {
	case 5018, 5020, 5038, 5612, 5893, 6304, 6759, 6761, 6762, 6763, 6799, 6390:
		return true
	}
	return false
}

func when(ok bool) strength {
	if ok {
		return strong
	}
	return none
}

func fairWhen(ok bool) strength {
	if ok {
		return fair
	}
	return none
}

func weakWhen(ok bool) strength {
	if ok {
		return weak
	}
	return none
}

// prefix returns the first n digits as a number.
func prefix(d []byte, n int) int {
	v := 0
	for _, c := range d[:n] {
		v = v*10 + int(c-'0')
	}
	return v
}

// luhn verifies the check digit of ISO/IEC 7812-1 annex B.
func luhn(d []byte) bool {
	sum := 0
	double := false
	for i := len(d) - 1; i >= 0; i-- {
		v := int(d[i] - '0')
		if double {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
		double = !double
	}
	return sum%10 == 0
}
