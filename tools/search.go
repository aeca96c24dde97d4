package tools

import (
	"context"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// filterArgs are the filters that search, summaries and cash flow share.
type filterArgs struct {
	From             store.Date     `json:"from" doc:"first booking date"`
	To               store.Date     `json:"to" doc:"last booking date"`
	AccountIDs       []string       `json:"account_ids" items:"50" max:"40"`
	Categories       []string       `json:"categories" items:"50"`
	Merchants        []string       `json:"merchants" items:"50"`
	MinAmount        *store.Decimal `json:"min_amount" doc:"absolute, e.g. \"12.50\""`
	MaxAmount        *store.Decimal `json:"max_amount"`
	Direction        string         `json:"direction" enum:"in,out"`
	ExcludeTransfers bool           `json:"exclude_transfers"`
}

func (a filterArgs) filter(r *run) (store.Filter, error) {
	if a.From != 0 && a.To != 0 && a.To < a.From {
		return store.Filter{}, invalid("to", "must not be before from")
	}
	return store.Filter{
		From:             a.From,
		To:               a.To,
		Accounts:         a.AccountIDs,
		Categories:       a.Categories,
		Merchants:        a.Merchants,
		MinAmount:        a.MinAmount,
		MaxAmount:        a.MaxAmount,
		Direction:        store.Direction(a.Direction),
		ExcludeTransfers: a.ExcludeTransfers,
		Scope:            r.scope,
	}, nil
}

// named reports whether the filters name accounts, categories or merchants,
// which callers write from memory: "groceries" for "Groceries".
func (a filterArgs) named() bool {
	return len(a.AccountIDs)+len(a.Categories)+len(a.Merchants) > 0
}

type searchArgs struct {
	Query string `json:"query" max:"200" doc:"words of description, merchant, counterparty or memo; all must occur, the last may be cut short; *abc (3+ letters) is found anywhere in a word"`
	filterArgs
	Pending       *bool  `json:"pending"`
	Uncategorized bool   `json:"uncategorized"`
	Sort          string `json:"sort" enum:"date_desc,date_asc,amount_desc,amount_asc" default:"date_desc"`
	Limit         int64  `json:"limit" min:"1" max:"200" default:"50"`
	Cursor        string `json:"cursor" max:"1024" doc:"next_cursor of the page before"`
}

func searchTransactions() *tool {
	return define(Spec{
		Name:        "search_transactions",
		Title:       "Search transactions",
		Description: "Find single transactions by words, dates, accounts, categories, merchants or amount. For totals use summarize_transactions: never add up pages yourself.",
	}, policy.Untrusted|policy.Private, search)
}

func search(ctx context.Context, r *run, a searchArgs) (list[transaction], error) {
	f, err := a.filter(r)
	if err != nil {
		return list[transaction]{}, err
	}
	f.Query, f.Pending, f.Uncategorized = a.Query, a.Pending, a.Uncategorized
	page, err := r.store.Search(ctx, store.Query{
		At:     r.at,
		Filter: f,
		Sort:   store.Sort(a.Sort),
		Limit:  r.limit(a.Limit),
		After:  r.position,
	})
	if err != nil {
		return list[transaction]{}, err
	}
	out, err := r.page(page)
	if a.Query != "" && len(store.QueryWords(a.Query)) == 0 {
		out.Warnings = append(out.Warnings, warnNoWord)
	} else if len(out.Items) == 0 && a.named() {
		out.Warnings = append(out.Warnings, warnNoName)
	}
	return out, err
}

// page turns a page of the store into a list with a sealed cursor.
func (r *run) page(p store.Page) (list[transaction], error) {
	items := make([]transaction, len(p.Items))
	for i, t := range p.Items {
		items[i] = r.transactionOf(t)
	}
	out := newList(r, items)
	if len(items) > 0 {
		out.Warnings = append(out.Warnings, warnUntrusted)
	}
	if p.Next == nil {
		return out, nil
	}
	var err error
	out.Truncated = true
	out.Warnings = append(out.Warnings, warnTruncated)
	out.NextCursor, err = r.seal(p.Next)
	return out, err
}

type getArgs struct {
	IDs []string `json:"ids" required:"true" items:"100" max:"40" doc:"transaction ids from another tool"`
}

func getTransactions() *tool {
	return define(Spec{
		Name:        "get_transactions",
		Title:       "Get transactions",
		Description: "Fetch transactions by id, in the order asked.",
	}, policy.Untrusted|policy.Private, get)
}

func get(ctx context.Context, r *run, a getArgs) (list[transaction], error) {
	ids, more := cut(a.IDs, r.rows)
	found, err := r.store.Get(ctx, r.at, r.scope, ids)
	if err != nil {
		return list[transaction]{}, err
	}
	out, err := r.page(store.Page{Items: found})
	if more {
		out.Truncated = true
		out.Warnings = append(out.Warnings, "only the first ids were fetched; ask for the rest in another call")
	}
	if len(found) < len(ids) {
		out.Warnings = append(out.Warnings, warnMissing)
	}
	return out, err
}
