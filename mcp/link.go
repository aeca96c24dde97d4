package mcp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/internal/egress"
	mcpgo "github.com/mark3labs/mcp-go/mcp"
)

// A link is the way from a relay to one owner.
type link struct {
	up      Upstream
	http    *http.Client
	dropped chan struct{}
	drop    func()

	handshake sync.Mutex // one at a time
	mu        sync.Mutex
	session   string
}

// idleLink is below the time after which the owner closes an idle connection,
// so that no request meets one that is just being closed.
const idleLink = 90 * time.Second

func newLink(up Upstream) *link {
	l := &link{up: up, dropped: make(chan struct{})}
	l.drop = sync.OnceFunc(func() { close(l.dropped) })
	l.http = &http.Client{Transport: egress.Local(func(ctx context.Context) (net.Conn, error) {
		return DialUnix(ctx, up.Socket)
	}, idleLink)}
	return l
}

// gone reports whether the owner has gone.
func (l *link) gone() bool {
	select {
	case <-l.up.Gone:
		return true
	case <-l.dropped:
		return true
	default:
		return false
	}
}

func (l *link) current() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.session
}

func (l *link) begun(session string) {
	l.mu.Lock()
	l.session = session
	l.mu.Unlock()
}

// forget makes the next message begin a new session.
func (l *link) forget() { l.begun("") }

// endTimeout bounds the goodbye to an owner, which nothing depends on.
const endTimeout = time.Second

// end ends the session.
func (l *link) end() {
	session := l.current()
	if session == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	req, err := l.request(ctx, http.MethodDelete, nil)
	if err != nil {
		return
	}
	req.Header.Set(mcpgo.HeaderSessionID, session)
	if resp, err := l.http.Do(req); err == nil {
		resp.Body.Close()
	}
	l.http.CloseIdleConnections()
}

func (l *link) request(ctx context.Context, method string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://localhost"+pathMCP, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set(headerRelay, l.up.Ticket)
	return req, nil
}

// outcome is what became of a message.
type outcome int

const (
	delivered outcome = iota // and everything that came back is with the client
	notTaken                 // this owner has certainly done nothing with it
	noSession                // likewise, for want of a session
	lost                     // unknown
)

// post sends one message in the session that it needs, and passes on what comes
// back.
func (c *relayConn) post(ctx context.Context, l *link, m *message, refused string) outcome {
	handshake := m.method == methodInitialize && !isModern(m)
	session := ""
	if !handshake && !isModern(m) {
		var out outcome
		if session, out = c.sessionFor(ctx, l); out != delivered {
			return out
		}
	}
	resp, out := l.send(ctx, m, session, refused)
	if out != delivered {
		return out
	}
	defer resp.Body.Close()
	if handshake && resp.Header.Get(mcpgo.HeaderSessionID) != "" {
		l.begun(resp.Header.Get(mcpgo.HeaderSessionID))
		c.state.Lock()
		c.hello, c.ready = m.raw, false
		c.state.Unlock()
	}
	if passOn(resp, m, c.write) != nil {
		return lost
	}
	return delivered
}

// send sends one message and returns the response to pass on.
func (l *link) send(ctx context.Context, m *message, session, refused string) (*http.Response, outcome) {
	req, err := l.request(ctx, http.MethodPost, m.raw)
	if err != nil {
		return nil, notTaken
	}
	setHeaders(req.Header, m, session)
	if refused != "" {
		req.Header.Set(headerRefused, refused)
	}
	resp, err := l.http.Do(req)
	switch {
	case errors.Is(err, ErrSocket): // it was not even connected
		return nil, notTaken
	case err != nil:
		return nil, lost
	}
	switch {
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusServiceUnavailable && isDraining(resp):
		resp.Body.Close()
		return nil, notTaken
	case resp.StatusCode == http.StatusNotFound && session != "":
		resp.Body.Close()
		return nil, noSession
	}
	return resp, delivered
}

// setHeaders repeats in headers what the revision of the message asks for.
func setHeaders(h http.Header, m *message, session string) {
	if session != "" {
		h.Set(mcpgo.HeaderSessionID, session)
	}
	if !isModern(m) {
		return
	}
	h.Set(mcpgo.HeaderProtocolVersion, m.version)
	h.Set(mcpgo.HeaderMethod, m.method)
	if !mcpgo.MethodRequiresNameHeader(mcpgo.MCPMethod(m.method)) {
		return
	}
	raw := m.name
	if m.method == methodResource {
		raw = m.uri
	}
	if name, err := unquote(raw); err == nil && raw != nil {
		if value, ok := mcpgo.EncodeHeaderValue(name); ok {
			h.Set(mcpgo.HeaderName, value)
		}
	}
}

// isDraining tells an owner that stops from one that has too many calls, by
// the code of its refusal. What it has read it puts back.
func isDraining(resp *http.Response) bool {
	body, err := io.ReadAll(io.LimitReader(resp.Body, smallBody))
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && bytes.Contains(body, []byte(`"code":`+strconv.Itoa(rpcUnavailable)))
}

// ownHandshake begins a session for a client that calls without having
// initialized, which the server takes from any stdio client.
const ownHandshake = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"` +
	mcpgo.LATEST_LEGACY_PROTOCOL_VERSION + `","capabilities":{},"clientInfo":{"name":"","version":""}}}`

const initialized = `{"jsonrpc":"2.0","method":"notifications/initialized"}`

// sessionFor returns the session of the link. If it has none, it repeats there
// what the client said when it connected, and keeps the answer from it.
func (c *relayConn) sessionFor(ctx context.Context, l *link) (string, outcome) {
	l.handshake.Lock()
	defer l.handshake.Unlock()
	if session := l.current(); session != "" {
		return session, delivered
	}
	c.state.Lock()
	hello, ready := c.hello, c.ready
	c.state.Unlock()
	if hello == nil {
		hello = []byte(ownHandshake)
	}
	session, out := l.handshakeWith(ctx, hello)
	if out != delivered {
		return "", out
	}
	if ready {
		if _, out := l.exchange(ctx, []byte(initialized), session); out != delivered {
			return "", out
		}
	}
	l.begun(session)
	return session, delivered
}

func (l *link) handshakeWith(ctx context.Context, hello []byte) (string, outcome) {
	h, out := l.exchange(ctx, hello, "")
	if out != delivered {
		return "", notTaken // whatever it was: the message itself was not sent
	}
	if h.Get(mcpgo.HeaderSessionID) == "" {
		return "", notTaken
	}
	return h.Get(mcpgo.HeaderSessionID), delivered
}

// exchange sends a message of the relay's own.
func (l *link) exchange(ctx context.Context, raw []byte, session string) (http.Header, outcome) {
	resp, out := l.send(ctx, &message{raw: raw}, session, "")
	if out != delivered {
		return nil, notTaken
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return nil, notTaken
	}
	return resp.Header, delivered
}

// errCutOff means that the owner ended in the middle of an answer.
var errCutOff = errors.New("mcp: the answer was cut off")

// passOn writes the messages of a response, each as one line. A refusal from
// before the owner had read the request's id gets it here: unlike over HTTP,
// nothing else says what it answers.
func passOn(resp *http.Response, m *message, write func([]byte) error) error {
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return passEvents(resp.Body, write)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil || len(body) > maxAnswer {
		return errCutOff
	}
	if rest, ok := bytes.CutPrefix(body, appendHead(nil, nil)); ok && m.id != nil {
		body = append(appendHead(nil, m.id), rest...)
	}
	if body = bytes.TrimSpace(body); len(body) > 0 {
		write(oneLine(body))
	}
	return nil
}

// passEvents writes the data of an event stream as it comes. See
// https://html.spec.whatwg.org/multipage/server-sent-events.html; an owner
// writes each message as one line of data.
func passEvents(body io.Reader, write func([]byte) error) error {
	r := bufio.NewReader(body)
	for {
		l, err := readLine(r, maxAnswer)
		if data, ok := bytes.CutPrefix(l.text, []byte("data:")); ok && err == nil {
			if data = bytes.TrimSpace(data); len(data) > 0 {
				write(data)
			}
		}
		switch {
		case l.tooLong:
			return errCutOff
		case errors.Is(err, io.EOF):
			return nil // the stream ended as it should; a cut is ErrUnexpectedEOF
		case err != nil:
			return errCutOff
		}
	}
}
