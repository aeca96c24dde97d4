package redact

// The checks of national identity numbers: assignment rules, calendars and check
// digits, each over ASCII digits.

// ssn follows the Social Security Administration's assignment rules (POMS RM
// 10201.030).
func ssn(d []byte) bool {
	area := prefix(d, 3)
	return area != 0 && area != 666 && area < 900 && prefix(d[3:], 2) != 0 && prefix(d[5:], 4) != 0
}

// itin follows the IRS's ranges (Internal Revenue Manual 3.21.263).
func itin(d []byte) bool {
	g := prefix(d[3:], 2)
	return d[0] == '9' && (g >= 50 && g <= 65 || g >= 70 && g <= 88 || g >= 90 && g <= 92 || g >= 94 && g <= 99)
}

// calendar tells whether six digits read as yymmdd.
func calendar(d []byte) bool {
	m, day := prefix(d[2:], 2), prefix(d[4:], 2)
	return m >= 1 && m <= 12 && (day >= 1 && day <= 31 || day >= 61 && day <= 91)
}

// mod11 computes a check digit as the Brazilian numbers do.
func mod11(d []byte, weights ...int) int {
	if r := weighted(d, weights...) % 11; r >= 2 {
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

// cpf verifies a Brazilian taxpayer number.
func cpf(d []byte) bool {
	return !repeated(d) && mod11(d[:9], 10, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[9]-'0') &&
		mod11(d[:10], 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[10]-'0')
}

// cnpj verifies a Brazilian company number.
func cnpj(d []byte) bool {
	return !repeated(d) && mod11(d[:12], 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[12]-'0') &&
		mod11(d[:13], 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == int(d[13]-'0')
}

// cuit verifies an Argentine tax number.
func cuit(d []byte) bool {
	return mod11One(weighted(d[:10], 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) == int(d[10]-'0')
}

func mod11One(sum int) int {
	if r := 11 - sum%11; r < 11 {
		return r
	}
	return 0
}

// belgian verifies a national register number, of births before and after 2000.
func belgian(d []byte) bool {
	n, check := number64(d[:9]), number64(d[9:11])
	return 97-n%97 == check || 97-(2_000_000_000+n)%97 == check
}

func number64(d []byte) int {
	n := 0
	for _, c := range d {
		n = n*10 + int(c-'0')
	}
	return n
}

// chinese verifies a resident identity number (GB 11643: date, ISO 7064 MOD
// 11-2) whose check character is a digit.
func chinese(d []byte) bool {
	y := prefix(d[6:], 4)
	if d[0] == '0' || y < 1900 || y > 2060 || !calendar(d[8:14]) {
		return false
	}
	sum := weighted(d[:17], 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
	return "10X98765432"[sum%11] == d[17]
}

// nir verifies a French social security number: sex, month, key modulo 97.
func nir(d []byte) bool {
	m := prefix(d[3:], 2)
	return (d[0] == '1' || d[0] == '2') && m >= 1 && m <= 12 && 97-number64(d[:13])%97 == number64(d[13:15])
}

// nhs verifies a health service number (NHS Data Dictionary, modulus 11).
func nhs(d []byte) bool {
	c := 11 - weighted(d[:9], 10, 9, 8, 7, 6, 5, 4, 3, 2)%11
	return c%11 == int(d[9]-'0') && c != 10
}

// verhoeff verifies the check digit of an Aadhaar number.
func verhoeff(d []byte) bool {
	c := 0
	for i := range d {
		c = dihedral(c, verhoeffPermutation[i%8][d[len(d)-1-i]-'0'])
	}
	return c == 0
}

var verhoeffPermutation = [8][10]int{
	{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4}, {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
	{9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1}, {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8},
}

// dihedral multiplies in the dihedral group of order ten.
func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return (a+b-5)%5 + 5
	case b < 5:
		return (a-5-b+5)%5 + 5
	}
	return (a - b + 5) % 5
}

// anyID tells whether a number beside a tax or identity cue satisfies one of
// the check schemes in use for its length.
func anyID(d []byte) bool {
	switch len(d) {
	case 8, 13, 14, 15: // DNI, NIE without letter; ZA, CNPJ and others
		return true
	case 9: // SIN, BSN, TFN, NIF, SSN
		return luhn(d) || mod11(d[:8], 9, 8, 7, 6, 5, 4, 3, 2) == int(d[8]-'0') || (weighted(d[:8], 9, 8, 7, 6, 5, 4, 3, 2)-int(d[8]-'0'))%11 == 0 ||
			weighted(d, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 || ssn(d)
	case 10:
		return luhn(d) || utr(d) || nip(d) || calendar(d[:6]) || day(prefix(d, 2)) && month(prefix(d[2:], 2)) || nhs(d) || mod11One(weighted(d[:9], 2, 4, 8, 5, 10, 9, 7, 3, 6)) == int(d[9]-'0')
	case 11:
		return cpf(d) || cuit(d) || belgian(d) || norwegian(d) || turkish(d) || (10-weighted(d[:10], 1, 3, 7, 9)%10)%10 == int(d[10]-'0') || iso7064(d) || luhn(d) || abn(d)
	case 12:
		return verhoeff(d) || calendar(d[2:8])
	}
	return false
}

// swiss verifies a social insurance number (AHVN13: the country's GS1 prefix and
// check digit).
func swiss(d []byte) bool {
	return prefix(d, 3) == 756 && (10-weighted(d[:12], 1, 3)%10)%10 == int(d[12]-'0')
}

// southAfrican verifies an identity number: date of birth, citizenship, Luhn.
// Those that may count milliseconds are left alone.
func southAfrican(d []byte) bool {
	return !instant(d) && calendar(d[:6]) && d[10] <= '1' && (d[11] == '8' || d[11] == '9') && luhn(d)
}

// chileanCheck returns the check character of a tax number of seven digits or eight as
// a number, 10 for K (modulus 11).
func chileanCheck(d []byte) int {
	const most = 8
	return (11 - weighted(d, []int{3, 2, 7, 6, 5, 4, 3, 2}[most-len(d):]...)%11) % 11
}

// chilean verifies a tax number whose check character is a digit.
func chilean(d []byte) bool {
	last := len(d) - 1
	return chileanCheck(d[:last]) == int(d[last]-'0')
}

// norwegian verifies both check digits of a birth number.
func norwegian(d []byte) bool {
	return weighted(d[:10], 3, 7, 6, 1, 8, 9, 4, 5, 2, 1)%11 == 0 && weighted(d[:11], 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

// turkish verifies both check digits of an identity number.
func turkish(d []byte) bool {
	odd := weighted(d[:9], 1, 0)
	even := weighted(d[:8], 0, 1)
	return d[0] != '0' && ((7*odd-even)%10+10)%10 == int(d[9]-'0') && weighted(d[:10], 1)%10 == int(d[10]-'0')
}

// iso7064 verifies MOD 11,10 (German tax identity, Croatian OIB).
func iso7064(d []byte) bool {
	p := 10
	for _, c := range d[:len(d)-1] {
		p = (p + int(c-'0')) % 10
		if p == 0 {
			p = 10
		}
		p = p * 2 % 11
	}
	return (11-p)%10 == int(d[len(d)-1]-'0')
}

// utr verifies a British unique taxpayer reference: its first digit is the check digit
// of the others.
func utr(d []byte) bool {
	return "21987654321"[weighted(d[1:10], 6, 7, 8, 9, 10, 5, 4, 3, 2)%11] == d[0]
}

// nip verifies a Polish tax number.
func nip(d []byte) bool {
	return weighted(d[:9], 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == int(d[9]-'0')
}

// abn verifies an Australian business number (ABN Lookup, modulus 89).
func abn(d []byte) bool {
	return d[0] != '0' && (weighted(d[:11], 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
}

// australianHealth verifies a Medicare number without the number of the person.
func australianHealth(d []byte) bool {
	return d[0] >= '2' && d[0] <= '6' && weighted(d[:8], 1, 3, 7, 9)%10 == int(d[8]-'0')
}

// thai verifies a personal identification number (modulus 11).
func thai(d []byte) bool {
	return d[0] != '0' && d[0] != '9' && (11-weighted(d[:12], 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11)%10 == int(d[12]-'0')
}

// belgianDay is calendar for a number of the Belgian register: that of somebody who does
// not live there has 20 or 40 added to the month.
func belgianDay(d []byte) bool {
	return month(prefix(d[2:], 2)%20) && prefix(d[2:], 2) < 60 && day(prefix(d[4:], 2))
}
