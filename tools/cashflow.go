package tools

import (
	"context"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// maxBuckets bounds the periods of a cash flow: three years of months.
const maxBuckets = 36

type cashFlowArgs struct {
	Interval         string     `json:"interval" enum:"month,week" default:"month"`
	From             store.Date `json:"from" doc:"default: 12 periods back"`
	To               store.Date `json:"to" doc:"default: today"`
	AccountIDs       []string   `json:"account_ids" items:"50" max:"40"`
	ExcludeTransfers bool       `json:"exclude_transfers" default:"true"`
}

type bucket struct {
	Period string `json:"period" class:"date"`
	totals
}

func getCashFlow() *tool {
	return define(Spec{
		Name:        "get_cash_flow",
		Title:       "Get cash flow",
		Description: "Money in, out and net for each month or week, per currency, without transfers between own accounts; at most 36 periods.",
	}, policy.Private, cashFlow)
}

func cashFlow(ctx context.Context, r *run, a cashFlowArgs) (list[bucket], error) {
	periods, err := r.periods(&a)
	if err != nil {
		return list[bucket]{}, err
	}
	f := store.Filter{From: a.From, To: a.To, Accounts: a.AccountIDs, ExcludeTransfers: a.ExcludeTransfers, Scope: r.scope}
	groups, err := r.store.Summarize(ctx, store.Summary{At: r.at, Filter: f, By: []store.Dimension{store.Dimension(a.Interval)}})
	if err != nil {
		return list[bucket]{}, err
	}
	items, more := cut(buckets(groups, periods), r.rows)
	for range items {
		r.facts.seen("", 0)
	}
	r.facts.from, r.facts.to = a.From, a.To
	out := newList(r, items)
	if len(items) == 0 && len(a.AccountIDs) > 0 {
		out.Warnings = append(out.Warnings, warnNoName)
	}
	if more {
		out.Truncated = true
		out.Warnings = append(out.Warnings, warnCut)
	}
	return out, nil
}

// periods lists the keys of every month or week of the span, oldest first, and
// fills in its default of twelve.
func (r *run) periods(a *cashFlowArgs) ([]string, error) {
	if a.To == 0 {
		a.To = r.today
	}
	start, next := store.Date.MonthStart, func(d store.Date) store.Date { return d.AddMonths(1) }
	name, back := store.Date.Month, a.To.MonthStart().AddMonths(-11)
	if a.Interval == string(store.ByWeek) {
		start, next = store.Date.WeekStart, func(d store.Date) store.Date { return d.AddDays(7) }
		name, back = store.Date.Week, a.To.WeekStart().AddDays(-11*7)
	}
	if a.From == 0 {
		a.From = back
	}
	if a.To < a.From {
		return nil, invalid("to", "must not be before from")
	}
	var keys []string
	for d := start(a.From); d <= a.To; d = next(d) {
		if len(keys) == maxBuckets {
			return nil, invalid("from", "must be at most 36 periods before to")
		}
		keys = append(keys, name(d))
	}
	return keys, nil
}

// buckets lays the groups on every period of every currency that occurs, so
// that a month without money is a zero and not a gap.
func buckets(groups []store.Group, periods []string) []bucket {
	have := map[string]store.Group{}
	currencies := map[string]store.Group{}
	for _, g := range groups {
		have[g.Keys[0]+g.Currency] = g
		currencies[g.Currency] = g
	}
	var items []bucket
	for _, c := range sortedGroups(currencies) {
		for _, p := range periods {
			g, ok := have[p+c.Currency]
			if !ok {
				g = store.Group{Currency: c.Currency}
			}
			items = append(items, bucket{Period: p, totals: totalsOf(g)})
		}
	}
	return items
}
