package sqlite

import (
	"cmp"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// repack moves what a store of version 2 holds into the tables of version 3,
// table by table and row by row, so that its memory does not grow with the
// store, and drops those of version 2.
func (c *conn) repack() error {
	c.versions.forget()
	c.runsKnown = false
	w, err := c.newRun()
	if err != nil {
		return err
	}
	for _, step := range []func(*runWriter) error{
		c.repackVersions, c.repackDetails, c.repackSources, c.repackContents, c.repackAmounts, c.repackLists,
	} {
		if err := step(w); err != nil {
			return err
		}
	}
	if err := w.close(); err != nil {
		return err
	}
	c.forget() // what was said of those tables is not said again
	return c.db.Exec("DROP TABLE tx; DROP TABLE loose_detail; DROP TABLE posting; DROP TABLE source_key; DROP TABLE content_key")
}

func (c *conn) repackVersions(*runWriter) error {
	err := c.each("SELECT rid, account, currency, minor, category, merchant, flags, from_batch, to_batch FROM tx ORDER BY rid", nil, func(s *sqlite3.Stmt) error {
		return c.versions.add(version{s.ColumnInt64(0), s.ColumnInt64(1), s.ColumnInt64(2), s.ColumnInt64(3), s.ColumnInt64(4),
			s.ColumnInt64(5), s.ColumnInt64(6), s.ColumnInt64(7), s.ColumnInt64(8)})
	})
	return cmp.Or(err, c.versions.flush())
}

func (c *conn) repackDetails(*runWriter) error {
	return c.each(`SELECT base, epoch, authorised, original, original_currency, description, counterparty, memo, mcc
		FROM loose_detail ORDER BY base`, nil, func(s *sqlite3.Stmt) error {
		tx := store.Transaction{Authorised: store.Date(s.ColumnInt64(2)), Original: store.Money{Minor: s.ColumnInt64(3)},
			Description: s.ColumnText(5), Counterparty: s.ColumnText(6), Memo: s.ColumnText(7), MCC: s.ColumnText(8)}
		return c.exec("INSERT INTO detail VALUES (?, ?, ?)", s.ColumnInt64(0), s.ColumnInt64(1), appendDetail(nil, &tx, s.ColumnInt64(4)))
	})
}

// byHash is the order of runs: that of hashes without a sign, which SQLite's
// integers have.
const byHash = "ORDER BY h1 < 0, h1, h2, base"

func (c *conn) repackSources(w *runWriter) error {
	return c.each("SELECT h1, h2, base FROM source_key "+byHash, nil, func(s *sqlite3.Stmt) error {
		h := hash{uint64(s.ColumnInt64(0)), uint64(s.ColumnInt64(1))}
		return w.add(appendBase(h.key(nil, kindSource), s.ColumnInt64(2)), nil)
	})
}

func (c *conn) repackContents(w *runWriter) error {
	return c.each("SELECT h1, h2, base, text, kind, keyed FROM content_key "+byHash, nil, func(s *sqlite3.Stmt) error {
		k := contentKey{hash: hash{uint64(s.ColumnInt64(0)), uint64(s.ColumnInt64(1))}, base: s.ColumnInt64(2), text: s.ColumnInt64(3), kind: s.ColumnInt64(4)}
		own, kinds := int64(1)<<k.kind, s.ColumnInt64(5)
		k.keyed = kinds&own != 0
		if kinds &^= own; kinds != 0 {
			if err := c.exec("INSERT INTO learnt VALUES (?, ?)", k.base, kinds); err != nil {
				return err
			}
		}
		return w.add(appendBase(k.hash.key(nil, kindContent), k.base), k.value(nil))
	})
}

func (c *conn) repackAmounts(w *runWriter) error {
	const order = "((((rid >> 16) & 1073741823) << 17) | (rid >> 46))"
	var last []byte
	return c.each("SELECT abs(minor), "+order+" FROM tx INDEXED BY tx_amount ORDER BY abs(minor), "+order, nil, func(s *sqlite3.Stmt) error {
		key := amountKey(nil, place{s.ColumnInt64(0), s.ColumnInt64(1)})
		if string(key) == string(last) {
			return nil // another version of the transaction
		}
		last = key
		return w.add(key, nil)
	})
}

func (c *conn) repackLists(w *runWriter) error {
	var bases []int64
	err := c.each("SELECT term, first, list FROM posting ORDER BY term, first", nil, func(s *sqlite3.Stmt) (err error) {
		if term := s.ColumnRawBlob(0); string(term) != string(w.term) {
			if len(term) < 2 {
				return fmt.Errorf("%w: a term is malformed", store.ErrUnavailable)
			}
			if err := w.end(); err != nil {
				return err
			}
			w.begin(string(term))
		}
		if bases, err = appendChunk(bases[:0], s.ColumnInt64(1), s.ColumnRawBlob(2)); err != nil {
			return err
		}
		return w.bases(bases)
	})
	return cmp.Or(err, w.end())
}
