package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// An import goes block by block, so that one of any length needs the same
// memory. A file that fits one block is read and checked before the head is
// locked; a longer one holds the lock from then on. Smaller blocks would cost the
// server more. The first are smaller all the same, each twice the one before, so that
// the server does not wait while many rows are made ready.
const (
	blockRows  = 1 << 13
	blockBytes = 8 << 20 // of free text
	firstRows  = 1 << 10
	// checkEvery is after how many rows the context is looked at.
	checkEvery = 256
)

// Import stores all rows that are not held yet as one batch, or nothing. It is
// not tried again by itself: rows can be read once.
func (s *Store) Import(ctx context.Context, im store.Import, rows iter.Seq2[store.Row, error], dryRun bool) (done store.Imported, err error) {
	err = s.change(ctx, "importing", false, func(c *conn) (commit bool, err error) {
		i := &importer{s: s, c: c, im: &im, block: min(firstRows, s.block), random: s.random}
		defer func() { i.aside.release() }()
		if err := i.run(ctx, rows); err != nil {
			return false, err
		}
		if !i.changed && i.b.row.Added == 0 {
			// What was learnt about keys and tokens is kept without a batch.
			i.b.row.Number = 0
			done = store.Imported{Batch: i.b.row, Collisions: i.b.collisions}
			return (i.seen.learnt || i.b.sealed) && !dryRun, nil
		}
		err = i.b.finish(ctx)
		done = store.Imported{Batch: i.b.row, Collisions: i.b.collisions}
		return !dryRun, err
	})
	if err != nil {
		return store.Imported{}, err
	}
	if !dryRun {
		s.saw(done.Batch.Number)
	}
	return done, nil
}

// importer carries one import.
type importer struct {
	s        *Store
	c        *conn
	aside    *aside // from the second block on
	alone    bool   // there is none
	im       *store.Import
	b        *batch            // nil until the head is locked
	accounts map[string]string // id by key
	seen     *recogniser
	changed  bool // something other than a row is new
	staged   []staged
	sealed   []store.Sealed                        // of the rows staged
	bytes    int                                   // of text in staged
	named    [kindCurrency + 1]map[string]struct{} // names that the import has added, by kind
	stems    stems                                 // that the import knows
	bases    own                                   // that the import has given out
	spare    []staged                              // rows of the block before
	writing  *background                           // of those rows
	copied   copyStream                            // of them, for its room
	block    int
	random   func() int64
}

func (i *importer) run(ctx context.Context, rows iter.Seq2[store.Row, error]) (err error) {
	defer func() { // whatever happens, the connection is the caller's again
		if failed := i.written(); err == nil {
			err = failed
		}
	}()
	if err := i.check(); err != nil {
		return err
	}
	chunks, stop := ahead(ctx, i.c.tenant, rows)
	defer stop()
	for k := range headStart(chunks, i.s.block) {
		switch {
		case k.panicked != nil:
			panic(k.panicked) // as if it were read here
		case k.err != nil:
			return k.err
		}
		for len(k.rows) > 0 {
			if err := i.take(ctx, k); err != nil {
				return err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := i.flush(ctx); err != nil {
		return err
	}
	if err := i.written(); err != nil {
		return err
	}
	for n := range i.im.Balances {
		if err := i.balance(ctx, &i.im.Balances[n]); err != nil {
			return fmt.Errorf("balance %d: %w", n+1, err)
		}
	}
	return ctx.Err()
}

// take moves rows of a chunk to the block, which it flushes when that is full.
func (i *importer) take(ctx context.Context, k *chunk) error {
	n := min(len(k.rows), i.block-len(i.staged))
	i.staged, k.rows = append(i.staged, k.rows[:n]...), k.rows[n:]
	i.sealed, k.sealed = append(i.sealed, k.sealed...), nil
	i.bytes, k.bytes = i.bytes+k.bytes, 0
	if len(i.staged) < i.block && i.bytes < blockBytes {
		return nil
	}
	return i.flush(ctx)
}

// check refuses what can be refused without the database.
func (i *importer) check() error {
	if err := checkTexts(maxName, i.im.Source, i.im.Format); err != nil {
		return err
	}
	for n := range i.im.Accounts {
		if err := checkAccount(&i.im.Accounts[n]); err != nil {
			return fmt.Errorf("account %d: %w", n+1, err)
		}
	}
	for n := range i.im.Balances {
		if err := checkBalance(&i.im.Balances[n]); err != nil {
			return fmt.Errorf("balance %d: %w", n+1, err)
		}
	}
	return nil
}

// lock takes the turn to change and brings in the accounts.
func (i *importer) lock(ctx context.Context) (err error) {
	if i.b != nil {
		return nil
	}
	if i.b, err = i.c.beginBatch(ctx, "import", i.im.At); err != nil {
		return err
	}
	i.b.row.Source, i.b.row.SourceDigest, i.b.row.Format, i.b.epoch = i.im.Source, i.im.SourceDigest, i.im.Format, i.im.Epoch
	i.seen = newRecogniser(i.c, i.b.row.Number)
	i.accounts = make(map[string]string)
	for n := range i.im.Accounts {
		if err := i.account(ctx, &i.im.Accounts[n]); err != nil {
			return fmt.Errorf("account %d: %w", n+1, err)
		}
	}
	return i.createStage(ctx)
}

// account finds or creates the account of a key, and adds what is new about it.
func (i *importer) account(ctx context.Context, a *store.NewAccount) error {
	id := newAccountID()
	err := i.c.QueryRow(ctx, `WITH made AS (INSERT INTO counterfoil.account VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id)
		SELECT id FROM made UNION ALL SELECT id FROM counterfoil.account WHERE tenant = $1 AND key = $3`, i.c.tenant, id, a.Key).Scan(&id)
	if err != nil {
		return err
	}
	i.accounts[string(a.Key)] = id
	var from int64
	var have [3]string
	err = i.c.QueryRow(ctx, "SELECT from_batch, token, last4, subject FROM counterfoil.account_version WHERE tenant = $1 AND account = $2 AND to_batch = $3",
		i.c.tenant, id, int64(openEnd)).Scan(&from, &have[0], &have[1], &have[2])
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		i.changed = true
		_, err = i.c.exec(ctx, "INSERT INTO counterfoil.account_version VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
			i.c.tenant, id, i.b.row.Number, int64(openEnd), a.Name, a.Kind, a.Currency, a.Token, a.Last4, a.Subject, i.im.Epoch)
	case err == nil:
		err = i.complete(ctx, id, from, have, [3]string{a.Token, a.Last4, a.Subject})
	}
	if err != nil {
		return err
	}
	return i.secrets(ctx, a)
}

// complete fills in what was not known of an account.
func (i *importer) complete(ctx context.Context, id string, from int64, have, brought [3]string) error {
	full := have
	for n := range full {
		if full[n] == "" {
			full[n] = brought[n]
		}
	}
	if full == have {
		return nil
	}
	i.changed = true
	number := i.b.row.Number
	if from == number { // listed twice
		_, err := i.c.exec(ctx, "UPDATE counterfoil.account_version SET token = $4, last4 = $5, subject = $6 WHERE tenant = $1 AND account = $2 AND from_batch = $3",
			i.c.tenant, id, number, full[0], full[1], full[2])
		return err
	}
	if _, err := i.c.exec(ctx, "UPDATE counterfoil.account_version SET to_batch = $4 WHERE tenant = $1 AND account = $2 AND from_batch = $3",
		i.c.tenant, id, from, number); err != nil {
		return err
	}
	_, err := i.c.exec(ctx, `INSERT INTO counterfoil.account_version SELECT tenant, account, $4, $5, name, kind, currency, $6, $7, $8, epoch
		FROM counterfoil.account_version WHERE tenant = $1 AND account = $2 AND from_batch = $3`,
		i.c.tenant, id, from, number, int64(openEnd), full[0], full[1], full[2])
	return err
}

// secrets stores the sealed number and the fingerprints that are new.
func (i *importer) secrets(ctx context.Context, a *store.NewAccount) error {
	if err := i.b.seal(ctx, a.Sealed); err != nil {
		return err
	}
	if len(a.Fingerprints) == 0 {
		return nil
	}
	n, err := i.c.exec(ctx, "INSERT INTO counterfoil.known SELECT $1, f, $3 FROM unnest($2::bytea[]) f ON CONFLICT DO NOTHING", i.c.tenant, a.Fingerprints, i.b.row.Number)
	i.changed = i.changed || n > 0
	return err
}

// accountOf returns the account of a row's key: one listed in the import, or
// one that is held.
func (i *importer) accountOf(ctx context.Context, key []byte) (id string, err error) {
	if id, ok := i.accounts[string(key)]; ok {
		return id, nil
	}
	err = i.c.QueryRow(ctx, `SELECT id FROM counterfoil.account a WHERE tenant = $1 AND key = $2
		AND EXISTS (SELECT 1 FROM counterfoil.account_version v WHERE v.tenant = $1 AND v.account = a.id AND v.to_batch = $3)`,
		i.c.tenant, key, int64(openEnd)).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("%w: the row's account is not listed", store.ErrInvalid)
	}
	if err == nil {
		i.accounts[string(key)] = id
	}
	return id, err
}

// balance stores a stated balance, ending another that was stated for the same
// day.
func (i *importer) balance(ctx context.Context, r *store.BalanceRow) error {
	account, err := i.accountOf(ctx, r.AccountKey)
	if err != nil {
		return err
	}
	number := i.b.row.Number
	var from int64
	var have store.Money
	err = i.c.QueryRow(ctx, `SELECT from_batch, minor, currency FROM counterfoil.balance
		WHERE tenant = $1 AND account = $2 AND day = $3 AND kind = $4 AND to_batch = $5`,
		i.c.tenant, account, int32(r.Date), r.Kind, int64(openEnd)).Scan(&from, &have.Minor, &have.Currency)
	switch {
	case err != nil && !errors.Is(err, pgx.ErrNoRows):
		return err
	case err == nil && have == r.Amount:
		return nil
	case err == nil && from != number:
		if _, err := i.c.exec(ctx, "UPDATE counterfoil.balance SET to_batch = $6 WHERE tenant = $1 AND account = $2 AND day = $3 AND kind = $4 AND from_batch = $5",
			i.c.tenant, account, int32(r.Date), r.Kind, from, number); err != nil {
			return err
		}
	}
	i.changed = true
	_, err = i.c.exec(ctx, `INSERT INTO counterfoil.balance VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (tenant, account, day, kind, from_batch) DO UPDATE SET minor = excluded.minor, currency = excluded.currency`,
		i.c.tenant, account, int32(r.Date), r.Kind, number, int64(openEnd), r.Amount.Minor, r.Amount.Currency)
	return err
}
