package mcp

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/mcp/internal/script"
	"github.com/counterfoil/counterfoil/policy"
)

// The tokens of the tests and whom they stand for.
const (
	tokenAnn = "token-of-ann"
	tokenBob = "token-of-bob"
)

func authenticate(_ context.Context, bearer string) (policy.Principal, error) {
	for token, name := range map[string]string{tokenAnn: "ann", tokenBob: "bob"} {
		if subtle.ConstantTimeCompare([]byte(bearer), []byte(token)) == 1 {
			return policy.Principal{Tenant: "default", Name: name}, nil
		}
	}
	return policy.Principal{}, errors.New("unknown token " + bearer)
}

// newServer returns a server with test principals; change may be nil.
func newServer(t testing.TB, gate Gate, change func(*Config)) *Server {
	t.Helper()
	cfg := Config{
		Gate: gate, Authenticate: authenticate, Version: "1.2.3",
		Stdio: policy.Principal{Tenant: "default", Name: "desk"},
		Peer:  policy.Principal{Tenant: "default", Name: "peer"},
	}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// site is a server behind httptest.
type site struct {
	t    testing.TB
	gate *script.Gate
	web  *http.Client
	base string // URL without a path
}

func newSite(t testing.TB, change func(*Config)) *site {
	t.Helper()
	gate := new(script.Gate)
	srv := httptest.NewServer(newServer(t, gate, change).Handler())
	t.Cleanup(srv.Close)
	return &site{t, gate, srv.Client(), srv.URL}
}

// reply is a response that was read whole.
type reply struct {
	status int
	header http.Header
	body   string
}

// events returns the messages of an event stream, or the body alone.
func (r reply) events() []string {
	if !strings.HasPrefix(r.header.Get("Content-Type"), "text/event-stream") {
		return []string{strings.TrimSpace(r.body)}
	}
	var out []string
	for l := range strings.Lines(r.body) {
		if data, ok := strings.CutPrefix(l, "data: "); ok {
			out = append(out, strings.TrimSpace(data))
		}
	}
	return out
}

// do sends one request. Headers are pairs; an empty value removes a default.
func (s *site) do(ctx context.Context, method, path, body string, headers ...string) reply {
	s.t.Helper()
	r, err := s.try(ctx, method, path, body, headers...)
	if err != nil && ctx.Err() == nil {
		s.t.Fatal(err)
	}
	return r
}

// try is do for a request that may fail.
func (s *site) try(ctx context.Context, method, path, body string, headers ...string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer "+tokenAnn)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	for i := 0; i < len(headers); i += 2 {
		switch {
		case headers[i] == "Host":
			req.Host = headers[i+1]
		case headers[i+1] == "":
			req.Header.Del(headers[i])
		default:
			req.Header.Add(headers[i], headers[i+1])
			if headers[i] == "Authorization" || headers[i] == "Content-Type" || headers[i] == "Accept" {
				req.Header.Set(headers[i], headers[i+1])
			}
		}
	}
	resp, err := s.web.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(b)}, err
}

func (s *site) post(body string, headers ...string) reply {
	s.t.Helper()
	return s.do(context.Background(), http.MethodPost, "/mcp", body, headers...)
}

const helloLegacy = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18",` +
	`"capabilities":{},"clientInfo":{"name":"test","version":"1"}}}`

// session initializes and returns the session id.
func (s *site) session(headers ...string) string {
	s.t.Helper()
	r := s.post(helloLegacy, headers...)
	id := r.header.Get("Mcp-Session-Id")
	if r.status != http.StatusOK || id == "" {
		s.t.Fatalf("initialize: status %d, session %q, body %s", r.status, id, r.body)
	}
	return id
}

// modern completes a request of revision 2026-07-28: its params get the
// required `_meta`, and the returned headers fit it.
func modern(method, name, params string) (body string, headers []string) {
	const meta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",` +
		`"io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"}}`
	if params != "" {
		params += ","
	}
	body = `{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":{` + params + meta + `}}`
	headers = []string{"Mcp-Protocol-Version", "2026-07-28", "Mcp-Method", method}
	if name != "" {
		headers = append(headers, "Mcp-Name", name)
	}
	return body, headers
}

// callOf returns a tools/call message.
func callOf(id, tool, args string) string {
	return `{"jsonrpc":"2.0","id":` + id + `,"method":"tools/call","params":{"name":"` + tool + `","arguments":` + args + `}}`
}

// rpcOf reads the code and text of an error response; 0 if it is none.
func rpcOf(t testing.TB, body string) (code int, text string) {
	t.Helper()
	var m struct {
		Error struct {
			Code    int
			Message string
		}
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatalf("not JSON: %q", body)
	}
	return m.Error.Code, m.Error.Message
}

// lastRefusal returns the reason of the last thing that the Gate was asked.
func lastRefusal(t testing.TB, g *script.Gate) script.Asked {
	t.Helper()
	asked := g.Asked()
	if len(asked) == 0 {
		t.Fatal("the Gate was not told")
	}
	return asked[len(asked)-1]
}

// fakeSite is a site behind a client of the caller's making.
func fakeSite(t testing.TB, gate *script.Gate, client *http.Client) *site {
	return &site{t: t, gate: gate, web: client, base: "http://localhost"}
}

func (s *site) stream(session string, opened chan<- struct{}) reply {
	return s.streamCtx(context.Background(), session, opened)
}

// streamCtx opens the GET stream of a session and reads it to its end.
func (s *site) streamCtx(ctx context.Context, session string, opened chan<- struct{}) reply {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/mcp", nil)
	if err != nil {
		s.t.Error(err)
		return reply{}
	}
	req.Header.Set("Authorization", "Bearer "+tokenAnn)
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Mcp-Session-Id", session)
	resp, err := s.web.Do(req)
	if err != nil {
		s.t.Error(err)
		return reply{}
	}
	defer resp.Body.Close()
	close(opened)
	b, _ := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(b)}
}
