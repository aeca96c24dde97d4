package mcp

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/counterfoil/counterfoil/mcp/internal/script"
	"github.com/counterfoil/counterfoil/policy"
)

// desk is a client at the other end of a pair of pipes.
type desk struct {
	t      *testing.T
	in     *io.PipeWriter
	out    *bufio.Reader
	close  func() error // of the end that the server writes to
	served chan error
	stop   context.CancelFunc
}

func newDesk(t *testing.T, s *Server) *desk {
	t.Helper()
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	d := &desk{t, inW, bufio.NewReader(outR), outR.Close, make(chan error, 1), stop}
	go func() { d.served <- s.ServeStdio(ctx, inR, outW) }()
	t.Cleanup(func() { stop(); inW.Close(); outR.Close() })
	return d
}

func (d *desk) send(line string) {
	d.t.Helper()
	if _, err := io.WriteString(d.in, line+"\n"); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) receive() string {
	d.t.Helper()
	line, err := d.out.ReadString('\n')
	if err != nil {
		d.t.Fatalf("after %q: %v", line, err)
	}
	return strings.TrimSpace(line)
}

// TestStdioEOF pins that a client which closes its end still gets the answers
// to what it asked, and that serving then ends.
func TestStdioEOF(t *testing.T) {
	gate := &script.Gate{Started: make(chan string, 9), Go: make(chan struct{})}
	d := newDesk(t, newServer(t, gate, nil))
	d.send(callOf("1", "wait", "{}"))
	io.WriteString(d.in, callOf("2", "list_accounts", "{}")) // no newline: the last line counts
	d.in.Close()
	if got := d.receive(); !strings.Contains(got, `"id":2,"result"`) {
		t.Errorf("first answer %s", got)
	}
	gate.Go <- struct{}{}
	if got := d.receive(); !strings.Contains(got, `"id":1,"result"`) {
		t.Errorf("second answer %s", got)
	}
	if err := <-d.served; err != nil {
		t.Error(err)
	}
}

// TestStdioBlank pins that lines without a message, as a person who types and
// clients with CRLF leave them, are passed over: what follows is answered first.
func TestStdioBlank(t *testing.T) {
	d := newDesk(t, newServer(t, &script.Gate{}, nil))
	for _, line := range []string{"", "\r", "  ", " \t\r"} {
		d.send(line)
	}
	d.send(callOf("1", "list_accounts", "{}") + "\r")
	if got := d.receive(); !strings.Contains(got, `"id":1,"result"`) {
		t.Errorf("first answer %s", got)
	}
}

// TestStdioDrain pins that at the end of input calls are cancelled once their
// time is up, and that one which ignores this does not keep the process. Its
// clock moves only when everything waits, so that a busy machine is not taken
// for a call that is stuck.
func TestStdioDrain(t *testing.T) {
	for _, tt := range []struct {
		name string
		deaf bool
		want error
	}{{"ends when cancelled", false, nil}, {"ignores cancelling", true, ErrStuck}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { drainStdio(t, tt.deaf, tt.want) })
		})
	}
}

func drainStdio(t *testing.T, deaf bool, want error) {
	gate := &script.Gate{Started: make(chan string, 9), Ended: make(chan string, 1), Go: make(chan struct{}), Deaf: deaf}
	d := newDesk(t, newServer(t, gate, nil))
	d.send(callOf("1", "wait", "{}"))
	<-gate.Started
	d.in.Close()
	go io.Copy(io.Discard, d.out)
	if err := <-d.served; !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
	if deaf {
		close(gate.Go)
	}
	<-gate.Ended
}

// TestStdioGone pins that calls stop when nobody reads their answers.
func TestStdioGone(t *testing.T) {
	gate := &script.Gate{Started: make(chan string, 9), Ended: make(chan string, 1), Go: make(chan struct{})}
	d := newDesk(t, newServer(t, gate, nil))
	d.send(callOf("1", "wait", "{}"))
	<-gate.Started
	d.close()
	d.send(`{"jsonrpc":"2.0","id":2,"method":"ping"}`)
	if why := <-gate.Ended; why != "wait: cancelled" {
		t.Error(why)
	}
	if err := <-d.served; err != nil {
		t.Error(err)
	}
}

// TestStdioStop pins that the end of the context ends serving.
func TestStdioStop(t *testing.T) {
	d := newDesk(t, newServer(t, new(script.Gate), nil))
	d.send(`{"jsonrpc":"2.0","id":2,"method":"ping"}`)
	d.receive()
	d.stop()
	if err := <-d.served; err != nil {
		t.Error(err)
	}
}

// TestStdioCancel pins that cancelling stops exactly the call it names.
func TestStdioCancel(t *testing.T) {
	gate := &script.Gate{Started: make(chan string, 9), Ended: make(chan string, 9), Go: make(chan struct{})}
	d := newDesk(t, newServer(t, gate, nil))
	d.send(callOf(`"a"`, "wait", "{}"))
	d.send(callOf("1", "wait", "{}"))
	<-gate.Started
	<-gate.Started
	d.send(callOf("1", "wait", "{}"))
	if got := d.receive(); !strings.Contains(got, "still being answered") {
		t.Errorf("an id in use: %s", got)
	}
	for _, id := range []string{`"1"`, `null`, `{}`, `2`} {
		d.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":` + id + `}}`)
	}
	d.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"enough"}}`)
	if got := d.receive(); !strings.Contains(got, `"id":1,`) || !strings.Contains(got, "cancelled") {
		t.Errorf("cancelled call: %s", got)
	}
	gate.Go <- struct{}{}
	if got := d.receive(); !strings.Contains(got, `"id":"a","result"`) {
		t.Errorf("other call: %s", got)
	}
}

// TestStdioPrincipal pins whom stdio serves.
func TestStdioPrincipal(t *testing.T) {
	s := newServer(t, new(script.Gate), func(c *Config) { c.Stdio = policy.Principal{} })
	if err := s.ServeStdio(context.Background(), strings.NewReader(""), io.Discard); !errors.Is(err, ErrNoPrincipal) {
		t.Errorf("without a principal: %v", err)
	}
	gate := new(script.Gate)
	s = newServer(t, gate, nil)
	in := helloLegacy + "\n\r\n\n" + callOf("1", "list_accounts", "{}") + "\r\n"
	if err := s.ServeStdio(context.Background(), strings.NewReader(in), io.Discard); err != nil {
		t.Fatal(err)
	}
	got := lastRefusal(t, gate)
	want := policy.Client{Name: "test", Version: "1", Protocol: "2025-06-18"}
	if got.Principal != "desk" || got.Auth != "stdio" || got.Client != want {
		t.Errorf("the Gate was asked %+v", got)
	}
}
