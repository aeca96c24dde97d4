package postgres

import (
	"context"
	"fmt"
	"iter"

	"github.com/counterfoil/counterfoil/store"
)

// Rows are read, checked and encoded while the server is busy with those
// before them, at most 32,768 ahead.
const (
	chunkRows   = 1 << 10
	chunkBytes  = 512 << 10 // of free text
	chunksAhead = 32
)

// chunk is some rows of an import in order, and what comes after the last one.
type chunk struct {
	rows     []staged
	sealed   []store.Sealed
	bytes    int    // of free text
	encoded  fields // of the last rows
	err      error
	panicked any
}

// ahead reads rows into chunks, the last of which may end with an error. The
// caller calls stop in the end, which returns when rows is no longer used.
func ahead(ctx context.Context, tenant int32, rows iter.Seq2[store.Row, error]) (chunks <-chan *chunk, stop func()) {
	out, done := make(chan *chunk, chunksAhead), make(chan struct{})
	go func() {
		defer close(out)
		now := new(chunk)
		defer func() {
			now.panicked = recover()
			select {
			case out <- now:
			case <-done:
			}
		}()
		n := 0
		for row, err := range rows {
			n++
			if now.add(ctx, tenant, &row, n, err); now.err != nil {
				return
			}
			if len(now.rows) < chunkRows && now.bytes < chunkBytes {
				continue
			}
			select {
			case out <- now:
				now = new(chunk)
			case <-done:
				return
			}
		}
	}()
	return out, func() {
		close(done)
		for range out { // until it is closed
		}
	}
}

// headStart yields chunks once there are so many rows of them, as many as fit a
// block's text, or all.
func headStart(chunks <-chan *chunk, rows int) iter.Seq[*chunk] {
	return func(yield func(*chunk) bool) {
		var first []*chunk
		for n, bytes := 0, 0; n < rows && bytes < blockBytes; {
			k, more := <-chunks
			if !more {
				break
			}
			if k.err != nil || k.panicked != nil {
				first = []*chunk{k} // nothing was begun
				break
			}
			first, n, bytes = append(first, k), n+len(k.rows), bytes+k.bytes
		}
		for _, k := range first {
			if !yield(k) {
				return
			}
		}
		for k := range chunks {
			if !yield(k) {
				return
			}
		}
	}
}

// add adds the nth row, or says what is wrong with it.
func (k *chunk) add(ctx context.Context, tenant int32, r *store.Row, n int, err error) {
	switch {
	case err != nil:
		k.err = &callerError{err}
		return
	case n%checkEvery == 0 && ctx.Err() != nil:
		k.err = ctx.Err()
		return
	}
	if err := checkRow(r); err != nil {
		k.err = fmt.Errorf("row %d: %w", n, err)
		return
	}
	if k.rows == nil && n > chunkRows { // short files need little
		k.rows = make([]staged, 0, chunkRows)
	}
	k.rows = append(k.rows, staged{tx: r.Transaction, given: given{r.AccountKey, r.SourceKey, r.ContentKey, r.TextKey, r.SourceKind}, n: n})
	row := &k.rows[len(k.rows)-1]
	if row.tx.Status == "" {
		row.tx.Status = store.Booked
	}
	row.early, row.words = k.encode(tenant, &row.tx)
	k.sealed = append(k.sealed, r.Sealed...)
	k.bytes += len(row.tx.Description) + len(row.tx.Merchant) + len(row.tx.Counterparty) + len(row.tx.Memo)
}

// encodedRoom is how many bytes of encoded rows are made room for at a time, so that
// not each row has memory of its own.
const encodedRoom = 32 << 10

// encode encodes a row behind the one before, or in new room if what is left is little.
func (k *chunk) encode(tenant int32, tx *store.Transaction) (fields, []string) {
	if cap(k.encoded)-len(k.encoded) < 512+2*(len(tx.Description)+len(tx.Memo)+len(tx.Merchant)+len(tx.Counterparty)) {
		k.encoded = make(fields, 0, encodedRoom)
	}
	from := len(k.encoded)
	all, words := appendEarly(k.encoded, tenant, tx)
	k.encoded = all
	return all[from:len(all):len(all)], words
}
