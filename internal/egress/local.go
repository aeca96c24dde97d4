package egress

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// Local is a transport to another process of this machine over a Unix socket:
// whatever a request names, the bytes go to the connection that dial returns, and
// a connection of any other kind is refused. idle closes unused connections; 0
// keeps them.
func Local(dial func(context.Context) (net.Conn, error), idle time.Duration) *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			c, err := dial(ctx)
			if err != nil {
				return nil, err
			}
			if _, ok := c.(*net.UnixConn); !ok {
				c.Close()
				return nil, fmt.Errorf("%w: not a Unix socket", ErrRefused)
			}
			return c, nil
		},
		MaxIdleConnsPerHost: 2,
		IdleConnTimeout:     idle,
		DisableCompression:  true,
	}
}

// Inside is a transport to one server on this machine or in a network of the
// operator's own: host is a name or an address, and every connection is checked,
// after the name was resolved, to go to the loopback, or into one of networks,
// and never to an address that is globally reachable. Redirects are for the
// caller to refuse; there is no proxy.
func Inside(host string, port uint16, networks []netip.Prefix, idle time.Duration) (*http.Transport, error) {
	if host == "" || port == 0 {
		return nil, fmt.Errorf("%w: a host and a port are needed", ErrRefused)
	}
	if ip, err := netip.ParseAddr(host); err == nil && !inside(networks, ip) {
		return nil, fmt.Errorf("%w: the address is not of this machine or of a listed network", ErrRefused)
	}
	dialer := &net.Dialer{
		Timeout: dialTimeout,
		ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil || (network != "tcp4" && network != "tcp6") || ap.Port() != port || !inside(networks, ap.Addr()) {
				return fmt.Errorf("%w: not an address of this machine or of a listed network", ErrRefused)
			}
			return nil
		},
	}
	addr := joinPort(host, port)
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "tcp", addr)
		},
		MaxIdleConnsPerHost: 2,
		IdleConnTimeout:     idle,
		DisableCompression:  true,
	}, nil
}

// inside reports whether ip is of this machine's loopback or in one of the
// networks, and not globally reachable whatever these say.
func inside(networks []netip.Prefix, ip netip.Addr) bool {
	if !ip.IsValid() || ip.Zone() != "" {
		return false
	}
	ip = ip.Unmap()
	within := func(p netip.Prefix) bool { return p.Contains(ip) }
	if !slices.ContainsFunc(special, within) {
		return false
	}
	return slices.ContainsFunc(loopback, within) || slices.ContainsFunc(networks, within)
}
