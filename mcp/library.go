package mcp

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"

	"github.com/counterfoil/counterfoil/tools"
	mcpgo "github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// serverName is how this program names itself to clients.
const serverName = "counterfoil"

// library is mcp-go behind the edge. It negotiates, lists and keeps streams
// open; it never sees the arguments of a call, never decides about a session,
// and never has the last word on an error's text.
type library struct {
	core       *mcpserver.MCPServer
	http       *mcpserver.StreamableHTTPServer
	serverInfo []byte                           // JSON of the implementation, for `_meta`
	fixtures   func(*message) (bool, *rpcError) // is it for a fixture? nil outside the conformance build
}

// errDirect answers a handler of the library that should never be reached.
var errDirect = errors.New("tools run through the Gate only")

func newLibrary(cfg Config) (*library, error) {
	core := mcpserver.NewMCPServer(serverName, cfg.Version, libraryOptions(cfg)...)
	l := &library{core: core}
	if err := l.register(cfg.Gate); err != nil {
		return nil, err
	}
	l.fixtures = addFixtures(core)
	// Its logger stays silent: what it logs may quote a client.
	l.http = mcpserver.NewStreamableHTTPServer(core,
		mcpserver.WithSessionIdManagerResolver(handedOver{}),
		mcpserver.WithStreamableHTTPLogger(slog.New(slog.DiscardHandler)))
	var err error
	l.serverInfo, err = json.Marshal(mcpgo.Implementation{Name: serverName, Version: cfg.Version})
	return l, err
}

func libraryOptions(cfg Config) []mcpserver.ServerOption {
	options := []mcpserver.ServerOption{
		mcpserver.WithToolCapabilities(false),
		mcpserver.WithInstructions(cfg.Instructions),
		mcpserver.WithCompletions(),
		mcpserver.WithRecovery(),
	}
	if len(cfg.Gate.Prompts()) > 0 {
		options = append(options, mcpserver.WithPromptCapabilities(false))
	}
	if len(cfg.Gate.Resources()) > 0 {
		options = append(options, mcpserver.WithResourceCapabilities(false, false))
	}
	return append(options, fixtureOptions()...)
}

func (l *library) register(g Gate) error {
	seen := make(map[string]bool)
	for _, spec := range g.Specs() {
		if seen[spec.Name] || !toolName.MatchString(spec.Name) {
			return fmt.Errorf("tool %q: the name is taken or not allowed", spec.Name)
		}
		if !json.Valid(spec.InputSchema) || spec.OutputSchema != nil && !json.Valid(spec.OutputSchema) {
			return fmt.Errorf("tool %q: a schema is not JSON", spec.Name)
		}
		seen[spec.Name] = true
		l.core.AddTool(libraryTool(spec), func(context.Context, mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
			return nil, errDirect
		})
	}
	for _, p := range g.Prompts() {
		l.core.AddPrompt(libraryPrompt(p), func(context.Context, mcpgo.GetPromptRequest) (*mcpgo.GetPromptResult, error) {
			return nil, errDirect
		})
	}
	for _, r := range g.Resources() {
		l.core.AddResource(mcpgo.Resource{URI: r.URI, Name: r.Name, Description: r.Description, MIMEType: r.MIMEType},
			func(context.Context, mcpgo.ReadResourceRequest) ([]mcpgo.ResourceContents, error) {
				return nil, errDirect
			})
	}
	return nil
}

// toolName keeps a tool from being taken for an internal one ("@resource").
var toolName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// libraryTool sets all four annotations: the library's own defaults would call
// every tool destructive and open-world.
func libraryTool(spec tools.Spec) mcpgo.Tool {
	a := spec.Annotations
	return mcpgo.Tool{
		Name: spec.Name, Title: spec.Title, Description: spec.Description,
		RawInputSchema: spec.InputSchema, RawOutputSchema: spec.OutputSchema,
		Annotations: mcpgo.ToolAnnotation{
			ReadOnlyHint: &a.ReadOnly, DestructiveHint: &a.Destructive,
			IdempotentHint: &a.Idempotent, OpenWorldHint: &a.OpenWorld,
		},
	}
}

func libraryPrompt(p tools.Prompt) mcpgo.Prompt {
	out := mcpgo.Prompt{Name: p.Name, Title: p.Title, Description: p.Description}
	for _, a := range p.Arguments {
		out.Arguments = append(out.Arguments, mcpgo.PromptArgument{
			Name: a.Name, Description: a.Description, Required: a.Required,
		})
	}
	return out
}

// handedOver makes the library take its session ids from the edge, which puts
// them into the Mcp-Session-Id header of what it hands over: the library's own
// managers accept invented ids or know nothing of principals.
type handedOver struct{}

func (handedOver) ResolveSessionIdManager(r *http.Request) mcpserver.SessionIdManager {
	if r == nil {
		return handedID("")
	}
	return handedID(r.Header.Get(mcpgo.HeaderSessionID))
}

type handedID string

func (h handedID) Generate() string               { return string(h) }
func (h handedID) Validate(string) (bool, error)  { return false, nil }
func (h handedID) Terminate(string) (bool, error) { return false, nil }

// forget makes the library drop what it holds for a session that has ended.
func (l *library) forget(id string) {
	h := http.Header{}
	h.Set(mcpgo.HeaderSessionID, id)
	l.http.Handle(newCapture(), &mcpserver.HTTPRequest{
		Method: http.MethodDelete, Header: h, Context: context.Background(),
	})
}

// libraryHeaders are the only headers that the library gets to see.
var libraryHeaders = []string{mcpgo.HeaderProtocolVersion, mcpgo.HeaderMethod, mcpgo.HeaderName, "Content-Type"}

// post hands one message over. sessionID is "" in revisions without sessions.
func (l *library) post(ctx context.Context, w mcpserver.HTTPResponseWriter, in http.Header, sessionID string, body []byte) {
	h := make(http.Header, len(libraryHeaders)+1)
	for _, name := range libraryHeaders {
		if v := in.Get(name); v != "" {
			h.Set(name, v)
		}
	}
	if l.fixtures != nil {
		h = in.Clone()
	}
	h.Del("Authorization")
	h.Set(mcpgo.HeaderSessionID, sessionID)
	l.http.Handle(w, &mcpserver.HTTPRequest{Method: http.MethodPost, Header: h, Body: body, Context: ctx})
}

// capture holds an answer of the library's HTTP transport until the edge has
// looked at it.
type capture struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newCapture() *capture { return &capture{header: make(http.Header), status: http.StatusOK} }

func (c *capture) Header() http.Header         { return c.header }
func (c *capture) WriteHeader(status int)      { c.status = status }
func (c *capture) Write(p []byte) (int, error) { return c.body.Write(p) }
func (c *capture) Flush()                      {}
func (c *capture) CanStream() bool             { return false }

var _ io.Writer = (*capture)(nil)

// pendingNotifications bounds what the library may queue while it answers one
// request; it has use for one.
const pendingNotifications = 16

// librarySession is the library's view of one client outside its HTTP
// transport. The library's own stdio server keeps one for the whole process.
type librarySession struct {
	id      string
	pending chan mcpgo.JSONRPCNotification
	ready   bool
}

func newLibrarySession() *librarySession {
	return &librarySession{id: rand.Text(), pending: make(chan mcpgo.JSONRPCNotification, pendingNotifications)}
}

// Initialize, Initialized, NotificationChannel and SessionID are what the
// library asks of a session.
func (t *librarySession) Initialize()                                           { t.ready = true }
func (t *librarySession) Initialized() bool                                     { return t.ready }
func (t *librarySession) NotificationChannel() chan<- mcpgo.JSONRPCNotification { return t.pending }
func (t *librarySession) SessionID() string                                     { return t.id }

// handle has the library answer one message without a transport, and returns
// the notifications that go before the answer.
func (l *library) handle(ctx context.Context, ses *librarySession, m *message) (answer []byte, before [][]byte, e *rpcError) {
	defer func() {
		if recover() != nil {
			answer, before, e = nil, nil, errInternal
		}
	}()
	ctx = l.core.WithContext(ctx, ses)
	answer, err := json.Marshal(l.core.HandleMessage(ctx, m.raw))
	if err != nil {
		return nil, nil, errInternal
	}
	for len(ses.pending) > 0 {
		if b, err := json.Marshal(<-ses.pending); err == nil {
			before = append(before, b)
		}
	}
	return answer, before, faultOf(answer)
}

// libraryError is what the edge needs of a library's answer to judge it.
type libraryError struct {
	Error *struct {
		Code int `json:"code"`
	} `json:"error"`
}

// faultOf returns the fixed text for an error that the library answered with,
// or nil if it answered with a result. The library quotes what it was sent.
func faultOf(answer []byte) *rpcError {
	if isResult(answer) {
		return nil
	}
	var e libraryError
	if json.Unmarshal(answer, &e) != nil || e.Error == nil {
		return errInternal
	}
	switch e.Error.Code {
	case mcpgo.PARSE_ERROR:
		return errBadJSON
	case mcpgo.INVALID_REQUEST, mcpgo.INVALID_PARAMS:
		return errBadParams
	case mcpgo.METHOD_NOT_FOUND:
		return errMethod
	case mcpgo.HEADER_MISMATCH:
		return errHeaderMismatch
	case mcpgo.UNSUPPORTED_PROTOCOL_VERSION:
		return errUnsupported
	}
	return errInternal
}

// isResult reports whether a response of the library carries a result. The
// library writes jsonrpc, id and result in this order.
func isResult(answer []byte) (ok bool) {
	err := scanObject(answer, len(answer), func(key, _ []byte) error {
		ok = ok || string(key) == "result"
		if string(key) == "error" {
			return errEnvelope
		}
		return nil
	})
	return ok && err == nil
}
