package mcp

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/counterfoil/counterfoil/mcp/internal/script"
)

// TestClient pins that our own client gets what the server says, over TCP and
// over the socket.
func TestClient(t *testing.T) {
	ctx := context.Background()
	tcp := listenTCP(t)
	serve(t, new(script.Gate), tcp, nil)
	socket := ""
	if havePeers {
		socket = filepath.Join(privateDir(t), "sock")
		ln, err := ListenUnix(socket)
		if err != nil {
			t.Fatal(err)
		}
		serve(t, new(script.Gate), ln, nil)
	}
	for _, way := range []struct{ name, url, token, socket string }{
		{"tcp", "http://" + tcp.Addr().String() + "/mcp", tokenAnn, ""},
		{"unix", "http://localhost/mcp", "", socket},
	} {
		if way.token == "" && way.socket == "" {
			continue
		}
		c, err := Dial(ctx, way.url, way.token, way.socket)
		if err != nil {
			t.Fatalf("%s: %v", way.name, err)
		}
		names, err := c.Tools(ctx)
		if err != nil || !slices.Contains(names, "list_accounts") {
			t.Errorf("%s: tools %v, %v", way.name, names, err)
		}
		got, err := c.Call(ctx, "count", json.RawMessage(`{"to":2}`))
		if err != nil || string(got.Document) != `{"counted":2}` || got.CallID == "" || got.Receipt.Origin == "" || got.Receipt.Index == 0 {
			t.Errorf("%s: %+v, %v", way.name, got, err)
		}
		got, err = c.Call(ctx, "denied", nil)
		if err != nil || !got.IsError || got.Document != nil || got.Text != "denied: the policy does not allow this call" {
			t.Errorf("%s: %+v, %v", way.name, got, err)
		}
		if err := c.Close(); err != nil {
			t.Errorf("%s: %v", way.name, err)
		}
	}
	if _, err := Dial(ctx, "http://"+tcp.Addr().String()+"/mcp", "wrong", ""); err == nil {
		t.Error("a wrong token was accepted")
	}
}
