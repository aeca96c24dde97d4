package redact

// ibanSpec is the form of one country's IBAN after country and check digits,
// in the notation of the SWIFT IBAN Registry: n digits, a upper-case letters,
// c letters or digits, without the "!" for fixed length.
//
// acct is where the account number lies in the BBAN when it is not at its end
// (a national check digit follows it); zero means "at the end".
type ibanSpec struct {
	country string
	bban    string
	acct    [2]int
}

// ibanSpecs follows the SWIFT IBAN Registry, release 99 (2024) and the
// countries that announced the format without being registered yet.
var ibanSpecs = []ibanSpec{
	{"AD", "8n12c", [2]int{}}, {"AE", "19n", [2]int{}}, {"AL", "8n16c", [2]int{}}, {"AT", "16n", [2]int{}},
	{"AZ", "4a20c", [2]int{}}, {"BA", "16n", [2]int{6, 14}}, {"BE", "12n", [2]int{3, 10}}, {"BG", "4a6n8c", [2]int{}},
	{"BH", "4a14c", [2]int{}}, {"BI", "23n", [2]int{10, 21}}, {"BR", "23n1a1c", [2]int{13, 23}}, {"BY", "4c4n16c", [2]int{}},
	{"CH", "5n12c", [2]int{}}, {"CR", "18n", [2]int{}}, {"CY", "8n16c", [2]int{}}, {"CZ", "20n", [2]int{}},
	{"DE", "18n", [2]int{}}, {"DJ", "23n", [2]int{10, 21}}, {"DK", "14n", [2]int{}}, {"DO", "4c20n", [2]int{}},
	{"EE", "16n", [2]int{4, 15}}, {"EG", "25n", [2]int{}}, {"ES", "20n", [2]int{}}, {"FI", "14n", [2]int{}},
	{"FK", "2a12n", [2]int{}}, {"FO", "14n", [2]int{4, 13}}, {"FR", "10n11c2n", [2]int{10, 21}}, {"GB", "4a14n", [2]int{}},
	{"GE", "2a16n", [2]int{}}, {"GI", "4a15c", [2]int{}}, {"GL", "14n", [2]int{}}, {"GR", "7n16c", [2]int{}},
	{"GT", "24c", [2]int{}}, {"HN", "4a20n", [2]int{}}, {"HR", "17n", [2]int{}}, {"HU", "24n", [2]int{7, 23}}, {"IE", "4a14n", [2]int{}},
	{"IL", "19n", [2]int{}}, {"IQ", "4a15n", [2]int{}}, {"IS", "22n", [2]int{4, 12}}, {"IT", "1a10n12c", [2]int{}},
	{"JO", "4a4n18c", [2]int{}}, {"KW", "4a22c", [2]int{}}, {"KZ", "3n13c", [2]int{}}, {"LB", "4n20c", [2]int{}},
	{"LC", "4a24c", [2]int{}}, {"LI", "5n12c", [2]int{}}, {"LT", "16n", [2]int{}}, {"LU", "3n13c", [2]int{}},
	{"LV", "4a13c", [2]int{}}, {"LY", "21n", [2]int{}}, {"MC", "10n11c2n", [2]int{10, 21}}, {"MD", "20c", [2]int{}},
	{"ME", "18n", [2]int{3, 16}}, {"MK", "3n10c2n", [2]int{3, 13}}, {"MN", "16n", [2]int{}}, {"MR", "23n", [2]int{10, 21}},
	{"MT", "4a5n18c", [2]int{}}, {"MU", "4a19n3a", [2]int{8, 20}}, {"NI", "4a20n", [2]int{}}, {"NL", "4a10n", [2]int{}},
	{"NO", "11n", [2]int{}}, {"OM", "3n16c", [2]int{}}, {"PK", "4a16c", [2]int{}}, {"PL", "24n", [2]int{}},
	{"PS", "4a21c", [2]int{}}, {"PT", "21n", [2]int{8, 19}}, {"QA", "4a21c", [2]int{}}, {"RO", "4a16c", [2]int{}},
	{"RS", "18n", [2]int{3, 16}}, {"RU", "14n15c", [2]int{}}, {"SA", "2n18c", [2]int{}}, {"SC", "4a20n3a", [2]int{8, 24}},
	{"SD", "14n", [2]int{}}, {"SE", "20n", [2]int{}}, {"SI", "15n", [2]int{5, 13}}, {"SK", "20n", [2]int{}},
	{"SM", "1a10n12c", [2]int{}}, {"SO", "19n", [2]int{}}, {"ST", "21n", [2]int{8, 19}}, {"SV", "4a20n", [2]int{}},
	{"TL", "19n", [2]int{3, 17}}, {"TN", "20n", [2]int{5, 18}}, {"TR", "5n1n16c", [2]int{}}, {"UA", "6n19c", [2]int{}},
	{"VA", "18n", [2]int{}}, {"VG", "4a16n", [2]int{}}, {"XK", "16n", [2]int{}}, {"YE", "4a4n18c", [2]int{}},
	// In use, not (yet) in the registry.
	{"AO", "21n", [2]int{}}, {"BF", "2c22n", [2]int{}}, {"BJ", "2c22n", [2]int{}}, {"CF", "23n", [2]int{}},
	{"CG", "23n", [2]int{}}, {"CI", "2c22n", [2]int{}}, {"CM", "23n", [2]int{}}, {"CV", "21n", [2]int{}},
	{"DZ", "22n", [2]int{}}, {"GA", "23n", [2]int{}}, {"GQ", "23n", [2]int{}}, {"GW", "2c19n", [2]int{}},
	{"IR", "22n", [2]int{}}, {"KM", "23n", [2]int{}}, {"MA", "24n", [2]int{}}, {"MG", "23n", [2]int{}},
	{"ML", "2c22n", [2]int{}}, {"MZ", "21n", [2]int{}}, {"NE", "2c22n", [2]int{}}, {"SN", "2c22n", [2]int{}},
	{"TD", "23n", [2]int{}}, {"TG", "2c22n", [2]int{}},
}

// ibanForm is a spec unfolded to one class byte per character.
type ibanForm struct {
	form string // one of n a c per BBAN character
	acct [2]int
}

// ibanForms is indexed by the two letters of the country.
var ibanForms = makeIBANForms()

func makeIBANForms() (t [26 * 26]ibanForm) {
	for _, spec := range ibanSpecs {
		form := []byte{}
		n := 0
		for _, c := range []byte(spec.bban) {
			if digit(c) {
				n = n*10 + int(c-'0')
				continue
			}
			for ; n > 0; n-- {
				form = append(form, c)
			}
		}
		t[countryIndex(spec.country[0], spec.country[1])] = ibanForm{string(form), spec.acct}
	}
	return t
}

// countryIndex returns the place of a country in ibanForms; for anything but two
// letters the one of AA, which is none.
func countryIndex(a, b byte) int {
	if !letter(a) || !letter(b) {
		return 0
	}
	return int(upper(a)-'A')*26 + int(upper(b)-'A')
}
