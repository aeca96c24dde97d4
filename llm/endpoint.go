package llm

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/counterfoil/counterfoil/internal/egress"
)

// Endpoint is where an engine listens: "unix:/path" or "http://host:port".
type Endpoint struct {
	// URL is the endpoint as the config names it.
	URL string
	// Networks are the operator's own that a host may lie in; the loopback needs
	// none. A public address is refused whatever they say.
	Networks []netip.Prefix
	// Resolver looks the host up; nil is the system's.
	Resolver *net.Resolver
}

// Check looks the host up, for a start: ErrEndpoint means that it has an address
// that is public, or in no listed network. Every connection is checked again.
func (e Endpoint) Check(ctx context.Context) error {
	if e.Socket() != "" {
		return nil
	}
	in, err := e.inner()
	if err == nil {
		err = in.Check(ctx)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEndpoint, err)
	}
	return nil
}

// inner reads http://host:port.
func (e Endpoint) inner() (egress.Inner, error) {
	u, err := url.Parse(e.URL)
	if err != nil || u.Scheme != "http" || u.User != nil || u.RawQuery != "" || !root(u.Path) {
		return egress.Inner{}, errors.New("it must be unix:/path or http://host:port")
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return egress.Inner{}, errors.New("it needs a port")
	}
	return egress.Inner{Host: u.Hostname(), Port: uint16(port), Networks: e.Networks, Resolver: e.Resolver}, nil
}

// root reports whether a path is none, or the /v1 that engines' manuals put
// behind their address; it is added to every request in any case.
func root(path string) bool {
	path = strings.Trim(path, "/")
	return path == "" || path == "v1"
}

// Socket is the path of a Unix socket, or "" if the endpoint is none.
func (e Endpoint) Socket() string {
	path, ok := strings.CutPrefix(e.URL, "unix:")
	if !ok {
		return ""
	}
	return path
}

// way is a transport that leads to one place.
type way interface {
	http.RoundTripper
	CloseIdleConnections()
}

// transport checks the endpoint and makes the one way to it. Each request has a
// connection of its own: that takes a tenth of a millisecond, and an engine that
// closes one for being idle, just when it is used again, breaks no request.
func (e Endpoint) transport() (way, error) {
	if path := e.Socket(); path != "" {
		if !filepath.IsAbs(path) {
			return nil, fmt.Errorf("%w: the path of the socket must be absolute", ErrEndpoint)
		}
		t := egress.Local(dialSocket(path), 0)
		t.DisableKeepAlives = true // see transport
		return t, nil
	}
	in, err := e.inner()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEndpoint, err)
	}
	t, err := in.Transport(0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEndpoint, err)
	}
	t.DisableKeepAlives = true
	return t, nil
}
