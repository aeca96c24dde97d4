package tools

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// maxScanned bounds the rows that one search for recurring payments reads: a
// busy household makes about 2,000 a year.
const maxScanned = 100_000

type recurringArgs struct {
	Months     int64    `json:"months" min:"3" max:"36" default:"12"`
	AccountIDs []string `json:"account_ids" items:"50" max:"40"`
	Direction  string   `json:"direction" enum:"in,out" default:"out"`
	Limit      int64    `json:"limit" min:"1" max:"200" default:"50"`
}

type recurring struct {
	Merchant    string `json:"merchant" class:"text"`
	AccountID   string `json:"account_id" class:"id"`
	Every       string `json:"every" class:"enum"` // "week", "2 weeks", "month", "quarter", "year"
	Typical     money  `json:"typical"`            // median amount
	Fixed       bool   `json:"fixed" class:"count"`
	FirstAmount money  `json:"first_amount"` // on First
	LastAmount  money  `json:"last_amount"`  // on Last
	Occurrences int64  `json:"occurrences" class:"count"`
	Total       money  `json:"total"`
	First       string `json:"first" class:"date"`
	Last        string `json:"last" class:"date"`
	Next        string `json:"next" class:"date"`    // expected
	Active      bool   `json:"active" class:"count"` // the next one is not overdue
}

func detectRecurring() *tool {
	return define(Spec{
		Name:        "detect_recurring",
		Title:       "Detect recurring payments",
		Description: "Subscriptions, rent, salaries: payments to or from one party at a steady interval, with typical, first and last amount and next date.",
	}, policy.Untrusted|policy.Private, findRecurring)
}

func findRecurring(ctx context.Context, r *run, a recurringArgs) (list[recurring], error) {
	f := store.Filter{
		From:             r.today.MonthStart().AddMonths(-int(a.Months)),
		To:               r.today,
		Accounts:         a.AccountIDs,
		Direction:        store.Direction(a.Direction),
		ExcludeTransfers: true,
		Scope:            r.scope,
	}
	all, err := r.series(ctx, f)
	if err != nil {
		return list[recurring]{}, err
	}
	var found []recurring
	for _, s := range all {
		if item, ok := s.recurring(r.today); ok {
			found = append(found, item)
		}
	}
	slices.SortFunc(found, func(x, y recurring) int {
		return cmp.Or(cmp.Compare(abs(y.Total.Minor), abs(x.Total.Minor)), cmp.Compare(x.Merchant, y.Merchant),
			cmp.Compare(x.AccountID, y.AccountID), cmp.Compare(x.Total.Currency, y.Total.Currency))
	})
	shown, more := cut(found, r.limit(a.Limit))
	for range shown {
		r.facts.seen("", 0)
	}
	out := newList(r, shown)
	if more {
		out.Truncated = true
		out.Warnings = append(out.Warnings, warnCut)
	}
	switch {
	case len(shown) > 0:
		out.Warnings = append(out.Warnings, warnUntrusted)
	case len(all) == 0 && len(a.AccountIDs) > 0:
		out.Warnings = append(out.Warnings, warnNoName)
	}
	return out, nil
}

// series is every payment between one account and one party in one currency.
type series struct {
	merchant, account, currency string
	dates                       []store.Date
	amounts                     []int64
}

// series collects the payments by party, oldest first.
func (r *run) series(ctx context.Context, f store.Filter) ([]*series, error) {
	byParty := map[string]*series{}
	scanned := 0
	for t, err := range r.store.Each(ctx, r.at, f, maxScanned+1) {
		if err != nil {
			return nil, err
		}
		if scanned++; scanned > maxScanned {
			return nil, &Error{Code: CodeLimit, Message: "too many transactions to search at once; give account_ids or fewer months"}
		}
		party := cmp.Or(t.Merchant, t.Counterparty, t.Description)
		id := party + "\x00" + t.Account + "\x00" + t.Amount.Currency
		s, ok := byParty[id]
		if !ok {
			s = &series{merchant: party, account: t.Account, currency: t.Amount.Currency}
			byParty[id] = s
		}
		s.dates = append(s.dates, t.Booked)
		s.amounts = append(s.amounts, t.Amount.Minor)
	}
	sorted := slices.Sorted(maps.Keys(byParty))
	all := make([]*series, len(sorted))
	for i, id := range sorted {
		all[i] = byParty[id]
	}
	return all, nil
}

// cadences are the intervals that count as recurring, in days, with how far
// one gap may be off: weekends, bank holidays and short months move bookings.
var cadences = []struct {
	name       string
	days, slip int
}{
	{"week", 7, 1},
	{"2 weeks", 14, 2},
	{"month", 30, 4},
	{"quarter", 91, 7},
	{"year", 365, 10},
}

const (
	// minOccurrences is how often a payment must have happened to be called
	// recurring; for yearly ones two gaps are too long to wait for.
	minOccurrences       = 3
	minYearlyOccurrences = 2
	// steadyShare is the share of gaps, in percent, that must fit the cadence.
	steadyShare = 75
)

// recurring decides whether the series is steady, and describes it.
func (s *series) recurring(today store.Date) (recurring, bool) {
	if len(s.dates) < minYearlyOccurrences {
		return recurring{}, false
	}
	gaps := make([]int, 0, len(s.dates)-1)
	for i := 1; i < len(s.dates); i++ {
		gaps = append(gaps, s.dates[i].Sub(s.dates[i-1]))
	}
	typical := median(gaps)
	for _, c := range cadences {
		if abs(typical-c.days) > c.slip || (c.name != "year" && len(s.dates) < minOccurrences) {
			continue
		}
		fit := 0
		for _, g := range gaps {
			if abs(g-c.days) <= c.slip {
				fit++
			}
		}
		if fit*100 < len(gaps)*steadyShare {
			return recurring{}, false
		}
		return s.describe(c.name, c.days, c.slip, today)
	}
	return recurring{}, false
}

func (s *series) describe(every string, days, slip int, today store.Date) (recurring, bool) {
	total, fixed := int64(0), true
	for _, a := range s.amounts {
		var err error
		if total, err = store.AddMinor(total, a); err != nil {
			return recurring{}, false
		}
		fixed = fixed && a == s.amounts[0]
	}
	last := s.dates[len(s.dates)-1]
	next := last.AddDays(days)
	return recurring{
		Merchant:    s.merchant,
		AccountID:   s.account,
		Every:       every,
		Typical:     amount(median(s.amounts), s.currency),
		Fixed:       fixed,
		FirstAmount: amount(s.amounts[0], s.currency),
		LastAmount:  amount(s.amounts[len(s.amounts)-1], s.currency),
		Occurrences: int64(len(s.dates)),
		Total:       amount(total, s.currency),
		First:       s.dates[0].String(),
		Last:        last.String(),
		Next:        next.String(),
		Active:      today <= next.AddDays(slip),
	}, true
}

// median is the lower median, so that it is always one of the values.
func median[N int | int64](values []N) N {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

func abs[N int | int64](n N) N {
	if n < 0 {
		return -n
	}
	return n
}
