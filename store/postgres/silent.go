package postgres

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// silenceAfter is how much longer than its statements may take a server may say
// nothing: it ends those itself, and tells so. One that doesn't is hung, or
// something between is.
const silenceAfter = 5 * time.Second

var errSilent = errors.New("the server says nothing")

// endSilence breaks connections on which the server says nothing for longer than a
// statement may take. Only then does whoever waits without a deadline of his own hear
// of a server that is there and hangs.
func endSilence(cfg *pgconn.Config, statement time.Duration) {
	dial := cfg.DialFunc
	cfg.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &impatient{Conn: conn, bound: statement + silenceAfter}, nil
	}
}

// impatient is a connection that is closed when one read or write takes too long. The
// driver reads only when it waits for an answer.
type impatient struct {
	net.Conn
	bound  time.Duration
	silent atomic.Bool
}

func (c *impatient) within(do func([]byte) (int, error), p []byte) (int, error) {
	watch := time.AfterFunc(c.bound, func() {
		c.silent.Store(true)
		c.Conn.Close()
	})
	defer watch.Stop()
	n, err := do(p)
	if err != nil && c.silent.Load() {
		err = errSilent
	}
	return n, err
}

// Read implements net.Conn.
func (c *impatient) Read(p []byte) (int, error) { return c.within(c.Conn.Read, p) }

// Write implements net.Conn.
func (c *impatient) Write(p []byte) (int, error) { return c.within(c.Conn.Write, p) }
