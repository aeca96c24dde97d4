package sqlite

import (
	"cmp"
	"context"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// Outdated names, in the order in which they are redacted.
const (
	outdatedFiles    = "batch WHERE source <> '' AND epoch < ?2"
	outdatedAccounts = "account_version WHERE to_batch = 0 AND epoch < ?2"
)

// renaming is a name that a redaction looks at.
type renaming struct {
	of      int64 // batch or account
	account int64 // whose owner it belongs to; 0 is none or several
	name    string
	file    bool
}

// owners learns who owns accounts, ended ones too.
func (x *redaction) owners() error {
	return x.b.c.each("SELECT account, subject FROM account_version ORDER BY account, from_batch", nil, func(s *sqlite3.Stmt) error {
		x.subjects[s.ColumnInt64(0)] = s.ColumnText(1)
		return nil
	})
}

// names redacts names of files and accounts that are outdated, as far as the
// step goes.
func (x *redaction) names(ctx context.Context) error {
	all, err := x.outdated()
	if err != nil {
		return err
	}
	for i := range all {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := x.rename(&all[i]); err != nil {
			return err
		}
		x.done.Names++
	}
	return nil
}

// outdated reads the names of this step.
func (x *redaction) outdated() (all []renaming, err error) {
	for _, query := range []string{
		"SELECT number, account, " + sourceAt + ", 1 FROM " + outdatedFiles + " ORDER BY number LIMIT ?3",
		"SELECT account, account, name, 0 FROM " + outdatedAccounts + " ORDER BY account LIMIT ?3",
	} {
		err = cmp.Or(err, x.b.c.each(query, []any{x.b.row.Number, x.r.Epoch, x.r.Limit - len(all)}, func(s *sqlite3.Stmt) error {
			all = append(all, renaming{s.ColumnInt64(0), s.ColumnInt64(1), s.ColumnText(2), s.ColumnBool(3)})
			return nil
		}))
	}
	return all, err
}

// rename redacts a name.
func (x *redaction) rename(n *renaming) error {
	changed, err := x.text(n.account, &n.name, maxName)
	if err != nil {
		return err
	}
	if changed {
		x.done.Renamed++
	}
	switch {
	case n.file && changed:
		return cmp.Or(x.b.c.exec("INSERT INTO file_name VALUES (?, ?, ?)", n.of, x.b.row.Number, n.name), x.b.setFileEpoch(n.of, x.r.Epoch))
	case n.file:
		return x.b.setFileEpoch(n.of, x.r.Epoch)
	case changed:
		return x.b.nameAccount(n.of, n.name, x.r.Epoch)
	}
	return x.b.setNameEpoch(n.of, x.r.Epoch)
}

// setFileEpoch notes under which epoch the name of a batch's file was redacted.
func (b *batch) setFileEpoch(number, epoch int64) error {
	return b.c.exec("UPDATE batch SET epoch = ? WHERE number = ?", epoch, number)
}

// Outdated counts what was redacted under older epochs.
func (s *Store) Outdated(ctx context.Context, epoch int64) (n store.Outdated, err error) {
	err = s.read(ctx, "counting outdated texts", 0, func(c *conn) error {
		if n.Transactions, err = c.integer("SELECT coalesce(sum(count), 0) FROM epoch WHERE epoch < ?", epoch); err != nil {
			return err
		}
		n.Names, err = c.integer("SELECT (SELECT count(*) FROM "+outdatedFiles+") + (SELECT count(*) FROM "+outdatedAccounts+")", 0, epoch)
		return err
	})
	return n, err
}
