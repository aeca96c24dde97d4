package ingest

import (
	"regexp"
	"strings"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// identity is what an account's number comes down to, so that the same account
// is found again whatever format a file has: OFX names a bank and a number,
// CAMT an IBAN that contains both, MT940 either.
type identity struct {
	entity  string // "account", "iban", "card"; "" if the file gives no full number
	number  string // as it is sealed and tokenised: letters and digits only
	bank    string // sort code, BLZ or bank letters, without separators
	account string // national account number without leading zeros
}

// minKnown is the shortest number, in letters and digits, that is made known to
// the redactor: shorter ones would blank out years and small amounts in every
// memo.
const minKnown = 5

// minShown is the shortest number of which the last four are shown: of a
// shorter one they would be most of it.
const minShown = 8

// sortCode is how UK exports write a sort code and number in one column.
var sortCode = regexp.MustCompile(`^\W*(\d\d-?\d\d-?\d\d)[ -](\d{8})$`)

// identify reads an account's number.
func identify(a statement.Account) identity {
	a.Number = wholeIBAN(a.Number)
	number := alphanumeric(a.Number)
	if number == "" || masked(a.Number) {
		return identity{}
	}
	bank, rest := alphanumeric(a.Bank), number
	if before, after, ok := strings.Cut(a.Number, "/"); ok && bank == "" {
		bank, rest = alphanumeric(before), alphanumeric(after) // MT940: BLZ/Konto
	}
	if m := sortCode.FindStringSubmatch(a.Number); m != nil && bank == "" {
		bank, rest = alphanumeric(m[1]), m[2]
	}
	id := identity{entity: "account", number: number, bank: bankPart(bank), account: rest}
	switch {
	case validIBAN(number):
		id.entity = "iban"
		id.bank, id.account = splitIBAN(number)
	case luhn(number) && len(number) >= 13 && len(number) <= 19 && a.Kind == "card":
		id.entity, id.bank = "card", ""
	default:
		id.number, id.account = trimCurrency(id.number), trimCurrency(id.account)
		// UK banks write the sort code in front of the number as well.
		if len(id.account) == 14 && len(id.bank) == 6 && strings.HasPrefix(id.account, id.bank) {
			id.account = id.account[6:]
		}
	}
	id.account = trimZeros(id.account)
	return id
}

// key returns what the account's keyed hash is made of.
func (id identity) key() string { return "number\x00" + id.bank + "\x00" + id.account }

// nameKey is the same for an account known by name only, without case.
func nameKey(name string) string {
	return "name\x00" + strings.ToLower(strings.Join(strings.Fields(name), " "))
}

// last4 returns the last four characters of a number long enough to show them.
func (id identity) last4() string {
	if len(id.number) < minShown {
		return ""
	}
	return id.number[len(id.number)-4:]
}

// known returns the spellings of the number that must not appear in text, each
// with its entity.
func (id identity) known() (out [][2]string) {
	seen := map[string]bool{}
	add := func(entity, value string) {
		if len(value) >= minKnown && !seen[value] {
			seen[value] = true
			out = append(out, [2]string{entity, value})
		}
	}
	if id.entity == "" {
		return nil
	}
	add(id.entity, id.number)
	add("account", id.account)
	if id.bank != "" && id.entity != "card" {
		add("account", id.bank+id.account)
	}
	return out
}

// masked reports whether a number is only the visible part of one.
func masked(number string) bool {
	return strings.ContainsAny(number, "*•●") || strings.Contains(strings.ToUpper(number), "XXXX")
}

func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return -1
	}, s)
}

// trimZeros drops the zeros that pad a number to a fixed width.
func trimZeros(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" {
		return t
	}
	return s
}

// wholeIBAN returns the IBAN in a field of MT940 that also names the bank in
// front of it (BIC/IBAN) or the currency behind it (IBAN EUR, IBAN/EUR), else
// the field as it is.
func wholeIBAN(field string) string {
	parts := append([]string{field}, strings.Split(field, "/")...)
	for _, part := range parts {
		number := alphanumeric(part)
		if validIBAN(number) {
			return number
		}
		if n := len(number) - 3; n > 0 && validIBAN(number[:n]) {
			if _, ok := store.Exponent(number[n:]); ok {
				return number[:n]
			}
		}
	}
	return field
}

// trimCurrency drops the currency that some banks append to a number in MT940.
func trimCurrency(s string) string {
	n := len(s) - 3
	if n < minKnown || s[n-1] > '9' {
		return s
	}
	if _, ok := store.Exponent(s[n:]); ok && letters(s[n:]) {
		return s[:n]
	}
	return s
}

// bankPart is a bank code as it stands in an IBAN: of a BIC (ISO 9362) the
// first four letters.
func bankPart(bank string) string {
	if (len(bank) == 8 || len(bank) == 11) && letters(bank[:6]) {
		return bank[:4]
	}
	return bank
}

func letters(s string) bool {
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// ibanParts gives, per country, where in the BBAN the bank code and the account
// number lie (IBAN registry, ISO 13616).
var ibanParts = map[string][4]int{
	"DE": {0, 8, 8, 18}, "AT": {0, 5, 5, 16}, "CH": {0, 5, 5, 17}, "LI": {0, 5, 5, 17},
	"GB": {4, 10, 10, 18}, "IE": {4, 10, 10, 18}, "NL": {0, 4, 4, 14}, "FR": {0, 5, 10, 21},
	"IT": {1, 6, 11, 23}, "ES": {0, 4, 10, 20}, "PT": {0, 4, 8, 19}, "LU": {0, 3, 3, 16},
	"DK": {0, 4, 4, 14}, "NO": {0, 0, 0, 11}, "FI": {0, 0, 0, 14}, "BE": {0, 0, 0, 12}, "PL": {0, 0, 0, 24},
	"SE": {0, 3, 3, 20}, "CZ": {0, 4, 4, 20}, "SK": {0, 4, 4, 20},
}

// splitIBAN returns the bank code and account number inside a valid IBAN; for a
// country that is not in the table the whole is the account.
func splitIBAN(iban string) (bank, account string) {
	bban := iban[4:]
	at, ok := ibanParts[iban[:2]]
	if !ok || len(bban) < at[3] {
		return "", iban
	}
	return bban[at[0]:at[1]], bban[at[2]:at[3]]
}

// validIBAN checks form and check digits (ISO 7064 MOD 97-10).
func validIBAN(s string) bool {
	if len(s) < 15 || len(s) > 34 || !letters(s[:2]) || s[2] > '9' || s[3] > '9' {
		return false
	}
	rest := 0
	for _, c := range s[4:] + s[:4] {
		switch {
		case c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		default:
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest == 1
}

// luhn checks a card number's check digit (ISO/IEC 7812-1 annex B).
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
