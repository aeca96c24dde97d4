package statement

import (
	"bytes"

	"github.com/counterfoil/counterfoil/store"
)

// Reasons for which an amount is refused.
const (
	reasonAmount    = "amount is not a decimal number in the expected form"
	reasonPrecision = "amount has more digits after the point than its currency allows"
	reasonTooLarge  = "amount is larger than can be kept exactly"
	reasonCurrency  = "currency is missing or not a known ISO 4217 code"
	reasonGroups    = "amount has a misplaced thousands separator"
)

// Decimals is how a source writes decimal numbers.
type Decimals struct {
	Point byte // between whole and fraction: '.' or ','
	Group byte // between groups of three digits; 0 is none, ' ' includes no-break spaces and apostrophes
	// Lenient accepts either of '.' and ',' as the point, for formats whose files
	// are written both ways (OFX section 3.2.9.1), and the other one between groups
	// only in a number that has both. A comma before just three digits is refused
	// where the currency has fewer: "1,000" is a thousand as likely as one.
	Lenient bool
	// Loose accepts groups of any length, because some exports group in twos
	// (lakh) or pad with zeros.
	Loose bool
}

// maxDigits keeps the unscaled number within an int64.
const maxDigits = 18

// Parse reads an amount exactly in a currency. A leading sign, a trailing sign
// (1.234,56-), parentheses for negative numbers and surrounding spaces are
// understood; anything else, an excess digit or a doubtful separator is
// refused with a reason. Zeros beyond the currency's precision are not excess.
func (d Decimals) Parse(text []byte, currency string) (store.Money, string) {
	exponent, ok := store.Exponent(currency)
	if !ok {
		return store.Money{}, reasonCurrency
	}
	n, reason := d.parse(text, exponent)
	return store.Money{Minor: n, Currency: currency}, reason
}

func (d Decimals) parse(text []byte, exponent int) (int64, string) {
	body, negative, ok := unsign(text)
	if !ok {
		return 0, reasonAmount
	}
	s := scan{Decimals: d.told(body), exponent: exponent, groupAt: -1}
	for i := 0; i < len(body); i++ {
		width, reason := s.step(body[i:])
		if reason != "" {
			return 0, reason
		}
		i += width - 1
	}
	n, reason := s.finish()
	if negative {
		n = -n
	}
	return n, reason
}

// told is how a number is written that has both '.' and ',', where either is
// accepted: the last of them is the point.
func (d Decimals) told(body []byte) Decimals {
	point, comma := bytes.LastIndexByte(body, '.'), bytes.LastIndexByte(body, ',')
	switch {
	case !d.Lenient || point < 0 || comma < 0:
		return d
	case point > comma:
		return Decimals{Point: '.', Group: ','}
	}
	return Decimals{Point: ',', Group: '.'}
}

// scan is the state of reading one unsigned number.
type scan struct {
	Decimals
	exponent int
	n        int64
	digits   int // significant digits taken
	whole    int // digits before the point
	fraction int // digits after the point that count
	seen     bool
	pointed  bool
	behind   int  // digits after the point
	doubtful bool // the point is a comma, for want of any other mark
	groupAt  int  // whole digits since the last separator, -1 before the first
	first    int  // digits before the first separator
	groups   int  // length of the groups between separators: 3, or 2 as in 12,34,567 (lakh and crore); 0 before the second
}

// step takes one character and returns its width in bytes.
func (s *scan) step(rest []byte) (int, string) {
	c := rest[0]
	switch {
	case c >= '0' && c <= '9':
		return 1, s.digit(c - '0')
	case !s.pointed && (c == s.Point || s.Lenient && (c == '.' || c == ',')):
		if s.groupAt >= 0 && s.groupAt != 3 && !s.Loose {
			return 0, reasonGroups
		}
		s.pointed = true
		s.doubtful = s.Lenient && c == ','
		return 1, ""
	case !s.pointed && s.Group != 0:
		if width := groupWidth(rest, s.Group); width > 0 {
			return width, s.group()
		}
	}
	return 0, reasonAmount
}

func (s *scan) digit(v byte) string {
	s.seen = true
	if s.pointed {
		s.behind++
		if s.fraction == s.exponent {
			if v != 0 {
				return reasonPrecision
			}
			return ""
		}
		s.fraction++
	} else {
		s.whole++
		if s.groupAt >= 0 {
			s.groupAt++
		}
	}
	if s.n != 0 || v != 0 {
		if s.digits++; s.digits > maxDigits {
			return reasonTooLarge
		}
	}
	s.n = s.n*10 + int64(v)
	return ""
}

func (s *scan) group() string {
	if s.Loose {
		s.groupAt = 3
		return ""
	}
	switch {
	case s.whole == 0, s.groupAt < 0 && s.whole > 3:
		return reasonGroups
	case s.groupAt < 0:
		s.first = s.whole
	case s.groups == 0 && (s.groupAt == 3 || s.groupAt == 2 && s.first <= 2 && s.Group == ','), s.groups > 0 && s.groups == s.groupAt:
		s.groups = s.groupAt
	default:
		return reasonGroups
	}
	s.groupAt = 0
	return ""
}

func (s *scan) finish() (int64, string) {
	if !s.seen {
		return 0, reasonAmount
	}
	if !s.pointed && !s.Loose && s.groupAt >= 0 && s.groupAt != 3 {
		return 0, reasonGroups
	}
	if s.doubtful && s.behind == 3 && s.exponent < 3 && s.whole > 0 {
		return 0, reasonGroups
	}
	for ; s.fraction < s.exponent; s.fraction++ {
		if s.n > store.MaxMinor/10 {
			return 0, reasonTooLarge
		}
		s.n *= 10
	}
	if s.n > store.MaxMinor {
		return 0, reasonTooLarge
	}
	return s.n, ""
}

// groupWidth returns the width of the group separator that rest begins with.
func groupWidth(rest []byte, group byte) int {
	if rest[0] == group {
		return 1
	}
	if group != ' ' {
		return 0
	}
	switch {
	case rest[0] == '\'':
		return 1
	case len(rest) >= 2 && rest[0] == 0xC2 && rest[1] == 0xA0: // U+00A0
		return 2
	case len(rest) >= 3 && rest[0] == 0xE2 && rest[1] == 0x80 && (rest[2] == 0xAF || rest[2] == 0x99): // U+202F, U+2019
		return 3
	}
	return 0
}

// unsign strips spaces, one sign or a pair of parentheses.
func unsign(text []byte) (body []byte, negative, ok bool) {
	body = Trim(text)
	if len(body) == 0 {
		return nil, false, false
	}
	first, last := body[0], body[len(body)-1]
	minus := len(body) > 3 && body[0] == 0xE2 && (body[1] == 0x88 && body[2] == 0x92 || body[1] == 0x80 && body[2] == 0x93) // U+2212, U+2013
	switch {
	case first == '(' && last == ')':
		return Trim(body[1 : len(body)-1]), true, len(body) > 2
	case minus:
		return Trim(body[3:]), true, true
	case first == '-' || first == '+':
		return Trim(body[1:]), first == '-', len(body) > 1
	case last == '-' || last == '+':
		return Trim(body[:len(body)-1]), last == '-', len(body) > 1
	}
	return body, false, true
}
