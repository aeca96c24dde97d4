package mcp

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/mcp/internal/script"
)

// serving is a server behind Serve.
type serving struct {
	*site
	stop   context.CancelFunc
	served chan error
}

// serve serves on a listener and dials it whatever the address says.
func serve(t *testing.T, gate *script.Gate, ln net.Listener, change func(*Config)) *serving {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	s := newServer(t, gate, change)
	v := &serving{stop: stop, served: make(chan error, 1)}
	go func() { v.served <- s.Serve(ctx, ln) }()
	addr := ln.Addr()
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, addr.Network(), addr.String())
	}}}
	v.site = fakeSite(t, gate, client)
	t.Cleanup(func() { stop(); client.CloseIdleConnections() })
	return v
}

func listenTCP(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// TestDrain pins that stopping lets calls finish, ends open streams and refuses
// new work.
func TestDrain(t *testing.T) {
	gate := &script.Gate{Started: make(chan string), Go: make(chan struct{})}
	v := serve(t, gate, listenTCP(t), nil)
	session := v.session()
	stream := make(chan reply, 1)
	opened := make(chan struct{})
	go func() { stream <- v.stream(session, opened) }()
	<-opened
	call := make(chan reply, 1)
	go func() { call <- v.post(callOf("1", "wait", "{}"), "Mcp-Session-Id", session) }()
	<-gate.Started
	v.stop()
	<-stream // ends without being asked
	gate.Go <- struct{}{}
	if r := <-call; !strings.Contains(r.body, `"waited":true`) {
		t.Errorf("the call in flight got %d %s", r.status, r.body)
	}
	if err := <-v.served; err != nil {
		t.Error(err)
	}
}

// TestDrainCutsOff pins that a call which takes too long is cancelled.
func TestDrainCutsOff(t *testing.T) {
	gate := &script.Gate{Started: make(chan string), Ended: make(chan string, 1), Go: make(chan struct{})}
	v := serve(t, gate, listenTCP(t), func(c *Config) { c.Limits.DrainTimeout = time.Millisecond })
	body, headers := modern("tools/call", "wait", `"name":"wait"`)
	req, err := http.NewRequest("POST", v.base+"/mcp", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	req.Header.Set("Authorization", "Bearer "+tokenAnn)
	req.Header.Set("Content-Type", "application/json")
	go func() {
		if resp, err := v.web.Do(req); err == nil { // or the connection is cut
			resp.Body.Close()
		}
	}()
	<-gate.Started
	v.stop()
	if why := <-gate.Ended; why != "wait: cancelled" {
		t.Error(why)
	}
	if err := <-v.served; err != nil {
		t.Error(err)
	}
}

// TestHangUp pins that a call stops when its client hangs up.
func TestHangUp(t *testing.T) {
	gate := &script.Gate{Started: make(chan string), Ended: make(chan string, 1), Go: make(chan struct{})}
	v := serve(t, gate, listenTCP(t), nil)
	session := v.session()
	ctx, cancel := context.WithCancel(context.Background())
	go func() { v.do(ctx, "POST", "/mcp", callOf("1", "wait", "{}"), "Mcp-Session-Id", session) }()
	<-gate.Started
	cancel()
	if why := <-gate.Ended; why != "wait: cancelled" {
		t.Error(why)
	}
}

// TestHTTPCancel pins that cancelling reaches the named call of the same
// session and no other.
func TestHTTPCancel(t *testing.T) {
	gate := &script.Gate{Started: make(chan string), Ended: make(chan string, 9), Go: make(chan struct{})}
	v := serve(t, gate, listenTCP(t), nil)
	mine, other := v.session(), v.session()
	call := make(chan reply, 1)
	go func() { call <- v.post(callOf("1", "wait", "{}"), "Mcp-Session-Id", mine) }()
	<-gate.Started
	cancel := `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`
	if r := v.post(cancel, "Mcp-Session-Id", other); r.status != http.StatusAccepted {
		t.Errorf("another session: status %d", r.status)
	}
	select {
	case why := <-gate.Ended:
		t.Fatalf("another session's cancelling reached the call: %s", why)
	default:
	}
	v.post(cancel, "Mcp-Session-Id", mine)
	if why := <-gate.Ended; why != "wait: cancelled" {
		t.Error(why)
	}
	if r := <-call; !strings.Contains(r.body, `"isError":true`) {
		t.Errorf("the cancelled call got %s", r.body)
	}
}

// TestOneStream pins that a session has one stream, and that it can be opened
// again.
func TestOneStream(t *testing.T) {
	v := serve(t, new(script.Gate), listenTCP(t), nil)
	session := v.session()
	ctx, cancel := context.WithCancel(context.Background())
	opened, done := make(chan struct{}), make(chan struct{})
	go func() { defer close(done); v.streamCtx(ctx, session, opened) }()
	<-opened
	if r := v.do(context.Background(), "GET", "/mcp", "", "Mcp-Session-Id", session); r.status != http.StatusConflict {
		t.Errorf("second stream: status %d", r.status)
	}
	cancel()
	<-done
}

// privateDir is a folder that a socket may lie in. Its path is short, as some
// systems' temporary folders are not.
func privateDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// TestUnix pins the unix socket: closed to others, and its principal comes
// from the kernel, not from a token.
func TestUnix(t *testing.T) {
	if !havePeers {
		if _, err := ListenUnix("x"); !errors.Is(err, ErrSocket) {
			t.Error(err)
		}
		return
	}
	path := filepath.Join(privateDir(t), "sock")
	ln, err := ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if _, err := ListenUnix(path); !errors.Is(err, ErrSocket) {
		t.Errorf("while another listens: %v", err)
	}
	gate := new(script.Gate)
	v := serve(t, gate, ln, nil)
	r := v.post(callOf("1", "list_accounts", "{}"), "Mcp-Session-Id", v.session("Authorization", ""), "Authorization", "")
	got := lastRefusal(t, gate)
	if r.status != 200 || got.Principal != "peer" || got.Auth != "peer" {
		t.Errorf("status %d, the Gate was asked %+v", r.status, got)
	}
	v.post("{", "Authorization", "")
	if got := lastRefusal(t, gate).Refusal.Source; got != "unix" {
		t.Errorf("source %q", got)
	}
	v.stop()
	if err := <-v.served; err != nil {
		t.Error(err)
	}
}

// TestUnixFolder pins where a socket may not lie.
func TestUnixFolder(t *testing.T) {
	if !havePeers {
		return
	}
	open := t.TempDir()
	os.Chmod(open, 0o755)
	mine := privateDir(t)
	file := filepath.Join(mine, "file")
	os.WriteFile(file, nil, 0o600)
	for name, path := range map[string]string{
		"open folder": filepath.Join(open, "sock"), "no folder": filepath.Join(mine, "no", "sock"),
		"a file in its place": file, "too long": filepath.Join(mine, strings.Repeat("x", maxSocketPath)),
	} {
		if _, err := ListenUnix(path); !errors.Is(err, ErrSocket) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stale, err := net.Listen("unix", filepath.Join(mine, "s"))
	if err != nil {
		t.Fatal(err)
	}
	stale.(*net.UnixListener).SetUnlinkOnClose(false)
	stale.Close()
	ln, err := ListenUnix(filepath.Join(mine, "s"))
	if err != nil {
		t.Fatalf("stale socket: %v", err)
	}
	ln.Close()
}

// TestPeerOnlyOverUnix pins that a TCP client cannot pass for a peer.
func TestPeerOnlyOverUnix(t *testing.T) {
	v := serve(t, new(script.Gate), listenTCP(t), func(c *Config) { c.Authenticate = nil })
	if r := v.post(helloLegacy); r.status != http.StatusUnauthorized {
		t.Errorf("status %d", r.status)
	}
	ctx := context.WithValue(context.Background(), peerKey{}, peerCheck{sameUser: false})
	if _, e := newServer(t, new(script.Gate), nil).peer(ctx); e != errBadPeer {
		t.Errorf("another user: %v", e)
	}
}

// TestConns pins that connections are bounded and that room is given back.
func TestConns(t *testing.T) {
	inner := listenTCP(t)
	ln := newLimitListener(inner, 1)
	dial := func() net.Conn {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	defer dial().Close()
	defer dial().Close()
	first, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan net.Conn, 1)
	go func() { c, _ := ln.Accept(); second <- c }()
	if len(ln.room) != 1 {
		t.Errorf("%d connections are counted", len(ln.room))
	}
	first.Close()
	first.Close() // counts once
	c := <-second
	c.Close()
	third := make(chan error, 1)
	ln.room <- struct{}{}
	go func() { _, err := ln.Accept(); third <- err }()
	ln.Close()
	if err := <-third; !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// TestSlowHeaders pins that a client which dawdles is cut off.
func TestSlowHeaders(t *testing.T) {
	ln := listenTCP(t)
	serve(t, new(script.Gate), ln, func(c *Config) { c.Limits.HeaderTimeout = time.Millisecond })
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
	if b, err := io.ReadAll(c); err == nil && strings.Contains(string(b), " 200 ") {
		t.Errorf("served: %s", b)
	}
}
