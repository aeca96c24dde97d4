package main

import (
	"context"
	"errors"
	"sync"

	"github.com/counterfoil/counterfoil/mcp"
)

// stand is a `serve --stdio` whose client is served through the owner of the
// data folder, which is another process, or has become this one.
type stand struct {
	app       *app
	principal string
	ctx       context.Context // of the process

	mu     sync.Mutex
	folder *folder // once this process is the owner
	closed bool
}

// serveStdio serves one client: directly if the data folder is free, else
// through its owner, and takes over when that one goes.
func (a *app) serveStdio(ctx context.Context, as string) (err error) {
	cfg, err := a.Config()
	if err != nil {
		return err
	}
	who, err := cfg.Caller(as)
	if err != nil {
		return err
	}
	st := &stand{app: a, principal: who.Name, ctx: ctx}
	defer func() { err = errors.Join(err, st.close()) }()
	stop := a.reloadOnHangup(ctx, st.reload)
	defer stop()
	var up mcp.Upstream
	err = a.reach(ctx, ownerWait, st.own, func() (err error) { up, err = st.join(); return err })
	if err != nil {
		return err
	}
	if f := st.owned(); f != nil {
		return f.serveStdio(ctx)
	}
	relay := &mcp.Relay{Logger: a.Logger(), Connect: func(context.Context) (mcp.Upstream, error) {
		if first := up; first.Socket != "" {
			up = mcp.Upstream{}
			return first, nil
		}
		return st.connect()
	}}
	return relay.Serve(ctx, a.Stdin, a.UI.Out)
}

// own makes this process the owner.
func (st *stand) own() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		return context.Canceled
	}
	f, err := st.app.openData(st.ctx)
	if err != nil {
		return err
	}
	f.stdio = st.principal
	f.hangup.Store(true)
	s, err := f.service(st.ctx)
	if err == nil {
		err = s.recordStart(st.ctx)
	}
	if err == nil {
		err = f.sayOutdated(st.ctx)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	s.wakeNotion()
	s.tend()
	st.folder = f
	return nil
}

// join says hello to the owner, which may be this process.
func (st *stand) join() (mcp.Upstream, error) {
	r, err := st.app.findOwner(st.ctx, st.principal)
	if err != nil {
		return mcp.Upstream{}, err
	}
	gone, err := r.watch(st.ctx)
	if err != nil {
		return mcp.Upstream{}, err
	}
	return mcp.Upstream{Socket: r.socket, Ticket: r.ticket, Gone: gone}, nil
}

// connect finds the next owner, or becomes it and joins itself.
func (st *stand) connect() (up mcp.Upstream, err error) {
	if st.owned() == nil {
		err = st.app.reach(st.ctx, ownerWait, st.own, func() (err error) { up, err = st.join(); return err })
		if err != nil || st.owned() == nil {
			return up, err
		}
		st.app.UI.Notef("the process that owned the data folder has ended; this one took over")
	}
	return st.join()
}

// reload has the owner read its config again.
func (st *stand) reload(ctx context.Context) error {
	if f := st.owned(); f != nil {
		return f.reload(ctx)
	}
	return st.app.reloadOwner(ctx)
}

// owned is the folder, once this process is its owner.
func (st *stand) owned() *folder {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.folder
}

func (st *stand) close() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.closed = true
	if st.folder == nil {
		return nil
	}
	return st.folder.Close()
}

// serveStdio serves this process's own client.
func (f *folder) serveStdio(ctx context.Context) error {
	s, err := f.service(ctx)
	if err != nil {
		return err
	}
	edge, err := s.server()
	if err != nil {
		return err
	}
	return edge.ServeStdio(ctx, f.app.Stdin, f.app.UI.Out)
}

// reloadOwner has another process, which owns the data folder, read its config
// again.
func (a *app) reloadOwner(ctx context.Context) error {
	r, err := a.greetOwner(ctx, hello{})
	if err != nil {
		return err
	}
	return errors.Join(r.reload(ctx), r.Close())
}
