package mcp

import (
	"context"
	"net/http"

	mcpgo "github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// serveStream opens the stream on which the server may send at any time, in
// revisions before 2026-07-28.
func (s *Server) serveStream(v *visitor) *rpcError {
	ses, e := s.sessionVerb(v)
	if e != nil {
		return e
	}
	if !accepts(v.r.Header, "text/event-stream") {
		return errAccept
	}
	if s.streams.Add(1) > int64(s.limits.Streams) {
		s.streams.Add(-1)
		return errTooManyStreams
	}
	defer s.streams.Add(-1)
	ctx, hangUp := context.WithCancel(v.r.Context())
	defer hangUp()
	release, e := s.sessions.stream(ses, hangUp)
	if e != nil {
		return e
	}
	defer release()
	if s.draining.Load() { // asked again: who drains hangs up only what is claimed
		return errDraining
	}
	v.sent = true
	h := http.Header{}
	h.Set(mcpgo.HeaderSessionID, ses.id)
	s.lib.http.Handle(newStreamWriter(s, v), &mcpserver.HTTPRequest{
		Method: http.MethodGet, Header: h, Context: ctx,
	})
	return nil
}

// serveDelete ends a session.
func (s *Server) serveDelete(v *visitor) *rpcError {
	ses, e := s.sessionVerb(v)
	if e != nil {
		return e
	}
	s.sessions.end(ses)
	v.w.WriteHeader(http.StatusOK)
	return nil
}

// sessionVerb finds the session of a GET or DELETE, which revision 2026-07-28
// no longer has.
func (s *Server) sessionVerb(v *visitor) (*session, *rpcError) {
	version := v.r.Header.Get(mcpgo.HeaderProtocolVersion)
	switch {
	case mcpgo.IsModernProtocol(version):
		return nil, errModernVerb
	case version != "" && !mcpgo.IsValidProtocolVersion(version):
		return nil, errBadVersion
	}
	return s.sessionOf(v)
}
