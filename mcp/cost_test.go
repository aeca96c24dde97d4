package mcp

import (
	"testing"

	"github.com/counterfoil/counterfoil/mcp/internal/script"
)

// TestListCost pins how the cost of tools/list is counted; the cap for the
// real tools is where they are.
func TestListCost(t *testing.T) {
	size, tokens := newServer(t, new(script.Gate), nil).ListCost()
	t.Logf("tools/list of the test tools: %d bytes, about %d tokens", size, tokens)
	if size < 500 || tokens != (size+3)/4 {
		t.Errorf("%d bytes, %d tokens", size, tokens)
	}
}
