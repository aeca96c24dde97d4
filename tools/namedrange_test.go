package tools

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// datesOf are the dates that are looked up for a question.
func datesOf(question string, today store.Date) string {
	_, names := lookupOf(question)
	from, to := period(names[0], today)
	return from.String() + " " + to.String()
}

// TestNamedRange reads the range of a question, and its dates.
func TestNamedRange(t *testing.T) {
	today := store.NewDate(2026, time.March, 15)
	const default12 = "2025-04-01 2026-03-15"
	for question, want := range map[string]string{
		"What did I spend from March to May?":                     "2025-03-01 2025-05-31",
		"from January to March":                                   "2026-01-01 2026-03-31",
		"groceries from November to February":                     "2025-11-01 2026-02-28",
		"How much between January and March 2025?":                "2025-01-01 2025-03-31",
		"between november and february 2025":                      "2024-11-01 2025-02-28",
		"from November 2024 to March":                             "2024-11-01 2025-03-31",
		"from Feb. 2024 until Apr. 2024":                          "2024-02-01 2024-04-30",
		"between 2023 and 2024":                                   "2023-01-01 2024-12-31",
		"rent 2023–2024":                                          "2023-01-01 2024-12-31",
		"March - May 2025":                                        "2025-03-01 2025-05-31",
		"March 2025 to April 2025 by category":                    "2025-03-01 2025-04-30",
		"from 2025-03 to 2025-05":                                 "2025-03-01 2025-05-31",
		"from 2025-03-03 to 2025-04-10?":                          "2025-03-03 2025-04-10",
		"from 3 March to 10 April 2025":                           "2025-03-03 2025-04-10",
		"between March 3, 2025 and April 10, 2025":                "2025-03-03 2025-04-10",
		"from the 3rd of March 2025 to the 10th of April 2025":    "2025-03-03 2025-04-10",
		"from the beginning of March to the end of April":         "2025-03-01 2025-04-30",
		"between 2025-05 and 2025-03":                             "2025-03-01 2025-05-31",
		"What went out since June?":                               "2025-06-01 2026-03-15",
		"since March":                                             "2026-03-01 2026-03-15",
		"since 2030":                                              "2030-01-01 2030-12-31",
		"since the start of 2025":                                 "2025-01-01 2026-03-15",
		"since 2025-12-24":                                        "2025-12-24 2026-03-15",
		"from October 2025 onwards":                               "2025-10-01 2026-03-15",
		"starting in January 2026":                                "2026-01-01 2026-03-15",
		"my spending in the last three months":                    "2026-01-01 2026-03-15",
		"the past 6 months":                                       "2025-10-01 2026-03-15",
		"the previous two weeks":                                  "2026-03-02 2026-03-15",
		"over the last 30 days":                                   "2026-02-14 2026-03-15",
		"last 2 years per month":                                  "2024-04-01 2026-03-15",
		"the last three months of 2024":                           "2024-01-01 2024-12-31",
		"since February 30":                                       default12,
		"last 0 months":                                           default12,
		"Compare from January to March 2025 with April 2025":      default12,
		"from January to March 2025 and from May to June 2025":    default12,
		"from Monday to Friday":                                   default12,
		"Did I transfer from 2000 to 5000 pounds?":                default12,
		"It may be that I paid from savings to checking, or not?": default12,
	} {
		if got := datesOf(question, today); got != want {
			t.Errorf("%q: %s, want %s", question, got, want)
		}
	}
}

// saidEnd is an end of a range as questions say it, and what it means.
type saidEnd struct {
	year, month int // month 0 is the whole year; year 0 is not said
}

func (e saidEnd) text(r *rand.Rand) string {
	if e.month == 0 {
		return fmt.Sprint(e.year)
	}
	name := months[e.month-1]
	if e.year == 0 {
		return name
	}
	return []string{fmt.Sprintf("%s %d", name, e.year), fmt.Sprintf("%s. %d", name[:3], e.year), fmt.Sprintf("%s of %d", name, e.year), fmt.Sprintf("%d-%02d", e.year, e.month)}[r.IntN(4)]
}

// span is the first and the last day of an end in a year.
func (e saidEnd) span(year int) (first, last time.Time) {
	if e.month == 0 {
		return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	first = time.Date(year, time.Month(e.month), 1, 0, 0, 0, 0, time.UTC)
	return first, first.AddDate(0, 1, -1)
}

// meant is the range of two ends, by trying every year: of those that fit what
// was said and are in order, the shortest and, of equal ones, the last that has
// begun its last month.
func meant(a, b saidEnd, today time.Time) (from, to time.Time) {
	years := func(e saidEnd) []int {
		if e.year != 0 {
			return []int{e.year}
		}
		var all []int
		for y := 1995; y <= 2040; y++ {
			all = append(all, y)
		}
		return all
	}
	found := false
	for _, ya := range years(a) {
		for _, yb := range years(b) {
			f, _ := a.span(ya)
			start, l := b.span(yb)
			if start.Before(f) || a.year == 0 && b.year == 0 && start.After(today) {
				continue
			}
			shorter, same := l.Sub(f) < to.Sub(from), l.Sub(f) <= to.Sub(from)+48*time.Hour // of a leap year
			if !found || b.year == 0 && a.year == 0 && same && l.After(to) || (a.year != 0 || b.year != 0) && shorter {
				from, to, found = f, l, true
			}
		}
	}
	return from, to
}

// TestNamedRangeProperty: whatever months and years are said, in whatever words,
// on whatever day, the range is the one that was meant, in order.
func TestNamedRangeProperty(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	forms := []string{"from %s to %s", "between %s and %s", "From %s until %s?", "spent from the start of %s to the end of %s,", "by category  from %s  through %s", "%s–%s"}
	for range 4000 {
		today := time.Date(2000+r.IntN(30), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
		a, b := saidEnd{month: 1 + r.IntN(12)}, saidEnd{month: 1 + r.IntN(12)}
		switch r.IntN(5) {
		case 0:
			a, b = saidEnd{year: 2000 + r.IntN(20)}, saidEnd{year: 2000 + r.IntN(20)}
		case 1:
			b.year = 2001 + r.IntN(20)
		case 2:
			a.year = 2001 + r.IntN(20)
		case 3:
			a.year, b.year = 2000+r.IntN(20), 2000+r.IntN(20)
		}
		question := fmt.Sprintf(forms[r.IntN(len(forms))], a.text(r), b.text(r))
		if a.year != 0 && b.year != 0 && a.year*100+a.month > b.year*100+b.month {
			a, b = b, a // said backwards
		}
		from, to := meant(a, b, today)
		want := from.Format(time.DateOnly) + " " + to.Format(time.DateOnly)
		if got := datesOf(question, store.DateOf(today)); got != want {
			t.Fatalf("on %s, %q: %s, want %s", today.Format(time.DateOnly), question, got, want)
		}
	}
}

// TestPeriodsOfAnything: whatever is asked, the period has a fixed form, fits
// into a schema, and its dates are in order.
func TestPeriodsOfAnything(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	words := slices.Concat(months, numerals, strings.Fields(`from to between and since until last past the of start end 2024 2025 2025-13 2025-02-30 1999 31 30th 2nd 0 99 3 - – , . ? " \ / may days weeks months years month on`))
	for range 20_000 {
		var q []string
		for range 1 + r.IntN(9) {
			q = append(q, words[r.IntN(len(words))])
		}
		question := strings.Join(q, " ")
		today := store.NewDate(2000+r.IntN(30), time.Month(1+r.IntN(12)), 1+r.IntN(28))
		_, names := lookupOf(question)
		if len(names) != 1 || strings.Trim(names[0], "abcdefghijklmnopqrstuvwxyz0123456789-_/") != "" {
			t.Fatalf("%q: period %q", question, names)
		}
		if from, to := period(names[0], today); !from.Valid() || !to.Valid() || from > to {
			t.Fatalf("on %s, %q is %s: %s to %s", today, question, names[0], from, to)
		}
	}
}
