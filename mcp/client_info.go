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

// tooLong stands for a text over maxClientText. Of what is cut off in the middle of a
// number or a credential, the redactor could not tell what it is.
const tooLong = "(too long)"

// clientText keeps printable ASCII, so that a name can neither forge a line
// nor carry much else.
func clientText(s string) string {
	if len(s) > maxClientText {
		return tooLong
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}

// traceOf returns the trace and parent id of the first W3C traceparent that
// holds both. See https://www.w3.org/TR/trace-context/#traceparent-header.
func traceOf(parents ...string) (trace, parent string) {
	for _, p := range parents {
		parts := strings.Split(p, "-")
		if len(parts) >= 4 && len(parts[0]) == 2 && hexID(parts[1], 32) && hexID(parts[2], 16) {
			return parts[1], parts[2]
		}
	}
	return "", ""
}

// hexID reports whether s is n lower-case hex digits that are not all zero.
func hexID(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789abcdef") == "" && strings.Trim(s, "0") != ""
}
