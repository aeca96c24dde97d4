package postgres

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/counterfoil/counterfoil/store"
)

// Redact passes outdated texts through a newer redactor: one step, one batch.
// It is not tried again by itself: what the caller was told of values it found
// would be told twice.
func (s *Store) Redact(ctx context.Context, r store.Redaction) (done store.Redacted, err error) {
	err = s.change(ctx, "redacting what is stored", false, func(c *conn) (bool, error) {
		if err := checkLimit(r.Limit); err != nil {
			return false, err
		}
		b, err := c.beginBatch(ctx, "redact", r.At)
		if err != nil {
			return false, err
		}
		x := &redaction{b: b, r: &r, subjects: map[string]string{}}
		if err := x.run(ctx, &done); err != nil {
			return false, err
		}
		done.Collisions = b.collisions
		if done.Renamed == 0 && len(x.bases) == 0 {
			return done.Names+done.Examined > 0, nil
		}
		err = b.finish(ctx)
		done.Batch = b.row
		return true, err
	})
	if err != nil {
		return store.Redacted{}, err
	}
	s.saw(done.Batch.Number)
	return done, nil
}

// redaction carries one step.
type redaction struct {
	b        *batch
	r        *store.Redaction
	subjects map[string]string // by account
	found    []store.Sealed
	bases    []int64             // of the transactions that change,
	texts    []store.Transaction // and what they become
}

// looked is a transaction that is to be looked at; one that is ended has no
// account.
type looked struct {
	base, epoch int64
	tx          store.Transaction
}

func (x *redaction) run(ctx context.Context, done *store.Redacted) error {
	if err := x.owners(ctx); err != nil {
		return err
	}
	if err := x.names(ctx, done); err != nil {
		return err
	}
	outdated, err := x.outdated(ctx, int64(x.r.Limit)-done.Names)
	if err != nil {
		return err
	}
	epochs := map[int64]int64{}
	var bases []int64
	for i := range outdated {
		l := &outdated[i]
		if err := x.transaction(l); err != nil {
			return err
		}
		epochs[l.epoch]--
		epochs[x.r.Epoch]++
		bases = append(bases, l.base)
		done.Examined++
		done.Last = idOf(l.base)
	}
	_, err = x.b.c.exec(ctx, "UPDATE counterfoil.detail SET epoch = $3 WHERE tenant = $1 AND base = ANY($2) AND to_batch = $4",
		x.b.c.tenant, bases, x.r.Epoch, int64(openEnd))
	if err == nil {
		err = x.b.c.addEpochs(ctx, epochs)
	}
	if err == nil {
		err = x.b.seal(ctx, x.found)
	}
	if err == nil && len(x.bases) > 0 {
		err = x.bring(ctx)
	}
	return err
}

// text redacts one text of an account in its place.
func (x *redaction) text(account string, text *string, most int) (changed bool, err error) {
	if *text == "" {
		return false, nil
	}
	clean, found, err := x.r.Text(x.subjects[account], *text, most)
	if err != nil {
		return false, &callerError{err}
	}
	if clean == *text {
		return false, nil
	}
	for i := range found {
		if err := checkSealed(&found[i]); err != nil {
			return false, err
		}
	}
	x.found = append(x.found, found...)
	*text, changed = clean, true
	return changed, checkText(clean, most)
}

// outdated reads the transactions of this step.
func (x *redaction) outdated(ctx context.Context, limit int64) (all []looked, err error) {
	after := int64(-1)
	if x.r.After != "" {
		base, ok := parseID(x.r.After)
		if !ok {
			return nil, fmt.Errorf("%w: id to go on after", store.ErrInvalid)
		}
		after = base
	}
	err = x.b.c.each(ctx, `SELECT d.base, d.epoch, d.description, d.counterparty, d.memo, coalesce(t.account, ''), coalesce(t.merchant, ''), coalesce(t.category, '')
		FROM counterfoil.detail d LEFT JOIN counterfoil.tx t ON t.tenant = d.tenant AND t.base = d.base AND t.to_batch = $5
		WHERE d.tenant = $1 AND d.base > $2 AND d.epoch < $3 AND d.to_batch = $5 ORDER BY d.base LIMIT $4`,
		[]any{x.b.c.tenant, after, x.r.Epoch, limit, int64(openEnd)}, func(row scanner) error {
			var l looked
			err := row.Scan(&l.base, &l.epoch, &l.tx.Description, &l.tx.Counterparty, &l.tx.Memo, &l.tx.Account, &l.tx.Merchant, &l.tx.Category)
			all = append(all, l)
			return err
		})
	return all, err
}

// transaction redacts the texts of a transaction that is not ended.
func (x *redaction) transaction(l *looked) error {
	if l.tx.Account == "" {
		return nil
	}
	tx, changed := &l.tx, false
	for _, f := range []struct {
		text *string
		most int
	}{{&tx.Description, maxText}, {&tx.Counterparty, maxText}, {&tx.Memo, maxText}, {&tx.Merchant, maxName}, {&tx.Category, maxName}} {
		one, err := x.text(tx.Account, f.text, f.most)
		if err != nil {
			return err
		}
		changed = changed || one
	}
	if changed {
		x.bases, x.texts = append(x.bases, l.base), append(x.texts, *tx)
	}
	return nil
}

// bring ends the texts and versions of the transactions that change, and brings
// new ones.
func (x *redaction) bring(ctx context.Context) error {
	c, number := x.b.c, x.b.row.Number
	for _, table := range []string{"counterfoil.detail", "counterfoil.tx"} {
		if _, err := c.exec(ctx, "UPDATE "+table+" SET to_batch = $4 WHERE tenant = $1 AND base = ANY($2) AND to_batch = $3",
			c.tenant, x.bases, int64(openEnd), number); err != nil {
			return err
		}
	}
	names := [...]map[string]struct{}{kindCategory: {}, kindMerchant: {}}
	var met stems
	var fresh []string
	for i, base := range x.bases {
		tx := &x.texts[i]
		fresh = met.appendNew(fresh, tx.Words())
		_, err := c.exec(ctx, `INSERT INTO counterfoil.detail (base, batch, original, tenant, authorised, original_currency, description, counterparty, memo, mcc, words, epoch)
			SELECT base, $3, original, tenant, authorised, original_currency, $4, $5, $6, mcc, $7, epoch
			FROM counterfoil.detail WHERE tenant = $1 AND base = $2 AND to_batch = $3`,
			c.tenant, base, number, tx.Description, tx.Counterparty, tx.Memo, vector(c.tenant, base, tx))
		if err != nil {
			return err
		}
		_, err = c.exec(ctx, insertVersion+`base, $3, $4, minor, tenant, $5, month, pending, transfer, account, currency, $6, $7
			FROM counterfoil.tx WHERE tenant = $1 AND base = $2 AND to_batch = $3`,
			c.tenant, base, number, int64(openEnd), int32(i), tx.Category, tx.Merchant)
		if err != nil {
			return err
		}
		names[kindCategory][tx.Category], names[kindMerchant][tx.Merchant] = struct{}{}, struct{}{}
		x.b.ofAccount(tx.Account)
	}
	for _, kind := range []int{kindCategory, kindMerchant} {
		if err := c.addNames(ctx, kind, slices.Sorted(maps.Keys(names[kind]))); err != nil {
			return err
		}
	}
	if err := c.addEndings(ctx, number, fresh, false); err != nil {
		return err
	}
	return x.b.addBrought(ctx)
}

// outdate notes of the rows that an undo restored, and that are older than a
// redaction, that no redactor has seen them since.
func (b *batch) outdate(ctx context.Context) error {
	epochs := map[int64]int64{}
	var bases []int64
	err := b.c.each(ctx, `SELECT d.base, d.epoch FROM counterfoil.detail d WHERE d.tenant = $1 AND d.to_batch = $3 AND d.epoch <> 0
		AND d.base IN (SELECT t.base FROM counterfoil.tx t WHERE t.tenant = $1 AND t.to_batch = $2
		AND t.from_batch < (SELECT max(number) FROM counterfoil.batch r WHERE r.tenant = $1 AND r.kind = 'redact'))`,
		[]any{b.c.tenant, b.target, int64(openEnd)}, func(row scanner) error {
			var base, epoch int64
			err := row.Scan(&base, &epoch)
			bases = append(bases, base)
			epochs[epoch]--
			epochs[0]++
			return err
		})
	if err != nil || len(bases) == 0 {
		return err
	}
	_, err = b.c.exec(ctx, "UPDATE counterfoil.detail SET epoch = 0 WHERE tenant = $1 AND base = ANY($2) AND to_batch = $3", b.c.tenant, bases, int64(openEnd))
	return cmp.Or(err, b.c.addEpochs(ctx, epochs))
}

// addEpochs adds to the counts of transactions by epoch.
func (c *conn) addEpochs(ctx context.Context, epochs map[int64]int64) error {
	for _, epoch := range slices.Sorted(maps.Keys(epochs)) {
		if epochs[epoch] == 0 {
			continue
		}
		_, err := c.exec(ctx, `INSERT INTO counterfoil.epoch VALUES ($1, $2, $3)
			ON CONFLICT (tenant, epoch) DO UPDATE SET count = counterfoil.epoch.count + excluded.count`, c.tenant, epoch, epochs[epoch])
		if err != nil {
			return err
		}
	}
	return nil
}
