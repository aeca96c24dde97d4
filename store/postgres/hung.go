package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/counterfoil/counterfoil/internal/breaker"
)

// hungAfter is how long a server that was dialled may say nothing at all before others
// are told at once that it hangs. One that is merely busy greets within a moment.
const hungAfter = 5 * time.Second

// failHung has whoever needs a connection to a server that hangs wait for it only if
// nobody has just found out: a stopped server's system goes on accepting connections,
// so that each would wait for its whole bound. A breaker's attempt is from the dialling
// to the first byte that the server sends.
func failHung(cfg *pgconn.Config) {
	dial := cfg.DialFunc
	cfg.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		end, err := breakerOf("answer of " + network + " " + address).Begin()
		if err != nil {
			return nil, err
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			end(breaker.ErrGivenUp) // which is told elsewhere
			return nil, err
		}
		return &greeted{Conn: conn, end: end, begun: time.Now()}, nil
	}
}

// greeted is a connection that tells when the server answers for the first time, or
// that it has not.
type greeted struct {
	net.Conn
	end   func(error)
	begun time.Time
	once  sync.Once
}

// Read implements net.Conn.
func (c *greeted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 || err != nil {
		c.once.Do(func() { c.judge(n > 0 || errors.Is(err, io.EOF)) })
	}
	return n, err
}

// Close implements net.Conn.
func (c *greeted) Close() error {
	c.once.Do(func() { c.judge(false) })
	return c.Conn.Close()
}

// judge ends the attempt: the server has answered, has said nothing for too long, or
// nobody waited for long enough to know.
func (c *greeted) judge(answered bool) {
	switch {
	case answered:
		c.end(nil)
	case time.Since(c.begun) >= hungAfter:
		c.end(errSilent)
	default:
		c.end(breaker.ErrGivenUp)
	}
}
