package sqlite

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// errMissing means that a row points to one that is not there.
var errMissing = fmt.Errorf("%w: the file is corrupt: a reference leads nowhere", store.ErrUnavailable)

// Flags of a row version.
const (
	flagPending  = 1
	flagTransfer = 2
	flagRetext   = 4 // the transaction has several texts
)

// plan is a filter made ready to run: an SQL condition on table tx that says
// exactly which versions it selects, the bases it is confined to, and sources
// that narrow the search down. Every value is a parameter.
type plan struct {
	none      bool // nothing can match
	low, high int64
	words     bool // sources hold words, of which where says nothing
	sources   all
	query     store.Filter // of words alone: what texts are asked that the lists may confuse
	where     strings.Builder
	args      []any
}

// compile makes the plan for a filter at a snapshot.
func (c *conn) compile(ctx context.Context, at store.Snapshot, f *store.Filter) (*plan, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	p := &plan{}
	p.low, p.high = bounds(f.From, f.To)
	p.where.WriteString("from_batch <= ? AND (to_batch = 0 OR to_batch > ?)")
	p.args = []any{int64(at), int64(at)}
	for _, step := range []func(context.Context, *conn, *store.Filter) error{
		p.addLists, p.addAmounts, p.addFlags, p.addScope, p.addWords,
	} {
		if err := step(ctx, c, f); err != nil {
			return nil, err
		}
		if p.none {
			return p, nil
		}
	}
	p.none = p.low >= p.high
	return p, nil
}

// and adds a condition and its arguments.
func (p *plan) and(condition string, args ...any) {
	p.where.WriteString(" AND ")
	p.where.WriteString(condition)
	p.args = append(p.args, args...)
}

func (p *plan) addLists(_ context.Context, c *conn, f *store.Filter) error {
	for _, l := range []struct {
		column string
		term   byte
		texts  []string
		ids    func([]string) ([]int64, error)
	}{
		{"account", termAccount, f.Accounts, c.accountIDs},
		{"category", termCategory, f.Categories, func(t []string) ([]int64, error) { return c.nameIDs(kindCategory, t) }},
		{"merchant", termMerchant, f.Merchants, func(t []string) ([]int64, error) { return c.nameIDs(kindMerchant, t) }},
	} {
		if len(l.texts) == 0 {
			continue
		}
		ids, err := l.ids(l.texts)
		if err != nil {
			return err
		}
		p.narrow(c, l.column, l.term, ids)
	}
	if f.Uncategorized {
		p.narrow(c, "category", termCategory, []int64{0})
	}
	return nil
}

// narrow confines a column to some numbers, by condition and by source.
func (p *plan) narrow(c *conn, column string, term byte, ids []int64) {
	if len(ids) == 0 {
		p.none = true
		return
	}
	condition, args := in(column, ids)
	p.and(condition, args...)
	if len(ids) <= maxCursors {
		p.sources = append(p.sources, c.numberSource(term, ids))
	}
}

// in renders "column IN (?, …)"; without values it is false.
func in(column string, ids []int64) (string, []any) {
	if len(ids) == 0 {
		return "0", nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return column + " IN (?" + strings.Repeat(", ?", len(ids)-1) + ")", args
}

// addAmounts turns the bounds, which are in units of each row's own currency,
// into minor units for each exponent that the store holds.
func (p *plan) addAmounts(_ context.Context, c *conn, f *store.Filter) error {
	if f.MinAmount == nil && f.MaxAmount == nil {
		return nil
	}
	byExponent := map[int][]int64{}
	err := c.each("SELECT id, text FROM name WHERE kind = ?", []any{kindCurrency}, func(s *sqlite3.Stmt) error {
		exponent, _ := store.Exponent(s.ColumnText(1))
		byExponent[exponent] = append(byExponent[exponent], s.ColumnInt64(0))
		return nil
	})
	if err != nil {
		return err
	}
	var choices []string
	var values []any
	for _, exponent := range slices.Sorted(maps.Keys(byExponent)) {
		ids := byExponent[exponent]
		least, most, ok := amountBounds(f, exponent)
		if !ok {
			continue
		}
		condition, args := in("currency", ids)
		choices = append(choices, "("+condition+" AND abs(minor) BETWEEN ? AND ?)")
		values = append(append(values, args...), least, most)
	}
	if len(choices) == 0 {
		p.none = true
		return nil
	}
	p.and("("+strings.Join(choices, " OR ")+")", values...)
	return nil
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

func (p *plan) addFlags(_ context.Context, _ *conn, f *store.Filter) error {
	switch f.Direction {
	case store.In:
		p.and("minor > 0")
	case store.Out:
		p.and("minor < 0")
	}
	if f.Pending != nil {
		p.and("flags & 1 = ?", *f.Pending)
	}
	if f.ExcludeTransfers {
		p.and("flags & 2 = 0")
	}
	return nil
}

func (p *plan) addWords(ctx context.Context, c *conn, f *store.Filter) error {
	if strings.TrimSpace(f.Query) == "" {
		return nil
	}
	words := store.Words(f.Query)
	p.words = true
	p.query.Query = f.Query
	p.none = len(words) == 0
	for i, word := range words {
		s, err := c.wordSource(ctx, word, i == len(words)-1, p.low, p.high)
		if err != nil {
			return err
		}
		if _, ok := s.(*crowd); ok && len(p.sources) == 0 {
			p.sources = append(p.sources, everything{c})
		}
		p.sources = append(p.sources, s)
	}
	return nil
}
