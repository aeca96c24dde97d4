package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// AdmitPostgres lets two login roles use the logs of an owner, which are those
// that its recorder makes: recorder appends, reader reads. It runs in a
// transaction of whoever owns the schema.
func AdmitPostgres(ctx context.Context, tx pgx.Tx, owner, recorder, reader string) error {
	for _, login := range [...]struct{ role, group string }{{recorder, "counterfoil_recorder"}, {reader, "counterfoil_log_reader"}} {
		if _, err := tx.Exec(ctx, "GRANT "+login.group+" TO "+pgx.Identifier{login.role}.Sanitize()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO audit_login (role, owner) VALUES ($1, $2)", login.role, owner); err != nil {
			return err
		}
	}
	return nil
}

// ExpelPostgres takes an owner's login roles away again. Its log stays: it is
// evidence, which only whoever owns the schema can read from then on.
func ExpelPostgres(ctx context.Context, tx pgx.Tx, owner string) error {
	_, err := tx.Exec(ctx, "DELETE FROM audit_login WHERE owner = $1", owner)
	return err
}

// OpenPostgresReader opens a log that replicas share for reading only. Reading
// does not verify. The caller closes the pool.
func OpenPostgresReader(pool *pgxpool.Pool, origin string) *Reader {
	return &Reader{src: pgSource{&postgres{cfg: Config{Origin: origin}, pool: pool}}}
}

// Shared is what the replicas over one log keep together beside it: the books
// of budgets, the questions that were answered, and small files. It is safe for
// concurrent use, by several processes too. Its errors wrap ErrUnavailable.
type Shared struct {
	pool   *pgxpool.Pool
	origin string
}

// NewShared returns what is shared beside the log of an origin, which
// OpenPostgres has opened once.
func NewShared(pool *pgxpool.Pool, origin string) *Shared { return &Shared{pool, origin} }

// Turn gives turn the newest state of a principal's book, nil if it has none
// yet, and makes what it returns durable before Turn returns. Turns of one
// principal are serial, whichever process asks. If turn fails or returns nil,
// nothing is kept and Turn returns turn's error.
func (s *Shared) Turn(ctx context.Context, who string, turn func(state []byte) ([]byte, error)) error {
	ctx, cancel := context.WithTimeout(ctx, commitTimeout)
	defer cancel()
	conn, state, err := s.takeBook(ctx, who)
	if err != nil && ctx.Err() == nil && isBroken(err) {
		// The connection died while it lay idle: nothing has happened yet.
		conn, state, err = s.takeBook(ctx, who)
	}
	if err != nil {
		return unavailable("taking a book", err)
	}
	// A connection that is given back inside a transaction is closed, which
	// rolls it back.
	defer conn.Release()
	next, err := turn(state)
	if err != nil || next == nil {
		back, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
		defer cancel()
		conn.Exec(back, "ROLLBACK")
		return err
	}
	b := &pgx.Batch{}
	b.Queue(`UPDATE audit_books SET state = $3 WHERE origin = $1 AND who = $2`, s.origin, who, next)
	b.Queue(`COMMIT`)
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return unavailable("keeping a book", err)
	}
	return nil
}

// takeBook begins a transaction that holds the book's row.
func (s *Shared) takeBook(ctx context.Context, who string) (conn *pgxpool.Conn, state []byte, err error) {
	if conn, err = s.pool.Acquire(ctx); err != nil {
		return nil, nil, err
	}
	b := &pgx.Batch{}
	b.Queue(`BEGIN ISOLATION LEVEL READ COMMITTED`)
	const take = `SELECT state FROM audit_books WHERE origin = $1 AND who = $2 FOR UPDATE`
	b.Queue(take, s.origin, who)
	res := conn.SendBatch(ctx, b)
	_, err = res.Exec()
	missing := res.QueryRow().Scan(&state)
	if !errors.Is(missing, pgx.ErrNoRows) {
		err = errors.Join(err, missing)
	}
	err = errors.Join(err, res.Close())
	if err == nil && missing != nil {
		_, err = conn.Exec(ctx, `INSERT INTO audit_books (origin, who, state) VALUES ($1, $2, '') ON CONFLICT DO NOTHING`, s.origin, who)
		if err == nil {
			err = conn.QueryRow(ctx, take, s.origin, who).Scan(&state)
		}
	}
	if err != nil {
		conn.Release()
		return nil, nil, err
	}
	if len(state) == 0 {
		state = nil
	}
	return conn, state, nil
}

// isBroken reports whether it was the connection that failed, or the server's
// farewell on it.
func isBroken(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code[:min(3, len(refused.Code))] == "57P"
	}
	var connect *pgconn.ConnectError
	return !errors.As(err, &connect)
}

// First reports whether an id is used for the first time, by any replica.
func (s *Shared) First(ctx context.Context, id string) (bool, error) {
	tag, err := s.pool.Exec(ctx, `INSERT INTO audit_used (origin, id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, s.origin, id)
	if err != nil {
		return false, unavailable("noting what was used", err)
	}
	return tag.RowsAffected() == 1, nil
}

// Files returns the shared files below a folder's name.
func (s *Shared) Files(folder string) *SharedFiles { return &SharedFiles{s, folder + "/"} }

// SharedFiles are small files that replicas share: whole, durable when a call
// returns, and each operation atomic.
type SharedFiles struct {
	s      *Shared
	prefix string
}

// within bounds one operation.
func (f *SharedFiles) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), commitTimeout)
}

// Read returns a file, or an error that wraps fs.ErrNotExist.
func (f *SharedFiles) Read(name string) (data []byte, err error) {
	ctx, cancel := f.within()
	defer cancel()
	err = f.s.pool.QueryRow(ctx, `SELECT data FROM audit_files WHERE origin = $1 AND name = $2`, f.s.origin, f.prefix+name).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("reading a shared file: %w", fs.ErrNotExist)
	}
	if err != nil {
		return nil, unavailable("reading a shared file", err)
	}
	return data, nil
}

// Create makes a file, or fails with fs.ErrExist.
func (f *SharedFiles) Create(name string, data []byte) error {
	ctx, cancel := f.within()
	defer cancel()
	tag, err := f.s.pool.Exec(ctx, `INSERT INTO audit_files (origin, name, data) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, f.s.origin, f.prefix+name, data)
	if err != nil {
		return unavailable("making a shared file", err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("making a shared file: %w", fs.ErrExist)
	}
	return nil
}

// Rename gives a file another name; of several that try exactly one succeeds,
// the others fail with fs.ErrNotExist.
func (f *SharedFiles) Rename(from, to string) error {
	ctx, cancel := f.within()
	defer cancel()
	tag, err := f.s.pool.Exec(ctx, `UPDATE audit_files SET name = $3 WHERE origin = $1 AND name = $2`, f.s.origin, f.prefix+from, f.prefix+to)
	if err != nil {
		return unavailable("renaming a shared file", err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("renaming a shared file: %w", fs.ErrNotExist)
	}
	return nil
}

// Names lists the files that end so, in no order.
func (f *SharedFiles) Names(suffix string) ([]string, error) {
	ctx, cancel := f.within()
	defer cancel()
	rows, err := f.s.pool.Query(ctx, `SELECT substr(name, length($2) + 1) FROM audit_files
		WHERE origin = $1 AND starts_with(name, $2) AND right(name, length($3)) = $3`, f.s.origin, f.prefix, suffix)
	if err != nil {
		return nil, unavailable("listing shared files", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, unavailable("listing shared files", err)
	}
	return names, nil
}
