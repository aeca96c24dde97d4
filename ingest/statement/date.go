package statement

import (
	"fmt"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// ReasonDate is why a date is refused.
const ReasonDate = "date is missing, not in the expected form or not in the calendar"

// Pivot is the two-digit year from which a year belongs to the 20th century:
// no electronic statement is older than 1980.
const Pivot = 80

// Layout reads dates of one written form. Its notation: YYYY or YY is the
// year, MM the month and DD the day (one or two digits), MMM the English,
// German, French, Dutch or Spanish abbreviation of a month, * anything to the
// end, every other character itself. "DD/MM/YYYY" reads 31/12/2026.
type Layout struct {
	steps []step
}

type step struct {
	kind    byte // 'Y' four digits, 'y' two, 'M', 'D', 'N' name, '*' rest, 'l' literal
	literal byte
}

var notations = []struct {
	text string
	kind byte
}{{"YYYY", 'Y'}, {"YY", 'y'}, {"MMM", 'N'}, {"MM", 'M'}, {"DD", 'D'}, {"*", '*'}}

// ParseLayout compiles the notation.
func ParseLayout(notation string) (Layout, error) {
	var l Layout
	seen := map[byte]bool{}
	for rest := notation; rest != ""; {
		s, n := step{kind: 'l', literal: rest[0]}, 1
		for _, candidate := range notations {
			if len(rest) >= len(candidate.text) && rest[:len(candidate.text)] == candidate.text {
				s, n = step{kind: candidate.kind}, len(candidate.text)
				break
			}
		}
		seen[s.kind] = true
		l.steps = append(l.steps, s)
		rest = rest[n:]
	}
	if !(seen['Y'] || seen['y']) || !(seen['M'] || seen['N']) || !seen['D'] {
		return Layout{}, fmt.Errorf("a date layout needs YYYY or YY, MM or MMM, and DD")
	}
	return l, nil
}

// Parse reads a date; ok is false unless text has exactly the layout's form
// and names a day of the calendar.
func (l Layout) Parse(text []byte) (date store.Date, ok bool) {
	text = Trim(text)
	var year, month, day int
	for i, s := range l.steps {
		fixed := l.number(i-1) || l.number(i+1)
		n := 0
		switch s.kind {
		case 'Y':
			year, n = number(text, 4, 4)
		case 'y':
			if year, n = number(text, 2, 2); year < Pivot {
				year += 100
			}
			year += 1900
		case 'M':
			month, n = number(text, least(fixed), 2)
		case 'D':
			day, n = number(text, least(fixed), 2)
		case 'N':
			month, n = monthName(text)
		case '*':
			return civil(year, month, day)
		default:
			if len(text) > 0 && text[0] == s.literal {
				n = 1
			}
		}
		if n == 0 {
			return 0, false
		}
		text = text[n:]
	}
	if len(text) > 0 {
		return 0, false
	}
	return civil(year, month, day)
}

// number reports whether the i-th step reads digits.
func (l Layout) number(i int) bool {
	return i >= 0 && i < len(l.steps) && l.steps[i].kind != 'l' && l.steps[i].kind != '*' && l.steps[i].kind != 'N'
}

// least is the fewest digits of a day or month: two where digits stand beside.
func least(fixed bool) int {
	if fixed {
		return 2
	}
	return 1
}

// number reads between least and most digits; n is 0 if there are fewer.
func number(text []byte, least, most int) (value, n int) {
	for n < len(text) && n < most && text[n] >= '0' && text[n] <= '9' {
		value = value*10 + int(text[n]-'0')
		n++
	}
	if n < least {
		return 0, 0
	}
	return value, n
}

// civil returns the date if the calendar has it.
func civil(year, month, day int) (store.Date, bool) {
	if year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	return store.NewDate(year, time.Month(month), day), true
}

// Civil returns the date of a year, month and day if the calendar has it.
func Civil(year, month, day int) (store.Date, bool) { return civil(year, month, day) }

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// Compact reads a date that begins YYYYMMDD or YYYY-MM-DD and may be followed
// by a time, as OFX and ISO 20022 write them: the civil date as it stands,
// without moving it to another time zone.
func Compact(text []byte) (store.Date, bool) {
	text = Trim(text)
	gap := 0
	if len(text) >= 10 && text[4] == '-' && text[7] == '-' {
		gap = 1
	}
	if len(text) < 8+2*gap {
		return 0, false
	}
	year, n := number(text, 4, 4)
	month, m := number(text[4+gap:], 2, 2)
	day, d := number(text[6+2*gap:], 2, 2)
	rest := text[8+2*gap:]
	if n == 0 || m == 0 || d == 0 || (len(rest) > 0 && !timeFollows(rest)) {
		return 0, false
	}
	return civil(year, month, day)
}

// timeFollows reports whether rest can be a time of day or a zone.
func timeFollows(rest []byte) bool {
	for _, c := range rest {
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		case c == ':' || c == '.' || c == '+' || c == '-' || c == '[' || c == ']' || c == ' ' || c == ',':
		default:
			return false
		}
	}
	return true
}
