package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/store"
)

// openEnd is the to_batch of a version that is not ended.
const openEnd = 1<<63 - 1

// Kinds of name.
const (
	kindCategory = 1
	kindMerchant = 2
	kindCurrency = 3
)

// plan is a filter made ready to run: an SQL condition on counterfoil.tx t that
// says, together with the bases it is confined to and its words, exactly which
// versions are selected. Every value is a parameter.
type plan struct {
	none      bool // nothing can match
	low, high int64
	words     []store.QueryWord // all of which must occur
	at        int64
	bare      bool // no condition but dates and words
	coarse    bool // the condition speaks only of columns that rollups have
	where     strings.Builder
	args      []any
}

// rows is the condition on counterfoil.tx t, without bases and words.
func (p *plan) rows() string {
	return "t.tenant = $1 AND t.from_batch <= $2 AND t.to_batch > $2" + p.where.String()
}

// compile makes the plan for a filter at a snapshot, and confines the transaction
// to the accounts of its scope.
func (c *conn) compile(ctx context.Context, at store.Snapshot, f *store.Filter) (*plan, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	if err := c.grant(ctx, f.Scope); err != nil {
		return nil, err
	}
	p := &plan{at: int64(at), args: []any{c.tenant, int64(at)}}
	p.low, p.high = bounds(f.From, f.To)
	p.coarse = f.Query == "" && len(f.Merchants) == 0 && f.MinAmount == nil && f.MaxAmount == nil && f.Direction == ""
	if strings.TrimSpace(f.Query) != "" {
		p.words = store.QueryWords(f.Query)
		p.none = len(p.words) == 0
	}
	p.addLists(f)
	p.addFlags(f)
	if err := c.addAmounts(ctx, p, f); err != nil {
		return nil, err
	}
	p.addScope(f.Scope)
	p.none = p.none || p.low >= p.high
	p.bare = p.where.Len() == 0
	return p, nil
}

// arg adds a parameter and returns its name.
func (p *plan) arg(value any) string {
	p.args = append(p.args, value)
	return "$" + strconv.Itoa(len(p.args))
}

// and adds a condition.
func (p *plan) and(condition string) {
	p.where.WriteString(" AND ")
	p.where.WriteString(condition)
}

// with returns the arguments and some more, and leaves the plan as it is.
func (p *plan) with(more ...any) []any {
	return append(p.args[:len(p.args):len(p.args)], more...)
}

// next returns the name that the nth further parameter has in with.
func (p *plan) next(n int) string { return "$" + strconv.Itoa(len(p.args)+n) }

func (p *plan) addLists(f *store.Filter) {
	for _, l := range []struct {
		column string
		texts  []string
	}{{"t.account", f.Accounts}, {"t.category", f.Categories}, {"t.merchant", f.Merchants}} {
		if len(l.texts) == 0 {
			continue
		}
		texts := slices.DeleteFunc(slices.Clone(l.texts), func(s string) bool { return !isText(s) })
		if len(texts) == 0 {
			p.none = true
			continue
		}
		p.and(p.isIn(l.column, texts))
	}
	if f.Uncategorized {
		p.and("t.category = ''")
	}
}

// isIn renders that a column has one of some texts.
func (p *plan) isIn(column string, texts []string) string {
	if len(texts) == 1 {
		return column + " = " + p.arg(texts[0])
	}
	return column + " = ANY(" + p.arg(texts) + ")"
}

// isText reports whether PostgreSQL could hold a text. One that it could not is
// equal to none that it holds.
func isText(s string) bool {
	return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

func (p *plan) addFlags(f *store.Filter) {
	switch f.Direction {
	case store.In:
		p.and("t.minor > 0")
	case store.Out:
		p.and("t.minor < 0")
	}
	if f.Pending != nil {
		p.and("t.pending = " + p.arg(*f.Pending))
	}
	if f.ExcludeTransfers {
		p.and("NOT t.transfer")
	}
}

// addAmounts turns the bounds, which are in units of each row's own currency,
// into minor units for each exponent that the store holds.
func (c *conn) addAmounts(ctx context.Context, p *plan, f *store.Filter) error {
	if f.MinAmount == nil && f.MaxAmount == nil {
		return nil
	}
	currencies, err := c.texts(ctx, "SELECT text FROM counterfoil.name WHERE tenant = $1 AND kind = $2", c.tenant, kindCurrency)
	if err != nil {
		return err
	}
	byExponent := map[int][]string{}
	for _, currency := range currencies {
		exponent, _ := store.Exponent(currency)
		byExponent[exponent] = append(byExponent[exponent], currency)
	}
	var choices []string
	for _, exponent := range slices.Sorted(maps.Keys(byExponent)) {
		least, most, ok := amountBounds(f, exponent)
		if !ok {
			continue
		}
		choices = append(choices, fmt.Sprintf("(%s AND t.size BETWEEN %s AND %s)", p.isIn("t.currency", byExponent[exponent]), p.arg(least), p.arg(most)))
	}
	if len(choices) == 0 {
		p.none = true
		return nil
	}
	p.and("(" + strings.Join(choices, " OR ") + ")")
	return nil
}

// texts reads one column of text.
func (c *conn) texts(ctx context.Context, sql string, args ...any) (texts []string, err error) {
	err = c.each(ctx, sql, args, func(row scanner) error {
		var text string
		err := row.Scan(&text)
		texts = append(texts, text)
		return err
	})
	return texts, err
}

// amountBounds returns the least and greatest size in minor units.
func amountBounds(f *store.Filter, exponent int) (least, most int64, ok bool) {
	least, most = 0, store.MaxMinor
	if f.MinAmount != nil {
		if least, ok = f.MinAmount.AtLeast(exponent); !ok {
			return 0, 0, false
		}
	}
	if f.MaxAmount != nil {
		if most, ok = f.MaxAmount.AtMost(exponent); !ok {
			return 0, 0, false
		}
	}
	return least, most, least <= most
}

// addScope adds the condition of a scope. Spans of dates at its top become
// bounds, as those of the filter.
func (p *plan) addScope(scope *store.Predicate) {
	switch {
	case scope == nil:
	case scope.Op == "and":
		for _, arg := range scope.Args {
			p.addScope(arg)
		}
	case scope.Field == "date" && scope.Op != "in" && scope.Op != "ne":
		low, high := bounds(dateRange(scope.Op, scope.Values[0].(store.Date)))
		p.low, p.high = max(p.low, low), min(p.high, high)
	default:
		p.coarse = p.coarse && scope.Only("account", "category", "currency", "pending")
		p.and(p.render(scope))
	}
}

// dateRange returns the days that compare so with a date, inclusive.
func dateRange(op string, d store.Date) (from, to store.Date) {
	switch op {
	case "eq", "in":
		return d, d
	case "lt":
		return store.MinDate, d.AddDays(-1)
	case "le":
		return store.MinDate, d
	case "gt":
		return d.AddDays(1), store.MaxDate.AddDays(1)
	}
	return d, store.MaxDate.AddDays(1)
}

var operators = map[string]string{"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}

// columns of the predicate's text fields.
var columns = map[string]string{"account": "t.account", "category": "t.category", "merchant": "t.merchant", "currency": "t.currency"}

// render turns a predicate that passed Check into an SQL condition.
func (p *plan) render(scope *store.Predicate) string {
	switch scope.Op {
	case "and", "or":
		parts := make([]string, len(scope.Args))
		for i, arg := range scope.Args {
			parts[i] = p.render(arg)
		}
		return "(" + strings.Join(parts, " "+strings.ToUpper(scope.Op)+" ") + ")"
	case "not":
		return "(NOT " + p.render(scope.Args[0]) + ")"
	}
	if len(scope.Values) == 0 {
		return "FALSE"
	}
	if column := columns[scope.Field]; column != "" {
		return p.renderText(column, scope)
	}
	parts := make([]string, len(scope.Values))
	for i, value := range scope.Values {
		parts[i] = p.renderValue(scope.Field, scope.Op, value)
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

func (p *plan) renderText(column string, scope *store.Predicate) string {
	texts := make([]string, 0, len(scope.Values))
	for _, value := range scope.Values {
		if isText(value.(string)) {
			texts = append(texts, value.(string))
		}
	}
	switch {
	case scope.Op != "in" && len(texts) == 1:
		return "(" + column + " " + operators[scope.Op] + " " + p.arg(texts[0]) + ")"
	case scope.Op != "in": // bytes that no column can hold are still less or greater
		return "(convert_to(" + column + ", 'UTF8') " + operators[scope.Op] + " " + p.arg([]byte(scope.Values[0].(string))) + "::bytea)"
	case len(texts) == 0:
		return "FALSE"
	}
	return "(" + p.isIn(column, texts) + ")"
}

func (p *plan) renderValue(field, op string, value any) string {
	switch field {
	case "date":
		negate := ""
		if op == "ne" {
			op, negate = "eq", "NOT "
		}
		low, high := bounds(dateRange(op, value.(store.Date)))
		return negate + "(t.base >= " + p.arg(low) + " AND t.base < " + p.arg(high) + ")"
	case "direction":
		condition := "(t.minor < 0)"
		if fmt.Sprint(value) == string(store.In) {
			condition = "(t.minor > 0)"
		}
		if op == "ne" {
			return "(NOT " + condition + ")"
		}
		return condition
	}
	return "(t.pending = " + p.arg(value.(bool) == (op != "ne")) + ")"
}
