package mcp

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
)

// Serve serves HTTP on a listener, TCP or unix, until the context ends; then
// it stops accepting, lets calls in flight finish for Limits.DrainTimeout,
// cancels the rest and returns nil. Clients of a unix listener are who the
// kernel says they are, see Config.Peer.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	base, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	srv := &http.Server{
		Handler:           s.mux,
		ReadHeaderTimeout: s.limits.HeaderTimeout,
		IdleTimeout:       s.limits.IdleTimeout,
		MaxHeaderBytes:    s.limits.HeaderBytes,
		ConnContext:       withPeer,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          log.New(io.Discard, "", 0), // it would quote clients and panics
	}
	drained := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(drained)
		s.drain(srv, cut)
	})
	err := srv.Serve(newLimitListener(ln, s.limits.Conns))
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

// drain lets calls in flight finish and ends streams, which never would.
func (s *Server) drain(srv *http.Server, cut context.CancelFunc) {
	s.draining.Store(true)
	s.sessions.hangUp()
	ctx, cancel := context.WithTimeout(context.Background(), s.limits.DrainTimeout)
	defer cancel()
	if srv.Shutdown(ctx) != nil {
		s.log.Warn("calls in flight were cut off")
		cut()
		srv.Close()
	}
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
