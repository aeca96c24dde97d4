package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// A batch's rows are digested in blocks: in the order in which they came, by
// base within a block. A block is bounded so that an import of any length
// needs the same memory, and is long so that each makes one run for many rows.
const (
	blockRows  = 1 << 16
	blockBytes = 16 << 20 // of free text
)

// batch writes one batch inside an open transaction.
type batch struct {
	c          *conn
	row        store.Batch
	account    int64           // row id of the one account, 0 none, −1 several
	target     int64           // of an undo
	epoch      int64           // of the redactor that the name of the file passed
	undone     map[int64]int64 // which batch undid a batch, as far as looked up
	digest     *store.BatchDigest
	postings   *postings
	block      []brought
	bytes      int
	blocks     int64
	tally      map[tallyKey]int64
	epochs     map[int64]int64 // how many transactions more have their text from an epoch
	sealed     bool            // the vault has something new
	collisions int64
}

// tallyKey says what is counted; name 0 is all rows of the account.
type tallyKey struct{ name, account int64 }

// maxTally bounds the counts that a batch keeps before it writes them.
const maxTally = 50_000

// brought is a row version that the batch brings.
type brought struct {
	base int64
	tx   *store.Transaction // not changed any more
}

// beginBatch takes the next number.
func (c *conn) beginBatch(kind string, at time.Time) (*batch, error) {
	newest, err := c.integer("SELECT max(number) FROM batch")
	if err != nil {
		return nil, err
	}
	b := &batch{c: c, postings: newPostings(), undone: make(map[int64]int64), tally: make(map[tallyKey]int64), epochs: make(map[int64]int64), digest: store.NewBatchDigest(newest + 1)}
	b.row = store.Batch{Number: newest + 1, Kind: kind, At: at.UTC().Truncate(time.Microsecond)}
	return b, nil
}

// count notes that an account has so many rows more of a category and merchant.
func (b *batch) count(account, category, merchant, rows int64) {
	b.tally[tallyKey{0, account}] += rows
	if category != 0 {
		b.tally[tallyKey{category, account}] += rows
	}
	if merchant != 0 {
		b.tally[tallyKey{merchant, account}] += rows
	}
}

// flushTally adds the counts to those that the batch wrote before.
func (b *batch) flushTally() error {
	keys := slices.SortedFunc(maps.Keys(b.tally), func(x, y tallyKey) int {
		return cmp.Or(cmp.Compare(x.name, y.name), cmp.Compare(x.account, y.account))
	})
	for _, k := range keys {
		if b.tally[k] == 0 {
			continue
		}
		err := b.c.exec(`INSERT INTO tally VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET delta = delta + excluded.delta`,
			k.name, k.account, b.row.Number, b.tally[k])
		if err != nil {
			return err
		}
	}
	clear(b.tally)
	return nil
}

// end ends a row version that is still open.
func (b *batch) end(rid int64) error {
	v, err := b.c.versions.end(rid, b.row.Number)
	if err != nil {
		return err
	}
	b.count(v.account, v.category, v.merchant, -1)
	return b.ended(&v)
}

// ended notes a version that the batch ends, so that it is found by the batch.
func (b *batch) ended(v *version) error {
	return b.c.exec("INSERT INTO ended VALUES (?, ?, ?)", b.row.Number, v.rid, v.from)
}

// renew brings a copy of a version under the next slot of its transaction, with
// another category and merchant, and flags besides its own.
func (b *batch) renew(old *version, category, merchant, flags int64) error {
	last := int64(0)
	if err := b.c.versions.of(old.base(), func(v version) bool { last = v.rid; return true }); err != nil {
		return err
	}
	if last&maxSlot == maxSlot {
		return fmt.Errorf("%w: the transaction was changed too often", store.ErrConflict)
	}
	v := *old
	v.rid, v.category, v.merchant, v.flags, v.from, v.to = last+1, category, merchant, v.flags|flags, b.row.Number, 0
	if err := b.c.versions.add(v); err != nil {
		return err
	}
	b.count(v.account, v.category, v.merchant, 1)
	var tx store.Transaction
	if err := b.c.load(&v, &tx); err != nil {
		return err
	}
	b.postings.addNumber(termCategory, category, v.base())
	if flags&flagRetext != 0 {
		b.postings.addNumber(termMerchant, merchant, v.base())
		b.postings.addWords(&tx, v.base())
	}
	return b.bring(v.base(), &tx)
}

// bring notes a version for the digest and the list of the batch's rows.
func (b *batch) bring(base int64, tx *store.Transaction) error {
	b.add(base, tx)
	if len(b.block) < b.c.block && b.bytes < blockBytes {
		return nil
	}
	return b.flush()
}

// add is bring for a caller that flushes by itself.
func (b *batch) add(base int64, tx *store.Transaction) {
	b.row.Added++
	b.block = append(b.block, brought{base, tx})
	b.bytes += size(tx)
}

func size(tx *store.Transaction) int {
	return len(tx.Description) + len(tx.Merchant) + len(tx.Counterparty) + len(tx.Memo)
}

// flush closes the block.
func (b *batch) flush() error {
	if len(b.tally) > maxTally {
		if err := b.flushTally(); err != nil {
			return err
		}
	}
	if len(b.block) == 0 {
		return b.postings.flush(b.c, b.row.Number) // keys may have been learnt
	}
	slices.SortFunc(b.block, func(x, y brought) int { return cmp.Compare(x.base, y.base) })
	term := blockTerm(b.row.Number, b.blocks)
	for i := range b.block {
		b.digest.Row(b.block[i].tx)
		b.postings.add(term, b.block[i].base)
	}
	b.blocks++
	b.bytes = 0
	clear(b.block)
	b.block = b.block[:0]
	return b.postings.flush(b.c, b.row.Number)
}

// finish writes the batch itself.
func (b *batch) finish() error {
	if err := cmp.Or(b.flush(), b.flushTally(), b.flushEpochs(), b.c.versions.flush()); err != nil {
		return err
	}
	if err := b.c.digestRest(b.digest, b.row.Number); err != nil {
		return err
	}
	b.row.RowsDigest = b.digest.Sum()
	account := max(b.account, 0)
	if account > 0 {
		var err error
		if b.row.Account, err = b.c.accountPub(account); err != nil {
			return err
		}
	}
	if b.target != 0 {
		if err := b.c.exec("UPDATE batch SET undone = ? WHERE number = ?", b.row.Number, b.target); err != nil {
			return err
		}
	}
	r := &b.row
	return b.c.exec("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)", r.Number, r.Kind, r.At.UnixMicro(), r.Source,
		r.SourceDigest[:], r.Format, account, r.Added, r.Skipped, r.Replaced, b.target, b.blocks, r.RowsDigest[:], b.epoch)
}

// sourceAt is the name of a batch's file as of snapshot ?1.
const sourceAt = `coalesce((SELECT name FROM file_name f WHERE f.batch = batch.number AND f.from_batch <= ?1 ORDER BY f.from_batch DESC LIMIT 1), source)`

// Batches lists committed batches, newest first, before a number.
func (s *Store) Batches(ctx context.Context, at store.Snapshot, before int64, limit int) (batches []store.Batch, err error) {
	err = s.read(ctx, "listing batches", at, func(c *conn) error {
		if err := checkLimit(limit); err != nil {
			return err
		}
		if before <= 0 || before > int64(at) {
			before = int64(at) + 1
		}
		return c.each(`SELECT number, kind, at, `+sourceAt+`, source_digest, format, account, added, skipped, replaced,
			undone <> 0 AND undone <= ?1, rows_digest FROM batch WHERE number < ?2 ORDER BY number DESC LIMIT ?3`,
			[]any{int64(at), before, limit}, func(s *sqlite3.Stmt) error {
				b, err := c.readBatch(s)
				batches = append(batches, b)
				return err
			})
	})
	return batches, err
}

func (c *conn) readBatch(s *sqlite3.Stmt) (b store.Batch, err error) {
	b = store.Batch{Number: s.ColumnInt64(0), Kind: s.ColumnText(1), At: time.UnixMicro(s.ColumnInt64(2)).UTC(), Source: s.ColumnText(3),
		Format: s.ColumnText(5), Added: s.ColumnInt64(7), Skipped: s.ColumnInt64(8), Replaced: s.ColumnInt64(9), Undone: s.ColumnBool(10)}
	copy(b.SourceDigest[:], s.ColumnRawBlob(4))
	copy(b.RowsDigest[:], s.ColumnRawBlob(11))
	if account := s.ColumnInt64(6); account != 0 {
		b.Account, err = c.accountPub(account)
	}
	return b, err
}
