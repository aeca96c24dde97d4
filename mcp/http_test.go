package mcp

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestRefusalsAtTheDoor pins what is turned away before a tool is looked at:
// status, recorded reason, whether the principal is known, and that nothing of
// what was sent comes back.
func TestRefusalsAtTheDoor(t *testing.T) {
	const canary = "GB29NWBK60161331926819"
	ping := `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	tests := []struct {
		name    string
		method  string
		body    string
		headers []string
		status  int
		reason  string
		anon    bool
	}{
		{"no token", "POST", ping, []string{"Authorization", ""}, 401, "no_token", true},
		{"no token on loopback GET", "GET", "", []string{"Authorization", ""}, 401, "no_token", true},
		{"wrong token", "POST", ping, []string{"Authorization", "Bearer " + canary}, 401, "bad_token", true},
		{"wrong scheme", "POST", ping, []string{"Authorization", "Basic " + canary}, 401, "bad_token", true},
		{"huge token", "POST", ping, []string{"Authorization", "Bearer " + strings.Repeat("x", maxToken+1)}, 401, "bad_token", true},
		{"evil origin", "POST", ping, []string{"Origin", "https://" + canary + ".example"}, 403, "bad_origin", true},
		{"null origin", "POST", ping, []string{"Origin", "null"}, 403, "bad_origin", true},
		{"origin with a loopback user name", "POST", ping, []string{"Origin", "http://localhost@evil.example"}, 403, "bad_origin", true},
		{"two origins", "POST", ping, []string{"Origin", "http://localhost", "Origin", "http://localhost"}, 403, "bad_origin", true},
		{"rebound name", "POST", ping, []string{"Host", canary + ".example"}, 403, "bad_host", true},
		{"rebound name that starts like loopback", "POST", ping, []string{"Host", "127.0.0.1.evil.example"}, 403, "bad_host", true},
		{"preflight of an evil origin", "OPTIONS", "", []string{"Origin", "https://evil.example"}, 403, "bad_origin", true},
		{"verb", "PUT", ping, nil, 405, "bad_method", false},
		{"media type", "POST", ping, []string{"Content-Type", "text/" + canary}, 415, "bad_media_type", false},
		{"charset", "POST", ping, []string{"Content-Type", "application/json; charset=utf-16"}, 415, "bad_media_type", false},
		{"compressed", "POST", ping, []string{"Content-Encoding", "gzip"}, 415, "bad_media_type", false},
		{"accept", "POST", ping, []string{"Accept", "image/png"}, 406, "bad_accept", false},
		{"announced body too large", "POST", `"` + strings.Repeat(canary, DefaultBodyBytes/20) + `"`, nil, 413, "too_large", false},
		{"empty body", "POST", "", nil, 400, "bad_json", false},
		{"not JSON", "POST", canary, nil, 400, "bad_json", false},
		{"two objects", "POST", ping + ping, nil, 400, "bad_json", false},
		{"bad UTF-8", "POST", "{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"ping\"}", nil, 400, "bad_json", false},
		{"batch", "POST", " [" + ping + "]", nil, 400, "batch", false},
		{"deep", "POST", `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":` + strings.Repeat("[", 99) + strings.Repeat("]", 99) + `}}`, nil, 400, "too_deep", false},
		{"duplicate member", "POST", `{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}`, nil, 400, "bad_envelope", false},
		{"member up to case", "POST", `{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}`, nil, 400, "bad_envelope", false},
		{"unknown member", "POST", `{"jsonrpc":"2.0","id":1,"method":"ping","` + canary + `":1}`, nil, 400, "bad_envelope", false},
		{"id null", "POST", `{"jsonrpc":"2.0","id":null,"method":"ping"}`, nil, 400, "bad_envelope", false},
		{"fractional id", "POST", `{"jsonrpc":"2.0","id":1.5,"method":"ping"}`, nil, 400, "bad_envelope", false},
		{"huge id", "POST", `{"jsonrpc":"2.0","id":9007199254740992,"method":"ping"}`, nil, 400, "bad_envelope", false},
		{"version", "POST", `{"jsonrpc":"1.0","id":1,"method":"ping"}`, nil, 400, "bad_envelope", false},
		{"positional params", "POST", `{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}`, nil, 400, "bad_envelope", false},
		{"disguised member of params", "POST", `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_META":{}}}`, nil, 400, "bad_params", false},
		{"no session", "POST", ping, nil, 400, "no_session", false},
		{"invented session", "POST", ping, []string{"Mcp-Session-Id", "mcp-session-00000000-0000-0000-0000-000000000000"}, 404, "bad_session", false},
		{"two session headers", "POST", ping, []string{"Mcp-Session-Id", "a", "Mcp-Session-Id", "b"}, 400, "bad_headers", false},
		{"unknown revision", "POST", ping, []string{"Mcp-Protocol-Version", "2025-01-" + canary}, 400, "bad_version", false},
		{"modern header alone", "POST", ping, []string{"Mcp-Protocol-Version", "2026-07-28"}, 400, "no_version", false},
		{"GET in a modern revision", "GET", "", []string{"Mcp-Protocol-Version", "2026-07-28"}, 405, "bad_method", false},
		{"DELETE without a session", "DELETE", "", nil, 400, "no_session", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, nil)
			r := s.do(context.Background(), tt.method, "/mcp", tt.body, tt.headers...)
			if r.status != tt.status {
				t.Errorf("status %d, want %d: %s", r.status, tt.status, r.body)
			}
			asked := s.gate.Asked()
			if len(asked) != 1 || asked[0].Refusal.Reason != tt.reason {
				t.Fatalf("the Gate was told %+v, want one refusal %q", asked, tt.reason)
			}
			if anon := asked[0].Principal == ""; anon != tt.anon {
				t.Errorf("principal %q, want anonymous %v", asked[0].Principal, tt.anon)
			}
			if asked[0].Refusal.Source != "127.0.0.1" {
				t.Errorf("source %q", asked[0].Refusal.Source)
			}
			if strings.Contains(r.body, canary) {
				t.Errorf("the answer quotes what was sent: %s", r.body)
			}
			if tt.status == http.StatusUnauthorized && !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer") {
				t.Error("no WWW-Authenticate")
			}
		})
	}
}

// TestUnannouncedBody pins that a body without a Content-Length is cut off at
// the limit, too.
func TestUnannouncedBody(t *testing.T) {
	s := newSite(t, nil)
	pr := &endless{}
	req, err := http.NewRequest("POST", s.base+"/mcp", pr)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+tokenAnn)
	req.Header.Set("Content-Type", "application/json")
	if resp, err := s.web.Do(req); err == nil { // the server may hang up first
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
	if got := lastRefusal(t, s.gate).Refusal.Reason; got != "too_large" {
		t.Errorf("recorded %q", got)
	}
	if n := pr.n.Load(); n > 16*DefaultBodyBytes {
		t.Errorf("%d bytes were read", n)
	}
}

type endless struct{ n atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.n.Add(int64(len(p)))
	return len(p), nil
}

// TestAllowedOrigins pins who may call from a browser's page.
func TestAllowedOrigins(t *testing.T) {
	s := newSite(t, func(c *Config) {
		c.AllowedOrigins = []string{"https://app.example"}
		c.AllowedHosts = []string{"money.example"}
	})
	for _, origin := range []string{"http://localhost:6274", "http://127.0.0.1", "http://[::1]:80", "https://app.example"} {
		r := s.post(helloLegacy, "Origin", origin, "Host", "money.example:8443")
		if r.status != http.StatusOK || r.header.Get("Access-Control-Allow-Origin") != origin {
			t.Errorf("%s: status %d, allowed %q", origin, r.status, r.header.Get("Access-Control-Allow-Origin"))
		}
	}
	r := s.do(context.Background(), "OPTIONS", "/mcp", "", "Origin", "https://app.example", "Authorization", "")
	if r.status != http.StatusNoContent || !strings.Contains(r.header.Get("Access-Control-Allow-Headers"), "Mcp-Session-Id") {
		t.Errorf("preflight: status %d, headers %v", r.status, r.header)
	}
}

// TestSource pins that X-Forwarded-For is believed from trusted proxies only,
// and only as far back as they wrote it.
func TestSource(t *testing.T) {
	tests := []struct{ proxies, forwarded, want string }{
		{"", "203.0.113.9", "127.0.0.1"},
		{"127.0.0.0/8", "", "127.0.0.1"},
		{"127.0.0.0/8", "203.0.113.9", "203.0.113.9"},
		{"127.0.0.0/8", "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		{"127.0.0.0/8", "203.0.113.9, 127.0.0.3", "203.0.113.9"},
		{"127.0.0.0/8", "GB29NWBK60161331926819", "127.0.0.1"},
	}
	for _, tt := range tests {
		s := newSite(t, func(c *Config) {
			if tt.proxies != "" {
				c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(tt.proxies)}
			}
		})
		s.post("{", "X-Forwarded-For", tt.forwarded)
		if got := lastRefusal(t, s.gate).Refusal.Source; got != tt.want {
			t.Errorf("proxies %q, forwarded %q: source %q, want %q", tt.proxies, tt.forwarded, got, tt.want)
		}
	}
}

// TestRawArguments pins that the Gate gets the very bytes of the wire.
func TestRawArguments(t *testing.T) {
	s := newSite(t, nil)
	id := s.session()
	for _, args := range []string{`{ "a" : 1e2,"a":1.0 , "b":"\u0041" }`, `null`, `[]`, `"x"`, `{}`} {
		s.post(callOf("7", "list_accounts", args), "Mcp-Session-Id", id)
		if got := lastRefusal(t, s.gate).Args; got != args {
			t.Errorf("the Gate got %s, want %s", got, args)
		}
	}
}

// TestInternalTools pins that tools/call cannot reach the tools behind
// prompts, resources and completion.
func TestInternalTools(t *testing.T) {
	s := newSite(t, nil)
	id := s.session()
	for _, name := range []string{"@resource", "@prompt", "@complete", `\u0040resource`} {
		r := s.post(callOf("1", name, `{"uri":"counterfoil://limits"}`), "Mcp-Session-Id", id)
		if code, _ := rpcOf(t, r.body); code != -32602 {
			t.Errorf("%s: %s", name, r.body)
		}
		if a := lastRefusal(t, s.gate); a.Tool != "" || a.Refusal.Reason != "unknown_tool" || a.Principal != "ann" {
			t.Errorf("%s: the Gate was asked %+v", name, a)
		}
	}
}

// TestSessions pins that a session belongs to one principal, and ends.
func TestSessions(t *testing.T) {
	s := newSite(t, nil)
	id := s.session()
	ping := `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	bob := []string{"Mcp-Session-Id", id, "Authorization", "Bearer " + tokenBob}
	if r := s.post(ping, bob...); r.status != http.StatusNotFound {
		t.Errorf("another principal: status %d", r.status)
	}
	if r := s.do(context.Background(), "DELETE", "/mcp", "", bob...); r.status != http.StatusNotFound {
		t.Errorf("another principal's DELETE: status %d", r.status)
	}
	if r := s.do(context.Background(), "GET", "/mcp", "", bob...); r.status != http.StatusNotFound {
		t.Errorf("another principal's GET: status %d", r.status)
	}
	if r := s.post(ping, "Mcp-Session-Id", id); r.status != http.StatusOK {
		t.Errorf("its own principal: status %d", r.status)
	}
	if r := s.do(context.Background(), "DELETE", "/mcp", "", "Mcp-Session-Id", id); r.status != http.StatusOK {
		t.Errorf("DELETE: status %d", r.status)
	}
	if r := s.post(ping, "Mcp-Session-Id", id); r.status != http.StatusNotFound {
		t.Errorf("after DELETE: status %d", r.status)
	}
}

// TestUnknownNotification pins that a notification that is not known is recorded,
// and costs a client neither an error nor its session.
func TestUnknownNotification(t *testing.T) {
	s := newSite(t, nil)
	id := s.session()
	for _, method := range []string{"notifications/made_up", "notifications/message", "ping"} {
		if r := s.post(`{"jsonrpc":"2.0","method":"`+method+`"}`, "Mcp-Session-Id", id); r.status != http.StatusAccepted || r.body != "" {
			t.Errorf("%s: status %d, %q", method, r.status, r.body)
		}
		if got := lastRefusal(t, s.gate).Refusal.Reason; got != "unknown_method" {
			t.Errorf("%s: recorded as %s", method, got)
		}
	}
}

// TestSessionLimits pins that sessions are bounded, that a principal gives way
// to itself alone, and that idle ones end.
func TestSessionLimits(t *testing.T) {
	now := time.Unix(0, 0)
	var ended []string
	limits := Limits{Sessions: 3, SessionsPerUser: 2, SessionIdle: time.Minute}.withDefaults()
	table := newSessions(limits, func(id string) { ended = append(ended, id) }, nil)
	table.now = func() time.Time { return now }
	ann, bob := owner{name: "ann"}, owner{name: "bob"}
	start := func(o owner) *session {
		t.Helper()
		ses, e := table.start(o, clientOf(&message{}, nil), false)
		if e != nil {
			t.Fatal(e)
		}
		return ses
	}
	first, second := start(ann), start(ann)
	if _, e := table.find(ann, first.id, ""); e != nil { // now the second is the older one
		t.Fatal(e)
	}
	start(ann)
	if len(ended) != 1 || ended[0] != second.id {
		t.Errorf("ended %v, want the least recently used %q", ended, second.id)
	}
	start(bob)
	if _, e := table.start(owner{name: "eve"}, first.client, false); e != errTooManySessions {
		t.Errorf("beyond the limit: %v", e)
	}
	now = now.Add(2 * time.Minute)
	if _, e := table.find(ann, first.id, ""); e != errBadSession {
		t.Errorf("idle session: %v", e)
	}
	if len(table.byID) != 0 || table.lru.Len() != 0 || len(table.count) != 0 {
		t.Errorf("%d sessions, %d in the list, %d owners are left", len(table.byID), table.lru.Len(), len(table.count))
	}
}

// TestModernRules pins what revision 2026-07-28 asks of a request over HTTP.
func TestModernRules(t *testing.T) {
	body, headers := modern("tools/call", "list_accounts", `"name":"list_accounts"`)
	set := func(name, value string) []string {
		out := append([]string(nil), headers...)
		for i := 0; i < len(out); i += 2 {
			if out[i] == name {
				out[i+1] = value
				return out
			}
		}
		return append(out, name, value)
	}
	tests := []struct {
		name    string
		body    string
		headers []string
		status  int
		code    int
	}{
		{"as it should be", body, headers, 200, 0},
		{"an ignored session header", body, set("Mcp-Session-Id", "whatever"), 200, 0},
		{"encoded name header", body, set("Mcp-Name", "=?base64?bGlzdF9hY2NvdW50cw==?="), 200, 0},
		{"another name", body, set("Mcp-Name", "search_transactions"), 400, -32020},
		{"no name", body, set("Mcp-Name", ""), 400, -32020},
		{"another method", body, set("Mcp-Method", "ping"), 400, -32020},
		{"no method", body, set("Mcp-Method", ""), 400, -32020},
		{"no version header", body, set("Mcp-Protocol-Version", ""), 400, -32020},
		{"older version header", body, set("Mcp-Protocol-Version", "2025-11-25"), 400, -32020},
		{"last event id", body, set("Last-Event-Id", "1"), 400, -32020},
		{"future version", strings.ReplaceAll(body, "2026-07-28", "2099-01-01"), set("Mcp-Protocol-Version", "2099-01-01"), 400, -32022},
		{"no capabilities", strings.Replace(body, "clientCapabilities", "clientCapability", 1), headers, 400, -32602},
		{"capabilities of another shape", strings.Replace(body, `clientCapabilities":{}`, `clientCapabilities":[]`, 1), headers, 400, -32602},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, nil)
			r := s.post(tt.body, tt.headers...)
			if code, text := rpcOf(t, r.body); r.status != tt.status || code != tt.code {
				t.Errorf("status %d code %d (%s), want %d and %d", r.status, code, text, tt.status, tt.code)
			}
			if r.header.Get("Mcp-Session-Id") != "" {
				t.Error("a session was made")
			}
			if len(s.gate.Asked()) != 1 {
				t.Errorf("the Gate was asked %+v", s.gate.Asked())
			}
		})
	}
}

// TestBusy pins the bounds on requests in flight, in all and for a principal,
// and that a busy server says so at once.
func TestBusy(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Limits.Calls, c.Limits.CallsPerClient = 3, 2 })
	s.gate.Started, s.gate.Go = make(chan string), make(chan struct{})
	call := func(token string) chan reply {
		out := make(chan reply, 1)
		body, headers := modern("tools/call", "wait", `"name":"wait"`)
		go func() { out <- s.post(body, append(headers, "Authorization", "Bearer "+token)...) }()
		return out
	}
	ann1, ann2 := call(tokenAnn), call(tokenAnn)
	<-s.gate.Started
	<-s.gate.Started
	if r := <-call(tokenAnn); r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
		t.Errorf("beyond its own share: status %d", r.status)
	}
	bob := call(tokenBob)
	<-s.gate.Started
	if r := <-call(tokenBob); r.status != http.StatusServiceUnavailable {
		t.Errorf("beyond the whole: status %d", r.status)
	}
	for range 3 {
		s.gate.Go <- struct{}{}
	}
	for _, c := range []chan reply{ann1, ann2, bob} {
		if r := <-c; r.status != http.StatusOK {
			t.Errorf("admitted call: status %d", r.status)
		}
	}
	again := call(tokenAnn)
	<-s.gate.Started
	s.gate.Go <- struct{}{}
	if r := <-again; r.status != http.StatusOK {
		t.Errorf("after the others ended: status %d", r.status)
	}
}

// TestHealth pins the two probes.
func TestHealth(t *testing.T) {
	var notReady error = errBusy
	s := newSite(t, func(c *Config) { c.Ready = func() error { return notReady } })
	get := func(path string, headers ...string) int {
		return s.do(context.Background(), "GET", path, "", append(headers, "Authorization", "")...).status
	}
	if got := get("/healthz"); got != 200 {
		t.Errorf("healthz: %d", got)
	}
	if got := get("/readyz"); got != 503 {
		t.Errorf("readyz before: %d", got)
	}
	notReady = nil
	if got := get("/readyz"); got != 200 {
		t.Errorf("readyz: %d", got)
	}
	if got := get("/healthz", "Host", "evil.example"); got != 403 {
		t.Errorf("healthz under another name: %d", got)
	}
	if got := get("/debug/pprof/"); got != 404 {
		t.Errorf("pprof: %d", got)
	}
}
