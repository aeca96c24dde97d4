package tools

import (
	"time"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// predicateOf maps a policy's row scope and a principal's account grants to
// what a store renders. Both hold together; nil means no restriction.
func predicateOf(s *policy.Scope, grants []string) *store.Predicate {
	scope := mapScope(s)
	if len(grants) == 0 {
		return scope
	}
	values := make([]any, len(grants))
	for i, a := range grants {
		values[i] = a
	}
	granted := &store.Predicate{Op: string(policy.OpIn), Field: "account", Values: values}
	if scope == nil {
		return granted
	}
	return &store.Predicate{Op: string(policy.OpAnd), Args: []*store.Predicate{granted, scope}}
}

func mapScope(s *policy.Scope) *store.Predicate {
	if s == nil {
		return nil
	}
	p := &store.Predicate{Op: string(s.Op), Field: s.Field}
	for _, v := range s.Values {
		if t, ok := v.(time.Time); ok {
			v = store.DateOf(t)
		}
		p.Values = append(p.Values, v)
	}
	for _, a := range s.Args {
		p.Args = append(p.Args, mapScope(a))
	}
	return p
}
