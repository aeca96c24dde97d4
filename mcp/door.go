package mcp

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/policy"
	mcpgo "github.com/mark3labs/mcp-go/mcp"
)

// This file decides who may come in: from which names and pages, and as whom.

// singleHeaders must not come twice: a proxy could read the one, we the other.
var singleHeaders = []string{"Authorization", "Origin", "Content-Type", "Content-Encoding",
	headerRelay, headerRefused, mcpgo.HeaderSessionID, mcpgo.HeaderProtocolVersion, mcpgo.HeaderMethod, mcpgo.HeaderName, mcpgo.HeaderLastEventID}

func headersOnce(h http.Header) bool {
	return !slices.ContainsFunc(singleHeaders, func(name string) bool { return len(h.Values(name)) > 1 })
}

// checkHost refuses names that a page may have rebound to this address.
func (s *Server) checkHost(r *http.Request) *rpcError {
	if overUnix(r) {
		return nil // no name was resolved to get here
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if isLoopback(host) || listed(s.cfg.AllowedHosts, r.Host) || listed(s.cfg.AllowedHosts, host) {
		return nil
	}
	return errBadHost
}

func listed(list []string, value string) bool {
	return value != "" && slices.ContainsFunc(list, func(v string) bool { return strings.EqualFold(v, value) })
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// checkOrigin checks Host and Origin, and answers an allowed page with the
// headers that let it read the response.
func (s *Server) checkOrigin(v *visitor) *rpcError {
	if e := s.checkHost(v.r); e != nil {
		return e
	}
	origins := v.r.Header.Values("Origin")
	if len(origins) == 0 {
		return nil
	}
	if len(origins) > 1 || !s.originAllowed(origins[0], v.r) {
		return errBadOrigin
	}
	h := v.w.Header()
	h.Set("Access-Control-Allow-Origin", origins[0])
	h.Set("Access-Control-Expose-Headers", mcpgo.HeaderSessionID+", WWW-Authenticate")
	h.Add("Vary", "Origin")
	return nil
}

func (s *Server) originAllowed(origin string, r *http.Request) bool {
	if listed(s.cfg.AllowedOrigins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Path != "" {
		return false
	}
	return isLoopback(u.Hostname()) && isLoopback(remoteHost(r)) && len(s.cfg.TrustedProxies) == 0
}

// preflight answers the question that a browser asks before it sends a request
// of an allowed origin.
func preflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "POST, GET, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, Last-Event-ID, "+
		"Mcp-Session-Id, Mcp-Protocol-Version, Mcp-Method, Mcp-Name")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}

// maxToken bounds what is hashed for a caller who may be nobody.
const maxToken = 4096

// authenticate establishes the principal. Being on loopback proves nothing:
// every program and every page of this machine is.
func (s *Server) authenticate(r *http.Request) (policy.Principal, *rpcError) {
	if ticket := r.Header.Get(headerRelay); ticket != "" && overUnix(r) {
		return s.relayed(r, ticket)
	}
	if overUnix(r) {
		return s.peer(r.Context())
	}
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return policy.Principal{}, errNoToken
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	if len(values) > 1 || !ok || !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > maxToken {
		return policy.Principal{}, errBadToken
	}
	if s.cfg.Authenticate == nil {
		return policy.Principal{}, errBadToken
	}
	p, err := s.cfg.Authenticate(r.Context(), token)
	if err != nil || p.Name == "" {
		return policy.Principal{}, errBadToken
	}
	p.Auth = "bearer"
	return p, nil
}

// sourceOf names where a request comes from, for the record: "unix", "stdio"
// for what a relay sends, or an address without its port. X-Forwarded-For counts only as far back as
// trusted proxies wrote it.
func (s *Server) sourceOf(r *http.Request) string {
	if overUnix(r) {
		if r.Header.Get(headerRelay) != "" {
			return sourceStdio
		}
		return sourceUnix
	}
	source := remoteHost(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusted(source); i-- {
		addr, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		source = addr.Unmap().String()
	}
	return source
}

func (s *Server) trusted(source string) bool {
	addr, err := netip.ParseAddr(source)
	return err == nil && slices.ContainsFunc(s.cfg.TrustedProxies, func(p netip.Prefix) bool {
		return p.Contains(addr.Unmap())
	})
}

func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	return addr.Unmap().WithZone("").String()
}

type peerKey struct{}

// overUnix reports whether a request came in through ServeUnix. This is a fact
// about its connection, put there by the listener.
func overUnix(r *http.Request) bool {
	_, ok := r.Context().Value(peerKey{}).(peerCheck)
	return ok
}

// peerCheck is the outcome of asking the kernel who is at the other end.
type peerCheck struct{ sameUser bool }

func (s *Server) peer(ctx context.Context) (policy.Principal, *rpcError) {
	check, _ := ctx.Value(peerKey{}).(peerCheck)
	if !check.sameUser || s.cfg.Peer.Name == "" {
		return policy.Principal{}, errBadPeer
	}
	p := s.cfg.Peer
	p.Auth = "peer"
	return p, nil
}

// relayed is the principal of a relay, which is a stdio client of another
// process of the same user.
func (s *Server) relayed(r *http.Request, ticket string) (policy.Principal, *rpcError) {
	if !SameUser(r) || s.cfg.Relayed == nil {
		return policy.Principal{}, errBadPeer
	}
	p, err := s.cfg.Relayed(ticket)
	if err != nil || p.Name == "" {
		return policy.Principal{}, errBadTicket
	}
	p.Auth = "stdio"
	return p, nil
}
