package audit

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

//go:embed migrations/*.sql
var postgresMigrations embed.FS

// PostgresMigrations returns the SQL files that make the shared log's tables,
// to be run once each, in order of name.
func PostgresMigrations() fs.FS {
	sub, err := fs.Sub(postgresMigrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}

const (
	// signEvery is how often a replica signs the head: a remote signer (KMS, HSM)
	// is asked at most that often, and durability does not wait for it.
	signEvery = time.Second
	// commitTimeout bounds one batch's transaction; a database that takes longer
	// counts as unavailable.
	commitTimeout = 10 * time.Second
	// resolveTimeout bounds how long a commit of unknown outcome is asked after.
	resolveTimeout = 10 * time.Second
	// resolveEvery is the pause between two such questions.
	resolveEvery = 100 * time.Millisecond
)

// postgres is the backend that replicas share: one row is the head, and each
// batch is one transaction that takes it.
type postgres struct {
	cfg      Config
	pool     *pgxpool.Pool
	verifier note.Verifier
	mirror   *mirror

	mu     sync.Mutex
	seen   pgHead // the newest head that this replica has seen
	signed int64  // size of the newest checkpoint that it knows to be published

	stop chan struct{}
	wg   sync.WaitGroup
	fail func(error) error

	afterCommit func(error) error // lets tests lose the answer to a commit
}

// pgHead is the head row.
type pgHead struct {
	size  int64
	root  tlog.Hash
	peaks []tlog.Hash
}

func (h pgHead) tree() *tree { return &tree{size: h.size, peaks: append([]tlog.Hash(nil), h.peaks...)} }

// OpenPostgres opens the log that replicas share in a database, whose tables
// PostgresMigrations made. Config.Dir is not used but for keys/ if there is no
// Signer; all replicas sign with the same key. Errors are those of Open; while
// the database is away Append fails with ErrUnavailable and resumes by itself.
func OpenPostgres(ctx context.Context, pool *pgxpool.Pool, cfg Config) (*Log, error) {
	if !validOrigin(cfg.Origin) {
		return nil, invalid("origin")
	}
	p := &postgres{cfg: cfg.withDefaults(), pool: pool, stop: make(chan struct{})}
	if err := p.loadSigner(); err != nil {
		return nil, err
	}
	if err := p.ensureHead(ctx); err != nil {
		return nil, err
	}
	p.mirror = newMirror(p)
	if err := p.checkOpen(ctx); err != nil {
		return nil, err
	}
	l := start(p.cfg, p)
	p.fail = l.fail
	p.wg.Go(p.publishing)
	if len(p.cfg.Anchors) > 0 {
		p.wg.Go(p.anchoring)
	}
	return l, nil
}

func (p *postgres) loadSigner() error {
	e := &embedded{cfg: p.cfg}
	if err := e.loadSigner(); err != nil {
		return err
	}
	p.cfg.Signer, p.verifier = e.signer, e.verifier
	return nil
}

func unavailable(doing string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrUnavailable, doing, err)
}

// ensureHead makes the head row of a new log.
func (p *postgres) ensureHead(ctx context.Context) error {
	_, err := p.pool.Exec(ctx, `INSERT INTO audit_head (origin, size, root, peaks) VALUES ($1, 0, $2, '') ON CONFLICT DO NOTHING`,
		p.cfg.Origin, emptyRoot[:])
	if err != nil {
		return unavailable("making the head", err)
	}
	return nil
}

// checkOpen checks that the head is that of the records, that its newest
// checkpoint is the log's own, and that the anchors agree.
func (p *postgres) checkOpen(ctx context.Context) error {
	h, err := p.readHead(ctx)
	if err != nil {
		return err
	}
	if err := p.mirror.follow(ctx, h); err != nil {
		return err
	}
	if err := p.checkPublished(ctx, h); err != nil {
		return err
	}
	p.saw(h)
	return p.syncAnchors(ctx)
}

func (p *postgres) saw(h pgHead) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h.size >= p.seen.size {
		p.seen = h
	}
}

func (p *postgres) newest() pgHead {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

// checkPublished checks the newest published checkpoint.
func (p *postgres) checkPublished(ctx context.Context, h pgHead) error {
	msg, err := p.newestNote(ctx)
	if err != nil || msg == nil {
		return err
	}
	c, err := parseSigned(msg)
	if err != nil || !c.verifiedBy(p.verifier) || c.Origin != p.cfg.Origin {
		return tampered("newest checkpoint is not signed by the log's key")
	}
	seen := &RollbackError{Name: "the newest checkpoint", Have: Checkpoint{p.cfg.Origin, h.size, h.root}, Seen: c.Checkpoint}
	if c.Size > h.size {
		return seen
	}
	if _, root, err := p.mirror.prove(c.Size, h); err != nil || root != c.Root {
		return errors.Join(seen, err)
	}
	p.signed = c.Size
	return nil
}

// row is what QueryRow gives.
type row interface{ Scan(dest ...any) error }

func scanHead(r row) (pgHead, error) {
	var h pgHead
	var root, peaks []byte
	if err := r.Scan(&h.size, &root, &peaks); err != nil {
		return h, err
	}
	if len(root) != tlog.HashSize || len(peaks)%tlog.HashSize != 0 {
		return h, tampered("head row is malformed")
	}
	h.root = tlog.Hash(root)
	for i := 0; i < len(peaks); i += tlog.HashSize {
		h.peaks = append(h.peaks, tlog.Hash(peaks[i:i+tlog.HashSize]))
	}
	if h.tree().root() != h.root {
		return h, tampered("head row contradicts itself")
	}
	return h, nil
}

const selectHead = `SELECT size, root, peaks FROM audit_head WHERE origin = $1`

func (p *postgres) readHead(ctx context.Context) (pgHead, error) {
	h, err := scanHead(p.pool.QueryRow(ctx, selectHead, p.cfg.Origin))
	if err != nil && !errors.Is(err, ErrTampered) {
		return h, unavailable("reading the head", err)
	}
	return h, err
}

// commit implements backend: one transaction takes the head row, inserts the
// records at the indexes that follow, and moves the head. READ COMMITTED is
// enough: the lock on the row makes batches serial.
func (p *postgres) commit(batch []*waiting) (int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	next, first, err := p.transact(ctx, batch)
	var unknown *unknownOutcome
	if errors.As(err, &unknown) {
		next, first, err = p.resolve(batch, unknown)
	}
	if err != nil {
		return 0, err
	}
	p.saw(next)
	return first, nil
}

// unknownOutcome means that the answer to a COMMIT was lost.
type unknownOutcome struct {
	first int64
	next  pgHead
	err   error
}

func (u *unknownOutcome) Error() string { return "outcome of a commit is unknown: " + u.err.Error() }

func (p *postgres) transact(ctx context.Context, batch []*waiting) (next pgHead, first int64, err error) {
	tx, err := p.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return next, 0, unavailable("beginning a batch", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // nothing after a commit
	old, err := scanHead(tx.QueryRow(ctx, selectHead+` FOR UPDATE`, p.cfg.Origin))
	if err != nil && !errors.Is(err, ErrTampered) {
		err = unavailable("taking the head", err)
	}
	if err == nil {
		err = p.notOlder(old)
	}
	if err != nil {
		return next, 0, err
	}
	t := old.tree()
	for _, w := range batch {
		t.append(w.hash)
	}
	next = pgHead{t.size, t.root(), t.peaks}
	if err := p.write(ctx, tx, batch, old, next); err != nil {
		return next, 0, err
	}
	err = tx.Commit(ctx)
	if p.afterCommit != nil {
		err = p.afterCommit(err)
	}
	if err != nil {
		return next, 0, &unknownOutcome{old.size, next, err}
	}
	return next, old.size, nil
}

// notOlder refuses a database that has lost what this replica has seen.
func (p *postgres) notOlder(h pgHead) error {
	seen := p.newest()
	if h.size < seen.size || h.size == seen.size && h.root != seen.root {
		return &RollbackError{
			Name: "this process",
			Have: Checkpoint{p.cfg.Origin, h.size, h.root}, Seen: Checkpoint{p.cfg.Origin, seen.size, seen.root},
		}
	}
	return nil
}

const insertRecords = `INSERT INTO audit_records (origin, idx, leaf_hash, leaf, sidecar, call_id)
	SELECT $1, $2 + ord - 1, h, l, s, c FROM unnest($3::bytea[], $4::bytea[], $5::bytea[], $6::text[]) WITH ORDINALITY AS t(h, l, s, c, ord)`

const moveHead = `UPDATE audit_head SET size = $2, root = $3, peaks = $4 WHERE origin = $1 AND size = $5 AND root = $6`

// write sends both statements in one round trip.
func (p *postgres) write(ctx context.Context, tx pgx.Tx, batch []*waiting, old, next pgHead) error {
	hashes, leaves, sidecars := make([][]byte, len(batch)), make([][]byte, len(batch)), make([][]byte, len(batch))
	calls := make([]string, len(batch))
	for i, w := range batch {
		hashes[i], leaves[i], calls[i] = w.hash[:], w.leaf, strings.ReplaceAll(w.callID, "\x00", "")
		if len(w.sidecar) > 0 {
			sidecars[i] = w.sidecar
		}
	}
	b := &pgx.Batch{}
	b.Queue(insertRecords, p.cfg.Origin, old.size, hashes, leaves, sidecars, calls)
	b.Queue(moveHead, p.cfg.Origin, next.size, next.root[:], tileBytes(next.peaks), old.size, old.root[:])
	res := tx.SendBatch(ctx, b)
	_, err := res.Exec()
	moved, err2 := res.Exec()
	if err := errors.Join(err, err2, res.Close()); err != nil {
		return unavailable("writing a batch", err)
	}
	if moved.RowsAffected() != 1 {
		return unavailable("moving the head", errors.New("it is not where it was"))
	}
	return nil
}

// resolve finds out whether a commit whose answer was lost has happened: the
// records of the batch are in the log or they are not. Leaf hashes are unique,
// because every record is salted.
func (p *postgres) resolve(batch []*waiting, u *unknownOutcome) (pgHead, int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), resolveTimeout)
	defer cancel()
	for {
		there, err := p.holds(ctx, batch, u)
		if err == nil && there {
			return u.next, u.first, nil
		}
		if err == nil {
			return pgHead{}, 0, unavailable("committing a batch", u.err)
		}
		select {
		case <-ctx.Done():
			return pgHead{}, 0, unavailable("asking after a commit", err)
		case <-p.stop:
			return pgHead{}, 0, unavailable("asking after a commit", ErrClosed)
		case <-time.After(resolveEvery):
		}
	}
}

// holds reads the head under its lock, so that a commit still under way is
// waited for, and compares the leaf hashes where the batch would lie.
func (p *postgres) holds(ctx context.Context, batch []*waiting, u *unknownOutcome) (bool, error) {
	tx, err := p.pool.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	h, err := scanHead(tx.QueryRow(ctx, selectHead+` FOR UPDATE`, p.cfg.Origin))
	if err != nil || h.size < u.next.size {
		return false, err
	}
	var got [][]byte
	err = tx.QueryRow(ctx, `SELECT array_agg(leaf_hash ORDER BY idx) FROM audit_records WHERE origin = $1 AND idx >= $2 AND idx < $3`,
		p.cfg.Origin, u.first, u.next.size).Scan(&got)
	if err != nil || len(got) != len(batch) {
		return false, err
	}
	for i, w := range batch {
		if string(got[i]) != string(w.hash[:]) {
			return false, nil
		}
	}
	return true, nil
}

// close implements backend.
func (p *postgres) close() error {
	close(p.stop)
	p.wg.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	err := p.publish(ctx)
	if errors.Is(err, ErrUnavailable) {
		p.alert(err)
		err = nil // all records are durable; the next to open signs them
	}
	return err
}

func (p *postgres) alert(err error) {
	if err != nil && p.cfg.Alert != nil {
		p.cfg.Alert(err)
	}
}
