package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// Bounds on text that is stored, in bytes.
const (
	maxText = 4096 // a memo; SWIFT's longest remittance text is under 1 KB
	maxName = 512  // names of accounts, categories, merchants, files
)

// checkText refuses text that PostgreSQL could not hold either, and text that
// is too long.
func checkText(text string, most int) error {
	if len(text) > most {
		return fmt.Errorf("%w: text is longer than %d bytes", store.ErrInvalid, most)
	}
	if strings.IndexByte(text, 0) >= 0 {
		return fmt.Errorf("%w: text holds a NUL", store.ErrInvalid)
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("%w: text is not UTF-8", store.ErrInvalid)
	}
	return nil
}

// RenameAccount gives an account another name.
func (s *Store) RenameAccount(ctx context.Context, id, name string, epoch int64, at time.Time) (done store.Batch, err error) {
	err = s.change(ctx, "renaming an account", func(c *conn) (bool, error) {
		if err := checkText(name, maxName); err != nil {
			return false, err
		}
		b, err := c.beginBatch("rename", at)
		if err != nil {
			return false, err
		}
		if err := b.rename(id, name, epoch); err != nil {
			return false, err
		}
		done = b.row
		return true, b.finishInto(&done)
	})
	return done, err
}

func (b *batch) finishInto(done *store.Batch) error {
	err := b.finish()
	*done = b.row
	return err
}

func (b *batch) rename(id, name string, epoch int64) error {
	old := ""
	found, err := b.c.one(`SELECT account, name FROM account_version JOIN account ON id = account
		WHERE pub = ? AND to_batch = 0`, []any{id}, func(s *sqlite3.Stmt) {
		b.account, old = s.ColumnInt64(0), s.ColumnText(1)
	})
	switch {
	case err != nil:
		return err
	case !found:
		return store.ErrNotFound
	case old == name:
		return fmt.Errorf("%w: the account has that name", store.ErrConflict)
	}
	return b.nameAccount(b.account, name, epoch)
}

// nameAccount gives an account another name, of an epoch.
func (b *batch) nameAccount(account int64, name string, epoch int64) error {
	return cmp.Or(b.replaceAccount(account, "name", name), b.setNameEpoch(account, epoch))
}

// setNameEpoch notes under which epoch the name of an account was redacted.
func (b *batch) setNameEpoch(account, epoch int64) error {
	return b.c.exec("UPDATE account_version SET epoch = ? WHERE account = ? AND to_batch = 0", epoch, account)
}

// replaceAccount ends the current version of an account and brings one with
// another value in a column.
func (b *batch) replaceAccount(account int64, column, value string) error {
	columns := map[string]string{"name": "name", "token": "token", "last4": "last4", "subject": "subject"}
	if columns[column] == "" {
		return fmt.Errorf("no such column of an account")
	}
	current, err := b.c.integer("SELECT from_batch FROM account_version WHERE account = ? AND to_batch = 0", account)
	if err != nil {
		return err
	}
	if current != b.row.Number {
		err := b.c.exec("UPDATE account_version SET to_batch = ? WHERE account = ? AND to_batch = 0", b.row.Number, account)
		if err != nil {
			return err
		}
		err = b.c.exec(`INSERT INTO account_version SELECT account, ?2, 0, name, kind, currency, token, last4, subject, epoch
			FROM account_version WHERE account = ?1 AND to_batch = ?2`, account, b.row.Number)
		if err != nil {
			return err
		}
	}
	return b.c.exec("UPDATE account_version SET "+columns[column]+" = ? WHERE account = ? AND to_batch = 0", value, account)
}

// Categorise sets the category of transactions.
func (s *Store) Categorise(ctx context.Context, ids []string, category string, at time.Time) (done store.Batch, err error) {
	err = s.change(ctx, "categorising", func(c *conn) (bool, error) {
		if len(ids) == 0 || len(ids) > store.MaxPage {
			return false, fmt.Errorf("%w: want 1 to %d ids", store.ErrInvalid, store.MaxPage)
		}
		if err := checkText(category, maxName); err != nil {
			return false, err
		}
		b, err := c.beginBatch("categorise", at)
		if err != nil {
			return false, err
		}
		if err := b.categorise(ids, category); err != nil || b.row.Added == 0 {
			return false, err
		}
		return true, b.finishInto(&done)
	})
	return done, err
}

func (b *batch) categorise(ids []string, category string) error {
	number, err := b.c.intern(kindCategory, category)
	if err != nil {
		return err
	}
	for _, id := range ids {
		base, ok := parseID(id)
		if !ok {
			return fmt.Errorf("%w: transaction", store.ErrNotFound)
		}
		open, err := b.c.openVersion(base)
		switch {
		case err != nil:
			return err
		case open.rid == 0:
			return fmt.Errorf("%w: transaction", store.ErrNotFound)
		case open.category == number:
			continue // has it already, or stands in ids twice
		}
		if err := b.end(open.rid); err != nil {
			return err
		}
		if err := b.renew(&open, number, open.merchant, 0); err != nil {
			return err
		}
		b.ofAccount(open.account)
	}
	return nil
}

// ofAccount notes that the batch concerns an account.
func (b *batch) ofAccount(account int64) {
	switch b.account {
	case 0, account:
		b.account = account
	default:
		b.account = -1
	}
}

// openVersion returns the version of a transaction that is not ended; its rid
// is 0 without one.
func (c *conn) openVersion(base int64) (open version, err error) {
	err = c.versions.of(base, func(v version) bool {
		if v.to == 0 {
			open = v
		}
		return v.to != 0
	})
	return open, err
}
