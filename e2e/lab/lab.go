//go:build linux && netns

// Package lab makes network namespaces for proofs that count packets: commands in
// them, sockets in them, counters of nftables, and a DNS server whose answers the
// proof chooses. It needs root, and fails where it cannot: a proof that is left out
// is none.
package lab

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Root fails the test unless it runs as root.
func Root(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("network namespaces are made by root: run this as root")
	}
}

// Namespace makes a network namespace for the time of the test. files, by name, are
// what programs in it see below /etc: resolv.conf, hosts.
func Namespace(t *testing.T, name string, files map[string]string) {
	t.Helper()
	etc := filepath.Join("/etc/netns", name)
	t.Cleanup(func() {
		exec.Command("ip", "netns", "del", name).Run()
		os.RemoveAll(etc)
	})
	Must(t, os.MkdirAll(etc, 0o755))
	for file, text := range files {
		Must(t, os.WriteFile(filepath.Join(etc, file), []byte(text), 0o644))
	}
	Sh(t, "ip netns add "+name)
	Sh(t, "ip -n "+name+" link set lo up")
}

// Load loads nftables rules in a namespace.
func Load(t *testing.T, ns, text string) {
	t.Helper()
	cmd := exec.Command("ip", "netns", "exec", ns, "nft", "-f", "-")
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("nft: %v\n%s\n%s", err, out, text)
	}
}

// Packets reads the named counters of table `inet proof` in a namespace and sets
// them to zero.
func Packets(t *testing.T, ns string) map[string]int {
	t.Helper()
	var doc struct {
		Nftables []struct {
			Counter *struct {
				Name    string
				Packets int
			}
		}
	}
	text := Sh(t, "ip netns exec "+ns+" nft -j reset counters table inet proof")
	Must(t, json.Unmarshal([]byte(text), &doc))
	got := map[string]int{}
	for _, c := range doc.Nftables {
		if c.Counter != nil {
			got[c.Counter.Name] = c.Counter.Packets
		}
	}
	return got
}

// Inside runs f in a namespace: sockets that it makes belong there for good.
func Inside(t *testing.T, ns string, f func() error) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // not unlocked: the thread ends with this
		fd, err := unix.Open("/var/run/netns/"+ns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			if err = unix.Setns(fd, unix.CLONE_NEWNET); err == nil {
				err = f()
			}
			unix.Close(fd)
		}
		done <- err
	}()
	Must(t, <-done)
}

// Listen opens a TCP listener in a namespace.
func Listen(t *testing.T, ns, addr string) (ln net.Listener) {
	t.Helper()
	Inside(t, ns, func() (err error) {
		ln, err = net.Listen("tcp", addr)
		return err
	})
	t.Cleanup(func() { ln.Close() })
	return ln
}

// Sh runs a command of words without spaces.
func Sh(t *testing.T, line string) string {
	t.Helper()
	words := strings.Fields(line)
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// Must ends the test on an error.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
