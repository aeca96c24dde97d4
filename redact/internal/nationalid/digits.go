package nationalid

import "github.com/counterfoil/counterfoil/redact/internal/checkdigit"

// Numbers of digits alone.

// SSN verifies nine digits of a US social security number by the assignment rules of the
// Social Security Administration (POMS RM 10201.030).
func SSN(d []byte) bool {
	area := checkdigit.Number(d[:3])
	return area != 0 && area != 666 && area < 900 && checkdigit.Number(d[3:5]) != 0 && checkdigit.Number(d[5:9]) != 0
}

// ITIN verifies nine digits of a US individual taxpayer identification number by the
// ranges of the IRS (Internal Revenue Manual 3.21.263).
func ITIN(d []byte) bool {
	g := checkdigit.Number(d[3:5])
	return d[0] == '9' && (g >= 50 && g <= 65 || g >= 70 && g <= 88 || g >= 90 && g <= 92 || g >= 94 && g <= 99)
}

// Calendar tells whether six digits read as a day of birth, yymmdd. A Swedish coordination
// number adds 60 to the day.
func Calendar(d []byte) bool {
	m, day := checkdigit.Number(d[2:4]), checkdigit.Number(d[4:6])
	return m >= 1 && m <= 12 && (day >= 1 && day <= 31 || day >= 61 && day <= 91)
}

// mod11 computes a check digit as the Brazilian numbers do.
func mod11(d []byte, weights ...int) int {
	if r := checkdigit.Weighted(d, weights...) % 11; r >= 2 {
		return 11 - r
	}
	return 0
}

func repeated(d []byte) bool {
	for _, c := range d {
		if c != d[0] {
			return false
		}
	}
	return true
}

// CPF verifies both check digits of a Brazilian taxpayer number, of eleven digits.
func CPF(d []byte) bool {
	return !repeated(d) && mod11(d[:9], 10, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[9]-'0') &&
		mod11(d[:10], 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[10]-'0')
}

// CNPJ verifies both check digits of a Brazilian company number, of 14 digits.
func CNPJ(d []byte) bool {
	return !repeated(d) && mod11(d[:12], 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[12]-'0') &&
		mod11(d[:13], 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[13]-'0')
}

// CUIT verifies the check digit of an Argentine tax number, of eleven digits.
func CUIT(d []byte) bool {
	return mod11One(checkdigit.Weighted(d[:10], 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) == int(d[10]-'0')
}

func mod11One(sum int) int {
	if r := 11 - sum%11; r < 11 {
		return r
	}
	return 0
}

// NRN verifies a number of the Belgian national register, of eleven digits, of births
// before and after 2000.
func NRN(d []byte) bool {
	n, check := checkdigit.Number(d[:9]), checkdigit.Number(d[9:11])
	return 97-n%97 == check || 97-(2_000_000_000+n)%97 == check
}

// regions are the first and the last second digit, by the first one, of the provinces of
// China (GB/T 2260) and, with 9, of foreigners who live there.
var regions = [10][2]byte{1: {'1', '5'}, 2: {'1', '3'}, 3: {'1', '7'}, 4: {'1', '6'}, 5: {'0', '4'}, 6: {'1', '6'}, 7: {'1', '1'}, 8: {'1', '3'}, 9: {'1', '4'}}

// ResidentID verifies a Chinese resident identity number of 18 characters, the last of
// which is a digit or X (GB 11643: date, ISO 7064 MOD 11-2).
func ResidentID(d []byte) bool {
	y := checkdigit.Number(d[6:10])
	if d[0] == '0' || d[1] < regions[d[0]-'0'][0] || d[1] > regions[d[0]-'0'][1] || y < 1900 || y > 2060 || !Calendar(d[8:14]) {
		return false
	}
	sum := checkdigit.Weighted(d[:17], 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
	return "10X98765432"[sum%11] == d[17]
}

// NIR verifies a French social security number, of 15 digits: sex, month, key modulo 97.
func NIR(d []byte) bool {
	m := checkdigit.Number(d[3:5])
	return (d[0] == '1' || d[0] == '2') && m >= 1 && m <= 12 && 97-checkdigit.Number(d[:13])%97 == checkdigit.Number(d[13:15])
}

// NHS verifies a British health service number, of ten digits (NHS Data Dictionary,
// modulus 11).
func NHS(d []byte) bool {
	c := 11 - checkdigit.Weighted(d[:9], 10, 9, 8, 7, 6, 5, 4, 3, 2)%11
	return c%11 == int(d[9]-'0') && c != 10
}

// Any tells whether a number, of which a text says that it is of this kind, satisfies one
// of the check schemes in use for its length, 8 to 15 digits.
func Any(d []byte) bool {
	switch len(d) {
	case 8, 13, 14, 15: // DNI, NIE without letter; ZA, CNPJ and others
		return true
	case 9: // SIN, BSN, TFN, NIF, SSN
		return checkdigit.Luhn(d) || mod11(d[:8], 9, 8, 7, 6, 5, 4, 3, 2) == int(d[8]-'0') || (checkdigit.Weighted(d[:8], 9, 8, 7, 6, 5, 4, 3, 2)-int(d[8]-'0'))%11 == 0 ||
			checkdigit.Weighted(d, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 || SSN(d)
	case 10:
		return checkdigit.Luhn(d) || utr(d) || nip(d) || Calendar(d[:6]) || day(checkdigit.Number(d[:2])) && month(checkdigit.Number(d[2:4])) || NHS(d) || mod11One(checkdigit.Weighted(d[:9], 2, 4, 8, 5, 10, 9, 7, 3, 6)) == int(d[9]-'0')
	case 11:
		return CPF(d) || CUIT(d) || NRN(d) || norwegian(d) || turkish(d) || (10-checkdigit.Weighted(d[:10], 1, 3, 7, 9)%10)%10 == int(d[10]-'0') || checkdigit.Mod11And10(d) || checkdigit.Luhn(d) || abn(d)
	case 12:
		return checkdigit.Verhoeff(d) || Calendar(d[2:8])
	}
	return false
}

// AHV verifies a Swiss social insurance number, of 13 digits (AHVN13: the country's GS1
// prefix and check digit).
func AHV(d []byte) bool {
	return checkdigit.Number(d[:3]) == 756 && (10-checkdigit.Weighted(d[:12], 1, 3)%10)%10 == int(d[12]-'0')
}

// ZAID verifies a South African identity number, of 13 digits: date of birth, citizenship,
// Luhn.
func ZAID(d []byte) bool {
	return Calendar(d[:6]) && d[10] <= '1' && (d[11] == '8' || d[11] == '9') && checkdigit.Luhn(d)
}

// RUTCheck returns the check character of a Chilean tax number of seven digits or eight
// as a number, 10 for K (modulus 11).
func RUTCheck(d []byte) int {
	const most = 8
	return (11 - checkdigit.Weighted(d, []int{3, 2, 7, 6, 5, 4, 3, 2}[most-len(d):]...)%11) % 11
}

// RUT verifies a Chilean tax number of eight digits or nine, the last of which is the
// check character.
func RUT(d []byte) bool {
	last := len(d) - 1
	return RUTCheck(d[:last]) == int(d[last]-'0')
}

// norwegian verifies both check digits of a birth number.
func norwegian(d []byte) bool {
	return checkdigit.Weighted(d[:10], 3, 7, 6, 1, 8, 9, 4, 5, 2, 1)%11 == 0 && checkdigit.Weighted(d[:11], 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

// turkish verifies both check digits of an identity number.
func turkish(d []byte) bool {
	odd := checkdigit.Weighted(d[:9], 1, 0)
	even := checkdigit.Weighted(d[:8], 0, 1)
	return d[0] != '0' && ((7*odd-even)%10+10)%10 == int(d[9]-'0') && checkdigit.Weighted(d[:10], 1)%10 == int(d[10]-'0')
}

// utr verifies a British unique taxpayer reference: its first digit is the check digit
// of the others.
func utr(d []byte) bool {
	return "21987654321"[checkdigit.Weighted(d[1:10], 6, 7, 8, 9, 10, 5, 4, 3, 2)%11] == d[0]
}

// nip verifies a Polish tax number.
func nip(d []byte) bool {
	return checkdigit.Weighted(d[:9], 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == int(d[9]-'0')
}

// abn verifies an Australian business number (ABN Lookup, modulus 89).
func abn(d []byte) bool {
	return d[0] != '0' && (checkdigit.Weighted(d[:11], 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
}

// Medicare verifies an Australian Medicare number, of which the first nine digits count:
// the tenth is the card's, and one behind it the person's.
func Medicare(d []byte) bool {
	return d[0] >= '2' && d[0] <= '6' && checkdigit.Weighted(d[:8], 1, 3, 7, 9)%10 == int(d[8]-'0')
}

// ThaiID verifies a Thai personal identification number, of 13 digits (modulus 11).
func ThaiID(d []byte) bool {
	return d[0] != '0' && d[0] != '9' && (11-checkdigit.Weighted(d[:12], 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11)%10 == int(d[12]-'0')
}

// NRNDay is Calendar for a number of the Belgian register: that of somebody who does not
// live there has 20 or 40 added to the month.
func NRNDay(d []byte) bool {
	return month(checkdigit.Number(d[2:4])%20) && checkdigit.Number(d[2:4]) < 60 && day(checkdigit.Number(d[4:6]))
}

func month(m int) bool { return m >= 1 && m <= 12 }

func day(d int) bool { return d >= 1 && d <= 31 }
