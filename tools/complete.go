package tools

import (
	"context"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// maxCompletions is the most values that MCP lets a completion hold.
const maxCompletions = 100

type completeArgs struct {
	Ref      string `json:"ref"`
	Argument string `json:"argument" required:"true"`
	Value    string `json:"value" doc:"what was typed so far"`
}

type completed struct {
	Values  []string `json:"values" class:"text"`
	HasMore bool     `json:"has_more" class:"count"`
}

func completeTool() *tool {
	return define(Spec{Name: "@complete", Description: "Completes an argument of a prompt."}, policy.Untrusted|policy.Private, complete)
}

// complete answers for categories, merchants and months; any other argument
// has no completions.
func complete(ctx context.Context, r *run, a completeArgs) (completed, error) {
	var names []store.Named
	var err error
	limit := min(maxCompletions, r.rows)
	switch a.Argument {
	case "category", "categories":
		names, err = r.store.Categories(ctx, r.at, r.scope, a.Value, limit+1)
	case "merchant", "merchants":
		names, err = r.store.Merchants(ctx, r.at, r.scope, a.Value, limit+1)
	case "month":
		return r.completeMonth(a.Value), nil
	}
	if err != nil {
		return completed{}, err
	}
	names, more := cut(names, limit)
	out := completed{Values: []string{}, HasMore: more}
	for _, n := range names {
		r.facts.seen("", n.Last)
		out.Values = append(out.Values, n.Name)
	}
	return out, nil
}

// completeMonth offers the last twelve months, newest first.
func (r *run) completeMonth(prefix string) completed {
	out := completed{Values: []string{}}
	for i := range 12 {
		month := r.today.MonthStart().AddMonths(-i).Month()
		if len(prefix) <= len(month) && month[:len(prefix)] == prefix {
			out.Values = append(out.Values, month)
		}
	}
	return out
}

// validMonth tells whether text is a month as YYYY-MM.
func validMonth(text string) bool {
	_, err := store.ParseDate(text + "-01")
	return err == nil
}
