package mcp

import (
	"net/http"

	mcpgo "github.com/mark3labs/mcp-go/mcp"
)

// checkRevision finds out which era a message belongs to, and holds it to the
// rules of that era. Revisions are dates and compare as text.
func checkRevision(h http.Header, m *message) (modern bool, e *rpcError) {
	header := h.Get(mcpgo.HeaderProtocolVersion)
	if !mcpgo.IsModernProtocol(header) && !mcpgo.IsModernProtocol(m.version) {
		if header != "" && !mcpgo.IsValidProtocolVersion(header) && m.method != methodInitialize {
			return false, errBadVersion
		}
		return false, nil
	}
	if h.Get(mcpgo.HeaderLastEventID) != "" || header == "" || m.version != "" && header != m.version {
		return true, errHeaderMismatch
	}
	if m.version == "" && m.kind == notification {
		// The revision asks for `_meta` in requests. Nothing is done for a
		// notification of it, and clients take a refusal for the end of all.
		return true, nil
	}
	if m.version == "" {
		return true, errNoVersion
	}
	if e := checkModern(m); e != nil {
		return true, e
	}
	if h.Get(mcpgo.HeaderMethod) != m.method {
		return true, errHeaderMismatch
	}
	return true, checkNameHeader(h, m)
}

// checkModern checks what revision 2026-07-28 asks of a message on any
// transport.
func checkModern(m *message) *rpcError {
	switch {
	case !mcpgo.IsValidProtocolVersion(m.version):
		return errUnsupported
	case m.kind == request && !m.capabilities:
		return errNoVersion
	case m.kind == response:
		return errBadEnvelope
	}
	return nil
}

func checkNameHeader(h http.Header, m *message) *rpcError {
	if !mcpgo.MethodRequiresNameHeader(mcpgo.MCPMethod(m.method)) {
		return nil
	}
	raw := m.name
	if m.method == methodResource {
		raw = m.uri
	}
	want, err := unquote(raw)
	got, ok := mcpgo.DecodeHeaderValue(h.Get(mcpgo.HeaderName))
	if err != nil || !ok || got == "" || got != want {
		return errHeaderMismatch
	}
	return nil
}
