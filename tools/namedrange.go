package tools

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/counterfoil/counterfoil/store"
)

// end is the forms of a range's end in a question in lower case: 2025-03 and
// 2025-03-14, march, march 2025, 14th of march, march 14, 2025, or 2025.
const end = `(?:(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?` +
	`|(?:[0-3]?\d(?:st|nd|rd|th)? (?:of )?)?(?:` + monthNames + `)\b\.?(?: [0-3]?\d(?:st|nd|rd|th)?\b)?,?(?: (?:of )?(?:19|20)\d\d\b)?` +
	`|(?:19|20)\d\d\b)`

// beginning may stand before an end, and says nothing.
const beginning = `(?:the )?(?:(?:start|beginning|end) of )?`

var (
	fromTo  = regexp.MustCompile(`\bfrom ` + beginning + `(` + end + `) ?(?:to|until|till|through|up to|-|–|—) ?` + beginning + `(` + end + `)`)
	between = regexp.MustCompile(`\bbetween ` + beginning + `(` + end + `) and ` + beginning + `(` + end + `)`)
	bare    = regexp.MustCompile(`(?:^|[^\w-])(` + end + `) ?(?:to|until|till|through|–|—| - ) ?(` + end + `)`)
	since   = regexp.MustCompile(`\b(?:since|starting(?: in| with| on)?|beginning(?: in| with| on)?) ` + beginning + `(` + end + `)`)
	fromOn  = regexp.MustCompile(`\bfrom ` + beginning + `(` + end + `) (?:on|onwards?|till today|until today|to date|to today|till now|until now|to now)\b`)

	isoEnd   = regexp.MustCompile(`^(\d{4})-(\d\d)(?:-(\d\d))?$`)
	wordsEnd = regexp.MustCompile(`^(?:(\d{1,2})\D{0,6} )?([a-z]+)\.?(?: (\d{1,2})(?:st|nd|rd|th)?\b)?,?(?: (?:of )?(\d{4}))?$`)

	lastUnits = regexp.MustCompile(`\b(?:last|past|previous) (\d{1,2}|` + strings.Join(numerals, "|") + `) (day|week|month|year)s\b`)
	lastForm  = regexp.MustCompile(`^last_(\d{1,2})_(day|week|month|year)s$`)
)

// numerals are the numbers from two on that are written in words.
var numerals = strings.Fields("two three four five six seven eight nine ten eleven twelve")

// namedRanges takes the ranges out of a question in lower case, each as
// "from/to" or, if it lasts until today, "from/". An end is "2025", "2025-03",
// "2025-03-14" or, where the year is not said, "march" or "--03-14".
func namedRanges(q string) (found []string, rest string) {
	for _, form := range []*regexp.Regexp{fromTo, between, fromOn, since, bare} {
		q = form.ReplaceAllStringFunc(q, func(text string) string {
			m := form.FindStringSubmatch(text)
			first, ok := readEnd(m[1])
			last, closed := rangeEnd{}, len(m) > 2
			if ok && closed {
				last, ok = readEnd(m[2])
			}
			if !ok {
				return text
			}
			name := first.String() + "/"
			if closed {
				name += last.String()
			}
			found = append(found, name)
			return ";"
		})
	}
	return found, q
}

// lastN is the period of "last three months" in a question in lower case, "" if
// it names none.
func lastN(q string) string {
	m := lastUnits.FindStringSubmatch(q)
	if m == nil {
		return ""
	}
	n, err := strconv.Atoi(m[1])
	for i, word := range numerals {
		if word == m[1] {
			n, err = i+2, nil
		}
	}
	if err != nil || n == 0 {
		return ""
	}
	return fmt.Sprintf("last_%d_%ss", n, m[2])
}

// lastNDates are the dates of what lastN returns: so many days, weeks, months or
// years that end with the one of today.
func lastNDates(name string, today store.Date) (from, to store.Date, ok bool) {
	m := lastForm.FindStringSubmatch(name)
	if m == nil {
		return 0, 0, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n == 0 {
		return 0, 0, false
	}
	switch m[2] {
	case "day":
		return today.AddDays(1 - n), today, true
	case "week":
		return today.AddDays(1 - 7*n), today, true
	case "year":
		n *= 12
	}
	return today.MonthStart().AddMonths(1 - n), today, true
}

// rangeEnd is a year, month or day; what is not said is 0.
type rangeEnd struct{ year, month, day int }

func (e rangeEnd) String() string {
	switch {
	case e.month == 0:
		return fmt.Sprintf("%04d", e.year)
	case e.year == 0 && e.day == 0:
		return months[e.month-1]
	case e.year == 0:
		return fmt.Sprintf("--%02d-%02d", e.month, e.day)
	case e.day == 0:
		return fmt.Sprintf("%04d-%02d", e.year, e.month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", e.year, e.month, e.day)
}

// readEnd reads an end in the forms of a question and in those of String.
func readEnd(text string) (e rangeEnd, ok bool) {
	text = strings.Trim(text, " ,.")
	if year, err := strconv.Atoi(text); err == nil {
		return rangeEnd{year: year}, true
	}
	text, yearless := strings.CutPrefix(text, "--")
	if yearless {
		text = "2000-" + text // has every day
	}
	if m := isoEnd.FindStringSubmatch(text); m != nil {
		e = rangeEnd{number(m[1]), number(m[2]), number(m[3])}
	} else if m := wordsEnd.FindStringSubmatch(text); m != nil && monthOf(m[2]) > 0 && (m[1] == "" || m[3] == "") {
		e = rangeEnd{number(m[4]), monthOf(m[2]), number(m[1] + m[3])}
	} else {
		return e, false
	}
	if yearless {
		e.year = 0
	}
	at := e
	if at.year == 0 {
		at.year = 2000
	}
	_, ok = at.first()
	return e, ok
}

// number is a number that a pattern found, 0 for none.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// monthOf is the number of a month by its name or an abbreviation, else 0.
func monthOf(name string) int {
	if len(name) < 3 || !monthWord.MatchString(name) {
		return 0
	}
	return monthNumber(name)
}

// first is the first day of an end whose year is known; ok is false if there is
// no such day.
func (e rangeEnd) first() (d store.Date, ok bool) {
	d, err := store.ParseDate(fmt.Sprintf("%04d-%02d-%02d", e.year, max(e.month, 1), max(e.day, 1)))
	return d, err == nil
}

// last is the last day of an end whose year is known and that has a first.
func (e rangeEnd) last() store.Date {
	d, _ := e.first()
	switch {
	case e.day != 0:
		return d
	case e.month != 0:
		return d.AddMonths(1).AddDays(-1)
	}
	return d.AddMonths(12).AddDays(-1)
}

// leapYears is after how many years at most there is a 29 February again.
const leapYears = 8

// upTo gives an end without a year that of the last one that has begun by a day.
func (e rangeEnd) upTo(day store.Date) rangeEnd {
	if e.year != 0 {
		return e
	}
	for e.year = day.Time().Year(); e.year > day.Time().Year()-leapYears; e.year-- {
		if first, ok := e.first(); ok && first <= day {
			break
		}
	}
	return e
}

// after gives an end without a year that of the first one that is not over
// before a day.
func (e rangeEnd) after(day store.Date) rangeEnd {
	if e.year != 0 {
		return e
	}
	for e.year = day.Time().Year(); e.year < day.Time().Year()+leapYears; e.year++ {
		if _, ok := e.first(); ok && e.last() >= day {
			break
		}
	}
	return e
}

// rangeDates are the dates of what namedRanges returns. A year that is not said
// is the other end's or the one before or after, so that the range is in order;
// if neither says one, it is the last such range whose end has begun.
func rangeDates(name string, today store.Date) (from, to store.Date, ok bool) {
	left, right, isRange := strings.Cut(name, "/")
	a, ok := readEnd(left)
	if !isRange || !ok {
		return 0, 0, false
	}
	if right == "" {
		a = a.upTo(today)
		if from, ok = a.first(); from > today {
			return from, a.last(), ok
		}
		return from, today, ok
	}
	b, ok := readEnd(right)
	if !ok {
		return 0, 0, false
	}
	if first, said := a.first(); b.year == 0 && a.year != 0 && said {
		b = b.after(first)
	}
	b = b.upTo(today)
	a = a.upTo(b.last())
	from, ok = a.first()
	start, good := b.first()
	if start < from {
		return start, a.last(), ok && good
	}
	return from, b.last(), ok && good
}

// monthNames is a pattern of the names of months and their abbreviations.
const monthNames = `january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec`

var monthWord = regexp.MustCompile(`^(?:` + monthNames + `)$`)
