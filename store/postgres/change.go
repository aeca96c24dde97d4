package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// Undo ends every row version that a batch brought and restores those that it
// ended.
func (s *Store) Undo(ctx context.Context, number int64, at time.Time) (done store.Batch, err error) {
	err = s.change(ctx, "undoing a batch", true, func(c *conn) (bool, error) {
		b, err := c.beginBatch(ctx, "undo", at)
		if err != nil {
			return false, err
		}
		b.target = number
		err = b.undo(ctx)
		done = b.row
		return true, err
	})
	if err != nil {
		return store.Batch{}, err
	}
	s.saw(done.Number)
	return done, nil
}

func (b *batch) undo(ctx context.Context) error {
	for _, step := range []func(context.Context) error{b.checkUndo, b.undoRows, b.undoBalances, b.undoAccounts, b.addBrought, b.finish} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// addBrought adds the rows that the batch brought to its digest.
func (b *batch) addBrought(ctx context.Context) (err error) {
	b.row.Added, err = b.c.digestBrought(ctx, b.digest, b.row.Number)
	return err
}

// checkUndo refuses what cannot be undone, and copies what the new batch says
// of the old.
func (b *batch) checkUndo(ctx context.Context) error {
	var kind string
	var undone int64
	err := b.c.QueryRow(ctx, "SELECT kind, undone, "+sourceAt+", format, account, epoch FROM counterfoil.batch b WHERE tenant = $1 AND number = $3", b.c.tenant, b.row.Number, b.target).
		Scan(&kind, &undone, &b.row.Source, &b.row.Format, &b.row.Account, &b.epoch)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return store.ErrNotFound
	case err != nil:
		return err
	case undone != 0:
		return fmt.Errorf("%w: the batch is undone already", store.ErrConflict)
	case kind == "redact":
		return fmt.Errorf("%w: a redaction is not undone", store.ErrConflict)
	case kind == "undo":
		return fmt.Errorf("%w: an undo is not undone; import again", store.ErrConflict)
	}
	return nil
}

// versioned is a table of versions that an undo works on: its key without
// tenant and batch, and the columns that a restored version copies.
type versioned struct {
	table   string
	key     []string
	columns string
}

var (
	txVersions      = versioned{"counterfoil.tx", []string{"base"}, ""}
	balanceVersions = versioned{"counterfoil.balance", []string{"account", "day", "kind"}, "minor, currency"}
	accountVersions = versioned{"counterfoil.account_version", []string{"account"}, "name, kind, currency, token, last4, subject, epoch"}
)

// of renders the key's columns of v.
func (v versioned) of() string { return "v." + strings.Join(v.key, ", v.") }

// same renders that v has the key of c.
func (v versioned) same() string {
	parts := make([]string, len(v.key))
	for i, column := range v.key {
		parts[i] = "v." + column + " = c." + column
	}
	return strings.Join(parts, " AND ")
}

// standing renders a query that follows each version which the target ($2)
// brought to the one that stands for it: that one, or, if a redaction ended it,
// the one that this brought, or, if another batch ended it and was undone, the one
// that this undo restored. What the target itself ended
// is left out. A chain ends in a version that is open, or in one that a batch
// still builds on.
func (v versioned) standing() string {
	return fmt.Sprintf(`WITH RECURSIVE chain AS (
		SELECT %[2]s, v.from_batch, v.to_batch FROM %[1]s v WHERE v.tenant = $1 AND v.from_batch = $2 AND v.to_batch <> $2
		UNION ALL
		SELECT %[2]s, v.from_batch, v.to_batch FROM chain c
		JOIN counterfoil.batch b ON b.tenant = $1 AND b.number = c.to_batch AND (b.undone <> 0 OR b.kind = 'redact')
		JOIN %[1]s v ON v.tenant = $1 AND %[3]s AND v.from_batch = CASE b.kind WHEN 'redact' THEN b.number ELSE b.undone END
	) `, v.table, v.of(), v.same())
}

// checkChain refuses an undo on whose result a later batch builds.
func (b *batch) checkChain(ctx context.Context, v versioned) error {
	var later *int64
	err := b.c.QueryRow(ctx, v.standing()+`SELECT min(c.to_batch) FROM chain c JOIN counterfoil.batch b ON b.tenant = $1 AND b.number = c.to_batch
		WHERE b.undone = 0 AND b.kind <> 'redact'`, b.c.tenant, b.target).Scan(&later)
	if err == nil && later != nil {
		err = fmt.Errorf("%w: batch %d builds on it; undo that first", store.ErrConflict, *later)
	}
	return err
}

// endStanding ends what stands for the versions that the target brought, but
// for those that a condition on v excepts.
func (b *batch) endStanding(ctx context.Context, v versioned, but string) error {
	_, err := b.c.exec(ctx, fmt.Sprintf(`%s UPDATE %s v SET to_batch = $3 FROM chain c
		WHERE c.to_batch = $4 AND v.tenant = $1 AND %s AND v.from_batch = c.from_batch%s`, v.standing(), v.table, v.same(), but),
		b.c.tenant, b.target, b.row.Number, int64(openEnd))
	return err
}

// undoRows takes back the target's rows.
func (b *batch) undoRows(ctx context.Context) error {
	if err := b.checkChain(ctx, txVersions); err != nil {
		return err
	}
	if err := b.endStanding(ctx, txVersions, ""); err != nil {
		return err
	}
	// All versions have one merchant but for what a redaction made of it, which stays.
	_, err := b.c.exec(ctx, insertVersion+`t.base, $3, $4, t.minor, t.tenant, (row_number() OVER (ORDER BY t.base) - 1)::integer, t.month, t.pending, t.transfer,
		t.account, t.currency, t.category,
		(SELECT n.merchant FROM counterfoil.tx n WHERE n.tenant = $1 AND n.base = t.base ORDER BY n.from_batch DESC LIMIT 1)
		FROM counterfoil.tx t WHERE t.tenant = $1 AND t.to_batch = $2 AND t.from_batch < $2`,
		b.c.tenant, b.target, b.row.Number, int64(openEnd))
	if err != nil {
		return err
	}
	return b.outdate(ctx)
}

// insertVersion begins an insertion of row versions.
const insertVersion = `INSERT INTO counterfoil.tx (base, from_batch, to_batch, minor, tenant, seq, month, pending, transfer,
	account, currency, category, merchant) SELECT `

// undoBalances takes back the target's balances, as undoRows does with rows.
func (b *batch) undoBalances(ctx context.Context) error {
	if err := b.checkChain(ctx, balanceVersions); err != nil {
		return err
	}
	if err := b.endStanding(ctx, balanceVersions, ""); err != nil {
		return err
	}
	return b.restore(ctx, balanceVersions)
}

// restore brings back the versions that the target ended.
func (b *batch) restore(ctx context.Context, v versioned) error {
	_, err := b.c.exec(ctx, fmt.Sprintf(`INSERT INTO %[1]s (tenant, %[2]s, from_batch, to_batch, %[3]s)
		SELECT tenant, %[2]s, $3, $4, %[3]s FROM %[1]s WHERE tenant = $1 AND to_batch = $2 AND from_batch < $2`, v.table, strings.Join(v.key, ", "), v.columns),
		b.c.tenant, b.target, b.row.Number, int64(openEnd))
	return err
}

// undoAccounts takes back what the target did to accounts: their names, and
// those that it created and nothing else uses.
func (b *batch) undoAccounts(ctx context.Context) error {
	if err := b.checkChain(ctx, accountVersions); err != nil {
		return err
	}
	const used = ` AND (EXISTS (SELECT 1 FROM counterfoil.account_version o WHERE o.tenant = $1 AND o.account = v.account AND o.to_batch = $2)
		OR NOT EXISTS (SELECT 1 FROM counterfoil.balance o WHERE o.tenant = $1 AND o.account = v.account AND o.to_batch = $4)
		AND NOT EXISTS (SELECT 1 FROM counterfoil.tx o WHERE o.tenant = $1 AND o.account = v.account AND o.to_batch = $4))`
	if err := b.endStanding(ctx, accountVersions, used); err != nil {
		return err
	}
	return b.restore(ctx, accountVersions)
}

// RenameAccount gives an account another name.
func (s *Store) RenameAccount(ctx context.Context, id, name string, epoch int64, at time.Time) (done store.Batch, err error) {
	err = s.change(ctx, "renaming an account", true, func(c *conn) (bool, error) {
		if err := checkText(name, maxName); err != nil {
			return false, err
		}
		b, err := c.beginBatch(ctx, "rename", at)
		if err != nil {
			return false, err
		}
		if err := b.rename(ctx, id, name, epoch); err != nil {
			return false, err
		}
		err = b.finish(ctx)
		done = b.row
		return true, err
	})
	if err != nil {
		return store.Batch{}, err
	}
	s.saw(done.Number)
	return done, nil
}

func (b *batch) rename(ctx context.Context, id, name string, epoch int64) error {
	if !isText(id) {
		return store.ErrNotFound
	}
	var old string
	err := b.c.QueryRow(ctx, "SELECT name FROM counterfoil.account_version WHERE tenant = $1 AND account = $2 AND to_batch = $3",
		b.c.tenant, id, int64(openEnd)).Scan(&old)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return store.ErrNotFound
	case err != nil:
		return err
	case old == name:
		return fmt.Errorf("%w: the account has that name", store.ErrConflict)
	}
	b.row.Account = id
	if _, err := b.c.exec(ctx, "UPDATE counterfoil.account_version SET to_batch = $4 WHERE tenant = $1 AND account = $2 AND to_batch = $3",
		b.c.tenant, id, int64(openEnd), b.row.Number); err != nil {
		return err
	}
	_, err = b.c.exec(ctx, `INSERT INTO counterfoil.account_version SELECT tenant, account, $3, $4, $5, kind, currency, token, last4, subject, $6
		FROM counterfoil.account_version WHERE tenant = $1 AND account = $2 AND to_batch = $3`, b.c.tenant, id, b.row.Number, int64(openEnd), name, epoch)
	return err
}

// Categorise sets the category of transactions.
func (s *Store) Categorise(ctx context.Context, ids []string, category string, at time.Time) (done store.Batch, err error) {
	err = s.change(ctx, "categorising", true, func(c *conn) (bool, error) {
		done = store.Batch{}
		if len(ids) == 0 || len(ids) > store.MaxPage {
			return false, fmt.Errorf("%w: want 1 to %d ids", store.ErrInvalid, store.MaxPage)
		}
		if err := checkText(category, maxName); err != nil {
			return false, err
		}
		b, err := c.beginBatch(ctx, "categorise", at)
		if err != nil {
			return false, err
		}
		if changed, err := b.categorise(ctx, ids, category); err != nil || !changed {
			return false, err
		}
		err = b.finish(ctx)
		done = b.row
		return true, err
	})
	if err != nil {
		return store.Batch{}, err
	}
	s.saw(done.Number)
	return done, nil
}

// categorise brings a new version of each transaction that has another category
// now.
func (b *batch) categorise(ctx context.Context, ids []string, category string) (changed bool, err error) {
	bases, accounts, err := b.categoriseWhich(ctx, ids, category)
	if err != nil || len(bases) == 0 {
		return false, err
	}
	for _, account := range accounts {
		b.ofAccount(account)
	}
	if _, err := b.c.exec(ctx, "UPDATE counterfoil.tx SET to_batch = $4 WHERE tenant = $1 AND base = ANY($2) AND to_batch = $3",
		b.c.tenant, bases, int64(openEnd), b.row.Number); err != nil {
		return false, err
	}
	if _, err := b.c.exec(ctx, insertVersion+`t.base, $3, $4, t.minor, t.tenant, (row_number() OVER (ORDER BY t.base) - 1)::integer, t.month, t.pending, t.transfer,
		t.account, t.currency, $5, t.merchant FROM counterfoil.tx t WHERE t.tenant = $1 AND t.base = ANY($2) AND t.to_batch = $3`,
		b.c.tenant, bases, b.row.Number, int64(openEnd), category); err != nil {
		return false, err
	}
	if err := b.c.addNames(ctx, kindCategory, []string{category}); err != nil {
		return false, err
	}
	return true, b.addBrought(ctx)
}

// categoriseWhich returns the transactions that would change, and their accounts;
// an id that is not there is store.ErrNotFound.
func (b *batch) categoriseWhich(ctx context.Context, ids []string, category string) (bases []int64, accounts []string, err error) {
	wanted := make(map[int64]bool, len(ids))
	for _, id := range ids {
		base, ok := parseID(id)
		if !ok {
			return nil, nil, fmt.Errorf("%w: transaction", store.ErrNotFound)
		}
		wanted[base] = true
	}
	all := make([]int64, 0, len(wanted))
	for base := range wanted {
		all = append(all, base)
	}
	held := 0
	err = b.c.each(ctx, "SELECT base, account, category FROM counterfoil.tx WHERE tenant = $1 AND base = ANY($2) AND to_batch = $3",
		[]any{b.c.tenant, all, int64(openEnd)}, func(row scanner) error {
			var base int64
			var account, had string
			if err := row.Scan(&base, &account, &had); err != nil {
				return err
			}
			held++
			if had != category {
				bases, accounts = append(bases, base), append(accounts, account)
			}
			return nil
		})
	if err == nil && held < len(all) {
		err = fmt.Errorf("%w: transaction", store.ErrNotFound)
	}
	return bases, accounts, err
}

// addNames adds names to those that ever were.
func (c *conn) addNames(ctx context.Context, kind int, names []string) error {
	folded := make([]string, len(names))
	for i, name := range names {
		folded[i] = store.Fold(name)
	}
	_, err := c.exec(ctx, `INSERT INTO counterfoil.name SELECT $1, $2, * FROM unnest($3::text[], $4::text[]) n(text, folded)
		WHERE n.text <> '' ON CONFLICT DO NOTHING`, c.tenant, kind, names, folded)
	return err
}
