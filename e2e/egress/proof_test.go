//go:build linux && netns

// Package egress proves what the server can reach with packet counters.
//
// The real counterfoil runs in a network namespace of its own, with Notion and
// a collector configured and with a proxy in its environment. In a second
// namespace are a DNS server whose answers change, a stand-in of Notion, the
// collector, and traps. Counters of nftables in both namespaces count every
// packet. Whatever the DNS, a redirect, the config or a client of the proxy
// names, no packet goes anywhere but to the two configured pairs of host and
// port and to the DNS server, and the DNS is asked for no other name. The
// control, a program without a guard in the same namespace, is led by the same
// means to send packets elsewhere, and they are counted.
package egress

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/e2e/lab"
)

// form is one way to lead a client elsewhere.
type form struct {
	name     string
	rebound  string // address to which Notion's name is rebound
	redirect string // or where Notion redirects
	url      string // what the control fetches
	proxy    bool   // the control believes the proxy of its environment
}

func forms() (list []form) {
	list = append(list,
		form{name: "a name that is not listed", url: "https://evil.example/"},
		form{name: "an address", url: "http://45.0.0.66/"},
		form{name: "a proxy in the environment", url: "https://api.notion.com/", proxy: true},
	)
	for name, addr := range map[string]string{
		"loopback": "127.0.0.1", "a private network": innerAddr, "the metadata address": metaAddr, "0.0.0.0": "0.0.0.0",
		"shared address space": "100.64.0.9", "v4-mapped": "::ffff:" + innerAddr, "NAT64": "64:ff9b::a09:909", "6to4": "2002:a09:909::1",
		"IPv6 loopback": "::1", "unique local IPv6": inner6Addr,
	} {
		list = append(list, form{name: "rebound to " + name, rebound: addr, url: "https://api.notion.com/"})
	}
	for name, to := range map[string]string{
		"a name": "https://evil.example/", "an address": "http://45.0.0.66/", "v4-mapped": "http://[::ffff:45.0.0.66]/", "hex": "http://0x2d000042/",
		"decimal": "http://754974786/", "octal": "http://055.0.0.0102/", "short": "http://45.66/", "trailing dot": "http://evil.example./",
		"another port": "https://api.notion.com:8443/", "plain": "http://api.notion.com/", "the metadata service": "http://169.254.169.254/latest/meta-data/",
	} {
		list = append(list, form{name: "redirected to " + name, redirect: to, url: "https://api.notion.com/"})
	}
	slices.SortStableFunc(list[3:], func(a, b form) int { return strings.Compare(a.name, b.name) })
	return list
}

func (w *world) play(f form) {
	w.settle()
	if f.rebound != "" {
		w.dns.Answer(notionName, f.rebound)
	}
	if f.redirect != "" {
		w.redirect.Store(&f.redirect)
	}
}

func TestServerReachesOnlyWhatItMust(t *testing.T) {
	l := newTestbed(t)
	w := newWorld(t, l)
	c := newProgram(t, l, w)

	c.landlock = "off" // the guard alone, without the kernel's help
	c.configure(t, notionName)
	s := c.serve(t)
	c.mustCall(t, "notion_query", `{"target":"reports"}`)
	c.mustCall(t, "notion_upsert_report", `{"target":"reports","month":"2018-01","dry_run":true}`)
	got := c.quiet(t, "honest work")
	if got["notion"] == 0 || got["dns"] == 0 {
		t.Fatalf("the counters count nothing of what is allowed: %v", got)
	}
	for _, f := range forms() {
		w.play(f)
		if failed := c.call("notion_query", `{"target":"reports"}`); failed == nil && (f.rebound != "" || f.redirect != "") {
			t.Errorf("%s: the call succeeded", f.name)
		}
		if got := c.quiet(t, f.name); f.rebound != "" && got["dns"] == 0 {
			t.Errorf("%s: the name was not looked up again", f.name)
		}
	}
	w.settle()
	c.mustCall(t, "notion_query", `{"target":"reports"}`)
	before := w.spans.Load()
	w.dns.Answer(otelName, innerAddr)
	c.stop(t, s) // the last telemetry is sent now, or would be
	if got := c.quiet(t, "a collector that is rebound"); got["dns"] == 0 || w.spans.Load() != before {
		t.Errorf("a collector that is rebound was not looked up, or reached: %v", got)
	}
	c.checkRecords(t)

	t.Run("collector", func(t *testing.T) {
		w.settle()
		c.landlock = ""
		c.configure(t, notionName)
		s := c.serve(t)
		c.mustCall(t, "notion_query", `{"target":"reports"}`)
		c.stop(t, s)
		if got := c.quiet(t, "telemetry"); got["otel"] == 0 || w.spans.Load() == before {
			t.Errorf("the collector got nothing: %v", got)
		}
		w.dns.Answer(otelName, otelAddr)
		to := "http://45.0.0.66/"
		s = c.serve(t)
		w.redirect.Store(&to)
		c.stop(t, s)
		c.quiet(t, "a collector that redirects")
	})
	t.Run("spellings in the config", func(t *testing.T) { c.tryConfigs(t) })
	t.Run("spellings at the proxy", func(t *testing.T) { c.tryProxy(t) })
	if n := w.trapped.Load(); n != 0 {
		t.Errorf("the traps accepted %d connections of the guarded program", n)
	}
	t.Run("control", func(t *testing.T) {
		for _, f := range forms() {
			w.play(f)
			env := []string{"SSL_CERT_FILE=" + w.caFile}
			if f.proxy {
				env = append(env, proxies()...)
			}
			cmd := l.command("python3", "unguarded.py", f.url)
			cmd.Env = append(os.Environ(), env...)
			out, err := cmd.CombinedOutput()
			lab.Must(t, err)
			got := l.packets(t)
			t.Logf("%-40s %2d packets elsewhere, %d of them arrived (%s)", f.name, got["other"]+got["loopback"], got["arrived"], strings.TrimSpace(string(out)))
			if got["other"]+got["loopback"] == 0 {
				t.Errorf("%s: the control did not leak, so the proof above proves nothing", f.name)
			}
		}
		if w.trapped.Load() == 0 {
			t.Error("no trap was reached by the control")
		}
	})
}

// proxies is an environment that sends clients which believe it to a trap.
func proxies() (env []string) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		env = append(env, name+"=http://"+evilAddr+":3128")
	}
	return env
}

// program is the real counterfoil with a data folder, in the server's namespace.
type program struct {
	bed    *testbed
	world  *world
	binary string
	data   string
	config string // as init wrote it

	landlock string // egress.landlock
}

func newProgram(t *testing.T, l *testbed, w *world) *program {
	t.Helper()
	p := &program{bed: l, world: w, binary: os.Getenv("COUNTERFOIL_BINARY"), data: filepath.Join(t.TempDir(), "data")}
	if p.binary == "" {
		t.Fatal("COUNTERFOIL_BINARY names the program: run.sh does")
	}
	p.mustRun(t, "init")
	p.mustRun(t, "import", "--yes", "--account", "Card", "../../ingest/demo/purchase-cards-2018-01.csv")
	text, err := os.ReadFile(filepath.Join(p.data, "config.yaml"))
	lab.Must(t, err)
	p.config = string(text)
	lab.Must(t, os.WriteFile(filepath.Join(p.data, "keys", "notion.token"), []byte("ntn_proof\n"), 0o600))
	return p
}

// configure writes the config with one destination.
func (p *program) configure(t *testing.T, host string) {
	t.Helper()
	text := strings.NewReplacer("\negress: {}\n", "\n", "\nnotion: {}\n", "\n", "roles: [reader]", "roles: [reader, writer]").Replace(p.config)
	text += fmt.Sprintf(`
egress:
  destinations: [{host: %q}]
  landlock: %q
notion:
  token_file: keys/notion.token
  targets: [{name: reports, kind: database, id: %s, key_property: Counterfoil key}]
telemetry:
  otlp: {endpoint: "https://%s:4318", ca_file: %s}
`, host, p.landlock, strings.ReplaceAll(p.world.database, "-", ""), otelName, p.world.caFile)
	lab.Must(t, os.WriteFile(filepath.Join(p.data, "config.yaml"), []byte(text), 0o600))
}

func (p *program) command(args ...string) *exec.Cmd {
	cmd := p.bed.command(append([]string{p.binary, "--data", p.data}, args...)...)
	cmd.Env = append(append(os.Environ(), proxies()...), "SSL_CERT_FILE="+p.world.caFile)
	return cmd
}

func (p *program) mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, err := p.command(args...).CombinedOutput()
	if err != nil {
		t.Fatalf("counterfoil %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// call calls a tool through the server that runs.
func (p *program) call(tool, args string) error {
	cmd := p.command("--json", "call", tool, "-")
	cmd.Stdin = strings.NewReader(args)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", tool, err, out)
	}
	return nil
}

func (p *program) mustCall(t *testing.T, tool, args string) {
	t.Helper()
	lab.Must(t, p.call(tool, args))
}

// serve starts the server and waits until it serves.
func (p *program) serve(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := p.command("serve", "--http", "127.0.0.1:0")
	said, err := cmd.StderrPipe()
	lab.Must(t, err)
	lab.Must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill() })
	serving := make(chan bool, 1)
	go func() {
		for lines := bufio.NewScanner(said); lines.Scan(); {
			if strings.Contains(lines.Text(), "serving http") {
				serving <- true
			}
		}
		close(serving)
	}()
	if !<-serving {
		t.Fatal("the server ended at once")
	}
	return cmd
}

// stop ends the server as an operator does, and waits.
func (p *program) stop(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	lab.Must(t, cmd.Process.Signal(syscall.SIGTERM)) // ip netns exec has become counterfoil
	lab.Must(t, cmd.Wait())
}

// quiet holds that since it was last called no packet went elsewhere and no
// other name was asked for.
func (p *program) quiet(t *testing.T, when string) map[string]int {
	t.Helper()
	got := p.bed.packets(t)
	if got["other"] != 0 || got["loopback"] != 0 || got["arrived"] != 0 {
		t.Errorf("%s: packets went elsewhere: %v", when, got)
	}
	for _, name := range p.world.dns.Asked() {
		if name != notionName && name != otelName {
			t.Errorf("%s: the DNS was asked for %s", when, name)
		}
	}
	t.Logf("%-40s 0 packets elsewhere; dns %d, notion %d, otel %d", when, got["dns"], got["notion"], got["otel"])
	return got
}

// checkRecords holds that refusals are in the log, with their reasons.
func (p *program) checkRecords(t *testing.T) {
	t.Helper()
	said := p.mustRun(t, "--json", "audit", "list", "--event", "egress", "--limit", "1000")
	for _, want := range []string{
		"connect otel.example.net:4318 " + otelAddr + ":4318", "refuse otel.example.net:4318 address not allowed",
		"connect api.notion.com:443 " + notionAddr + ":443", "refuse api.notion.com:443 address not allowed", "refuse api.notion.com:443 redirect",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the log lacks %q:\n%s", want, said)
		}
	}
}

// spellings are other ways to write the listed name, or the address of a trap.
var spellings = []string{
	"api.notion.com.", "API.notion.com", "*.notion.com", "api。notion.com", "ａpi.notion.com", "evil.example.", "0x2d000042", "754974786", "055.0.0.0102", "45.66",
	"::ffff:45.0.0.66", "45.0.0.66.", "169.254.169.254", "127.1", "0x7f000001", "user@api.notion.com", "api.notion.com#.evil.example",
}

// tryConfigs starts the server with other spellings in its config.
func (p *program) tryConfigs(t *testing.T) {
	p.world.settle()
	for _, host := range spellings {
		p.configure(t, host)
		cmd := p.command("serve", "--http", "127.0.0.1:0")
		done := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
		out, err := cmd.CombinedOutput()
		done.Stop()
		if err == nil || !strings.Contains(string(out), "egress.destinations") {
			t.Errorf("%s: %v\n%s", host, err, out)
		}
		if got := p.quiet(t, "config with "+host); got["dns"]+got["notion"]+got["otel"] != 0 {
			t.Errorf("%s: packets before the config was refused: %v", host, got)
		}
	}
}

// tryProxy asks the forward proxy, which has the same guard, for them.
func (p *program) tryProxy(t *testing.T) {
	cmd := p.command("egress", "--listen", "127.0.0.1:3128", "--allow", notionName)
	said, err := cmd.StderrPipe()
	lab.Must(t, err)
	lab.Must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(said)
	lines.Scan() // it listens
	go func() {
		for lines.Scan() { // its log must not fill the pipe
		}
	}()
	for _, host := range append(spellings, evilName, evilAddr, "["+inner6Addr+"]", "[::ffff:45.0.0.66]") {
		if strings.EqualFold(host, notionName) {
			continue // a client may write it so: it is the same host
		}
		if code := p.connect(t, host); code == http.StatusOK {
			t.Errorf("the proxy connected to %s", host)
		}
		if got := p.quiet(t, "CONNECT "+host); got["dns"]+got["notion"]+got["otel"] != 0 {
			t.Errorf("%s: packets for what is not listed: %v", host, got)
		}
	}
	for _, addr := range []string{innerAddr, "127.0.0.1", metaAddr, "::ffff:" + innerAddr} {
		p.world.dns.Answer(notionName, addr)
		if code := p.connect(t, notionName); code == http.StatusOK {
			t.Errorf("the proxy connected to a name that was rebound to %s", addr)
		}
		p.quiet(t, "CONNECT, rebound to "+addr)
	}
	p.world.settle()
	if code := p.connect(t, notionName); code != http.StatusOK {
		t.Errorf("the proxy does not reach what it may: %d", code)
	}
	if got := p.quiet(t, "CONNECT "+notionName); got["notion"] == 0 {
		t.Errorf("nothing was counted: %v", got)
	}
}

// connect sends one CONNECT from the server's namespace.
func (p *program) connect(t *testing.T, host string) (code int) {
	t.Helper()
	lab.Inside(t, p.bed.server, func() error {
		c, err := net.Dial("tcp", "127.0.0.1:3128")
		if err != nil {
			return err
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(time.Minute))
		fmt.Fprintf(c, "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", host, host)
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil {
			code = r.StatusCode
		}
		return err
	})
	return code
}
