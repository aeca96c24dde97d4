package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	mcpgo "github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/mcp"
	"github.com/counterfoil/counterfoil/store"
)

// BenchmarkSearch compares the whole pipeline with what it stands on, over HTTP,
// a unix socket and stdio, with the same client and the same encrypted store:
//
//	echo         a bare mcp-go tool that echoes
//	floor        a bare mcp-go tool that runs the same SQL, encodes the rows, and
//	             appends as many bytes as our record and sidecar, with one fdatasync
//	counterfoil  search_transactions through edge, policy, redaction and log
//
// "/1" is one call at a time, "/16" sixteen: on as many connections over HTTP and
// the socket, in flight on the one connection of stdio. The three take turns of
// a few calls each, because a disk changes from one second to the next. Reported
// are the time of a call for each, x-floor, which is Counterfoil's time divided
// by the floor's, and p50-x-floor, the same of the medians of the turns. Run with
// -benchtime 2000x; docs/performance.md has the figures.
func BenchmarkSearch(b *testing.B) {
	f, server, token := benchService(b)
	field := []contestant{
		bareTool("echo", echo),
		bareTool("floor", floorOf(b, f)),
		{"counterfoil", server.Handler(), server.ServeStdio, func(ctx context.Context, ln net.Listener) { server.Serve(ctx, ln) }},
	}
	for _, way := range []struct {
		name string
		open func(testing.TB, contestant, string) caller
	}{{"http", overHTTP}, {"unix", overUnix}, {"stdio", overStdio}} {
		var callers []caller
		for _, s := range field {
			callers = append(callers, way.open(b, s, token))
		}
		for _, conns := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/%d", way.name, conns), func(b *testing.B) { compete(b, field, callers, conns) })
		}
	}
}

// callsPerTurn is how many calls each connection makes before another contestant
// has its turn: few enough that a slow spell of the disk meets all of them.
const callsPerTurn = 8

// compete lets the contestants make b.N calls each, in turns.
func compete(b *testing.B, field []contestant, callers []caller, conns int) {
	turns := make([][]time.Duration, len(field))
	for done := 0; done < b.N; done += callsPerTurn * conns {
		for i := range field {
			i = (i + done/(callsPerTurn*conns)) % len(field)
			began := time.Now()
			if err := hammer(callers[i], callsPerTurn*conns, conns); err != nil {
				b.Fatal(err)
			}
			turns[i] = append(turns[i], time.Since(began)/time.Duration(callsPerTurn*conns))
		}
	}
	mean, median := map[string]float64{}, map[string]float64{}
	for i, s := range field {
		var sum time.Duration
		for _, t := range turns[i] {
			sum += t
		}
		slices.Sort(turns[i])
		mean[s.name] = float64(sum.Microseconds()) / float64(len(turns[i]))
		median[s.name] = float64(turns[i][len(turns[i])/2].Microseconds())
		b.ReportMetric(mean[s.name], s.name+"-µs")
	}
	b.ReportMetric(0, "ns/op") // of no meaning here
	b.ReportMetric(mean["counterfoil"]/mean["floor"], "x-floor")
	b.ReportMetric(median["counterfoil"]/median["floor"], "p50-x-floor")
}

// BenchmarkFlat reports how much the heap grows from the 2,000th to the last of
// b.N calls on one connection, in bytes: run it with -benchtime 100000x.
func BenchmarkFlat(b *testing.B) {
	_, server, token := benchService(b)
	call := overHTTP(b, contestant{"counterfoil", server.Handler(), nil, nil}, token)
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what is pooled goes with the second
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	const warm = 2_000
	var before float64
	for id := range b.N {
		if id == warm {
			before = heap()
		}
		if err := call(int64(id)); err != nil {
			b.Fatal(err)
		}
	}
	if b.N > warm {
		b.ReportMetric(heap()-before, "B-grown")
	}
}

// contestant is one server of the comparison, by each way to it.
type contestant struct {
	name    string
	handler http.Handler
	stdio   func(ctx context.Context, in io.Reader, out io.Writer) error
	unix    func(ctx context.Context, ln net.Listener)
}

// caller makes one call and waits for its answer; it is safe for concurrent use.
type caller func(id int64) error

func overHTTP(tb testing.TB, s contestant, token string) caller {
	srv := httptest.NewServer(s.handler)
	tb.Cleanup(srv.Close)
	return poster(tb, &http.Transport{MaxIdleConnsPerHost: 16}, srv.URL+folder.Endpoint, token)
}

func overUnix(tb testing.TB, s contestant, _ string) caller {
	dir, err := os.MkdirTemp("", "cf") // short: a socket's path is
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	ln, err := mcp.ListenUnix(path)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan struct{})
	go func() { s.unix(ctx, ln); close(served) }()
	tb.Cleanup(func() { stop(); <-served })
	return poster(tb, &http.Transport{MaxIdleConnsPerHost: 16, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}, "http://localhost"+folder.Endpoint, "")
}

func poster(tb testing.TB, transport *http.Transport, url, token string) caller {
	client := &http.Client{Transport: transport}
	tb.Cleanup(transport.CloseIdleConnections)
	session, err := benchPost(client, url, token, "", fmt.Sprintf(benchInitialize, 1))
	if err != nil {
		tb.Fatal(err)
	}
	return func(id int64) error {
		_, err := benchPost(client, url, token, session, fmt.Sprintf(benchCall, id))
		return err
	}
}

// overStdio writes lines into one pipe and hands each answer to who waits for it.
func overStdio(tb testing.TB, s contestant, _ string) caller {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	ended := make(chan struct{})
	go func() { s.stdio(context.Background(), inR, outW); close(ended) }()
	var waiting sync.Map // id → chan []byte
	go func() {
		for lines := bufio.NewReaderSize(outR, 1<<20); ; {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				return
			}
			var head struct{ ID int64 }
			if json.Unmarshal(line, &head) == nil {
				if c, ok := waiting.LoadAndDelete(head.ID); ok {
					c.(chan []byte) <- line
				}
			}
		}
	}()
	tb.Cleanup(func() { inW.Close(); <-ended; outW.Close() })
	var writing sync.Mutex
	ask := func(id int64, message string) error {
		c := make(chan []byte, 1)
		waiting.Store(id, c)
		writing.Lock()
		_, err := io.WriteString(inW, message+"\n")
		writing.Unlock()
		if err != nil {
			return err
		}
		return refusedIn(<-c)
	}
	if err := ask(-1, fmt.Sprintf(benchInitialize, -1)); err != nil {
		tb.Fatal(err)
	}
	return func(id int64) error { return ask(id, fmt.Sprintf(benchCall, id)) }
}

func refusedIn(answer []byte) error {
	if bytes.Contains(answer, []byte(`"isError":true`)) || bytes.Contains(answer, []byte(`"error":{`)) {
		return fmt.Errorf("refused: %.300s", answer)
	}
	return nil
}

const benchInitialize = `{"jsonrpc":"2.0","id":%d,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}`

const benchCall = `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"search_transactions","arguments":{"from":"2018-01-01","to":"2018-01-31","limit":50}}}`

// benchService is the demo's folder, open, with limits that a benchmark does
// not reach.
func benchService(b *testing.B) (*folder.Folder, *mcp.Server, string) {
	return benchServiceWith(b, "")
}

// benchServiceWith is benchService with further lines in the config.
func benchServiceWith(b *testing.B, more string) (*folder.Folder, *mcp.Server, string) {
	b.Helper()
	a := quietApp(b)
	a.Serving = more != ""
	token, err := a.demoSetup(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	appendFile(b, a.ConfigPath, more)
	f, err := folder.Open(b.Context(), a.Home)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	if err := demoImport(b.Context(), f, &a.UI); err != nil {
		b.Fatal(err)
	}
	const endless = 1 << 50
	l := &f.Config.Limits.Limits
	l.CallsPerMinute, l.CallsPerDay, l.RowsPerDay, l.BytesPerDay = endless, endless, endless, endless
	s, err := f.Service(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	server, err := s.Server()
	if err != nil {
		b.Fatal(err)
	}
	return f, server, token
}

// quietApp is an app on a folder of its own that says nothing.
func quietApp(tb testing.TB) *app {
	tb.Helper()
	a := &app{Home: &home.Home{UI: console.UI{Out: io.Discard, Err: io.Discard}, Env: map[string]string{}, Now: func() time.Time { return time.Now().UTC() }, DataDir: tb.TempDir()}}
	a.ConfigPath = filepath.Join(a.DataDir, "config.yaml")
	return a
}

func bareTool(name string, handler mcpserver.ToolHandlerFunc) contestant {
	core := mcpserver.NewMCPServer("bare", "1", mcpserver.WithToolCapabilities(false))
	core.AddTool(mcpgo.NewTool("search_transactions"), handler)
	web := mcpserver.NewStreamableHTTPServer(core, mcpserver.WithStreamableHTTPLogger(slog.New(slog.DiscardHandler)))
	stdio := func(ctx context.Context, in io.Reader, out io.Writer) error {
		return mcpserver.NewStdioServer(core).Listen(ctx, in, out)
	}
	unix := func(ctx context.Context, ln net.Listener) {
		srv := &http.Server{Handler: web}
		context.AfterFunc(ctx, func() { srv.Close() })
		srv.Serve(ln)
	}
	return contestant{name, web, stdio, unix}
}

func echo(_ context.Context, r mcpgo.CallToolRequest) (*mcpgo.CallToolResult, error) {
	return mcpgo.NewToolResultText(r.GetString("from", "")), nil
}

// recordOverhead is what our log writes beside the document for one such call:
// leaf, arguments, keys, checkpoint and framing, in bytes.
const recordOverhead = 3500

// floorOf is the least that a server could do and still be durable.
func floorOf(b *testing.B, f *folder.Folder) mcpserver.ToolHandlerFunc {
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
		at, err := f.Store.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		page, err := f.Store.Search(ctx, store.Query{At: at, Filter: store.Filter{From: from, To: to}, Sort: store.DateDesc, Limit: r.GetInt("limit", 50)})
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

// hammer makes n calls, so many at a time.
func hammer(call caller, n, conns int) error {
	var left atomic.Int64
	left.Store(int64(n))
	done := make(chan error, conns)
	for range conns {
		go func() {
			var err error
			for id := left.Add(-1); id >= 0 && err == nil; id = left.Add(-1) {
				err = call(id)
			}
			done <- err
		}()
	}
	var errs []error
	for range conns {
		errs = append(errs, <-done)
	}
	return errors.Join(errs...)
}

// answers are buffers for answers, so that the client costs little beside the server.
var answers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func benchPost(client *http.Client, url, token, session, body string) (string, error) {
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
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
	text := answers.Get().(*bytes.Buffer)
	defer answers.Put(text)
	text.Reset()
	if _, err = text.ReadFrom(resp.Body); err == nil {
		err = refusedIn(text.Bytes())
	}
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %.300s", resp.StatusCode, text)
	}
	return resp.Header.Get("Mcp-Session-Id"), err
}
