//go:build amd64 || arm64

package sandbox

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
)

// maxProbeOutput bounds what the probe prints, in bytes.
const maxProbeOutput = 64 << 10

// Probe starts a sandbox with a probe in it that tries to get out, and tells
// what it found. tcp makes it the sandbox of an engine that speaks only TCP.
// An error means that there is no proof; see also Proof.Verdict.
func Probe(ctx context.Context, tcp bool) (Proof, error) {
	dir, err := os.MkdirTemp("", "counterfoil-probe-")
	if err != nil {
		return Proof{}, fmt.Errorf("%w: no place for its socket", ErrVoid)
	}
	defer os.RemoveAll(dir)
	o, err := openOutside(dir)
	if err != nil {
		return Proof{}, fmt.Errorf("%w: listening outside failed", ErrVoid)
	}
	defer o.close()
	controls := o.controls(ctx)
	before := o.arrived.Load()
	inside, layers, err := probeInside(ctx, dir, o.targets, tcp)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Layers: layers, Arrived: int(o.arrived.Load() - before)}
	for i, t := range o.targets {
		a := Attempt{Name: t.Name, Outside: controls[t.Name], Inside: closed, Why: inside[i].Why}
		if a.Why == "" || inside[i].Name != t.Name {
			a.Inside = reached
		}
		p.Attempts = append(p.Attempts, a)
	}
	return p, nil
}

// probeInside runs the attempts in a sandbox.
func probeInside(ctx context.Context, dir string, targets []target, tcp bool) ([]outcome, Layers, error) {
	text, err := json.Marshal(targets)
	if err != nil {
		return nil, Layers{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, Layers{}, fmt.Errorf("%w: this program's own path is not known", ErrSpec)
	}
	shared := filepath.Join(dir, "shared")
	if err := os.Mkdir(shared, 0o700); err != nil {
		return nil, Layers{}, fmt.Errorf("%w: no place for its socket", ErrVoid)
	}
	s := Spec{Command: []string{self, probeArg, string(text)}, Sockets: shared}
	if tcp {
		s.Port, s.Socket = 1, filepath.Join(shared, "engine.sock")
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var printed bounded
	e, err := Start(ctx, s, &printed)
	if err != nil {
		return nil, Layers{}, err
	}
	<-e.Done()
	list, err := outcomes(printed.String())
	if err != nil || len(list) != len(targets) {
		return nil, e.Layers, fmt.Errorf("%w: the probe inside gave no answer", ErrVoid)
	}
	return list, e.Layers, nil
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *bounded) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Write(p[:min(len(p), maxProbeOutput-b.text.Len())])
	return len(p), nil
}

func (b *bounded) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// outside is what the probe tries to reach on this machine.
type outside struct {
	targets []target
	closers []io.Closer
	arrived atomic.Int64
}

func (o *outside) close() {
	for _, c := range o.closers {
		c.Close()
	}
}

// openOutside listens on everything that a process of this machine could talk
// to, and lists the targets, those without a listener included.
func openOutside(dir string) (o *outside, err error) {
	o = &outside{}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	if err := o.listen("tcp loopback", "tcp", "127.0.0.1:0"); err != nil {
		return o, err
	}
	if err := o.answer("udp loopback", "127.0.0.1:0"); err != nil {
		return o, err
	}
	if err := o.answer("dns", "127.0.0.1:0"); err != nil {
		return o, err
	}
	if err := o.listen("unix path", "unix", filepath.Join(dir, "outside.sock")); err != nil {
		return o, err
	}
	if err := o.listen("unix abstract", "unix", "@"+filepath.Base(dir)); err != nil {
		return o, err
	}
	if addr := hostAddress(); addr.IsValid() { // a machine may have no interface up
		o.listen("tcp host address", "tcp", netip.AddrPortFrom(addr, 0).String())
		o.answer("udp host address", netip.AddrPortFrom(addr, 0).String())
	}
	o.listen("tcp ipv6", "tcp", "[::1]:0") // a machine may have no IPv6
	o.answer("udp ipv6", "[::1]:0")
	o.add(
		target{Name: "metadata address", Kind: "tcp", Addr: "169.254.169.254:80"},
		target{Name: "public address", Kind: "tcp", Addr: "192.0.2.1:443"},
		target{Name: "name lookup", Kind: "lookup", Addr: "counterfoil-probe.invalid"},
		target{Name: "vsock", Kind: "vsock"},
		target{Name: "files of the host", Kind: "file", Addr: "/etc/passwd"},
		target{Name: "docker socket", Kind: "file", Addr: "/var/run/docker.sock"},
		target{Name: "processes", Kind: "file", Addr: "/proc/1/environ"},
	)
	for i, server := range nameServers() {
		o.add(target{Name: fmt.Sprintf("name server %d", i+1), Kind: "udp", Addr: server})
	}
	for _, name := range []string{"io_uring", "user namespace", "ptrace", "mount", "packet socket", "netlink socket", "unix datagram", "write to root", "privileges"} {
		o.add(target{Name: name, Kind: name})
	}
	return o, nil
}

func (o *outside) add(list ...target) { o.targets = append(o.targets, list...) }

func (o *outside) listen(name, network, addr string) error {
	l, err := net.Listen(network, addr)
	if err != nil {
		return err
	}
	o.closers = append(o.closers, l)
	o.add(target{Name: name, Kind: network, Addr: l.Addr().String(), Control: true})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			o.arrived.Add(1)
			c.Close()
		}
	}()
	return nil
}

func (o *outside) answer(name, addr string) error {
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	o.closers = append(o.closers, c)
	o.add(target{Name: name, Kind: "udp", Addr: c.LocalAddr().String(), Control: true})
	go func() {
		buffer := make([]byte, 512)
		for {
			_, from, err := c.ReadFrom(buffer)
			if err != nil {
				return
			}
			o.arrived.Add(1)
			c.WriteTo(probeAnswer, from)
		}
	}()
	return nil
}

// controls makes the attempts that stay on this machine without a sandbox.
func (o *outside) controls(ctx context.Context) map[string]string {
	var list []target
	found := map[string]string{}
	for _, t := range o.targets {
		found[t.Name] = none
		if t.Control {
			list = append(list, t)
		}
	}
	for _, r := range attemptAll(ctx, list) {
		if r.Why == "" {
			found[r.Name] = reached
		}
	}
	return found
}

// hostAddress is an address of this machine that is not its loopback.
func hostAddress() netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return netip.Addr{}
	}
	for _, a := range list {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && !p.Addr().IsLoopback() {
			return p.Addr()
		}
	}
	return netip.Addr{}
}

// maxNameServers is what resolvers read.
const maxNameServers = 3

// nameServers are those of the host.
func nameServers() (list []string) {
	f, err := os.Open("/etc/resolv.conf")
	if err != nil {
		return nil
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, maxProbeOutput))
	for lines.Scan() && len(list) < maxNameServers {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || fields[0] != "nameserver" {
			continue
		}
		if addr, err := netip.ParseAddr(fields[1]); err == nil {
			list = append(list, netip.AddrPortFrom(addr, 53).String())
		}
	}
	return list
}
