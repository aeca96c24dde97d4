package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// maxCells bounds the totals that an import keeps in memory, at some 200 bytes
// each; one with more of them reads its rows again.
const maxCells = 50_000

// cell is what rollups tell apart.
type cell struct {
	month                       int32
	pending, transfer           bool
	account, currency, category string
}

// totals are sums of one cell.
type totals struct{ count, in, out int64 }

// cells are the totals of what an import brings. The zero value is ready.
type cells struct {
	totals map[cell]*totals
	many   bool // more than maxCells, or more than an integer holds: no totals
}

// add counts a row that the import brings.
func (c *cells) add(tx *store.Transaction) {
	if c.many {
		return
	}
	if c.totals == nil {
		c.totals = make(map[cell]*totals)
	}
	key := cell{monthOf(tx.Booked), tx.Status == store.Pending, tx.Transfer, tx.Account, tx.Amount.Currency, tx.Category}
	sum := c.totals[key]
	if sum == nil {
		sum = new(totals)
		c.totals[key] = sum
	}
	sum.count++
	sum.in += max(tx.Amount.Minor, 0)
	sum.out += min(tx.Amount.Minor, 0)
	if len(c.totals) > maxCells || sum.in > 1<<62 || sum.out < -1<<62 { // one more amount still fits
		c.many, c.totals = true, nil
	}
}

const (
	// brought are the rows that batch $2 brought, ended those that it ended; what
	// came and went in it is in both.
	brought = `SELECT month, pending, transfer, account, currency, category, 1 AS count, greatest(minor, 0)::numeric AS money_in, least(minor, 0)::numeric AS money_out
		FROM counterfoil.tx WHERE tenant = $1 AND from_batch = $2`
	ended = `SELECT month, pending, transfer, account, currency, category, -1, -greatest(minor, 0)::numeric, -least(minor, 0)::numeric
		FROM counterfoil.tx WHERE tenant = $1 AND to_batch = $2`
	// told are the rows that a batch brought, as an import counted them.
	told = `SELECT month, pending, transfer, account, currency, category, count, money_in::numeric, money_out::numeric FROM unnest($3::integer[], $4::boolean[],
		$5::boolean[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[])
		n(month, pending, transfer, account, currency, category, count, money_in, money_out)`
)

// rollUp writes how the batch changed the totals.
func (b *batch) rollUp(ctx context.Context) error {
	source, args := brought, []any{b.c.tenant, b.row.Number}
	if !b.cells.many && b.cells.totals != nil {
		source, args = told, append(args, b.cells.columns()...)
	}
	_, err := b.c.exec(ctx, `INSERT INTO counterfoil.rollup (tenant, month, batch, count, money_in, money_out, pending, transfer, account, currency, category)
		SELECT $1, month, $2, sum(count), sum(money_in), sum(money_out), pending, transfer, account, currency, category
		FROM (`+source+" UNION ALL "+ended+`) t GROUP BY month, pending, transfer, account, currency, category
		HAVING sum(count) <> 0 OR sum(money_in) <> 0 OR sum(money_out) <> 0`, args...)
	if err != nil {
		return err
	}
	return b.compact(ctx)
}

// compactRows is how many changes of rollups are left as they are before they
// are added up; reading them takes a few milliseconds. Beyond a quarter of the
// sums themselves, adding up costs no more than four times what the changes did.
const compactRows = 4096

// compact adds the changes since the last point to its sums, as a new point, if
// they are many. The older points and all changes stay for reads at older
// snapshots.
func (b *batch) compact(ctx context.Context) error {
	var point, cells, changes int64
	err := b.c.QueryRow(ctx, `SELECT p.upto, p.cells, (SELECT count(*) FROM counterfoil.rollup r WHERE r.tenant = $1 AND r.batch > p.upto)
		FROM (SELECT upto, cells FROM counterfoil.rollup_point WHERE tenant = $1 UNION ALL SELECT 0, 0 ORDER BY upto DESC LIMIT 1) p`,
		b.c.tenant).Scan(&point, &cells, &changes)
	if err != nil || changes <= max(b.c.compactRows, cells/4) {
		return err
	}
	cells, err = b.c.exec(ctx, `INSERT INTO counterfoil.rollup_sum (tenant, upto, month, count, money_in, money_out, pending, transfer, account, currency, category)
		SELECT $1, $3, month, sum(count), sum(money_in), sum(money_out), pending, transfer, account, currency, category
		FROM (SELECT `+cellColumns+` FROM counterfoil.rollup_sum WHERE tenant = $1 AND upto = $2
			UNION ALL SELECT `+cellColumns+` FROM counterfoil.rollup WHERE tenant = $1 AND batch > $2) t
		GROUP BY month, pending, transfer, account, currency, category
		HAVING sum(count) <> 0 OR sum(money_in) <> 0 OR sum(money_out) <> 0`, b.c.tenant, point, b.row.Number)
	if err != nil {
		return err
	}
	_, err = b.c.exec(ctx, "INSERT INTO counterfoil.rollup_point VALUES ($1, $2, $3)", b.c.tenant, b.row.Number, cells)
	return err
}

// cellColumns is what rollups and their sums have in common.
const cellColumns = "month, count, money_in, money_out, pending, transfer, account, currency, category"

// columns returns the cells as arrays, one for each column of told.
func (c *cells) columns() []any {
	var months []int32
	var pending, transfers []bool
	var accounts, currencies, categories []string
	var counts, ins, outs []int64
	for key, sum := range c.totals {
		months, pending, transfers = append(months, key.month), append(pending, key.pending), append(transfers, key.transfer)
		accounts, currencies, categories = append(accounts, key.account), append(currencies, key.currency), append(categories, key.category)
		counts, ins, outs = append(counts, sum.count), append(ins, sum.in), append(outs, sum.out)
	}
	return []any{months, pending, transfers, accounts, currencies, categories, counts, ins, outs}
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

// rollups is what to select from as t, with its arguments: the sums of the
// newest point that is not after the snapshot, and the changes since. The point is
// looked up before: the planner has to know how few of the sums and changes are
// meant, or it reads all that ever were.
func (c *conn) rollups(ctx context.Context, p *plan) (condition, error) {
	first, last, _ := p.months()
	var point int64
	err := c.QueryRow(ctx, "SELECT coalesce(max(upto), 0) FROM counterfoil.rollup_point WHERE tenant = $1 AND upto <= $2", c.tenant, p.at).Scan(&point)
	months := "t.month BETWEEN " + p.next(1) + " AND " + p.next(2) + p.where.String()
	return condition{
		"(SELECT " + cellColumns + " FROM counterfoil.rollup_sum t WHERE t.tenant = $1 AND t.upto = " + p.next(3) + " AND " + months +
			" UNION ALL SELECT " + cellColumns + " FROM counterfoil.rollup t WHERE t.tenant = $1 AND t.batch > " + p.next(3) + " AND t.batch <= $2 AND " + months + ") t",
		p.with(first, last, point)}, err
}

// summarizeRollups is summarize for a plan that rollups can answer.
func (c *conn) summarizeRollups(ctx context.Context, p *plan, keys, texts string, by []store.Dimension) ([]store.Group, error) {
	from, err := c.rollups(ctx, p)
	if err != nil {
		return nil, err
	}
	args := append(from.args, store.MaxGroups+1)
	sql := fmt.Sprintf(`SELECT %s t.currency, sum(t.money_in)::bigint, sum(t.money_out)::bigint, sum(t.count)::bigint
		FROM %s GROUP BY %s t.currency HAVING sum(t.count) <> 0 LIMIT $%d`, texts, from.condition, keys, len(args))
	return c.groups(ctx, sql, args, by)
}

// countRollups is countRows for a plan that rollups can answer. The first and
// the last row are found by the account's index.
func (c *conn) countRollups(ctx context.Context, p *plan, all []store.Account) error {
	from, err := c.rollups(ctx, p)
	if err != nil {
		return err
	}
	counts := make(map[string]int64)
	sql := "SELECT t.account, sum(t.count)::bigint FROM " + from.condition + " GROUP BY t.account"
	err = c.each(ctx, sql, from.args, func(row scanner) error {
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
	from, err := c.rollups(ctx, p)
	if err != nil {
		return nil, err
	}
	args := append(from.args, p.low, p.high, limit)
	n := len(args)
	prefix := ""
	if folded != "" {
		args = append(args, kindCategory, folded)
		prefix = fmt.Sprintf(" AND t.category IN (SELECT n.text FROM counterfoil.name n WHERE n.tenant = $1 AND n.kind = $%d AND starts_with(n.folded, $%d))", n+1, n+2)
	}
	sql := fmt.Sprintf(`SELECT m.category, m.count, (SELECT t.base FROM counterfoil.tx t WHERE %s AND t.base >= $%d AND t.base < $%d
			AND t.category = m.category ORDER BY t.base DESC LIMIT 1)
		FROM (SELECT t.category, sum(t.count)::bigint AS count FROM %s WHERE t.category <> ''%s
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
