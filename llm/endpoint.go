package llm

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/internal/egress"
)

// idle is how long an unused connection to the engine is kept.
const idle = 30 * time.Second

// Endpoint is where an engine listens: "unix:/path" or "http://host:port".
type Endpoint struct {
	// URL is the endpoint as the config names it.
	URL string
	// Networks are the operator's own that a host may lie in; the loopback needs
	// none. A public address is refused whatever they say.
	Networks []netip.Prefix
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

// transport checks the endpoint and makes the one way to it.
func (e Endpoint) transport() (way, error) {
	if path := e.Socket(); path != "" {
		if !filepath.IsAbs(path) {
			return nil, fmt.Errorf("%w: the path of the socket must be absolute", ErrEndpoint)
		}
		return egress.Local(dialSocket(path), idle), nil
	}
	u, err := url.Parse(e.URL)
	if err != nil || u.Scheme != "http" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("%w: it must be unix:/path or http://host:port", ErrEndpoint)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%w: it needs a port", ErrEndpoint)
	}
	t, err := egress.Inside(u.Hostname(), uint16(port), e.Networks, idle)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEndpoint, err)
	}
	return t, nil
}
