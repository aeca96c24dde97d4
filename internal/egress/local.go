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

// Inner is one server on this machine or in a network of the operator's own.
type Inner struct {
	Host     string // a name or an address
	Port     uint16
	Networks []netip.Prefix // the operator's own, beside the loopback
	Resolver *net.Resolver  // nil is the system's
}

// Transport connects to the server alone: every connection is checked, after the
// name was resolved, to go to the loopback, or into one of the networks, and
// never to an address that is globally reachable. Redirects are for the caller to
// refuse; there is no proxy. idle closes unused connections; 0 keeps them.
func (in Inner) Transport(idle time.Duration) (*http.Transport, error) {
	if in.Host == "" || in.Port == 0 {
		return nil, fmt.Errorf("%w: a host and a port are needed", ErrRefused)
	}
	if ip, err := netip.ParseAddr(in.Host); err == nil && !inside(in.Networks, ip) {
		return nil, errOutside
	}
	dialer := &net.Dialer{
		Timeout: dialTimeout, Resolver: in.Resolver,
		ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil || (network != "tcp4" && network != "tcp6") || ap.Port() != in.Port || !inside(in.Networks, ap.Addr()) {
				return errOutside
			}
			return nil
		},
	}
	addr := joinPort(in.Host, in.Port)
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "tcp", addr)
		},
		MaxIdleConnsPerHost: 2,
		IdleConnTimeout:     idle,
		DisableCompression:  true,
	}, nil
}

var errOutside = fmt.Errorf("%w: not an address of this machine or of a listed network", ErrRefused)

// Check looks the host up now and returns ErrRefused if it has an address to
// which no connection would be made. That a name is not known yet is no error:
// every connection is checked anyway.
func (in Inner) Check(ctx context.Context) error {
	resolver := in.Resolver
	if resolver == nil {
		resolver = new(net.Resolver)
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	addrs, err := resolver.LookupNetIP(ctx, "ip", in.Host)
	if err != nil {
		return nil
	}
	for _, ip := range addrs {
		if !inside(in.Networks, ip) {
			return errOutside
		}
	}
	return nil
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
