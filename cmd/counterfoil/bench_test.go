package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	mcpgo "github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/counterfoil/counterfoil/store"
)

// BenchmarkSearchOverHTTP compares the whole pipeline with what it stands on, in
// one run, with the same client and the same encrypted store:
//
//	echo         a bare mcp-go tool that echoes
//	floor        a bare mcp-go tool that runs the same SQL, encodes the rows, and
//	             appends as many bytes as our record and sidecar, with one fdatasync
//	counterfoil  search_transactions through edge, policy, redaction and log
//
// "/1" is one connection, "/16" sixteen. Run with -benchtime 3s; docs/performance.md
// has the figures.
func BenchmarkSearchOverHTTP(b *testing.B) {
	f, handler, token := benchService(b)
	for _, h := range []struct {
		name    string
		handler http.Handler
	}{
		{"echo", bareTool(echo)},
		{"floor", bareTool(floorOf(b, f))},
		{"counterfoil", handler},
	} {
		srv := httptest.NewServer(h.handler)
		for _, conns := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/%d", h.name, conns), func(b *testing.B) { hammer(b, srv.URL+endpoint, token, conns) })
		}
		srv.Close()
	}
}

const benchCall = `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"search_transactions","arguments":{"from":"2018-01-01","to":"2018-01-31","limit":50}}}`

// benchService is the demo's folder, open, with limits that a benchmark does
// not reach.
func benchService(b *testing.B) (*folder, http.Handler, string) {
	b.Helper()
	a := quietApp(b)
	token, err := a.demoSetup(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	f, err := a.openData(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	if err := f.demoImport(b.Context(), &a.ui); err != nil {
		b.Fatal(err)
	}
	const endless = 1 << 50
	l := &f.cfg.Limits.Limits
	l.CallsPerMinute, l.CallsPerDay, l.RowsPerDay, l.BytesPerDay = endless, endless, endless, endless
	gate, err := f.openGate(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	s := &service{folder: f, gate: gate}
	s.current.Store(f.cfg)
	server, err := s.server()
	if err != nil {
		b.Fatal(err)
	}
	return f, server.Handler(), token
}

// quietApp is an app on a folder of its own that says nothing.
func quietApp(tb testing.TB) *app {
	tb.Helper()
	a := &app{ui: ui{out: io.Discard, err: io.Discard}, env: map[string]string{}, now: func() time.Time { return time.Now().UTC() }, dataDir: tb.TempDir()}
	a.configPath = filepath.Join(a.dataDir, "config.yaml")
	return a
}

func bareTool(handler mcpserver.ToolHandlerFunc) http.Handler {
	core := mcpserver.NewMCPServer("bare", "1", mcpserver.WithToolCapabilities(false))
	core.AddTool(mcpgo.NewTool("search_transactions"), handler)
	return mcpserver.NewStreamableHTTPServer(core, mcpserver.WithStreamableHTTPLogger(slog.New(slog.DiscardHandler)))
}

func echo(_ context.Context, r mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
	return mcpgo.NewToolResultText(r.GetString("from", "")), nil
}

// recordOverhead is what our log writes beside the document for one such call:
// leaf, arguments, keys, checkpoint and framing, in bytes.
const recordOverhead = 3500

// floorOf is the least that a server could do and still be durable.
func floorOf(b *testing.B, f *folder) mcpserver.ToolHandlerFunc {
	b.Helper()
	file, err := os.OpenFile(filepath.Join(b.TempDir(), "floor.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	var mu sync.Mutex
	padding := make([]byte, recordOverhead)
	return func(ctx context.Context, r mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		from, err := store.ParseDate(r.GetString("from", ""))
		if err != nil {
			return nil, err
		}
		to, err := store.ParseDate(r.GetString("to", ""))
		if err != nil {
			return nil, err
		}
		at, err := f.store.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		page, err := f.store.Search(ctx, store.Query{At: at, Filter: store.Filter{From: from, To: to}, Sort: store.DateDesc, Limit: r.GetInt("limit", 50)})
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(page)
		if err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		if _, err := file.Write(append(text, padding...)); err != nil {
			return nil, err
		}
		return mcpgo.NewToolResultText(string(text)), fdatasync(file)
	}
}

// hammer makes b.N calls over so many connections.
func hammer(b *testing.B, url, token string, conns int) {
	transport := &http.Transport{MaxIdleConnsPerHost: conns}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	session := openSession(b, client, url, token)
	b.ReportAllocs()
	b.ResetTimer()
	var left atomic.Int64
	left.Store(int64(b.N))
	done := make(chan error, conns)
	for range conns {
		go func() {
			var err error
			for id := left.Add(-1); id >= 0 && err == nil; id = left.Add(-1) {
				_, err = benchPost(client, url, token, session, fmt.Sprintf(benchCall, id))
			}
			done <- err
		}()
	}
	for range conns {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
}

func openSession(b *testing.B, client *http.Client, url, token string) string {
	b.Helper()
	session, err := benchPost(client, url, token, "", `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}`)
	if err != nil {
		b.Fatal(err)
	}
	return session
}

func benchPost(client *http.Client, url, token, session, body string) (string, error) {
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("Mcp-Protocol-Version", "2025-06-18")
	if session != "" {
		req.Header.Set("Mcp-Session-Id", session)
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || strings.Contains(string(text), `"isError":true`) || strings.Contains(string(text), `"error":{`)) {
		err = fmt.Errorf("status %d: %.300s", resp.StatusCode, text)
	}
	return resp.Header.Get("Mcp-Session-Id"), err
}
