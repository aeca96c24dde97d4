package tools

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// months are the names of months in a question, in order.
var months = strings.Fields("january february march april may june july august september october november december")

var (
	isoMonth    = regexp.MustCompile(`\b((?:19|20)\d\d)-(0[1-9]|1[0-2])\b`)
	monthOfYear = regexp.MustCompile(`\b(` + monthNames + `)\.?,?(?: of)? ((?:19|20)\d\d)\b`)
	// A month without a year needs a word before it: "may" is another word too.
	monthAlone = regexp.MustCompile(`\b(?:in|during|for|of|last) (` + strings.Join(months, "|") + `)\b`)
	yearAlone  = regexp.MustCompile(`\b(?:in|during|for|of|year) ((?:19|20)\d\d)\b`)
)

// namedPeriod is the range, month or year that a question names, as the
// constrained form has it: "2025-01/2025-03" (see namedRanges), "2025-03", "march"
// or "2025", else "last_3_months" and the like; "" if it names none, or two.
func namedPeriod(question string) string {
	found, rest := namedRanges(strings.Join(strings.Fields(strings.ToLower(question)), " "))
	found = append(found, namedMonths(rest)...)
	if len(found) == 0 {
		return lastN(rest)
	}
	if slices.Sort(found); len(slices.Compact(found)) != 1 {
		return ""
	}
	return found[0]
}

// namedMonths are the months and years that a question in lower case names.
func namedMonths(q string) (found []string) {
	for _, m := range isoMonth.FindAllStringSubmatch(q, -1) {
		found = append(found, m[1]+"-"+m[2])
	}
	for _, m := range monthOfYear.FindAllStringSubmatch(q, -1) {
		found = append(found, m[2]+"-"+twoDigits(monthNumber(m[1])))
	}
	if len(found) == 0 {
		for _, at := range []*regexp.Regexp{monthAlone, yearAlone} {
			for _, m := range at.FindAllStringSubmatch(q, -1) {
				found = append(found, m[1])
			}
		}
	}
	return found
}

func monthNumber(name string) int {
	return slices.IndexFunc(months, func(m string) bool { return strings.HasPrefix(m, name[:3]) }) + 1
}

func twoDigits(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

// namedDates are the dates of what namedPeriod returns: of a month alone the
// last one that has begun.
func namedDates(name string, today store.Date) (from, to store.Date, ok bool) {
	if from, to, ok := lastNDates(name, today); ok {
		return from, to, ok
	}
	if strings.Contains(name, "/") {
		return rangeDates(name, today)
	}
	if slices.Contains(months, name) {
		start := today.MonthStart()
		for start.Time().Month() != time.Month(monthNumber(name)) {
			start = start.AddMonths(-1)
		}
		return start, start.AddMonths(1).AddDays(-1), true
	}
	length := 1
	if len(name) == len("2025") {
		name, length = name+"-01", 12
	}
	from, err := store.ParseDate(name + "-01")
	return from, from.AddMonths(length).AddDays(-1), err == nil
}
