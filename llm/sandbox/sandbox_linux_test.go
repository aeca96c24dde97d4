//go:build amd64 || arm64

package sandbox

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	Main()
	if len(os.Args) == 3 && os.Args[1] == "fake-engine" {
		fakeEngine(os.Args[2])
	}
	os.Exit(m.Run())
}

// fakeEngine listens on a socket in the sandbox, answers one byte for each it
// gets, and ends when it is told to.
func fakeEngine(path string) {
	network := "unix"
	if path[0] != '/' {
		network = "tcp"
	}
	listener, err := net.Listen(network, path)
	if err != nil {
		os.Stderr.WriteString("cannot listen: " + err.Error() + "\n")
		os.Exit(7)
	}
	os.Stderr.WriteString("listening\n")
	for {
		c, err := listener.Accept()
		if err != nil {
			os.Exit(8)
		}
		go func() {
			b := make([]byte, 1)
			for {
				if _, err := c.Read(b); err != nil {
					return
				}
				if b[0] == 'q' {
					os.Exit(0)
				}
				c.Write(b)
			}
		}()
	}
}

// started starts the fake engine, or checks that the refusal is the clear one
// where the kernel forbids namespaces.
func started(t *testing.T, s Spec) *Engine {
	t.Helper()
	var out bytes.Buffer
	e, err := Start(t.Context(), s, &out)
	if errors.Is(err, ErrForbidden) {
		if exec.Command("unshare", "-Urn", "true").Run() == nil {
			t.Fatalf("refused where unshare works: %v", err)
		}
		t.Skipf("this machine forbids namespaces, and the refusal says so: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		e.Stop()
		if t.Failed() {
			t.Logf("the engine said: %s", out.String())
		}
	})
	return e
}

func dial(t *testing.T, path string) net.Conn {
	t.Helper()
	for {
		c, err := net.Dial("unix", path)
		if err == nil {
			t.Cleanup(func() { c.Close() })
			return c
		}
		select {
		case <-t.Context().Done():
			t.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
}

func echo(t *testing.T, c net.Conn) {
	t.Helper()
	b := make([]byte, 1)
	if _, err := c.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(b); err != nil || b[0] != 'x' {
		t.Fatalf("got %q, %v", b, err)
	}
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSocketEngine(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "engine.sock")
	e := started(t, Spec{Command: []string{self(t), "fake-engine", path}, Sockets: dir})
	echo(t, dial(t, path))
	if e.Layers.Namespaces == "" || e.Layers.Seccomp == 0 {
		t.Errorf("layers: %+v", e.Layers)
	}
	if abi := landlockABI(); e.Layers.Landlock != abi {
		t.Errorf("landlock %d, the kernel has %d", e.Layers.Landlock, abi)
	}
}

func TestTCPEngineIsForwarded(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "engine.sock")
	e := started(t, Spec{Command: []string{self(t), "fake-engine", "127.0.0.1:8080"}, Sockets: dir, Socket: path, Port: 8080})
	for {
		c := dial(t, path)
		c.Write([]byte("x"))
		if n, _ := c.Read(make([]byte, 1)); n == 1 {
			c.Write([]byte("q"))
			break
		}
	}
	<-e.Done()
}

func TestEngineEndsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "engine.sock")
	ctx, cancel := context.WithCancel(t.Context())
	e, err := Start(ctx, Spec{Command: []string{self(t), "fake-engine", path}, Sockets: dir}, nil)
	if errors.Is(err, ErrForbidden) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	dial(t, path)
	cancel()
	<-e.Done()
}

func TestEngineThatEndsIsSeen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "engine.sock")
	e := started(t, Spec{Command: []string{self(t), "fake-engine", path}, Sockets: dir})
	dial(t, path).Write([]byte("q"))
	if err := e.Err(); err != nil {
		t.Errorf("an engine that ended by itself: %v", err)
	}
}

func TestSpecIsRefused(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]Spec{
		"no command":        {Sockets: dir},
		"no folder":         {Command: []string{self(t)}},
		"relative folder":   {Command: []string{self(t)}, Sockets: "x"},
		"missing engine":    {Command: []string{filepath.Join(dir, "none")}, Sockets: dir},
		"a script":          {Command: []string{script}, Sockets: dir},
		"missing model":     {Command: []string{self(t)}, Sockets: dir, ReadOnly: []string{filepath.Join(dir, "none")}},
		"the whole machine": {Command: []string{self(t)}, Sockets: dir, ReadOnly: []string{"/"}},
		"the host's proc":   {Command: []string{self(t)}, Sockets: dir, ReadOnly: []string{"/proc/sys"}},
		"port alone":        {Command: []string{self(t)}, Sockets: dir, Port: 80},
		"socket elsewhere":  {Command: []string{self(t)}, Sockets: dir, Port: 80, Socket: "/x/y"},
	} {
		if e, err := Start(t.Context(), s, nil); !errors.Is(err, ErrSpec) {
			t.Errorf("%s: got %v", name, err)
			if err == nil {
				e.Stop()
			}
		}
	}
}
