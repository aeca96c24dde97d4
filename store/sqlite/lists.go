package sqlite

import (
	"cmp"
	"context"
	"fmt"
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
	if !p.none {
		if err := c.countRows(ctx, p, all, ids); err != nil {
			return nil, err
		}
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

// countRows fills in the count and the dates of each account.
func (c *conn) countRows(ctx context.Context, p *plan, all []store.Account, ids map[int64]int) error {
	return c.scan(ctx, p, ", account", false, -1, func(s *sqlite3.Stmt) (bool, error) {
		i, ok := ids[s.ColumnInt64(1)]
		if !ok {
			return false, errMissing
		}
		day := dayOf(s.ColumnInt64(0) >> slotBits)
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

// Categories lists categories by use.
func (s *Store) Categories(ctx context.Context, at store.Snapshot, scope *store.Predicate, prefix string, limit int) ([]store.Named, error) {
	return s.named(ctx, "listing categories", "category", kindCategory, at, scope, prefix, limit)
}

// Merchants lists merchants by use.
func (s *Store) Merchants(ctx context.Context, at store.Snapshot, scope *store.Predicate, prefix string, limit int) ([]store.Named, error) {
	return s.named(ctx, "listing merchants", "merchant", kindMerchant, at, scope, prefix, limit)
}

func (s *Store) named(ctx context.Context, what, column string, kind int, at store.Snapshot, scope *store.Predicate, prefix string, limit int) (named []store.Named, err error) {
	err = s.read(ctx, what, at, func(c *conn) error {
		if err := checkLimit(limit); err != nil {
			return err
		}
		if len(prefix) > store.MaxQuery {
			return fmt.Errorf("%w: prefix is too long", store.ErrInvalid)
		}
		p, err := c.compile(ctx, at, &store.Filter{Scope: scope})
		if err != nil || p.none {
			return err
		}
		named, err = c.named(ctx, p, column, kind, store.Fold(prefix), limit)
		return err
	})
	return named, err
}

func (c *conn) named(ctx context.Context, p *plan, column string, kind int, prefix string, limit int) ([]store.Named, error) {
	if prefix != "" {
		ids, err := c.namesFrom(kind, prefix)
		if err != nil {
			return nil, err
		}
		term := byte(termCategory)
		if kind == kindMerchant {
			term = termMerchant
		}
		if p.narrow(c, column, term, ids); p.none {
			return nil, nil
		}
		if err := c.dropWide(p); err != nil {
			return nil, err
		}
	}
	counts := make(map[int64]*store.Named)
	err := c.scan(ctx, p, ", "+column, false, -1, func(s *sqlite3.Stmt) (bool, error) {
		id := s.ColumnInt64(1)
		if id == 0 {
			return true, nil
		}
		n := counts[id]
		if n == nil {
			n = new(store.Named)
			counts[id] = n
		}
		n.Count++
		n.Last = dayOf(s.ColumnInt64(0) >> slotBits)
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return c.mostUsed(counts, limit)
}

// maxPrefixNames bounds how many names one prefix may stand for: SQLite allows
// 32766 parameters.
const maxPrefixNames = 30_000

// namesFrom returns the dictionary ids of the names that begin so.
func (c *conn) namesFrom(kind int, folded string) (ids []int64, err error) {
	high := after([]byte(folded))
	err = c.each("SELECT id FROM name WHERE kind = ? AND folded >= ? AND folded < CAST(? AS TEXT) LIMIT ?",
		[]any{kind, folded, high, maxPrefixNames}, func(s *sqlite3.Stmt) error {
			ids = append(ids, s.ColumnInt64(0))
			return nil
		})
	if len(ids) == maxPrefixNames {
		return nil, fmt.Errorf("%w: too many names begin so; add letters", store.ErrRange)
	}
	return ids, err
}

// mostUsed orders names by count and name, and cuts them to the limit.
func (c *conn) mostUsed(counts map[int64]*store.Named, limit int) ([]store.Named, error) {
	named := make([]store.Named, 0, len(counts))
	for id, n := range counts {
		var err error
		if n.Name, err = c.name(id); err != nil {
			return nil, err
		}
		named = append(named, *n)
	}
	slices.SortFunc(named, func(a, b store.Named) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return named[:min(limit, len(named))], nil
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

// Sealed returns the sealed account number behind a token.
func (s *Store) Sealed(ctx context.Context, token string) (sealed []byte, err error) {
	err = s.read(ctx, "reading a sealed number", 0, func(c *conn) error {
		found, err := c.one("SELECT sealed FROM vault WHERE token = ?", []any{token}, func(s *sqlite3.Stmt) {
			sealed = s.ColumnBlob(0, nil)
		})
		if err == nil && !found {
			err = store.ErrNotFound
		}
		return err
	})
	return sealed, err
}
