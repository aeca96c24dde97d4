package mcp

import (
	"strings"

	"github.com/counterfoil/counterfoil/policy"
)

// maxClientText bounds what a client says about itself, in bytes.
const maxClientText = 64

// clientOf returns what the connecting program says about itself: per request
// since 2026-07-28, at the handshake before.
func clientOf(m *message, ses *session) policy.Client {
	if ses != nil {
		return ses.client
	}
	return readClient(m.metaClient, m.version)
}

// readClient reads an Implementation object. It is self-reported: whatever is
// wrong with it reads as "".
func readClient(raw []byte, version string) policy.Client {
	c := policy.Client{Protocol: clientText(version)}
	if raw == nil || raw[0] != '{' {
		return c
	}
	members(raw, func(key, v []byte) error {
		text, err := unquote(v)
		if err != nil {
			return nil
		}
		switch string(key) {
		case "name":
			c.Name = clientText(text)
		case "version":
			c.Version = clientText(text)
		}
		return nil
	})
	return c
}

// clientText keeps printable ASCII, so that a name can neither forge a line
// nor carry much else.
func clientText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s[:min(len(s), maxClientText)])
	return s
}

// traceID returns the trace id of the first W3C traceparent that holds one.
// See https://www.w3.org/TR/trace-context/#traceparent-header.
func traceID(parents ...string) string {
	for _, p := range parents {
		parts := strings.Split(p, "-")
		if len(parts) < 4 || len(parts[0]) != 2 || len(parts[1]) != 32 {
			continue
		}
		if strings.Trim(parts[1], "0123456789abcdef") == "" && strings.Trim(parts[1], "0") != "" {
			return parts[1]
		}
	}
	return ""
}
