package sqlite

import (
	"context"
	"fmt"
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

// plan is a filter made ready to run: the bases it is confined to, tests that
// together with the snapshot say exactly which versions it selects, and sources
// that narrow the search down.
type plan struct {
	none      bool // nothing can match
	low, high int64
	words     bool // sources hold words, of which the tests say nothing
	sources   all
	query     store.Filter // of words alone: what texts are asked that the lists may confuse
	at        int64
	tests     []test
}

// test is a condition on a version.
type test func(*version) bool

// selects reports whether a version is visible and passes every test.
func (p *plan) selects(v *version) bool {
	if v.from > p.at || (v.to != 0 && v.to <= p.at) {
		return false
	}
	for _, t := range p.tests {
		if !t(v) {
			return false
		}
	}
	return true
}

// compile makes the plan for a filter at a snapshot.
func (c *conn) compile(ctx context.Context, at store.Snapshot, f *store.Filter) (*plan, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	p := &plan{at: int64(at)}
	p.low, p.high = bounds(f.From, f.To)
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

// and adds a test.
func (p *plan) and(t test) { p.tests = append(p.tests, t) }

func (p *plan) addLists(_ context.Context, c *conn, f *store.Filter) error {
	for _, l := range []struct {
		field field
		texts []string
		ids   func([]string) ([]int64, error)
	}{
		{account, f.Accounts, c.accountIDs},
		{category, f.Categories, func(t []string) ([]int64, error) { return c.nameIDs(kindCategory, t) }},
		{merchant, f.Merchants, func(t []string) ([]int64, error) { return c.nameIDs(kindMerchant, t) }},
	} {
		if len(l.texts) == 0 {
			continue
		}
		ids, err := l.ids(l.texts)
		if err != nil {
			return err
		}
		if err := p.narrow(c, l.field, ids); err != nil {
			return err
		}
	}
	if f.Uncategorized {
		return p.narrow(c, category, []int64{0})
	}
	return nil
}

// field is a number of a version that has a list.
type field struct {
	term byte
	of   func(*version) int64
}

var (
	account  = field{termAccount, func(v *version) int64 { return v.account }}
	category = field{termCategory, func(v *version) int64 { return v.category }}
	merchant = field{termMerchant, func(v *version) int64 { return v.merchant }}
)

// in is the test that a field has one of some numbers.
func in(of func(*version) int64, ids []int64) test {
	if len(ids) == 1 {
		id := ids[0]
		return func(v *version) bool { return of(v) == id }
	}
	set := make(map[int64]struct{}, len(ids))
	for _, id := range ids {
		set[id] = struct{}{}
	}
	return func(v *version) bool { _, ok := set[of(v)]; return ok }
}

// narrow confines a field to some numbers, by test and by source.
func (p *plan) narrow(c *conn, f field, ids []int64) error {
	if len(ids) == 0 {
		p.none = true
		return nil
	}
	p.and(in(f.of, ids))
	if len(ids) > maxCursors {
		return nil
	}
	s, err := c.numberSource(f.term, ids)
	p.sources = append(p.sources, s)
	return err
}

// addAmounts turns the bounds, which are in units of each row's own currency,
// into minor units for each currency that the store holds.
func (p *plan) addAmounts(_ context.Context, c *conn, f *store.Filter) error {
	if f.MinAmount == nil && f.MaxAmount == nil {
		return nil
	}
	type span struct{ least, most int64 }
	spans := map[int64]span{}
	err := c.each("SELECT id, text FROM name WHERE kind = ?", []any{kindCurrency}, func(s *sqlite3.Stmt) error {
		exponent, _ := store.Exponent(s.ColumnText(1))
		if least, most, ok := amountBounds(f, exponent); ok {
			spans[s.ColumnInt64(0)] = span{least, most}
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.none = len(spans) == 0
	p.and(func(v *version) bool {
		s, ok := spans[v.currency]
		return ok && s.least <= v.size() && v.size() <= s.most
	})
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
		p.and(func(v *version) bool { return v.minor > 0 })
	case store.Out:
		p.and(func(v *version) bool { return v.minor < 0 })
	}
	if f.Pending != nil {
		pending := *f.Pending
		p.and(func(v *version) bool { return v.pending() == pending })
	}
	if f.ExcludeTransfers {
		p.and(func(v *version) bool { return v.flags&flagTransfer == 0 })
	}
	return nil
}

func (p *plan) addWords(ctx context.Context, c *conn, f *store.Filter) error {
	if strings.TrimSpace(f.Query) == "" {
		return nil
	}
	words := store.QueryWords(f.Query)
	p.words = true
	p.query.Query = f.Query
	p.none = len(words) == 0
	for _, word := range words {
		s, err := c.wordSource(ctx, word, p)
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
