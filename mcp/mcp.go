// Package mcp serves the tools of the Gate over the Model Context Protocol,
// by streamable HTTP, stdio and unix socket, in every protocol revision from
// 2024-11-05 to 2026-07-28.
//
// It is a hardened edge in front of github.com/mark3labs/mcp-go, and the only
// package that imports that library. The edge authenticates, bounds and parses
// every message once and strictly. What touches data (tools/call, prompts/get,
// resources/read and completion/complete) goes from the edge straight to the
// Gate, with the arguments as the bytes that came in. What does not
// (negotiation, lists, server-sent streams) goes on to the library, whose
// errors are replaced by fixed text on the way back. Nothing that a client sent
// leaves again except the id of its own request, and nothing is refused
// without the Gate recording it.
//
// # Identity
//
// A principal comes from a bearer token (HTTP), from the operating system
// (unix socket) or from the configuration (stdio). A session id is no
// credential: it is made here, belongs to one principal, and means nothing to
// another. Cancelling reaches only calls of the same principal on the same
// session or connection. Revision 2026-07-28 has neither sessions nor
// connections over HTTP; there a call is cancelled by closing its stream.
package mcp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/tools"
)

// Gate is what this package needs of tools.Gate.
type Gate interface {
	Specs() []tools.Spec
	Prompts() []tools.Prompt
	Resources() []tools.Resource
	Call(ctx context.Context, p policy.Principal, c tools.Call) tools.Result
	Refuse(ctx context.Context, p *policy.Principal, r tools.Refusal)
}

var _ Gate = (*tools.Gate)(nil)

// Config says whom to serve, and how much. Only Gate is required: without
// Authenticate every HTTP request is refused, and without Stdio or Peer those
// transports are.
type Config struct {
	Gate Gate

	// Authenticate maps a bearer token to its principal. It must compare in
	// constant time. Any error is answered with 401 and one fixed text.
	Authenticate func(ctx context.Context, bearer string) (policy.Principal, error)

	// Stdio is the principal of ServeStdio; its Auth is set to "stdio".
	Stdio policy.Principal

	// Peer is the principal of ServeUnix, for clients of the same user id; its
	// Auth is set to "peer".
	Peer policy.Principal

	// Relayed maps the ticket of a relay (see Relay) to the principal that it
	// speaks for; nil refuses relays. Only processes of the same user id are
	// asked for a ticket. Any error is answered with 401 and one fixed text.
	Relayed func(ticket string) (policy.Principal, error)

	// AllowedHosts lists further values of the Host header, each a name or an
	// address, with or without a port. Loopback names are always allowed.
	AllowedHosts []string

	// AllowedOrigins lists further values of the Origin header, such as
	// "https://example.org". Origins on loopback are always allowed to clients
	// that connect from loopback. A request without an Origin does not come
	// from a browser's page and is not concerned.
	AllowedOrigins []string

	// TrustedProxies lists the addresses whose X-Forwarded-For is believed,
	// for the source in records. It never affects authentication.
	TrustedProxies []netip.Prefix

	// SessionMAC authenticates session ids under a key that several servers share,
	// which then serve each other's sessions; nil keeps them to this server. The
	// session is no credential: each request still brings its own.
	SessionMAC func(msg []byte) [32]byte

	// Ready is asked by /readyz; nil means ready from the start.
	Ready func() error

	Limits Limits

	Version      string // of this program, shown to clients
	Instructions string // shown to clients at initialize; "" for none

	// Logger gets what an operator needs; nil discards. No message, argument,
	// token or panic text is ever logged.
	Logger *slog.Logger
}

// Server serves MCP clients. It is safe for concurrent use.
type Server struct {
	cfg      Config
	limits   Limits
	log      *slog.Logger
	lib      *library
	known    map[string]bool // names of tools
	calls    *inflight       // requests being answered
	asks     *asks           // questions put to clients
	bodies   *inflight       // large bodies being held
	sessions *sessions
	streams  atomic.Int64
	draining atomic.Bool
	mux      *http.ServeMux
}

// ErrConfig is wrapped by every error of New.
var ErrConfig = errors.New("mcp: bad configuration")

// New returns a server for the configuration, with the tools, prompts and
// resources that the Gate lists at this moment.
func New(cfg Config) (*Server, error) {
	if cfg.Gate == nil {
		return nil, errors.Join(ErrConfig, errors.New("no Gate"))
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	limits := cfg.Limits.withDefaults()
	lib, err := newLibrary(cfg)
	if err != nil {
		return nil, errors.Join(ErrConfig, err)
	}
	s := &Server{
		cfg: cfg, limits: limits, log: cfg.Logger, lib: lib,
		known: make(map[string]bool),
		calls: newInflight(limits.Calls, limits.CallsPerClient), asks: newAsks(),
		bodies: newInflight(limits.Calls, limits.CallsPerClient),
	}
	s.sessions = newSessions(limits, lib.forget, cfg.SessionMAC)
	for _, spec := range cfg.Gate.Specs() {
		s.known[spec.Name] = true
	}
	s.mux = s.routes()
	return s, nil
}

// Handler serves /mcp, /healthz and /readyz. Serve and ServeUnix use it on
// connections that they bound; behind another listener, bound those there.
func (s *Server) Handler() http.Handler { return s.mux }

// refuse records a refusal. Before authentication p is nil.
func (s *Server) refuse(ctx context.Context, p *policy.Principal, source, method string, e *rpcError) {
	if !methods[method] {
		method = ""
	}
	// A client that hangs up must not keep its refusal out of the log.
	s.cfg.Gate.Refuse(context.WithoutCancel(ctx), p, tools.Refusal{
		Code: e.code, Source: source, Reason: e.reason, Method: method,
	})
}
