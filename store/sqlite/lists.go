package sqlite

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// Snapshot returns the newest committed batch.
func (s *Store) Snapshot(ctx context.Context) (at store.Snapshot, err error) {
	err = s.read(ctx, "reading the snapshot", 0, func(c *conn) error {
		n, err := s.newest(c)
		at = store.Snapshot(n)
		return err
	})
	return at, err
}

// Accounts returns the accounts that the scope shows, in order of id.
func (s *Store) Accounts(ctx context.Context, at store.Snapshot, scope *store.Predicate) (accounts []store.Account, err error) {
	err = s.read(ctx, "listing accounts", at, func(c *conn) error {
		if err := scope.Check(); err != nil {
			return err
		}
		accounts, err = c.accounts(ctx, at, scope)
		return err
	})
	return accounts, err
}

func (c *conn) accounts(ctx context.Context, at store.Snapshot, scope *store.Predicate) ([]store.Account, error) {
	all, ids, err := c.accountsAt(at)
	if err != nil {
		return nil, err
	}
	p, err := c.compile(ctx, at, &store.Filter{Scope: scope})
	if err != nil {
		return nil, err
	}
	switch {
	case p.none:
	case scope.Only("account"):
		err = c.tallyAccounts(at, scope, all, ids)
		if errors.Is(err, errFar) {
			err = c.countRows(ctx, p, all, ids)
		}
	default:
		err = c.countRows(ctx, p, all, ids)
	}
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(a store.Account) bool { return a.Count == 0 && allows(scope, a.ID) != yes })
	slices.SortFunc(all, func(a, b store.Account) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// accountsAt returns the accounts as of a snapshot, and where each stands by
// its row id.
func (c *conn) accountsAt(at store.Snapshot) (all []store.Account, ids map[int64]int, err error) {
	ids = make(map[int64]int)
	err = c.each(`SELECT account, pub, name, kind, currency, token, last4, subject
		FROM account_version JOIN account ON id = account
		WHERE from_batch <= ? AND (to_batch = 0 OR to_batch > ?)`, []any{int64(at), int64(at)}, func(s *sqlite3.Stmt) error {
		ids[s.ColumnInt64(0)] = len(all)
		all = append(all, store.Account{ID: s.ColumnText(1), Name: s.ColumnText(2), Kind: s.ColumnText(3),
			Currency: s.ColumnText(4), Token: s.ColumnText(5), Last4: s.ColumnText(6), Subject: s.ColumnText(7)})
		return nil
	})
	return all, ids, err
}

// tallyAccounts is countRows for a scope that accounts alone decide: counts are
// kept, and the first and last row are found by the account's list.
func (c *conn) tallyAccounts(at store.Snapshot, scope *store.Predicate, all []store.Account, ids map[int64]int) error {
	counts := make(map[int64]int64)
	err := c.each("SELECT account, sum(delta) FROM tally WHERE name = 0 AND batch <= ? GROUP BY account", []any{int64(at)}, func(s *sqlite3.Stmt) error {
		counts[s.ColumnInt64(0)] = s.ColumnInt64(1)
		return nil
	})
	if err != nil {
		return err
	}
	for id, i := range ids {
		a := &all[i]
		if counts[id] == 0 || allows(scope, a.ID) != yes {
			continue
		}
		a.Count = counts[id]
		rows, err := c.listOf(numberTerm(termAccount, id))
		if err != nil {
			return err
		}
		p := &plan{at: int64(at), tests: []test{in(account.of, []int64{id})}}
		if a.First, err = c.firstVisible(rows, p, false); err != nil {
			return err
		}
		if a.Last, err = c.firstVisible(rows, p, true); err != nil {
			return err
		}
	}
	return nil
}

// errFar means that the first visible version lies behind too many that are not,
// as it does at a snapshot long ago: counting all rows is quicker then.
var errFar = errors.New("too many versions to pass")

// firstVisible returns the day of the first transaction, or the last, that a
// plan selects.
func (c *conn) firstVisible(rows source, p *plan, down bool) (store.Date, error) {
	target := int64(0)
	if down {
		target = maxBase
	}
	for range c.tuning.passed {
		base, found, err := rows.seek(target, down)
		if err != nil || !found {
			return 0, err
		}
		if _, ok, err := c.selected(p, base); err != nil {
			return 0, err
		} else if ok {
			return dayOf(base), nil
		}
		if target = base + 1; down {
			target = base - 1
		}
	}
	return 0, errFar
}

// countRows fills in the count and the dates of each account.
func (c *conn) countRows(ctx context.Context, p *plan, all []store.Account, ids map[int64]int) error {
	for i := range all {
		all[i].Count = 0
	}
	return c.scan(ctx, p, false, -1, func(v *version) (bool, error) {
		i, ok := ids[v.account]
		if !ok {
			return false, errMissing
		}
		day := dayOf(v.base())
		if all[i].Count++; all[i].Count == 1 {
			all[i].First = day
		}
		all[i].Last = day
		return true, nil
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
	err = s.read(ctx, "reading balances", at, func(c *conn) error {
		span := store.Filter{From: from, To: to, Scope: scope}
		if err := cmp.Or(checkLimit(limit), span.Check()); err != nil {
			return err
		}
		if !scope.Only("account", "date") {
			return nil
		}
		balances, err = c.balances(at, &span, account, limit)
		return err
	})
	return balances, err
}

func (c *conn) balances(at store.Snapshot, span *store.Filter, account string, limit int) (found []store.Balance, err error) {
	to := span.To
	if to == 0 {
		to = store.MaxDate
	}
	from := span.From
	if from == 0 {
		from = store.MinDate
	}
	stmt, err := c.prepare(`SELECT pub, day, minor, currency, balance.kind FROM balance JOIN account ON id = account
		WHERE from_batch <= ? AND (to_batch = 0 OR to_batch > ?) AND day BETWEEN ? AND ? AND (? = '' OR pub = ?)
		ORDER BY day, pub, balance.kind`, int64(at), int64(at), int64(from), int64(to), account, account)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	for len(found) < limit && stmt.Step() {
		b := store.Balance{Account: stmt.ColumnText(0), Date: store.Date(stmt.ColumnInt64(1)),
			Amount: store.Money{Minor: stmt.ColumnInt64(2), Currency: stmt.ColumnText(3)}, Kind: stmt.ColumnText(4)}
		if span.Scope.Match(&store.Transaction{Account: b.Account, Booked: b.Date}) {
			found = append(found, b)
		}
	}
	return found, stmt.Err()
}

// Known returns the fingerprints of known values and the version of the set.
func (s *Store) Known(ctx context.Context, at store.Snapshot) (version int64, values []store.KnownValue, err error) {
	err = s.read(ctx, "reading known values", at, func(c *conn) error {
		return c.each("SELECT batch, fingerprint FROM known WHERE batch <= ? ORDER BY batch, fingerprint",
			[]any{int64(at)}, func(s *sqlite3.Stmt) error {
				version = s.ColumnInt64(0)
				values = append(values, store.KnownValue{Batch: version, Fingerprint: s.ColumnBlob(1, nil)})
				return nil
			})
	})
	return version, values, err
}
