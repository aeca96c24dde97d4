package store

import (
	"fmt"
	"time"
)

// Date is a civil date of the proleptic Gregorian calendar: days since
// 1970-01-01 plus one from that day on, days since 1970-01-01 (negative) before
// it, so that the zero value means "no date" and the order is that of time.
type Date int32

// The range of dates: four digits of year, as RFC 3339 writes them.
const (
	MinDate Date = -719162 // 0001-01-01
	MaxDate Date = 2932897 // 9999-12-31
)

const secondsPerDay = 24 * 60 * 60

// NewDate returns the date of a year, month and day; a day beyond the month's
// end carries over, as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return fromDays(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// DateOf returns the civil date of an instant in its own location.
func DateOf(t time.Time) Date {
	return NewDate(t.Date())
}

// ParseDate reads exactly YYYY-MM-DD (RFC 3339 full-date) with a year from
// 0001. The error wraps ErrInvalid and does not hold the text.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || len(text) != len(time.DateOnly) || t.Year() < 1 {
		return 0, fmt.Errorf("%w: want a date as YYYY-MM-DD", ErrInvalid)
	}
	return DateOf(t), nil
}

// fromDays turns days since 1970-01-01 into a Date, leaving zero free.
func fromDays(days int64) Date {
	if days >= 0 {
		days++
	}
	return Date(days)
}

// days returns the days since 1970-01-01.
func (d Date) days() int64 {
	if d > 0 {
		return int64(d) - 1
	}
	return int64(d)
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == 0 }

// Valid reports whether d lies in MinDate to MaxDate and is a date at all.
func (d Date) Valid() bool { return d != 0 && d >= MinDate && d <= MaxDate }

// Time returns midnight UTC of the date; the zero Date gives the zero Time.
func (d Date) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Unix(d.days()*secondsPerDay, 0).UTC()
}

// String returns YYYY-MM-DD, or "" without a date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// AddDays returns the date n days later. The zero Date stays zero.
func (d Date) AddDays(n int) Date {
	if d == 0 {
		return 0
	}
	return fromDays(d.days() + int64(n))
}

// Sub returns the number of days from o to d.
func (d Date) Sub(o Date) int { return int(d.days() - o.days()) }

// Month returns the month key "2026-11", or "" without a date.
func (d Date) Month() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format("2006-01")
}

// Week returns the ISO 8601 week key "2026-W47", or "" without a date. Around
// New Year its year may differ from the date's.
func (d Date) Week() string {
	if d == 0 {
		return ""
	}
	year, week := d.Time().ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

// MonthStart returns the first day of the date's month.
func (d Date) MonthStart() Date {
	if d == 0 {
		return 0
	}
	year, month, _ := d.Time().Date()
	return NewDate(year, month, 1)
}

// WeekStart returns the Monday of the date's ISO 8601 week.
func (d Date) WeekStart() Date {
	if d == 0 {
		return 0
	}
	return d.AddDays(-(int(d.Time().Weekday()) + 6) % 7)
}

// AddMonths returns the first day of the month n months after d's month.
func (d Date) AddMonths(n int) Date {
	if d == 0 {
		return 0
	}
	year, month, _ := d.Time().Date()
	return NewDate(year, month+time.Month(n), 1)
}

// MarshalText writes YYYY-MM-DD, or nothing without a date.
func (d Date) MarshalText() ([]byte, error) {
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	read, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = read
	return nil
}
