package mcp

import (
	"bytes"
	"context"
)

// bytesPerToken is how many bytes of JSON a model's tokenizer takes for one
// token, roughly; it is meant for comparing and capping, not for billing.
const bytesPerToken = 4

// ListCost returns what the answer to tools/list costs a model's context, in
// bytes and in approximate tokens. A model pays this before it asks anything.
func (s *Server) ListCost() (size, tokens int) {
	m := message{raw: []byte(`{"jsonrpc":"2.0","id":0,"method":"tools/list"}`)}
	answer, _, e := s.lib.handle(context.Background(), newLibrarySession(), &m)
	if e != nil {
		return 0, 0
	}
	size = len(bytes.TrimSpace(answer))
	return size, (size + bytesPerToken - 1) / bytesPerToken
}
