// Package iban knows the form of the international bank account numbers of each country
// and verifies their check digits.
//
// Sources: ISO 13616-1; the SWIFT IBAN Registry, release 99 (2024); ISO/IEC 7064 (MOD
// 97-10) for the check digits, which those of a creditor reference (ISO 11649) are too.
package iban

import "strings"

// Lengths of an IBAN, from that of Norway to those that the standard allows.
const (
	Shortest = 15
	Longest  = 34
)

// Form is the form of one country's numbers.
type Form struct {
	// BBAN has one character for each of the number behind country and check digits: n for
	// a digit, a for a letter, c for either. It is empty if the country has no IBANs.
	BBAN string
	// Account is where the account number lies in the BBAN, from and to, if it is not at
	// its end (a national check digit follows it); two zeros mean "at the end".
	Account [2]int
}

// Of returns the form of the country with these two letters of ASCII, in either case; an
// empty one if it has none, or if they are no letters.
func Of(a, b byte) *Form { return &forms[index(a, b)] }

// Size returns how many letters and digits a country's numbers have behind its two letters,
// check digits included, and how many of these are digits for certain; zeros for none.
func Size(a, b byte) (alnums, digits int) {
	z := &sizes[index(a, b)]
	return int(z.alnums), int(z.digits)
}

// Valid verifies the check digits of an IBAN or a creditor reference in capitals and
// digits, without spaces: that with the first four characters at the end, and letters as
// the numbers from 10 to 35, it is 1 modulo 97. It does not look at its form.
func Valid(number []byte) bool {
	m := 0
	for k := range number {
		c := number[(k+4)%len(number)]
		if digit(c) {
			m = (m*10 + int(c-'0')) % 97
		} else {
			m = (m*100 + int(c-'A') + 10) % 97
		}
	}
	return m == 1
}

// spec is the form of one country's numbers behind country and check digits, in the
// notation of the registry: n digits, a upper-case letters, c letters or digits, without
// the "!" for fixed length.
type spec struct {
	country string
	bban    string
	account [2]int
}

// specs are those of the registry, and of the countries that use the form without being
// in it.
var specs = []spec{
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

// forms is indexed by the two letters of the country.
var forms = makeForms()

func makeForms() (t [26 * 26]Form) {
	for _, spec := range specs {
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
		t[index(spec.country[0], spec.country[1])] = Form{string(form), spec.account}
	}
	return t
}

// sizes is indexed as forms is, and smaller: most texts are passed by what it says.
var sizes = makeSizes()

func makeSizes() (t [len(forms)]struct{ alnums, digits uint8 }) {
	const check = 2
	for i := range forms {
		if form := forms[i].BBAN; form != "" {
			t[i].alnums, t[i].digits = uint8(len(form)+check), uint8(strings.Count(form, "n")+check)
		}
	}
	return t
}

// index returns the place of a country in forms; for anything but two letters the one of
// AA, which is none.
func index(a, b byte) int {
	const small = 'a' - 'A' // the bit by which a small letter differs
	a, b = a|small-'a', b|small-'a'
	if a >= 26 || b >= 26 {
		return 0
	}
	return int(a)*26 + int(b)
}

func digit(c byte) bool { return c-'0' < 10 }
