package mcp

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/mcp/internal/script"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/tools"
)

// TestStreamEndsWithSession pins that the end of a session, be it asked for or
// forced, ends its stream.
func TestStreamEndsWithSession(t *testing.T) {
	gate := new(script.Gate)
	v := serve(t, gate, listenTCP(t), func(c *Config) { c.Limits.SessionsPerUser = 1 })
	for _, end := range []struct {
		name string
		do   func(id string)
	}{
		{"DELETE", func(id string) { v.do(context.Background(), "DELETE", "/mcp", "", "Mcp-Session-Id", id) }},
		{"a newer session", func(string) { v.session() }},
	} {
		id := v.session()
		opened, closed := make(chan struct{}), make(chan struct{})
		go func() { defer close(closed); v.stream(id, opened) }()
		<-opened
		end.do(id)
		<-closed // or the test times out
		if r := v.post(`{"jsonrpc":"2.0","id":1,"method":"ping"}`, "Mcp-Session-Id", id); r.status != http.StatusNotFound {
			t.Errorf("%s: the session lives on", end.name)
		}
	}
}

// TestPanics pins that a panic anywhere becomes a recorded refusal with fixed
// text.
func TestPanics(t *testing.T) {
	s := newSite(t, func(c *Config) {
		c.Authenticate = func(context.Context, string) (policy.Principal, error) { panic(canary) }
	})
	r := s.post(helloLegacy)
	if code, _ := rpcOf(t, r.body); r.status != http.StatusInternalServerError || code != -32603 || strings.Contains(r.body, canary) {
		t.Errorf("status %d: %s", r.status, r.body)
	}
	if got := lastRefusal(t, s.gate).Refusal.Reason; got != "internal" {
		t.Errorf("recorded %q", got)
	}
}

// oddGate answers every call as it is told to.
type oddGate struct {
	script.Gate
	result tools.Result
}

func (g *oddGate) Call(context.Context, policy.Principal, tools.Call) tools.Result { return g.result }

// TestOddResults pins that whatever the Gate returns, the client gets one
// well-formed line, and never the operator's part of an error.
func TestOddResults(t *testing.T) {
	for name, tt := range map[string]struct {
		result tools.Result
		want   string
	}{
		"nothing":              {tools.Result{}, `"isError":true`},
		"no object":            {tools.Result{Document: []byte(`[]`)}, `"isError":true`},
		"several lines":        {tools.Result{Document: []byte("{\n \"a\": \"b\\nc\"\r\n}")}, `"structuredContent":{"a":"b\nc"}`},
		"an operator's detail": {tools.Result{Err: &tools.Error{Code: "unavailable", Message: "retry", Err: errSyntax}}, `"text":"unavailable: retry"`},
	} {
		g := &oddGate{result: tt.result}
		srv := httptest.NewServer(newServer(t, g, nil).Handler())
		s := &site{t: t, gate: &g.Gate, web: srv.Client(), base: srv.URL}
		r := s.post(callOf("1", "list_accounts", "{}"), "Mcp-Session-Id", s.session())
		if code, _ := rpcOf(t, r.body); code != 0 || !strings.Contains(r.body, tt.want) || strings.Contains(r.body, errSyntax.Error()) {
			t.Errorf("%s: %s", name, r.body)
		}
		if strings.ContainsAny(r.body, "\r\n") {
			t.Errorf("%s: the answer has several lines", name)
		}
		srv.Close()
	}
}

// TestConfig pins what New refuses.
func TestConfig(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("no Gate was accepted")
	}
	for _, spec := range []tools.Spec{
		{Name: "@resource", InputSchema: []byte(`{}`)},
		{Name: "Bad", InputSchema: []byte(`{}`)},
		{Name: "good", InputSchema: []byte(`{`)},
		{Name: "good", InputSchema: []byte(`{}`), OutputSchema: []byte(`x`)},
	} {
		if _, err := New(Config{Gate: &listGate{specs: []tools.Spec{spec}}}); err == nil {
			t.Errorf("%+v was accepted", spec)
		}
	}
	good := tools.Spec{Name: "good", InputSchema: []byte(`{}`)}
	if _, err := New(Config{Gate: &listGate{specs: []tools.Spec{good, good}}}); err == nil {
		t.Error("a tool was accepted twice")
	}
}

type listGate struct {
	script.Gate
	specs []tools.Spec
}

func (g *listGate) Specs() []tools.Spec { return g.specs }

// TestClientText pins what of a client's own words is kept.
func TestClientText(t *testing.T) {
	got := readClient([]byte(`{"name":"a\nb\u0000éx","version":7,"title":"t"}`), "2025-06-18\n")
	if got.Name != "a?b??x" && got.Name != "a?b?x" {
		t.Errorf("name %q", got.Name)
	}
	if long := readClient([]byte(`{"name":"%61%63%63%65%73%73%2d%73%61%6e%64%62%6f%78%2d%30%66%38%62%61%35%65%66%2d%33"}`), ""); long.Name != tooLong {
		t.Errorf("the beginning of a credential stays: %q", long.Name)
	}
	if got.Version != "" || got.Protocol != "2025-06-18?" {
		t.Errorf("%+v", got)
	}
}

// TestTraceID pins which trace ids are believed.
func TestTraceID(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	for parent, want := range map[string]string{
		"00-" + id + "-00f067aa0ba902b7-01":                      id,
		"00-" + strings.ToUpper(id) + "-00f067aa0ba902b7-01":     "",
		"00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01": "",
		"00-" + id + "-0000000000000000-01":                      "",
		id:                                                       "", "": "", "00-" + id: "", "00-" + id[1:] + "-b-01": "",
	} {
		got, span := traceOf("junk", parent)
		if got != want || (span == "00f067aa0ba902b7") != (want != "") {
			t.Errorf("%q: %q and %q, want %q", parent, got, span, want)
		}
	}
}

// TestHandshakeSize pins that what the library keeps of a handshake is
// bounded.
func TestHandshakeSize(t *testing.T) {
	s := newSite(t, nil)
	big := strings.Replace(helloLegacy, `"capabilities":{}`, `"capabilities":{"experimental":{"x":{"y":"`+strings.Repeat("z", maxHandshake)+`"}}}`, 1)
	r := s.post(big)
	if code, _ := rpcOf(t, r.body); code != errTooLarge.rpc || r.header.Get("Mcp-Session-Id") != "" {
		t.Errorf("status %d: %s", r.status, r.body)
	}
	if got := lastRefusal(t, s.gate).Refusal.Reason; got != "too_large" {
		t.Errorf("recorded %q", got)
	}
}

// TestCodes pins what each of the Gate's codes becomes where a method has no
// result to put an error into. Clients in the field tell them apart by number.
func TestCodes(t *testing.T) {
	want := map[tools.Code]int{
		tools.CodeInvalid: -32602, tools.CodeNotFound: -32602, tools.CodeDenied: -32010, tools.CodeLimit: -32011,
		tools.CodeTimeout: -32012, tools.CodeUnavailable: -32013, tools.CodeConflict: -32014,
		tools.CodeUnauthenticated: -32015, tools.CodeInternal: -32603,
	}
	for code, n := range want {
		g := &oddGate{result: tools.Result{Err: &tools.Error{Code: code, Message: "fixed"}}}
		srv := httptest.NewServer(newServer(t, g, nil).Handler())
		s := &site{t: t, gate: &g.Gate, web: srv.Client(), base: srv.URL}
		r := s.post(`{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"x"}}`, "Mcp-Session-Id", s.session())
		if got, text := rpcOf(t, r.body); got != n || text != string(code)+": fixed" {
			t.Errorf("%s: %d %q, want %d", code, got, text, n)
		}
		srv.Close()
	}
}

// TestLibraryErrors pins that no error of the library keeps its text.
func TestLibraryErrors(t *testing.T) {
	for code, want := range map[int]*rpcError{
		-32700: errBadJSON, -32600: errBadParams, -32602: errBadParams, -32601: errMethod,
		-32020: errHeaderMismatch, -32022: errUnsupported, -32603: errInternal, -1: errInternal,
	} {
		answer := `{"jsonrpc":"2.0","id":1,"error":{"code":` + strconv.Itoa(code) + `,"message":"` + canary + `"}}`
		if got := faultOf([]byte(answer)); got != want {
			t.Errorf("%d: %v, want %v", code, got, want)
		}
	}
	for _, junk := range []string{``, `{}`, `[]`, `null`, `{"result":{},"error":{"code":1}}`, `{"error":null}`} {
		if faultOf([]byte(junk)) == nil {
			t.Errorf("%q passed for a result", junk)
		}
	}
}

// TestDeafClient pins that a call ends when its client stops reading: the
// write runs into its deadline, and the call is cancelled. It needs no session:
// the answer to initialize would have the same deadline.
func TestDeafClient(t *testing.T) {
	gate := &script.Gate{Ended: make(chan string, 1)}
	ln := listenTCP(t)
	serve(t, gate, ln, func(c *Config) { c.Limits.WriteTimeout = time.Millisecond; c.Limits.Progress = 1 << 30 })
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body, headers := modern("tools/call", "count", `"name":"count","arguments":{"to":1000000000}`)
	body = strings.Replace(body, `"_meta":{`, `"_meta":{"progressToken":1,`, 1)
	fmt.Fprint(conn, "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "+tokenAnn+"\r\nContent-Type: application/json\r\n")
	for i := 0; i < len(headers); i += 2 {
		fmt.Fprintf(conn, "%s: %s\r\n", headers[i], headers[i+1])
	}
	fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n%s", len(body), body)
	if why := <-gate.Ended; why != "count: cancelled" {
		t.Error(why)
	}
}

// TestKeepAlive pins that the deadline of one answer does not outlive it: a
// later request on the same connection is answered, whatever its answer is. A
// busy machine may miss a short deadline, but not every longer one as well.
func TestKeepAlive(t *testing.T) {
	var err error
	for timeout := 20 * time.Millisecond; timeout < 10*time.Second; timeout *= 10 {
		if err = keepAlive(t, timeout); err == nil {
			return
		}
	}
	t.Error(err)
}

// keepAlive sends each kind of request when the deadline of the answer before
// has passed.
func keepAlive(t *testing.T, timeout time.Duration) error {
	v := serve(t, new(script.Gate), listenTCP(t), func(c *Config) { c.Limits.WriteTimeout = timeout })
	id := ""
	for _, what := range []struct{ method, path, body string }{
		{"POST", "/mcp", helloLegacy},
		{"POST", "/mcp", `{"jsonrpc":"2.0","method":"notifications/initialized"}`},
		{"GET", "/healthz", ""},
		{"POST", "/mcp", callOf("1", "list_accounts", "{}")},
		{"DELETE", "/mcp", ""},
	} {
		r, err := v.try(context.Background(), what.method, what.path, what.body, "Mcp-Session-Id", id)
		if err != nil || r.status >= 400 {
			return fmt.Errorf("%s %s within %v: status %d, %v", what.method, what.path, timeout, r.status, err)
		}
		id = cmp.Or(r.header.Get("Mcp-Session-Id"), id)
		<-time.After(2 * timeout)
	}
	return nil
}

// TestNoLeaks pins that nothing goes on running once clients are gone.
func TestNoLeaks(t *testing.T) {
	gate := &script.Gate{Started: make(chan string, 1000), Go: make(chan struct{})}
	v := serve(t, gate, listenTCP(t), nil)
	v.session()
	before := runtime.NumGoroutine()
	for range 50 {
		id := v.session()
		ctx, cancel := context.WithCancel(context.Background())
		opened, closed := make(chan struct{}), make(chan struct{})
		go func() { defer close(closed); v.streamCtx(ctx, id, opened) }()
		<-opened
		call := make(chan struct{})
		go func() {
			defer close(call)
			v.do(ctx, "POST", "/mcp", callOf("1", "wait", "{}"), "Mcp-Session-Id", id)
		}()
		<-gate.Started
		cancel()
		<-call
		<-closed
	}
	v.web.CloseIdleConnections()
	for runtime.NumGoroutine() > before+4 { // or the test times out; connections take a moment to close
		runtime.Gosched()
	}
}

// TestHeldBodies pins that large bodies are held for only so many calls at one
// time, while a client in that state can still cancel.
func TestHeldBodies(t *testing.T) {
	gate := &script.Gate{Started: make(chan string), Ended: make(chan string, 1), Go: make(chan struct{})}
	v := serve(t, gate, listenTCP(t), func(c *Config) { c.Limits.CallsPerClient = 1 })
	id := v.session()
	big := callOf("1", "wait", `{"x":"`+strings.Repeat("x", smallBody)+`"}`)
	first := make(chan reply, 1)
	go func() { first <- v.post(big, "Mcp-Session-Id", id) }()
	<-gate.Started
	if r := v.post(big, "Mcp-Session-Id", id); r.status != http.StatusServiceUnavailable {
		t.Errorf("a second large body: status %d", r.status)
	}
	v.post(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`, "Mcp-Session-Id", id)
	if why := <-gate.Ended; why != "wait: cancelled" {
		t.Error(why)
	}
	<-first
}
