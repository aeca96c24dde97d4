//go:build linux && netns

package stack

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/e2e/lab"
)

// Addresses of the world: the guard takes those of 45.0.0.0/24 for public. All
// are real addresses of a namespace, so that whoever had a way would get there.
const (
	worldAddr  = "45.0.0.1"
	hostAddr   = "45.0.0.2" // the host's own, toward the world
	dnsAddr    = "45.0.0.53"
	notionAddr = "45.0.0.10"
	targetAddr = worldAddr
	metaAddr   = "169.254.169.254"
	world6Addr = "2a00:9::1"
	host6Addr  = "2a00:9::2"
	targetPort = 7000
	// control is a namespace with a way out, for what must be seen to work.
	control = "control"
)

// publicDNS are resolvers that a program might ask by itself.
var publicDNS = []string{"1.1.1.1", "8.8.8.8"}

// topology is compose.yaml as namespaces: one for each service, one for the host
// with a bridge for each network, and one for the world behind it.
type topology struct {
	*composition
	prefix string
}

func (p *topology) ns(name string) string { return p.prefix + name }

// newTopology makes the namespaces and counts from then on. Nobody is refused
// anything by a rule but deploy/firewall.sh's: what keeps the services in is the
// networks that they are given.
func newTopology(t *testing.T, c *composition) *topology {
	t.Helper()
	p := &topology{c, fmt.Sprintf("cf%d-", os.Getpid())}
	p.makeWorld(t)
	p.makeHost(t)
	for _, name := range p.services() {
		p.makeService(t, name)
	}
	p.makeControl(t)
	return p
}

func (p *topology) makeWorld(t *testing.T) {
	ns := p.ns("world")
	lab.Namespace(t, ns, nil)
	lab.Sh(t, "ip link add uplink netns "+ns+" type veth peer name downlink netns "+p.makeHostNamespace(t))
	for _, a := range append([]string{worldAddr + "/24", dnsAddr + "/24", notionAddr + "/24", metaAddr + "/32"}, publicDNS...) {
		lab.Sh(t, "ip -n "+ns+" addr add "+a+" dev uplink")
	}
	lab.Sh(t, "ip -n "+ns+" addr add "+world6Addr+"/64 dev uplink nodad")
	lab.Sh(t, "ip -n "+ns+" link set uplink up")
	// Answers reach even an address that nobody masqueraded, which no true network
	// would promise.
	lab.Sh(t, "ip -n "+ns+" route add 172.30.0.0/16 via "+hostAddr)
	lab.Sh(t, "ip -n "+ns+" -6 route add fd30::/16 via "+host6Addr)
	lab.Load(t, ns, `table inet proof {
		counter notion {}
		counter dns {}
		counter other {}
		chain arriving {
			type filter hook prerouting priority 0; policy accept;
			iif lo accept
			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } accept
			ip daddr `+notionAddr+` tcp dport 443 counter name notion accept
			ip daddr `+dnsAddr+` meta l4proto { tcp, udp } th dport 53 counter name dns accept
			counter name other
		}
	}`)
}

func (p *topology) makeHostNamespace(t *testing.T) string {
	lab.Namespace(t, p.ns("host"), map[string]string{"hosts": "127.0.0.1 localhost\n"})
	return p.ns("host")
}

// makeHost makes the bridges, and routes as an engine has them.
func (p *topology) makeHost(t *testing.T) {
	ns := p.ns("host")
	sh := func(format string, args ...any) { lab.Sh(t, fmt.Sprintf(format, args...)) }
	sh("ip netns exec %s sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1", ns)
	sh("ip -n %s addr add %s/24 dev downlink", ns, hostAddr)
	sh("ip -n %s addr add %s/64 dev downlink nodad", ns, host6Addr)
	sh("ip -n %s link set downlink up", ns)
	sh("ip -n %s route add default via %s", ns, worldAddr)
	var masquerade, forward []string
	for _, name := range p.networks() {
		n := p.Networks[name]
		if n.bridge() == "" {
			continue
		}
		sh("ip -n %s link add %s type bridge", ns, n.bridge())
		sh("ip netns exec %s sysctl -q -w net.ipv6.conf.%s.disable_ipv6=1", ns, n.bridge())
		if g := n.gateway(); g != "" {
			sh("ip -n %s addr add %s/24 dev %s", ns, g, n.bridge())
		}
		forward = append(forward, fmt.Sprintf("iifname %[1]s oifname != %[1]s ct state new counter name forwarded", n.bridge()))
		if _, masqueraded := n.out(); masqueraded {
			masquerade = append(masquerade, fmt.Sprintf("ip saddr 172.30.%d.0/24 oifname downlink masquerade", n.subnet))
		}
		sh("ip -n %s link set %s up", ns, n.bridge())
	}
	// What is forwarded is counted behind the firewall's priority, so that what it
	// drops is not, and apart for the one network that leads out. What stays on a
	// bridge is not counted, even where the kernel shows it here.
	lab.Load(t, ns, `table inet proof {
		counter tried {}
		counter tohost {}
		counter forwarded {}
		counter allowed {}
		chain before {
			type filter hook prerouting priority -150; policy accept;
			iifname "cf-*" iifname != "cf-outside" ip daddr != 172.30.0.0/16 ct state new counter name tried
		}
		chain input {
			type filter hook input priority 10; policy accept;
			iifname "cf-*" ct state new counter name tohost
		}
		chain forward {
			type filter hook forward priority 10; policy accept;
			iifname "cf-outside" oifname != "cf-outside" counter name allowed accept
			`+strings.Join(forward, "\n\t\t\t")+`
		}
		chain nat {
			type nat hook postrouting priority 100; policy accept;
			`+strings.Join(masquerade, "\n\t\t\t")+`
		}
	}`)
}

// makeService makes a service's namespace, with an interface in each of its
// networks and, if one of them leads out, a route; with none, it has a loopback.
func (p *topology) makeService(t *testing.T, name string) {
	s := p.Services[name]
	resolver := "127.0.0.1" // as compose.yaml has it
	if name == "egress" {
		resolver = dnsAddr
	}
	lab.Namespace(t, p.ns(name), map[string]string{
		"hosts": p.hosts(name), "resolv.conf": "nameserver " + resolver + "\noptions timeout:1 attempts:1\n",
	})
	if (s.Mode == "none") != (len(s.Networks) == 0) {
		t.Fatalf("service %s: network_mode %q and networks %q", name, s.Mode, s.Networks)
	}
	for _, n := range s.Networks {
		p.join(t, name, n, p.address(name, n))
	}
	lab.Load(t, p.ns(name), p.leaving(name))
}

// join gives a namespace an interface in a network.
func (p *topology) join(t *testing.T, name, in, address string) {
	n, ns := p.Networks[in], p.ns(name)
	end := fmt.Sprintf("%s-%d", name[:min(len(name), 8)], n.subnet)
	sh := func(format string, args ...any) { lab.Sh(t, fmt.Sprintf(format, args...)) }
	sh("ip link add %s netns %s type veth peer name %s netns %s", in, ns, end, p.ns("host"))
	sh("ip -n %s link set %s master %s up", p.ns("host"), end, n.bridge())
	sh("ip netns exec %s sysctl -q -w net.ipv6.conf.%s.disable_ipv6=1", ns, in) // no network of compose.yaml has IPv6
	sh("ip -n %s addr add %s/24 dev %s", ns, address, in)
	sh("ip -n %s link set %s up", ns, in)
	if routed, _ := n.out(); routed {
		sh("ip -n %s route add default via %s", ns, n.gateway())
	}
}

// makeControl makes a namespace in the network that leads out, with IPv6 too.
func (p *topology) makeControl(t *testing.T) {
	ns := p.ns(control)
	lab.Namespace(t, ns, map[string]string{"hosts": "127.0.0.1 localhost\n", "resolv.conf": "nameserver " + dnsAddr + "\noptions timeout:1 attempts:1\n"})
	p.join(t, control, "outside", fmt.Sprintf("172.30.%d.200", p.Networks["outside"].subnet))
	bridge := p.Networks["outside"].bridge()
	lab.Sh(t, "ip netns exec "+ns+" sysctl -q -w net.ipv6.conf.outside.disable_ipv6=0")
	lab.Sh(t, "ip netns exec "+p.ns("host")+" sysctl -q -w net.ipv6.conf."+bridge+".disable_ipv6=0")
	lab.Sh(t, "ip -n "+ns+" addr add fd30::200/64 dev outside nodad")
	lab.Sh(t, "ip -n "+p.ns("host")+" addr add fd30::1/64 dev "+bridge+" nodad")
	lab.Sh(t, "ip -n "+ns+" -6 route add default via fd30::1")
	lab.Load(t, ns, p.leaving(control))
}

// may lists whom a service opens connections to (docs/deploy.md).
func (p *topology) may(name string) map[string]string {
	to := func(other, port string) string { return "ip daddr " + p.shared(name, other) + " tcp dport " + port }
	switch name {
	case "proxy":
		return map[string]string{"counterfoil": to("counterfoil", "7171")}
	case "counterfoil":
		return map[string]string{"db": to("db", "5432"), "egress": to("egress", "3128")}
	case "setup":
		return map[string]string{"db": to("db", "5432")}
	case "egress":
		return map[string]string{"notion": "ip daddr " + notionAddr + " tcp dport 443", "dns": "ip daddr " + dnsAddr + " meta l4proto { tcp, udp } th dport 53"}
	}
	return nil
}

// leaving counts what leaves a service's namespace and opens something, by
// whether it may: answers to others' connections are not counted.
func (p *topology) leaving(name string) string {
	allowed := p.may(name)
	var counters, rules []string
	for _, to := range sorted(allowed) {
		counters = append(counters, "counter "+to+" {}")
		rules = append(rules, allowed[to]+" counter name "+to+" accept")
	}
	return `table inet proof {
		counter elsewhere {}
		` + strings.Join(counters, "\n\t\t") + `
		chain leaving {
			type filter hook output priority 0; policy accept;
			oif lo accept
			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } accept
			` + strings.Join(rules, "\n\t\t\t") + `
			ct direction reply accept
			counter name elsewhere
		}
	}`
}

// firewall runs deploy/firewall.sh on the host.
func (p *topology) firewall(t *testing.T) {
	script, err := filepath.Abs(filepath.Join(root, "deploy", "firewall.sh"))
	lab.Must(t, err)
	lab.Sh(t, "ip netns exec "+p.ns("host")+" sh "+script)
}

// counted reads every counter, as NAMESPACE/COUNTER, and sets them to zero.
func (p *topology) counted(t *testing.T) map[string]int {
	all := map[string]int{}
	for _, name := range append(p.services(), "host", "world", control) {
		for counter, n := range lab.Packets(t, p.ns(name)) {
			all[name+"/"+counter] = n
		}
	}
	return all
}

// hostAddresses are all of the host's own but the loopback's.
func (p *topology) hostAddresses(t *testing.T) (list []string) {
	for line := range strings.Lines(lab.Sh(t, "ip -n "+p.ns("host")+" -o addr show scope global")) {
		if f := strings.Fields(line); len(f) > 3 {
			address, _, _ := strings.Cut(f[3], "/")
			list = append(list, address)
		}
	}
	slices.Sort(list)
	return list
}

// command is a program in a service's namespace.
func (p *topology) command(in string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", p.ns(in)}, args...)...)
}
