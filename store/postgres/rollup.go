package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// rollUp writes how the batch changed the totals: what it brought counts, what
// it ended counts against, and what came and went in it not at all.
func (b *batch) rollUp(ctx context.Context) error {
	_, err := b.c.exec(ctx, `INSERT INTO counterfoil.rollup (tenant, month, batch, count, money_in, money_out, pending, transfer, account, currency, category)
		SELECT $1, month, $2, sum(sign), sum(sign * greatest(minor, 0)), sum(sign * least(minor, 0)), pending, transfer, account, currency, category FROM (
			SELECT t.*, 1 AS sign FROM counterfoil.tx t WHERE t.tenant = $1 AND t.from_batch = $2 AND t.to_batch <> $2
			UNION ALL
			SELECT t.*, -1 AS sign FROM counterfoil.tx t WHERE t.tenant = $1 AND t.to_batch = $2 AND t.from_batch <> $2
		) t GROUP BY month, pending, transfer, account, currency, category
		HAVING sum(sign) <> 0 OR sum(sign * minor) <> 0 OR sum(sign * abs(minor)) <> 0`, b.c.tenant, b.row.Number)
	return err
}

// months returns the months that the plan is confined to, from first up to and
// with last; ok is false if they are not whole.
func (p *plan) months() (first, last int32, ok bool) {
	from, to := dayOf(p.low), dayOf(min(p.high, maxBase)-1)
	if p.high > maxBase || to > lastDay {
		to = lastDay
	}
	whole := from == from.MonthStart() && p.low == baseOf(from, 0) && to.AddDays(1) == to.AddDays(1).MonthStart()
	return monthOf(from), monthOf(to), whole
}

// rolled reports whether rollups can answer a question of the plan's rows by
// some dimensions.
func (p *plan) rolled(by ...store.Dimension) bool {
	if !p.coarse || slices.Contains(by, store.ByWeek) || slices.Contains(by, store.ByMerchant) {
		return false
	}
	_, _, whole := p.months()
	return whole
}

// rollups is the condition on counterfoil.rollup t, with its arguments.
func (p *plan) rollups() condition {
	first, last, _ := p.months()
	return condition{
		"t.tenant = $1 AND t.batch <= $2 AND t.month BETWEEN " + p.next(1) + " AND " + p.next(2) + p.where.String(),
		p.with(first, last)}
}

// summarizeRollups is summarize for a plan that rollups can answer.
func (c *conn) summarizeRollups(ctx context.Context, p *plan, keys, texts string, by []store.Dimension) ([]store.Group, error) {
	from := p.rollups()
	args := append(from.args, store.MaxGroups+1)
	sql := fmt.Sprintf(`SELECT %s t.currency, sum(t.money_in)::bigint, sum(t.money_out)::bigint, sum(t.count)::bigint
		FROM counterfoil.rollup t WHERE %s GROUP BY %s t.currency HAVING sum(t.count) <> 0 LIMIT $%d`, texts, from.condition, keys, len(args))
	return c.groups(ctx, sql, args, by)
}

// countRollups is countRows for a plan that rollups can answer. The first and
// the last row are found by the account's index.
func (c *conn) countRollups(ctx context.Context, p *plan, all []store.Account) error {
	from := p.rollups()
	counts := make(map[string]int64)
	sql := "SELECT t.account, sum(t.count)::bigint FROM counterfoil.rollup t WHERE " + from.condition + " GROUP BY t.account"
	err := c.each(ctx, sql, from.args, func(row scanner) error {
		var id string
		var count int64
		err := row.Scan(&id, &count)
		counts[id] = count
		return err
	})
	if err != nil {
		return err
	}
	for i := range all {
		a := &all[i]
		if a.Count = counts[a.ID]; a.Count == 0 {
			continue
		}
		if a.First, err = c.edge(ctx, p, a.ID, ""); err == nil {
			a.Last, err = c.edge(ctx, p, a.ID, " DESC")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// edge returns the day of an account's first row, or with " DESC" of its last.
func (c *conn) edge(ctx context.Context, p *plan, account, direction string) (store.Date, error) {
	var base int64
	sql := fmt.Sprintf("SELECT t.base FROM counterfoil.tx t WHERE %s AND t.base >= %s AND t.base < %s AND t.account = %s ORDER BY t.base%s LIMIT 1",
		p.rows(), p.next(1), p.next(2), p.next(3), direction)
	err := c.QueryRow(ctx, sql, p.with(p.low, p.high, account)...).Scan(&base)
	return dayOf(base), err
}

// categoriesByRollups is byRows for categories and a plan that rollups can
// answer. The last row is found by the category's index.
func (c *conn) categoriesByRollups(ctx context.Context, p *plan, folded string, limit int) (named []store.Named, err error) {
	from := p.rollups()
	args := append(from.args, p.low, p.high, limit)
	n := len(args)
	prefix := ""
	if folded != "" {
		args = append(args, kindCategory, folded)
		prefix = fmt.Sprintf(" AND t.category IN (SELECT n.text FROM counterfoil.name n WHERE n.tenant = $1 AND n.kind = $%d AND starts_with(n.folded, $%d))", n+1, n+2)
	}
	sql := fmt.Sprintf(`SELECT m.category, m.count, (SELECT t.base FROM counterfoil.tx t WHERE %s AND t.base >= $%d AND t.base < $%d
			AND t.category = m.category ORDER BY t.base DESC LIMIT 1)
		FROM (SELECT t.category, sum(t.count)::bigint AS count FROM counterfoil.rollup t WHERE %s AND t.category <> ''%s
			GROUP BY t.category HAVING sum(t.count) > 0 ORDER BY sum(t.count) DESC, t.category LIMIT $%d) m ORDER BY m.count DESC, m.category`,
		p.rows(), n-2, n-1, from.condition, prefix, n)
	err = c.each(ctx, sql, args, func(row scanner) error {
		var one store.Named
		var last int64
		err := row.Scan(&one.Name, &one.Count, &last)
		one.Last = dayOf(last)
		named = append(named, one)
		return err
	})
	return named, err
}

// monthOf returns the number that column month has for a day.
func monthOf(d store.Date) int32 {
	year, month, _ := d.Time().Date()
	return int32(12*year + int(month) - 1)
}

// monthName is the name of the month with a number.
func monthName(n int) string {
	return store.NewDate(n/12, time.Month(n%12+1), 1).Month()
}
