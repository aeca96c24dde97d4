package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// A position is a version byte, the sort's number, and where the last row
// stands in that order: its size in minor units, zero for the dates, and its
// base.
const (
	positionVersion = 1
	positionSize    = 2 + 8 + 8
)

// eachPage is how many rows Each reads at a time. No connection is held while
// its caller works on them.
const eachPage = 500

// How many candidates a search by words looks at: first, and at most at a time.
const (
	firstCandidates = 200
	mostCandidates  = 50_000
)

// place is where a row stands in a sort.
type place struct{ size, base int64 }

// order is a sort taken apart.
type order struct {
	number   byte
	byAmount bool
	down     bool
}

func orderBy(s store.Sort) (order, error) {
	switch s {
	case "", store.DateDesc:
		return order{1, false, true}, nil
	case store.DateAsc:
		return order{2, false, false}, nil
	case store.AmountDesc:
		return order{3, true, true}, nil
	case store.AmountAsc:
		return order{4, true, false}, nil
	}
	return order{}, fmt.Errorf("%w: sort", store.ErrInvalid)
}

func (o order) encode(p place) store.Position {
	b := []byte{positionVersion, o.number}
	b = binary.BigEndian.AppendUint64(b, uint64(p.size))
	return binary.BigEndian.AppendUint64(b, uint64(p.base))
}

// decode reads a position; ok is false at the start.
func (o order) decode(p store.Position) (at place, ok bool, err error) {
	if p == nil {
		return place{}, false, nil
	}
	if len(p) != positionSize || p[0] != positionVersion || p[1] != o.number {
		return place{}, false, fmt.Errorf("%w: position", store.ErrInvalid)
	}
	at = place{int64(binary.BigEndian.Uint64(p[2:])), int64(binary.BigEndian.Uint64(p[10:]))}
	if at.base < 0 || at.base > maxBase || at.size < 0 || at.size > store.MaxMinor {
		return place{}, false, fmt.Errorf("%w: position", store.ErrInvalid)
	}
	return at, true, nil
}

func checkLimit(limit int) error {
	if limit < 1 || limit > store.MaxPage {
		return fmt.Errorf("%w: limit must be 1 to %d", store.ErrInvalid, store.MaxPage)
	}
	return nil
}

// Search returns one page of the matching transactions.
func (s *Store) Search(ctx context.Context, q store.Query) (page store.Page, err error) {
	err = s.view(ctx, "searching", q.At, func(c *conn) error {
		page, err = c.search(ctx, &q)
		return err
	})
	return page, err
}

func (c *conn) search(ctx context.Context, q *store.Query) (page store.Page, err error) {
	if err := checkLimit(q.Limit); err != nil {
		return page, err
	}
	o, err := orderBy(q.Sort)
	if err != nil {
		return page, err
	}
	after, resumed, err := o.decode(q.After)
	if err != nil {
		return page, err
	}
	p, err := c.compile(ctx, q.At, &q.Filter)
	if err != nil || p.none {
		return page, err
	}
	if resumed {
		p.resume(o, after)
	}
	hits, err := c.find(ctx, p, o, q.Limit+1)
	if err != nil {
		return page, err
	}
	if len(hits) > q.Limit {
		hits = hits[:q.Limit]
		page.Next = o.encode(hits[q.Limit-1].place)
	}
	page.Items = make([]store.Transaction, len(hits))
	for i := range hits {
		page.Items[i] = hits[i].tx
	}
	return page, nil
}

// resume leaves out what is not after a place.
func (p *plan) resume(o order, after place) {
	switch {
	case !o.byAmount && o.down:
		p.high = min(p.high, after.base)
	case !o.byAmount:
		p.low = max(p.low, after.base+1)
	case o.down:
		p.and("(t.size, t.base) < (" + p.arg(after.size) + ", " + p.arg(after.base) + ")")
	default:
		p.and("(t.size, t.base) > (" + p.arg(after.size) + ", " + p.arg(after.base) + ")")
	}
}

// hit is a row that was found.
type hit struct {
	place
	tx store.Transaction
}

// find returns the first rows in an order, at most limit.
func (c *conn) find(ctx context.Context, p *plan, o order, limit int) ([]hit, error) {
	if len(p.words) > 0 && !o.byAmount {
		return c.findWords(ctx, p, o, limit)
	}
	sort := o.columns()
	if len(p.words) > 0 && p.bare {
		hits, err := c.walkAmounts(ctx, p, o, sort, limit)
		if err != nil || len(hits) == limit {
			return hits, err
		}
	}
	more := p.withWords()
	args := append(more.args, p.low, p.high, limit)
	n := len(args)
	sql := fmt.Sprintf("SELECT * FROM counterfoil.tx t WHERE %s AND t.base >= $%d AND t.base < $%d ORDER BY %s LIMIT $%d",
		more.condition, n-2, n-1, sort, n)
	return c.rows(ctx, sql, sort, o, args)
}

// columns is what the order sorts counterfoil.tx t by.
func (o order) columns() string {
	direction := ""
	if o.down {
		direction = " DESC"
	}
	if o.byAmount {
		return "t.size" + direction + ", t.base" + direction
	}
	return "t.base" + direction
}

// A search by words in order of amount has no index. If the words are frequent
// among the newest rows, some way along the order of amounts has enough of them;
// else, or if they are not so frequent there, all rows that have them are sorted.
const (
	sampleRows = 1000   // newest rows in which the words are counted; some 5 ms
	mostWalked = 20_000 // rows walked, 5 µs each
)

// walkAmounts returns the first rows that have the words, in order of amount, at
// most limit. If there are fewer, there may be more that it did not find.
func (c *conn) walkAmounts(ctx context.Context, p *plan, o order, sort string, limit int) ([]hit, error) {
	have := int64(0)
	sample, args := p.hasWords([]any{c.tenant, p.low, p.high, sampleRows})
	err := c.QueryRow(ctx, `SELECT count(*) FROM (SELECT d.tenant, d.base, d.words FROM counterfoil.detail d WHERE d.tenant = $1 AND d.base >= $2 AND d.base < $3
		ORDER BY d.base DESC LIMIT $4) d WHERE `+sample, args...).Scan(&have)
	if err != nil || have == 0 {
		return nil, err
	}
	walk := int64(limit) * sampleRows / have * 3 / 2
	if walk > mostWalked {
		return nil, nil
	}
	n := len(p.args)
	has, args := p.hasWords(p.with(p.low, p.high, walk, limit))
	// OFFSET 0 keeps the planner from reading all texts for a join with them.
	sql := fmt.Sprintf(`SELECT t.* FROM (SELECT * FROM counterfoil.tx t WHERE %s AND t.base >= $%d AND t.base < $%d ORDER BY %s LIMIT $%d) t
		JOIN LATERAL (SELECT 1 FROM counterfoil.detail d WHERE d.tenant = t.tenant AND d.base = t.base%s AND %s OFFSET 0) d ON true ORDER BY %s LIMIT $%d`,
		p.rows(), n+1, n+2, sort, n+3, textOf, has, sort, n+4)
	return c.rows(ctx, sql, sort, o, args)
}

// hasWords renders that counterfoil.detail d has the plan's words, and adds what it
// needs to some arguments. store.Words leaves letters and digits only.
func (p *plan) hasWords(args []any) (condition string, more []any) {
	var form, all []string
	for _, q := range p.words {
		switch {
		case q.Inside:
			args = append(args, q.Text)
			all = append(all, fmt.Sprintf("counterfoil.inside(d.words, d.tenant, d.base, $%d)", len(args)))
		case q.Beginning:
			form = append(form, fmt.Sprintf("'%d:@%s':*", p.args[0], q.Text))
		default:
			form = append(form, fmt.Sprintf("'%d:@%s'", p.args[0], q.Text))
		}
	}
	if len(form) > 0 { // with an @ for the stretch
		args = append(args, strings.Join(form, " & "))
		all = append(all, fmt.Sprintf("d.words @@ replace($%d, '@', counterfoil.stretch(d.base))::tsquery", len(args)))
	}
	return strings.Join(all, " AND "), args
}

// wanted renders the plan's words as counterfoil.find wants them.
func (p *plan) wanted() []string {
	wanted := make([]string, len(p.words))
	for i, q := range p.words {
		if wanted[i] = q.Text; q.Inside {
			lead, body, rest := q.Parts()
			wanted[i] = "*" + lead + "*" + body + "*" + rest
		}
	}
	return wanted
}

// condition is a part of a query, with its arguments.
type condition struct {
	condition string
	args      []any
}

func (p *plan) withWords() condition {
	if len(p.words) == 0 {
		return condition{p.rows(), p.with()}
	}
	return condition{
		fmt.Sprintf("%s AND t.base IN (SELECT counterfoil.find(%s, %s, %s, $2, false, NULL))", p.rows(), p.next(1), p.next(2), p.next(3)),
		p.with(p.wanted(), p.low, p.high)}
}

// findWords goes through the transactions that have the words, in order of
// date, some at a time, until enough of them meet the other conditions.
func (c *conn) findWords(ctx context.Context, p *plan, o order, limit int) (hits []hit, err error) {
	direction := strings.TrimPrefix(o.columns(), "t.base")
	// A sum is no index's order: walking one past all other rows costs far more
	// than looking up the candidates and sorting them.
	sql := fmt.Sprintf("SELECT * FROM counterfoil.tx t WHERE %s AND t.base = ANY(%s) ORDER BY t.base + 0%s LIMIT %s", p.rows(), p.next(1), direction, p.next(2))
	low, high := p.low, p.high
	first := firstCandidates
	if c.confined {
		first = 0 // each is of an account that is granted
	}
	for most := max(first, 2*limit); ; most = min(10*most, mostCandidates) {
		bases, err := c.candidates(ctx, p, low, high, o.down, most)
		if err != nil {
			return nil, err
		}
		if len(bases) > 0 {
			found, err := c.rows(ctx, sql, o.columns(), o, p.with(bases, limit-len(hits)))
			if err != nil {
				return nil, err
			}
			hits = append(hits, found...)
		}
		if len(bases) < most || len(hits) >= limit {
			return hits, nil
		}
		if last := bases[len(bases)-1]; o.down {
			high = last
		} else {
			low = last + 1
		}
	}
}

// candidates returns bases that have the words, in order.
func (c *conn) candidates(ctx context.Context, p *plan, low, high int64, down bool, most int) (bases []int64, err error) {
	rows, err := c.Query(ctx, "SELECT counterfoil.find($1, $2, $3, $4, $5, $6)", p.wanted(), low, high, p.at, down, most)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// rows reads the transactions whose versions a query of counterfoil.tx selects.
// The selection ends with its limit before the details are looked up.
func (c *conn) rows(ctx context.Context, selection, sort string, o order, args []any) (hits []hit, err error) {
	sql := "SELECT " + txColumns + " FROM (" + selection + ") t JOIN counterfoil.detail d ON d.tenant = t.tenant AND d.base = t.base" + textOf + " ORDER BY " + sort
	err = c.each(ctx, sql, args, func(row scanner) error {
		var h hit
		var err error
		if h.base, err = scanTx(row, &h.tx); err != nil {
			return err
		}
		if o.byAmount {
			h.size = max(h.tx.Amount.Minor, -h.tx.Amount.Minor)
		}
		hits = append(hits, h)
		return nil
	})
	return hits, err
}

// textOf confines the texts d of a transaction to that of its version t.
const textOf = " AND d.batch <= t.from_batch AND d.to_batch > t.from_batch"

// txColumns is what scanTx reads, of t and d.
const txColumns = `t.base, t.from_batch, t.minor, t.pending, t.transfer, t.account, t.currency, t.category, t.merchant,
	d.original, d.authorised, d.original_currency, d.description, d.counterparty, d.memo, d.mcc`

// scanner is a row of a result.
type scanner interface{ Scan(...any) error }

func scanTx(row scanner, tx *store.Transaction) (base int64, err error) {
	var pending bool
	var authorised int32
	err = row.Scan(&base, &tx.Batch, &tx.Amount.Minor, &pending, &tx.Transfer, &tx.Account, &tx.Amount.Currency, &tx.Category, &tx.Merchant,
		&tx.Original.Minor, &authorised, &tx.Original.Currency, &tx.Description, &tx.Counterparty, &tx.Memo, &tx.MCC)
	if err != nil {
		return 0, err
	}
	tx.ID, tx.Booked, tx.Authorised, tx.Status = idOf(base), dayOf(base), store.Date(authorised), store.Booked
	if pending {
		tx.Status = store.Pending
	}
	return base, nil
}

// each calls f for each row of a query.
func (c *conn) each(ctx context.Context, sql string, args []any, f func(scanner) error) error {
	rows, err := c.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Get returns the transactions of ids that exist and the scope allows, in the
// order of ids.
func (s *Store) Get(ctx context.Context, at store.Snapshot, scope *store.Predicate, ids []string) (txs []store.Transaction, err error) {
	err = s.view(ctx, "reading transactions", at, func(c *conn) error {
		if len(ids) > store.MaxPage {
			return fmt.Errorf("%w: more than %d ids", store.ErrInvalid, store.MaxPage)
		}
		p, err := c.compile(ctx, at, &store.Filter{Scope: scope})
		if err != nil || p.none {
			return err
		}
		txs, err = c.get(ctx, p, ids)
		return err
	})
	return txs, err
}

func (c *conn) get(ctx context.Context, p *plan, ids []string) (txs []store.Transaction, err error) {
	bases := make([]int64, 0, len(ids))
	for _, id := range ids {
		if base, ok := parseID(id); ok && base >= p.low && base < p.high {
			bases = append(bases, base)
		}
	}
	if len(bases) == 0 {
		return nil, nil
	}
	sql := "SELECT * FROM counterfoil.tx t WHERE " + p.rows() + " AND t.base = ANY(" + p.next(1) + ")"
	hits, err := c.rows(ctx, sql, "t.base", order{}, p.with(bases))
	if err != nil {
		return nil, err
	}
	found := make(map[int64]*store.Transaction, len(hits))
	for i := range hits {
		found[hits[i].base] = &hits[i].tx
	}
	for _, base := range bases {
		if tx := found[base]; tx != nil {
			txs = append(txs, *tx)
		}
	}
	return txs, nil
}

// Each yields the matching rows in date order, oldest first, at most limit.
func (s *Store) Each(ctx context.Context, at store.Snapshot, f store.Filter, limit int) iter.Seq2[store.Transaction, error] {
	return func(yield func(store.Transaction, error) bool) {
		if limit < 1 {
			yield(store.Transaction{}, fmt.Errorf("%w: limit must be at least 1", store.ErrInvalid))
			return
		}
		q := store.Query{At: at, Filter: f, Sort: store.DateAsc}
		for limit > 0 {
			q.Limit = min(limit, eachPage)
			page, err := s.Search(ctx, q)
			if err != nil {
				yield(store.Transaction{}, err)
				return
			}
			for _, tx := range page.Items {
				if !yield(tx, nil) {
					return
				}
			}
			limit -= len(page.Items)
			if q.After = page.Next; q.After == nil {
				return
			}
		}
	}
}
