package mcp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/subtle"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/tools"
	mcpgo "github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// The benchmarks compare, in one run and with the same client, what the edge
// costs: the library on its own with a tool that echoes, the library with a tool that
// answers with a page of transactions, and this package with a Gate that
// answers with the same page. The Gate's own work is measured where the Gate is.
// Run with -cpu 2 and -benchtime 3s; "/16" has sixteen connections.

// page is a result of the size of one page of fifty transactions.
var page = []byte(`{"items":[` + strings.TrimSuffix(strings.Repeat(
	`{"id":"tx_01J8Z5V3","date":"2026-03-14","amount":{"minor":-1250,"currency":"GBP","decimal":"-12.50"},"merchant":"A SHOP"},`, 50), ",") +
	`],"next_cursor":"b3BhcXVl","truncated":true,"as_of":42,"warnings":[]}`)

const benchArgs = `{"query":"coffee","from":"2026-01-01","to":"2026-03-31","limit":50,"categories":["groceries","eating out"]}`

// benchBody is the call that every benchmark makes.
var benchBody = callOf("1", "search_transactions", benchArgs)

// fixedGate answers every call with the page.
type fixedGate struct{}

func (fixedGate) Specs() []tools.Spec {
	return []tools.Spec{{Name: "search_transactions", InputSchema: []byte(`{"type":"object"}`)}}
}
func (fixedGate) Prompts() []tools.Prompt                                  { return nil }
func (fixedGate) Resources() []tools.Resource                              { return nil }
func (fixedGate) Refuse(context.Context, *policy.Principal, tools.Refusal) {}
func (fixedGate) Call(context.Context, policy.Principal, tools.Call) tools.Result {
	return tools.Result{Document: page, CallID: "c_01J8Z5V3", Receipt: audit.Receipt{
		Origin: "example.org/log", Index: 7, Leaf: strings.Repeat("ab", 32), Salt: strings.Repeat("cd", 16),
	}}
}

func fixedServer(tb testing.TB) *Server {
	return newServer(tb, fixedGate{}, func(c *Config) {
		c.Authenticate = func(_ context.Context, bearer string) (policy.Principal, error) {
			if subtle.ConstantTimeCompare([]byte(bearer), []byte(tokenAnn)) != 1 {
				return policy.Principal{}, errBadToken
			}
			return policy.Principal{Tenant: "default", Name: "ann"}, nil
		}
	})
}

func bareHandler(tool func(mcpgo.CallToolRequest) *mcpgo.CallToolResult) http.Handler {
	core := mcpserver.NewMCPServer("bare", "1", mcpserver.WithToolCapabilities(false))
	core.AddTool(mcpgo.NewTool("search_transactions"), func(_ context.Context, r mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
		return tool(r), nil
	})
	return mcpserver.NewStreamableHTTPServer(core, mcpserver.WithStreamableHTTPLogger(slog.New(slog.DiscardHandler)))
}

func BenchmarkHTTP(b *testing.B) {
	handlers := []struct {
		name    string
		handler http.Handler
	}{
		{"bare-echo", bareHandler(func(r mcpgo.CallToolRequest) *mcpgo.CallToolResult {
			return mcpgo.NewToolResultText(r.GetString("query", ""))
		})},
		{"bare-page", bareHandler(func(mcpgo.CallToolRequest) *mcpgo.CallToolResult {
			return mcpgo.NewToolResultText(string(page))
		})},
		{"edge-page", fixedServer(b).Handler()},
	}
	for _, h := range handlers {
		srv := httptest.NewServer(h.handler)
		s := &site{t: b, web: srv.Client(), base: srv.URL}
		session := s.session()
		b.Run(h.name+"/1", func(b *testing.B) { hammer(b, s, session, 1) })
		b.Run(h.name+"/16", func(b *testing.B) { hammer(b, s, session, 16) })
		srv.Close()
	}
}

// hammer makes b.N calls over so many connections.
func hammer(b *testing.B, s *site, session string, conns int) {
	s.web.Transport.(*http.Transport).MaxIdleConnsPerHost = conns
	b.ReportAllocs()
	b.ResetTimer()
	var left atomic.Int64
	left.Store(int64(b.N))
	done := make(chan error, conns)
	for range conns {
		go func() {
			var err error
			for left.Add(-1) >= 0 && err == nil {
				err = s.callOnce(session)
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

func (s *site) callOnce(session string) error {
	req, err := http.NewRequest(http.MethodPost, s.base, strings.NewReader(benchBody))
	if err != nil {
		return err
	}
	req.URL.Path = "/mcp"
	req.Header["Authorization"] = []string{"Bearer " + tokenAnn}
	req.Header["Content-Type"] = []string{"application/json"}
	req.Header["Accept"] = []string{"application/json, text/event-stream"}
	req.Header["Mcp-Session-Id"] = []string{session}
	resp, err := s.web.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errInternal
	}
	return err
}

// BenchmarkStdio is one client that waits for each answer.
func BenchmarkStdio(b *testing.B) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	go fixedServer(b).ServeStdio(context.Background(), inR, outW)
	out := bufio.NewReaderSize(outR, 64<<10)
	line := []byte(benchBody + "\n")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := inW.Write(line); err != nil {
			b.Fatal(err)
		}
		if _, err := out.ReadSlice('\n'); err != nil {
			b.Fatal(err)
		}
	}
	inW.Close()
}

// BenchmarkParse is the edge's one parse of a message, by its size.
func BenchmarkParse(b *testing.B) {
	big := callOf("1", "search_transactions", `{"query":"`+strings.Repeat("x", 10<<10)+`"}`)
	for _, body := range []struct{ name, text string }{{"call", benchBody}, {"10KB", big}} {
		b.Run(body.name, func(b *testing.B) {
			raw := []byte(body.text)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, e := parse(raw, DefaultDepth); e != nil {
					b.Fatal(e)
				}
			}
		})
	}
}

// BenchmarkRender is the writing of one answer.
func BenchmarkRender(b *testing.B) {
	s := fixedServer(b)
	m, _ := parse([]byte(benchBody), DefaultDepth)
	x := &exchange{msg: &m}
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	var buf []byte
	for b.Loop() {
		buf, _ = s.answer(context.Background(), x, buf[:0])
	}
	if !bytes.Contains(buf, []byte("structuredContent")) {
		b.Fatal(string(buf))
	}
}

// BenchmarkIdleClient reports what one client costs that has initialized, holds
// its GET stream open and does nothing: heap and stacks, in bytes, both ends of
// its two connections included.
func BenchmarkIdleClient(b *testing.B) {
	srv := httptest.NewServer(newServer(b, fixedGate{}, func(c *Config) {
		c.Limits = Limits{Sessions: 1 << 20, SessionsPerUser: 1 << 20, Streams: 1 << 20}
	}).Handler())
	defer srv.Close()
	ctx, hangUp := context.WithCancel(context.Background())
	defer hangUp()
	s := &site{t: b, web: srv.Client(), base: srv.URL}
	s.session()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range b.N {
		opened := make(chan struct{})
		go s.streamCtx(ctx, s.session(), opened)
		<-opened
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse)/float64(b.N), "B/client")
}
