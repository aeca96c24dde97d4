// Package checkdigit computes the check digits that numbers of cards, accounts and
// people end in. Numbers are digits of ASCII throughout; nothing else is looked at.
//
// Sources: ISO/IEC 7812-1, annex B (Luhn); ISO/IEC 7064 (MOD 97-10, MOD 11,10); J.
// Verhoeff, Error Detecting Decimal Codes (1969).
package checkdigit

// Number returns the number that so many digits write; of more than 18 it overflows.
func Number(d []byte) int {
	n := 0
	for _, c := range d {
		n = n*10 + int(c-'0')
	}
	return n
}

// Luhn verifies the last digit.
func Luhn(d []byte) bool {
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

// Weighted adds up the digits, each times its weight. There are as many weights as
// digits, or they repeat.
func Weighted(d []byte, weights ...int) int {
	sum := 0
	for i, c := range d {
		sum += int(c-'0') * weights[i%len(weights)]
	}
	return sum
}

// Mod97 returns a number of any length modulo 97. It is 1 if the last two digits are the
// check digits of MOD 97-10.
func Mod97(d []byte) (rest int) {
	for _, c := range d {
		rest = (rest*10 + int(c-'0')) % 97
	}
	return rest
}

// Mod11And10 verifies the last digit by MOD 11,10.
func Mod11And10(d []byte) bool {
	check := 10
	for _, c := range d[:len(d)-1] {
		if check = (check + int(c-'0')) % 10; check == 0 {
			check = 10
		}
		check = check * 2 % 11
	}
	return (check+int(d[len(d)-1]-'0'))%10 == 1
}

// Verhoeff verifies the last digit.
func Verhoeff(d []byte) bool {
	c := 0
	for i := range d {
		c = dihedral(c, permutation[i%8][d[len(d)-1-i]-'0'])
	}
	return c == 0
}

var permutation = [8][10]int{
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
