package main

import (
	"context"
	"maps"
	"os/signal"
	"slices"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/confine"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
)

// serveOptions are the flags of `serve`.
type serveOptions struct {
	stdio bool
	as    string
	http  string
	unix  string
}

func newServeCmd(a *app) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve MCP clients over HTTP, a unix socket or stdio",
		Long: `Serve MCP clients until interrupted. Without a flag, serve what the config's serve
section names. HTTP clients need a token (counterfoil token add), also on this machine.
Over a unix socket, and over stdio, the principal is the one with stdio in the config.

The first process on a data folder owns it; each further serve --stdio, call or import
works through that one, and takes over when it ends (docs/several-clients.md).

On SIGHUP the policy and the principals are read again: all of it, or, if there is any
mistake, nothing. Everything else needs a restart.`,
		Example: `  counterfoil serve
  counterfoil serve --http 127.0.0.1:7171
  counterfoil serve --stdio                    # what Claude Desktop runs`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.stdio, "stdio", false, "serve one client on standard input and output")
	cmd.Flags().StringVar(&o.as, "as", "", "with --stdio, `name` of the principal (default: the one with stdio)")
	cmd.Flags().StringVar(&o.http, "http", "", "listen on this `address`, such as 127.0.0.1:7171")
	cmd.Flags().StringVar(&o.unix, "unix", "", "listen on a unix socket at this `path`")
	return cmd
}

// address is where a server with these flags listens for HTTP, "" for nowhere.
func (o serveOptions) address(cfg *config.Config) string {
	if o.http == "" && o.unix == "" && !o.stdio {
		return cfg.Serve.HTTP
	}
	return o.http
}

func (a *app) serve(ctx context.Context, o serveOptions) (err error) {
	if o.stdio && (o.http != "" || o.unix != "") {
		return exit.Fail(exit.Usage, "start a second one: it finds the first", "--stdio goes alone")
	}
	if o.as != "" && !o.stdio {
		return exit.Fail(exit.Usage, "HTTP clients are who their tokens say", "--as is for --stdio")
	}
	cfg, err := a.Config()
	if err != nil {
		return err
	}
	if ownProcess {
		if err := confine.Server(a.Home, cfg, o.address(cfg)); err != nil {
			return err
		}
	}
	// A client that goes away, or a terminal that does, is an error of the write,
	// not the end of the process.
	signal.Ignore(syscall.SIGPIPE)
	a.Serving = true
	a.sayNobody(cfg)
	if o.stdio {
		return folder.ServeStdio(ctx, a.Home, o.as)
	}
	f, err := folder.OpenToListen(ctx, a.Home)
	if err != nil {
		return err
	}
	defer f.Closing(&err)
	if o.http == "" && o.unix == "" {
		o.http, o.unix = f.Config.Serve.HTTP, f.Config.Serve.Unix
	}
	s, err := f.Service(ctx)
	if err != nil {
		return err
	}
	if err := s.RecordStart(ctx); err != nil {
		return err
	}
	s.WakeNotion()
	s.Tend()
	if err := f.SayOutdated(ctx); err != nil {
		return err
	}
	stop := folder.ReloadOnHangup(ctx, a.Home, f.Reload)
	f.Hangup.Store(true)
	defer stop()
	if s.Model != nil {
		watching, end := context.WithCancel(ctx)
		var watch sync.WaitGroup
		watch.Go(func() { s.Model.Watch(watching) })
		defer watch.Wait()
		defer end()
	}
	return s.Listen(ctx, o.http, o.unix)
}

// sayNobody warns of limits for a principal that is not there, as after a slip in
// its name: they bind nobody.
func (a *app) sayNobody(cfg *config.Config) {
	for _, name := range slices.Sorted(maps.Keys(cfg.Limits.Principals)) {
		if cfg.Find(name) < 0 {
			a.UI.Warnf("limits.principals: no principal of the config is called %s", name)
		}
	}
}
