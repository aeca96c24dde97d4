package tabular

import (
	"bytes"

	"github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/store"
)

// unit is an amount's text without what stands beside its digits.
type unit struct {
	number []byte
	code   string // ISO 4217 of a symbol or code; "$" of a dollar sign, "" if there is none
	side   int64  // +1 with CR behind it, -1 with DR, else 0
}

// symbols that may stand beside an amount, longer ones before those that they
// contain.
var symbols = []struct{ text, code string }{
	{"US$", "USD"}, {"R$", "BRL"}, {"£", "GBP"}, {"€", "EUR"}, {"zł", "PLN"}, {"Kč", "CZK"}, {"kr.", ""}, {"kr", ""}, {"Fr.", "CHF"}, {"₹", "INR"}, {"¥", "JPY"}, {"$", "$"},
}

// sides are the marks of credits and debits.
var sides = []struct {
	text string
	side int64
}{{"CR", 1}, {"DR", -1}, {"Cr", 1}, {"Dr", -1}, {"Cr.", 1}, {"Dr.", -1}}

// unitOf takes the marks off an amount. A text that holds anything else comes
// back as it is, and is no number.
func unitOf(text []byte) unit {
	u := unit{number: statement.Trim(text)}
	if !decorated(u.number) {
		return u
	}
	for _, s := range sides {
		rest, ok := bytes.CutSuffix(u.number, []byte(s.text))
		if rest = statement.Trim(rest); ok && len(rest) > 0 && rest[len(rest)-1] <= '9' {
			u.number, u.side = rest, s.side
			break
		}
	}
	for _, s := range symbols {
		if i := bytes.Index(u.number, []byte(s.text)); i >= 0 && (i <= 2 || i+len(s.text) == len(u.number)) {
			return u.without(i, len(s.text), s.code)
		}
	}
	if i := codeAt(u.number); i >= 0 {
		return u.without(i, 3, string(u.number[i:i+3]))
	}
	return u
}

// without cuts a symbol out of an amount, wherever the sign stands.
func (u unit) without(at, length int, code string) unit {
	rest := append(make([]byte, 0, len(u.number)), statement.Trim(u.number[:at])...)
	u.number, u.code = append(rest, statement.Trim(u.number[at+length:])...), code
	return u
}

// codeAt finds an ISO 4217 code at either end of an amount; -1 if there is none.
func codeAt(b []byte) int {
	if len(b) < 4 {
		return -1
	}
	for _, i := range [...]int{0, 1, len(b) - 3} {
		if _, ok := store.Exponent(string(b[i : i+3])); ok {
			return i
		}
	}
	return -1
}

// fits reports whether the amount can be in the currency.
func (u unit) fits(currency string) bool {
	return u.code == "" || u.code == currency || u.code == "$" && currency != "EUR" && currency != "GBP"
}

// decorated reports whether an amount holds more than digits, signs and
// separators.
func decorated(text []byte) bool {
	for _, c := range text {
		if c > '9' || c == '$' {
			return true
		}
	}
	return false
}
