package postgres

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// recogniser finds the rows that an account holds already, as store.Row says.
type recogniser struct {
	c      *conn
	number int64 // of the batch being imported
	kinds  map[string]int64
	// claimed holds the bases that stood for a row of this import. It grows
	// with the rows that are skipped, by some 20 bytes for each.
	claimed map[int64]struct{}
	// What prefetch found for the block at hand, and the pools made of it.
	sources  map[hash][]*heldVersion
	contents map[hash][]*heldRow
	fresh    map[hash]*staged   // rows of the block by source key
	lessons  []lesson           // of the block, to be written
	ended    []int64            // bases of held versions that a row of the block replaces
	learnt   bool               // a source key was added to a row that was held
	own      own                // source keys that the import has written
	gone     map[int64]struct{} // bases of held versions that the import has ended
}

// maxKinds is how many source kinds fit a bit set in an int64.
const maxKinds = 62

type hash struct{ h1, h2 int64 }

// keys are a row's keys as they are stored.
type keys struct {
	source    hash
	hasSource bool
	content   hash
	text      int64
	kind      int64
}

// heldVersion is an open version of a transaction that is held.
type heldVersion struct {
	base, from     int64
	pending, ended bool
}

// heldRow is a row that a content key leads to.
type heldRow struct {
	*heldVersion
	text, kind, keyed int64
}

// lesson is a source key that a held row is to be found by from now on.
type lesson struct {
	k    keys
	base int64
}

func newRecogniser(c *conn, number int64) *recogniser {
	return &recogniser{c: c, number: number, kinds: make(map[string]int64), claimed: make(map[int64]struct{}),
		sources: make(map[hash][]*heldVersion), contents: make(map[hash][]*heldRow), fresh: make(map[hash]*staged), gone: make(map[int64]struct{})}
}

// kind returns the number of a source kind.
func (r *recogniser) kind(ctx context.Context, text string) (id int64, err error) {
	if id, ok := r.kinds[text]; ok {
		return id, nil
	}
	err = r.c.QueryRow(ctx, "SELECT id FROM counterfoil.source_kind WHERE tenant = $1 AND text = $2", r.c.tenant, text).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = r.c.QueryRow(ctx, `INSERT INTO counterfoil.source_kind SELECT $1, coalesce(max(id), 0) + 1, $2 FROM counterfoil.source_kind
			WHERE tenant = $1 RETURNING id`, r.c.tenant, text).Scan(&id)
	}
	if err != nil {
		return 0, err
	}
	if id > maxKinds {
		return 0, fmt.Errorf("%w: more than %d source kinds", store.ErrInvalid, maxKinds)
	}
	r.kinds[text] = id
	return id, nil
}

// keysOf hashes a row's keys.
func (r *recogniser) keysOf(ctx context.Context, account string, row *given) (k keys, err error) {
	if k.kind, err = r.kind(ctx, row.kind); err != nil {
		return k, err
	}
	k.content = hashOf('c', account, 0, row.content)
	if k.hasSource = len(row.source) > 0; k.hasSource {
		k.source = hashOf('s', account, k.kind, row.source)
	}
	if row.text != nil {
		k.text = hashOf('t', "", 0, row.text).h1
	}
	return k, nil
}

func hashOf(tag byte, account string, kind int64, key []byte) hash {
	var buffer [64 + maxKey]byte
	b := append(buffer[:0], tag, byte(len(account)), byte(kind))
	b = append(b, account...)
	sum := sha256.Sum256(append(b, key...))
	return hash{int64(binary.BigEndian.Uint64(sum[:])), int64(binary.BigEndian.Uint64(sum[8:]))}
}

// heldBy says what stands for a row: a version that is held, or a row of the
// same block that is still staged.
type heldBy struct {
	version *heldVersion
	staged  *staged
}

func (h heldBy) found() bool { return h.version != nil || h.staged != nil }

func (h heldBy) pending() bool {
	if h.staged != nil {
		return h.staged.tx.Status == store.Pending
	}
	return h.version.pending
}

// found is what a key leads to in the database.
type found struct {
	hash
	base              int64
	text, kind, keyed int64
}

// Look-ups of keys. LATERAL and OFFSET 0 keep the planner to the index, whatever
// it thinks of the number of keys.
const (
	heldSources = `SELECT k.h1, k.h2, k.base, 0::bigint, 0::bigint, 0::bigint FROM unnest($2::bigint[]) w(h1) CROSS JOIN LATERAL
		(SELECT * FROM counterfoil.source_key k WHERE k.tenant = $1 AND k.h1 = w.h1 OFFSET 0) k`
	// heldContents looks up $3 each on its day of $2.
	heldContents = `SELECT k.h1, k.h2, k.base, k.text, k.kind, k.keyed FROM unnest($2::integer[], $3::bigint[]) w(day, h1) CROSS JOIN LATERAL
		(SELECT * FROM counterfoil.content_key k WHERE k.tenant = $1 AND k.day = w.day AND k.h1 = w.h1 OFFSET 0) k`
	// heldDays are the places, from 1, of those accounts and days that have a row.
	heldDays = `SELECT d.n FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY d(account, day, n) CROSS JOIN LATERAL (SELECT 1 FROM counterfoil.tx t
		WHERE t.tenant = $1 AND t.account = d.account AND t.base >= d.day << $4 AND t.base < (d.day + 1) << $4 ORDER BY t.account, t.base LIMIT 1) held`
)

// lookedUp is what the keys of a block lead to.
type lookedUp struct {
	sources, contents []found
	open              map[int64]*heldVersion
}

// lookUpBlock looks up the keys of a block's rows.
func (r *recogniser) lookUpBlock(ctx context.Context, c *conn, block []staged) (all lookedUp, err error) {
	if all.sources, err = r.lookUpSources(ctx, c, block, func(hash) bool { return true }); err != nil {
		return all, err
	}
	if all.contents, err = r.lookUpContents(ctx, c, block); err != nil {
		return all, err
	}
	all.open, err = r.open(ctx, c, all.sources, all.contents)
	return all, err
}

// mayOwn reports whether a block can have source keys that the import itself has
// written.
func (r *recogniser) mayOwn(block []staged) bool {
	for i := range block {
		if k := &block[i].k; k.hasSource && r.own.mayHave(k.source) {
			return true
		}
	}
	return false
}

// addOwn completes what was looked up aside by what the import itself has written.
func (r *recogniser) addOwn(ctx context.Context, block []staged, all *lookedUp) error {
	own, err := r.lookUpSources(ctx, r.c, block, r.own.mayHave)
	if err != nil {
		return err
	}
	open, err := r.open(ctx, r.c, own)
	if err != nil {
		return err
	}
	all.sources = slices.DeleteFunc(all.sources, func(f found) bool { return r.own.mayHave(f.hash) })
	all.sources = append(all.sources, own...)
	for base, v := range open {
		if v == nil || all.open[base] == nil { // else both are the same
			all.open[base] = v
		}
	}
	return nil
}

// prepare makes the pools of what the keys of a block lead to.
func (r *recogniser) prepare(all lookedUp) {
	clear(r.sources)
	clear(r.contents)
	clear(r.fresh)
	for base := range all.open {
		if _, ended := r.gone[base]; ended {
			all.open[base] = nil
		}
	}
	for _, f := range all.sources {
		if v := all.open[f.base]; v != nil {
			r.sources[f.hash] = append(r.sources[f.hash], v)
		}
	}
	for _, f := range all.contents {
		v := all.open[f.base]
		if _, taken := r.claimed[f.base]; v != nil && !taken && v.from < r.number {
			r.contents[f.hash] = append(r.contents[f.hash], &heldRow{v, f.text, f.kind, f.keyed})
		}
	}
	for _, pool := range r.contents {
		slices.SortFunc(pool, func(a, b *heldRow) int { return cmp.Compare(a.base, b.base) })
	}
}

// lookUpSources looks up those source keys of a block that are wanted.
func (r *recogniser) lookUpSources(ctx context.Context, c *conn, block []staged, want func(hash) bool) ([]found, error) {
	var wanted []int64
	for i := range block {
		if k := &block[i].k; k.hasSource && want(k.source) {
			wanted = append(wanted, k.source.h1)
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	slices.Sort(wanted)
	return lookUp(ctx, c, heldSources, slices.Compact(wanted))
}

// accountDay is an account and the number of a day, as a base has it.
type accountDay struct {
	account string
	day     int64
}

// lookUpContents looks up content keys where they can be: on days of which the
// account has a row. Most files bring new days.
func (r *recogniser) lookUpContents(ctx context.Context, c *conn, block []staged) ([]found, error) {
	held, err := r.heldDays(ctx, c, block)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	var wanted []content
	for i := range block {
		row := &block[i]
		if day := row.day(); held[day] {
			wanted = append(wanted, content{int32(day.day), row.k.content.h1})
		}
	}
	slices.SortFunc(wanted, func(a, b content) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.h1, b.h1)) })
	wanted = slices.Compact(wanted)
	days, h1 := make([]int32, len(wanted)), make([]int64, len(wanted))
	for i, w := range wanted {
		days[i], h1[i] = w.day, w.h1
	}
	return lookUp(ctx, c, heldContents, days, h1)
}

// content is what a content key is looked up by.
type content struct {
	day int32
	h1  int64
}

// day returns the account and day of a row that is identified.
func (row *staged) day() accountDay {
	return accountDay{row.tx.Account, baseOf(row.tx.Booked, 0) >> randomBits}
}

// heldDays returns those accounts and days of a block that have a row.
func (r *recogniser) heldDays(ctx context.Context, c *conn, block []staged) (held map[accountDay]bool, err error) {
	held = make(map[accountDay]bool)
	var all []accountDay
	var accounts []string
	var days []int64
	for i := range block {
		day := block[i].day()
		if _, asked := held[day]; asked {
			continue
		}
		held[day] = false
		all, accounts, days = append(all, day), append(accounts, day.account), append(days, day.day)
	}
	some := false
	err = c.each(ctx, heldDays, []any{c.tenant, accounts, days, int32(randomBits)}, func(row scanner) error {
		var n int
		err := row.Scan(&n)
		if err == nil {
			held[all[n-1]], some = true, true
		}
		return err
	})
	if !some {
		return nil, err
	}
	return held, err
}

// lookUp runs a look-up of keys, which are its arguments after the tenant.
func lookUp(ctx context.Context, c *conn, sql string, wanted ...any) (all []found, err error) {
	err = c.each(ctx, sql, append([]any{c.tenant}, wanted...), func(row scanner) error {
		var f found
		err := row.Scan(&f.h1, &f.h2, &f.base, &f.text, &f.kind, &f.keyed)
		all = append(all, f)
		return err
	})
	return all, err
}

// open returns the open versions of what was found.
func (r *recogniser) open(ctx context.Context, c *conn, lists ...[]found) (map[int64]*heldVersion, error) {
	open := make(map[int64]*heldVersion)
	for _, list := range lists {
		for _, f := range list {
			open[f.base] = nil
		}
	}
	if len(open) == 0 {
		return open, nil
	}
	bases := slices.Sorted(maps.Keys(open))
	err := c.each(ctx, "SELECT base, from_batch, pending FROM counterfoil.tx WHERE tenant = $1 AND base = ANY($2) AND to_batch = $3",
		[]any{c.tenant, bases, int64(openEnd)}, func(row scanner) error {
			v := new(heldVersion)
			err := row.Scan(&v.base, &v.from, &v.pending)
			open[v.base] = v
			return err
		})
	return open, err
}

// find returns what stands for a row, if the account holds it, and claims it.
func (r *recogniser) find(k keys) heldBy {
	if k.hasSource {
		if row := r.fresh[k.source]; row != nil && row.to == 0 {
			return heldBy{staged: row}
		}
		for _, v := range r.sources[k.source] {
			if !v.ended {
				return heldBy{version: v}
			}
		}
	}
	held := r.byContent(k)
	if held == nil {
		return heldBy{}
	}
	r.claimed[held.base] = struct{}{}
	if k.hasSource {
		r.learn(k, held)
	}
	return heldBy{version: held.heldVersion}
}

// byContent takes a held row with the same content out of those left: one of
// the same kind and text if there is one, else one of another kind.
func (r *recogniser) byContent(k keys) *heldRow {
	rows := r.contents[k.content]
	pick := -1
	for i, row := range rows {
		if row.ended || k.hasSource && row.keyed>>k.kind&1 == 1 {
			continue
		}
		if row.kind == k.kind && row.text == k.text {
			pick = i
			break
		}
		if row.kind != k.kind && pick < 0 {
			pick = i
		}
	}
	if pick < 0 {
		return nil
	}
	held := rows[pick]
	r.contents[k.content] = slices.Delete(rows, pick, pick+1)
	return held
}

// learn adds this row's source key to the row that stands for it, so that the
// next row of this kind finds it by that key.
func (r *recogniser) learn(k keys, held *heldRow) {
	r.learnt = true
	r.sources[k.source] = append(r.sources[k.source], held.heldVersion)
	r.lessons = append(r.lessons, lesson{k, held.base})
	r.own.add(k.source)
}

// taught is what a block taught about rows that are held.
type taught struct {
	lessons []lesson
	ended   []int64 // bases of open versions that a row of the block replaces
}

// taught returns what the block taught, which counts as done from now on.
func (r *recogniser) taught() taught {
	t := taught{r.lessons, r.ended}
	r.lessons, r.ended = nil, nil
	for _, base := range t.ended {
		r.gone[base] = struct{}{}
	}
	return t
}

// settle writes what a block of batch number taught and ends what it replaced.
func (c *conn) settle(ctx context.Context, number int64, t *taught) error {
	if len(t.lessons) > 0 {
		if err := c.writeLessons(ctx, t.lessons); err != nil {
			return err
		}
	}
	if len(t.ended) == 0 {
		return nil
	}
	_, err := c.exec(ctx, "UPDATE counterfoil.tx SET to_batch = $4 WHERE tenant = $1 AND base = ANY($2) AND to_batch = $3",
		c.tenant, t.ended, int64(openEnd), number)
	return err
}

func (c *conn) writeLessons(ctx context.Context, lessons []lesson) error {
	n := len(lessons)
	h1, h2, bases, contents, bits := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, l := range lessons {
		h1[i], h2[i], bases[i], contents[i], bits[i] = l.k.source.h1, l.k.source.h2, l.base, l.k.content.h1, 1<<l.k.kind
	}
	if _, err := c.exec(ctx, `INSERT INTO counterfoil.source_key (tenant, h1, base, h2)
		SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) ON CONFLICT DO NOTHING`, c.tenant, h1, bases, h2); err != nil {
		return err
	}
	_, err := c.exec(ctx, `UPDATE counterfoil.content_key k SET keyed = k.keyed | l.bit FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) l(h1, base, bit)
		WHERE k.tenant = $1 AND k.day = (l.base >> 30)::integer AND k.h1 = l.h1 AND k.base = l.base`, c.tenant, contents, bases, bits)
	return err
}
