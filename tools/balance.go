package tools

import (
	"context"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// maxPoints bounds a balance history: more than a year of days.
const maxPoints = 400

// maxStatedBalances bounds the stated balances that are read to anchor one
// history: one a day for ten years.
const maxStatedBalances = 3660

type balanceArgs struct {
	AccountID string     `json:"account_id" required:"true" max:"40"`
	Interval  string     `json:"interval" enum:"week,month" default:"month"`
	From      store.Date `json:"from" doc:"default: 12 periods back"`
	To        store.Date `json:"to" doc:"default: today"`
}

type point struct {
	Date    string `json:"date" class:"date"` // last day of the period
	Balance money  `json:"balance"`
}

type balances struct {
	list[point]
	AccountID string `json:"account_id" class:"id"`
	// Basis is "stated" if the source stated a balance to reckon from, or
	// "transactions" if the history starts from zero before the first booking.
	Basis string `json:"basis" class:"enum"`
}

func getBalanceHistory() *tool {
	return define(Spec{
		Name:        "get_balance_history",
		Title:       "Get balance history",
		Description: "One account's balance at the end of each month or week, from stated balances and bookings; at most 400 points.",
	}, policy.Private, balanceHistory)
}

func balanceHistory(ctx context.Context, r *run, a balanceArgs) (balances, error) {
	acc, err := r.account(ctx, a.AccountID)
	if err != nil {
		return balances{}, err
	}
	ends, err := r.periodEnds(&a)
	if err != nil {
		return balances{}, err
	}
	anchor, basis, err := r.anchor(ctx, acc, a.From)
	if err != nil {
		return balances{}, err
	}
	ends, more := cut(ends, r.rows)
	items, err := r.points(ctx, acc, anchor, ends, a.Interval)
	if err != nil {
		return balances{}, err
	}
	for i := range items {
		r.facts.seen(acc.ID, min(max(ends[i], acc.First), acc.Last)) // the bookings read, not the days asked for
	}
	out := balances{list: newList(r, items), AccountID: acc.ID, Basis: basis}
	if more {
		out.Truncated = true
		out.Warnings = append(out.Warnings, warnCut)
	}
	return out, nil
}

// account finds a visible account by id.
func (r *run) account(ctx context.Context, id string) (store.Account, error) {
	all, err := r.store.Accounts(ctx, r.at, r.scope)
	if err != nil {
		return store.Account{}, err
	}
	for _, a := range all {
		if a.ID == id {
			return a, nil
		}
	}
	return store.Account{}, &Error{Code: CodeNotFound, Message: "account_id: no such account, or you may not see it; list_accounts names them"}
}

// periodEnds lists the last day of each period, oldest first; the last is To.
func (r *run) periodEnds(a *balanceArgs) ([]store.Date, error) {
	if a.To == 0 {
		a.To = r.today
	}
	next := func(d store.Date) store.Date { return d.AddMonths(1) }
	first := a.To.MonthStart().AddMonths(-11)
	if a.Interval == string(store.ByWeek) {
		next = func(d store.Date) store.Date { return d.WeekStart().AddDays(7) }
		first = a.To.WeekStart().AddDays(-11 * 7)
	}
	if a.From == 0 {
		a.From = first
	}
	if a.To < a.From {
		return nil, invalid("to", "must not be before from")
	}
	var ends []store.Date
	for d := a.From; d <= a.To; d = next(d) {
		if len(ends) == maxPoints {
			return nil, invalid("from", "must be at most 400 periods before to")
		}
		ends = append(ends, min(next(d).AddDays(-1), a.To))
	}
	return ends, nil
}

// balanceAt is a balance known for the end of a day; the zero date is before
// the first booking.
type balanceAt struct {
	date  store.Date
	minor int64
}

// anchor is the newest stated balance before the history, else the oldest
// within or after it, else zero before the first booking.
func (r *run) anchor(ctx context.Context, acc store.Account, from store.Date) (balanceAt, string, error) {
	stated, err := r.store.Balances(ctx, r.at, r.scope, acc.ID, 0, 0, maxStatedBalances)
	if err != nil {
		return balanceAt{}, "", err
	}
	best, found := balanceAt{}, false
	for _, b := range stated {
		if b.Kind != "booked" || b.Amount.Currency != acc.Currency {
			continue
		}
		if found && b.Date >= from {
			break
		}
		best, found = balanceAt{b.Date, b.Amount.Minor}, true
	}
	if !found {
		return balanceAt{}, "transactions", nil
	}
	return best, "stated", nil
}

// points reckons the balance at each end from the anchor and the bookings
// between the two.
func (r *run) points(ctx context.Context, acc store.Account, from balanceAt, ends []store.Date, interval string) ([]point, error) {
	items := make([]point, 0, len(ends))
	at := from
	for _, end := range ends {
		moved, err := r.moved(ctx, acc, at.date, end)
		if err != nil {
			return nil, err
		}
		if at.minor, err = store.AddMinor(at.minor, moved); err != nil {
			return nil, err
		}
		at.date = end
		items = append(items, point{Date: end.String(), Balance: amount(at.minor, acc.Currency)})
	}
	return items, nil
}

// moved sums the booked money between the ends of two days; if the second is
// the earlier one, with the opposite sign.
func (r *run) moved(ctx context.Context, acc store.Account, after, until store.Date) (int64, error) {
	sign := int64(1)
	if after != 0 && until < after {
		after, until, sign = until, after, -1
	}
	if after == until {
		return 0, nil
	}
	booked := false
	f := store.Filter{To: until, Accounts: []string{acc.ID}, Pending: &booked, Scope: r.scope}
	if after != 0 {
		f.From = after.AddDays(1)
	}
	groups, err := r.store.Summarize(ctx, store.Summary{At: r.at, Filter: f, By: []store.Dimension{store.ByAccount}})
	if err != nil {
		return 0, err
	}
	for _, g := range groups {
		if g.Currency == acc.Currency {
			return sign * (g.In + g.Out), nil
		}
	}
	return 0, nil
}
