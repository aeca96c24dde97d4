package egress

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/counterfoil/counterfoil/internal/breaker"
)

// counter is what Counts reports.
type counter struct {
	connections, requests, refusals, sent, received atomic.Uint64
}

func (c *counter) snapshot(name string) Count {
	return Count{
		Destination: name, Connections: c.connections.Load(), Requests: c.requests.Load(),
		Refusals: c.refusals.Load(), SentBytes: c.sent.Load(), ReceivedBytes: c.received.Load(),
	}
}

func compare(a, b string) int { return cmp.Compare(a, b) }

// place is a checked Destination with its budgets.
type place struct {
	counter
	name          string // "host:port"
	scheme        string
	port          uint16
	networks      []netip.Prefix
	responseBytes int64
	windowBytes   int64
	perMinute     float64
	down          breaker.Breaker

	mu         sync.Mutex
	tokens     float64
	refilled   time.Time
	windowFrom time.Time
	sentWin    int64
	recvWin    int64
}

func newPlace(d Destination, now time.Time) (*place, error) {
	isIP, err := canonicalHost(d.Host)
	if err != nil {
		return nil, err
	}
	if d.Port < 0 || d.Port > 65535 {
		return nil, errors.New("port is out of range")
	}
	if d.ResponseBytes < 0 || d.WindowBytes < 0 || d.RequestsPerMinute < 0 {
		return nil, errors.New("a limit is negative")
	}
	p := &place{
		scheme: "https", port: uint16(orDefault(d.Port, 443)), networks: d.Networks,
		responseBytes: orDefault(d.ResponseBytes, DefaultResponseBytes),
		windowBytes:   orDefault(d.WindowBytes, DefaultWindowBytes),
		perMinute:     float64(orDefault(d.RequestsPerMinute, DefaultRequestsPerMinute)),
		refilled:      now, windowFrom: now,
	}
	p.name, p.tokens = joinPort(d.Host, p.port), p.perMinute
	if d.Plain {
		p.scheme = "http"
	}
	return p, checkNetworks(d, isIP)
}

// checkNetworks refuses exceptions that would open more than they seem to.
func checkNetworks(d Destination, isIP bool) error {
	for _, n := range d.Networks {
		if !n.IsValid() || n != n.Masked() || n.Addr().Is4In6() || n.Bits() == 0 {
			return errors.New("a network is not a canonical prefix")
		}
		if d.Plain && !slices.ContainsFunc(loopback, func(l netip.Prefix) bool { return l.Contains(n.Addr()) && l.Bits() <= n.Bits() }) {
			return errors.New("plain http is for loopback networks only")
		}
	}
	if d.Plain && len(d.Networks) == 0 {
		return errors.New("plain http needs a loopback network")
	}
	if isIP && len(d.Networks) == 0 {
		return errors.New("an IP address needs its network listed")
	}
	return nil
}

func orDefault[T int | int64](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// takeRequest spends one request from a bucket that refills evenly and holds a
// minute's worth.
func (p *place) takeRequest(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := now.Sub(p.refilled); d > 0 {
		p.tokens = min(p.perMinute, p.tokens+d.Minutes()*p.perMinute)
		p.refilled = now
	}
	if p.tokens < 1 {
		return false
	}
	p.tokens--
	return true
}

// spent reports whether the window's bytes are used up.
func (p *place) spent(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.roll(now)
	return p.sentWin >= p.windowBytes || p.recvWin >= p.windowBytes
}

func (p *place) roll(now time.Time) {
	if now.Sub(p.windowFrom) >= Window {
		p.windowFrom, p.sentWin, p.recvWin = now, 0, 0
	}
}

// takeSend reserves n bytes to be written; it gives all or nothing.
func (p *place) takeSend(n int, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.roll(now)
	if p.sentWin+int64(n) > p.windowBytes {
		// Marked as spent, so that the next request is refused before it starts.
		p.sentWin = p.windowBytes
		return false
	}
	p.sentWin += int64(n)
	return true
}

// took books n bytes that were read and reports whether more may be.
func (p *place) took(n int, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.roll(now)
	p.recvWin += int64(n)
	return p.recvWin <= p.windowBytes
}

// countedConn counts the bytes of a connection and ends it when a budget is
// spent.
type countedConn struct {
	net.Conn
	place *place
	guard *Guard
}

func (c *countedConn) Write(b []byte) (int, error) {
	if !c.place.takeSend(len(b), c.guard.cfg.Now()) {
		return 0, c.exceeded()
	}
	n, err := c.Conn.Write(b)
	c.place.sent.Add(uint64(n))
	return n, err
}

func (c *countedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.place.received.Add(uint64(n))
	if !c.place.took(n, c.guard.cfg.Now()) {
		return 0, c.exceeded()
	}
	return n, err
}

func (c *countedConn) exceeded() error {
	c.Conn.Close()
	return c.guard.refuse(c.place, ReasonBytes, "", ErrLimit)
}

// boundedBody fails a body that is longer than its limit instead of cutting it.
type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return 0, fmt.Errorf("%w: response too long", ErrLimit)
	}
	return n, err
}
