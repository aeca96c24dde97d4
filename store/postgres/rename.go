package postgres

import (
	"cmp"
	"context"

	"github.com/counterfoil/counterfoil/store"
)

// Outdated names of tenant $1, in the order in which they are redacted.
const (
	outdatedFiles    = "counterfoil.batch b WHERE tenant = $1 AND source <> '' AND epoch < $3"
	outdatedAccounts = "counterfoil.account_version WHERE tenant = $1 AND to_batch = $2 AND epoch < $3"
)

// renaming is a name that a redaction looks at: of the file of a batch or, if
// that is 0, of an account.
type renaming struct {
	batch   int64
	account string // whose owner it belongs to; "" is none or several
	name    string
}

// owners learns who owns accounts, ended ones too.
func (x *redaction) owners(ctx context.Context) error {
	return x.b.c.each(ctx, "SELECT account, subject FROM counterfoil.account_version WHERE tenant = $1 ORDER BY account, from_batch",
		[]any{x.b.c.tenant}, func(row scanner) error {
			var id, subject string
			err := row.Scan(&id, &subject)
			x.subjects[id] = subject
			return err
		})
}

// names redacts names of files and accounts that are outdated, as far as the
// step goes.
func (x *redaction) names(ctx context.Context, done *store.Redacted) error {
	all, err := x.outdatedNames(ctx)
	if err != nil {
		return err
	}
	var files []int64
	var accounts []string // whose names stay
	for i := range all {
		n := &all[i]
		changed, err := x.text(n.account, &n.name, maxName)
		if err == nil && changed {
			done.Renamed++
			err = x.rename(ctx, n)
		}
		switch {
		case err != nil:
			return err
		case n.batch != 0:
			files = append(files, n.batch)
		case !changed:
			accounts = append(accounts, n.account)
		}
	}
	done.Names = int64(len(all))
	x.b.row.Account = "" // the batch is not about one account
	return x.upToDate(ctx, files, accounts)
}

// outdatedNames reads the names of this step.
func (x *redaction) outdatedNames(ctx context.Context) (all []renaming, err error) {
	c := x.b.c
	read := func(row scanner) error {
		var n renaming
		err := row.Scan(&n.batch, &n.account, &n.name)
		all = append(all, n)
		return err
	}
	err = c.each(ctx, "SELECT number, account, "+sourceAt+" FROM "+outdatedFiles+" ORDER BY number LIMIT $4",
		[]any{c.tenant, x.b.row.Number, x.r.Epoch, x.r.Limit}, read)
	if err == nil {
		err = c.each(ctx, "SELECT 0::bigint, account, name FROM "+outdatedAccounts+" ORDER BY account LIMIT $4",
			[]any{c.tenant, int64(openEnd), x.r.Epoch, x.r.Limit - len(all)}, read)
	}
	return all, err
}

// rename brings the new name of a file or an account.
func (x *redaction) rename(ctx context.Context, n *renaming) error {
	if n.batch == 0 {
		return x.b.rename(ctx, n.account, n.name, x.r.Epoch)
	}
	_, err := x.b.c.exec(ctx, "INSERT INTO counterfoil.file_name VALUES ($1, $2, $3, $4)", x.b.c.tenant, n.batch, x.b.row.Number, n.name)
	return err
}

// upToDate notes that the names of the files of batches, and of accounts, passed
// the redactor.
func (x *redaction) upToDate(ctx context.Context, files []int64, accounts []string) error {
	c := x.b.c
	_, err := c.exec(ctx, "UPDATE counterfoil.batch SET epoch = $3 WHERE tenant = $1 AND number = ANY($2)", c.tenant, files, x.r.Epoch)
	if err != nil {
		return err
	}
	_, err = c.exec(ctx, "UPDATE counterfoil.account_version SET epoch = $4 WHERE tenant = $1 AND to_batch = $2 AND account = ANY($3)",
		c.tenant, int64(openEnd), accounts, x.r.Epoch)
	return err
}

// Outdated counts what was redacted under older epochs.
func (s *Store) Outdated(ctx context.Context, epoch int64) (n store.Outdated, err error) {
	err = s.view(ctx, "counting outdated texts", 0, func(c *conn) error {
		err := c.QueryRow(ctx, "SELECT coalesce(sum(count), 0)::bigint FROM counterfoil.epoch WHERE tenant = $1 AND epoch < $2", c.tenant, epoch).Scan(&n.Transactions)
		return cmp.Or(err, c.QueryRow(ctx, "SELECT (SELECT count(*) FROM "+outdatedFiles+") + (SELECT count(*) FROM "+outdatedAccounts+")",
			c.tenant, int64(openEnd), epoch).Scan(&n.Names))
	})
	return n, err
}
