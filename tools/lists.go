package tools

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

type account struct {
	ID           string `json:"id" class:"id"`
	Name         string `json:"name" class:"text"`
	Kind         string `json:"kind" class:"enum"`
	Currency     string `json:"currency" class:"enum"`
	Number       string `json:"number,omitempty" class:"id"` // token, never the number
	Last4        string `json:"last4,omitempty" class:"id"`
	First        string `json:"first,omitempty" class:"date"`
	Last         string `json:"last,omitempty" class:"date"`
	Transactions int64  `json:"transactions" class:"count"`
}

type pageArgs struct {
	Limit  int64  `json:"limit" min:"1" max:"200" default:"50"`
	Cursor string `json:"cursor" max:"1024"`
}

func listAccounts() *tool {
	return define(Spec{
		Name:        "list_accounts",
		Title:       "List accounts",
		Description: "Start here: the accounts you may see, with ids, currencies and dates.",
	}, policy.Untrusted|policy.Private, accounts)
}

func accounts(ctx context.Context, r *run, a pageArgs) (list[account], error) {
	all, err := r.store.Accounts(ctx, r.at, r.scope)
	if err != nil {
		return list[account]{}, err
	}
	slices.SortFunc(all, func(a, b store.Account) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return pageOf(r, all, a.Limit, func(a store.Account) string { return a.ID }, func(a store.Account) account {
		r.facts.seen(a.ID, 0)
		return account{
			ID:           a.ID,
			Name:         a.Name,
			Kind:         a.Kind,
			Currency:     a.Currency,
			Number:       a.Token,
			Last4:        a.Last4,
			First:        a.First.String(),
			Last:         a.Last.String(),
			Transactions: a.Count,
		}
	})
}

// pageOf pages through a short list that the store gives whole, by the key of
// the last item shown.
func pageOf[S, T any](r *run, all []S, asked int64, key func(S) string, show func(S) T) (list[T], error) {
	if after := string(r.position); after != "" {
		for i, s := range all {
			if key(s) == after {
				all = all[i+1:]
				break
			}
		}
	}
	shown, more := cut(all, r.limit(asked))
	items := make([]T, len(shown))
	for i, s := range shown {
		items[i] = show(s)
	}
	out := newList(r, items)
	if !more {
		return out, nil
	}
	var err error
	out.Truncated = true
	out.Warnings = append(out.Warnings, warnTruncated)
	out.NextCursor, err = r.seal(store.Position(key(shown[len(shown)-1])))
	return out, err
}

type named struct {
	Name         string `json:"name" class:"text"`
	Transactions int64  `json:"transactions" class:"count"`
	Last         string `json:"last,omitempty" class:"date"`
}

type namedArgs struct {
	Prefix string `json:"prefix" doc:"start of the name, any case"`
	Limit  int64  `json:"limit" min:"1" max:"200" default:"50"`
}

func listCategories() *tool {
	return define(Spec{
		Name:        "list_categories",
		Title:       "List categories",
		Description: "Category names, most used first, just as the categories argument takes them.",
	}, policy.Untrusted|policy.Private, func(ctx context.Context, r *run, a namedArgs) (list[named], error) {
		found, err := r.store.Categories(ctx, r.at, r.scope, a.Prefix, r.limit(a.Limit)+1)
		return namedList(r, found, a.Limit, err)
	})
}

func listMerchants() *tool {
	return define(Spec{
		Name:        "list_merchants",
		Title:       "List merchants",
		Description: "Merchant names, most used first, just as the merchants argument takes them.",
	}, policy.Untrusted|policy.Private, func(ctx context.Context, r *run, a namedArgs) (list[named], error) {
		found, err := r.store.Merchants(ctx, r.at, r.scope, a.Prefix, r.limit(a.Limit)+1)
		return namedList(r, found, a.Limit, err)
	})
}

func namedList(r *run, found []store.Named, asked int64, err error) (list[named], error) {
	if err != nil {
		return list[named]{}, err
	}
	found, more := cut(found, r.limit(asked))
	items := make([]named, len(found))
	for i, n := range found {
		r.facts.seen("", n.Last)
		items[i] = named{Name: n.Name, Transactions: n.Count, Last: n.Last.String()}
	}
	out := newList(r, items)
	if more {
		out.Truncated = true
		out.Warnings = append(out.Warnings, "there are more; give a longer prefix")
	}
	return out, nil
}

type imported struct {
	Batch   int64  `json:"batch" class:"count"`
	Kind    string `json:"kind" class:"enum"`
	At      string `json:"at" class:"date"`
	Source  string `json:"source,omitempty" class:"text"`
	Format  string `json:"format,omitempty" class:"enum"`
	Added   int64  `json:"added" class:"count"`
	Skipped int64  `json:"skipped" class:"count"`
	Undone  bool   `json:"undone" class:"count"`
}

func listImports() *tool {
	return define(Spec{
		Name:        "list_imports",
		Title:       "List imports",
		Description: "Imported statements, newest first: how fresh the data is.",
	}, policy.Untrusted|policy.Private, imports)
}

func imports(ctx context.Context, r *run, a pageArgs) (list[imported], error) {
	// The position is the number of the last batch shown, in decimal.
	before, _ := strconv.ParseInt(string(r.position), 10, 64)
	limit := r.limit(a.Limit)
	found, hidden, err := r.batches(ctx, before, limit+1)
	if err != nil {
		return list[imported]{}, err
	}
	found, more := cut(found, limit)
	items := make([]imported, len(found))
	for i, b := range found {
		r.facts.seen("", 0)
		items[i] = imported{
			Batch:   b.Number,
			Kind:    b.Kind,
			At:      b.At.UTC().Format(time.RFC3339),
			Source:  b.Source,
			Format:  b.Format,
			Added:   b.Added,
			Skipped: b.Skipped,
			Undone:  b.Undone,
		}
	}
	out := newList(r, items)
	if hidden {
		out.Warnings = append(out.Warnings, "imports into accounts that you may not see are left out")
	}
	if !more {
		return out, nil
	}
	out.Truncated = true
	out.Warnings = append(out.Warnings, warnTruncated)
	out.NextCursor, err = r.seal(strconv.AppendInt(nil, found[len(found)-1].Number, 10))
	return out, err
}

// batches returns batches that the row scope lets the caller know of: all if it
// sees all accounts, else those of one account that it sees. What a batch is
// called and how many rows it has would tell of the others. Hidden is true if
// any was left out.
func (r *run) batches(ctx context.Context, before int64, limit int) (out []store.Batch, hidden bool, err error) {
	seen, all, err := r.visibleAccounts(ctx)
	if err != nil {
		return nil, false, err
	}
	for {
		found, err := r.store.Batches(ctx, r.at, before, limit)
		if err != nil || all {
			return found, false, err
		}
		for _, b := range found {
			if !seen[b.Account] {
				hidden = true
			} else if len(out) < limit {
				out = append(out, b)
			}
		}
		if len(found) < limit || len(out) == limit {
			return out, hidden, nil
		}
		before = found[len(found)-1].Number
	}
}

// visibleAccounts are the ids of the accounts in scope, and whether they are all
// that there are.
func (r *run) visibleAccounts(ctx context.Context) (seen map[string]bool, all bool, err error) {
	if r.scope == nil {
		return nil, true, nil
	}
	visible, err := r.store.Accounts(ctx, r.at, r.scope)
	if err != nil {
		return nil, false, err
	}
	every, err := r.store.Accounts(ctx, r.at, nil)
	if err != nil {
		return nil, false, err
	}
	seen = map[string]bool{}
	for _, a := range visible {
		seen[a.ID] = true
	}
	return seen, len(visible) == len(every), nil
}
