//go:build linux && netns

package egress

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/counterfoil/counterfoil/e2e/lab"
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

// testbed is the two namespaces: server, in which counterfoil runs, and world,
// which is everything that it could reach.
type testbed struct {
	server, world string
}

// newTestbed makes the namespaces.
func newTestbed(t *testing.T) *testbed {
	t.Helper()
	lab.Root(t)
	l := &testbed{fmt.Sprintf("cf-server-%d", os.Getpid()), fmt.Sprintf("cf-world-%d", os.Getpid())}
	// The DNS answers everything, so the time is never spent; a shorter one would be
	// on a busy machine, and the late answer would find its socket closed.
	lab.Namespace(t, l.server, map[string]string{"resolv.conf": "nameserver " + dnsAddr + "\noptions timeout:30 attempts:1\n"})
	lab.Namespace(t, l.world, nil)
	lab.Sh(t, "ip link add va netns "+l.server+" type veth peer name vb netns "+l.world)
	for _, ns := range []string{l.server, l.world} {
		lab.Sh(t, "ip netns exec "+ns+" sysctl -q -w net.ipv6.conf.all.accept_ra=0 net.ipv6.conf.default.accept_dad=0")
	}
	lab.Sh(t, "ip -n "+l.server+" addr add "+serverAddr+"/24 dev va")
	lab.Sh(t, "ip -n "+l.server+" addr add 2a00:9::200/64 dev va nodad")
	for _, a := range []string{gatewayAddr, dnsAddr, notionAddr, otelAddr, evilAddr} {
		lab.Sh(t, "ip -n "+l.world+" addr add "+a+"/24 dev vb")
	}
	for _, a := range []string{innerAddr + "/32", metaAddr + "/32"} {
		lab.Sh(t, "ip -n "+l.world+" addr add "+a+" dev vb")
	}
	for _, a := range []string{inner6Addr + "/128", "2a00:9::1/64"} {
		lab.Sh(t, "ip -n "+l.world+" addr add "+a+" dev vb nodad")
	}
	lab.Sh(t, "ip -n "+l.server+" link set va up")
	lab.Sh(t, "ip -n "+l.world+" link set vb up")
	lab.Sh(t, "ip -n "+l.server+" route add default via "+gatewayAddr)
	lab.Sh(t, "ip -n "+l.server+" -6 route add default via 2a00:9::1")
	lab.Load(t, l.server, rules)
	lab.Load(t, l.world, arriving)
	return l
}

// command is a program in the server's namespace.
func (l *testbed) command(args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", l.server}, args...)...)
}

// packets reads the counters of both namespaces and sets them to zero; what
// arrived elsewhere in the world is "arrived".
func (l *testbed) packets(t *testing.T) map[string]int {
	t.Helper()
	got := lab.Packets(t, l.server)
	got["arrived"] = lab.Packets(t, l.world)["other"]
	return got
}
