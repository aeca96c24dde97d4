//go:build linux || darwin

package mcp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/mcp/internal/script"
	"github.com/counterfoil/counterfoil/policy"
)

// testOwner is a server on a unix socket that takes one ticket.
type testOwner struct {
	gate   *script.Gate
	server *Server
	up     Upstream
	kill   func() // at once, as SIGKILL would
}

func newOwner(t *testing.T, gate *script.Gate, ticket string) *testOwner {
	t.Helper()
	dir, err := os.MkdirTemp("", "cf") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := newServer(t, gate, func(c *Config) {
		c.Relayed = func(got string) (policy.Principal, error) {
			if got != ticket {
				return policy.Principal{}, errors.New("another ticket")
			}
			return policy.Principal{Tenant: "default", Name: "desk"}, nil
		}
	})
	path := filepath.Join(dir, "sock")
	ln, err := ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	conns := &listenerWithConns{Listener: ln}
	ctx, stop := context.WithCancel(context.Background())
	gone, served := make(chan struct{}), make(chan error, 1)
	go func() {
		served <- ServeLocal(ctx, conns, s.Handler(), Limits{}, func() { close(gone); s.Drain() }, slog.New(slog.DiscardHandler))
	}()
	o := &testOwner{gate, s, Upstream{path, ticket, gone}, nil}
	o.kill = func() { ln.Close(); conns.cut(); stop() }
	t.Cleanup(func() { stop(); <-served })
	return o
}

// listenerWithConns can cut every connection it accepted.
type listenerWithConns struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
}

func (l *listenerWithConns) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.conns = append(l.conns, c)
	}
	return c, err
}

func (l *listenerWithConns) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		c.Close()
	}
}

// relayDesk is a client of a relay, which goes from one owner to the next.
func relayDesk(t *testing.T, owners ...*testOwner) *desk {
	t.Helper()
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	d := &desk{t, inW, bufio.NewReader(outR), outR.Close, make(chan error, 1), stop}
	r := &Relay{Connect: func(context.Context) (Upstream, error) {
		if len(owners) == 0 {
			return Upstream{}, errors.New("nobody")
		}
		o := owners[0]
		owners = owners[1:]
		return o.up, nil
	}}
	go func() { d.served <- r.Serve(ctx, inR, outW) }()
	t.Cleanup(func() { stop(); inW.Close(); outR.Close() })
	return d
}

const relayHello = `{"jsonrpc":"2.0","id":"h","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"claude","version":"9"}}}`

// relayScript is what a client says, well and badly.
var relayScript = []string{
	`{"jsonrpc":"2.0","id":0,"method":"ping"}`,
	relayHello,
	`{"jsonrpc":"2.0","method":"notifications/initialized"}`,
	`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`,
	callOf("2", "list_accounts", "{}"),
	callOf(`"three"`, "search_transactions", `{"cursor":"3"}`),
	callOf("4", "denied", "{}"),
	callOf("5", "crash", "{}"),
	callOf("6", "no such tool", "{}"),
	`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"count","arguments":{"to":3},"_meta":{"progressToken":"p"}}}`,
	`{"jsonrpc":"2.0","id":8,"method":"prompts/get","params":{"name":"monthly_review","arguments":{"month":"2026-01"}}}`,
	`{"jsonrpc":"2.0","id":9,"method":"resources/read","params":{"uri":"counterfoil://limits"}}`,
	`{"jsonrpc":"2.0","id":10,"method":"no/such/method"}`,
	`not json`,
	`[{"jsonrpc":"2.0","id":11,"method":"ping"}]`,
	`{"jsonrpc":"2.0","id":12,"method":"tools/call","params":{"name":7}}`,
	`{"jsonrpc":"2.0","id":13,"method":"tools/call","params":{"name":"list_accounts","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"new","version":"1"}}}}`,
	strings.Repeat("x", DefaultLineBytes+1),
	`{"jsonrpc":"2.0","id":14,"method":"ping"}`,
}

// answersTo says the lines one after the other and returns what came back up to
// each answer.
func answersTo(d *desk) (out []string) {
	for _, l := range relayScript {
		d.send(l)
		for !strings.Contains(l, `"notifications/`) {
			got := d.receive()
			out = append(out, got)
			if !strings.Contains(got, `"method":"notifications/`) {
				break
			}
		}
	}
	return out
}

// TestRelayIsTransparent: a client hears the same through a relay as from a
// server of its own, and the same is recorded.
func TestRelayIsTransparent(t *testing.T) {
	direct, relayed := new(script.Gate), new(script.Gate)
	want := answersTo(newDesk(t, newServer(t, direct, nil)))
	got := answersTo(relayDesk(t, newOwner(t, relayed, "ticket")))
	hide := func(lines []string) []string {
		for i, l := range lines {
			if at := strings.Index(l, " under "); at >= 0 { // the id of a panic
				lines[i] = l[:at]
			}
		}
		return lines
	}
	if diff := cmp.Diff(hide(want), hide(got)); diff != "" {
		t.Errorf("(-direct +relayed)\n%s", diff)
	}
	if diff := cmp.Diff(direct.Asked(), relayed.Asked()); diff != "" {
		t.Errorf("asked of the Gate (-direct +relayed)\n%s", diff)
	}
}

// TestRelayTakeOver: a call in flight when the owner goes is answered and not
// repeated, the next one is served by the next owner, as the same client.
func TestRelayTakeOver(t *testing.T) {
	first := newOwner(t, &script.Gate{Started: make(chan string, 9), Go: make(chan struct{})}, "one")
	second := newOwner(t, new(script.Gate), "two")
	d := relayDesk(t, first, second)
	d.send(relayHello)
	d.receive()
	d.send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	d.send(callOf("1", "wait", "{}"))
	<-first.gate.Started
	first.kill()
	if got := d.receive(); !strings.Contains(got, `"id":1,"error":{"code":-32013,"message":"unavailable: `) {
		t.Errorf("the call in flight got %s", got)
	}
	d.send(callOf("2", "list_accounts", "{}"))
	if got := d.receive(); !strings.Contains(got, `"id":2,"result"`) {
		t.Errorf("the next call got %s", got)
	}
	asked := second.gate.Asked()
	if len(asked) != 1 || asked[0].Client.Name != "claude" || asked[0].Principal != "desk" || asked[0].Auth != "stdio" {
		t.Errorf("the second owner was asked %+v", asked)
	}
	d.in.Close()
	if err := <-d.served; err != nil {
		t.Error(err)
	}
}

// TestRelayNobody: with no owner left every request is answered, at once.
func TestRelayNobody(t *testing.T) {
	o := newOwner(t, new(script.Gate), "one")
	d := relayDesk(t, o)
	d.send(relayHello)
	d.receive()
	o.kill()
	for _, id := range []string{"1", "2"} {
		d.send(callOf(id, "list_accounts", "{}"))
		if got := d.receive(); !strings.Contains(got, `"id":`+id+`,"error":{"code":-32013,`) {
			t.Errorf("got %s", got)
		}
	}
}

// TestRelayForgotten: an owner that has let the session go, or does not know the
// ticket, gets the handshake again, and the client notices nothing.
func TestRelayForgotten(t *testing.T) {
	o := newOwner(t, new(script.Gate), "two")
	stale := &testOwner{up: Upstream{o.up.Socket, "one", o.up.Gone}}
	d := relayDesk(t, stale, o)
	d.send(relayHello)
	if got := d.receive(); !strings.Contains(got, `"id":"h","result"`) {
		t.Fatalf("initialize got %s", got)
	}
	for _, s := range o.server.sessions.byID {
		o.server.sessions.end(s)
	}
	d.send(callOf("1", "list_accounts", "{}"))
	if got := d.receive(); !strings.Contains(got, `"id":1,"result"`) {
		t.Errorf("got %s", got)
	}
}

// TestRelayCancel: cancelling stops the call at the owner, in both eras.
func TestRelayCancel(t *testing.T) {
	modern := `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}`
	for _, meta := range []string{`"_meta":{}`, modern} {
		gate := &script.Gate{Started: make(chan string, 9), Ended: make(chan string, 9), Go: make(chan struct{})}
		d := relayDesk(t, newOwner(t, gate, "t"))
		d.send(relayHello)
		d.receive()
		d.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wait","arguments":{},` + meta + `}}`)
		<-gate.Started
		d.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,` + meta + `}}`)
		if got := <-gate.Ended; !strings.Contains(got, "cancelled") {
			t.Errorf("the call ended with %q", got)
		}
		if got := d.receive(); !strings.Contains(got, `"id":1,"error":{"code":-32012,"message":"timeout: the call was cancelled"`) {
			t.Errorf("got %s", got)
		}
	}
}

// TestRelayDrain: an owner that stops in good order finishes what it has begun.
func TestRelayDrain(t *testing.T) {
	first := newOwner(t, &script.Gate{Started: make(chan string, 9), Go: make(chan struct{})}, "one")
	second := newOwner(t, new(script.Gate), "two")
	d := relayDesk(t, first, second)
	d.send(callOf("1", "wait", "{}"))
	<-first.gate.Started
	first.server.Drain()
	d.send(callOf("2", "list_accounts", "{}"))
	if got := d.receive(); !strings.Contains(got, `"id":2,"result"`) {
		t.Errorf("the new call got %s", got)
	}
	first.gate.Go <- struct{}{}
	if got := d.receive(); !strings.Contains(got, `"id":1,"result"`) {
		t.Errorf("the old call got %s", got)
	}
}

// TestTicketNeedsASocket: over TCP the headers of a relay mean nothing.
func TestTicketNeedsASocket(t *testing.T) {
	s := newSite(t, func(c *Config) {
		c.Relayed = func(string) (policy.Principal, error) { return policy.Principal{Name: "desk"}, nil }
	})
	got := s.do(t.Context(), "POST", "/mcp", relayHello, "Authorization", "", headerRelay, "ticket")
	if got.status != 401 || !bytes.Contains([]byte(got.body), []byte("unauthenticated")) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

// TestDialUnix: a socket in a folder that others may write to is not trusted,
// whoever listens, nor is a path that no socket can have.
func TestDialUnix(t *testing.T) {
	o := newOwner(t, new(script.Gate), "t")
	c, err := DialUnix(t.Context(), o.up.Socket)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if err := os.Chmod(filepath.Dir(o.up.Socket), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{o.up.Socket, o.up.Socket + "x", "/" + strings.Repeat("x", MaxSocketPath)} {
		if c, err := DialUnix(t.Context(), path); !errors.Is(err, ErrSocket) {
			t.Errorf("%s: %v, %v", filepath.Base(path), c, err)
		}
	}
}
