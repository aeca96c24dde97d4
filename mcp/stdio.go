package mcp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/policy"
	mcpgo "github.com/mark3labs/mcp-go/mcp"
)

// ErrNoPrincipal is returned by ServeStdio without Config.Stdio.
var ErrNoPrincipal = errors.New("mcp: no principal is configured for stdio")

// ErrStuck is returned when calls did not end after they were cancelled.
var ErrStuck = errors.New("mcp: calls in flight did not end")

// ServeStdio serves one client, one message per line, until in ends or the
// context does. Calls in flight are then given Limits.DrainTimeout to answer,
// so that a script can pipe requests in and read every answer; after that, or
// as soon as out fails, they are cancelled. A goroutine may stay blocked in
// in.Read if the context ends first.
func (s *Server) ServeStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	if s.cfg.Stdio.Name == "" {
		return ErrNoPrincipal
	}
	principal := s.cfg.Stdio
	principal.Auth = "stdio"
	callCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	c := &stdioConn{s: s, principal: principal, scope: "stdio " + rand.Text(),
		lineWriter: lineWriter{out: out, stop: cancel}, lib: newLibrarySession()}
	eachLine(ctx, callCtx, in, s.limits.LineBytes, c.serve)
	return settle(&c.calls, s.limits.DrainTimeout, s.log, cancel)
}

// eachLine serves the lines of in, one after the other, until in ends, ctx
// does, or callCtx does because out failed and nobody is listening.
func eachLine(ctx, callCtx context.Context, in io.Reader, limit int, serve func(context.Context, line)) {
	lines := make(chan line)
	go readLines(in, limit, lines, callCtx.Done())
	for {
		select {
		case l, ok := <-lines:
			if !ok {
				return
			}
			serve(callCtx, l)
		case <-ctx.Done():
			return
		case <-callCtx.Done():
			return
		}
	}
}

// line is one line of input. Its bytes are not taken from a pool: the Gate may
// keep the arguments among them.
type line struct {
	text    []byte
	tooLong bool
}

// readLines sends the lines of in that are not blank. Of a line that is too
// long it keeps nothing and skips the rest.
func readLines(in io.Reader, limit int, lines chan<- line, done <-chan struct{}) {
	defer close(lines)
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		l, err := readLine(r, limit)
		if len(bytes.TrimSpace(l.text)) > 0 || l.tooLong {
			select {
			case lines <- l:
			case <-done:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func readLine(r *bufio.Reader, limit int) (line, error) {
	var l line
	for {
		part, err := r.ReadSlice('\n')
		ended := err == nil
		if ended {
			part = part[:len(part)-1]
		}
		if l.tooLong = l.tooLong || len(l.text)+len(part) > limit; l.tooLong {
			l.text = nil
		} else {
			l.text = append(l.text, part...)
		}
		if ended || !errors.Is(err, bufio.ErrBufferFull) {
			return l, err
		}
	}
}

// stdioConn is the one client at the other end of a pair of pipes.
type stdioConn struct {
	s         *Server
	principal policy.Principal
	scope     string
	client    policy.Client // as of initialize; touched by the reading loop only
	elicits   bool          // likewise
	lib       *librarySession
	calls     sync.WaitGroup
	lineWriter
}

// lineWriter writes messages for one client. When that fails it calls stop.
type lineWriter struct {
	stop func()

	mu     sync.Mutex
	out    io.Writer
	broken error
}

// serve serves one line. Calls run beside the reading loop, so that they can
// be cancelled; everything else is quick and answered in order.
func (c *stdioConn) serve(ctx context.Context, l line) {
	if l.tooLong {
		c.refuse(ctx, &message{}, errTooLarge)
		return
	}
	m, e := parse(l.text, c.s.limits.Depth)
	if e == nil && m.kind == response && c.s.asks.answered(ownerOf(c.principal), c.scope, &m) {
		return
	}
	if e == nil {
		e = c.check(&m)
	}
	switch {
	case e != nil && m.kind != request && m.method != "":
		c.s.refuse(ctx, &c.principal, sourceStdio, m.method, e) // notifications are never answered
	case e != nil:
		c.refuse(ctx, &m, e)
	case m.kind == notification:
		if m.method == methodCancelled && m.requestID != nil {
			c.s.calls.cancel(c.key(m.requestID))
		}
	case toGate(m.method):
		c.call(ctx, &m)
	default:
		c.library(ctx, &m)
	}
}

// check applies the rules that hold on every transport.
func (c *stdioConn) check(m *message) *rpcError {
	isNotification := len(m.method) > 14 && m.method[:14] == "notifications/"
	switch {
	case m.kind == response:
		return errBadEnvelope // nothing was asked
	case !methods[m.method] || isNotification != (m.kind == notification):
		return errMethod
	case mcpgo.IsModernProtocol(m.version):
		return checkModern(m)
	}
	return nil
}

func (c *stdioConn) key(id []byte) callKey {
	return callKey{ownerOf(c.principal), c.scope, string(id)}
}

// call starts a call.
func (c *stdioConn) call(ctx context.Context, m *message) {
	ctx, end, e := c.s.calls.begin(ctx, c.key(m.id))
	if e != nil {
		c.refuse(ctx, m, e)
		return
	}
	x := &exchange{principal: c.principal, source: sourceStdio, client: c.client, msg: m,
		modern: mcpgo.IsModernProtocol(m.version), notify: c.write,
		scope: c.scope, elicits: c.elicits}
	x.trace, x.parent = traceOf(m.traceparent)
	if x.modern {
		x.client, x.elicits = clientOf(m, nil), m.elicits
	}
	c.calls.Go(func() {
		defer end()
		buf := getBuffer()
		defer putBuffer(buf)
		*buf, _ = c.s.answer(ctx, x, *buf)
		c.write(*buf)
	})
}

// library has mcp-go answer, in a session that belongs to this client alone.
func (c *stdioConn) library(ctx context.Context, m *message) {
	answer, before, e := c.s.lib.handle(ctx, c.lib, m)
	if e != nil {
		c.refuse(ctx, m, e)
		return
	}
	if m.method == methodInitialize {
		c.client, c.elicits = readClient(m.clientInfo, negotiated(answer)), declares(m.offered, "elicitation")
	}
	for _, n := range before {
		c.write(n)
	}
	c.write(answer)
}

// refuse records a refusal and answers with it.
func (c *stdioConn) refuse(ctx context.Context, m *message, e *rpcError) {
	c.s.refuse(ctx, &c.principal, sourceStdio, m.method, e)
	c.write(appendRefusal(nil, m, e))
}

// write sends one message as one line.
func (w *lineWriter) write(msg []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken != nil {
		return w.broken
	}
	buf := getBuffer()
	defer putBuffer(buf)
	*buf = append(append(*buf, msg...), '\n')
	if _, w.broken = w.out.Write(*buf); w.broken != nil {
		w.stop()
	}
	return w.broken
}

// settle waits for the calls in flight, first kindly.
func settle(calls *sync.WaitGroup, timeout time.Duration, log *slog.Logger, cancel func()) error {
	done := make(chan struct{})
	go func() { calls.Wait(); close(done) }()
	for range 2 {
		select {
		case <-done:
			return nil
		case <-time.After(timeout):
			log.Warn("calls in flight were cut off", slog.String("transport", sourceStdio))
			cancel()
		}
	}
	return ErrStuck
}
