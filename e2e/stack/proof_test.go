//go:build linux && netns

// Package stack proves the isolation of compose.yaml where there is no container
// engine.
//
// It reads compose.yaml and gives each service a network namespace with interfaces
// in the networks that it has there, on bridges of a namespace that plays the host,
// with a world behind it. In them run the real programs with the arguments and the
// scripts of the stack: Counterfoil, its egress proxy, PostgreSQL and Caddy, each as
// its user and without capabilities; an engine and a Notion that stand in for the
// others. Then what deploy/verify.sh tries is tried from inside each of them.
// Counters of nftables, in every namespace, count what opens a connection: none may
// go where docs/deploy.md does not say so, and a control, from which the same
// attempts succeed, shows that they count.
package stack

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/counterfoil/counterfoil/e2e/lab"
)

func TestStackReachesOnlyWhatItMust(t *testing.T) {
	lab.Root(t)
	s := newStack(t, newTopology(t, readComposition(t)))
	s.localhost(t)

	got := s.counted(t)
	s.none(t, got, "start", "elsewhere", "tohost", "forwarded", "other")
	t.Run("honest work", s.honestWork)
	t.Run("control", s.tryControl)
	t.Run("proxy without the firewall", s.tryBareProxy)
	s.firewall(t)
	for _, name := range []string{"llm", "db", "counterfoil", "proxy"} {
		t.Run(name+" tries every way out", func(t *testing.T) { s.tryOut(t, name) })
	}
	t.Run("inside", s.tryInside)
	t.Run("egress refuses what is not on its list", s.tryEgress)
	t.Run("honest work behind the firewall", s.honestWork)
}

// localhost has the name lead to the proxy's published port, for clients on the
// host.
func (s *stack) localhost(t *testing.T) {
	lab.Must(t, os.WriteFile("/etc/netns/"+s.ns("host")+"/hosts", []byte(s.address("proxy", "edge")+" localhost\n"), 0o644))
}

// honestWork is a call of each kind over HTTPS through the proxy, with its receipt:
// every counter of what is allowed counts, and no other.
func (s *stack) honestWork(t *testing.T) {
	s.counted(t)
	s.asked()
	row := s.mustCall(t, "search_transactions", `{"limit":1}`)
	id := row[strings.Index(row, "tx_"):]
	id = id[:strings.IndexAny(id, `"\`)]
	s.mustCall(t, "suggest_categories", `{"ids":["`+id+`"],"categories":["Food","Rent"]}`)
	s.mustCall(t, "notion_query", `{"target":"reports"}`)
	said := s.run(t, s.counterfoil("counterfoil", "ask", "How much did I spend?"))
	if !strings.Contains(said, "Green Grocer") && !strings.Contains(said, "Sources") {
		t.Errorf("asking the model gave no answer that rests on a record:\n%s", said)
	}
	s.run(t, s.counterfoil("counterfoil", "audit", "verify"))
	got := s.counted(t)
	s.none(t, got, "honest work", "elsewhere", "tohost", "forwarded", "other", "tried")
	for _, way := range []string{"proxy/counterfoil", "counterfoil/egress", "egress/notion", "host/allowed", "world/notion"} {
		if got[way] == 0 {
			t.Errorf("%s counted nothing", way)
		}
	}
	for _, name := range s.asked() {
		if name != "api.notion.com" {
			t.Errorf("the DNS was asked for %s", name)
		}
	}
	t.Logf("0 packets elsewhere; %s", nonzero(got))
}

// asked lists the names that the world's resolvers were asked for since it was last
// called.
func (s *stack) asked() (names []string) {
	for _, d := range s.resolvers {
		names = append(names, d.Asked()...)
	}
	return names
}

// mustCall calls a tool as a client on the host does.
func (s *stack) mustCall(t *testing.T, tool, args string) string {
	t.Helper()
	ca, err := os.ReadFile(s.path("made/caddy/caddy/pki/authorities/local/root.crt"))
	lab.Must(t, err)
	cmd := s.command("host", s.path("probe"), "call", "https://localhost:8443/mcp", tool, args)
	cmd.Env = append(os.Environ(), "TOKEN="+s.token, "CA="+string(ca))
	said := s.run(t, cmd)
	if !strings.HasPrefix(said, "ok record ") {
		t.Fatalf("%s: no receipt: %s", tool, said)
	}
	return said
}

// attempt is one way out, as arguments of the probe.
type attempt struct {
	name string
	args []string
}

// waysOut are the attempts of deploy/verify.sh.
func (s *stack) waysOut(t *testing.T) (list []attempt) {
	target := fmt.Sprintf("%s:%d", targetAddr, targetPort)
	list = []attempt{
		{"TCP", []string{"echo", "tcp", target}},
		{"UDP", []string{"echo", "udp", target}},
		{"IPv6", []string{"echo", "tcp", fmt.Sprintf("[%s]:%d", world6Addr, targetPort)}},
		{"the metadata address", []string{"open", metaAddr + ":80"}},
		{"the internet", []string{"open", publicDNS[0] + ":443"}},
		{"DNS", []string{"lookup", "example.com"}},
	}
	for _, a := range publicDNS {
		list = append(list, attempt{"the resolver " + a, []string{"lookup", "example.com", a + ":53"}})
	}
	for _, a := range s.hostAddresses(t) {
		if strings.Contains(a, ":") {
			a = "[" + a + "]"
		}
		list = append(list, attempt{"the host at " + a, []string{"echo", "tcp", fmt.Sprintf("%s:%d", a, targetPort)}})
	}
	return list
}

// try makes every attempt from inside a namespace and returns those that succeeded.
func (s *stack) try(t *testing.T, in string) (succeeded []string) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, a := range s.waysOut(t) {
		all.Go(func() {
			if s.as(serverUser, in, append([]string{s.path("probe")}, a.args...)...).Run() == nil {
				mu.Lock()
				succeeded = append(succeeded, a.name)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	slices.Sort(succeeded)
	return succeeded
}

// tryControl shows that every attempt works where there is a way, and that it is
// counted.
func (s *stack) tryControl(t *testing.T) {
	s.counted(t)
	if got, want := s.try(t, control), len(s.waysOut(t)); len(got) != want {
		t.Errorf("%d of %d attempts succeed (%q), so that the proof proves nothing", len(got), want, got)
	}
	got := s.counted(t)
	for _, counter := range []string{"control/elsewhere", "host/allowed", "world/other", "world/dns"} {
		if got[counter] == 0 {
			t.Errorf("%s counted nothing, so that the proof proves nothing", counter)
		}
	}
	t.Logf("all %d attempts succeed and are counted: %s", len(s.waysOut(t)), nonzero(got))
}

// tryBareProxy shows what deploy/firewall.sh is for, and that the counters on the
// host count.
func (s *stack) tryBareProxy(t *testing.T) {
	s.counted(t)
	succeeded := s.try(t, "proxy")
	got := s.counted(t)
	for _, counter := range []string{"proxy/elsewhere", "host/tried", "host/tohost", "host/forwarded", "world/other"} {
		if got[counter] == 0 {
			t.Errorf("%s counted nothing, so that the proof proves nothing", counter)
		}
	}
	t.Logf("it reaches %q, and is counted: %s", succeeded, nonzero(got))
}

// tryOut makes every attempt from inside a service. Only proxy has a route, to its
// published ports, so that only its packets get as far as the host's firewall.
func (s *stack) tryOut(t *testing.T, name string) {
	s.counted(t)
	if succeeded := s.try(t, name); len(succeeded) > 0 {
		t.Errorf("it reaches %q", succeeded)
	}
	got := s.counted(t)
	s.none(t, got, name, "tohost", "forwarded", "allowed", "other", "dns", "notion")
	if name == "proxy" {
		if got["host/tried"] == 0 {
			t.Error("the firewall had nothing to drop")
		}
	} else {
		s.none(t, got, name, "elsewhere", "tried")
	}
	t.Logf("%d attempts, 0 packets through; %s", len(s.waysOut(t)), nonzero(got))
}

// tryInside tries who may talk to whom, as deploy/verify.sh does.
func (s *stack) tryInside(t *testing.T) {
	for _, way := range []struct {
		from, to, port string
		want           bool
	}{
		{"proxy", "counterfoil", "7171", true},
		{"proxy", "db", "5432", false},
		{"proxy", "egress", "3128", false},
		{"counterfoil", "db", "5432", true},
		{"counterfoil", "egress", "3128", true},
		{"db", "counterfoil", "7171", true}, // the same network; the server asks for a token
		{"db", "egress", "3128", false},
		{"llm", "counterfoil", "7171", false},
		{"llm", "db", "5432", false},
	} {
		// By name, and by every address, in case that only the name is missing.
		hosts := []string{way.to}
		for _, n := range s.Services[way.to].Networks {
			hosts = append(hosts, s.address(way.to, n))
		}
		got := false
		for _, host := range hosts {
			got = s.as(serverUser, way.from, s.path("probe"), "open", host+":"+way.port).Run() == nil || got
		}
		if got != way.want {
			t.Errorf("%s reaches %s:%s: %v, want %v", way.from, way.to, way.port, got, way.want)
		}
	}
}

// tryEgress asks the way out for what is not on its list.
func (s *stack) tryEgress(t *testing.T) {
	s.counted(t)
	connect := func(to string) string {
		out, _ := s.as(serverUser, "counterfoil", s.path("probe"), "connect", "egress:3128", to).Output()
		return strings.TrimSpace(string(out))
	}
	for _, to := range []string{
		fmt.Sprintf("%s:%d", targetAddr, targetPort), "example.com:443", metaAddr + ":443", "127.0.0.1:443", "api.notion.com:80", "api.notion.com.:443", notionAddr + ":443",
	} {
		if got := connect(to); got != "403" {
			t.Errorf("%s: status %q, want 403", to, got)
		}
	}
	s.none(t, s.counted(t), "egress", "allowed", "other", "dns", "notion", "forwarded", "tohost")
	if got := connect("api.notion.com:443"); got != "200" {
		t.Errorf("api.notion.com:443: status %q, want 200", got)
	}
	if got := s.counted(t); got["world/notion"] == 0 {
		t.Errorf("what is allowed was not counted: %s", nonzero(got))
	}
}

// none holds that counters of these names, in whichever namespace, counted nothing.
func (s *stack) none(t *testing.T, got map[string]int, when string, names ...string) {
	t.Helper()
	for counter, n := range got {
		if _, name, _ := strings.Cut(counter, "/"); n != 0 && slices.Contains(names, name) {
			t.Errorf("%s: %d packets at %s", when, n, counter)
		}
	}
}

// nonzero lists the counters that counted.
func nonzero(got map[string]int) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if got[name] > 0 {
			list = append(list, fmt.Sprintf("%s %d", name, got[name]))
		}
	}
	return strings.Join(list, ", ")
}
