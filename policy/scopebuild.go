package policy

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// maxScopeValues bounds an `in` list, so that the SQL stays within what both
// stores accept as parameters.
const maxScopeValues = maxAccounts

// maxScopeSize bounds the nodes and values of one decision's tree; SQLite takes
// 32,766 parameters in a statement, PostgreSQL 65,535.
const maxScopeSize = 10_000

// The trees that need no SQL, as results of building one.
var (
	scopeAll  = &Scope{}
	scopeNone = &Scope{}
)

// ErrScope is returned for a row scope that a policy does not define or that
// cannot be evaluated for a principal. Decide denies then.
var ErrScope = errors.New("row scope cannot be evaluated")

// ScopeNames lists the row scopes of the policy, sorted.
func (p *Policy) ScopeNames() []string { return slices.Sorted(maps.Keys(p.scopes)) }

// Scope builds one row scope for a principal at a moment, as Decide does; nil
// means that it lets every row through.
func (p *Policy) Scope(name string, who Principal, now time.Time) (s *Scope, err error) {
	rs := p.scopes[name]
	if rs == nil || !fitsPrincipal(&who) {
		return nil, ErrScope
	}
	a := p.activate(&Request{Principal: who, Now: now}, nil)
	if a == nil {
		return nil, ErrScope
	}
	defer a.release()
	s, err = rs.root.build(a)
	switch s {
	case scopeAll:
		return nil, err
	case scopeNone:
		return Nothing(), err
	}
	return s, err
}

// ScopeMatches evaluates a row scope as it is written, in CEL, against one
// row. It exists to prove that the tree which Scope builds, and the SQL that a
// store renders from it, select the same rows.
func (p *Policy) ScopeMatches(name string, who Principal, now time.Time, row Row) (bool, error) {
	rs := p.scopes[name]
	if rs == nil || !fitsPrincipal(&who) {
		return false, ErrScope
	}
	a := p.activate(&Request{Principal: who, Now: now}, nil)
	if a == nil {
		return false, ErrScope
	}
	defer a.release()
	a.row = &row
	v, err := rs.whole.eval(a)
	b, ok := v.(types.Bool)
	if err != nil || !ok {
		return false, ErrScope
	}
	return bool(b), nil
}

// build evaluates what does not depend on the row and returns the rest as a
// tree, or scopeAll or scopeNone. Like CEL it does not look further once the
// result is settled, from left to right; unlike CEL an error before that is
// always an error.
func (n *scopeNode) build(a *activation) (*Scope, error) {
	switch n.op {
	case "":
		ok, err := n.bool(a)
		return constantScope(ok), err
	case opChoose:
		ok, err := n.bool(a)
		if err != nil {
			return nil, err
		}
		if ok {
			return n.args[0].build(a)
		}
		return n.args[1].build(a)
	case OpNot:
		return negate(n.args[0].build(a))
	case OpAnd, OpOr:
		return n.combine(a)
	}
	v, err := n.prog.eval(a)
	if err != nil {
		return nil, ErrScope
	}
	if n.field == "date" {
		return dateScope(n.op, v)
	}
	return valueScope(n.op, n.field, v)
}

func (n *scopeNode) bool(a *activation) (bool, error) {
	v, err := n.prog.eval(a)
	b, ok := v.(types.Bool)
	if err != nil || !ok {
		return false, ErrScope
	}
	return bool(b), nil
}

func constantScope(all bool) *Scope {
	if all {
		return scopeAll
	}
	return scopeNone
}

func negate(s *Scope, err error) (*Scope, error) {
	switch {
	case err != nil:
		return nil, err
	case s == scopeAll:
		return scopeNone, nil
	case s == scopeNone:
		return scopeAll, nil
	}
	return &Scope{Op: OpNot, Args: []*Scope{s}}, nil
}

func (n *scopeNode) combine(a *activation) (*Scope, error) {
	neutral, settled := scopeAll, scopeNone
	if n.op == OpOr {
		neutral, settled = scopeNone, scopeAll
	}
	var parts []*Scope
	for _, arg := range n.args {
		s, err := arg.build(a)
		if err != nil || s == settled {
			return s, err
		}
		if s != neutral {
			parts = append(parts, s)
		}
	}
	return join(n.op, parts, neutral), nil
}

// join makes one tree of parts that hold together; branches of the same
// operator are taken in, so that the tree stays flat.
func join(op ScopeOp, parts []*Scope, none *Scope) *Scope {
	switch len(parts) {
	case 0:
		return none
	case 1:
		return parts[0]
	}
	out := &Scope{Op: op}
	for _, p := range parts {
		if p.Op == op {
			out.Args = append(out.Args, p.Args...)
		} else {
			out.Args = append(out.Args, p)
		}
	}
	return out
}

func valueScope(op ScopeOp, field string, v ref.Val) (*Scope, error) {
	if op != OpIn {
		x, err := scopeValue(v)
		return &Scope{Op: op, Field: field, Values: []any{x}}, err
	}
	var values []any
	err := eachItem(v, func(item ref.Val) error {
		x, err := scopeValue(item)
		values = append(values, x)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return scopeNone, nil
	}
	return &Scope{Op: OpIn, Field: field, Values: values}, nil
}

func scopeValue(v ref.Val) (any, error) {
	switch v := v.(type) {
	case types.String:
		return string(v), nil
	case types.Bool:
		return bool(v), nil
	}
	return nil, ErrScope
}

func eachItem(v ref.Val, fn func(ref.Val) error) error {
	l, ok := v.(traits.Lister)
	if !ok {
		return ErrScope
	}
	size, ok := l.Size().(types.Int)
	if !ok || size > maxScopeValues {
		return ErrScope
	}
	for i := types.Int(0); i < size; i++ {
		if err := fn(l.Get(i)); err != nil {
			return err
		}
	}
	return nil
}

// dateScope turns a comparison of a civil date (midnight UTC) with an instant
// into one with civil dates, which is what stores hold.
func dateScope(op ScopeOp, v ref.Val) (*Scope, error) {
	if op == OpIn {
		return dateInScope(v)
	}
	ts, ok := v.(types.Timestamp)
	if !ok {
		return nil, ErrScope
	}
	day := ts.UTC().Truncate(24 * time.Hour)
	whole := day.Equal(ts.Time)
	switch {
	case whole:
	case op == OpEq:
		return scopeNone, nil
	case op == OpNe:
		return scopeAll, nil
	case op == OpGe || op == OpLt:
		// date ≥ instant means date ≥ the next midnight; date < instant means
		// date < the next midnight. For > and ≤ the midnight before does.
		day = day.AddDate(0, 0, 1)
	}
	if day.Year() > lastYear {
		return constantScope(op == OpLt || op == OpLe || op == OpNe), nil
	}
	return &Scope{Op: op, Field: "date", Values: []any{day}}, nil
}

// lastYear is the last one that civil dates are written with.
const lastYear = 9999

func dateInScope(v ref.Val) (*Scope, error) {
	var values []any
	err := eachItem(v, func(item ref.Val) error {
		ts, ok := item.(types.Timestamp)
		if !ok {
			return ErrScope
		}
		if day := ts.UTC().Truncate(24 * time.Hour); day.Equal(ts.Time) {
			values = append(values, day)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return scopeNone, nil
	}
	return &Scope{Op: OpIn, Field: "date", Values: values}, nil
}
