package main

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/internal/egress"
)

const (
	// healthTimeout bounds a health check; those that ask wait for little more.
	healthTimeout = 3 * time.Second
	// maxHealth bounds what is read of an answer, in bytes.
	maxHealth = 4 << 10
)

func newHealthcheckCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "healthcheck [url]",
		Short: "Ask a server on this machine whether it is ready",
		Long: `Ask for a URL on a loopback address, and succeed if the answer is 200. It is for images
that have no shell: a container's health check runs it. Without a URL it asks
http://127.0.0.1:7171/readyz.`,
		Example: "  counterfoil healthcheck http://127.0.0.1:7171/readyz",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			address := "http://127.0.0.1:7171/readyz"
			if len(args) == 1 {
				address = args[0]
			}
			return a.healthcheck(cmd.Context(), address)
		},
	}
}

func (a *app) healthcheck(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return exit.Fail(exit.Usage, "", "the argument is not a URL")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	port, portErr := strconv.Atoi(u.Port())
	if err != nil || portErr != nil || !ip.IsLoopback() || u.Scheme != "http" {
		return exit.Fail(exit.Usage, "name it as http://127.0.0.1:PORT/PATH", "only loopback addresses are asked")
	}
	guard, err := egress.New(egress.Config{Now: a.Now, Destinations: []egress.Destination{{
		Host: u.Hostname(), Port: port, Plain: true, Networks: []netip.Prefix{netip.PrefixFrom(ip, ip.BitLen())},
	}}})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := guard.Client(healthTimeout).Do(req)
	if err != nil {
		return exit.Fail(exit.Data, "start counterfoil serve, or name its address: counterfoil healthcheck http://127.0.0.1:PORT/readyz", "there is no answer")
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, io.LimitReader(resp.Body, maxHealth))
	if resp.StatusCode != http.StatusOK {
		return exit.Fail(exit.Data, "", "the answer is %d", resp.StatusCode)
	}
	return nil
}
