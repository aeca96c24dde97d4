package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
)

// publishing signs the head and publishes it, at most once every signEvery.
func (p *postgres) publishing() {
	tick := time.NewTicker(signEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
			p.report(p.publish(ctx))
			cancel()
		}
	}
}

// report tells of an error; one that cannot pass makes the log refuse.
func (p *postgres) report(err error) {
	if err == nil {
		return
	}
	if errors.Is(err, ErrTampered) {
		err = p.fail(err)
	}
	p.alert(err)
}

// publishCheckpoint inserts a checkpoint if its key is still the log's, and
// returns whether it is.
const publishCheckpoint = `WITH head AS (SELECT key IS NULL OR key = $4 AS mine FROM audit_head WHERE origin = $1),
	published AS (INSERT INTO audit_checkpoints (origin, size, note) SELECT $1, $2, $3 FROM head WHERE mine ON CONFLICT DO NOTHING)
	SELECT mine FROM head`

// publish signs the newest committed head. Only what is committed is ever
// signed, so no signature can be for a tree that a crash takes back.
func (p *postgres) publish(ctx context.Context) error {
	// Together: a rotation changes all three.
	p.mu.Lock()
	h, done, signer := p.seen, p.signed >= p.seen.size, p.key.signs()
	p.mu.Unlock()
	if done {
		return nil
	}
	msg, err := Checkpoint{p.cfg.Origin, h.size, h.root}.sign(signer)
	if err != nil {
		return fmt.Errorf("%w: signing the head: %w", ErrUnavailable, err)
	}
	// Whoever sees a head that lies behind a rotation sees the key that it set.
	var mine bool
	err = p.pool.QueryRow(ctx, publishCheckpoint, p.cfg.Origin, h.size, msg, int64(signer.KeyHash())).Scan(&mine)
	if err != nil {
		return unavailable("publishing a checkpoint", err)
	}
	if !mine {
		return errReplaced()
	}
	p.mu.Lock()
	p.signed = max(p.signed, h.size)
	p.mu.Unlock()
	return nil
}

// anchoring advances the anchors behind the log.
func (p *postgres) anchoring() {
	tick := time.NewTicker(p.cfg.AnchorEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(context.Background(), anchorTimeout)
			p.report(p.syncAnchors(ctx))
			cancel()
		}
	}
}

// syncTries is how often the head is read again when an anchor contradicts it:
// other replicas may have anchored a later one since. Each would have to be
// overtaken as often, within the milliseconds between two questions.
const syncTries = 5

// syncAnchors compares the newest head with every anchor.
func (p *postgres) syncAnchors(ctx context.Context) error {
	for _, a := range p.cfg.Anchors {
		if err := p.syncAnchor(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// syncAnchor compares the newest head with an anchor. What contradicts a head
// that the log has left behind meanwhile says nothing: then the newer one is
// compared.
func (p *postgres) syncAnchor(ctx context.Context, a Anchor) error {
	var last pgHead
	var contradiction error
	for range syncTries {
		h, err := p.followHead(ctx)
		if err != nil {
			return err
		}
		if contradiction != nil && h.size == last.size {
			return contradiction
		}
		head, err := p.anchorHead(h)
		if err != nil {
			return err
		}
		_, err = a.Sync(ctx, head)
		if err == nil {
			return nil
		}
		err = fmt.Errorf("comparing the log with anchor %s: %w", a.Name(), err)
		if !errors.Is(err, ErrTampered) {
			return err
		}
		last, contradiction = h, err
	}
	return contradiction
}

// followHead reads the newest head and follows it.
func (p *postgres) followHead(ctx context.Context) (pgHead, error) {
	seen := p.newest() // before it is read: this process records meanwhile
	h, err := p.readHead(ctx)
	if err != nil {
		return h, err
	}
	if err := errors.Join(p.rolledBack(h, seen), p.mirror.follow(ctx, h)); err != nil {
		return h, err
	}
	p.saw(h)
	if p.replaced(h) {
		return h, errReplaced()
	}
	return h, nil
}

// anchorHead is a head, which the mirror has followed, as anchors see it.
func (p *postgres) anchorHead(h pgHead) (*Head, error) {
	c := Checkpoint{p.cfg.Origin, h.size, h.root}
	msg, err := c.sign(p.key.signs())
	if err != nil {
		return nil, fmt.Errorf("%w: signing the head: %w", ErrUnavailable, err)
	}
	return &Head{Checkpoint: c, Note: msg, Prove: func(old int64) (tlog.TreeProof, tlog.Hash, error) { return p.mirror.prove(old, h) }}, nil
}

// A mirror follows the shared log's leaf hashes, for roots and proofs at any
// size. Full tiles go to tiles/ below Config.Dir, or stay in memory without it.
type mirror struct {
	p     *postgres
	mu    sync.Mutex
	tree  *tree
	tiles *tileStore
}

func newMirror(p *postgres) *mirror {
	dir := ""
	if p.cfg.Dir != "" {
		dir = filepath.Join(p.cfg.Dir, "tiles")
	}
	m := &mirror{p: p, tiles: newTileStore(dir)}
	m.tree = &tree{full: m.tiles.put}
	return m
}

// followPage is how many leaf hashes are read at a time.
const followPage = 10_000

// follow reads the leaf hashes up to a head and checks that they make its root.
func (m *mirror) follow(ctx context.Context, h pgHead) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.tree.size < h.size {
		if err := m.page(ctx, min(h.size, m.tree.size+followPage)); err != nil {
			return err
		}
	}
	if m.tree.size == h.size && m.tree.root() != h.root {
		return tampered("records contradict the head row")
	}
	if m.tiles.dir == "" {
		return nil
	}
	return m.tiles.flush()
}

func (m *mirror) page(ctx context.Context, to int64) error {
	rows, err := m.p.pool.Query(ctx, `SELECT leaf_hash FROM audit_records WHERE origin = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`,
		m.p.cfg.Origin, m.tree.size, to)
	if err != nil {
		return unavailable("reading leaf hashes", err)
	}
	hashes, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return unavailable("reading leaf hashes", err)
	}
	if int64(len(hashes)) != to-m.tree.size {
		return tampered("records are missing between %d and %d", m.tree.size, to)
	}
	for _, h := range hashes {
		m.tree.append(tlog.Hash(h))
	}
	return nil
}

// prove returns the consistency proof from an older size to a head that was
// followed.
func (m *mirror) prove(old int64, h pgHead) (tlog.TreeProof, tlog.Hash, error) {
	if old < 0 || old > h.size {
		return nil, tlog.Hash{}, fmt.Errorf("%w: tree of size %d", ErrNotFound, old)
	}
	if old == 0 {
		return nil, emptyRoot, nil
	}
	return consistency(hashSource{tiles: m.tiles, edge: m.edge}, old, h.size, h.root)
}

func (m *mirror) edge(level int) []tlog.Hash {
	m.mu.Lock()
	defer m.mu.Unlock()
	if level >= len(m.tree.edge) {
		return nil
	}
	return append([]tlog.Hash(nil), m.tree.edge[level]...)
}

// pgSource reads the shared log as a reader does.
type pgSource struct{ p *postgres }

func (p *postgres) source() batchSource { return pgSource{p} }

// readPage is how many records are read at a time: with sidecars of a few
// kilobytes, a few megabytes.
const readPage = 1000

// batches implements batchSource: pages of records, up to the head of now.
func (s pgSource) batches(from int64) iter.Seq2[*batch, error] {
	return func(yield func(*batch, error) bool) {
		ctx := context.Background()
		size, err := s.size()
		for next := max(from, 0); err == nil && next < size; {
			var b *batch
			if b, err = s.page(ctx, next, min(size, next+readPage)); err == nil {
				next += int64(b.count)
				if !yield(b, nil) {
					return
				}
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func (s pgSource) page(ctx context.Context, from, to int64) (*batch, error) {
	rows, err := s.p.pool.Query(ctx, `SELECT leaf, sidecar FROM audit_records WHERE origin = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`,
		s.p.cfg.Origin, from, to)
	if err != nil {
		return nil, unavailable("reading records", err)
	}
	entries, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (rawEntry, error) {
		var e rawEntry
		err := r.Scan(&e.leaf, &e.sidecar)
		return e, err
	})
	if err != nil {
		return nil, unavailable("reading records", err)
	}
	if int64(len(entries)) != to-from {
		return nil, tampered("records are missing between %d and %d", from, to)
	}
	return &batch{batchHeader: batchHeader{count: len(entries), first: from}, entries: entries}, nil
}

func (s pgSource) size() (int64, error) {
	h, err := s.p.readHead(context.Background())
	return h.size, err
}

// lastNote implements batchSource.
func (s pgSource) lastNote() ([]byte, error) { return s.p.newestNote(context.Background()) }

// newestNote reads the newest published checkpoint, nil if there is none.
func (p *postgres) newestNote(ctx context.Context) ([]byte, error) {
	var msg []byte
	err := p.pool.QueryRow(ctx, `SELECT note FROM audit_checkpoints WHERE origin = $1 ORDER BY size DESC LIMIT 1`, p.cfg.Origin).Scan(&msg)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable("reading the newest checkpoint", err)
	}
	return msg, nil
}

// before implements batchSource by bisection.
func (s pgSource) before(t time.Time) (int64, error) {
	hi, err := s.size()
	lo := int64(0)
	for err == nil && hi-lo > readPage {
		mid := lo + (hi-lo)/2
		var b *batch
		if b, err = s.page(context.Background(), mid, mid+1); err != nil {
			break
		}
		var rec *Record
		if rec, err = DecodeRecord(b.entries[0].leaf); err == nil {
			if rec.Time.Before(t) {
				lo = mid
			} else {
				hi = mid
			}
		}
	}
	return lo, err
}
