// Package date tells days, expiry dates and instants from other numbers.
package date

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// Like tells whether digits read as a year, an expiry date, an expiry date
// and a code of three or four digits, or a day.
func Like(d []byte) bool {
	switch len(d) {
	case 4:
		hi, lo := char.Number(d, 2), char.Number(d[2:], 2)
		y := char.Number(d, 4)
		return y >= 1970 && y <= 2060 || Month(hi) && lo >= 15 && lo <= 60 || hi >= 15 && hi <= 60 && Month(lo)
	case 6:
		hi, mid, lo := char.Number(d, 2), char.Number(d[2:], 2), char.Number(d[4:], 2)
		y := char.Number(d[2:], 4)
		return Month(hi) && y >= 1970 && y <= 2060 || hi == 20 && Month(lo) || Month(mid) && (RecentYear(hi) && Day(lo) || Day(hi) && RecentYear(lo))
	case 7:
		return Like(d[:4])
	case 8:
		y, m, last := char.Number(d, 4), char.Number(d[4:], 2), char.Number(d[6:], 2)
		return y >= 1970 && y <= 2060 && Month(m) && Day(last) || Like(d[:4])
	}
	return false
}

// Month and Day tell whether a number is one, and RecentYear whether the last two digits of a
// year are of a card or a statement of our time.
func Month(m int) bool      { return m >= 1 && m <= 12 }
func Day(d int) bool        { return d >= 1 && d <= 31 }
func RecentYear(y int) bool { return y >= 15 && y <= 60 }

// IsCompact tells whether digits are a day of this era: 20260105.
func IsCompact(d []byte) bool {
	return len(d) == len("20260105") && PlausibleYear(char.Number(d, 4)) && Month(char.Number(d[4:], 2)) && Day(char.Number(d[6:], 2))
}

// BeginsISO tells whether a value begins with a date of ISO 8601.
func BeginsISO(value []byte) bool {
	const size = len("2026-01-05")
	return len(value) >= size && IsISO(value[:size])
}

// IsMonthYear tells whether six digits are a month and a year, as stand behind the
// number of an invoice.
func IsMonthYear(d []byte) bool {
	y := char.Number(d[2:], 4)
	return Month(char.Number(d, 2)) && y >= 1990 && y <= 2060
}

// PlausibleYear covers every date a statement can hold.
func PlausibleYear(y int) bool { return y >= 1900 && y <= 2099 }

// IsISO tells whether ten bytes are a date of ISO 8601.
func IsISO(t []byte) bool {
	for i, c := range t {
		if i == 4 || i == 7 {
			if c != '-' {
				return false
			}
		} else if !char.Digit(c) {
			return false
		}
	}
	m, d := char.Number(t[5:], 2), char.Number(t[8:], 2)
	return PlausibleYear(char.Number(t, 4)) && m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// DayLike tells whether a text is three numbers as those of a date are written, with
// the same mark between them; a sort code is written as one without its century.
func DayLike(text []byte, sort bool) bool {
	k := bytes.IndexAny(text, "-./")
	if k < 0 {
		return false
	}
	parts := bytes.Split(text, text[k:k+1])
	if len(parts) != 3 || len(parts[1]) == 0 || len(parts[1]) > 2 {
		return false
	}
	first, last := len(parts[0]), len(parts[2])
	return first == 4 && last <= 2 || first <= 2 && (last == 4 || last == 2 && !sort)
}
