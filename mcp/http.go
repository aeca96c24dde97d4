package mcp

import (
	"io"
	"net/http"

	"github.com/counterfoil/counterfoil/policy"
)

// The paths that are served.
const (
	pathMCP    = "/mcp"
	pathHealth = "/healthz"
	pathReady  = "/readyz"
)

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc(pathMCP, s.serveMCP)
	mux.HandleFunc("GET "+pathHealth, s.serveHealth)
	mux.HandleFunc("GET "+pathReady, s.serveReady)
	return mux
}

// serveHealth answers 200 as long as the process serves at all.
func (s *Server) serveHealth(w http.ResponseWriter, r *http.Request) {
	if e := s.checkHost(r); e != nil {
		http.Error(w, e.message(), e.status)
		return
	}
	plain(w, http.StatusOK, "ok\n")
}

// serveReady answers 503 before the server can answer calls and while it stops.
func (s *Server) serveReady(w http.ResponseWriter, r *http.Request) {
	if e := s.checkHost(r); e != nil {
		http.Error(w, e.message(), e.status)
		return
	}
	if s.draining.Load() || s.cfg.Ready != nil && s.cfg.Ready() != nil {
		plain(w, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	io.WriteString(w, text)
}

// visitor is an HTTP request that has passed the edge's first checks.
type visitor struct {
	w         http.ResponseWriter
	r         *http.Request
	source    string
	principal policy.Principal
	sent      bool // something of the response is on its way
}

// serveMCP is the way of one HTTP request: where it comes from, who sends it,
// and only then what it says.
func (s *Server) serveMCP(w http.ResponseWriter, r *http.Request) {
	v := &visitor{w: w, r: r, source: s.sourceOf(r)}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	defer s.survive(v)
	if e := s.checkOrigin(v); e != nil {
		s.turnAway(v, nil, e)
		return
	}
	if r.Method == http.MethodOptions && r.Header.Get("Origin") != "" {
		preflight(w)
		return
	}
	p, e := s.authenticate(r)
	if e != nil {
		s.turnAway(v, nil, e)
		return
	}
	v.principal = p
	if s.draining.Load() {
		s.turnAway(v, nil, errDraining)
		return
	}
	if e := s.route(v); e != nil {
		s.turnAway(v, nil, e)
	}
}

// survive turns a panic into a refusal. If something was sent already, the
// connection ends there, as net/http would have it.
func (s *Server) survive(v *visitor) {
	if cause := recover(); cause != nil {
		s.logPanic(cause, "")
		if v.sent {
			panic(http.ErrAbortHandler)
		}
		s.turnAway(v, nil, errInternal)
	}
}

func (s *Server) route(v *visitor) *rpcError {
	if !headersOnce(v.r.Header) {
		return errHeaders
	}
	switch v.r.Method {
	case http.MethodPost:
		return s.servePost(v)
	case http.MethodGet:
		return s.serveStream(v)
	case http.MethodDelete:
		return s.serveDelete(v)
	}
	return errHTTPMethod
}

// turnAway records a refusal and answers with it. The message is nil if none
// was read.
func (s *Server) turnAway(v *visitor, m *message, e *rpcError) {
	var p *policy.Principal
	if v.principal.Name != "" {
		p = &v.principal
	}
	if m == nil {
		m = &message{}
	}
	s.refuse(v.r.Context(), p, v.source, m.method, e)
	h := v.w.Header()
	switch e {
	case errNoToken:
		h.Set("WWW-Authenticate", `Bearer realm="counterfoil"`)
	case errBadToken:
		h.Set("WWW-Authenticate", `Bearer realm="counterfoil", error="invalid_token"`)
	case errHTTPMethod:
		h.Set("Allow", "POST, GET, DELETE")
	case errModernVerb:
		h.Set("Allow", "POST")
	case errBusy, errDraining, errTooManyStreams, errTooManySessions:
		h.Set("Retry-After", "1")
	}
	if p == nil || e == errTooLarge || e == errReadBody {
		h.Set("Connection", "close") // what was not read is not waited for
	}
	s.writeJSON(v, e.status, appendRefusal(nil, m, e))
}
