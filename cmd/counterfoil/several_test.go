//go:build linux || darwin

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
)

// patience bounds every wait of these tests. Nothing takes nearly that long; a
// client that is left hanging does.
const patience = 30 * time.Second

// shortDir returns a data folder whose path is short enough for a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	base, err := os.MkdirTemp("", "cf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	return filepath.Join(base, "data")
}

// pipe is the writing end of one, which does not block for ever.
type pipe interface {
	io.WriteCloser
	SetWriteDeadline(time.Time) error
}

// desk is a `serve --stdio` in a process of its own, and its client.
type desk struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   pipe
	file *os.File
	out  *bufio.Reader
	errs said
	next int
}

// said keeps what a server says, for whoever waits for it.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// waitFor waits until the server has said something.
func (d *desk) waitFor(text string) error {
	late := time.After(patience)
	for !strings.Contains(d.errs.String(), text) {
		select {
		case <-d.errs.more:
		case <-late:
			return fmt.Errorf("it never said %q, but\n%s", text, d.errs.String())
		}
	}
	return nil
}

// startDesk starts one and shakes hands; environment entries may be added.
func startDesk(t *testing.T, dir string, args ...string) (*desk, error) {
	t.Helper()
	d := &desk{t: t, cmd: exec.Command(os.Args[0], append([]string{"serve", "--stdio", "--data", dir}, args...)...)}
	d.cmd.Env = append(os.Environ(), asCommand+"=1")
	d.errs.more = make(chan struct{}, 1)
	d.cmd.Stderr = &d.errs
	in, err := d.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	d.in = in.(pipe)
	d.file, d.out = out.(*os.File), bufio.NewReader(out)
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := d.ask(`"initialize"`, `{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"desk `+filepath.Base(t.Name())+`","version":"1"}}`); err != nil {
		return d, err
	}
	_, err = io.WriteString(d.in, `{"jsonrpc":"2.0","method":"notifications/initialized"}`+"\n")
	return d, err
}

// answer is what a client is told.
type answer struct {
	ID     int
	Result *struct {
		StructuredContent json.RawMessage
		IsError           bool
		Content           []struct{ Text string }
		Meta              struct {
			CallID  string         `json:"counterfoil/call_id"`
			Receipt *audit.Receipt `json:"counterfoil/receipt"`
		} `json:"_meta"`
	}
	Error *struct {
		Code    int
		Message string
	}
}

// ask sends a request and waits for its answer, for as long as patience.
func (d *desk) ask(method, params string) (a answer, err error) {
	d.next++
	line := fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%s,"params":%s}`+"\n", d.next, method, params)
	deadline := time.Now().Add(patience)
	d.in.SetWriteDeadline(deadline)
	d.file.SetReadDeadline(deadline)
	if _, err := io.WriteString(d.in, line); err != nil {
		return a, err
	}
	text, err := d.out.ReadBytes('\n')
	if errors.Is(err, os.ErrDeadlineExceeded) {
		d.t.Errorf("a client was left hanging: %s", line)
	}
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(text, &a); err != nil || a.ID != d.next {
		d.t.Errorf("%s was answered by %s", line, text)
	}
	return a, nil
}

func (d *desk) call(tool, args string) (answer, error) {
	return d.ask(`"tools/call"`, `{"name":"`+tool+`","arguments":`+args+`}`)
}

// end closes the client's side and waits for the process.
func (d *desk) end() error {
	d.in.Close()
	timer := time.AfterFunc(patience, func() { d.t.Error("a server did not end"); d.cmd.Process.Kill() })
	defer timer.Stop()
	io.Copy(io.Discard, d.out)
	return d.cmd.Wait()
}

// mustDesk starts a desk that has to come up.
func mustDesk(t *testing.T, dir string, args ...string) *desk {
	t.Helper()
	d, err := startDesk(t, dir, args...)
	if err != nil {
		d.end()
		t.Fatalf("%v\n%s", err, d.errs.String())
	}
	t.Cleanup(func() { d.cmd.Process.Kill() })
	return d
}

// ownerPID reads who owns a folder; 0 if that is just changing.
func ownerPID(dir string) int {
	text, _ := os.ReadFile(filepath.Join(dir, "run", "owner.lock"))
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}

// crowd is what the clients of TestKilledOwners saw together.
type crowd struct {
	mu       sync.Mutex
	receipts map[int64]string
	calls    map[string]bool
	running  map[int]bool
	retries  int
	acks     chan struct{}
}

func (c *crowd) saw(a answer, t *testing.T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case a.Error != nil && strings.HasPrefix(a.Error.Message, "unavailable: "):
		c.retries++
	case a.Error != nil || a.Result.IsError || a.Result.Meta.Receipt == nil:
		t.Errorf("answered with %+v %+v", a.Error, a.Result)
	case c.receipts[a.Result.Meta.Receipt.Index] != "" || c.calls[a.Result.Meta.CallID]:
		t.Errorf("two calls were acknowledged with record %d", a.Result.Meta.Receipt.Index)
	default:
		c.receipts[a.Result.Meta.Receipt.Index] = a.Result.Meta.Receipt.Leaf
		c.calls[a.Result.Meta.CallID] = true
	}
	select {
	case c.acks <- struct{}{}:
	default:
	}
}

// client calls until stop, and is started again whenever it is killed, as a
// desktop does with its servers.
func (c *crowd) client(t *testing.T, dir string, stop <-chan struct{}) {
	for {
		d, err := startDesk(t, dir)
		if d == nil {
			t.Error(err)
			return
		}
		c.mu.Lock()
		c.running[d.cmd.Process.Pid] = true
		c.mu.Unlock()
		for err == nil {
			select {
			case <-stop:
				if err := d.end(); err != nil && !wasKilled(err) { // the last kill may just have hit it
					t.Errorf("%v\n%s", err, d.errs.String())
				}
				return
			default:
			}
			var a answer
			if a, err = d.call("list_accounts", "{}"); err == nil {
				c.saw(a, t)
			}
		}
		c.mu.Lock()
		delete(c.running, d.cmd.Process.Pid)
		c.mu.Unlock()
		if err := d.end(); !wasKilled(err) {
			t.Errorf("a client's server ended without being killed: %v\n%s", err, d.errs.String())
			return
		}
	}
}

func wasKilled(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == -1
}

// kill kills the owner if it is a client's; it reports whether it did.
func (c *crowd) kill(pid int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running[pid] && syscall.Kill(pid, syscall.SIGKILL) == nil
}

// TestKilledOwners: five clients on one folder, beside imports and calls from
// the command line, while the owner is killed again and again. No acknowledged
// record is lost, no call has two outcomes, and nobody is left hanging.
func TestKilledOwners(t *testing.T) {
	const clients, kills, between = 5, 8, 12
	dir := shortDir(t)
	run(t, "init", "--data", dir)
	setuptest.Edit(t, filepath.Join(dir, "config.yaml"), "limits: {}", "limits: {calls_per_minute: 100000, calls_per_day: 1000000}")
	c := &crowd{receipts: map[int64]string{}, calls: map[string]bool{}, running: map[int]bool{}, acks: make(chan struct{}, 1)}
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range clients {
		all.Go(func() { c.client(t, dir, stop) })
	}
	imported := map[int64]bool{}
	for killed, last, seen := 0, 0, 0; killed < kills; {
		select {
		case <-c.acks:
			seen++
		case <-time.After(2 * patience):
			t.Fatalf("after %d kills nothing happens any more", killed)
		}
		if pid := ownerPID(dir); seen >= between && pid != last && c.kill(pid) {
			killed, last, seen = killed+1, pid, 0
			if killed%3 == 0 {
				c.commands(t, dir, killed, imported)
			}
		}
	}
	close(stop)
	all.Wait()
	if t.Failed() {
		return
	}
	t.Logf("%d calls acknowledged, %d told to retry, %d imports", len(c.receipts), c.retries, len(imported))
	checkOutcomes(t, dir)
	checkSurvivors(t, dir, 50, imported, c.receipts)
}

// commands runs an import and a call just after an owner was killed.
func (c *crowd) commands(t *testing.T, dir string, n int, imported map[int64]bool) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s.ofx")
	if err := os.WriteFile(file, []byte(statement(n, 50)), 0o600); err != nil {
		t.Fatal(err)
	}
	var done struct{ Imports []struct{ Batch int64 } }
	if err := json.Unmarshal([]byte(run(t, "import", file, "--json", "--data", dir)), &done); err != nil {
		t.Fatal(err)
	}
	imported[done.Imports[0].Batch] = true
	var out folder.Called
	if err := json.Unmarshal([]byte(run(t, "call", "list_accounts", "--json", "--data", dir)), &out); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.receipts[out.Receipt.Index] = out.Receipt.Leaf
}

// checkOutcomes: no call has two records of its outcome.
func checkOutcomes(t *testing.T, dir string) {
	t.Helper()
	r, err := audit.OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]int{}
	for it, err := range r.Entries(0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		if it.Record.Phase == audit.PhaseOutcome {
			if outcomes[it.Record.CallID]++; outcomes[it.Record.CallID] > 1 {
				t.Errorf("call %s has %d outcomes", it.Record.CallID, outcomes[it.Record.CallID])
			}
		}
	}
	if len(outcomes) == 0 {
		t.Error("no call is on record")
	}
}
