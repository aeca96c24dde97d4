package iban

import "testing"

// TestNumbers takes the examples of the registry for forms of each kind, and one of
// ISO 11649.
func TestNumbers(t *testing.T) {
	for number, account := range map[string]string{
		"AD1200012030200359100100": "", "BE68539007547034": "0075470", "DE89370400440532013000": "", "FR1420041010050500013M02606": "0500013M026",
		"GB29NWBK60161331926819": "", "IT60X0542811101000000123456": "", "MT84MALT011000012345MTLCAST001S": "", "NO9386011117947": "", "MU17BOMM0101101030300200000MUR": "101030300200",
	} {
		form := Of(number[0], number[1]|0x20) // in either case
		if len(form.BBAN) != len(number)-4 {
			t.Errorf("%s: the form is %q", number, form.BBAN)
			continue
		}
		if alnums, digits := Size(number[0], number[1]); alnums != len(number)-2 || digits < 2 || digits > alnums {
			t.Errorf("%s: size %d with %d digits", number, alnums, digits)
		}
		for i, kind := range []byte(form.BBAN) {
			if c := number[4+i]; kind == 'n' && !digit(c) || kind == 'a' && digit(c) {
				t.Errorf("%s: %c is no %c", number, c, kind)
			}
		}
		if got := number[4:][form.Account[0]:form.Account[1]]; got != account {
			t.Errorf("%s: account %q, want %q", number, got, account)
		}
		wrong := []byte(number)
		wrong[len(wrong)-1] ^= 1
		if !Valid([]byte(number)) || Valid(wrong) {
			t.Errorf("%s: the check digits", number)
		}
	}
	if !Valid([]byte("RF18539007547034")) {
		t.Error("the check digits of a reference")
	}
}

// TestNoCountry: what is no country with IBANs has no form.
func TestNoCountry(t *testing.T) {
	for a := range 256 {
		for b := range 256 {
			if known := Of(byte(a), byte(b)).BBAN != ""; known && (a|0x20 < 'a' || a|0x20 > 'z' || b|0x20 < 'a' || b|0x20 > 'z') {
				t.Errorf("%q has a form", []byte{byte(a), byte(b)})
			}
		}
	}
	for _, country := range []string{"AA", "US", "ZZ", "RF", "  "} {
		if form := Of(country[0], country[1]); form.BBAN != "" {
			t.Errorf("%s has the form %q", country, form.BBAN)
		}
	}
}
