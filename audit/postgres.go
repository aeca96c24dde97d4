package audit

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
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
	// rollbackTimeout bounds giving a book back untouched: a server that answers does
	// so at once, and the connection to one that doesn't is thrown away.
	rollbackTimeout = time.Second
	// resolveTimeout bounds how long a commit of unknown outcome is asked after.
	resolveTimeout = 10 * time.Second
	// resolveEvery is the pause between two such questions.
	resolveEvery = 100 * time.Millisecond
)

// postgres is the backend that replicas share: one row is the head, and each
// batch is one transaction that takes it.
type postgres struct {
	cfg    Config
	key    *signingKey
	pool   *pgxpool.Pool
	mirror *mirror

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
	key   int64 // id of the key that signs it, 0 if it is not known
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
	cfg = cfg.withDefaults()
	p := &postgres{cfg: cfg, key: &signingKey{cfg: cfg}, pool: pool, stop: make(chan struct{})}
	if err := p.key.load(); err != nil {
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

// unavailable says what the database kept from being done. The driver's text
// may hold addresses, names and values, so that only the server's code is told;
// the error can be unwrapped.
func unavailable(doing string, err error) error { return &unavailableError{doing, err} }

// refusals says in plain words why the database refuses, by SQLSTATE or by the
// class that its first characters name, and what to do where something helps.
var refusals = map[string]string{
	"25006": "the database server or the session is read-only",
	"28":    "the database server refused the login: check user and password in the connection string",
	"42501": "the login lacks a right that this needs, as a writer's in place of a reader's does",
	"42P01": "the schema is not there: run counterfoil migrate",
	"53":    "the database server is out of resources",
	"53100": "the database server's disk is full: nothing was recorded; make room on it",
	"53200": "the database server is out of memory",
	"53300": "the database server has too many connections",
	"55P03": "another process is recording",
	"57014": "the statement took too long",
	"57P":   "the database server is shutting down or starting",
	"58":    "the database server's disk fails to read or write",
	"XX001": "the database server's data is corrupt",
	"XX002": "the database server's data is corrupt",
}

// refusal words a SQLSTATE.
func refusal(state string) string {
	for _, n := range []int{5, 3, 2} {
		if text := refusals[state[:min(n, len(state))]]; text != "" {
			return text + " (SQLSTATE " + state + ")"
		}
	}
	return "the database reports SQLSTATE " + state
}

type unavailableError struct {
	doing string
	err   error
}

func (e *unavailableError) Error() string {
	text := ErrUnavailable.Error() + ": " + e.doing
	var refused *pgconn.PgError
	switch {
	case errors.As(e.err, &refused):
		return text + ": " + refusal(refused.Code)
	case errors.Is(e.err, context.DeadlineExceeded):
		return text + ": the database did not answer in time"
	case errors.Is(e.err, ErrClosed):
		return text + ": " + ErrClosed.Error()
	}
	return text + ": the connection failed"
}

func (e *unavailableError) Unwrap() []error { return []error{ErrUnavailable, e.err} }

// ensureHead makes the head row of a new log.
func (p *postgres) ensureHead(ctx context.Context) error {
	_, err := p.pool.Exec(ctx, `INSERT INTO audit_head (origin, size, root, peaks, key) VALUES ($1, 0, $2, '', $3) ON CONFLICT DO NOTHING`,
		p.cfg.Origin, emptyRoot[:], keyID(p.key.verifies()))
	if err != nil {
		return unavailable("making the head", err)
	}
	return nil
}

// checkOpen checks that the head is that of the records, that its newest
// checkpoint is the log's own, and that the anchors agree.
func (p *postgres) checkOpen(ctx context.Context) error {
	// The checkpoint first: another replica may publish a newer one at any moment,
	// and only a head that is read later is sure to reach as far.
	published, err := p.newestNote(ctx)
	if err != nil {
		return err
	}
	h, err := p.readHead(ctx)
	if err != nil {
		return err
	}
	if err := p.checkKey(ctx, h); err != nil {
		return err
	}
	if err := p.mirror.follow(ctx, h); err != nil {
		return err
	}
	if err := p.checkPublished(ctx, published, h); err != nil {
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

// checkPublished checks the newest published checkpoint, nil if there is none.
func (p *postgres) checkPublished(ctx context.Context, msg []byte, h pgHead) error {
	if msg == nil {
		return nil
	}
	c, err := parseSigned(msg)
	if err != nil || c.Origin != p.cfg.Origin {
		return tampered("newest checkpoint is malformed")
	}
	if err := p.checkSigner(ctx, c, h); err != nil {
		return err
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

// checkSigner checks who signed the newest checkpoint: the log's key, or the one
// before it if it ends with the rotation to this one.
func (p *postgres) checkSigner(ctx context.Context, c *signedCheckpoint, h pgHead) error {
	if c.verifiedBy(p.key.verifies()) {
		return nil
	}
	if c.Size <= h.size {
		rot, err := p.endsWithRotation(ctx, c.Size)
		if err != nil {
			return err
		}
		if rot != nil && rot.nextKey == p.key.verifierKey() && c.verifiedBy(rot.old) {
			return nil
		}
	}
	return tampered("newest checkpoint is not signed by the log's key")
}

// row is what QueryRow gives.
type row interface{ Scan(dest ...any) error }

func scanHead(r row) (pgHead, error) {
	var h pgHead
	var root, peaks []byte
	var key *int64
	if err := r.Scan(&h.size, &root, &peaks, &key); err != nil {
		return h, err
	}
	if key != nil {
		h.key = *key
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

const selectHead = `SELECT size, root, peaks, key FROM audit_head WHERE origin = $1`

func (p *postgres) readHead(ctx context.Context) (pgHead, error) {
	h, err := scanHead(p.pool.QueryRow(ctx, selectHead, p.cfg.Origin))
	if err != nil && !errors.Is(err, ErrTampered) {
		return h, unavailable("reading the head", err)
	}
	return h, err
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
