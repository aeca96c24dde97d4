package tools

import (
	"cmp"
	"context"
	"slices"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// maxSummaryDays bounds a summary's span: five years with their leap days.
const maxSummaryDays = 5*365 + 2

type summarizeArgs struct {
	GroupBy []string `json:"group_by" required:"true" items:"2" enum:"category,merchant,month,week,account"`
	filterArgs
	TopN            int64 `json:"top_n" min:"1" max:"100" default:"25" doc:"largest groups by money moved"`
	ComparePrevious bool  `json:"compare_previous" doc:"adds the same groups for the period of equal length before"`
}

// key is one dimension's value in a group.
type key struct {
	By    string `json:"by" class:"enum"`
	Value string `json:"value" class:"text"`
}

// totals are exact sums of one currency.
type totals struct {
	In    money `json:"in"`
	Out   money `json:"out"`
	Net   money `json:"net"`
	Count int64 `json:"count" class:"count"`
}

type group struct {
	Keys []key `json:"keys"`
	totals
	Previous *totals `json:"previous,omitempty"`
}

type summary struct {
	list[group]
	Totals []totals `json:"totals"` // over all groups, also those beyond top_n
	From   string   `json:"from" class:"date"`
	To     string   `json:"to" class:"date"`
}

func summarizeTransactions() *tool {
	return define(Spec{
		Name:        "summarize_transactions",
		Title:       "Summarize transactions",
		Description: "Exact totals by one or two of category, merchant, month, week, account; per currency, up to five years, the last 12 months by default. Use this for every question about how much.",
	}, policy.Untrusted|policy.Private, summarize)
}

func summarize(ctx context.Context, r *run, a summarizeArgs) (summary, error) {
	by, err := dimensions(a.GroupBy)
	if err != nil {
		return summary{}, err
	}
	if a.From, a.To, err = r.span(a.From, a.To, maxSummaryDays, "5 years"); err != nil {
		return summary{}, err
	}
	f, err := a.filter(r)
	if err != nil {
		return summary{}, err
	}
	now, err := r.store.Summarize(ctx, store.Summary{At: r.at, Filter: f, By: by})
	if err != nil {
		return summary{}, err
	}
	before := map[string]store.Group{}
	if a.ComparePrevious {
		if before, err = r.previous(ctx, f, by); err != nil {
			return summary{}, err
		}
	}
	return r.summaryOf(now, before, by, a)
}

func dimensions(names []string) ([]store.Dimension, error) {
	by := make([]store.Dimension, len(names))
	for i, n := range names {
		by[i] = store.Dimension(n)
	}
	if len(by) == 2 && by[0] == by[1] {
		return nil, invalid("group_by", "must name two different groupings")
	}
	return by, nil
}

// span fills in the last twelve months and bounds the length.
func (r *run) span(from, to store.Date, days int, words string) (store.Date, store.Date, error) {
	if to == 0 {
		to = r.today
	}
	if from == 0 {
		from = to.MonthStart().AddMonths(-11)
	}
	if to < from {
		return 0, 0, invalid("to", "must not be before from")
	}
	if to.Sub(from) >= days {
		return 0, 0, invalid("from", "must be at most "+words+" before to")
	}
	return from, to, nil
}

// previous summarizes the period of equal length that ends the day before.
// Groupings by time are compared by their place in the period.
func (r *run) previous(ctx context.Context, f store.Filter, by []store.Dimension) (map[string]store.Group, error) {
	length := f.To.Sub(f.From) + 1
	f.From, f.To = f.From.AddDays(-length), f.From.AddDays(-1)
	if slices.Contains(by, store.ByMonth) || slices.Contains(by, store.ByWeek) {
		return nil, invalid("compare_previous", "works with category, merchant and account only; group by month to see change over time")
	}
	groups, err := r.store.Summarize(ctx, store.Summary{At: r.at, Filter: f, By: by})
	found := make(map[string]store.Group, len(groups))
	for _, g := range groups {
		found[groupKey(g)] = g
	}
	return found, err
}

func groupKey(g store.Group) string {
	k := g.Currency
	for _, part := range g.Keys {
		k += "\x00" + part
	}
	return k
}

func (r *run) summaryOf(groups []store.Group, before map[string]store.Group, by []store.Dimension, a summarizeArgs) (summary, error) {
	all, err := sums(groups)
	if err != nil {
		return summary{}, err
	}
	slices.SortStableFunc(groups, func(x, y store.Group) int {
		return cmp.Or(cmp.Compare(y.In-y.Out, x.In-x.Out), slices.Compare(x.Keys, y.Keys), cmp.Compare(x.Currency, y.Currency))
	})
	shown, more := cut(groups, r.limit(a.TopN))
	items := make([]group, len(shown))
	for i, g := range shown {
		r.facts.seen(accountIn(g, by), 0)
		items[i] = group{Keys: keysOf(g, by), totals: totalsOf(g)}
		if p, ok := before[groupKey(g)]; ok {
			t := totalsOf(p)
			items[i].Previous = &t
		}
	}
	r.facts.from, r.facts.to = a.From, a.To
	out := summary{list: newList(r, items), Totals: all, From: a.From.String(), To: a.To.String()}
	if len(items) == 0 && a.named() {
		out.Warnings = append(out.Warnings, warnNoName)
	}
	if more {
		out.Truncated = true
		out.Warnings = append(out.Warnings, "only the largest groups are listed; totals cover all of them")
	}
	return out, nil
}

// accountIn is the account that a group is of, or "".
func accountIn(g store.Group, by []store.Dimension) string {
	if i := slices.Index(by, store.ByAccount); i >= 0 {
		return g.Keys[i]
	}
	return ""
}

func keysOf(g store.Group, by []store.Dimension) []key {
	keys := make([]key, len(by))
	for i, d := range by {
		keys[i] = key{By: string(d), Value: g.Keys[i]}
	}
	return keys
}

func totalsOf(g store.Group) totals {
	return totals{
		In:    amount(g.In, g.Currency),
		Out:   amount(g.Out, g.Currency),
		Net:   amount(g.In+g.Out, g.Currency),
		Count: g.Count,
	}
}

// sums adds groups up per currency, in the order of the codes.
func sums(groups []store.Group) ([]totals, error) {
	byCurrency := map[string]store.Group{}
	for _, g := range groups {
		sum := byCurrency[g.Currency]
		var errIn, errOut error
		sum.Currency = g.Currency
		sum.In, errIn = store.AddMinor(sum.In, g.In)
		sum.Out, errOut = store.AddMinor(sum.Out, g.Out)
		sum.Count += g.Count
		if err := cmp.Or(errIn, errOut); err != nil {
			return nil, err
		}
		byCurrency[g.Currency] = sum
	}
	out := []totals{}
	for _, sum := range sortedGroups(byCurrency) {
		out = append(out, totalsOf(sum))
	}
	return out, nil
}

func sortedGroups(byCurrency map[string]store.Group) []store.Group {
	var groups []store.Group
	for _, g := range byCurrency {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b store.Group) int { return cmp.Compare(a.Currency, b.Currency) })
	return groups
}
