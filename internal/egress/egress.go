// Package egress is the only way out of the process: the one http.Transport in
// the program, which reaches the destinations of its configuration and nothing
// else.
//
// A request passes four gates. Before any name is resolved, its scheme, host
// and port must be exactly one of the configured pairs and its Host header must
// say the same. Then the destination's rate and byte budgets must not be spent.
// After resolution, and for every address the dialer tries, the final IP and
// port are checked in the dialer's control hook, immediately before connect(2):
// there is no window in which an answer of the DNS could be swapped. Addresses
// that are not globally reachable (IANA special-purpose registries) are refused
// unless the destination names their network. At last, a response that
// redirects is refused, because following it would be a decision of the far
// side.
//
// The environment is not consulted: HTTPS_PROXY and its kin are ignored. A
// proxy is used only when the configuration names one, and then every
// connection goes to it and nowhere else; addresses behind it can't be checked
// from here, which is said in docs/egress.md.
//
// Every connection and every refusal is counted and passed to Config.Record. A
// connection whose record fails is not made.
package egress

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"
)

// Sentinel errors. The text of an error that wraps one names a reason and at
// most a configured destination, never what an unlisted host was called.
var (
	// ErrRefused means that a destination, an address, a redirect or a request's
	// form is not allowed.
	ErrRefused = errors.New("egress refused")
	// ErrLimit means that a destination's rate or byte budget is spent.
	ErrLimit = errors.New("egress limit reached")
	// ErrConfig means that a destination can't be configured so.
	ErrConfig = errors.New("invalid egress configuration")
)

// Bounds of one transport. None of them is configurable: a destination that
// needs more is not an API that this program talks to.
const (
	// MaxDestinations is how many host:port pairs may be configured.
	MaxDestinations = 64
	// dialTimeout bounds resolution and TCP connect together. What is up answers in
	// a fraction of a second; a first packet that is lost is sent again after one
	// second and after three.
	dialTimeout = 4 * time.Second
	// tlsTimeout bounds the TLS handshake.
	tlsTimeout = 10 * time.Second
	// headerTimeout is how long a server may take to start its answer.
	headerTimeout = 60 * time.Second
	// idleTimeout closes unused connections before common load balancers do.
	idleTimeout = 50 * time.Second
	// connsPerHost bounds the sockets to one destination.
	connsPerHost = 8
	// maxHeaderBytes bounds a response's headers.
	maxHeaderBytes = 64 << 10
)

// Defaults of a Destination's zero fields.
const (
	// DefaultResponseBytes is the longest response body: Notion's largest page of
	// results is below 4 MiB.
	DefaultResponseBytes = 16 << 20
	// DefaultWindowBytes is how much may go to, and come from, one destination in
	// a Window.
	DefaultWindowBytes = 256 << 20
	// DefaultRequestsPerMinute is well above what three requests a second need.
	DefaultRequestsPerMinute = 600
	// Window is the period over which bytes are counted.
	Window = 24 * time.Hour
)

// Destination is one host and port that may be reached.
type Destination struct {
	// Host is a lower-case ASCII name without a trailing dot, or an IP address in
	// canonical form (which also needs Networks).
	Host string `yaml:"host"`
	// Port is the TCP port; 0 is 443.
	Port int `yaml:"port"`
	// Plain allows http instead of https. It is accepted only where every
	// network in Networks is loopback.
	Plain bool `yaml:"plain"`
	// Networks are the special-purpose ranges in which this host may lie, such as
	// 127.0.0.1/32 or 10.1.2.0/24. Empty: globally reachable addresses only.
	Networks []netip.Prefix `yaml:"networks"`
	// ResponseBytes bounds one response body; 0 is DefaultResponseBytes.
	ResponseBytes int64 `yaml:"response_bytes"`
	// WindowBytes bounds what is sent and, separately, received in Window,
	// counted on the wire; 0 is DefaultWindowBytes.
	WindowBytes int64 `yaml:"window_bytes"`
	// RequestsPerMinute bounds requests; 0 is DefaultRequestsPerMinute. A burst
	// may use a minute's worth at once.
	RequestsPerMinute int `yaml:"requests_per_minute"`
}

// Config says where the process may connect to. The zero value allows nothing.
type Config struct {
	Destinations []Destination `yaml:"destinations"`
	// Proxy is "" for none, or "http://host:port" of a CONNECT proxy which must
	// itself be a Destination.
	Proxy string `yaml:"proxy"`
	// Landlock is one of the Landlock constants: whether a server has the kernel
	// forbid it all TCP ports but those of its configuration.
	Landlock string `yaml:"landlock"`

	// RootCAs verifies servers; nil is the system's pool.
	RootCAs *x509.CertPool `yaml:"-"`
	// Resolver looks names up; nil is the system's.
	Resolver *net.Resolver `yaml:"-"`
	// Now is the clock of the budgets; nil is time.Now.
	Now func() time.Time `yaml:"-"`
	// Record is told of every connection, before it is made, and of every
	// refusal. An error refuses the connection. nil records nothing.
	Record func(Event) error `yaml:"-"`
}

// Event is one connection or refusal.
type Event struct {
	Time time.Time
	// Destination is the configured pair, as "host:port", or "" if none matched.
	Destination string
	// Address is the checked IP and port of a connection; "" if none was dialed.
	Address string
	// Reason is "" for a connection, and otherwise one of the Reason constants.
	Reason Reason
	// Asked is the host and port that an unlisted request named, cut to 255 bytes
	// of printable ASCII. Whoever made the request chose it: redact it before it
	// is recorded.
	Asked string
}

// Reason says why something was refused.
type Reason string

// The reasons.
const (
	ReasonDestination Reason = "destination not listed"
	ReasonAddress     Reason = "address not allowed"
	ReasonScheme      Reason = "scheme not allowed"
	ReasonForm        Reason = "request form not allowed"
	ReasonRedirect    Reason = "redirect"
	ReasonRate        Reason = "rate limit"
	ReasonBytes       Reason = "byte limit"
	ReasonRecord      Reason = "record failed"
)

// Guard holds the transport and its counters. It is safe for concurrent use.
type Guard struct {
	cfg       Config
	proxy     *url.URL
	places    map[string]*place // by "host:port"
	transport *http.Transport
	unlisted  counter
}

// New checks the configuration and builds the transport. Errors wrap ErrConfig
// and name the destination by its position.
func New(cfg Config) (*Guard, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if len(cfg.Destinations) > MaxDestinations {
		return nil, fmt.Errorf("%w: more than %d destinations", ErrConfig, MaxDestinations)
	}
	g := &Guard{cfg: cfg, places: make(map[string]*place)}
	for i, d := range cfg.Destinations {
		p, err := newPlace(d, cfg.Now())
		if err != nil {
			return nil, fmt.Errorf("%w: destination %d: %w", ErrConfig, i+1, err)
		}
		if g.places[p.name] != nil {
			return nil, fmt.Errorf("%w: destination %d is listed twice", ErrConfig, i+1)
		}
		g.places[p.name] = p
	}
	if err := g.setProxy(); err != nil {
		return nil, err
	}
	g.transport = g.newTransport()
	return g, nil
}

func (g *Guard) setProxy() error {
	if g.cfg.Proxy == "" {
		return nil
	}
	u, err := url.Parse(g.cfg.Proxy)
	if err != nil || u.Scheme != "http" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%w: proxy is not of the form http://host:port", ErrConfig)
	}
	if g.places[u.Host] == nil {
		return fmt.Errorf("%w: the proxy must be a destination too", ErrConfig)
	}
	g.proxy = u
	return nil
}

func (g *Guard) newTransport() *http.Transport {
	t := &http.Transport{
		Proxy:                  nil, // never from the environment
		DialContext:            g.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: g.cfg.RootCAs},
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxConnsPerHost:        connsPerHost,
		MaxIdleConns:           MaxDestinations,
		IdleConnTimeout:        idleTimeout,
		ForceAttemptHTTP2:      true,
		// Bytes are counted as they cross the wire; a compressed answer could be
		// a thousand times longer than its budget.
		DisableCompression: true,
	}
	if g.proxy != nil {
		t.Proxy = http.ProxyURL(g.proxy)
	}
	return t
}

// Client returns a client whose every request, redirect and connection goes
// through the guard. timeout bounds a whole request with its body; zero means
// that only the context bounds it. The client follows no redirect and keeps no
// cookie.
func (g *Guard) Client(timeout time.Duration) *http.Client {
	return &http.Client{
		Transport:     g,
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// CloseIdle closes connections that carry no request.
func (g *Guard) CloseIdle() { g.transport.CloseIdleConnections() }

// Counts is what has happened at one destination since the start.
type Count struct {
	// Destination is "host:port", or "" for requests to hosts that are not listed.
	Destination                     string
	Connections, Requests, Refusals uint64
	// SentBytes and ReceivedBytes are counted on the wire, TLS included.
	SentBytes, ReceivedBytes uint64
}

// Counts returns the counters of every destination in the order of their
// names, the unlisted ones first.
func (g *Guard) Counts() []Count {
	out := []Count{g.unlisted.snapshot("")}
	for name, p := range g.places {
		out = append(out, p.snapshot(name))
	}
	slices.SortFunc(out, func(a, b Count) int { return compare(a.Destination, b.Destination) })
	return out
}

// RoundTrip checks a request, sends it and checks that the answer does not
// redirect. It closes the request's body in every case.
func (g *Guard) RoundTrip(req *http.Request) (*http.Response, error) {
	p, err := g.admit(req)
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	p.requests.Add(1)
	resp, err := g.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 && resp.StatusCode != http.StatusNotModified {
		resp.Body.Close()
		return nil, g.refuse(p, ReasonRedirect, "", ErrRefused)
	}
	resp.Body = &boundedBody{ReadCloser: resp.Body, left: p.responseBytes}
	return resp, nil
}

// admit finds the destination of a request and spends from its rate budget.
func (g *Guard) admit(req *http.Request) (*place, error) {
	asked := req.URL.Host
	if req.URL.Port() == "" {
		asked += map[string]string{"https": ":443", "http": ":80"}[req.URL.Scheme]
	}
	p := g.places[lowerASCII(asked)]
	switch {
	case p == nil:
		return nil, g.refuse(nil, ReasonDestination, asked, ErrRefused)
	case req.URL.Scheme != p.scheme:
		return nil, g.refuse(p, ReasonScheme, "", ErrRefused)
	case req.URL.User != nil, req.Host != "" && lowerASCII(req.Host) != lowerASCII(req.URL.Host), req.Method == http.MethodConnect:
		// Another Host header would reach another site behind a shared front.
		return nil, g.refuse(p, ReasonForm, "", ErrRefused)
	case !p.takeRequest(g.cfg.Now()):
		return nil, g.refuse(p, ReasonRate, "", ErrLimit)
	case p.spent(g.cfg.Now()):
		return nil, g.refuse(p, ReasonBytes, "", ErrLimit)
	}
	return p, nil
}

// refuse counts and records a refusal and returns its error.
func (g *Guard) refuse(p *place, why Reason, asked string, kind error) error {
	e := Event{Time: g.cfg.Now(), Reason: why, Asked: printable(asked)}
	c, named := &g.unlisted, ""
	if p != nil {
		c, e.Destination, named = &p.counter, p.name, " ("+p.name+")"
	}
	c.refusals.Add(1)
	if g.cfg.Record != nil {
		// Nothing happened that a failed record would have to undo.
		_ = g.cfg.Record(e)
	}
	return fmt.Errorf("%w: %s%s", kind, why, named)
}

// dial connects to a destination. http.Transport calls it with "host:port",
// which under a proxy is the proxy's.
func (g *Guard) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	name := lowerASCII(addr)
	p := g.places[name]
	if network != "tcp" || p == nil || (g.proxy != nil && name != g.proxy.Host) {
		return nil, g.refuse(nil, ReasonDestination, addr, ErrRefused)
	}
	d := net.Dialer{Timeout: dialTimeout, Resolver: g.cfg.Resolver, ControlContext: g.control(p)}
	var conn net.Conn
	var refused error // by the guard, which says nothing of the destination
	err := p.down.Do(ctx, func(ctx context.Context) (err error) {
		if conn, err = d.DialContext(ctx, "tcp", name); errors.Is(err, ErrRefused) || errors.Is(err, ErrLimit) {
			refused, err = err, nil
		}
		return err
	})
	if err = errors.Join(err, refused); err != nil {
		return nil, safeDialError(p, err)
	}
	return &countedConn{Conn: conn, place: p, guard: g}, nil
}
