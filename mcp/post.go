package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	mcpgo "github.com/mark3labs/mcp-go/mcp"
)

// servePost is the way of one message over HTTP. What it returns is recorded
// and answered by the caller, without the request's id; where the id is known
// it answers itself.
func (s *Server) servePost(v *visitor) *rpcError {
	if e := checkMedia(v.r.Header); e != nil {
		return e
	}
	if v.r.Header.Get(headerRefused) == errTooLarge.reason && v.r.Header.Get(headerRelay) != "" {
		return errTooLarge // a relay read it, and kept nothing of it
	}
	if n := v.r.ContentLength; n < 0 || n > smallBody {
		_, end, e := s.bodies.begin(v.r.Context(), callKey{owner: ownerOf(v.principal)})
		if e != nil {
			return e
		}
		defer end()
	}
	body, e := s.readBody(v)
	if e != nil {
		return e
	}
	m, e := parse(body, s.limits.Depth)
	if e == nil {
		e = s.serveMessage(v, &m)
	}
	if e != nil {
		s.turnAway(v, &m, e)
	}
	return nil
}

func checkMedia(h http.Header) *rpcError {
	media, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || media != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return errMediaType
	}
	if enc := h.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return errMediaType
	}
	if !accepts(h, "application/json") {
		return errAccept
	}
	return nil
}

// accepts reports whether the client takes this media type; a client that says
// nothing takes everything.
func accepts(h http.Header, media string) bool {
	list := strings.Join(h.Values("Accept"), ",")
	if list == "" {
		return true
	}
	main, _, _ := strings.Cut(media, "/")
	for item := range strings.SplitSeq(list, ",") {
		item, _, _ = strings.Cut(strings.TrimSpace(item), ";")
		if item = strings.TrimSpace(item); item == "*/*" || strings.EqualFold(item, media) || strings.EqualFold(item, main+"/*") {
			return true
		}
	}
	return false
}

// smallBody is the size, in bytes, up to which a body is read without a count
// of how many are: a client that has used up its share of calls can still
// cancel one. It is also the first room for a body of unannounced length.
const smallBody = 4 << 10

// readBody reads at most one byte more than is allowed. The bytes are not
// taken from a pool: the Gate may keep the arguments among them.
func (s *Server) readBody(v *visitor) ([]byte, *rpcError) {
	limit := int64(s.limits.BodyBytes)
	length := v.r.ContentLength
	if length > limit {
		return nil, errTooLarge
	}
	if length < 0 {
		length = smallBody
	}
	control := http.NewResponseController(v.w)
	control.SetReadDeadline(time.Now().Add(s.limits.BodyTimeout))
	body := bytes.NewBuffer(make([]byte, 0, length+bytes.MinRead))
	n, err := body.ReadFrom(io.LimitReader(v.r.Body, limit+1))
	switch {
	case n > limit:
		return nil, errTooLarge
	case err != nil:
		return nil, errReadBody
	}
	control.SetReadDeadline(time.Time{})
	return body.Bytes(), nil
}

// serveMessage serves one well-formed message.
func (s *Server) serveMessage(v *visitor, m *message) *rpcError {
	modern, e := checkRevision(v.r.Header, m)
	if e != nil {
		return e
	}
	var ses *session
	if !modern && m.method != methodInitialize {
		if ses, e = s.sessionOf(v); e != nil {
			return e
		}
	}
	switch {
	case m.kind == response:
		return s.serveResponse(v, m, modern, ses)
	case m.kind == notification:
		return s.serveNotification(v, m, ses)
	case !methods[m.method] || strings.HasPrefix(m.method, "notifications/"):
		return answered(errMethod, modern)
	}
	return answered(s.serveRequest(v, m, modern, ses), modern)
}

// answered makes the refusal of a request a 200 before 2026-07-28: clients of
// those revisions take any other status for a failure of the transport, and
// 404 for the end of the session.
func answered(e *rpcError, modern bool) *rpcError {
	if e == nil || modern || e == errTooManySessions {
		return e
	}
	inBand := *e
	inBand.status = http.StatusOK
	return &inBand
}

func (s *Server) sessionOf(v *visitor) (*session, *rpcError) {
	id := v.r.Header.Get(mcpgo.HeaderSessionID)
	if id == "" {
		return nil, errNoSession
	}
	return s.sessions.find(ownerOf(v.principal), id, v.r.Header.Get(mcpgo.HeaderProtocolVersion))
}

// serveResponse takes the answer to something that the server had asked.
func (s *Server) serveResponse(v *visitor, m *message, modern bool, ses *session) *rpcError {
	if modern {
		return errBadEnvelope
	}
	if s.asks.answered(ownerOf(v.principal), ses.id, m) {
		v.w.WriteHeader(http.StatusAccepted)
		return nil
	}
	answer := newCapture()
	s.lib.post(v.r.Context(), answer, v.r.Header, ses.id, m.raw)
	if answer.status >= http.StatusBadRequest {
		return errBadEnvelope // it answers nothing that was asked
	}
	v.w.WriteHeader(http.StatusAccepted)
	return nil
}

// serveNotification never hands on: the library would let one client's
// notifications/cancelled stop the call of another.
func (s *Server) serveNotification(v *visitor, m *message, ses *session) *rpcError {
	if !methods[m.method] || !strings.HasPrefix(m.method, "notifications/") {
		if ses == nil {
			return errMethod
		}
		// Nobody waits for an answer, and a 404 would be the end of the session.
		s.refuse(v.r.Context(), &v.principal, v.source, m.method, errMethod)
	}
	if m.method == methodCancelled && ses != nil && m.requestID != nil {
		s.calls.cancel(callKey{ownerOf(v.principal), ses.id, string(m.requestID)})
	}
	v.w.WriteHeader(http.StatusAccepted)
	return nil
}

func (s *Server) serveRequest(v *visitor, m *message, modern bool, ses *session) *rpcError {
	key := callKey{owner: ownerOf(v.principal), id: string(m.id)}
	if ses != nil {
		key.scope = ses.id
	}
	ctx, end, e := s.calls.begin(v.r.Context(), key)
	if e != nil {
		return e
	}
	defer end()
	if m.method == methodInitialize && !modern {
		return s.serveInitialize(ctx, v, m)
	}
	fixture, e := s.isFixture(m)
	if e != nil {
		return e
	}
	if fixture || !toGate(m.method) {
		return s.serveLibrary(ctx, v, m, ses, fixture)
	}
	x := &exchange{principal: v.principal, source: v.source, modern: modern, msg: m,
		client: clientOf(m, ses), scope: key.scope, elicits: m.elicits}
	x.trace, x.parent = traceOf(m.traceparent, v.r.Header.Get("Traceparent"))
	if ses != nil {
		x.elicits = ses.elicits
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	out := &outlet{s: s, v: v, stop: stop}
	if accepts(v.r.Header, "text/event-stream") {
		x.notify = out.notify
	}
	buf := getBuffer()
	defer putBuffer(buf)
	var code int
	*buf, code = s.answer(ctx, x, *buf)
	out.finish(statusOf(code, modern), *buf)
	return nil
}

// isFixture reports whether a request concerns one of the library's own
// fixtures, which exist only in the conformance build, and whether that one
// would have it refused.
func (s *Server) isFixture(m *message) (bool, *rpcError) {
	if s.lib.fixtures == nil {
		return false, nil
	}
	return s.lib.fixtures(m)
}

// statusOf maps an error response to an HTTP status. Before 2026-07-28 every
// answered request is a 200.
func statusOf(code int, modern bool) int {
	if !modern {
		return http.StatusOK
	}
	switch code {
	case mcpgo.METHOD_NOT_FOUND:
		return http.StatusNotFound
	case mcpgo.PARSE_ERROR, mcpgo.INVALID_REQUEST, mcpgo.INVALID_PARAMS, mcpgo.HEADER_MISMATCH:
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// maxHandshake bounds, in bytes, what a client may say of itself: the library
// keeps its capabilities for as long as the session lives.
const maxHandshake = 16 << 10

// serveInitialize lets the library negotiate, in a session made here.
func (s *Server) serveInitialize(ctx context.Context, v *visitor, m *message) *rpcError {
	if len(m.raw) > maxHandshake {
		return errTooLarge
	}
	elicits := declares(m.offered, "elicitation")
	ses, e := s.sessions.start(ownerOf(v.principal), readClient(m.clientInfo, ""), elicits)
	if e != nil {
		return e
	}
	answer := newCapture()
	s.lib.post(ctx, answer, v.r.Header, ses.id, m.raw)
	body := answer.body.Bytes()
	if e := faultOf(body); e != nil {
		s.sessions.end(ses)
		return e
	}
	s.sessions.describe(ses, readClient(m.clientInfo, negotiated(body)), elicits)
	v.w.Header().Set(mcpgo.HeaderSessionID, ses.id)
	s.writeJSON(v, http.StatusOK, body)
	return nil
}

// negotiated reads the revision out of the library's answer to initialize.
func negotiated(body []byte) string {
	var answer struct {
		Result struct {
			ProtocolVersion string `json:"protocolVersion"`
		} `json:"result"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	return answer.Result.ProtocolVersion
}

// serveLibrary serves what holds no data: negotiation and lists. It does not
// go through the library's HTTP transport, which loses notifications that are
// sent shortly before an answer, among them the one that subscriptions/listen
// must begin with.
func (s *Server) serveLibrary(ctx context.Context, v *visitor, m *message, ses *session, fixture bool) *rpcError {
	if fixture {
		id := ""
		if ses != nil {
			id = ses.id
		}
		s.lib.post(ctx, newStreamWriter(s, v), v.r.Header, id, m.raw)
		return nil
	}
	answer, before, e := s.lib.handle(ctx, newLibrarySession(), m)
	if e != nil {
		return e
	}
	out := &outlet{s: s, v: v, stop: func() {}}
	for _, n := range before {
		out.notify(n)
	}
	out.finish(http.StatusOK, answer)
	return nil
}
