package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/counterfoil/counterfoil/store"
)

// daysOfWeek divides days into weeks (ISO 8601, from Monday): firstDay, from which
// bases count, was a Monday.
const daysOfWeek = 7

// groupColumns is what a dimension groups by, as text or number.
var groupColumns = map[store.Dimension]string{
	store.ByCategory: "t.category",
	store.ByMerchant: "t.merchant",
	store.ByAccount:  "t.account",
	store.ByMonth:    "t.month",
	store.ByWeek:     fmt.Sprintf("((t.base >> %d) / %d)", randomBits, daysOfWeek),
}

// Summarize returns exact totals by at most two dimensions.
func (s *Store) Summarize(ctx context.Context, q store.Summary) (groups []store.Group, err error) {
	err = s.view(ctx, "summarizing", q.At, func(c *conn) error {
		groups, err = c.summarize(ctx, &q)
		return err
	})
	return groups, err
}

func (c *conn) summarize(ctx context.Context, q *store.Summary) ([]store.Group, error) {
	keys, texts, err := keyColumns(q.By)
	if err != nil {
		return nil, err
	}
	p, err := c.compile(ctx, q.At, &q.Filter)
	if err != nil || p.none {
		return nil, err
	}
	if p.rolled(q.By...) {
		return c.summarizeRollups(ctx, p, keys, texts, q.By)
	}
	more := p.withWords()
	args := append(more.args, p.low, p.high, store.MaxGroups+1)
	n := len(args)
	// Sums of bigint are exact in PostgreSQL; one beyond it fails to be cast.
	sql := fmt.Sprintf(`SELECT %s t.currency, coalesce(sum(t.minor) FILTER (WHERE t.minor > 0), 0)::bigint,
		coalesce(sum(t.minor) FILTER (WHERE t.minor < 0), 0)::bigint, count(*)
		FROM counterfoil.tx t WHERE %s AND t.base >= $%d AND t.base < $%d GROUP BY %s t.currency LIMIT $%d`, texts, more.condition, n-2, n-1, keys, n)
	return c.groups(ctx, sql, args, q.By)
}

// keyColumns renders what to group by, and what to select of it, each with a
// comma behind it.
func keyColumns(by []store.Dimension) (keys, texts string, err error) {
	if len(by) > 2 || (len(by) == 2 && by[0] == by[1]) {
		return "", "", fmt.Errorf("%w: group by at most two different dimensions", store.ErrInvalid)
	}
	for _, dimension := range by {
		column := groupColumns[dimension]
		if column == "" {
			return "", "", fmt.Errorf("%w: dimension", store.ErrInvalid)
		}
		keys += column + ", "
		texts += column + "::text, "
	}
	return keys, texts, nil
}

// groups reads groups, checks their range and puts them in order.
func (c *conn) groups(ctx context.Context, sql string, args []any, by []store.Dimension) (groups []store.Group, err error) {
	err = c.each(ctx, sql, args, func(row scanner) error {
		if len(groups) >= store.MaxGroups {
			return fmt.Errorf("%w: more than %d groups", store.ErrRange, store.MaxGroups)
		}
		g := store.Group{Keys: make([]string, len(by))}
		into := make([]any, 0, len(by)+4)
		for i := range by {
			into = append(into, &g.Keys[i])
		}
		if err := row.Scan(append(into, &g.Currency, &g.In, &g.Out, &g.Count)...); err != nil {
			return err
		}
		if g.In > store.MaxMinor || g.Out < -store.MaxMinor {
			return fmt.Errorf("%w: a total", store.ErrRange)
		}
		for i, dimension := range by {
			if err := nameKey(dimension, &g.Keys[i]); err != nil {
				return err
			}
		}
		groups = append(groups, g)
		return nil
	})
	slices.SortFunc(groups, func(a, b store.Group) int {
		return cmp.Or(slices.Compare(a.Keys, b.Keys), cmp.Compare(a.Currency, b.Currency))
	})
	return groups, err
}

// nameKey turns the number of a month or week into its name.
func nameKey(dimension store.Dimension, key *string) error {
	if dimension != store.ByMonth && dimension != store.ByWeek {
		return nil
	}
	n, err := strconv.Atoi(*key)
	if err != nil {
		return err
	}
	if dimension == store.ByMonth {
		*key = monthName(n)
	} else {
		*key = firstDay.AddDays(n * daysOfWeek).Week()
	}
	return nil
}
