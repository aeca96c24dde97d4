package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

func (p *plan) addScope(_ context.Context, c *conn, f *store.Filter) error {
	if f.Scope == nil {
		return nil
	}
	p.confine(f.Scope)
	r := renderer{c: c}
	condition, err := r.render(f.Scope)
	if err != nil {
		return err
	}
	p.and(condition, r.args...)
	return nil
}

// confine tightens the bounds by what a scope says of dates at its top.
func (p *plan) confine(scope *store.Predicate) {
	if scope.Op == "and" {
		for _, arg := range scope.Args {
			p.confine(arg)
		}
	}
	if scope.Field != "date" || scope.Op == "in" || scope.Op == "ne" {
		return
	}
	low, high := bounds(dateRange(scope.Op, scope.Values[0].(store.Date)))
	p.low, p.high = max(p.low, low), min(p.high, high)
}

// dateRange returns the days that compare so with a date, inclusive.
func dateRange(op string, d store.Date) (from, to store.Date) {
	switch op {
	case "eq":
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

// renderer turns a predicate that passed Check into an SQL condition.
type renderer struct {
	c    *conn
	args []any
}

var operators = map[string]string{"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}

func (r *renderer) render(p *store.Predicate) (string, error) {
	switch p.Op {
	case "and", "or":
		parts := make([]string, len(p.Args))
		for i, arg := range p.Args {
			part, err := r.render(arg)
			if err != nil {
				return "", err
			}
			parts[i] = part
		}
		return "(" + strings.Join(parts, " "+strings.ToUpper(p.Op)+" ") + ")", nil
	case "not":
		part, err := r.render(p.Args[0])
		return "NOT " + part, err
	}
	if len(p.Values) == 0 {
		return "(0)", nil
	}
	return r.renderField(p)
}

func (r *renderer) renderField(p *store.Predicate) (string, error) {
	switch p.Field {
	case "account":
		return r.renderText(p, "account", "SELECT id FROM account WHERE pub")
	case "category":
		return r.renderName(p, "category", kindCategory)
	case "merchant":
		return r.renderName(p, "merchant", kindMerchant)
	case "currency":
		return r.renderName(p, "currency", kindCurrency)
	}
	parts := make([]string, len(p.Values))
	for i, value := range p.Values {
		op := p.Op
		if op == "in" {
			op = "eq"
		}
		parts[i] = r.renderValue(p.Field, op, value)
	}
	return "(" + strings.Join(parts, " OR ") + ")", nil
}

// renderName renders a comparison of a dictionary column. The empty text has
// no row in the dictionary and is compared here.
func (r *renderer) renderName(p *store.Predicate, column string, kind int) (string, error) {
	condition, err := r.renderText(p, column, fmt.Sprintf("SELECT id FROM name WHERE kind = %d AND text", kind))
	if err != nil {
		return "", err
	}
	empty := store.Transaction{}
	if p.Match(&empty) {
		condition = "(" + condition + " OR " + column + " = 0)"
	}
	return condition, nil
}

// renderText renders a comparison of a column with the ids that a query finds
// by their text. Few and fixed ids become a list, which is faster to check
// against each row than a query.
func (r *renderer) renderText(p *store.Predicate, column, query string) (string, error) {
	comparison := operators[p.Op] + " ?"
	if p.Op == "in" {
		comparison = "IN (?" + strings.Repeat(", ?", len(p.Values)-1) + ")"
	}
	var ids []int64
	err := r.c.each(query+" "+comparison+fmt.Sprintf(" LIMIT %d", maxCursors+1), p.Values, func(s *sqlite3.Stmt) error {
		ids = append(ids, s.ColumnInt64(0))
		return nil
	})
	if err != nil {
		return "", err
	}
	if len(ids) <= maxCursors {
		condition, args := in(column, ids)
		r.args = append(r.args, args...)
		return "(" + condition + ")", nil
	}
	r.args = append(r.args, p.Values...)
	return "(" + column + " IN (" + query + " " + comparison + "))", nil
}

func (r *renderer) renderValue(field, op string, value any) string {
	switch field {
	case "date":
		low, high := bounds(dateRange(op, value.(store.Date)))
		if op == "ne" {
			low, high = bounds(value.(store.Date), value.(store.Date))
		}
		r.args = append(r.args, low<<slotBits, lastRow(high))
		condition := "(rid >= ? AND rid <= ?)"
		if op == "ne" {
			return "NOT " + condition
		}
		return condition
	case "direction":
		condition := "minor < 0"
		if fmt.Sprint(value) == string(store.In) {
			condition = "minor > 0"
		}
		if op == "ne" {
			return "NOT (" + condition + ")"
		}
		return "(" + condition + ")"
	}
	r.args = append(r.args, value.(bool) == (op == "eq"))
	return "(flags & 1 = ?)"
}
