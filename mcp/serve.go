package mcp

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
)

// Serve serves HTTP on a listener, TCP or unix, until the context ends; then
// it stops accepting, lets calls in flight finish for Limits.DrainTimeout,
// cancels the rest and returns nil. Clients of a unix listener are who the
// kernel says they are, see Config.Peer.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	return serveHTTP(ctx, ln, s.mux, s.limits, s.Drain, s.log)
}

// Drain makes the server refuse what is new and end its streams, which would
// never end by themselves. Calls in flight go on. Serve does it by itself.
func (s *Server) Drain() {
	s.draining.Store(true)
	s.sessions.hangUp()
}

// serveHTTP serves until the context ends, and calls stopping before it waits
// for what is in flight.
func serveHTTP(ctx context.Context, ln net.Listener, h http.Handler, l Limits, stopping func(), logger *slog.Logger) error {
	base, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: l.HeaderTimeout,
		IdleTimeout:       l.IdleTimeout,
		MaxHeaderBytes:    l.HeaderBytes,
		ConnContext:       withPeer,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          log.New(io.Discard, "", 0), // it would quote clients and panics
	}
	drained := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(drained)
		stopping()
		within, cancel := context.WithTimeout(context.Background(), l.DrainTimeout)
		defer cancel()
		if srv.Shutdown(within) != nil {
			logger.Warn("calls in flight were cut off")
			cut()
			srv.Close()
		}
	})
	err := srv.Serve(newLimitListener(ln, l.Conns))
	if stop() { // the listener failed; nothing had asked to stop
		srv.Close()
		return err
	}
	<-drained
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// limitListener bounds the open connections; further ones wait in the
// system's queue.
type limitListener struct {
	net.Listener
	room   chan struct{}
	closed chan struct{}
	once   sync.Once
}

func newLimitListener(ln net.Listener, n int) *limitListener {
	return &limitListener{Listener: ln, room: make(chan struct{}, n), closed: make(chan struct{})}
}

func (l *limitListener) Accept() (net.Conn, error) {
	select {
	case l.room <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.room
		return nil, err
	}
	return &limitConn{Conn: c, leave: sync.OnceFunc(func() { <-l.room })}, nil
}

func (l *limitListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitConn struct {
	net.Conn
	leave func()
}

func (c *limitConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
