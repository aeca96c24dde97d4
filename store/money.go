package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// MaxMinor bounds |minor| of a stored amount: 2^53 − 1, the largest integer
// that every JSON reader holds exactly (RFC 8259 section 6).
const MaxMinor = 1<<53 - 1

// MaxDecimalText bounds decimal text in bytes: a sign, sixteen digits of
// MaxMinor, a point, and room for the zeros that some banks pad with.
const MaxDecimalText = 40

// maxScale bounds the fraction digits of a Decimal: 10^18 is the largest power
// of ten in an int64.
const maxScale = 18

// Money is an exact amount: integer minor units and an ISO 4217 code. Negative
// is money out. {−1250, "GBP"} is −12.50 pounds, {500, "JPY"} is 500 yen.
type Money struct {
	Minor    int64
	Currency string
}

// Decimal is an exact decimal number: Unscaled × 10^−Scale.
type Decimal struct {
	Unscaled int64
	Scale    uint8
}

// MoneyDocument is how an amount looks in a tool's result. Decimal repeats
// Minor for readers that do not know the currency's exponent.
type MoneyDocument struct {
	Minor    int64  `json:"minor" class:"amount"`
	Currency string `json:"currency" class:"enum"`
	Decimal  string `json:"decimal" class:"amount"`
}

// ParseDecimal reads plain decimal text: an optional minus, digits, and
// optionally a point and digits ("-12.50"). It has no exponent, plus, grouping
// or spaces. The error wraps ErrInvalid for other text and ErrRange for a
// number that does not fit; it never holds the text.
func ParseDecimal(text string) (Decimal, error) {
	if len(text) > MaxDecimalText {
		return Decimal{}, fmt.Errorf("%w: decimal is longer than %d characters", ErrInvalid, MaxDecimalText)
	}
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if !allDigits(whole) || (point && !allDigits(fraction)) {
		return Decimal{}, fmt.Errorf("%w: want a decimal such as -12.50", ErrInvalid)
	}
	if len(fraction) > maxScale {
		// Zeros beyond what fits carry nothing; anything else does.
		if strings.Trim(fraction[maxScale:], "0") != "" {
			return Decimal{}, fmt.Errorf("%w: more than %d digits after the point", ErrRange, maxScale)
		}
		fraction = fraction[:maxScale]
	}
	sign := ""
	if negative {
		sign = "-"
	}
	n, err := strconv.ParseInt(sign+whole+fraction, 10, 64)
	if err != nil {
		// The number may still fit without its trailing zeros.
		fraction = strings.TrimRight(fraction, "0")
		if n, err = strconv.ParseInt(sign+whole+fraction, 10, 64); err != nil {
			return Decimal{}, fmt.Errorf("%w: decimal has too many digits", ErrRange)
		}
	}
	return Decimal{Unscaled: n, Scale: uint8(len(fraction))}, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// String returns the number as ParseDecimal reads it, with Scale digits after
// the point.
func (d Decimal) String() string {
	return decimalText(d.Unscaled, int(d.Scale))
}

// Minor converts to minor units of a currency. It never rounds: digits beyond
// the currency's exponent must be zeros, else the error wraps ErrInvalid. A
// result beyond MaxMinor wraps ErrRange, a currency that is not in the table
// ErrInvalid.
func (d Decimal) Minor(currency string) (int64, error) {
	exponent, ok := Exponent(currency)
	if !ok {
		return 0, fmt.Errorf("%w: currency is not known", ErrInvalid)
	}
	n := d.Unscaled
	for scale := int(d.Scale); scale > exponent; scale-- {
		if n%10 != 0 {
			return 0, fmt.Errorf("%w: more digits after the point than the currency has", ErrInvalid)
		}
		n /= 10
	}
	for scale := int(d.Scale); scale < exponent; scale++ {
		if n > MaxMinor/10 || n < -MaxMinor/10 {
			return 0, fmt.Errorf("%w: amount", ErrRange)
		}
		n *= 10
	}
	if n > MaxMinor || n < -MaxMinor {
		return 0, fmt.Errorf("%w: amount", ErrRange)
	}
	return n, nil
}

// AtLeast returns the least number of minor units n, for a currency with this
// exponent, such that n ≥ d. ok is false if no amount within MaxMinor is.
func (d Decimal) AtLeast(exponent int) (n int64, ok bool) {
	n, rest, fits := d.scaled(exponent)
	if !fits {
		return -MaxMinor, d.Unscaled < 0
	}
	if rest > 0 {
		n++
	}
	return n, n <= MaxMinor
}

// AtMost returns the greatest number of minor units n, for a currency with
// this exponent, such that n ≤ d. ok is false if no amount within MaxMinor is.
func (d Decimal) AtMost(exponent int) (n int64, ok bool) {
	n, rest, fits := d.scaled(exponent)
	if !fits {
		return MaxMinor, d.Unscaled > 0
	}
	if rest < 0 {
		n--
	}
	return n, n >= -MaxMinor
}

// scaled returns d × 10^exponent truncated towards zero, and the sign of what
// was cut off. fits is false beyond ±MaxMinor.
func (d Decimal) scaled(exponent int) (n int64, rest int, fits bool) {
	n = d.Unscaled
	for scale := int(d.Scale); scale > exponent; scale-- {
		switch last := n % 10; {
		case last > 0:
			rest = 1
		case last < 0:
			rest = -1
		}
		n /= 10
	}
	for scale := int(d.Scale); scale < exponent; scale++ {
		if n > MaxMinor/10 || n < -MaxMinor/10 {
			return 0, 0, false
		}
		n *= 10
	}
	return n, rest, n <= MaxMinor && n >= -MaxMinor
}

// ParseMoney reads decimal text in a currency, exactly; see ParseDecimal and
// Decimal.Minor for what it refuses.
func ParseMoney(text, currency string) (Money, error) {
	d, err := ParseDecimal(text)
	if err != nil {
		return Money{}, err
	}
	minor, err := d.Minor(currency)
	if err != nil {
		return Money{}, err
	}
	return Money{Minor: minor, Currency: currency}, nil
}

// Decimal returns the amount as decimal text with all digits of its currency:
// "-12.50", "500" for yen. A currency that is not in the table counts as
// having no minor unit.
func (m Money) Decimal() string {
	exponent, _ := Exponent(m.Currency)
	return decimalText(m.Minor, exponent)
}

func decimalText(n int64, scale int) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if scale == 0 {
		return sign + digits
	}
	if pad := scale + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	point := len(digits) - scale
	return sign + digits[:point] + "." + digits[point:]
}

// Check returns an error unless the currency is in the table (ErrInvalid) and
// the amount within ±MaxMinor (ErrRange).
func (m Money) Check() error {
	if _, ok := Exponent(m.Currency); !ok {
		return fmt.Errorf("%w: currency is not known", ErrInvalid)
	}
	if m.Minor > MaxMinor || m.Minor < -MaxMinor {
		return fmt.Errorf("%w: amount", ErrRange)
	}
	return nil
}

// Add returns m + o. Different currencies wrap ErrInvalid, a sum beyond
// MaxMinor wraps ErrRange.
func (m Money) Add(o Money) (Money, error) {
	if m.Currency != o.Currency {
		return Money{}, fmt.Errorf("%w: adding different currencies", ErrInvalid)
	}
	sum, err := AddMinor(m.Minor, o.Minor)
	if err != nil {
		return Money{}, err
	}
	return Money{Minor: sum, Currency: m.Currency}, nil
}

// AddMinor adds minor units; a sum or a term beyond ±MaxMinor wraps ErrRange.
func AddMinor(a, b int64) (int64, error) {
	if a > MaxMinor || a < -MaxMinor || b > MaxMinor || b < -MaxMinor {
		return 0, fmt.Errorf("%w: sum", ErrRange)
	}
	if sum := a + b; sum <= MaxMinor && sum >= -MaxMinor {
		return sum, nil
	}
	return 0, fmt.Errorf("%w: sum", ErrRange)
}

// Document returns the form in which an amount stands in a tool's result.
func (m Money) Document() MoneyDocument {
	return MoneyDocument{Minor: m.Minor, Currency: m.Currency, Decimal: m.Decimal()}
}

// MarshalJSON writes {"minor": -1250, "currency": "GBP", "decimal": "-12.50"}.
func (m Money) MarshalJSON() ([]byte, error) {
	return json.Marshal(m.Document())
}

// UnmarshalJSON reads what MarshalJSON writes and refuses, wrapping ErrInvalid
// or ErrRange, a form whose parts contradict each other.
func (m *Money) UnmarshalJSON(data []byte) error {
	var doc MoneyDocument
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return fmt.Errorf("%w: money", ErrInvalid)
	}
	read := Money{Minor: doc.Minor, Currency: doc.Currency}
	if err := read.Check(); err != nil {
		return err
	}
	if read.Decimal() != doc.Decimal {
		return fmt.Errorf("%w: money: minor and decimal differ", ErrInvalid)
	}
	*m = read
	return nil
}
