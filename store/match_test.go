package store

import (
	"slices"
	"strings"
	"testing"
)

// TestPredicateAccounts: what a predicate matches is of one of the accounts that
// it is said to be confined to.
func TestPredicateAccounts(t *testing.T) {
	is := func(ids ...any) *Predicate { return &Predicate{Op: "in", Field: "account", Values: ids} }
	eq := &Predicate{Op: "eq", Field: "account", Values: []any{"b"}}
	food := &Predicate{Op: "eq", Field: "category", Values: []any{"food"}}
	tree := func(op string, args ...*Predicate) *Predicate { return &Predicate{Op: op, Args: args} }
	for _, c := range []struct {
		p        *Predicate
		want     string
		confined bool
	}{
		{nil, "", false}, {food, "", false}, {is("a", "b"), "a b", true}, {eq, "b", true}, {is(), "", true},
		{tree("and", is("a", "b"), food), "a b", true}, {tree("and", is("a", "b"), tree("and", food, eq)), "b", true},
		{tree("and", is("a"), eq), "", true}, {tree("or", is("a"), food), "", false}, {tree("not", is("a")), "", false},
		{&Predicate{Op: "ne", Field: "account", Values: []any{"a"}}, "", false}, {&Predicate{Op: "le", Field: "account", Values: []any{"a"}}, "", false},
	} {
		got, confined := c.p.Accounts()
		if strings.Join(got, " ") != c.want || confined != c.confined {
			t.Errorf("%+v: %q, %v", c.p, got, confined)
		}
		for _, id := range []string{"", "a", "b", "c"} {
			tx := Transaction{Account: id, Category: "food"}
			if confined && c.p.Match(&tx) && !slices.Contains(got, id) {
				t.Errorf("%+v matches account %q", c.p, id)
			}
		}
	}
}
