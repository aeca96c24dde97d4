package nationalid

import "github.com/counterfoil/counterfoil/redact/internal/checkdigit"

// Numbers with letters in them. Words are in capitals, if nothing else is said.

// Lettered names the scheme whose form and check characters a word of capitals and digits
// satisfies, of those that are strict enough for chance to make none: codice_fiscale,
// curp, dni, gstin, nir (of Corsica) or resident_id (with an X at its end); "" for none.
func Lettered(w []byte) string {
	switch {
	case len(w) == 16 && Shaped(w, "aaaaaannannannna") && CodiceFiscale(w):
		return "codice_fiscale"
	case len(w) == 18 && Shaped(w, "aaaannnnnnaaaaaacn") && CURP(w):
		return "curp"
	case len(w) == 18 && Shaped(w[:17], "nnnnnnnnnnnnnnnnn") && w[17] == 'X' && ResidentID(w):
		return "resident_id"
	case len(w) == 9 && DNI(w):
		return "dni"
	case len(w) == 15 && Shaped(w, "nnaaaaannnnacZc") && gstin(w):
		return "gstin"
	case len(w) == 15 && w[5] == '2' && Shaped(w, "nnnnn2annnnnnnn") && corsican(w):
		return "nir"
	}
	return ""
}

// germanPension verifies an insurance number (VKVV § 4): area, day of birth, the letter
// of a name, a serial number, a check digit.
func germanPension(w []byte) bool {
	d := append(append(append(make([]byte, 0, len(w)+1), w[:8]...), placeOf(w[8])...), w[9:]...)
	if !month(checkdigit.Number(d[4:6])) || checkdigit.Number(d[2:4])%50 > 31 {
		return false
	}
	return crossSum(d[:12], 2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)%10 == int(d[12]-'0')
}

// germanHealth verifies the part of a health insurance number that stays (SGB V § 290,
// annex 1): a letter, eight digits, a check digit.
func germanHealth(w []byte) bool {
	d := append(append(make([]byte, 0, len(w)+1), placeOf(w[0])...), w[1:]...)
	return crossSum(d[:10], 1, 2)%10 == int(d[10]-'0')
}

// placeOf returns the number of a capital in the alphabet, in two digits.
func placeOf(c byte) []byte {
	n := c - 'A' + 1
	return []byte{'0' + n/10, '0' + n%10}
}

// crossSum adds up the digits of the weighted digits.
func crossSum(d []byte, weights ...int) (sum int) {
	for i, c := range d {
		n := int(c-'0') * weights[i%len(weights)]
		sum += n/10 + n%10
	}
	return sum
}

// gstin verifies an Indian tax number (GSTN), which has a permanent account number in
// it: a state, that number, a serial character, Z, a check character of base 36.
func gstin(w []byte) bool {
	const base, alphabet = 36, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	last, sum := len(w)-1, 0
	for i, c := range w[:last] {
		n := int(c - '0')
		if isLetter(c) {
			n = int(c-'A') + 10
		}
		n *= 1 + i%2
		sum += n/base + n%base
	}
	return alphabet[(base-sum%base)%base] == w[last]
}

// corsican verifies a French social security number of Corsica, whose department is 2A
// or 2B (INSEE).
func corsican(w []byte) bool {
	d := append(make([]byte, 0, len(w)), w...)
	switch d[6] {
	case 'A':
		d[6] = '9' // 19
	case 'B':
		d[6] = '8'
	default:
		return false
	}
	d[5] = '1'
	return NIR(d)
}

// Named is Lettered for schemes that chance satisfies now and then, so that the text has to
// say that a tax number follows, or the number of a health insurance: gstin, cnpj, pps or
// rvnr; kvnr or mbi.
func Named(w []byte, tax, health bool) string {
	switch n := len(w); {
	case tax && n == len("27AAPFU0939F1ZV") && Shaped(w, "nnaaaaannnnacZc"):
		return "gstin"
	case tax && n == len("12ABC34501DE35") && letteredCNPJ(w):
		return "cnpj"
	case tax && (n == len("1234567T") && Shaped(w, "nnnnnnna") || n == len("1234567TA") && Shaped(w, "nnnnnnnaa")) && irish(w):
		return "pps"
	case tax && n == len("15070649C103") && Shaped(w, "nnnnnnnnannn") && germanPension(w): // of any such word one in 200 passes
		return "rvnr"
	case health && n == len("A123456780") && Shaped(w, "annnnnnnnn") && germanHealth(w):
		return "kvnr"
	case health && n == len("1EG4TE5MK73") && Shaped(w, "nacnacnaann") && w[0] != '0':
		return "mbi" // Centers for Medicare & Medicaid Services
	}
	return ""
}

// irish verifies the letter of a personal public service number (Department of Social
// Protection).
func irish(w []byte) bool {
	sum := checkdigit.Weighted(w[:7], 8, 7, 6, 5, 4, 3, 2)
	if len(w) > 8 && w[8] <= 'I' { // since 2013; others stood for members of a family
		sum += 9 * int(w[8]-'A'+1)
	}
	return "WABCDEFGHIJKLMNOPQRSTUV"[sum%23] == w[7]
}

// letteredCNPJ verifies a Brazilian company number of those given out since 2026, whose
// first twelve characters may be letters (Receita Federal, IN RFB 2.229/2024): a
// character counts as its code less that of zero.
func letteredCNPJ(w []byte) bool {
	const size = 14
	return len(w) == size && Shaped(w[12:], "nn") &&
		mod11(w[:12], 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == int(w[12]-'0') && mod11(w[:13], 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == int(w[13]-'0')
}

// CodiceFiscale verifies the control character of an Italian tax code (D.M. 23/12/1976),
// 16 capitals and digits.
func CodiceFiscale(w []byte) bool {
	odd := [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
	sum := 0
	for i, c := range w[:15] {
		n := int(c - 'A')
		if isDigit(c) {
			n = int(c - '0')
		}
		if i%2 == 0 {
			n = odd[n]
		}
		sum += n
	}
	return byte('A'+sum%26) == w[15]
}

// CURP verifies a Mexican population registry code, 18 capitals and digits (RENAPO,
// Instructivo Normativo): the check digit, the day of birth and the letter of the sex,
// hombre, mujer or X.
func CURP(w []byte) bool {
	if c := w[10]; c != 'H' && c != 'M' && c != 'X' {
		return false
	}
	sum := 0
	for i, c := range w[:17] {
		n := int(c - '0')
		if isLetter(c) {
			if n = int(c-'A') + 10; c > 'N' {
				n++ // Ñ stands between N and O
			}
		}
		sum += n * (18 - i)
	}
	return (10-sum%10)%10 == int(w[17]-'0') && Calendar(w[4:10])
}

// DNI verifies the letter at the end of a Spanish DNI (eight digits before it) or NIE (X,
// Y or Z and seven digits).
func DNI(w []byte) bool {
	n := 0
	for i, c := range w[:8] {
		switch {
		case isDigit(c):
			n = n*10 + int(c-'0')
		case i == 0 && c >= 'X' && c <= 'Z':
			n = int(c - 'X')
		default:
			return false
		}
	}
	return "TRWAGMYFPDXBNJZSQVHLCKE"[n%23] == w[8]
}

// HETU verifies the check character of a Finnish personal identity code, which comes from
// the day of birth, ddmmyy, and the three digits of a number (Digital and Population Data
// Services Agency).
func HETU(born, number []byte, check byte) bool {
	const checks = "0123456789ABCDEFHJKLMNPRSTUVWXY"
	digits := append(append(make([]byte, 0, len("131052308")), born...), number...)
	for _, c := range digits {
		if !isDigit(c) {
			return false
		}
	}
	return day(checkdigit.Number(digits[:2])) && month(checkdigit.Number(digits[2:4])) && checks[checkdigit.Number(digits)%len(checks)] == check
}

// HKID verifies, in either case, the check character of an identity card of Hong Kong with one letter
// (Immigration Department; modulo 11, a space before the letter).
func HKID(w []byte) bool {
	const space, letters = 36, 10 // what stands for a space, and for A
	if !Shaped(w, "annnnnnc") {
		return false
	}
	last := len(w) - 1
	check := int(w[last] - '0')
	if capital(w[last]) == 'A' {
		check = letters
	}
	sum := space*9 + (int(capital(w[0])-'A')+letters)*8 + checkdigit.Weighted(w[1:last], 7, 6, 5, 4, 3, 2) + check
	return sum%11 == 0
}

// NRIC verifies the letter at the end of nine characters of a national registration
// identity card of Singapore (Immigration & Checkpoints Authority, NRIC and FIN), in
// either case.
func NRIC(w []byte) bool {
	sum := checkdigit.Weighted(w[1:8], 2, 7, 6, 5, 4, 3, 2)
	switch c := capital(w[8]); capital(w[0]) {
	case 'S':
		return "JZIHGFEDCBA"[sum%11] == c
	case 'T':
		return "JZIHGFEDCBA"[(sum+4)%11] == c
	case 'F':
		return "XWUTRQPNMLK"[sum%11] == c
	case 'G':
		return "XWUTRQPNMLK"[(sum+4)%11] == c
	case 'M':
		return "XWUTRQPNJLK"[10-(sum+3)%11] == c
	}
	return false
}

// RFC tells whether a word of ten characters and more has the form of a number of
// Mexico's federal register of taxpayers (SAT, Anexo 19): letters, a day, and three that
// tell namesakes apart.
func RFC(w []byte) bool {
	n := len(w)
	for _, c := range w[:n-9] {
		if !isLetter(c) {
			return false
		}
	}
	return Shaped(w[n-9:n-3], "nnnnnn") && Calendar(w[n-9:n-3])
}

// RRN verifies a Korean resident registration number, of 13 digits (Resident Registration
// Act, enforcement rules, article 2). Those given out since October 2020 have no check
// digit, so that it is looked at only if nothing said what the number is.
func RRN(d []byte, said bool) bool {
	const sex = 6 // its place, behind the day of birth
	if !Calendar(d[:sex]) || d[sex] == '0' || d[sex] == '9' {
		return false
	}
	last := len(d) - 1
	return said || (11-checkdigit.Weighted(d[:last], 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)%11)%10 == int(d[last]-'0')
}

// Shaped tells whether a word, in either case, has a shape of as many characters or more:
// n is a digit, a a letter, c either, and else the character itself.
func Shaped(w []byte, shape string) bool {
	for i, c := range w {
		switch shape[i] {
		case 'n':
			if !isDigit(c) {
				return false
			}
		case 'a':
			if !isLetter(c) {
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

func isDigit(c byte) bool { return c-'0' < 10 }

func isLetter(c byte) bool { return c|0x20-'a' < 26 }

func capital(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}
