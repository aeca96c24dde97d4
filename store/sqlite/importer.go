package sqlite

import (
	"context"
	"fmt"
	"iter"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// maxKey bounds a key that comes with an import, in bytes; keyed hashes have 32.
const maxKey = 128

// Import stores all rows that are not held yet as one batch, or nothing.
func (s *Store) Import(ctx context.Context, im store.Import, rows iter.Seq2[store.Row, error], dryRun bool) (done store.Imported, err error) {
	err = s.change(ctx, "importing", func(c *conn) (commit bool, err error) {
		b, err := c.beginBatch("import", im.At)
		if err != nil {
			return false, err
		}
		b.row.Source, b.row.SourceDigest, b.row.Format, b.epoch = im.Source, im.SourceDigest, im.Format, im.Epoch
		i := &importer{b: b, epoch: im.Epoch, accounts: make(map[string]int64), seen: newRecogniser(b), random: s.random}
		if err := i.run(ctx, &im, rows); err != nil {
			return false, err
		}
		if !i.changed && b.row.Added == 0 {
			// What was learnt about keys and tokens is kept without a batch.
			b.row.Number = 0
			done = store.Imported{Batch: b.row, Collisions: b.collisions}
			return (i.seen.learnt || b.sealed) && !dryRun, nil
		}
		err = b.finish()
		done = store.Imported{Batch: b.row, Collisions: b.collisions}
		return !dryRun, err
	})
	if err != nil {
		return store.Imported{}, err
	}
	return done, nil
}

// importer carries one import.
type importer struct {
	b        *batch
	epoch    int64
	accounts map[string]int64 // by key
	seen     *recogniser
	changed  bool // something other than a row is new
	staged   []*staged
	slab     []staged // of which staged rows are cut
	bytes    int      // of text in staged
	body     []byte   // of the detail being written
	random   func() int64
}

func (i *importer) run(ctx context.Context, im *store.Import, rows iter.Seq2[store.Row, error]) error {
	for _, text := range []string{im.Source, im.Format} {
		if err := checkText(text, maxName); err != nil {
			return err
		}
	}
	for n := range im.Accounts {
		if err := i.account(&im.Accounts[n]); err != nil {
			return fmt.Errorf("account %d: %w", n+1, err)
		}
	}
	n := 0
	for row, err := range rows {
		if err != nil {
			return err
		}
		n++
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := i.stage(&row); err != nil {
			return fmt.Errorf("row %d: %w", n, err)
		}
		if len(i.staged) >= i.b.c.block || i.bytes >= blockBytes {
			if err := i.flush(ctx); err != nil {
				return err
			}
		}
	}
	if err := i.flush(ctx); err != nil {
		return err
	}
	for n := range im.Balances {
		if err := i.balance(&im.Balances[n]); err != nil {
			return fmt.Errorf("balance %d: %w", n+1, err)
		}
	}
	return ctx.Err()
}

// account finds or creates the account of a key, and adds what is new about it.
func (i *importer) account(a *store.NewAccount) error {
	if err := checkAccount(a); err != nil {
		return err
	}
	c, number := i.b.c, i.b.row.Number
	id, err := c.integer("SELECT id FROM account WHERE key = ?", a.Key)
	if err != nil {
		return err
	}
	if id == 0 {
		if err := c.exec("INSERT INTO account (pub, key) VALUES (?, ?)", newAccountID(), a.Key); err != nil {
			return err
		}
		id = c.db.LastInsertRowID()
	}
	i.accounts[string(a.Key)] = id
	open, err := c.integer("SELECT from_batch FROM account_version WHERE account = ? AND to_batch = 0", id)
	if err != nil {
		return err
	}
	if open == 0 {
		i.changed = true
		err = c.exec("INSERT INTO account_version VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?)", id, number, a.Name, a.Kind, a.Currency, a.Token, a.Last4, a.Subject, i.epoch)
	} else {
		err = i.complete(id, a)
	}
	if err != nil {
		return err
	}
	return i.secrets(a)
}

// complete fills in what was not known of an account.
func (i *importer) complete(id int64, a *store.NewAccount) error {
	var have [3]string
	_, err := i.b.c.one("SELECT token, last4, subject FROM account_version WHERE account = ? AND to_batch = 0", []any{id}, func(s *sqlite3.Stmt) {
		have = [3]string{s.ColumnText(0), s.ColumnText(1), s.ColumnText(2)}
	})
	if err != nil {
		return err
	}
	for n, column := range []string{"token", "last4", "subject"} {
		value := [3]string{a.Token, a.Last4, a.Subject}[n]
		if have[n] != "" || value == "" {
			continue
		}
		i.changed = true
		if err := i.b.replaceAccount(id, column, value); err != nil {
			return err
		}
	}
	return nil
}

// secrets stores the sealed number and the fingerprints that are new.
func (i *importer) secrets(a *store.NewAccount) error {
	c, number := i.b.c, i.b.row.Number
	if err := i.b.seal(a.Sealed); err != nil {
		return err
	}
	for _, fingerprint := range a.Fingerprints {
		if err := c.exec("INSERT OR IGNORE INTO known VALUES (?, ?)", fingerprint, number); err != nil {
			return err
		}
		i.changed = i.changed || c.db.Changes() > 0
	}
	return nil
}

func checkAccount(a *store.NewAccount) error {
	if len(a.Key) == 0 || len(a.Key) > maxKey {
		return fmt.Errorf("%w: account key", store.ErrInvalid)
	}
	if _, ok := store.Exponent(a.Currency); !ok {
		return fmt.Errorf("%w: currency is not known", store.ErrInvalid)
	}
	for _, f := range a.Fingerprints {
		if len(f) == 0 || len(f) > maxText {
			return fmt.Errorf("%w: fingerprint", store.ErrInvalid)
		}
	}
	for _, text := range []string{a.Name, a.Kind, a.Token, a.Last4, a.Subject} {
		if err := checkText(text, maxName); err != nil {
			return err
		}
	}
	return nil
}

// accountOf returns the account of a row's key: one listed in the import, or
// one that is held.
func (i *importer) accountOf(key []byte) (int64, error) {
	if id, ok := i.accounts[string(key)]; ok {
		return id, nil
	}
	id, err := i.b.c.integer("SELECT id FROM account WHERE key = ? AND EXISTS (SELECT 1 FROM account_version WHERE account = id AND to_batch = 0)", key)
	if err != nil {
		return 0, err
	}
	if id == 0 {
		return 0, fmt.Errorf("%w: the row's account is not listed", store.ErrInvalid)
	}
	i.accounts[string(key)] = id
	return id, nil
}

func checkRow(r *store.Row) error {
	tx := &r.Transaction
	if len(r.ContentKey) == 0 || r.SourceKind == "" || max(len(r.ContentKey), len(r.SourceKey), len(r.TextKey), len(r.SourceKind)) > maxKey {
		return fmt.Errorf("%w: keys", store.ErrInvalid)
	}
	if tx.Booked == 0 || tx.Booked < firstDay || tx.Booked > lastDay {
		return fmt.Errorf("%w: booking date must be from %v to %v", store.ErrInvalid, firstDay, lastDay)
	}
	if tx.Authorised != 0 && !tx.Authorised.Valid() {
		return fmt.Errorf("%w: authorisation date", store.ErrInvalid)
	}
	if tx.Status != "" && tx.Status != store.Booked && tx.Status != store.Pending {
		return fmt.Errorf("%w: status", store.ErrInvalid)
	}
	if err := tx.Amount.Check(); err != nil {
		return err
	}
	if tx.Original != (store.Money{}) {
		if err := tx.Original.Check(); err != nil {
			return fmt.Errorf("original: %w", err)
		}
	}
	if tx.MCC != "" && !isMCC(tx.MCC) {
		return fmt.Errorf("%w: merchant category code", store.ErrInvalid)
	}
	for _, text := range []string{tx.Description, tx.Counterparty, tx.Memo} {
		if err := checkText(text, maxText); err != nil {
			return err
		}
	}
	for _, text := range []string{tx.Merchant, tx.Category} {
		if err := checkText(text, maxName); err != nil {
			return err
		}
	}
	return nil
}

func isMCC(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) == 4
}

// balance stores a stated balance, ending another that was stated for the same
// day.
func (i *importer) balance(r *store.BalanceRow) error {
	if !r.Date.Valid() || r.Kind == "" {
		return fmt.Errorf("%w: balance needs a date and a kind", store.ErrInvalid)
	}
	if err := checkText(r.Kind, maxName); err != nil {
		return err
	}
	if err := r.Amount.Check(); err != nil {
		return err
	}
	account, err := i.accountOf(r.AccountKey)
	if err != nil {
		return err
	}
	c, number := i.b.c, i.b.row.Number
	var from int64
	var have store.Money
	_, err = c.one("SELECT from_batch, minor, currency FROM balance WHERE account = ? AND day = ? AND kind = ? AND to_batch = 0",
		[]any{account, int64(r.Date), r.Kind}, func(s *sqlite3.Stmt) {
			from, have = s.ColumnInt64(0), store.Money{Minor: s.ColumnInt64(1), Currency: s.ColumnText(2)}
		})
	if err != nil || (from != 0 && have == r.Amount) {
		return err
	}
	if from != 0 && from != number {
		err := c.exec("UPDATE balance SET to_batch = ? WHERE account = ? AND day = ? AND kind = ? AND to_batch = 0", number, account, int64(r.Date), r.Kind)
		if err != nil {
			return err
		}
	}
	i.changed = true
	return c.exec("INSERT OR REPLACE INTO balance VALUES (?, ?, ?, ?, 0, ?, ?)", account, int64(r.Date), r.Kind, number, r.Amount.Minor, r.Amount.Currency)
}
