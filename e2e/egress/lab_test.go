//go:build linux && netns

package egress

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Addresses of the lab. The guard takes those in 45.0.0.0/24 for public; they
// exist in the two namespaces alone, which have no route to anywhere else.
const (
	serverAddr  = "45.0.0.200" // the only one of the namespace in which counterfoil runs
	gatewayAddr = "45.0.0.1"   // all others are the world's
	dnsAddr     = "45.0.0.53"
	notionAddr  = "45.0.0.10"
	otelAddr    = "45.0.0.11"
	evilAddr    = "45.0.0.66"
	innerAddr   = "10.9.9.9" // what a private network behind the server would have
	metaAddr    = "169.254.169.254"
	inner6Addr  = "fd00:9::9"
)

// rules counts what leaves the server's namespace, by where it goes, and lets
// all of it pass. What IPv6 itself needs to find a neighbour is not counted.
const rules = `table inet proof {
	counter dns {}
	counter notion {}
	counter otel {}
	counter loopback {}
	counter other {}
	chain leaving {
		type filter hook output priority 0; policy accept;
		oif lo tcp dport { 80, 443, 4318 } counter name loopback accept
		oif lo accept
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } accept
		ip daddr ` + dnsAddr + ` meta l4proto { tcp, udp } th dport 53 counter name dns accept
		ip daddr ` + notionAddr + ` tcp dport 443 counter name notion accept
		ip daddr ` + otelAddr + ` tcp dport 4318 counter name otel accept
		counter name other accept
	}
}
`

// arriving counts the same where it arrives, in the other namespace.
const arriving = `table inet proof {
	counter other {}
	chain arriving {
		type filter hook prerouting priority 0; policy accept;
		iif lo accept
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } accept
		ip daddr ` + dnsAddr + ` meta l4proto { tcp, udp } th dport 53 accept
		ip daddr ` + notionAddr + ` tcp dport 443 accept
		ip daddr ` + otelAddr + ` tcp dport 4318 accept
		counter name other accept
	}
}
`

// lab is the two namespaces: server, in which counterfoil runs, and world,
// which is everything that it could reach.
type lab struct {
	server, world string
}

// newLab makes the namespaces. It fails where it cannot: a proof that is left
// out is none.
func newLab(t *testing.T) *lab {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("network namespaces are made by root: run this as root")
	}
	l := &lab{fmt.Sprintf("cf-server-%d", os.Getpid()), fmt.Sprintf("cf-world-%d", os.Getpid())}
	resolv := filepath.Join("/etc/netns", l.server)
	t.Cleanup(func() {
		for _, ns := range []string{l.server, l.world} {
			exec.Command("ip", "netns", "del", ns).Run()
		}
		os.RemoveAll(resolv)
	})
	must(t, os.MkdirAll(resolv, 0o755))
	// The DNS answers everything, so the time is never spent; a shorter one would be
	// on a busy machine, and the late answer would find its socket closed.
	must(t, os.WriteFile(filepath.Join(resolv, "resolv.conf"), []byte("nameserver "+dnsAddr+"\noptions timeout:30 attempts:1\n"), 0o644))
	sh(t, "ip netns add "+l.server)
	sh(t, "ip netns add "+l.world)
	sh(t, "ip link add va netns "+l.server+" type veth peer name vb netns "+l.world)
	for _, ns := range []string{l.server, l.world} {
		sh(t, "ip -n "+ns+" link set lo up")
		sh(t, "ip netns exec "+ns+" sysctl -q -w net.ipv6.conf.all.accept_ra=0 net.ipv6.conf.default.accept_dad=0")
	}
	sh(t, "ip -n "+l.server+" addr add "+serverAddr+"/24 dev va")
	sh(t, "ip -n "+l.server+" addr add 2a00:9::200/64 dev va nodad")
	for _, a := range []string{gatewayAddr, dnsAddr, notionAddr, otelAddr, evilAddr} {
		sh(t, "ip -n "+l.world+" addr add "+a+"/24 dev vb")
	}
	for _, a := range []string{innerAddr + "/32", metaAddr + "/32"} {
		sh(t, "ip -n "+l.world+" addr add "+a+" dev vb")
	}
	for _, a := range []string{inner6Addr + "/128", "2a00:9::1/64"} {
		sh(t, "ip -n "+l.world+" addr add "+a+" dev vb nodad")
	}
	sh(t, "ip -n "+l.server+" link set va up")
	sh(t, "ip -n "+l.world+" link set vb up")
	sh(t, "ip -n "+l.server+" route add default via "+gatewayAddr)
	sh(t, "ip -n "+l.server+" -6 route add default via 2a00:9::1")
	l.load(t, l.server, rules)
	l.load(t, l.world, arriving)
	return l
}

func (l *lab) load(t *testing.T, ns, text string) {
	t.Helper()
	cmd := exec.Command("ip", "netns", "exec", ns, "nft", "-f", "-")
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("nft: %v\n%s", err, out)
	}
}

// command is a program in the server's namespace.
func (l *lab) command(args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", l.server}, args...)...)
}

// inside runs f in a namespace: sockets that it makes belong there for good.
func (l *lab) inside(t *testing.T, ns string, f func() error) {
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
	must(t, <-done)
}

// listen opens a TCP listener in a namespace.
func (l *lab) listen(t *testing.T, ns, addr string) (ln net.Listener) {
	t.Helper()
	l.inside(t, ns, func() (err error) {
		ln, err = net.Listen("tcp", addr)
		return err
	})
	t.Cleanup(func() { ln.Close() })
	return ln
}

// packets reads the counters of both namespaces and sets them to zero; what
// arrived elsewhere in the world is "arrived".
func (l *lab) packets(t *testing.T) map[string]int {
	t.Helper()
	got := l.counters(t, l.server)
	got["arrived"] = l.counters(t, l.world)["other"]
	return got
}

func (l *lab) counters(t *testing.T, ns string) map[string]int {
	t.Helper()
	var doc struct {
		Nftables []struct {
			Counter *struct {
				Name    string
				Packets int
			}
		}
	}
	text := sh(t, "ip netns exec "+ns+" nft -j reset counters table inet proof")
	must(t, json.Unmarshal([]byte(text), &doc))
	got := map[string]int{}
	for _, c := range doc.Nftables {
		if c.Counter != nil {
			got[c.Counter.Name] = c.Counter.Packets
		}
	}
	return got
}

// sh runs a command of words without spaces.
func sh(t *testing.T, line string) string {
	t.Helper()
	words := strings.Fields(line)
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
