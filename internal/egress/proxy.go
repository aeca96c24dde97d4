package egress

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of a Proxy.
const (
	// maxTunnels is how many connections a proxy carries at once: each client's
	// guard opens at most connsPerHost to a destination.
	maxTunnels = 256
	// tunnelIdle ends a tunnel in which nothing moves, well after idleTimeout.
	tunnelIdle = 5 * time.Minute
	// proxyHeaders bounds the header of a request to the proxy, in bytes.
	proxyHeaders = 8 << 10
)

// Proxy is a forward proxy for CONNECT that reaches a guard's destinations and
// nothing else. It sees host names and ciphertext. Every answer but a tunnel is a
// fixed text.
type Proxy struct {
	guard *Guard
	open  atomic.Int64
}

// NewProxy returns a proxy in front of a guard. Its destinations have to be https:
// a tunnel that is not encrypted end to end is none.
func NewProxy(g *Guard) *Proxy { return &Proxy{guard: g} }

// Server returns an HTTP server for the proxy that bounds what a client can
// hold.
func (p *Proxy) Server() *http.Server {
	return &http.Server{Handler: p, ReadHeaderTimeout: dialTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: proxyHeaders}
}

// ServeHTTP answers CONNECT, and GET /healthz.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && r.URL.Host == "" && r.URL.Path == "/healthz" {
		io.WriteString(w, "ok\n")
		return
	}
	if r.Method != http.MethodConnect {
		p.guard.refuse(nil, ReasonForm, r.Host, ErrRefused)
		http.Error(w, "only CONNECT is served", http.StatusMethodNotAllowed)
		return
	}
	if p.open.Add(1) > maxTunnels {
		p.open.Add(-1)
		http.Error(w, "too many tunnels", http.StatusServiceUnavailable)
		return
	}
	defer p.open.Add(-1)
	far, err := p.guard.tunnel(r.Context(), r.Host)
	if err != nil {
		http.Error(w, "this destination cannot be reached through the proxy", statusOf(err))
		return
	}
	defer far.Close()
	near, ready, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	near.SetDeadline(time.Time{})
	if _, err := io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	join(&buffered{near, ready.Reader}, far)
}

// statusOf tells a refusal from a destination that is down.
func statusOf(err error) int {
	switch kind := first(err); kind {
	case ErrRefused:
		return http.StatusForbidden
	case ErrLimit:
		return http.StatusTooManyRequests
	}
	return http.StatusBadGateway
}

// tunnel connects to a destination under its budgets.
func (g *Guard) tunnel(ctx context.Context, asked string) (net.Conn, error) {
	p := g.places[lowerASCII(asked)]
	switch {
	case p == nil:
		return nil, g.refuse(nil, ReasonDestination, asked, ErrRefused)
	case p.scheme != "https":
		return nil, g.refuse(p, ReasonScheme, "", ErrRefused)
	case !p.takeRequest(g.cfg.Now()):
		return nil, g.refuse(p, ReasonRate, "", ErrLimit)
	case p.spent(g.cfg.Now()):
		return nil, g.refuse(p, ReasonBytes, "", ErrLimit)
	}
	p.requests.Add(1)
	return g.dial(ctx, "tcp", p.name)
}

// buffered reads first what was read ahead.
type buffered struct {
	net.Conn
	ahead io.Reader
}

func (b *buffered) Read(p []byte) (int, error) { return b.ahead.Read(p) }

// join carries bytes both ways until both ends are done, one fails, or nothing
// moves for tunnelIdle.
func join(a, b net.Conn) {
	end := func() { a.Close(); b.Close() }
	idle := time.AfterFunc(tunnelIdle, end)
	defer idle.Stop()
	var both sync.WaitGroup
	carry := func(to, from net.Conn) {
		if _, err := io.Copy(to, &stirring{from, idle}); err != nil {
			end()
			return
		}
		closeWrite(to)
	}
	both.Go(func() { carry(a, b) })
	both.Go(func() { carry(b, a) })
	both.Wait()
}

// stirring puts the idle timer back whenever something arrives.
type stirring struct {
	from io.Reader
	idle *time.Timer
}

func (s *stirring) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if n > 0 {
		s.idle.Reset(tunnelIdle)
	}
	return n, err
}

// closeWrite says to the far end that nothing more comes.
func closeWrite(c net.Conn) {
	switch c := c.(type) {
	case *buffered:
		closeWrite(c.Conn)
	case *countedConn:
		closeWrite(c.Conn)
	case interface{ CloseWrite() error }:
		c.CloseWrite()
	default:
		c.Close()
	}
}

// ParseDestination reads "host" or "host:port".
func ParseDestination(text string) (Destination, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = text, "443"
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return Destination{}, ErrConfig
	}
	d := Destination{Host: host, Port: n}
	_, err = newPlace(d, time.Time{})
	return d, err
}
