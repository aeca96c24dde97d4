package statement

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/counterfoil/counterfoil/store"
)

// Unit is an amount's text without what stands beside its digits.
type Unit struct {
	Number []byte
	Code   string // ISO 4217 of a symbol or code; "$" of a dollar sign, "¥" of that of yen and yuan, "" if there is none
	Side   int64  // +1 with CR behind it, -1 with DR, else 0
}

// symbols that may stand beside an amount, longer ones before those that they
// contain.
var symbols = []struct{ text, code string }{
	{"US$", "USD"}, {"R$", "BRL"}, {"£", "GBP"}, {"€", "EUR"}, {"zł", "PLN"}, {"Kč", "CZK"}, {"kr.", ""}, {"kr", ""}, {"Fr.", "CHF"}, {"₹", "INR"}, {"¥", "¥"}, {"￥", "¥"}, {"円", "JPY"}, {"元", "CNY"}, {"$", "$"},
}

// SymbolIn returns the code of the one symbol in a text that belongs to one
// currency only, "" if there is none: "Saldo (R$)".
func SymbolIn(text string) string {
	for _, s := range symbols {
		if _, ok := store.Exponent(s.code); ok && !letters(s.text) && strings.Contains(text, s.text) {
			return s.code
		}
	}
	return ""
}

// letters reports whether a symbol is a word, as zł is: words stand in others.
func letters(symbol string) bool {
	return !strings.ContainsFunc(symbol, func(r rune) bool { return !unicode.IsLetter(r) }) || strings.HasSuffix(symbol, ".")
}

// sides are the marks of credits and debits.
var sides = []struct {
	text string
	side int64
}{{"CR", 1}, {"DR", -1}, {"Cr", 1}, {"Dr", -1}, {"Cr.", 1}, {"Dr.", -1}}

// UnitOf takes the marks off an amount. A text that holds anything else comes
// back as it is, and is no number.
func UnitOf(text []byte) Unit {
	u := Unit{Number: Trim(text)}
	if !decorated(u.Number) {
		return u
	}
	for _, s := range sides {
		rest, ok := bytes.CutSuffix(u.Number, []byte(s.text))
		if rest = Trim(rest); ok && len(rest) > 0 && rest[len(rest)-1] <= '9' {
			u.Number, u.Side = rest, s.side
			break
		}
	}
	for _, s := range symbols {
		if i := bytes.Index(u.Number, []byte(s.text)); i >= 0 && (i <= 2 || i+len(s.text) == len(u.Number)) {
			return u.without(i, len(s.text), s.code)
		}
	}
	if i := codeAt(u.Number); i >= 0 {
		return u.without(i, 3, string(u.Number[i:i+3]))
	}
	return u
}

// without cuts a symbol out of an amount, wherever the sign stands.
func (u Unit) without(at, length int, code string) Unit {
	rest := append(make([]byte, 0, len(u.Number)), Trim(u.Number[:at])...)
	u.Number, u.Code = append(rest, Trim(u.Number[at+length:])...), code
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

// Fits reports whether the amount can be in the currency.
func (u Unit) Fits(currency string) bool {
	switch u.Code {
	case "", currency:
		return true
	case "$":
		return currency != "EUR" && currency != "GBP"
	case "¥":
		return currency == "JPY" || currency == "CNY"
	}
	return false
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
