package tools

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/internal/notion/wire"
	"github.com/counterfoil/counterfoil/store"
)

// What a report shows.
const (
	reportMonths        = 6  // of cash flow
	reportCategories    = 12 // largest by money out
	reportChanges       = 5  // largest against the month before
	reportSubscriptions = 15 // largest by money out in a year
)

// report computes the blocks of a monthly report. Figures are sums of the
// store, per currency; text is names of merchants and categories.
type report struct {
	*run
	ctx      context.Context
	month    month
	accounts []string
	blocks   []wire.Block

	categories []change // money out by category, largest first
	previous   []store.Group
}

// change is money out of one name in one currency, in a month and in the one
// before. Both are positive, or zero.
type change struct {
	name, currency string
	now, before    int64
}

func (c change) by() int64 { return c.now - c.before }

// compute makes every section.
func (p *report) compute(budgets []string) error {
	if err := p.named(); err != nil {
		return err
	}
	now, err := p.sums(p.month.from, p.month.to, "")
	if err != nil {
		return err
	}
	if p.previous, err = p.sums(p.month.from.AddMonths(-1), p.month.from.AddDays(-1), ""); err != nil {
		return err
	}
	if p.categories, err = p.changes(store.ByCategory); err != nil {
		return err
	}
	p.head(now)
	p.summary(now)
	for _, section := range []func() error{p.cashFlow, p.byCategory, func() error { return p.budgets(budgets) }, p.largest, p.subscriptions} {
		if err := section(); err != nil {
			return err
		}
	}
	return nil
}

// named refuses accounts that are not there: a slip of an id would make an empty
// report of a full one.
func (p *report) named() error {
	if len(p.accounts) == 0 {
		return nil
	}
	all, err := p.store.Accounts(p.ctx, p.at, p.scope)
	if err != nil {
		return err
	}
	for _, id := range p.accounts {
		if !slices.ContainsFunc(all, func(a store.Account) bool { return a.ID == id }) {
			return invalid("account_ids", "must name accounts that you may see; list_accounts names them")
		}
	}
	return nil
}

func (p *report) filter(from, to store.Date) store.Filter {
	return store.Filter{From: from, To: to, Accounts: p.accounts, ExcludeTransfers: true, Scope: p.scope}
}

// sums adds up a span by a dimension, or as a whole by currency.
func (p *report) sums(from, to store.Date, by store.Dimension) ([]store.Group, error) {
	dimension := by
	if by == "" {
		dimension = store.ByMonth // a span of one month has one of them
	}
	return p.store.Summarize(p.ctx, store.Summary{At: p.at, Filter: p.filter(from, to), By: []store.Dimension{dimension}})
}

// changes compares money out by a dimension with the month before.
func (p *report) changes(by store.Dimension) ([]change, error) {
	now, err := p.sums(p.month.from, p.month.to, by)
	if err != nil {
		return nil, err
	}
	before, err := p.sums(p.month.from.AddMonths(-1), p.month.from.AddDays(-1), by)
	if err != nil {
		return nil, err
	}
	found := map[string]*change{}
	at := func(g store.Group) *change {
		c, ok := found[groupKey(g)]
		if !ok {
			c = &change{name: g.Keys[0], currency: g.Currency}
			found[groupKey(g)] = c
		}
		return c
	}
	for _, g := range now {
		at(g).now = -g.Out
	}
	for _, g := range before {
		at(g).before = -g.Out
	}
	var list []change
	for _, c := range found {
		if c.now != 0 || c.before != 0 {
			list = append(list, *c)
		}
	}
	slices.SortFunc(list, func(a, b change) int {
		return cmp.Or(cmp.Compare(b.now, a.now), cmp.Compare(b.before, a.before), cmp.Compare(a.name, b.name), cmp.Compare(a.currency, b.currency))
	})
	return list, nil
}

func (p *report) text(kind, text string) {
	p.blocks = append(p.blocks, wire.Block{Kind: kind, Text: text})
}

// table adds a heading and a table, or a sentence if there is no row.
func (p *report) table(heading, empty string, columns []string, rows [][]wire.Cell) {
	p.text("heading", heading)
	if len(rows) == 0 {
		p.text("paragraph", empty)
		return
	}
	head := make([]wire.Cell, len(columns))
	for i, c := range columns {
		head[i] = wire.Cell{Text: c}
	}
	p.blocks = append(p.blocks, wire.Block{Kind: "table", Cells: append([][]wire.Cell{head}, rows...)})
}

func textCell(s string) wire.Cell { return wire.Cell{Text: s} }

func amountCell(minor int64, currency string) wire.Cell {
	return wire.Cell{Amount: store.Money{Minor: minor, Currency: currency}.Decimal()}
}

// signedCell shows which way something changed.
func signedCell(minor int64, currency string) wire.Cell {
	c := amountCell(minor, currency)
	if minor > 0 {
		c.Amount = "+" + c.Amount
	}
	return c
}

func (p *report) head(now []store.Group) {
	bookings := int64(0)
	for _, g := range now {
		bookings += g.Count
	}
	p.text("paragraph", fmt.Sprintf("Computed by Counterfoil from %d bookings of %s, without transfers between own accounts.", bookings, p.month.from.Time().Format("January 2006")))
	if p.month.to >= p.today {
		p.text("paragraph", "The month is not over: figures will change.")
	}
}

func (p *report) summary(now []store.Group) {
	before := map[string]store.Group{}
	for _, g := range p.previous {
		before[g.Currency] = g
	}
	var rows [][]wire.Cell
	for _, g := range byCurrency(now) {
		was := before[g.Currency]
		rows = append(rows, []wire.Cell{
			textCell(g.Currency), amountCell(g.In, g.Currency), amountCell(-g.Out, g.Currency), signedCell(g.In+g.Out, g.Currency),
			amountCell(-was.Out, g.Currency), signedCell(was.Out-g.Out, g.Currency),
		})
	}
	p.table("Summary", "No bookings in this month.", []string{"Currency", "In", "Out", "Net", "Out, month before", "Change in out"}, rows)
}

func byCurrency(groups []store.Group) []store.Group {
	sorted := slices.Clone(groups)
	slices.SortFunc(sorted, func(a, b store.Group) int { return cmp.Compare(a.Currency, b.Currency) })
	return sorted
}

func (p *report) cashFlow() error {
	from := p.month.from.AddMonths(1 - reportMonths)
	groups, err := p.sums(from, p.month.to, store.ByMonth)
	if err != nil {
		return err
	}
	first := p.month.name // months before the first booking are left out
	for _, g := range groups {
		first = min(first, g.Keys[0])
	}
	var months []string
	for d := from; d <= p.month.to; d = d.AddMonths(1) {
		if d.Month() >= first {
			months = append(months, d.Month())
		}
	}
	have := map[string]store.Group{}
	currencies := map[string]store.Group{}
	for _, g := range groups {
		have[g.Keys[0]+g.Currency], currencies[g.Currency] = g, g
	}
	var rows [][]wire.Cell
	for _, c := range sortedGroups(currencies) {
		for _, m := range months {
			g := have[m+c.Currency]
			rows = append(rows, []wire.Cell{
				textCell(m), textCell(c.Currency), amountCell(g.In, c.Currency), amountCell(-g.Out, c.Currency), signedCell(g.In+g.Out, c.Currency),
			})
		}
	}
	p.table("Cash flow", "No bookings in these months.", []string{"Month", "Currency", "In", "Out", "Net"}, rows)
	return nil
}

func (p *report) byCategory() error {
	shown, more := cut(p.categories, reportCategories)
	var rows [][]wire.Cell
	for _, c := range shown {
		rows = append(rows, []wire.Cell{
			textCell(nameOr(c.name, "without a category")), textCell(c.currency), amountCell(c.now, c.currency),
			amountCell(c.before, c.currency), signedCell(c.by(), c.currency),
		})
	}
	p.table("Categories", "No money went out.", []string{"Category", "Currency", "Out", "Month before", "Change"}, rows)
	if more {
		p.text("paragraph", fmt.Sprintf("The largest %d of %d.", reportCategories, len(p.categories)))
	}
	return nil
}

func nameOr(name, otherwise string) string {
	if strings.TrimSpace(name) == "" {
		return otherwise
	}
	return name
}

// budgets compares categories with what the caller says they may take. A
// category that does not occur is refused, so that no text of the caller's
// stands in a report.
func (p *report) budgets(list []string) error {
	if len(list) == 0 {
		return nil
	}
	var rows [][]wire.Cell
	for _, text := range list {
		name, currency, limit, err := budgetOf(text)
		if err != nil {
			return err
		}
		found, err := p.store.Categories(p.ctx, p.at, p.scope, name, maxRowsOfPrefix)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(found, func(n store.Named) bool { return n.Name == name }) {
			return invalid("budgets", "must name categories that exist; list_categories shows them")
		}
		spent := int64(0)
		for _, c := range p.categories {
			if c.name == name && c.currency == currency {
				spent = c.now
			}
		}
		state := "within"
		if spent > limit {
			state = "over"
		}
		rows = append(rows, []wire.Cell{
			textCell(name), textCell(currency), amountCell(limit, currency), amountCell(spent, currency), signedCell(limit-spent, currency), textCell(state),
		})
	}
	p.table("Budgets", "", []string{"Category", "Currency", "Budget", "Out", "Left", "State"}, rows)
	return nil
}

// maxRowsOfPrefix bounds the categories that begin with a category's name.
const maxRowsOfPrefix = 200

func budgetOf(text string) (name, currency string, limit int64, err error) {
	wrong := invalid("budgets", "must be of the form Category=400.00 GBP")
	i := strings.LastIndexByte(text, '=')
	if i < 0 {
		return "", "", 0, wrong
	}
	amount, currency, ok := strings.Cut(strings.TrimSpace(text[i+1:]), " ")
	if _, known := store.Exponent(currency); !ok || !known {
		return "", "", 0, wrong
	}
	d, err := store.ParseDecimal(amount)
	if err != nil {
		return "", "", 0, wrong
	}
	limit, err = d.Minor(currency)
	if err != nil || limit < 0 {
		return "", "", 0, wrong
	}
	return strings.TrimSpace(text[:i]), currency, limit, nil
}

// largest lists the merchants whose money out changed most.
func (p *report) largest() error {
	list, err := p.changes(store.ByMerchant)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(c change) bool { return c.by() == 0 })
	slices.SortStableFunc(list, func(a, b change) int { return cmp.Compare(abs(b.by()), abs(a.by())) })
	shown, _ := cut(list, reportChanges)
	var rows [][]wire.Cell
	for _, c := range shown {
		rows = append(rows, []wire.Cell{
			textCell(nameOr(c.name, "unknown")), textCell(c.currency), amountCell(c.before, c.currency),
			amountCell(c.now, c.currency), signedCell(c.by(), c.currency),
		})
	}
	p.table("Largest changes", "Nothing changed against the month before.", []string{"Merchant", "Currency", "Month before", "This month", "Change"}, rows)
	return nil
}

// subscriptions lists what recurs and was not overdue at the end of the month.
func (p *report) subscriptions() error {
	end := min(p.month.to, p.today)
	f := p.filter(end.MonthStart().AddMonths(-12), end)
	f.Direction = store.Out
	all, err := p.series(p.ctx, f)
	if err != nil {
		return err
	}
	var found []recurring
	for _, s := range all {
		if item, ok := s.recurring(end); ok && item.Active {
			found = append(found, item)
		}
	}
	slices.SortFunc(found, func(x, y recurring) int {
		return cmp.Or(cmp.Compare(abs(y.Total.Minor), abs(x.Total.Minor)), cmp.Compare(x.Merchant, y.Merchant),
			cmp.Compare(x.AccountID, y.AccountID), cmp.Compare(x.Total.Currency, y.Total.Currency))
	})
	shown, more := cut(found, reportSubscriptions)
	var rows [][]wire.Cell
	for _, s := range shown {
		rows = append(rows, []wire.Cell{
			textCell(nameOr(s.Merchant, "unknown")), textCell("every " + s.Every), textCell(s.Typical.Currency), amountCell(abs(s.Typical.Minor), s.Typical.Currency), textCell(s.Next),
		})
	}
	p.table("Subscriptions", "Nothing recurs.", []string{"To", "How often", "Currency", "Typical", "Next expected"}, rows)
	if more {
		p.text("paragraph", fmt.Sprintf("The largest %d of %d.", reportSubscriptions, len(found)))
	}
	return nil
}
