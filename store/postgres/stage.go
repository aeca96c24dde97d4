package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/counterfoil/counterfoil/store"
)

// COPY can't write to a table with row-level security. So a block is copied into
// a temporary table, which has no write-ahead log, and goes from there into each
// table by one INSERT. It is copied in the order of its bases, in which it is read
// again and which is that of both tables.
const createStage = `CREATE TEMPORARY TABLE IF NOT EXISTS counterfoil_stage (
	base bigint, to_batch bigint, minor bigint, seq integer, month integer, pending boolean, transfer boolean,
	account text, currency text, category text, merchant text,
	original bigint, authorised integer, original_currency text, description text, counterparty text, memo text, mcc text, words tsvector
) ON COMMIT DELETE ROWS`

// staged is a row of the block at hand.
type staged struct {
	tx    store.Transaction
	given given
	n     int // in the file, from 1
	k     keys
	base  int64    // 0 until it is to be inserted
	early fields   // columns, encoded
	words []string // none once their stems are known
	to    int64    // the batch, if another row of it replaces this one
	seq   int32
}

// given are the keys that a row comes with.
type given struct {
	account, source, content, text []byte
	kind                           string
}

// byIndex keeps the planner, until the transaction ends, from reading a whole
// table in order to look up the thousands of keys of a block.
const byIndex = "SET LOCAL enable_seqscan = off"

// moreMemory gives the transaction 16 MiB to work with if it has less. What collects in
// the index of words is then sorted in as a whole, four MiB at a time (the server's
// gin_pending_list_limit), instead of in pieces that fit work_mem's default: a fifth
// less of what texts cost.
const moreMemory = `SELECT set_config('work_mem', greatest(pg_size_bytes(current_setting('work_mem')) / 1024, 16384)::text, true)`

// createStage makes the temporary table on this connection.
func (i *importer) createStage(ctx context.Context) error {
	if _, err := i.c.exec(ctx, byIndex); err != nil {
		return err
	}
	if _, err := i.c.exec(ctx, moreMemory); err != nil {
		return err
	}
	_, err := i.c.exec(ctx, createStage)
	return err
}

// flush recognises the rows of the block, makes those that are new ready and, once
// the block before is written, begins to write them. While they are, the next block
// is read and made ready.
func (i *importer) flush(ctx context.Context) error {
	if err := i.lock(ctx); err != nil || len(i.staged) == 0 {
		return err
	}
	if err := i.identify(ctx); err != nil {
		return err
	}
	w := &blockWrite{sealed: i.sealed}
	i.sealed = nil
	var err error
	if w.asked, err = i.recognise(ctx); err != nil {
		return err
	}
	for n := range i.staged {
		i.decide(&i.staged[n])
	}
	w.taught = i.seen.taught()
	fresh := inserted(i.staged)
	if err := i.settleBases(ctx, fresh); err != nil {
		return err
	}
	i.prepare(w, fresh)
	if err := i.written(); err != nil {
		return err
	}
	i.writing = inBackground(func() error { return i.write(ctx, w) })
	i.count(w.rows)
	before := i.spare
	clear(before)
	i.staged, i.spare, i.bytes = before[:0], i.staged, 0
	i.block = min(2*i.block, i.s.block)
	return nil
}

// recognise looks up the keys of the block, while the block before is being written
// if it can. asked reports whether the stems that it does not know are not held.
func (i *importer) recognise(ctx context.Context) (asked bool, err error) {
	var all lookedUp
	var held []string
	asked = i.besides(ctx).read(ctx, func(c *conn) (err error) {
		if all, err = i.seen.lookUpBlock(ctx, c, i.staged); err == nil {
			held, err = c.heldStems(ctx, i.stems.unknown(i.staged))
		}
		return err
	})
	switch {
	case !asked:
		if err := i.written(); err != nil {
			return false, err
		}
		all, err = i.seen.lookUpBlock(ctx, i.c, i.staged)
	case i.seen.mayOwn(i.staged):
		if err := i.written(); err != nil {
			return false, err
		}
		err = i.seen.addOwn(ctx, i.staged, &all)
	}
	if err != nil {
		return false, err
	}
	for _, stem := range held {
		i.stems.add(stem)
	}
	i.seen.prepare(all)
	return asked, nil
}

// besides returns the second connection if a block is being written.
func (i *importer) besides(ctx context.Context) *aside {
	if i.writing == nil {
		return nil
	}
	if i.aside == nil && !i.alone {
		i.aside = i.s.besides(ctx)
		i.alone = i.aside == nil
	}
	return i.aside
}

// written waits until the block that is being written is. Until then nobody else
// may use the connection.
func (i *importer) written() error {
	writing := i.writing
	i.writing = nil
	return writing.wait()
}

// identify finds the accounts and the keys of the block's rows.
func (i *importer) identify(ctx context.Context) (err error) {
	for n := range i.staged {
		row := &i.staged[n]
		if !i.knows(&row.given) { // and has to ask the server
			if err := i.written(); err != nil {
				return err
			}
		}
		if row.tx.Account, err = i.accountOf(ctx, row.given.account); err == nil {
			row.k, err = i.seen.keysOf(ctx, row.tx.Account, &row.given)
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", row.n, err)
		}
	}
	return nil
}

// knows reports whether a row's account and kind were met before.
func (i *importer) knows(row *given) bool {
	_, account := i.accounts[string(row.account)]
	_, kind := i.seen.kinds[row.kind]
	return account && kind
}

// decide skips a row, replaces what stands for it or lets it be inserted.
func (i *importer) decide(row *staged) {
	held := i.seen.find(row.k)
	if held.found() {
		if !held.pending() || row.tx.Status == store.Pending {
			i.b.row.Skipped++
			return
		}
		i.b.row.Replaced++
		if held.staged != nil {
			held.staged.to = i.b.row.Number
		} else {
			held.version.ended = true
			i.seen.ended = append(i.seen.ended, held.version.base)
		}
	}
	row.base = baseOf(row.tx.Booked, i.random())
	if row.k.hasSource {
		i.seen.fresh[row.k.source] = row
		i.seen.own.add(row.k.source)
	}
}

// count adds new rows to what the batch says of itself.
func (i *importer) count(rows []*staged) {
	for _, row := range rows {
		tx := &row.tx
		tx.ID = idOf(row.base)
		i.b.ofAccount(tx.Account)
		i.b.digest.Row(tx)
		i.b.cells.add(tx)
		i.b.row.Added++
	}
}

// inserted moves the rows of a block that are to be inserted to its beginning, and
// returns them.
func inserted(block []staged) []staged {
	n := 0
	for i := range block {
		if block[i].base == 0 {
			continue
		}
		if i != n {
			block[n] = block[i]
		}
		n++
	}
	return block[:n]
}

// byBase returns new rows in the order of their bases. Rows are large and lie far
// apart, so numbers are sorted in their place.
func byBase(rows []staged) []*staged {
	type place struct {
		base int64
		n    int
	}
	places := make([]place, len(rows))
	for n := range rows {
		places[n] = place{rows[n].base, n}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.base, b.base) })
	order := make([]*staged, len(rows))
	for n, p := range places {
		order[n] = &rows[p.n]
	}
	return order
}

// blockWrite is what is written of a block: what it taught, its new rows in the order
// of their bases, names and stems that are new, and the statements for the rest.
type blockWrite struct {
	sealed  []store.Sealed
	taught  taught
	rows    []*staged
	names   newNames
	stems   []string
	asked   bool // stems are known not to be held
	inserts []insert
}

// prepare prepares what goes with new rows.
func (i *importer) prepare(w *blockWrite, fresh []staged) {
	if len(fresh) == 0 {
		return
	}
	w.rows = byBase(fresh)
	for _, row := range w.rows {
		row.seq = i.b.seq // so that the index of them grows at its end
		i.b.seq++
		if len(row.words) > 0 {
			w.stems = i.stems.appendNew(w.stems, row.words)
		}
	}
	w.names, w.inserts = i.newNames(w.rows), i.inserts(w.rows)
}

// write writes a block.
func (i *importer) write(ctx context.Context, w *blockWrite) error {
	if err := i.b.seal(ctx, w.sealed); err != nil {
		return err
	}
	if err := i.c.settle(ctx, i.b.row.Number, &w.taught); err != nil || len(w.rows) == 0 {
		return err
	}
	if err := i.copyRows(ctx, w.rows); err != nil {
		return err
	}
	if err := i.c.pipeline(ctx, w.inserts); err != nil {
		return err
	}
	if err := i.c.addAllNames(ctx, w.names); err != nil {
		return err
	}
	return i.c.addEndings(ctx, i.b.row.Number, w.stems, w.asked)
}

// maxDraws bounds the search for random numbers that are free on their days. One
// draw in a thousand fails on a day with a million transactions.
const maxDraws = 64

// settleBases draws again where a base is taken, by another row of the import or
// one that is held. The head is locked, so nobody else takes one meanwhile.
func (i *importer) settleBases(ctx context.Context, rows []staged) error {
	ask := make([]*staged, 0, len(rows))
	for n := range rows {
		ask = append(ask, &rows[n])
	}
	mine := make(map[int64]struct{}, len(rows))
	for range maxDraws {
		var again []*staged
		bases := make([]int64, 0, len(ask))
		for _, row := range ask {
			if _, taken := mine[row.base]; taken || !i.bases.full() && i.bases.mayHave(hashOfBase(row.base)) {
				row.base = 0
				again = append(again, row)
				continue
			}
			mine[row.base] = struct{}{}
			bases = append(bases, row.base)
		}
		taken, err := i.taken(ctx, bases)
		if err != nil {
			return err
		}
		for _, row := range ask {
			if taken[row.base] {
				again = append(again, row)
			}
		}
		if len(again) == 0 {
			for base := range mine {
				i.bases.add(hashOfBase(base))
			}
			return nil
		}
		for _, row := range again {
			row.base = baseOf(row.tx.Booked, i.random())
		}
		ask = again
	}
	return fmt.Errorf("%w: no id is free on that day", store.ErrConflict)
}

// taken returns those bases that are held, as far as it can while the block before
// is being written: of the import's own, i.bases knows.
func (i *importer) taken(ctx context.Context, bases []int64) (taken map[int64]bool, err error) {
	if len(bases) == 0 {
		return nil, nil
	}
	if !i.bases.full() && i.besides(ctx).read(ctx, func(c *conn) (err error) {
		taken, err = c.taken(ctx, bases)
		return err
	}) {
		return taken, nil
	}
	if err := i.written(); err != nil {
		return nil, err
	}
	return i.c.taken(ctx, bases)
}

// takenDays are those of some days, as numbers, that have a row. ORDER BY keeps the
// planner to the index.
const takenDays = `SELECT d FROM unnest($2::bigint[]) d CROSS JOIN LATERAL (SELECT 1 FROM counterfoil.detail
	WHERE tenant = $1 AND base >= d << $3 AND base < (d + 1) << $3 ORDER BY base LIMIT 1) held`

// takenBases are those of $2, which go from $3 to $4, that are held: by one look
// each or by reading all between, whichever the planner thinks is less.
const takenBases = `SELECT d.base FROM unnest($2::bigint[]) w(base) JOIN counterfoil.detail d
	ON d.tenant = $1 AND d.base = w.base AND d.base >= $3 AND d.base <= $4`

// taken returns those bases that are held. Most files bring new days, on which
// none can be.
func (c *conn) taken(ctx context.Context, bases []int64) (taken map[int64]bool, err error) {
	slices.Sort(bases)
	var days []int64
	for _, base := range bases {
		days = append(days, base>>randomBits)
	}
	held := make(map[int64]bool)
	err = c.each(ctx, takenDays, []any{c.tenant, slices.Compact(days), int32(randomBits)}, note(held))
	if err != nil || len(held) == 0 {
		return nil, err
	}
	bases = slices.DeleteFunc(bases, func(base int64) bool { return !held[base>>randomBits] })
	if len(bases) == 0 {
		return nil, nil
	}
	taken = make(map[int64]bool)
	return taken, c.each(ctx, takenBases, []any{c.tenant, bases, bases[0], bases[len(bases)-1]}, note(taken))
}

// note returns a function that notes the numbers that a query returns.
func note(seen map[int64]bool) func(scanner) error {
	return func(row scanner) error {
		var n int64
		err := row.Scan(&n)
		seen[n] = true
		return err
	}
}

// maxNamed bounds the names that an import remembers to have added, at some 100
// bytes each; beyond, they are added again, which changes nothing.
const maxNamed = 100_000

// newNames are names by kind, each once.
type newNames [kindCurrency + 1][]string

// newNames returns the names of rows that the import has not added yet, and counts
// them as added.
func (i *importer) newNames(rows []*staged) (names newNames) {
	for _, row := range rows {
		for kind, name := range [...]string{kindCategory: row.tx.Category, kindMerchant: row.tx.Merchant, kindCurrency: row.tx.Amount.Currency} {
			if _, added := i.named[kind][name]; added || kind == 0 {
				continue
			}
			if i.named[kind] == nil || len(i.named[kind]) > maxNamed {
				i.named[kind] = make(map[string]struct{})
			}
			i.named[kind][name] = struct{}{}
			names[kind] = append(names[kind], name)
		}
	}
	return names
}

// addAllNames adds names to those that ever were.
func (c *conn) addAllNames(ctx context.Context, names newNames) error {
	for kind := kindCategory; kind <= kindCurrency; kind++ {
		if len(names[kind]) == 0 {
			continue
		}
		slices.Sort(names[kind])
		if err := c.addNames(ctx, kind, names[kind]); err != nil {
			return err
		}
	}
	return nil
}
