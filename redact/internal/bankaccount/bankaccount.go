// Package bankaccount verifies the numbers of banks and accounts as each country has them
// beside or inside of the IBAN: their check digits, and of banks that have none which
// numbers were given out. All take the digits without the marks between them; how many
// there are is the caller's to check.
//
// Sources stand at the functions: the rules of the central bank or of the banks' own
// association.
package bankaccount

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/checkdigit"
	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// ABA verifies a US routing number, of nine digits: 3-7-1 weights, and a Federal Reserve
// prefix (ABA Routing Number Policy).
func ABA(d []byte) bool {
	p := checkdigit.Number(d[:2])
	if !(p <= 12 || p >= 21 && p <= 32 || p >= 61 && p <= 72 || p == 80) {
		return false
	}
	return checkdigit.Weighted(d, 3, 7, 1)%10 == 0
}

// NewZealandBank tells whether the number of a bank, the first two digits of an account,
// is assigned (Payments NZ bank branch register).
func NewZealandBank(bank int) bool {
	return bank >= 1 && bank <= 6 || bank >= 8 && bank <= 31 || bank == 35 || bank == 38 || bank == 88
}

// NewZealand verifies the check digit of an account of New Zealand, of which the first 13
// digits count (Inland Revenue, Resident withholding tax file upload specification): branch
// and number, by one of the algorithms that most banks use.
func NewZealand(d []byte) bool {
	return checkdigit.Weighted(d[2:13], 6, 3, 7, 9, 0, 10, 5, 8, 4, 2, 1)%11 == 0 || checkdigit.Weighted(d[2:13], 0, 0, 0, 0, 0, 10, 5, 8, 4, 2, 1)%11 == 0
}

// CanadianBank tells whether an institution number, of three digits, is assigned (Payments
// Canada, Financial Institutions File).
func CanadianBank(n int) bool {
	switch n {
	case 1, 2, 3, 4, 6, 10, 16, 30, 39, 117, 127, 177, 219, 240, 241, 242, 245, 248, 250, 260, 269, 270, 275, 277, 278, 290, 294,
		303, 307, 308, 309, 310, 311, 314, 315, 320, 323, 326, 327, 330, 332, 334, 335, 338, 340, 342, 343, 345, 352, 355, 356, 358, 361, 362, 363, 372, 374, 376, 378,
		509, 532, 540, 544, 548, 549, 550, 551, 553, 554, 555, 556, 557, 558, 560, 561, 562, 563, 564, 565, 566, 567, 568, 569, 570,
		608, 614, 618, 620, 621, 623, 625, 627, 635, 638, 640, 641, 642, 803, 807, 809, 815, 819, 828, 829, 830, 831, 832, 833, 834, 837, 839, 840, 841, 842, 843, 844, 845, 846, 847, 849, 851, 853, 854, 855, 856, 865, 879, 889, 890, 899, 900:
		return true
	}
	return false
}

// CCC verifies both check digits of a Spanish account, of 20 digits (Consejo Superior
// Bancario, Código Cuenta Cliente).
func CCC(d []byte) bool {
	check := func(sum int) byte { return "01987654321"[sum%11] }
	return check(checkdigit.Weighted(d[:8], 4, 8, 5, 10, 9, 7, 3, 6)) == d[8] && check(checkdigit.Weighted(d[10:], 1, 2, 4, 8, 5, 10, 9, 7, 3, 6)) == d[9]
}

// RIB verifies the key of a French account, of 23 characters (Banque de France, relevé
// d'identité bancaire), that is all digits.
func RIB(d []byte) bool {
	return checkdigit.Mod97(d) == 0
}

// CLABE verifies the control digit of a Mexican account, of 18 digits (ABM, weights 3-7-1
// modulo 10).
func CLABE(d []byte) bool {
	const account, check = 6, 17                         // where the number of the account begins, and the check digit
	if len(bytes.TrimLeft(d[account:check], "0")) == 0 { // a number that a program wrote with an exponent: 6.02e23
		return false
	}
	sum := 0
	for i, c := range d[:17] {
		sum += int(c-'0') * [...]int{3, 7, 1}[i%3] % 10
	}
	return (10-sum%10)%10 == int(d[17]-'0')
}

// MexicanBank tells whether the code of a bank, the first three digits of a CLABE, is one
// of the ABM's.
func MexicanBank(bank int) bool {
	switch {
	case bank == 2 || bank == 6 || bank == 9 || bank == 12 || bank == 14 || bank == 19 || bank == 21 || bank == 30 || bank == 32,
		bank == 36 || bank == 37 || bank == 42 || bank == 44 || bank == 58 || bank == 59 || bank == 60 || bank == 62 || bank == 72,
		bank >= 102 && bank <= 168, bank >= 600 && bank <= 684, bank >= 706 && bank <= 728, bank == 846 || bank == 901 || bank == 902:
		return true
	}
	return false
}

// CBU verifies both check digits of an Argentine account, of 22 digits (BCRA, Comunicación
// A 2559).
func CBU(d []byte) bool {
	block := func(b []byte, weights ...int) bool {
		n := len(b) - 1
		return (10-checkdigit.Weighted(b[:n], weights...)%10)%10 == int(b[n]-'0')
	}
	return checkdigit.Number(d[:3]) != 0 && block(d[:8], 7, 1, 3, 9, 7, 1, 3) && block(d[8:], 3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3)
}

// Hungarian verifies both check digits of a pénzforgalmi jelzőszám, of 16 digits or 24 (MNB
// decree 35/2017).
func Hungarian(d []byte) bool {
	return checkdigit.Number(d[:3]) >= 100 && checkdigit.Weighted(d[:8], 9, 7, 3, 1)%10 == 0 && checkdigit.Weighted(d[8:], 9, 7, 3, 1)%10 == 0
}

// Belgian verifies the last two of the twelve digits of an account (Febelfin): the others
// modulo 97, 97 for 0.
func Belgian(d []byte) bool {
	rest := checkdigit.Mod97(d[:10])
	if rest == 0 {
		rest = 97
	}
	return rest == checkdigit.Number(d[10:12])
}

// Polish verifies the first two of the 26 digits of an account, which are those of its IBAN
// (NBP).
func Polish(d []byte) bool {
	return checkdigit.Number(d[2:5]) >= 100 && iban.Valid(append([]byte("PL"), d...))
}

// MOD97 verifies the last two digits (ISO/IEC 7064, MOD 97-10), as accounts of Bosnia and
// Herzegovina, North Macedonia, Portugal and Serbia have them.
func MOD97(d []byte) bool { return checkdigit.Mod97(d) == 1 }

// Croatian verifies the seven digits of the bank and the ten of the account (ISO/IEC 7064,
// MOD 11,10).
func Croatian(d []byte) bool { return checkdigit.Mod11And10(d[:7]) && checkdigit.Mod11And10(d[7:]) }

// Norwegian verifies the last of the eleven digits of an account (Finans Norge, modulo 11).
func Norwegian(d []byte) bool {
	return checkdigit.Weighted(d, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

// Czech verifies the number or the prefix of a Czech or Slovak account, up to ten digits
// (decree of the ČNB 169/2011, weights modulo 11).
func Czech(d []byte) bool {
	weights := [...]int{6, 3, 7, 9, 10, 5, 8, 4, 2, 1}
	sum := checkdigit.Weighted(d, weights[len(weights)-len(d):]...)
	return sum > 0 && sum%11 == 0
}
