package corpus

// Luhn tells whether the digits satisfy ISO/IEC 7812-1 annex B. Written with a
// table, unlike the redactor's.
func Luhn(digits string) bool {
	doubled := [10]int{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}
	sum := 0
	for i := range len(digits) {
		n := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			n = doubled[n]
		}
		sum += n
	}
	return sum%10 == 0
}
