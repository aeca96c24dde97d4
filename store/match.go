package store

import (
	"fmt"
	"slices"
	"strings"
)

// Bounds on what a caller may ask a store to compile into one query: SQLite
// and PostgreSQL both limit the depth of an expression and its parameters.
const (
	MaxPredicateNodes = 1_000
	MaxPredicateDepth = 32
	MaxValues         = 1_000 // values of one list or one "in"
	MaxQuery          = 1_000 // bytes of Filter.Query
)

// Check returns an error that wraps ErrInvalid unless every operator has the
// arguments, and every field the values, that it needs. nil is fine.
func (p *Predicate) Check() error {
	if p == nil {
		return nil
	}
	nodes := 0
	return p.check(1, &nodes)
}

func (p *Predicate) check(depth int, nodes *int) error {
	*nodes++
	if depth > MaxPredicateDepth || *nodes > MaxPredicateNodes {
		return fmt.Errorf("%w: predicate is too large", ErrInvalid)
	}
	switch p.Op {
	case "and", "or", "not":
		return p.checkArgs(depth, nodes)
	case "eq", "ne", "lt", "le", "gt", "ge", "in":
		return p.checkValues()
	}
	return fmt.Errorf("%w: predicate operator", ErrInvalid)
}

func (p *Predicate) checkArgs(depth int, nodes *int) error {
	if p.Field != "" || len(p.Values) > 0 || len(p.Args) == 0 || (p.Op == "not" && len(p.Args) != 1) {
		return fmt.Errorf("%w: predicate arguments", ErrInvalid)
	}
	for _, arg := range p.Args {
		if arg == nil {
			return fmt.Errorf("%w: predicate arguments", ErrInvalid)
		}
		if err := arg.check(depth+1, nodes); err != nil {
			return err
		}
	}
	return nil
}

func (p *Predicate) checkValues() error {
	if len(p.Args) > 0 || len(p.Values) > MaxValues || (p.Op != "in" && len(p.Values) != 1) {
		return fmt.Errorf("%w: predicate values", ErrInvalid)
	}
	ordered := p.Op == "lt" || p.Op == "le" || p.Op == "gt" || p.Op == "ge"
	for _, value := range p.Values {
		ok := false
		switch p.Field {
		case "account", "category", "merchant", "currency":
			_, ok = value.(string)
		case "date":
			var d Date
			d, ok = value.(Date)
			ok = ok && d.Valid()
		case "direction":
			ok = !ordered && (value == string(In) || value == string(Out) || value == In || value == Out)
		case "pending":
			_, ok = value.(bool)
			ok = ok && !ordered
		}
		if !ok {
			return fmt.Errorf("%w: predicate value", ErrInvalid)
		}
	}
	switch p.Field {
	case "account", "category", "merchant", "currency", "date", "direction", "pending":
		return nil
	}
	return fmt.Errorf("%w: predicate field", ErrInvalid)
}

// Match reports whether the predicate, which must pass Check, holds for a
// transaction. It is the definition that every store is tested against. A
// transaction without category or merchant has "" there; one of amount zero
// has neither direction.
func (p *Predicate) Match(tx *Transaction) bool {
	if p == nil {
		return true
	}
	switch p.Op {
	case "and":
		return !slices.ContainsFunc(p.Args, func(a *Predicate) bool { return !a.Match(tx) })
	case "or":
		return slices.ContainsFunc(p.Args, func(a *Predicate) bool { return a.Match(tx) })
	case "not":
		return !p.Args[0].Match(tx)
	}
	return slices.ContainsFunc(p.Values, func(v any) bool { return compare(p.Op, order(tx, p.Field, v)) })
}

// order compares the transaction's field with a value: negative, zero or
// positive.
func order(tx *Transaction, field string, value any) int {
	switch field {
	case "account":
		return strings.Compare(tx.Account, value.(string))
	case "category":
		return strings.Compare(tx.Category, value.(string))
	case "merchant":
		return strings.Compare(tx.Merchant, value.(string))
	case "currency":
		return strings.Compare(tx.Amount.Currency, value.(string))
	case "date":
		return int(tx.Booked) - int(value.(Date))
	case "direction":
		return strings.Compare(string(tx.Amount.Direction()), fmt.Sprint(value))
	case "pending":
		if (tx.Status == Pending) == value.(bool) {
			return 0
		}
		return 1
	}
	panic("store: predicate was not checked")
}

func compare(op string, order int) bool {
	switch op {
	case "eq", "in":
		return order == 0
	case "ne":
		return order != 0
	case "lt":
		return order < 0
	case "le":
		return order <= 0
	case "gt":
		return order > 0
	case "ge":
		return order >= 0
	}
	panic("store: predicate was not checked")
}

// Accounts returns the accounts that the predicate is confined to by conditions
// that all rows have to meet, and whether there are such conditions: what it
// matches is of one of them. It may be of fewer.
func (p *Predicate) Accounts() (only []string, confined bool) {
	switch {
	case p == nil:
	case p.Op == "and":
		for _, arg := range p.Args {
			some, does := arg.Accounts()
			switch {
			case does && confined:
				only = slices.DeleteFunc(only, func(a string) bool { return !slices.Contains(some, a) })
			case does:
				only, confined = some, true
			}
		}
	case p.Field == "account" && (p.Op == "in" || p.Op == "eq"):
		confined = true
		for _, value := range p.Values {
			only = append(only, value.(string))
		}
	}
	return only, confined
}

// Only reports whether the predicate speaks of no other fields than these.
func (p *Predicate) Only(fields ...string) bool {
	if p == nil {
		return true
	}
	if len(p.Args) == 0 {
		return slices.Contains(fields, p.Field)
	}
	return !slices.ContainsFunc(p.Args, func(a *Predicate) bool { return !a.Only(fields...) })
}

// Direction returns In for a positive amount, Out for a negative one and "" for
// zero.
func (m Money) Direction() Direction {
	switch {
	case m.Minor > 0:
		return In
	case m.Minor < 0:
		return Out
	}
	return ""
}

// Check returns an error that wraps ErrInvalid unless the filter makes sense:
// valid dates, a direction that exists, lists and text within bounds, a scope
// that passes its own Check.
func (f *Filter) Check() error {
	for _, d := range []Date{f.From, f.To} {
		if d != 0 && !d.Valid() {
			return fmt.Errorf("%w: date of the filter", ErrInvalid)
		}
	}
	if f.Direction != "" && f.Direction != In && f.Direction != Out {
		return fmt.Errorf("%w: direction", ErrInvalid)
	}
	if max(len(f.Accounts), len(f.Categories), len(f.Merchants)) > MaxValues || len(f.Query) > MaxQuery {
		return fmt.Errorf("%w: filter is too large", ErrInvalid)
	}
	return f.Scope.Check()
}

// Match reports whether the filter, which must pass Check, selects a
// transaction. It is the definition that every store is tested against.
func (f *Filter) Match(tx *Transaction) bool {
	return f.matchQuery(tx) && f.matchAmount(tx.Amount) &&
		(f.From == 0 || tx.Booked >= f.From) && (f.To == 0 || tx.Booked <= f.To) &&
		(len(f.Accounts) == 0 || slices.Contains(f.Accounts, tx.Account)) &&
		(len(f.Categories) == 0 || slices.Contains(f.Categories, tx.Category)) &&
		(len(f.Merchants) == 0 || slices.Contains(f.Merchants, tx.Merchant)) &&
		(f.Direction == "" || tx.Amount.Direction() == f.Direction) &&
		(f.Pending == nil || *f.Pending == (tx.Status == Pending)) &&
		!(f.Uncategorized && tx.Category != "") && !(f.ExcludeTransfers && tx.Transfer) &&
		f.Scope.Match(tx)
}

func (f *Filter) matchAmount(m Money) bool {
	exponent, _ := Exponent(m.Currency)
	size := max(m.Minor, -m.Minor)
	if f.MinAmount != nil {
		if least, ok := f.MinAmount.AtLeast(exponent); !ok || size < least {
			return false
		}
	}
	if f.MaxAmount != nil {
		if most, ok := f.MaxAmount.AtMost(exponent); !ok || size > most {
			return false
		}
	}
	return true
}

func (f *Filter) matchQuery(tx *Transaction) bool {
	if strings.TrimSpace(f.Query) == "" {
		return true
	}
	want, have := QueryWords(f.Query), tx.Words()
	return len(want) > 0 && !slices.ContainsFunc(want, func(q QueryWord) bool { return !slices.ContainsFunc(have, q.Match) })
}

// Words returns the words that full-text search finds the transaction by.
func (tx *Transaction) Words() []string {
	words := AppendWords(nil, tx.Description)
	words = AppendWords(words, tx.Merchant)
	words = AppendWords(words, tx.Counterparty)
	return AppendWords(words, tx.Memo)
}
