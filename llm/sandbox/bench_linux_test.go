//go:build amd64 || arm64

package sandbox

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// exchangeBytes is what a benchmark sends and gets: a short prompt.
const exchangeBytes = 1

// BenchmarkReach compares the way to an engine in the sandbox with the way to
// one that listens on the loopback without any: time until a byte is back, on a
// connection that is kept and on a new one. p50-µs is what the bar is about.
func BenchmarkReach(b *testing.B) {
	loopback := func(b *testing.B) func() (net.Conn, error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		addr := l.Addr().String()
		l.Close()
		cmd := engineOutside(b, addr)
		b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
		return func() (net.Conn, error) { return net.Dial("tcp", addr) }
	}
	inside := func(port int) func(b *testing.B) func() (net.Conn, error) {
		return func(b *testing.B) func() (net.Conn, error) {
			dir := b.TempDir()
			s := Spec{Command: []string{own(b), "fake-engine", filepath.Join(dir, "s")}, Sockets: dir}
			if port != 0 {
				s.Command[2], s.Port, s.Socket = "127.0.0.1:8080", port, filepath.Join(dir, "s")
			}
			e, err := Start(b.Context(), s, nil)
			if err != nil {
				b.Skip(err)
			}
			b.Cleanup(e.Stop)
			return func() (net.Conn, error) { return net.Dial("unix", filepath.Join(dir, "s")) }
		}
	}
	for _, way := range []struct {
		name string
		open func(*testing.B) func() (net.Conn, error)
	}{{"loopback", loopback}, {"socket", inside(0)}, {"forwarded", inside(8080)}} {
		b.Run(way.name+"/kept", func(b *testing.B) { reach(b, way.open(b), false) })
		b.Run(way.name+"/new", func(b *testing.B) { reach(b, way.open(b), true) })
	}
}

func reach(b *testing.B, dial func() (net.Conn, error), fresh bool) {
	open := func() net.Conn {
		for range 2000 {
			if c, err := dial(); err == nil {
				return c
			}
			time.Sleep(time.Millisecond)
		}
		b.Fatal("the engine is not there")
		return nil
	}
	ask := func(c net.Conn) bool {
		c.Write([]byte("x"))
		n, _ := c.Read(make([]byte, exchangeBytes))
		return n == 1
	}
	c := open()
	for !ask(c) { // a forwarder listens before its engine does
		c.Close()
		c = open()
	}
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		if fresh {
			c.Close()
			c = open()
		}
		if !ask(c) {
			b.Fatal("the engine does not answer")
		}
		took = append(took, time.Since(began))
	}
	c.Close()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "p99-µs")
}

func own(b *testing.B) string {
	path, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	return path
}

func engineOutside(b *testing.B, addr string) *exec.Cmd {
	cmd := exec.Command(own(b), "fake-engine", addr)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	return cmd
}

// BenchmarkStart is the time until the engine's own code runs.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		e, err := Start(b.Context(), Spec{Command: []string{own(b), "fake-engine", filepath.Join(dir, "s")}, Sockets: dir}, nil)
		if err != nil {
			b.Skip(err)
		}
		b.StopTimer()
		e.process.Kill()
		<-e.Done()
		b.StartTimer()
	}
}
