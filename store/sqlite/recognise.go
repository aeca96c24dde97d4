package sqlite

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/counterfoil/counterfoil/store"
)

// recogniser finds the rows that an account holds already, as store.Row says.
type recogniser struct {
	c        *conn
	number   int64     // of the batch being imported
	postings *postings // of the batch
	kinds    map[string]int64
	names    [4]map[string]int64
	pubs     map[int64]string
	// claimed holds the bases that stood for a row of this import. It grows
	// with the rows that are skipped, by some 20 bytes for each.
	claimed map[int64]struct{}
	// What prefetch found for the block at hand, and the pools made of it.
	sources  map[hash][]int64
	contents map[hash][]heldRow
	pools    map[hash][]heldRow
	fresh    map[hash]*staged // rows of the block by source key
	learnt   bool             // a source key was added to a row that was held
}

// maxInterned bounds the dictionary entries that one import keeps at hand.
const maxInterned = 100_000

// maxKinds is how many source kinds fit a bit set in an int64.
const maxKinds = 62

// keys are a row's keys as they are stored.
type keys struct {
	source    hash
	hasSource bool
	content   hash
	text      int64
	kind      int64
}

// heldRow is a row that a content key leads to.
type heldRow struct {
	base, text, kind, keyed int64 // keyed is a bit set of the source kinds that have a source key for it
	open                    version
}

func newRecogniser(b *batch) *recogniser {
	r := &recogniser{c: b.c, number: b.row.Number, postings: b.postings, kinds: make(map[string]int64), pubs: make(map[int64]string),
		claimed: make(map[int64]struct{}), sources: make(map[hash][]int64), contents: make(map[hash][]heldRow),
		pools: make(map[hash][]heldRow), fresh: make(map[hash]*staged)}
	for i := range r.names {
		r.names[i] = make(map[string]int64)
	}
	return r
}

// intern is conn.intern with a cache.
func (r *recogniser) intern(kind int, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if id, ok := r.names[kind][text]; ok {
		return id, nil
	}
	id, err := r.c.intern(kind, text)
	if err != nil {
		return 0, err
	}
	if len(r.names[kind]) >= maxInterned {
		clear(r.names[kind])
	}
	r.names[kind][text] = id
	return id, nil
}

// pub is conn.accountPub with a cache that may hold what is not committed yet.
func (r *recogniser) pub(account int64) (string, error) {
	if pub, ok := r.pubs[account]; ok {
		return pub, nil
	}
	pub, err := r.c.accountPub(account)
	r.pubs[account] = pub
	return pub, err
}

// kind returns the number of a source kind.
func (r *recogniser) kind(text string) (int64, error) {
	if id, ok := r.kinds[text]; ok {
		return id, nil
	}
	id, err := r.c.integer("SELECT id FROM source_kind WHERE text = ?", text)
	if err != nil {
		return 0, err
	}
	if id == 0 {
		if err := r.c.exec("INSERT INTO source_kind (text) VALUES (?)", text); err != nil {
			return 0, err
		}
		if id = r.c.db.LastInsertRowID(); id > maxKinds {
			return 0, fmt.Errorf("%w: more than %d source kinds", store.ErrInvalid, maxKinds)
		}
	}
	r.kinds[text] = id
	return id, nil
}

// keysOf hashes a row's keys.
func (r *recogniser) keysOf(account int64, row *store.Row) (k keys, err error) {
	if k.kind, err = r.kind(row.SourceKind); err != nil {
		return k, err
	}
	k.content = hashOf('c', account, 0, row.ContentKey)
	if k.hasSource = len(row.SourceKey) > 0; k.hasSource {
		k.source = hashOf('s', account, k.kind, row.SourceKey)
	}
	if row.TextKey != nil {
		k.text = int64(hashOf('t', 0, 0, row.TextKey).h1)
	}
	return k, nil
}

// heldBy says what stands for a row: a version in the file, or a row of the
// same block that is still staged.
type heldBy struct {
	version
	staged *staged
}

func (h heldBy) found() bool { return h.rid != 0 || h.staged != nil }

func (h heldBy) pending() bool {
	if h.staged != nil {
		return h.staged.v.flags&flagPending != 0
	}
	return h.flags&flagPending != 0
}

// prefetch looks up the keys of a block's rows, sorted, in each run.
func (r *recogniser) prefetch(block []*staged) error {
	clear(r.sources)
	clear(r.contents)
	clear(r.pools)
	clear(r.fresh)
	var sources, contents []hash
	for i := range block {
		if k := &block[i].k; k.hasSource {
			sources = append(sources, k.source)
		}
		contents = append(contents, block[i].k.content)
	}
	err := r.c.lookUp(kindSource, sources, func(h hash, s *sheet) error {
		r.sources[h] = append(r.sources[h], baseIn(s.key))
		return nil
	})
	if err != nil {
		return err
	}
	// A row of this import stands for none by its content. What the import has
	// brought is not looked at: of very many rows alike it would fill the memory.
	held, err := r.c.heldRuns()
	if err != nil {
		return err
	}
	return r.c.lookUpIn(held, kindContent, contents, func(h hash, s *sheet) error {
		row, err := s.held()
		r.contents[h] = append(r.contents[h], row)
		return err
	})
}

// lookUp calls f for every entry of some hashes in the runs.
func (c *conn) lookUp(kind byte, hashes []hash, f func(hash, *sheet) error) error {
	runs, err := c.allRuns()
	if err != nil {
		return err
	}
	return c.lookUpIn(runs, kind, hashes, f)
}

func (c *conn) lookUpIn(runs []run, kind byte, hashes []hash, f func(hash, *sheet) error) error {
	slices.SortFunc(hashes, hash.compare)
	hashes = slices.Compact(hashes)
	var key []byte
	for _, run := range runs {
		in := c.readRun(run)
		for _, h := range hashes {
			key = h.key(key[:0], kind)
			if err := in.seek(key); err != nil {
				return err
			}
			for in.valid && bytes.HasPrefix(in.key, key) {
				if err := cmp.Or(f(h, &in.sheet), in.next()); err != nil {
					return err
				}
			}
			if !in.valid || in.key[0] != kind {
				break // nothing follows in this run
			}
		}
	}
	return nil
}

// find returns what stands for a row, if the account holds it, and claims it.
func (r *recogniser) find(k keys) (heldBy, error) {
	if k.hasSource {
		if row := r.fresh[k.source]; row != nil && row.v.to == 0 {
			return heldBy{staged: row}, nil
		}
		for _, base := range r.sources[k.source] {
			if open, err := r.c.openVersion(base); err != nil || open.rid != 0 {
				return heldBy{version: open}, err
			}
		}
	}
	held, err := r.byContent(k)
	if err != nil || held.base == 0 {
		return heldBy{}, err
	}
	r.claimed[held.base] = struct{}{}
	if k.hasSource {
		err = r.learn(k, held)
	}
	return heldBy{version: held.open}, err
}

// byContent picks a held row with the same content: one of the same kind and
// text if there is one, else one of another kind.
func (r *recogniser) byContent(k keys) (heldRow, error) {
	rows, err := r.pool(k.content)
	if err != nil {
		return heldRow{}, err
	}
	pick := -1
	for i, row := range rows {
		if k.hasSource && row.keyed>>k.kind&1 == 1 {
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
		return heldRow{}, nil
	}
	found := rows[pick]
	r.pools[k.content] = slices.Delete(rows, pick, pick+1)
	return found, nil
}

// pool returns the rows of a content key that were held before this import and
// are not claimed yet, in order of base.
func (r *recogniser) pool(h hash) ([]heldRow, error) {
	if rows, ok := r.pools[h]; ok {
		return rows, nil
	}
	found, ok := r.contents[h]
	if !ok {
		return nil, nil
	}
	held := found[:0]
	for _, row := range found {
		if _, taken := r.claimed[row.base]; taken {
			continue
		}
		var err error
		if row.open, err = r.c.openVersion(row.base); err != nil {
			return nil, err
		}
		kinds, err := r.c.integer("SELECT kinds FROM learnt WHERE base = ?", row.base)
		if err != nil {
			return nil, err
		}
		row.keyed |= kinds
		if row.open.rid != 0 && row.open.from < r.number {
			held = append(held, row)
		}
	}
	slices.SortFunc(held, func(a, b heldRow) int { return cmp.Compare(a.base, b.base) })
	r.pools[h] = held
	return held, nil
}

// learn adds this row's source key to the row that stands for it, so that the
// next file of this kind finds it by that key.
func (r *recogniser) learn(k keys, held heldRow) error {
	r.learnt = true
	r.postings.sources = append(r.postings.sources, sourceKey{k.source, held.base})
	return r.c.exec("INSERT INTO learnt VALUES (?1, ?2) ON CONFLICT DO UPDATE SET kinds = kinds | ?2", held.base, int64(1)<<k.kind)
}
