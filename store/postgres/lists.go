package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/counterfoil/counterfoil/store"
)

// Snapshot returns the newest committed batch.
func (s *Store) Snapshot(ctx context.Context) (at store.Snapshot, err error) {
	err = s.view(ctx, "reading the snapshot", 0, func(c *conn) error {
		n, err := s.newest(ctx, c)
		at = store.Snapshot(n)
		return err
	})
	return at, err
}

// Accounts returns the accounts that the scope shows, in order of id.
func (s *Store) Accounts(ctx context.Context, at store.Snapshot, scope *store.Predicate) (accounts []store.Account, err error) {
	err = s.view(ctx, "listing accounts", at, func(c *conn) error {
		if err := scope.Check(); err != nil {
			return err
		}
		accounts, err = c.accounts(ctx, at, scope)
		return err
	})
	return accounts, err
}

func (c *conn) accounts(ctx context.Context, at store.Snapshot, scope *store.Predicate) ([]store.Account, error) {
	p, err := c.compile(ctx, at, &store.Filter{Scope: scope})
	if err != nil {
		return nil, err
	}
	all, err := c.accountsAt(ctx, at)
	if err != nil {
		return nil, err
	}
	count := c.countRows
	if p.rolled() {
		count = c.countRollups
	}
	if !p.none {
		if err := count(ctx, p, all); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(all, func(a store.Account) bool { return a.Count == 0 && allows(scope, a.ID) != yes }), nil
}

// accountsAt returns the accounts as of a snapshot, in order of id.
func (c *conn) accountsAt(ctx context.Context, at store.Snapshot) (all []store.Account, err error) {
	err = c.each(ctx, `SELECT account, name, kind, currency, token, last4, subject FROM counterfoil.account_version
		WHERE tenant = $1 AND from_batch <= $2 AND to_batch > $2 ORDER BY account`, []any{c.tenant, int64(at)}, func(row scanner) error {
		var a store.Account
		err := row.Scan(&a.ID, &a.Name, &a.Kind, &a.Currency, &a.Token, &a.Last4, &a.Subject)
		all = append(all, a)
		return err
	})
	return all, err
}

// countRows fills in the count and the dates of each account.
func (c *conn) countRows(ctx context.Context, p *plan, all []store.Account) error {
	sql := fmt.Sprintf(`SELECT t.account, count(*), min(t.base), max(t.base) FROM counterfoil.tx t
		WHERE %s AND t.base >= %s AND t.base < %s GROUP BY t.account`, p.rows(), p.next(1), p.next(2))
	return c.each(ctx, sql, p.with(p.low, p.high), func(row scanner) error {
		var id string
		var count, first, last int64
		if err := row.Scan(&id, &count, &first, &last); err != nil {
			return err
		}
		i, ok := slices.BinarySearchFunc(all, id, func(a store.Account, id string) int { return cmp.Compare(a.ID, id) })
		if !ok {
			return errMissing
		}
		all[i].Count, all[i].First, all[i].Last = count, dayOf(first), dayOf(last)
		return nil
	})
}

// verdict is what a predicate says when only the account is known.
type verdict int

const (
	no verdict = iota
	perhaps
	yes
)

// allows evaluates a scope by the account alone, in three-valued logic.
func allows(p *store.Predicate, account string) verdict {
	if p == nil {
		return yes
	}
	switch p.Op {
	case "and":
		worst := yes
		for _, arg := range p.Args {
			worst = min(worst, allows(arg, account))
		}
		return worst
	case "or":
		best := no
		for _, arg := range p.Args {
			best = max(best, allows(arg, account))
		}
		return best
	case "not":
		return yes - allows(p.Args[0], account)
	}
	switch {
	case len(p.Values) == 0:
		return no
	case p.Field != "account":
		return perhaps
	case p.Match(&store.Transaction{Account: account}):
		return yes
	}
	return no
}

// Balances returns stated balances in order of date, account and kind.
func (s *Store) Balances(ctx context.Context, at store.Snapshot, scope *store.Predicate, account string, from, to store.Date, limit int) (balances []store.Balance, err error) {
	err = s.view(ctx, "reading balances", at, func(c *conn) error {
		span := store.Filter{From: from, To: to, Scope: scope}
		if err := cmp.Or(checkLimit(limit), span.Check()); err != nil {
			return err
		}
		balances = nil
		if !scope.Only("account", "date") || !isText(account) {
			return nil
		}
		if err := c.grant(ctx, scope); err != nil {
			return err
		}
		balances, err = c.balances(ctx, at, &span, account, limit)
		return err
	})
	return balances, err
}

// errEnough ends the reading of a result.
var errEnough = errors.New("enough")

func (c *conn) balances(ctx context.Context, at store.Snapshot, span *store.Filter, account string, limit int) (found []store.Balance, err error) {
	from, to := cmp.Or(span.From, store.MinDate), cmp.Or(span.To, store.MaxDate)
	err = c.each(ctx, `SELECT account, day, minor, currency, kind FROM counterfoil.balance
		WHERE tenant = $1 AND from_batch <= $2 AND to_batch > $2 AND day BETWEEN $3 AND $4 AND ($5 = '' OR account = $5)
		ORDER BY day, account, kind`, []any{c.tenant, int64(at), int32(from), int32(to), account}, func(row scanner) error {
		var b store.Balance
		var day int32
		if err := row.Scan(&b.Account, &day, &b.Amount.Minor, &b.Amount.Currency, &b.Kind); err != nil {
			return err
		}
		b.Date = store.Date(day)
		if span.Scope.Match(&store.Transaction{Account: b.Account, Booked: b.Date}) {
			found = append(found, b)
		}
		if len(found) == limit {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found, err
}

// Categories lists categories by use.
func (s *Store) Categories(ctx context.Context, at store.Snapshot, scope *store.Predicate, prefix string, limit int) ([]store.Named, error) {
	return s.named(ctx, "listing categories", "category", kindCategory, at, scope, prefix, limit)
}

// Merchants lists merchants by use.
func (s *Store) Merchants(ctx context.Context, at store.Snapshot, scope *store.Predicate, prefix string, limit int) ([]store.Named, error) {
	return s.named(ctx, "listing merchants", "merchant", kindMerchant, at, scope, prefix, limit)
}

func (s *Store) named(ctx context.Context, what, column string, kind int, at store.Snapshot, scope *store.Predicate, prefix string, limit int) (named []store.Named, err error) {
	err = s.view(ctx, what, at, func(c *conn) error {
		if err := cmp.Or(checkLimit(limit), scope.Check()); err != nil {
			return err
		}
		if len(prefix) > store.MaxQuery {
			return fmt.Errorf("%w: prefix is too long", store.ErrInvalid)
		}
		p, err := c.compile(ctx, at, &store.Filter{Scope: scope})
		named = nil
		if err != nil || p.none || !isText(store.Fold(prefix)) {
			return err
		}
		if kind == kindCategory && p.rolled() {
			named, err = c.categoriesByRollups(ctx, p, store.Fold(prefix), limit)
			return err
		}
		named, err = c.byRows(ctx, p, column, kind, store.Fold(prefix), limit)
		return err
	})
	return named, err
}

// byRows counts the names of rows.
func (c *conn) byRows(ctx context.Context, p *plan, column string, kind int, folded string, limit int) (named []store.Named, err error) {
	column = "t." + column
	args := p.with(p.low, p.high, limit)
	n := len(args)
	sql := fmt.Sprintf("SELECT %s, count(*), max(t.base) FROM counterfoil.tx t WHERE %s AND t.base >= $%d AND t.base < $%d AND %s <> ''",
		column, p.rows(), n-2, n-1, column)
	if folded != "" {
		args = append(args, kind, folded)
		sql += fmt.Sprintf(` AND %s IN (SELECT n.text FROM counterfoil.name n WHERE n.tenant = $1 AND n.kind = $%d
			AND starts_with(n.folded, $%d))`, column, n+1, n+2)
	}
	sql += fmt.Sprintf(" GROUP BY %s ORDER BY count(*) DESC, %s LIMIT $%d", column, column, n)
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

// Known returns the fingerprints of known values and the version of the set.
func (s *Store) Known(ctx context.Context, at store.Snapshot) (version int64, values []store.KnownValue, err error) {
	err = s.view(ctx, "reading known values", at, func(c *conn) error {
		version, values = 0, nil
		return c.each(ctx, "SELECT batch, fingerprint FROM counterfoil.known WHERE tenant = $1 AND batch <= $2 ORDER BY batch, fingerprint",
			[]any{c.tenant, int64(at)}, func(row scanner) error {
				var v store.KnownValue
				err := row.Scan(&v.Batch, &v.Fingerprint)
				version = v.Batch
				values = append(values, v)
				return err
			})
	})
	return version, values, err
}
