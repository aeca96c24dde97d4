package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// Categories lists categories by use.
func (s *Store) Categories(ctx context.Context, at store.Snapshot, scope *store.Predicate, prefix string, limit int) ([]store.Named, error) {
	return s.named(ctx, "listing categories", category, kindCategory, at, scope, prefix, limit)
}

// Merchants lists merchants by use.
func (s *Store) Merchants(ctx context.Context, at store.Snapshot, scope *store.Predicate, prefix string, limit int) ([]store.Named, error) {
	return s.named(ctx, "listing merchants", merchant, kindMerchant, at, scope, prefix, limit)
}

func (s *Store) named(ctx context.Context, what string, f field, kind int, at store.Snapshot, scope *store.Predicate, prefix string, limit int) (named []store.Named, err error) {
	err = s.read(ctx, what, at, func(c *conn) error {
		if err := cmp.Or(checkLimit(limit), scope.Check()); err != nil {
			return err
		}
		if len(prefix) > store.MaxQuery {
			return fmt.Errorf("%w: prefix is too long", store.ErrInvalid)
		}
		l := nameList{c: c, field: f, at: at, limit: limit}
		ids, err := c.namesFrom(kind, store.Fold(prefix))
		if err != nil || len(ids) == 0 {
			return err
		}
		if scope.Only("account") {
			if named, err = l.byTally(scope, ids); !errors.Is(err, errFar) {
				return err
			}
		}
		named, err = l.byRows(ctx, scope, ids)
		return err
	})
	return named, err
}

// nameList is a list of categories or merchants being made.
type nameList struct {
	c     *conn
	field field
	at    store.Snapshot
	limit int
}

// use is how often a name is used.
type use struct {
	store.Named
	id int64
}

// byRows counts rows, for scopes that need to see them.
func (l *nameList) byRows(ctx context.Context, scope *store.Predicate, ids []int64) ([]store.Named, error) {
	p, err := l.c.compile(ctx, l.at, &store.Filter{Scope: scope})
	if err != nil || p.none {
		return nil, err
	}
	if len(ids) <= maxCursors {
		if err := cmp.Or(p.narrow(l.c, l.field, ids), l.c.dropWide(p)); err != nil {
			return nil, err
		}
	}
	uses := make(map[int64]*use, len(ids))
	for _, id := range ids {
		uses[id] = &use{id: id}
	}
	err = l.c.scan(ctx, p, false, -1, func(v *version) (bool, error) {
		if n := uses[l.field.of(v)]; n != nil {
			n.Count++
			n.Last = dayOf(v.base())
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	most, err := l.most(uses)
	return plain(most), err
}

// fewNames is up to how many names the tally is looked up one by one; for more
// it is read whole.
const fewNames = 200

// byTally adds up kept counts, for scopes that accounts alone decide.
func (l *nameList) byTally(scope *store.Predicate, ids []int64) ([]store.Named, error) {
	allowed, err := l.c.allowed(scope)
	if err != nil {
		return nil, err
	}
	uses := make(map[int64]*use, len(ids))
	for _, id := range ids {
		uses[id] = &use{id: id}
	}
	sum := func(s *sqlite3.Stmt) error {
		if n := uses[s.ColumnInt64(0)]; n != nil && (scope == nil || slices.Contains(allowed, s.ColumnInt64(1))) {
			n.Count += s.ColumnInt64(2)
		}
		return nil
	}
	if len(ids) > fewNames {
		err = l.c.each("SELECT name, account, sum(delta) FROM tally WHERE name > 0 AND batch <= ? GROUP BY name, account", []any{int64(l.at)}, sum)
	} else {
		for _, id := range ids {
			err = cmp.Or(err, l.c.each("SELECT name, account, sum(delta) FROM tally WHERE name = ? AND batch <= ? GROUP BY account", []any{id, int64(l.at)}, sum))
		}
	}
	if err != nil {
		return nil, err
	}
	most, err := l.most(uses)
	if err != nil {
		return nil, err
	}
	for _, n := range most {
		p := &plan{at: int64(l.at), tests: []test{in(l.field.of, []int64{n.id})}}
		if scope != nil {
			p.and(in(account.of, allowed))
		}
		rows, err := l.c.listOf(numberTerm(l.field.term, n.id))
		if err != nil {
			return nil, err
		}
		if n.Last, err = l.c.firstVisible(rows, p, true); err != nil {
			return nil, err
		}
	}
	return plain(most), nil
}

// allowed returns the accounts that a scope, which speaks of nothing else, shows.
func (c *conn) allowed(scope *store.Predicate) (ids []int64, err error) {
	if scope == nil {
		return nil, nil
	}
	err = c.each("SELECT id, pub FROM account", nil, func(s *sqlite3.Stmt) error {
		if allows(scope, s.ColumnText(1)) == yes {
			ids = append(ids, s.ColumnInt64(0))
		}
		return nil
	})
	return ids, err
}

// most orders the names that are used by count and name, and cuts them to the
// limit.
func (l *nameList) most(uses map[int64]*use) ([]*use, error) {
	var most []*use
	for id, n := range uses {
		if n.Count == 0 {
			continue
		}
		var err error
		if n.Name, err = l.c.name(id); err != nil {
			return nil, err
		}
		most = append(most, n)
	}
	slices.SortFunc(most, func(a, b *use) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return most[:min(l.limit, len(most))], nil
}

// plain drops the ids.
func plain(uses []*use) []store.Named {
	named := make([]store.Named, len(uses))
	for i, n := range uses {
		named[i] = n.Named
	}
	return named
}

// maxNamesRead bounds, at some 100 bytes each, how many names a list is made of.
const maxNamesRead = 1_000_000

// namesFrom returns the dictionary ids of the names that begin so.
func (c *conn) namesFrom(kind int, folded string) (ids []int64, err error) {
	query, args := "SELECT id FROM name WHERE kind = ? LIMIT ?", []any{kind, maxNamesRead}
	if folded != "" {
		query = "SELECT id FROM name WHERE kind = ? AND folded >= ? AND folded < CAST(? AS TEXT) LIMIT ?"
		args = []any{kind, folded, after([]byte(folded)), maxNamesRead}
	}
	err = c.each(query, args, func(s *sqlite3.Stmt) error {
		ids = append(ids, s.ColumnInt64(0))
		return nil
	})
	if len(ids) == maxNamesRead {
		return nil, fmt.Errorf("%w: too many names begin so; add letters", store.ErrRange)
	}
	return ids, err
}
