package redact

// Identity numbers with letters in them whose check characters, with their form, are
// strict enough for them to be found anywhere, and those that a cue has to speak for.

// letteredRule names the scheme whose form and check characters a word of capitals and
// digits satisfies.
func letteredRule(w []byte) string {
	switch {
	case len(w) == 15 && shaped(w, "nnaaaaannnnacZc") && gstin(w):
		return "gstin"
	case len(w) == 15 && w[5] == '2' && shaped(w, "nnnnn2annnnnnnn") && corsican(w):
		return "nir"
	}
	return ""
}

// germanPension verifies an insurance number (VKVV § 4): area, day of birth, the letter
// of a name, a serial number, a check digit.
func germanPension(w []byte) bool {
	d := append(append(append(make([]byte, 0, len(w)+1), w[:8]...), placeOf(w[8])...), w[9:]...)
	if !month(prefix(d[4:], 2)) || prefix(d[2:], 2)%50 > 31 {
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
		if letter(c) {
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
	return nir(d)
}

// cuedLetters is letteredRule for what a cue has to speak for.
func cuedLetters(word []byte, before cue) string {
	var w [longestCued]byte
	if before&(cueTax|cueHealth) == 0 || len(word) > len(w) {
		return ""
	}
	for i, c := range word {
		w[i] = upper(c)
	}
	return spokenLetters(w[:len(word)], before)
}

// spokenLetters is cuedLetters for a word in capitals.
func spokenLetters(w []byte, before cue) string {
	switch n := len(w); {
	case before&cueTax != 0 && n == len("27AAPFU0939F1ZV") && shaped(w, "nnaaaaannnnacZc"):
		return "gstin"
	case before&cueTax != 0 && n == len("12ABC34501DE35") && letteredCNPJ(w):
		return "cnpj"
	case before&cueTax != 0 && (n == len("1234567T") && shaped(w, "nnnnnnna") || n == len("1234567TA") && shaped(w, "nnnnnnnaa")) && irish(w):
		return "pps"
	case before&cueTax != 0 && n == len("15070649C103") && shaped(w, "nnnnnnnnannn") && germanPension(w): // of any such word one in 200 passes
		return "rvnr"
	case before&cueHealth != 0 && n == len("A123456780") && shaped(w, "annnnnnnnn") && germanHealth(w):
		return "kvnr"
	case before&cueHealth != 0 && n == len("1EG4TE5MK73") && shaped(w, "nacnacnaann") && w[0] != '0':
		return "mbi" // Centers for Medicare & Medicaid Services
	}
	return ""
}

// irish verifies the letter of a personal public service number (Department of Social
// Protection).
func irish(w []byte) bool {
	sum := weighted(w[:7], 8, 7, 6, 5, 4, 3, 2)
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
	return len(w) == size && shaped(w[12:], "nn") &&
		mod11(w[:12], 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == int(w[12]-'0') && mod11(w[:13], 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) == int(w[13]-'0')
}
