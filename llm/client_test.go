package llm

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// engine serves on a Unix socket, as a real one does, and returns a client.
func engine(t *testing.T, handle http.HandlerFunc) *Client {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: whole(handle)}}
	s.Start()
	t.Cleanup(s.Close)
	return client(t, "unix:"+path)
}

// whole reads the whole request before it is handled, as engines do: a server
// that has not read it does not see the client go.
func whole(handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		handle(w, r)
	}
}

func client(t *testing.T, url string) *Client {
	t.Helper()
	c, err := New(Config{Endpoint: Endpoint{URL: url}, Model: "m", Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// say streams pieces of an answer and ends it for a reason, "" for none.
func say(w io.Writer, reason string, pieces ...string) {
	for _, p := range pieces {
		text, _ := json.Marshal(p)
		fmt.Fprintf(w, `data: {"model":"m","choices":[{"delta":{"content":%s}}]}`+"\n\n", text)
	}
	if reason != "" {
		fmt.Fprintf(w, `data: {"model":"m","choices":[{"delta":{},"finish_reason":%q}]}`+"\n\n", reason)
	}
	fmt.Fprint(w, `data: {"model":"m","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3}}`+"\n\ndata: [DONE]\n\n")
}

var asking = Request{Messages: []Message{{Role: "user", Content: "?"}}}

var colour = Request{
	Messages: asking.Messages,
	Schema:   json.RawMessage(`{"type":"object","properties":{"colour":{"type":"string","enum":["red","blue"]}},"required":["colour"],"additionalProperties":false}`),
}

func TestAnswer(t *testing.T) {
	var body map[string]any
	c := engine(t, func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		say(w, "stop", "hel", "lo")
	})
	var heard strings.Builder
	a, err := c.Complete(t.Context(), asking, func(s string) { heard.WriteString(s) })
	if err != nil || a.Text != "hello" || heard.String() != "hello" || a.PromptTokens != 10 || a.OutputTokens != 3 || a.Attempts != 1 {
		t.Errorf("got %+v, %v", a, err)
	}
	if temperature, ok := body["temperature"].(float64); !ok || temperature < 1e-30 || temperature > 1e-3 {
		t.Errorf("temperature %v: 0 must not be left to the engine, nor be so small that it overflows when it is divided by", body["temperature"])
	}
	if body["seed"] != 7.0 || body["max_tokens"] != float64(DefaultMaxTokens) || body["model"] != "m" {
		t.Errorf("sent %v", body)
	}
}

func TestSchemaIsMetByAnotherAttempt(t *testing.T) {
	var seeds []float64
	c := engine(t, func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Seed   float64 `json:"seed"`
			Format struct {
				JSONSchema struct {
					Schema json.RawMessage `json:"schema"`
				} `json:"json_schema"`
			} `json:"response_format"`
		}
		json.NewDecoder(r.Body).Decode(&body)
		if len(body.Format.JSONSchema.Schema) == 0 {
			t.Error("the schema is not where engines look for it")
		}
		if seeds = append(seeds, body.Seed); len(seeds) == 1 {
			say(w, "stop", "Sure! The colour is red.")
			return
		}
		say(w, "stop", `{"colour":"red"}`)
	})
	a, err := c.Complete(t.Context(), colour, nil)
	if err != nil || a.Text != `{"colour":"red"}` || a.Attempts != 2 || a.OutputTokens != 6 {
		t.Errorf("got %+v, %v", a, err)
	}
	if len(seeds) != 2 || seeds[0] == seeds[1] {
		t.Errorf("seeds %v: the second attempt must not repeat the first", seeds)
	}
}

func TestToolCall(t *testing.T) {
	c := engine(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `data: {"model":"m","choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\""}}]}}]}`+"\n\n")
		fmt.Fprint(w, `data: {"model":"m","choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]},"finish_reason":"tool_calls"}]}`+"\n\ndata: [DONE]\n\n")
	})
	r := asking
	r.Tools = []Tool{{Name: "f", Schema: json.RawMessage(`{"type":"object"}`)}}
	a, err := c.Complete(t.Context(), r, nil)
	if err != nil || len(a.Calls) != 1 || a.Calls[0] != (ToolCall{"a", "f", `{"x":1}`}) {
		t.Errorf("got %+v, %v", a, err)
	}
}

// TestBadDays: whatever an engine does, there is a bounded, clear error.
// TestUsageIsBelievedWithinReason: what an engine says it has used goes into a
// record, which holds no number beyond 2^53-1, and is taken from a budget.
func TestUsageIsBelievedWithinReason(t *testing.T) {
	for usage, want := range map[string][2]int64{
		`{"prompt_tokens":10,"completion_tokens":1000000000000000000}`:                   {10, 2*MaxMaxTokens + maxCalls},
		`{"prompt_tokens":1000000000000000000,"completion_tokens":3}`:                    {maxPrompt, 3},
		`{"prompt_tokens":-1000000000000000000,"completion_tokens":-1}`:                  {1, 1},
		`{"prompt_tokens":9223372036854775807,"completion_tokens":-9223372036854775808}`: {maxPrompt, 1},
	} {
		a, err := engine(t, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `data: {"model":"m","choices":[{"delta":{"content":"x"},"finish_reason":"stop"}],"usage":%s}`+"\n\ndata: [DONE]\n\n", usage)
		}).Complete(t.Context(), asking, nil)
		if got := [2]int64{a.PromptTokens, a.OutputTokens}; err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", usage, got, err, want)
		}
	}
}

func TestBadDays(t *testing.T) {
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		ask    Request
		want   error
	}{
		"no reason to end": {func(w http.ResponseWriter, _ *http.Request) { say(w, "", "half an ans") }, asking, ErrUnavailable},
		"cut off":          {func(w http.ResponseWriter, _ *http.Request) { say(w, "length", "half") }, asking, ErrOutput},
		"schema never met": {func(w http.ResponseWriter, _ *http.Request) { say(w, "stop", `{"colour":"green"}`) }, colour, ErrOutput},
		"prose":            {func(w http.ResponseWriter, _ *http.Request) { say(w, "stop", "```json\n{\"colour\":\"red\"}\n```") }, colour, ErrOutput},
		"garbage":          {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "data: \x00\xff{{{\n\n") }, asking, ErrUnavailable},
		"not a stream":     {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x\n", 20_000)) }, asking, ErrUnavailable},
		"an error": {func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"error":{"message":"SECRET"}}`, http.StatusServiceUnavailable)
		}, asking, ErrUnavailable},
		"another model": {func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `data: {"model":"other","choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}`+"\n\n")
		}, asking, ErrModel},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusTemporaryRedirect)
		}, asking, ErrEndpoint},
		"endless tokens": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				io.WriteString(w, `data: {"model":"m","choices":[{"delta":{"content":"x"}}]}`+"\n\n")
			}
		}, asking, ErrOutput},
		"one endless token": {func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `data: {"model":"m","choices":[{"delta":{"content":"`)
			for r.Context().Err() == nil {
				io.WriteString(w, "xxxxxxxxxxxxxxxx")
			}
		}, asking, ErrOutput},
		"killed mid-stream": {func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `data: {"model":"m","choices":[{"delta":{"content":"x"}}]}`+"\n\n")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, asking, ErrUnavailable},
		"too many tool calls": {func(w http.ResponseWriter, _ *http.Request) {
			for i := range 20 {
				fmt.Fprintf(w, `data: {"model":"m","choices":[{"delta":{"tool_calls":[{"index":%d,"id":"a","function":{"name":"f"}}]}}]}`+"\n\n", i)
			}
		}, asking, ErrOutput},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := engine(t, c.handle).Complete(t.Context(), c.ask, nil)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "SECRET") {
				t.Errorf("the engine's own words are quoted: %v", err)
			}
		})
	}
}

func TestAbsentEngine(t *testing.T) {
	c := client(t, "unix:"+filepath.Join(t.TempDir(), "none"))
	if _, err := c.Complete(t.Context(), asking, nil); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if err := c.Check(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestCancelEndsTheGeneration(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	c := engine(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `data: {"model":"m","choices":[{"delta":{"content":"x"}}]}`+"\n\n")
		w.(http.Flusher).Flush()
		close(began)
		<-r.Context().Done() // as engines do: they stop when the connection ends
		close(ended)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-began; cancel() }()
	if _, err := c.Complete(ctx, asking, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-ended
}

func TestSlowEngine(t *testing.T) {
	c := engine(t, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	})
	c.cfg.Timeout = time.Millisecond
	if _, err := c.Complete(t.Context(), asking, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestCheckFindsTheModel(t *testing.T) {
	served := "m"
	c := engine(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"data":[{"id":%q}]}`, served) })
	if err := c.Check(t.Context()); err != nil {
		t.Error(err)
	}
	served = "another"
	if err := c.Check(t.Context()); !errors.Is(err, ErrModel) {
		t.Errorf("got %v", err)
	}
}

func TestEndpoints(t *testing.T) {
	for _, url := range []string{
		"", "unix:relative", "https://127.0.0.1:1", "http://127.0.0.1", "http://8.8.8.8:80", "http://[2001:4860:4860::8888]:80",
		"http://169.254.169.254:80", "http://10.0.0.1:80", "http://[::ffff:8.8.8.8]:80", "http://u:p@127.0.0.1:80", "http://127.0.0.1:80/x?y=1", "http://127.0.0.1:80/v2",
	} {
		if _, err := New(Config{Endpoint: Endpoint{URL: url}}); !errors.Is(err, ErrEndpoint) {
			t.Errorf("%s: got %v", url, err)
		}
	}
	for _, url := range []string{"unix:/x", "http://127.0.0.1:80", "http://[::1]:80", "http://model:8080", "http://127.0.0.1:80/", "http://127.0.0.1:80/v1", "http://127.0.0.1:80/v1/"} {
		if _, err := New(Config{Endpoint: Endpoint{URL: url}}); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestEndpointNameOfAPublicAddress: such a name is refused when a server starts.
func TestEndpointNameOfAPublicAddress(t *testing.T) {
	for addr, want := range map[string]error{"127.0.0.1": nil, "93.184.215.14": ErrEndpoint, "10.1.2.3": ErrEndpoint} {
		e := Endpoint{URL: "http://engine.example:80", Resolver: resolverOf(t, netip.MustParseAddr(addr))}
		if err := e.Check(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s: got %v", addr, err)
		}
		c, err := New(Config{Endpoint: e, Model: "m"})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Check(t.Context()); want != nil && !errors.Is(err, want) {
			t.Errorf("%s at the connection: got %v", addr, err)
		}
	}
}

// resolverOf answers every question for an IPv4 address with one (RFC 1035).
func resolverOf(t *testing.T, addr netip.Addr) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		const header = 12
		for q := make([]byte, 512); ; {
			n, from, err := server.ReadFrom(q)
			if err != nil {
				return
			}
			end := header + bytes.IndexByte(q[header:n], 0) + 5
			a := append([]byte{q[0], q[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, q[header:end]...)
			if q[end-3] == 1 { // it asks for an IPv4 address
				a[7] = 1
				a = append(append(a, 0xc0, header, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4), addr.AsSlice()...)
			}
			server.WriteTo(a, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func TestSocketIsNotALink(t *testing.T) {
	dir := t.TempDir()
	l, err := net.Listen("unix", filepath.Join(dir, "real"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link", "file"} {
		c, err := dialSocket(filepath.Join(dir, name))(t.Context())
		if err == nil {
			c.Close()
			t.Errorf("%s: it was opened", name)
		}
	}
}

func TestLoopbackTCP(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { say(w, "stop", "ok") }))
	defer s.Close()
	if a, err := client(t, s.URL).Complete(t.Context(), asking, nil); err != nil || a.Text != "ok" {
		t.Errorf("got %+v, %v", a, err)
	}
}

// TestIdleConnectionThatTheEngineCloses: a request that meets the end of its
// connection is sent again.
func TestIdleConnectionThatTheEngineCloses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	closed := make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r, err := http.ReadRequest(bufio.NewReader(c))
			if err != nil {
				continue
			}
			io.Copy(io.Discard, r.Body)
			var body strings.Builder
			say(&body, "stop", "ok")
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%s", body.Len(), body.String())
			c.Close()
			if n == 0 {
				close(closed)
			}
		}
	}()
	c := client(t, "unix:"+path)
	for range 2 {
		if a, err := c.Complete(t.Context(), asking, nil); err != nil || a.Text != "ok" {
			t.Errorf("got %+v, %v", a, err)
		}
		<-closed
	}
}

// TestUsageHasAFloor: an engine that says it has used less than its prompt and its
// answer can be is not believed, nor one that says nothing; one that says what can
// be, is.
func TestUsageHasAFloor(t *testing.T) {
	prompt, text := strings.Repeat("What did I spend? ", 100), strings.Repeat("a good deal ", 50) // 1800 and 600 bytes
	asked := Request{Messages: []Message{{Role: "user", Content: prompt}}}
	for usage, want := range map[string][2]int64{
		`{"prompt_tokens":1,"completion_tokens":1}`:     {225, 75},
		`{"prompt_tokens":0,"completion_tokens":0}`:     {225, 75},
		`{"prompt_tokens":224,"completion_tokens":76}`:  {225, 76},
		`{"prompt_tokens":450,"completion_tokens":150}`: {450, 150},
		`null`: {225, 75},
	} {
		a, err := engine(t, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `data: {"model":"m","choices":[{"delta":{"content":%q},"finish_reason":"stop"}],"usage":%s}`+"\n\ndata: [DONE]\n\n", text, usage)
		}).Complete(t.Context(), asked, nil)
		if got := [2]int64{a.PromptTokens, a.OutputTokens}; err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", usage, got, err, want)
		}
	}
	called, err := engine(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `data: {"model":"m","choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":%s}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`+"\n\ndata: [DONE]\n\n", strings.Repeat("1", 73))
	}).Complete(t.Context(), Request{Messages: asking.Messages, Tools: []Tool{{Name: "f", Schema: json.RawMessage(`{"type":"object"}`)}}}, nil)
	if err != nil || called.OutputTokens != 10 { // 79 bytes of arguments and a name of one
		t.Errorf("a call of a tool: %+v, %v", called, err)
	}
}
