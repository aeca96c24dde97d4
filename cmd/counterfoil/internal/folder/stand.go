package folder

import (
	"context"
	"errors"
	"sync"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/mcp"
)

// stand is a `serve --stdio` whose client is served through the owner of the
// data folder, which is another process, or has become this one.
type stand struct {
	home      *home.Home
	principal string
	ctx       context.Context // of the process

	mu     sync.Mutex
	folder *Folder // once this process is the owner
	closed bool
}

// ServeStdio serves one client: directly if the data folder is free, else
// through its owner, and takes over when that one goes.
func ServeStdio(ctx context.Context, h *home.Home, as string) (err error) {
	cfg, err := h.Config()
	if err != nil {
		return err
	}
	who, err := cfg.Caller(as)
	if err != nil {
		return err
	}
	st := &stand{home: h, principal: who.Name, ctx: ctx}
	defer func() { err = errors.Join(err, st.close()) }()
	stop := ReloadOnHangup(ctx, h, st.reload)
	defer stop()
	var up mcp.Upstream
	err = reach(ctx, h, ownerWait, st.own, func() (err error) { up, err = st.join(); return err })
	if err != nil {
		return err
	}
	if f := st.owned(); f != nil {
		return f.serveStdio(ctx)
	}
	relay := &mcp.Relay{Logger: h.Logger(), Connect: func(context.Context) (mcp.Upstream, error) {
		if first := up; first.Socket != "" {
			up = mcp.Upstream{}
			return first, nil
		}
		return st.connect()
	}}
	return relay.Serve(ctx, h.Stdin, h.UI.Out)
}

// own makes this process the owner.
func (st *stand) own() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		return context.Canceled
	}
	f, err := Open(st.ctx, st.home)
	if err != nil {
		return err
	}
	f.stdio = st.principal
	f.Hangup.Store(true)
	s, err := f.Service(st.ctx)
	if err == nil {
		err = s.RecordStart(st.ctx)
	}
	if err == nil {
		err = f.SayOutdated(st.ctx)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	s.WakeNotion()
	s.Tend()
	st.folder = f
	return nil
}

// join says hello to the owner, which may be this process.
func (st *stand) join() (mcp.Upstream, error) {
	r, err := findOwner(st.ctx, st.home, st.principal)
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
		err = reach(st.ctx, st.home, ownerWait, st.own, func() (err error) { up, err = st.join(); return err })
		if err != nil || st.owned() == nil {
			return up, err
		}
		st.home.UI.Notef("the process that owned the data folder has ended; this one took over")
	}
	return st.join()
}

// reload has the owner read its config again.
func (st *stand) reload(ctx context.Context) error {
	if f := st.owned(); f != nil {
		return f.Reload(ctx)
	}
	return reloadOwner(ctx, st.home)
}

// owned is the folder, once this process is its owner.
func (st *stand) owned() *Folder {
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
func (f *Folder) serveStdio(ctx context.Context) error {
	s, err := f.Service(ctx)
	if err != nil {
		return err
	}
	edge, err := s.Server()
	if err != nil {
		return err
	}
	return edge.ServeStdio(ctx, f.Home.Stdin, f.Home.UI.Out)
}

// reloadOwner has another process, which owns the data folder, read its config
// again.
func reloadOwner(ctx context.Context, h *home.Home) error {
	r, err := greetOwner(ctx, h, hello{})
	if err != nil {
		return err
	}
	return errors.Join(r.reload(ctx), r.Close())
}
