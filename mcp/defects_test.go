package mcp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/counterfoil/counterfoil/mcp/internal/script"
	mcpgo "github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// The tests of this file each pin one defence against something that mcp-go
// v1.2.1 does. Each has two halves: "library" shows that the bare library still
// does it, so that an upgrade that mends it is noticed and the defence can be
// looked at again, and "edge" shows that this package does not.

const canary = "GB29NWBK60161331926819"

// bare is the library on its own, as its documentation shows it.
type bare struct {
	core  *mcpserver.MCPServer
	calls atomic.Int64
	hooks atomic.Int64
	*site
}

func newBare(t testing.TB, opts ...mcpserver.StreamableHTTPOption) *bare {
	t.Helper()
	b := &bare{}
	hooks := &mcpserver.Hooks{}
	hooks.AddBeforeAny(func(context.Context, any, mcpgo.MCPMethod, any) { b.hooks.Add(1) })
	hooks.AddOnError(func(context.Context, any, mcpgo.MCPMethod, any, error) { b.hooks.Add(1) })
	b.core = mcpserver.NewMCPServer("bare", "1", mcpserver.WithHooks(hooks), mcpserver.WithRecovery(),
		mcpserver.WithInputSchemaValidation(), mcpserver.WithToolCapabilities(false),
		mcpserver.WithToolHandlerMiddleware(func(next mcpserver.ToolHandlerFunc) mcpserver.ToolHandlerFunc {
			return func(ctx context.Context, r mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
				b.calls.Add(1)
				return next(ctx, r)
			}
		}))
	schema := `{"type":"object","properties":{"text":{"type":"string"}},"additionalProperties":false}`
	b.core.AddTool(mcpgo.NewToolWithRawSchema("echo", "", []byte(schema)), func(context.Context, mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		return mcpgo.NewToolResultText("ok"), nil
	})
	b.core.AddTool(mcpgo.NewTool("crash"), func(context.Context, mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		panic("account " + canary)
	})
	opts = append(opts, mcpserver.WithStreamableHTTPLogger(slog.New(slog.DiscardHandler)))
	srv := httptest.NewServer(mcpserver.NewStreamableHTTPServer(b.core, opts...))
	t.Cleanup(srv.Close)
	b.site = &site{t: t, web: srv.Client(), base: srv.URL}
	return b
}

// TestDefectUnrecorded: unknown tools and schema failures return before tool
// middleware, bad JSON and batches before any hook.
func TestDefectUnrecorded(t *testing.T) {
	junk := []struct{ name, body string }{
		{"unknown tool", callOf("1", "nope", "{}")},
		{"schema failure", callOf("1", "echo", `{"text":1}`)},
		{"bad JSON", `{"jsonrpc"`},
		{"batch", `[` + callOf("1", "echo", "{}") + `]`},
		{"unknown method", `{"jsonrpc":"2.0","id":1,"method":"nope"}`},
	}
	t.Run("library", func(t *testing.T) {
		b := newBare(t)
		id := b.session()
		for _, j := range junk {
			before := b.hooks.Load()
			b.post(j.body, "Mcp-Session-Id", id)
			if b.calls.Load() != 0 {
				t.Errorf("%s now reaches middleware", j.name)
			}
			silent := j.name == "bad JSON" || j.name == "batch" || j.name == "unknown method"
			if fired := b.hooks.Load() != before; silent && fired {
				t.Errorf("%s now fires a hook", j.name)
			}
		}
	})
	t.Run("edge", func(t *testing.T) {
		s := newSite(t, nil)
		id := s.session()
		for i, j := range junk {
			s.post(j.body, "Mcp-Session-Id", id)
			if got := len(s.gate.Asked()); got != i+1 {
				t.Errorf("%s: the Gate has %d records, want %d", j.name, got, i+1)
			}
		}
	})
}

// TestDefectEcho: names, values, versions and panic texts come back.
func TestDefectEcho(t *testing.T) {
	crash := callOf("1", "crash", "{}")
	quotes := []struct {
		name, body string
		headers    []string
	}{
		{"tool name", callOf("1", canary, "{}"), nil},
		{"method", `{"jsonrpc":"2.0","id":1,"method":"` + canary + `"}`, nil},
		{"argument", callOf("1", "echo", `{"text":"x","`+canary+`":1}`), nil},
		{"panic", crash, nil},
		{"revision", `{"jsonrpc":"2.0","id":1,"method":"ping"}`, []string{"Mcp-Protocol-Version", "2025" + canary}},
		{"modern revision", `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"Z` + canary + `"}}}`,
			[]string{"Mcp-Protocol-Version", "Z" + canary}},
	}
	t.Run("library", func(t *testing.T) {
		b := newBare(t)
		id := b.session()
		for _, q := range quotes {
			if r := b.post(q.body, append(q.headers, "Mcp-Session-Id", id)...); !strings.Contains(r.body, canary) {
				t.Errorf("%s: no longer quoted: %s", q.name, r.body)
			}
		}
	})
	t.Run("edge", func(t *testing.T) {
		var logged bytes.Buffer
		s := newSite(t, func(c *Config) { c.Logger = slog.New(slog.NewTextHandler(&logged, nil)) })
		id := s.session()
		for _, q := range quotes {
			r := s.post(q.body, append(q.headers, "Mcp-Session-Id", id)...)
			if strings.Contains(r.body, canary) {
				t.Errorf("%s: quoted: %s", q.name, r.body)
			}
			if code, _ := rpcOf(t, r.body); code == 0 {
				t.Errorf("%s: not an error: %s", q.name, r.body)
			}
		}
		if strings.Contains(logged.String(), canary) {
			t.Error("quoted in the log")
		}
		if !strings.Contains(logged.String(), "panic while answering") {
			t.Error("the panic was not logged")
		}
	})
}

// TestDefectBodySize: a body is read whatever its size.
func TestDefectBodySize(t *testing.T) {
	body := callOf("1", "echo", `{"text":"`+strings.Repeat("x", DefaultBodyBytes+1<<10)+`"}`)
	t.Run("library", func(t *testing.T) {
		b := newBare(t)
		if r := b.post(body, "Mcp-Session-Id", b.session()); r.status != http.StatusOK {
			t.Errorf("now refused with %d", r.status)
		}
	})
	t.Run("edge", func(t *testing.T) {
		s := newSite(t, nil)
		if r := s.post(body, "Mcp-Session-Id", s.session()); r.status != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d", r.status)
		}
	})
}

// TestDefectLineSize: a line of stdio is read whatever its size.
func TestDefectLineSize(t *testing.T) {
	in := callOf("1", "echo", `{"text":"`+strings.Repeat("x", DefaultBodyBytes+1<<10)+`"}`) + "\n" + `{"jsonrpc":"2.0","id":2,"method":"ping"}` + "\n"
	t.Run("library", func(t *testing.T) {
		var out syncBuffer
		s := mcpserver.NewStdioServer(newBare(t).core)
		s.SetErrorLogger(log.New(io.Discard, "", 0))
		s.Listen(context.Background(), strings.NewReader(in), &out)
		if !strings.Contains(out.String(), `"id":1,"result"`) {
			t.Errorf("now refused: %s", out.String())
		}
	})
	t.Run("edge", func(t *testing.T) {
		var out syncBuffer
		gate := new(script.Gate)
		if err := newServer(t, gate, nil).ServeStdio(context.Background(), strings.NewReader(in), &out); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if code, _ := rpcOf(t, lines[0]); code != errTooLarge.rpc || len(lines) != 2 || !strings.Contains(lines[1], `"id":2,"result"`) {
			t.Errorf("answered %s", out.String())
		}
		if got := gate.Asked(); len(got) != 1 || got[0].Refusal.Reason != "too_large" {
			t.Errorf("the Gate was told %+v", got)
		}
	})
}

// TestDefectOrigin: an evil page's Origin is served.
func TestDefectOrigin(t *testing.T) {
	t.Run("library", func(t *testing.T) {
		if r := newBare(t).post(helloLegacy, "Origin", "https://evil.example"); r.status != http.StatusOK {
			t.Errorf("now refused with %d", r.status)
		}
	})
	t.Run("edge", func(t *testing.T) {
		if r := newSite(t, nil).post(helloLegacy, "Origin", "https://evil.example"); r.status != http.StatusForbidden {
			t.Errorf("status %d", r.status)
		}
	})
}

// TestDefectInventedSession: the default session manager accepts ids that it
// never made, from anyone.
func TestDefectInventedSession(t *testing.T) {
	const invented = "mcp-session-01234567-89ab-cdef-0123-456789abcdef"
	t.Run("library", func(t *testing.T) {
		if r := newBare(t).post(callOf("1", "echo", "{}"), "Mcp-Session-Id", invented); r.status != http.StatusOK {
			t.Errorf("now refused with %d", r.status)
		}
	})
	t.Run("edge", func(t *testing.T) {
		s := newSite(t, nil)
		if r := s.post(callOf("1", "list_accounts", "{}"), "Mcp-Session-Id", invented); r.status != http.StatusNotFound {
			t.Errorf("status %d", r.status)
		}
		if lastRefusal(t, s.gate).Tool != "" {
			t.Error("the call was made")
		}
	})
}

// TestDefectUnboundSession: a stateful session serves whoever knows its id.
func TestDefectUnboundSession(t *testing.T) {
	bob := []string{"Authorization", "Bearer " + tokenBob}
	t.Run("library", func(t *testing.T) {
		b := newBare(t, mcpserver.WithStateful(true))
		if r := b.post(callOf("1", "echo", "{}"), append(bob, "Mcp-Session-Id", b.session())...); r.status != http.StatusOK {
			t.Errorf("now refused with %d", r.status)
		}
	})
	t.Run("edge", func(t *testing.T) {
		s := newSite(t, nil)
		if r := s.post(callOf("1", "list_accounts", "{}"), append(bob, "Mcp-Session-Id", s.session())...); r.status != http.StatusNotFound {
			t.Errorf("status %d", r.status)
		}
	})
}

// TestDefectKeptSessions: the library keeps every handshake; the edge makes it
// forget.
func TestDefectKeptSessions(t *testing.T) {
	const handshakes = 50
	t.Run("library", func(t *testing.T) {
		b := newBare(t)
		var ids []string
		for range handshakes {
			ids = append(ids, b.session())
		}
		if got := kept(b.core, ids[:handshakes-1]); got != handshakes-1 { // the last may be on its way
			t.Errorf("%d sessions of %d are kept", got, handshakes)
		}
	})
	t.Run("edge", func(t *testing.T) {
		srv := newServer(t, new(script.Gate), func(c *Config) { c.Limits.SessionsPerUser = 5 })
		web := httptest.NewServer(srv.Handler())
		defer web.Close()
		s := &site{t: t, web: web.Client(), base: web.URL}
		var ids []string
		for range handshakes {
			ids = append(ids, s.session())
		}
		if got := kept(srv.lib.core, ids); got != 5 || len(srv.sessions.byID) != 5 {
			t.Errorf("%d sessions are kept by the library and %d by the edge, want 5", got, len(srv.sessions.byID))
		}
	})
}

// kept counts which of these sessions the library can still reach.
func kept(core *mcpserver.MCPServer, ids []string) (n int) {
	for _, id := range ids {
		if core.SendNotificationToSpecificClient(id, "notifications/message", nil) == nil {
			n++
		}
	}
	return n
}

// TestDefectForeignCancel: with no session to tell clients apart, one client's
// notifications/cancelled stops another's call.
func TestDefectForeignCancel(t *testing.T) {
	cancelBody, cancelHeaders := modern("notifications/cancelled", "", `"requestId":1`)
	cancelBody = strings.Replace(cancelBody, `"id":1,`, "", 1)
	t.Run("library", func(t *testing.T) {
		b := newBare(t)
		started, ended := make(chan struct{}), make(chan error, 1)
		release := make(chan struct{})
		b.core.AddTool(mcpgo.NewTool("wait"), func(ctx context.Context, _ mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
			close(started)
			select {
			case <-ctx.Done():
			case <-release:
			}
			ended <- ctx.Err()
			return mcpgo.NewToolResultText("done"), nil
		})
		body, headers := modern("tools/call", "wait", `"name":"wait"`)
		go b.post(body, headers...)
		<-started
		b.post(cancelBody, append(cancelHeaders, "Authorization", "Bearer "+tokenBob)...)
		close(release)
		if err := <-ended; err == nil {
			t.Error("the call now survives")
		}
	})
	t.Run("edge", func(t *testing.T) {
		s := newSite(t, nil)
		s.gate.Started, s.gate.Ended, s.gate.Go = make(chan string), make(chan string, 1), make(chan struct{})
		body, headers := modern("tools/call", "wait", `"name":"wait"`)
		out := make(chan reply, 1)
		go func() { out <- s.post(body, headers...) }()
		<-s.gate.Started
		for _, token := range []string{tokenBob, tokenAnn} {
			if r := s.post(cancelBody, append(cancelHeaders, "Authorization", "Bearer "+token)...); r.status != http.StatusAccepted {
				t.Errorf("status %d", r.status)
			}
		}
		s.gate.Go <- struct{}{}
		if why := <-s.gate.Ended; why != "wait: let go" {
			t.Error(why)
		}
		<-out
	})
}

// TestDefectLastProgress: the last progress notification before a return is
// usually lost. Here every one arrives, in order, before the answer.
func TestDefectLastProgress(t *testing.T) {
	const rounds, steps = 100, 5
	call := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"count","arguments":{"to":5},"_meta":{"progressToken":"p"}}}`
	t.Run("library", func(t *testing.T) {
		b := newBare(t)
		b.core.AddTool(mcpgo.NewTool("count"), func(ctx context.Context, r mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
			for i := range steps {
				mcpserver.ServerFromContext(ctx).SendNotificationToClient(ctx, "notifications/progress",
					map[string]any{"progressToken": "p", "progress": i + 1})
			}
			return mcpgo.NewToolResultText("done"), nil
		})
		id := b.session()
		lost := 0
		for range rounds {
			if got := len(b.post(call, "Mcp-Session-Id", id).events()); got < steps+1 {
				lost++
			}
		}
		if lost == 0 {
			t.Errorf("all progress of %d calls arrived", rounds)
		}
		t.Logf("%d of %d calls lost progress", lost, rounds)
	})
	t.Run("edge", func(t *testing.T) {
		s := newSite(t, nil)
		id := s.session()
		for range rounds {
			events := s.post(call, "Mcp-Session-Id", id).events()
			if len(events) != steps+1 || !strings.Contains(events[steps], `"counted":5`) {
				t.Fatalf("%d messages: %v", len(events), events)
			}
			for i, e := range events[:steps] {
				if !strings.Contains(e, fmt.Sprintf(`"progress":%d,`, i+1)) {
					t.Fatalf("message %d is %s", i, e)
				}
			}
		}
	})
}

// TestDefectAnnotations: NewTool calls every tool destructive and open-world.
func TestDefectAnnotations(t *testing.T) {
	t.Run("library", func(t *testing.T) {
		a := mcpgo.NewTool("x").Annotations
		if !*a.DestructiveHint || !*a.OpenWorldHint {
			t.Error("the defaults are now mild")
		}
	})
	t.Run("edge", func(t *testing.T) {
		body, headers := modern("tools/list", "", "")
		list := newSite(t, nil).post(body, headers...).body
		want := `"annotations":{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}`
		if got, n := strings.Count(list, want), len(new(script.Gate).Specs()); got != n {
			t.Errorf("%d of %d tools have all four annotations: %s", got, n, list)
		}
	})
}

// TestDefectSharedStdio: the library's stdio server has one session for the
// whole process, so that what is meant for one client reaches another.
func TestDefectSharedStdio(t *testing.T) {
	t.Run("library", func(t *testing.T) {
		var ids sync.Map
		for range 2 {
			core := mcpserver.NewMCPServer("bare", "1")
			core.AddTool(mcpgo.NewTool("who"), func(ctx context.Context, _ mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
				ids.Store(mcpserver.ClientSessionFromContext(ctx), true)
				return mcpgo.NewToolResultText("ok"), nil
			})
			var out syncBuffer
			mcpserver.NewStdioServer(core).Listen(context.Background(), strings.NewReader(callOf("1", "who", "{}")+"\n"), &out)
		}
		n := 0
		ids.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("two servers now have %d sessions", n)
		}
	})
	t.Run("edge", func(t *testing.T) {
		gate := &script.Gate{Started: make(chan string), Ended: make(chan string, 2), Go: make(chan struct{})}
		s := newServer(t, gate, nil)
		one, two := newDesk(t, s), newDesk(t, s)
		one.send(callOf("1", "wait", "{}"))
		<-gate.Started
		two.send(callOf("1", "wait", "{}"))
		<-gate.Started
		two.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`)
		if why := <-gate.Ended; why != "wait: cancelled" {
			t.Error(why)
		}
		if got := two.receive(); !strings.Contains(got, "timeout: the call was cancelled") {
			t.Errorf("the client that cancelled received %s", got)
		}
		gate.Go <- struct{}{}
		if got := one.receive(); !strings.Contains(got, `"waited":true`) {
			t.Errorf("the other client received %s", got)
		}
	})
}

// TestRevisions pins that every revision is served at one endpoint.
func TestRevisions(t *testing.T) {
	s := newSite(t, nil)
	for _, v := range []string{"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"} {
		r := s.post(strings.Replace(helloLegacy, "2025-06-18", v, 1))
		if !strings.Contains(r.body, `"protocolVersion":"`+v+`"`) {
			t.Errorf("%s: %s", v, r.body)
		}
		r = s.post(callOf("1", "list_accounts", "{}"), "Mcp-Session-Id", r.header.Get("Mcp-Session-Id"))
		if !strings.Contains(r.body, `"structuredContent"`) || lastRefusal(t, s.gate).Client.Protocol != v {
			t.Errorf("%s: %s", v, r.body)
		}
	}
	body, headers := modern("tools/call", "list_accounts", `"name":"list_accounts"`)
	if r := s.post(body, headers...); !strings.Contains(r.body, `"resultType":"complete"`) {
		t.Errorf("2026-07-28: %s", r.body)
	}
	body, headers = modern("server/discover", "", "")
	if r := s.post(body, headers...); !strings.Contains(r.body, `"2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"`) {
		t.Errorf("discover: %s", r.body)
	}
}

// syncBuffer is a bytes.Buffer for several goroutines.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

var _ io.Writer = (*syncBuffer)(nil)

// TestModernCancelWithoutMeta: the official Go SDK sends notifications/cancelled
// of 2026-07-28 without `_meta`, and takes a refusal for the end of the
// connection. It is accepted, and cancels nothing; a request without is refused.
func TestModernCancelWithoutMeta(t *testing.T) {
	s := newSite(t, nil)
	headers := []string{"Mcp-Protocol-Version", "2026-07-28", "Mcp-Method", "notifications/cancelled"}
	if r := s.post(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`, headers...); r.status != http.StatusAccepted {
		t.Errorf("status %d: %s", r.status, r.body)
	}
	headers[3] = "tools/call"
	if r := s.post(callOf("1", "list_accounts", "{}"), append(headers, "Mcp-Name", "list_accounts")...); r.status != http.StatusBadRequest {
		t.Errorf("a request without _meta: status %d", r.status)
	}
}
