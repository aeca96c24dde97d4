// Package postgres is the store over PostgreSQL (14 or later), for several
// machines or several tenants.
//
// Each tenant has login roles of its own, and row-level security, forced on
// every table, keys on the login. Every statement names its tenant as well, so
// that either of the two suffices. Reads run in READ ONLY transactions of a
// reader's pool, changes in the writer's. Batches take their numbers under a
// lock of the tenant's head row, which is held until the commit: numbers are in
// the order of commits, and changes of one tenant are serial.
//
// Rows are versioned by batch and never updated, except that a version's end
// is noted. See schema/0001.sql for the tables, ident.go for ids, and
// docs/postgres.md for roles, set-up and figures.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/store"
)

// Defaults of Config.
const (
	// DefaultReaders is enough for the tools of one tenant; more callers wait.
	DefaultReaders = 4
	// DefaultStatementTimeout is above every tool's own deadline.
	DefaultStatementTimeout = 30 * time.Second
	// DefaultWriteTimeout bounds one statement of a change: an undo of a million
	// rows is one.
	DefaultWriteTimeout = 10 * time.Minute
	// DefaultLockTimeout is how long a change waits for another one.
	DefaultLockTimeout = 5 * time.Second
	// DefaultIdleTimeout ends a transaction whose client has stopped, so that an
	// import whose source hangs does not block the others for ever.
	DefaultIdleTimeout = time.Minute
)

// writers is how many connections change: one changes, one looks up keys for it or
// asks what became of its commit, and one waits for its turn to change.
const writers = 3

// Config says how one tenant's store is reached. Connection strings are those
// of libpq; without sslmode=verify-full they must lead to a Unix socket or to
// this machine.
type Config struct {
	Reader string // login in group counterfoil_reader
	// Writer is a login of the same tenant in group counterfoil_writer. Without
	// it every change, and Sealed, fail with store.ErrUnavailable: so the tool
	// server runs.
	Writer string
	// Replica is the reader's login on a standby of the same server; "" is none.
	// Reads at a snapshot that the standby has, or gets within ReplicaWait, go there,
	// all others, and all when the standby fails, to the primary. Which batch is the
	// newest only the primary says, so no read is older than without a replica.
	Replica     string
	ReplicaWait time.Duration // 0 is DefaultReplicaWait
	// Tenant is the name of the tenant whose logins they must be; "" is any.
	Tenant string
	// Alone refuses a database that holds another tenant as well.
	Alone bool
	// AllowPlain lets passwords and data go to another host unencrypted or
	// unverified. It must be asked for.
	AllowPlain       bool
	Readers          int           // connections that read at the same time; 0 is DefaultReaders
	StatementTimeout time.Duration // of a read; 0 is DefaultStatementTimeout
	WriteTimeout     time.Duration // of one statement of a change; 0 is DefaultWriteTimeout
	LockTimeout      time.Duration // 0 is DefaultLockTimeout
	IdleTimeout      time.Duration // 0 is DefaultIdleTimeout
}

// Store is one tenant's open store. It is safe for concurrent use.
type Store struct {
	cfg    Config
	tenant int32
	read   *pgxpool.Pool
	write  *pgxpool.Pool // nil without a writer

	replica    *replica // nil without one
	lastDigest atomic.Pointer[seenDigest]

	closed atomic.Bool
	once   sync.Once
	head   atomic.Int64 // the newest batch seen
	random func() int64 // 1 to maxRandom; tests make it collide
	block  int          // rows of an import that are handled together

	compact int64 // compactRows; tests have few

	afterCommit func(error) error // lets tests lose the answer to a commit
}

var _ store.Store = (*Store)(nil)

// Open connects to a tenant's store, whose schema Migrate has made and whose
// logins CreateTenant. Its errors wrap store.ErrUnavailable and say what is
// wrong: unreachable, refused, not migrated, newer than this program.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	cfg.complete()
	s := &Store{cfg: cfg, block: blockRows, compact: compactRows, random: func() int64 { return 1 + rand.Int64N(maxRandom) }}
	if err := s.connect(ctx); err != nil {
		s.Close()
		return nil, wrap(ctx, "opening the store", err)
	}
	return s, nil
}

func (cfg *Config) whose() whose { return whose{tenant: cfg.Tenant, alone: cfg.Alone} }

func (cfg *Config) complete() {
	if cfg.Readers <= 0 {
		cfg.Readers = DefaultReaders
	}
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&cfg.StatementTimeout, DefaultStatementTimeout}, {&cfg.WriteTimeout, DefaultWriteTimeout},
		{&cfg.LockTimeout, DefaultLockTimeout}, {&cfg.IdleTimeout, DefaultIdleTimeout}, {&cfg.ReplicaWait, DefaultReplicaWait},
	} {
		if *d.value <= 0 {
			*d.value = d.usual
		}
	}
}

func (s *Store) connect(ctx context.Context) (err error) {
	if s.read, err = newPool(ctx, s.cfg.Reader, &s.cfg, s.cfg.Readers, s.cfg.StatementTimeout, true, storePath); err != nil {
		return err
	}
	if s.tenant, err = identify(ctx, s.read, s.cfg.whose()); err != nil {
		return err
	}
	if s.cfg.Replica != "" {
		// It need not be there: the primary can do without it.
		pool, err := newPool(ctx, s.cfg.Replica, &s.cfg, s.cfg.Readers, s.cfg.StatementTimeout, true, storePath)
		if err != nil {
			return err
		}
		s.replica = &replica{pool: pool, wait: s.cfg.ReplicaWait}
	}
	if s.cfg.Writer == "" {
		return nil
	}
	if s.write, err = newPool(ctx, s.cfg.Writer, &s.cfg, writers, s.cfg.WriteTimeout, false, storePath); err != nil {
		return err
	}
	tenant, err := identify(ctx, s.write, s.cfg.whose())
	if err == nil && tenant != s.tenant {
		err = fmt.Errorf("%w: reader and writer belong to different tenants", store.ErrUnavailable)
	}
	return err
}

// Close waits for the calls in progress and closes the store. Later calls fail
// with store.ErrUnavailable.
func (s *Store) Close() error {
	s.once.Do(func() {
		s.closed.Store(true)
		pools := []*pgxpool.Pool{s.read, s.write}
		if s.replica != nil {
			pools = append(pools, s.replica.pool)
		}
		for _, pool := range pools {
			if pool != nil {
				pool.Close()
			}
		}
	})
	return nil
}

var errClosed = fmt.Errorf("%w: closed", store.ErrUnavailable)

// conn is one transaction of one tenant.
type conn struct {
	pgx.Tx
	tenant      int32
	compactRows int64 // changes of rollups that are left as they are
	confined    bool  // to the accounts granted
}

func (s *Store) conn(tx pgx.Tx) *conn {
	return &conn{Tx: tx, tenant: s.tenant, compactRows: s.compact}
}

// reading is how every read runs. One transaction is one view of the data, also
// of the head.
var reading = pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead}

// view runs f in a reading transaction of the replica or of the primary, after
// checking that the snapshot exists. A connection that turns out to be dead is replaced once: a read can
// be repeated. So f must not keep what it did before it failed.
func (s *Store) view(ctx context.Context, what string, at store.Snapshot, f func(*conn) error) error {
	if done, err := s.viewReplica(ctx, at, f); done {
		return wrap(ctx, what, err)
	}
	err := s.viewOnce(ctx, s.read, at, f)
	if err != nil && isLost(err) && ctx.Err() == nil && !s.closed.Load() {
		err = s.viewOnce(ctx, s.read, at, f)
	}
	return wrap(ctx, what, err)
}

func (s *Store) viewOnce(ctx context.Context, pool *pgxpool.Pool, at store.Snapshot, f func(*conn) error) error {
	if s.closed.Load() {
		return errClosed
	}
	tx, err := pool.BeginTx(ctx, reading)
	if err != nil {
		return err
	}
	c := s.conn(tx)
	defer c.end()
	if err := s.exists(ctx, c, at); err != nil {
		return err
	}
	return f(c)
}

// end undoes the transaction unless it was committed, whatever became of its
// context.
func (c *conn) end() {
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	c.Rollback(ctx) // if it fails, the connection is thrown away
}

// exists checks a snapshot against the newest batch; batches are never
// removed, so one that was seen need not be looked up again.
func (s *Store) exists(ctx context.Context, c *conn, at store.Snapshot) error {
	if at >= 0 && int64(at) <= s.head.Load() {
		return nil
	}
	newest, err := s.newest(ctx, c)
	if err != nil {
		return err
	}
	if at < 0 || int64(at) > newest {
		return store.ErrSnapshotGone
	}
	return nil
}

func (s *Store) newest(ctx context.Context, c *conn) (n int64, err error) {
	err = c.QueryRow(ctx, "SELECT batch FROM counterfoil.head WHERE tenant = $1", c.tenant).Scan(&n)
	if errors.Is(err, pgx.ErrNoRows) {
		err = errMissing
	}
	if err == nil {
		s.saw(n)
	}
	return n, err
}

// saw notes that a batch is committed.
func (s *Store) saw(n int64) {
	for seen := s.head.Load(); n > seen && !s.head.CompareAndSwap(seen, n); seen = s.head.Load() {
	}
}
