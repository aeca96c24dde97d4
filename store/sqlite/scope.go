package sqlite

import (
	"cmp"
	"context"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

func (p *plan) addScope(_ context.Context, c *conn, f *store.Filter) error {
	if f.Scope == nil {
		return nil
	}
	p.confine(f.Scope)
	t, err := c.scopeTest(f.Scope)
	p.and(t)
	return err
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

// scopeTest turns a predicate that passed Check into a test.
func (c *conn) scopeTest(p *store.Predicate) (test, error) {
	switch p.Op {
	case "and", "or":
		return c.scopeTests(p)
	case "not":
		t, err := c.scopeTest(p.Args[0])
		return func(v *version) bool { return !t(v) }, err
	}
	if len(p.Values) == 0 {
		return func(*version) bool { return false }, nil
	}
	switch p.Field {
	case "account":
		return c.textTest(p, account.of, "SELECT id, pub FROM account")
	case "category":
		return c.textTest(p, category.of, fmt.Sprintf("SELECT id, text FROM name WHERE kind = %d", kindCategory))
	case "merchant":
		return c.textTest(p, merchant.of, fmt.Sprintf("SELECT id, text FROM name WHERE kind = %d", kindMerchant))
	case "currency":
		return c.textTest(p, func(v *version) int64 { return v.currency }, fmt.Sprintf("SELECT id, text FROM name WHERE kind = %d", kindCurrency))
	}
	return factTest(p), nil
}

// scopeTests joins the tests of the arguments of and or or.
func (c *conn) scopeTests(p *store.Predicate) (test, error) {
	tests := make([]test, len(p.Args))
	for i, arg := range p.Args {
		var err error
		if tests[i], err = c.scopeTest(arg); err != nil {
			return nil, err
		}
	}
	decides := p.Op == "or" // what one argument must say to decide
	return func(v *version) bool {
		for _, t := range tests {
			if t(v) == decides {
				return decides
			}
		}
		return !decides
	}, nil
}

// textTest tests a number by the text it stands for. The few numbers that pass
// are found beforehand where an index leads to them; else all are read, which
// are as many as there are accounts, categories or merchants.
func (c *conn) textTest(p *store.Predicate, of func(*version) int64, query string) (test, error) {
	var ids []int64
	note := func(s *sqlite3.Stmt) error {
		if p.Match(withText(p.Field, s.ColumnText(1))) {
			ids = append(ids, s.ColumnInt64(0))
		}
		return nil
	}
	if p.Field != "account" && p.Match(withText(p.Field, "")) {
		ids = append(ids, 0) // the empty text is in no table
	}
	var err error
	if p.Op == "eq" || p.Op == "in" {
		column := " AND text"
		if p.Field == "account" {
			column = " WHERE pub"
		}
		for _, value := range p.Values {
			err = cmp.Or(err, c.each(query+column+" = ?", []any{value}, note))
		}
	} else {
		err = c.each(query, nil, note)
	}
	return in(of, ids), err
}

// withText is a transaction that has nothing but one text.
func withText(field, text string) *store.Transaction {
	var tx store.Transaction
	switch field {
	case "account":
		tx.Account = text
	case "category":
		tx.Category = text
	case "merchant":
		tx.Merchant = text
	case "currency":
		tx.Amount.Currency = text
	}
	return &tx
}

// factTest tests what a version says itself: date, direction or pending.
func factTest(p *store.Predicate) test {
	return func(v *version) bool {
		tx := store.Transaction{Booked: dayOf(v.base()), Amount: store.Money{Minor: v.minor}, Status: store.Booked}
		if v.pending() {
			tx.Status = store.Pending
		}
		return p.Match(&tx)
	}
}
