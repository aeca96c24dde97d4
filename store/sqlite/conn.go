package sqlite

import (
	"cmp"
	"context"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// maxStatements bounds the prepared statements that a connection keeps. The
// shapes of filters are few; a caller who varies them costs a compilation.
const maxStatements = 128

// conn is one connection with its prepared statements. It serves one call at a
// time.
type conn struct {
	db    *sqlite3.Conn
	stmts map[string]*sqlite3.Stmt
	names *names
	// What the connection knows of the file inside one transaction.
	versions  versions
	runs      []run
	runsKnown bool
	fresh     map[int64]bool // runs that have nothing from before this transaction
	// reads says that the connection never writes: what it sees is committed.
	reads bool
	tuning
}

// use sets the context that interrupts the connection's statements.
func (c *conn) use(ctx context.Context) { c.db.SetInterrupt(ctx) }

func (c *conn) close() error {
	if c == nil {
		return nil
	}
	c.use(context.Background())
	c.forget()
	return c.db.Close()
}

// begin starts a transaction, which sees the file as it is now.
func (c *conn) begin(sql string) error {
	c.versions.forget()
	c.runsKnown = false
	clear(c.fresh)
	return c.exec(sql)
}

// forget closes every prepared statement.
func (c *conn) forget() {
	for _, stmt := range c.stmts {
		stmt.Close()
	}
	clear(c.stmts)
}

// prepare returns the statement for a text, from the cache if it is there. It
// is reset and has the arguments bound: int, int64, string, []byte or bool.
func (c *conn) prepare(sql string, args ...any) (*sqlite3.Stmt, error) {
	stmt := c.stmts[sql]
	if stmt == nil {
		var err error
		stmt, _, err = c.db.PrepareFlags(sql, sqlite3.PREPARE_PERSISTENT)
		if err != nil {
			return nil, err
		}
		c.stmts[sql] = stmt
	}
	stmt.Reset() // repeats the error of the last run, which was reported then
	return stmt, bind(stmt, args)
}

func bind(stmt *sqlite3.Stmt, args []any) error {
	for i, arg := range args {
		var err error
		switch v := arg.(type) {
		case int:
			err = stmt.BindInt64(i+1, int64(v))
		case int64:
			err = stmt.BindInt64(i+1, v)
		case bool:
			err = stmt.BindBool(i+1, v)
		case string:
			err = stmt.BindText(i+1, v)
		case []byte:
			if v == nil {
				v = []byte{}
			}
			err = stmt.BindBlob(i+1, v)
		default:
			err = fmt.Errorf("binding %T", arg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// exec runs a statement that returns nothing.
func (c *conn) exec(sql string, args ...any) error {
	stmt, err := c.prepare(sql, args...)
	if err != nil {
		return err
	}
	return stmt.Exec()
}

// each calls row for each row of a query. row must not run the same query.
func (c *conn) each(sql string, args []any, row func(*sqlite3.Stmt) error) error {
	stmt, err := c.prepare(sql, args...)
	if err != nil {
		return err
	}
	for stmt.Step() {
		if err := row(stmt); err != nil {
			stmt.Reset()
			return err
		}
	}
	return cmp.Or(stmt.Err(), stmt.Reset())
}

// one reads the first row of a query; found is false without one.
func (c *conn) one(sql string, args []any, row func(*sqlite3.Stmt)) (found bool, err error) {
	stmt, err := c.prepare(sql, args...)
	if err != nil {
		return false, err
	}
	if stmt.Step() {
		found = true
		row(stmt)
	}
	return found, cmp.Or(stmt.Err(), stmt.Reset())
}

// integer reads one integer, zero without a row.
func (c *conn) integer(sql string, args ...any) (n int64, err error) {
	_, err = c.one(sql, args, func(s *sqlite3.Stmt) { n = s.ColumnInt64(0) })
	return n, err
}

// acquire takes a connection out of a pool, for release to put back.
func (s *Store) acquire(ctx context.Context, pool chan *conn) (*conn, error) {
	select {
	case <-s.closed:
		return nil, fmt.Errorf("%w: closed", store.ErrUnavailable)
	default:
	}
	select {
	case <-s.closed:
		return nil, fmt.Errorf("%w: closed", store.ErrUnavailable)
	case <-ctx.Done():
		return nil, ctx.Err()
	case c := <-pool:
		if c == nil {
			c = opened(pool)
		}
		if c == nil {
			var err error
			cache, readOnly := s.cfg.CacheBytes, true
			if pool == s.writer {
				cache, readOnly = s.cfg.WriterCacheBytes, s.cfg.ReadOnly
			}
			if c, err = s.open(ctx, cache, readOnly); err != nil {
				pool <- nil
				return nil, err
			}
		}
		c.use(ctx)
		return c, nil
	}
}

// opened changes a place in a pool, which a nil stands for, for a connection
// that is open, if one is free: its cache and statements are warm.
func opened(pool chan *conn) *conn {
	for range cap(pool) {
		select {
		case c := <-pool:
			pool <- nil
			if c != nil {
				return c
			}
		default:
			return nil
		}
	}
	return nil
}

func release(c *conn, pool chan *conn) {
	c.use(context.Background())
	if len(c.stmts) > maxStatements {
		c.forget()
	}
	pool <- c
}

// releaseWriter is release for the writing connection, which gives back the
// memory of a large import by being closed.
func (s *Store) releaseWriter(c *conn) {
	used, _, err := c.db.Status(sqlite3.DBSTATUS_CACHE_USED, false)
	if err == nil && s.memory == "" && used > idleWriterBytes && c.close() == nil {
		s.writer <- nil
		return
	}
	release(c, s.writer)
}

// read runs f on a reading connection, after checking that the snapshot exists.
func (s *Store) read(ctx context.Context, what string, at store.Snapshot, f func(*conn) error) error {
	c, err := s.acquire(ctx, s.readers)
	if err != nil {
		return wrap(ctx, what, err)
	}
	defer release(c, s.readers)
	// One transaction for all statements of the call: each by itself would lock
	// and unlock the file, which takes longer than what most of them do.
	if err := c.begin("BEGIN"); err != nil {
		return wrap(ctx, what, err)
	}
	defer c.rollback()
	if err := s.exists(c, at); err != nil {
		return wrap(ctx, what, err)
	}
	return wrap(ctx, what, f(c))
}

// exists checks a snapshot against the newest batch; batches are never
// removed, so one that was seen need not be looked up again.
func (s *Store) exists(c *conn, at store.Snapshot) error {
	if at >= 0 && int64(at) <= s.head.Load() {
		return nil
	}
	newest, err := s.newest(c)
	if err != nil {
		return err
	}
	if at < 0 || int64(at) > newest {
		return store.ErrSnapshotGone
	}
	return nil
}

func (s *Store) newest(c *conn) (int64, error) {
	n, err := c.integer("SELECT max(number) FROM batch")
	if err != nil {
		return 0, err
	}
	for seen := s.head.Load(); n > seen && !s.head.CompareAndSwap(seen, n); seen = s.head.Load() {
	}
	return n, nil
}

// change runs f in a transaction of the writing connection, and commits unless
// it fails or says not to.
func (s *Store) change(ctx context.Context, what string, f func(*conn) (commit bool, err error)) error {
	if s.cfg.ReadOnly {
		return wrap(ctx, what, fmt.Errorf("%w: opened read-only", store.ErrUnavailable))
	}
	c, err := s.acquire(ctx, s.writer)
	if err != nil {
		return wrap(ctx, what, err)
	}
	defer s.releaseWriter(c)
	if err := c.begin("BEGIN IMMEDIATE"); err != nil {
		return wrap(ctx, what, err)
	}
	defer c.rollback()
	commit, err := f(c)
	if err == nil && commit {
		if err = c.versions.flush(); err == nil {
			err = c.db.Exec("COMMIT")
		}
	}
	if err != nil {
		return wrap(ctx, what, err)
	}
	if commit {
		// It is done, whatever becomes of the context now. A failure to look is
		// repeated by the next read.
		c.use(context.Background())
		s.newest(c)
	}
	return nil
}

// rollback ends the transaction that is still open, whatever interrupted it.
func (c *conn) rollback() {
	if c.db.GetAutocommit() {
		return
	}
	c.use(context.Background())
	if c.exec("ROLLBACK") != nil {
		c.forget() // a statement that is still running would keep it open
		c.db.Exec("ROLLBACK")
	}
}
