package mcp

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	mcpgo "github.com/mark3labs/mcp-go/mcp"
)

// One process serves a data folder, its owner. A Relay is what the others do
// for their stdio client: it reads lines, with the same cap, and sends each
// message to the owner by streamable HTTP over a unix socket. It answers
// nothing by itself as long as there is an owner, not even a message that does
// not parse: the owner refuses it, and records that.
//
// Every request carries a ticket, in the header Counterfoil-Relay, which the
// owner gave to this process and which says for which principal it speaks. A
// line that was too long is only reported, by Counterfoil-Refused: too_large.
//
// When the owner goes, Connect finds or becomes the next one, and the relay
// repeats the client's initialize there; the client does not notice, except
// that a call in flight is answered by "unavailable". It is not sent again: it
// may have been recorded. What has no effect, such as a list, is.
const (
	headerRelay   = "Counterfoil-Relay"
	headerRefused = "Counterfoil-Refused"
)

// Relay serves one stdio client from another process.
type Relay struct {
	// Connect finds the owner, or makes this process the owner. It is called
	// again when an owner has gone, and has to give up by itself.
	Connect func(ctx context.Context) (Upstream, error)
	Limits  Limits
	Logger  *slog.Logger // nil discards
}

// Upstream is an owner.
type Upstream struct {
	Socket string          // path of its unix socket
	Ticket string          // what it knows this process by
	Gone   <-chan struct{} // closed when it no longer serves
}

// Bounds of a relay.
const (
	// maxRelayed ends a request that an owner neither answers nor lets go of. It
	// is far above the longest call and the longest wait for a person.
	maxRelayed = 30 * time.Minute
	// maxAnswer bounds one message from the owner, in bytes: far above
	// the largest result, which limits.bytes_per_call caps at 4 MiB, twice (as
	// text and as structured content) and escaped.
	maxAnswer = 64 << 20
	// maxHops is how many owners one request is offered to.
	maxHops = 4
)

// Serve serves the client as Server.ServeStdio does. It returns the error of
// the first Connect, before it has read anything.
func (r *Relay) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	logger := r.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	limits := r.Limits.withDefaults()
	callCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	c := &relayConn{relay: r, limits: limits, log: logger, ctx: callCtx,
		lineWriter: lineWriter{out: out, stop: cancel},
		room:       make(chan struct{}, limits.Calls),
		inFlight:   make(map[string]context.CancelFunc)}
	if _, err := c.connect(callCtx); err != nil {
		return err
	}
	eachLine(ctx, callCtx, in, limits.LineBytes, c.serve)
	err := settle(&c.calls, limits.DrainTimeout, logger, cancel)
	c.hangUp()
	return err
}

// relayConn is the one client of a relay.
type relayConn struct {
	relay  *Relay
	limits Limits
	log    *slog.Logger
	ctx    context.Context // of the whole connection
	calls  sync.WaitGroup
	room   chan struct{} // bounds the requests in flight
	lineWriter

	state    sync.Mutex
	link     *link    // to the last owner
	attempt  *attempt // nil unless one is being searched
	hello    []byte   // the client's initialize, once the owner accepted it
	ready    bool     // the client has said notifications/initialized
	inFlight map[string]context.CancelFunc
}

// serve serves one line. Requests run beside the reading loop; a handshake and
// notifications do not, so that what follows them comes after them.
func (c *relayConn) serve(ctx context.Context, l line) {
	if l.tooLong {
		c.finish(ctx, &message{}, errTooLarge.reason)
		return
	}
	m, e := parse(l.text, c.limits.Depth)
	m.raw = l.text
	switch {
	case e != nil, m.kind == response, m.method == methodInitialize:
		c.finish(ctx, &m, "")
	case m.kind == notification && m.method == methodCancelled && m.requestID != nil:
		c.cancel(m.requestID)
	case m.kind == notification:
		c.finish(ctx, &m, "")
		c.state.Lock()
		c.ready = c.ready || m.method == methodInitialized
		c.state.Unlock()
	default:
		c.begin(ctx, &m)
	}
}

// begin starts a request. Where a client has as many in flight as all clients
// together may have, reading waits; the owner refuses most of them long before.
func (c *relayConn) begin(ctx context.Context, m *message) {
	select {
	case c.room <- struct{}{}:
	case <-ctx.Done():
		return
	}
	ctx, cancel := context.WithTimeout(ctx, maxRelayed)
	end := c.track(m.id, cancel)
	c.calls.Go(func() {
		defer func() { end(); cancel(); <-c.room }()
		c.finish(ctx, m, "")
	})
}

// track remembers how to cancel a request. Of two with the same id the owner
// refuses the second, and cancelling means the first.
func (c *relayConn) track(id []byte, cancel context.CancelFunc) (end func()) {
	key := string(id)
	c.state.Lock()
	defer c.state.Unlock()
	if c.inFlight[key] != nil {
		return func() {}
	}
	c.inFlight[key] = cancel
	return func() {
		c.state.Lock()
		defer c.state.Unlock()
		delete(c.inFlight, key)
	}
}

// cancel hangs up on a request, which in every revision makes the owner stop
// it. A notification could overtake it.
func (c *relayConn) cancel(id []byte) {
	c.state.Lock()
	stop := c.inFlight[string(id)]
	c.state.Unlock()
	if stop != nil {
		stop()
	}
}

// finish sees one message through, and answers a request that no owner did.
func (c *relayConn) finish(ctx context.Context, m *message, refused string) {
	e := c.exchange(ctx, m, refused)
	if e != nil && m.kind == request {
		c.write(appendRefusal(nil, m, e))
	}
}

// exchange sends a message to an owner. One that is known not to have been
// taken, or to have no effect, is sent to the next if there is one.
func (c *relayConn) exchange(ctx context.Context, m *message, refused string) *rpcError {
	for range maxHops {
		l, err := c.connect(ctx)
		if err != nil {
			return c.over(ctx, errNoOwner)
		}
		switch c.post(ctx, l, m, refused) {
		case delivered:
			return nil
		case noSession:
			l.forget()
			continue
		case lost:
			c.drop(l)
			if toGate(m.method) || ctx.Err() != nil {
				return c.over(ctx, errOwnerGone)
			}
		case notTaken:
			c.drop(l)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return c.over(ctx, errNoOwner)
}

// over is what a request is answered with that nobody answered.
func (c *relayConn) over(ctx context.Context, e *rpcError) *rpcError {
	if ctx.Err() != nil && c.ctx.Err() == nil {
		return errCancelled
	}
	return e
}

// attempt is a search for the owner, which all requests share that need one.
type attempt struct {
	done chan struct{}
	link *link
	err  error
}

// connect returns the link to the owner, after it has made one if necessary.
func (c *relayConn) connect(ctx context.Context) (*link, error) {
	c.state.Lock()
	if c.link != nil && !c.link.gone() {
		defer c.state.Unlock()
		return c.link, nil
	}
	at := c.attempt
	if at == nil {
		at = &attempt{done: make(chan struct{})}
		c.attempt = at
		go c.search(at)
	}
	c.state.Unlock()
	select {
	case <-at.done:
		return at.link, at.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *relayConn) search(at *attempt) {
	up, err := c.relay.Connect(c.ctx)
	if at.err = err; err == nil {
		at.link = newLink(up)
		go c.follow(at.link)
	} else {
		c.log.Warn("nobody serves the data folder", slog.String("reason", err.Error()))
	}
	c.state.Lock()
	if c.link != nil {
		c.link.http.CloseIdleConnections()
	}
	c.link, c.attempt = at.link, nil
	c.state.Unlock()
	close(at.done)
}

// follow finds the next owner as soon as one has gone, so that the next call
// need not wait for it.
func (c *relayConn) follow(l *link) {
	select {
	case <-l.up.Gone:
	case <-l.dropped:
	case <-c.ctx.Done():
		return
	}
	c.connect(c.ctx)
}

// drop has the next request look for another owner.
func (c *relayConn) drop(l *link) {
	l.drop()
	l.http.CloseIdleConnections()
}

// hangUp tells the owner that the client has gone, if that is quick.
func (c *relayConn) hangUp() {
	c.state.Lock()
	l := c.link
	c.state.Unlock()
	if l != nil && !l.gone() {
		l.end()
	}
}

// isModern reports whether a message is of a revision without sessions.
func isModern(m *message) bool { return mcpgo.IsModernProtocol(m.version) }
