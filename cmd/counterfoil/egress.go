package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/internal/egress"
)

// egressStopTimeout is how long tunnels may still take to end by themselves.
const egressStopTimeout = 5 * time.Second

func newEgressCmd(a *app) *cobra.Command {
	var listen string
	var allow, networks []string
	cmd := &cobra.Command{
		Use:   "egress",
		Short: "Run the forward proxy that is the only way out of an isolated stack",
		Long: `Run a forward proxy for CONNECT that reaches the destinations named with --allow and
nothing else. Addresses are checked after resolution: those that are not public are
refused unless they lie in a --network. It sees host names and ciphertext, logs each
connection and refusal, and needs no data folder. docs/deploy.md shows it in a stack.`,
		Example: "  counterfoil egress --listen 127.0.0.1:3128 --allow api.notion.com",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.egressProxy(cmd.Context(), listen, allow, networks)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:3128", "`address` to serve on")
	cmd.Flags().StringArrayVar(&allow, "allow", nil, "`host[:port]` that may be reached; needed, may be given more than once")
	cmd.Flags().StringArrayVar(&networks, "network", nil, "`prefix`, such as 10.1.2.0/24, in which those hosts may lie beside public addresses")
	return cmd
}

func (a *app) egressProxy(ctx context.Context, listen string, allow, networks []string) error {
	if len(allow) == 0 {
		return exit.Fail(exit.Usage, "for example: counterfoil egress --allow api.notion.com", "name each destination with --allow: without one the proxy would refuse every connection")
	}
	cfg := egress.Config{Now: a.Now, Record: recordEgress(a.Logger())}
	var within []netip.Prefix
	for _, n := range networks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return exit.Fail(exit.Usage, "name it as 10.1.2.0/24", "--network is not a prefix")
		}
		within = append(within, p)
	}
	for _, text := range allow {
		d, err := egress.ParseDestination(text)
		if err != nil {
			return exit.Fail(exit.Usage, "name it as api.notion.com or api.notion.com:443, in lower case and without wildcards", "--allow is not a host and port")
		}
		d.Networks = within
		cfg.Destinations = append(cfg.Destinations, d)
	}
	guard, err := egress.New(cfg)
	if err != nil {
		return exit.Fail(exit.Usage, "", "%w", err)
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return exit.Fail(exit.Usage, "", "listening: %w", err)
	}
	a.UI.Notef("egress proxy for %d destinations on %s", len(cfg.Destinations), l.Addr())
	return serveUntil(ctx, egress.NewProxy(guard).Server(), l, egressStopTimeout)
}

// recordEgress logs each connection before it is made, and each refusal.
func recordEgress(log *slog.Logger) func(egress.Event) error {
	return func(e egress.Event) error {
		if e.Reason == "" {
			log.Info("egress", "destination", e.Destination, "address", e.Address)
		} else {
			log.Warn("egress refused", "reason", string(e.Reason), "destination", e.Destination, "asked", e.Asked)
		}
		return nil
	}
}

// serveUntil serves until the context ends, and then lets what is in flight
// take as long as the bound says.
func serveUntil(ctx context.Context, srv *http.Server, l net.Listener, bound time.Duration) error {
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), bound)
	defer cancel()
	return srv.Shutdown(stop)
}
