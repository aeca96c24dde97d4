package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// While the server writes a block on one connection, the keys of the next are
// looked up on another, which sees what was committed before: the head is locked, so
// nothing of the tenant is committed meanwhile. What the import itself has written is
// looked up on its own connection, once that is free: keys that it has not written,
// as a filter knows, need not be.

// asideWait bounds how long an import waits for a second connection. Without one it
// looks up everything on its own.
const asideWait = time.Second

// aside is the second connection of an import, nil without one.
type aside struct {
	s    *Store
	conn *pgxpool.Conn
}

// besides returns a second connection, or nil.
func (s *Store) besides(ctx context.Context) *aside {
	ctx, cancel := context.WithTimeout(ctx, asideWait)
	defer cancel()
	c, err := s.write.Acquire(ctx)
	if err != nil {
		return nil
	}
	return &aside{s, c}
}

// read runs f in a transaction that sees what is committed. ok is false if that
// failed, for whatever reason: then what f found is to be looked up again.
func (a *aside) read(ctx context.Context, f func(*conn) error) (ok bool) {
	if a == nil {
		return false
	}
	tx, err := a.conn.BeginTx(ctx, reading)
	if err != nil {
		return false
	}
	c := a.s.conn(tx)
	defer c.end()
	if _, err := c.exec(ctx, byIndex); err != nil {
		return false
	}
	return f(c) == nil
}

// release gives the connection back.
func (a *aside) release() {
	if a != nil {
		a.conn.Release()
	}
}
