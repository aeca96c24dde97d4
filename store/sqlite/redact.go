package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// Redact passes outdated texts through a newer redactor: one step, one batch.
func (s *Store) Redact(ctx context.Context, r store.Redaction) (done store.Redacted, err error) {
	err = s.change(ctx, "redacting what is stored", func(c *conn) (bool, error) {
		if err := checkLimit(r.Limit); err != nil {
			return false, err
		}
		b, err := c.beginBatch("redact", r.At)
		if err != nil {
			return false, err
		}
		x := &redaction{b: b, r: &r, done: &done, subjects: map[int64]string{}}
		if err := x.run(ctx); err != nil {
			return false, err
		}
		done.Collisions = b.collisions
		if done.Renamed == 0 && b.row.Added == 0 {
			return done.Names+done.Examined > 0, b.flushEpochs()
		}
		return true, b.finishInto(&done.Batch)
	})
	if err != nil {
		return store.Redacted{}, err
	}
	return done, nil
}

// redaction carries one step.
type redaction struct {
	b        *batch
	r        *store.Redaction
	done     *store.Redacted
	subjects map[int64]string // by account
}

func (x *redaction) run(ctx context.Context) error {
	if err := cmp.Or(x.owners(), x.names(ctx)); err != nil {
		return err
	}
	after := int64(-1)
	if x.r.After != "" {
		base, ok := parseID(x.r.After)
		if !ok {
			return fmt.Errorf("%w: id to go on after", store.ErrInvalid)
		}
		after = base
	}
	var bases []int64
	err := x.b.c.each("SELECT base FROM detail WHERE base > ? AND epoch < ? ORDER BY base LIMIT ?", []any{after, x.r.Epoch, int64(x.r.Limit) - x.done.Names},
		func(s *sqlite3.Stmt) error {
			bases = append(bases, s.ColumnInt64(0))
			return ctx.Err()
		})
	if err != nil {
		return err
	}
	for i, base := range bases {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := cmp.Or(x.transaction(base), x.b.setEpoch(base, x.r.Epoch)); err != nil {
			return err
		}
		x.done.Examined++
		x.done.Last = idOf(base)
	}
	return nil
}

// text redacts one text of an account in its place.
func (x *redaction) text(account int64, text *string, most int) (changed bool, err error) {
	if *text == "" {
		return false, nil
	}
	clean, found, err := x.r.Text(x.subjects[account], *text, most)
	if err != nil || clean == *text {
		return false, err
	}
	if err := cmp.Or(checkText(clean, most), x.b.seal(found)); err != nil {
		return false, err
	}
	*text = clean
	return true, nil
}

// transaction brings a new version of a transaction whose text has to change.
// One that was ended is left to the replays.
func (x *redaction) transaction(base int64) error {
	open, err := x.b.c.openVersion(base)
	if err != nil || open.rid == 0 {
		return err
	}
	var tx store.Transaction
	if err := x.b.c.load(&open, &tx); err != nil {
		return err
	}
	changed := false
	for _, f := range []struct {
		text *string
		most int
	}{{&tx.Description, maxText}, {&tx.Counterparty, maxText}, {&tx.Memo, maxText}, {&tx.Merchant, maxName}, {&tx.Category, maxName}} {
		one, err := x.text(open.account, f.text, f.most)
		if err != nil {
			return err
		}
		changed = changed || one
	}
	if !changed {
		return nil
	}
	return x.bring(base, &open, &tx)
}

func (x *redaction) bring(base int64, open *version, tx *store.Transaction) error {
	b := x.b
	category, err := b.c.intern(kindCategory, tx.Category)
	if err != nil {
		return err
	}
	merchant, err := b.c.intern(kindMerchant, tx.Merchant)
	if err != nil {
		return err
	}
	if err := b.end(open.rid); err != nil {
		return err
	}
	err = b.c.exec("INSERT INTO retext VALUES (?, ?, ?, ?, ?)", base, b.row.Number, tx.Description, tx.Counterparty, tx.Memo)
	if err != nil {
		return err
	}
	if err := b.c.versions.mark(base, flagRetext); err != nil {
		return err
	}
	b.ofAccount(open.account)
	return b.renew(open, category, merchant, flagRetext)
}

// setEpoch notes under which epoch a transaction's text was redacted.
func (b *batch) setEpoch(base, epoch int64) error {
	old, err := b.c.integer("SELECT epoch FROM detail WHERE base = ?", base)
	if err != nil || old == epoch {
		return err
	}
	b.epochs[old]--
	b.epochs[epoch]++
	return b.c.exec("UPDATE detail SET epoch = ? WHERE base = ?", epoch, base)
}

// flushEpochs adds the counts to those that are kept.
func (b *batch) flushEpochs() error {
	for _, epoch := range slices.Sorted(maps.Keys(b.epochs)) {
		if b.epochs[epoch] == 0 {
			continue
		}
		err := b.c.exec("INSERT INTO epoch VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count", epoch, b.epochs[epoch])
		if err != nil {
			return err
		}
	}
	clear(b.epochs)
	return nil
}
