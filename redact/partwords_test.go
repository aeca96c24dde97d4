package redact_test

import (
	"encoding/json"
	"regexp"
	"testing"
)

// TestSaidParts divides numbers by words that say that they go on.
func TestSaidParts(t *testing.T) {
	r, digits := newRedactor(t, "4412778890"), regexp.MustCompile("[0-9]{2}")
	for _, in := range []string{
		"4539 dash 1488 dash 0343 dash 6467",
		"4539 space 1488 space 0343 space 6467",
		"my card is 4539, then 1488, then 0343, and finally 6467",
		"card number: 4539 followed by 1488 followed by 0343 followed by 6467",
		"part 1: 4539 part 2: 1488 part 3: 0343 part 4: 6467",
		"Part 1 of 2: 45391488, Part 2 of 2: 03436467",
		"group one 4539 group two 1488 group three 0343 group four 6467",
		"the first eight digits are 45391488 and the last eight digits are 03436467",
		"1) 4539 2) 1488 3) 0343 4) 6467",
		"(1/4) 4539 (2/4) 1488 (3/4) 0343 (4/4) 6467",
		"1. 4539\n2. 1488\n3. 0343\n4. 6467",
		"4539, 1488, 0343 and 6467",
		"4539 Bindestrich 1488 Bindestrich 0343 Bindestrich 6467",
		"DE89 dash 3704 dash 0044 dash 0532 dash 0130 dash 00",
		"the IBAN starts DE893704, then 0044053201 and ends with 3000",
		"SSN 219 dash 09 dash 9998",
		"my social is 219 then 09 then 9998",
		"account number 1234 then 5678",
		"4412 dash 7788 dash 90",
		"44127788 then 90",
		`{"content":[{"type":"text","text":"first part 45391488"},{"type":"text","text":"second part 03436467"}]}`,
		`{"content":[{"type":"text","text":"The card starts with 45391488."},{"type":"text","text":"It ends with 03436467."}]}`,
		`{"content":[{"type":"text","text":"IBAN first half DE8937040044"},{"type":"text","text":"second half 0532013000"}]}`,
		`["Part 1: 453914880","Part 2: 3436467"]`,
	} {
		redacted := text
		if json.Valid([]byte(in)) {
			redacted = jsonText
		}
		if out := redacted(t, r, in); digits.MatchString(out) {
			t.Errorf("%s\nbecomes %s", in, out)
		}
	}
}

// TestNotSaid holds texts with such words between numbers of their own.
func TestNotSaid(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{
		"https://www.rfc-editor.org/rfc/rfc5246#section-7.4.1.4.1",
		"{0: {0: 2, 1: 3, 2: 3}, 1: {0: 3, 1: 2, 2: 3}, 2: {0: 3, 1: 3, 2: 2}}",
		"[(0, 1), (0, 2), (1, 2), (2, 4), (1, 3), (3, 4), (4, 5)]",
		"orders 45391488 and 03436467", "standards are 66, 77, 90, 95, 2003, and 2008",
		"paid 12.50, then 99.00 and the rest of 1200.00 on 2026-01-05",
		"229,7-11 53122872322 7-11 4.",
	} {
		if out := text(t, r, in); out != in {
			t.Errorf("%s\nbecomes %s", in, out)
		}
	}
}

// TestEndingFive: four digits of an account may be shown, five may not.
func TestEndingFive(t *testing.T) {
	r := newRedactor(t)
	for _, in := range []string{"card ending in 31005", "Visa ending 31005", "your account ends with 56789", "a/c ending: 56789", "account (last 5 digits: 56789)",
		`{"accountLast5":"56789"}`, `{"account_last_5":"56789"}`, `{"card":"ending in 31005"}`, `{"last5":"31005","brand":"amex"}`} {
		redacted := text
		if json.Valid([]byte(in)) {
			redacted = jsonText
		}
		if out := redacted(t, r, in); !regexp.MustCompile(`(CARD|ACCT)_[A-Z]{14}`).MatchString(out) || regexp.MustCompile("56789|31005|_(CARD|ACCT)_").MatchString(out) {
			t.Errorf("%s\nbecomes %s", in, out)
		}
	}
	for _, in := range []string{"card ending in 1005", "a year ending in 31005", "order ending 31005", "ZIP 10010, card ending 1005", "the last 50000 rows", `{"card":{"last4":"1005","zip":"10010"}}`} {
		redacted := text
		if json.Valid([]byte(in)) {
			redacted = jsonText
		}
		if out := redacted(t, r, in); out != in {
			t.Errorf("%s\nbecomes %s", in, out)
		}
	}
}
