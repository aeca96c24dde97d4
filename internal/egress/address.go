package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// special lists what is not globally reachable, from the IANA IPv4 and IPv6
// Special-Purpose Address Registries (RFC 6890 and its updates), with multicast
// and the translation prefixes through which an IPv4 address can be reached in
// disguise (6to4, Teredo, NAT64, IPv4-mapped). The Is* methods of netip.Addr
// miss several.
var special = prefixes(`
	0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12
	192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16
	192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
	::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23
	2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10
	fec0::/10 ff00::/8`)

// loopback is where plain HTTP may go.
var loopback = prefixes("127.0.0.0/8 ::1/128")

func prefixes(text string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range strings.Fields(text) {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// allows reports whether a connection to ip may be made: it is in one of the
// destination's own networks, or it is globally reachable. Zones are refused.
func allows(networks []netip.Prefix, ip netip.Addr) bool {
	if !ip.IsValid() || ip.Zone() != "" {
		return false
	}
	ip = ip.Unmap()
	within := func(p netip.Prefix) bool { return p.Contains(ip) }
	return slices.ContainsFunc(networks, within) || !slices.ContainsFunc(special, within)
}

// control checks every address that the dialer is about to connect to.
func (g *Guard) control(p *place) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, network, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || (network != "tcp4" && network != "tcp6") || ap.Port() != p.port || !allows(p.networks, ap.Addr()) {
			return g.refuse(p, ReasonAddress, "", ErrRefused)
		}
		return g.connecting(p, ap)
	}
}

// connecting records a connection before it is made.
func (g *Guard) connecting(p *place, ap netip.AddrPort) error {
	if g.cfg.Record != nil {
		e := Event{Time: g.cfg.Now(), Destination: p.name, Address: ap.String()}
		if err := g.cfg.Record(e); err != nil {
			p.refusals.Add(1)
			return fmt.Errorf("%w: %s (%s)", ErrRefused, ReasonRecord, p.name)
		}
	}
	p.connections.Add(1)
	return nil
}

// safeDialError keeps refusals and says of everything else only that the
// configured destination can't be reached: a resolver's error quotes servers
// and names.
func safeDialError(p *place, err error) error {
	if errors.Is(err, ErrRefused) || errors.Is(err, ErrLimit) {
		return fmt.Errorf("%w (%s)", first(err), p.name)
	}
	return &net.OpError{Op: "dial", Net: "tcp", Err: unreachable{p.name, isTimeout(err), err}}
}

// first unwraps to the error that refuse made, without the dialer's text.
func first(err error) error {
	for _, kind := range []error{ErrRefused, ErrLimit} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return err
}

type unreachable struct {
	name    string
	timeout bool
	cause   error
}

func (u unreachable) Error() string   { return "cannot reach " + u.name }
func (u unreachable) Timeout() bool   { return u.timeout }
func (u unreachable) Temporary() bool { return true }
func (u unreachable) Unwrap() error   { return u.cause }

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

// canonicalHost checks that a configured host has exactly one spelling: an IP
// address as netip prints it, or a name of letters, digits, hyphens and dots
// that no parser could take for a number (WHATWG URL, "ends in a number").
func canonicalHost(host string) (isIP bool, err error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() != "" || ip.Is4In6() || ip.String() != host {
			return true, errors.New("address is not in canonical form")
		}
		return true, nil
	}
	if host == "" || len(host) > 253 || host != lowerASCII(host) {
		return false, errors.New("host is empty, too long or not lower case")
	}
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if !goodLabel(l) {
			return false, errors.New("host is not a plain ASCII name (no trailing dot, no empty label)")
		}
	}
	if last := labels[len(labels)-1]; last[0] >= '0' && last[0] <= '9' {
		return false, errors.New("host looks like a number")
	}
	return false, nil
}

func goodLabel(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	for i := range len(l) {
		c := l[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

func joinPort(host string, port uint16) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// lowerASCII lowers A to Z and nothing else: a name in other letters matches no
// destination.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// maxAsked is the length of a DNS name with its port.
const maxAsked = 255

func printable(s string) string {
	s = s[:min(len(s), maxAsked)]
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}
