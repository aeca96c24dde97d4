package egress

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// world is a listener that counts what arrives, and a guard with a resolver of
// our own.
type world struct {
	t      *testing.T
	server *httptest.Server
	port   int
	hits   atomic.Int64 // connections accepted
	dns    *fakeDNS

	mu     sync.Mutex
	events []Event
}

func newWorld(t *testing.T, h http.HandlerFunc) *world {
	t.Helper()
	w := &world{t: t, dns: newDNS(t)}
	if h == nil {
		h = func(rw http.ResponseWriter, _ *http.Request) { io.WriteString(rw, "hello") }
	}
	w.server = httptest.NewUnstartedServer(h)
	w.server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			w.hits.Add(1)
		}
	}
	w.server.Start()
	t.Cleanup(w.server.Close)
	u, _ := url.Parse(w.server.URL)
	w.port, _ = strconv.Atoi(u.Port())
	return w
}

func (w *world) config(host string, networks ...string) Config {
	d := Destination{Host: host, Port: w.port, Plain: true, Networks: prefixes(strings.Join(networks, " "))}
	return Config{Destinations: []Destination{d}, Resolver: w.dns.resolver(), Record: w.record}
}

func (w *world) record(e Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
	return nil
}

func (w *world) guard(cfg Config) *Guard {
	w.t.Helper()
	g, err := New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(g.CloseIdle)
	return g
}

func get(g *Guard, url string) (string, error) {
	resp, err := g.Client(10 * time.Second).Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

func TestListedDestinationIsReached(t *testing.T) {
	w := newWorld(t, nil)
	w.dns.answer("api.example", "127.0.0.1")
	g := w.guard(w.config("api.example", "127.0.0.1/32"))
	body, err := get(g, "http://API.example:"+strconv.Itoa(w.port)+"/x")
	if err != nil || body != "hello" {
		t.Fatalf("got %q, %v", body, err)
	}
	c := g.Counts()[1]
	if c.Connections != 1 || c.Requests != 1 || c.Refusals != 0 || c.SentBytes == 0 || c.ReceivedBytes == 0 {
		t.Errorf("counts %+v", c)
	}
	if len(w.events) != 1 || w.events[0].Reason != "" || !strings.HasPrefix(w.events[0].Address, "127.0.0.1:") {
		t.Errorf("events %+v", w.events)
	}
}

// Every way of naming something that is not listed is refused before a packet
// is sent, and an unlisted name is never even resolved.
func TestForms(t *testing.T) {
	w := newWorld(t, nil)
	w.dns.answer("api.example", "127.0.0.1")
	w.dns.answer("evil.example", "127.0.0.1")
	g := w.guard(w.config("api.example", "127.0.0.9/32"))
	port := ":" + strconv.Itoa(w.port)
	for _, u := range []string{
		"http://api.example" + port, // resolves to an address outside its network
		"http://evil.example" + port,
		"http://127.0.0.1" + port,
		"http://127.1" + port,
		"http://2130706433" + port,
		"http://0x7f000001" + port,
		"http://0x7f.0.0.1" + port,
		"http://0177.0.0.1" + port,
		"http://[::ffff:127.0.0.1]" + port,
		"http://[::ffff:7f00:1]" + port,
		"http://[::1]" + port,
		"http://[fe80::1%25lo]" + port,
		"http://api.example." + port,
		"http://api.example..example" + port,
		"http://api。example" + port,
		"http://ａpi.example" + port,
		"http://api.exampl\u212a" + port,
		"http://api.example",
		"http://api.example:0" + strconv.Itoa(w.port),
		"https://api.example" + port,
		"http://user:pw@api.example" + port,
		"http://api.example" + port + "@evil.example",
		"ftp://api.example" + port,
		"http://169.254.169.254/latest/meta-data",
	} {
		_, err := get(g, u)
		if err == nil {
			t.Errorf("%s was reached", u)
			continue
		}
		var parse *url.Error
		if !errors.Is(err, ErrRefused) && !(errors.As(err, &parse) && parse.Op == "parse") {
			t.Errorf("%s: %v", u, err)
		}
	}
	if n := w.hits.Load(); n != 0 {
		t.Errorf("%d connections arrived", n)
	}
	if got := w.dns.asked("evil.example"); got != 0 {
		t.Errorf("an unlisted name was resolved %d times", got)
	}
}

// A name whose answers change is checked at every connection.
func TestRebinding(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Connection", "close")
		io.WriteString(rw, "hello")
	})
	w.dns.answer("api.example", "127.0.0.1")
	cfg := w.config("api.example", "127.0.0.1/32")
	g := w.guard(cfg)
	u := "http://api.example:" + strconv.Itoa(w.port)
	if _, err := get(g, u); err != nil {
		t.Fatal(err)
	}
	for _, next := range []string{"127.0.0.2", "10.0.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "192.0.0.8"} {
		w.dns.answer("api.example", next)
		if _, err := get(g, u); !errors.Is(err, ErrRefused) {
			t.Errorf("rebound to %s: %v", next, err)
		}
	}
	if n := w.hits.Load(); n != 1 {
		t.Errorf("%d connections arrived, want 1", n)
	}
}

func TestHostHeaderMustAgree(t *testing.T) {
	w := newWorld(t, nil)
	w.dns.answer("api.example", "127.0.0.1")
	g := w.guard(w.config("api.example", "127.0.0.1/32"))
	req, _ := http.NewRequest("POST", "http://api.example:"+strconv.Itoa(w.port), strings.NewReader("x"))
	req.Host = "evil.example"
	if _, err := g.Client(0).Do(req); !errors.Is(err, ErrRefused) {
		t.Fatalf("got %v", err)
	}
	if w.hits.Load() != 0 {
		t.Error("a connection arrived")
	}
}

func TestRedirectsAreRefused(t *testing.T) {
	for _, code := range []int{300, 301, 302, 303, 307, 308} {
		w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Location", "http://evil.example/")
			rw.WriteHeader(code)
		})
		w.dns.answer("api.example", "127.0.0.1")
		w.dns.answer("evil.example", "127.0.0.1")
		g := w.guard(w.config("api.example", "127.0.0.1/32"))
		if _, err := get(g, "http://api.example:"+strconv.Itoa(w.port)); !errors.Is(err, ErrRefused) {
			t.Errorf("%d: %v", code, err)
		}
		if w.dns.asked("evil.example") != 0 {
			t.Errorf("%d: the target was resolved", code)
		}
		if last := w.events[len(w.events)-1]; last.Reason != ReasonRedirect {
			t.Errorf("%d: last event %+v", code, last)
		}
	}
}

func TestEnvironmentProxyIsIgnored(t *testing.T) {
	proxy := newWorld(t, nil)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, proxy.server.URL)
	}
	t.Setenv("NO_PROXY", "")
	w := newWorld(t, nil)
	w.dns.answer("api.example", "127.0.0.1")
	g := w.guard(w.config("api.example", "127.0.0.1/32"))
	if _, err := get(g, "http://api.example:"+strconv.Itoa(w.port)); err != nil {
		t.Fatal(err)
	}
	if n := proxy.hits.Load(); n != 0 {
		t.Errorf("the environment's proxy got %d connections", n)
	}
}

// With a configured proxy every connection goes to it, and unlisted hosts are
// still refused before.
func TestConfiguredProxy(t *testing.T) {
	var asked []string
	proxy := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.Host)
		rw.WriteHeader(http.StatusForbidden)
	})
	proxy.dns.answer("relay.example", "127.0.0.1")
	cfg := proxy.config("relay.example", "127.0.0.1/32")
	cfg.Destinations = append(cfg.Destinations, Destination{Host: "api.example"})
	cfg.Proxy = "http://relay.example:" + strconv.Itoa(proxy.port)
	g := proxy.guard(cfg)
	if _, err := get(g, "https://api.example/"); err == nil {
		t.Fatal("the proxy refused and the request succeeded")
	}
	if _, err := get(g, "https://evil.example/"); !errors.Is(err, ErrRefused) {
		t.Fatalf("unlisted host: %v", err)
	}
	if len(asked) != 1 || asked[0] != "CONNECT api.example:443" {
		t.Errorf("the proxy was asked %q", asked)
	}
	if proxy.dns.asked("api.example") != 0 {
		t.Error("the destination was resolved here")
	}
}

func TestTLS(t *testing.T) {
	for _, max := range []uint16{tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { io.WriteString(rw, "ok") }))
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: max}
		s.Config.ErrorLog = nil
		s.StartTLS()
		defer s.Close()
		u, _ := url.Parse(s.URL)
		port, _ := strconv.Atoi(u.Port())
		pool := x509.NewCertPool()
		pool.AddCert(s.Certificate())
		dns := newDNS(t)
		dns.answer("example.com", "127.0.0.1")
		d := Destination{Host: "example.com", Port: port, Networks: prefixes("127.0.0.1/32")}
		g, err := New(Config{Destinations: []Destination{d}, Resolver: dns.resolver(), RootCAs: pool})
		if err != nil {
			t.Fatal(err)
		}
		_, err = get(g, "https://example.com:"+u.Port())
		if (err == nil) != (max >= tls.VersionTLS12) {
			t.Errorf("server's highest version %x: %v", max, err)
		}
		strict, _ := New(Config{Destinations: []Destination{d}, Resolver: dns.resolver()})
		if _, err := get(strict, "https://example.com:"+u.Port()); err == nil {
			t.Error("an unknown certificate authority was accepted")
		}
		g.CloseIdle()
	}
}

func TestLimits(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		io.WriteString(rw, strings.Repeat("x", n))
	})
	w.dns.answer("api.example", "127.0.0.1")
	u := "http://api.example:" + strconv.Itoa(w.port) + "/?n="

	cfg := w.config("api.example", "127.0.0.1/32")
	cfg.Now = func() time.Time { return now }
	cfg.Destinations[0].RequestsPerMinute = 2
	g := w.guard(cfg)
	for i, want := range []error{nil, nil, ErrLimit} {
		if _, err := get(g, u+"1"); !errors.Is(err, want) {
			t.Errorf("request %d: %v, want %v", i+1, err, want)
		}
	}
	now = now.Add(30 * time.Second)
	if _, err := get(g, u+"1"); err != nil {
		t.Errorf("half a minute later: %v", err)
	}

	cfg = w.config("api.example", "127.0.0.1/32")
	cfg.Destinations[0].ResponseBytes = 100
	g = w.guard(cfg)
	if _, err := get(g, u+"100"); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if body, err := get(g, u+"101"); !errors.Is(err, ErrLimit) {
		t.Errorf("over the limit: %d bytes, %v", len(body), err)
	}

	cfg = w.config("api.example", "127.0.0.1/32")
	cfg.Now = func() time.Time { return now }
	cfg.Destinations[0].WindowBytes = 5000
	g = w.guard(cfg)
	if _, err := get(g, u+"20000"); err == nil {
		t.Error("a window's bytes were exceeded in one response")
	}
	if _, err := get(g, u+"1"); !errors.Is(err, ErrLimit) {
		t.Errorf("a spent window: %v", err)
	}
	now = now.Add(Window)
	if _, err := get(g, u+"1"); err != nil {
		t.Errorf("the next window: %v", err)
	}
	if c := g.Counts()[1]; c.SentBytes > 5000 {
		t.Errorf("sent %d bytes", c.SentBytes)
	}
}

func TestUploadStopsAtTheWindow(t *testing.T) {
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	w.dns.answer("api.example", "127.0.0.1")
	cfg := w.config("api.example", "127.0.0.1/32")
	cfg.Destinations[0].WindowBytes = 10_000
	g := w.guard(cfg)
	body := strings.NewReader(strings.Repeat("y", 1<<20))
	resp, err := g.Client(0).Post("http://api.example:"+strconv.Itoa(w.port), "text/plain", body)
	if err == nil {
		resp.Body.Close()
		t.Fatal("a megabyte went through a 10 kB window")
	}
	if c := g.Counts()[1]; c.SentBytes > 10_000 {
		t.Errorf("sent %d bytes", c.SentBytes)
	}
}

func TestNoConnectionWithoutItsRecord(t *testing.T) {
	w := newWorld(t, nil)
	w.dns.answer("api.example", "127.0.0.1")
	cfg := w.config("api.example", "127.0.0.1/32")
	cfg.Record = func(Event) error { return errors.New("disk full") }
	g := w.guard(cfg)
	if _, err := get(g, "http://api.example:"+strconv.Itoa(w.port)); !errors.Is(err, ErrRefused) {
		t.Fatalf("got %v", err)
	}
	if w.hits.Load() != 0 {
		t.Error("a connection arrived")
	}
}

// An error names at most the configured destination.
func TestErrorsAreSafe(t *testing.T) {
	w := newWorld(t, nil)
	g := w.guard(w.config("api.example", "127.0.0.1/32")) // no answer in the DNS
	req, _ := http.NewRequest("GET", "http://api.example:"+strconv.Itoa(w.port), nil)
	_, err := g.RoundTrip(req)
	if err == nil || strings.Contains(err.Error(), "lookup") || !strings.Contains(err.Error(), "api.example") {
		t.Errorf("dial error: %v", err)
	}
	req, _ = http.NewRequest("GET", "http://4111111111111111.evil.example/", nil)
	_, err = g.RoundTrip(req)
	if err == nil || strings.Contains(err.Error(), "4111") {
		t.Errorf("refusal: %v", err)
	}
	last := w.events[len(w.events)-1]
	if last.Asked != "4111111111111111.evil.example:80" || last.Destination != "" {
		t.Errorf("event %+v", last)
	}
	if c := g.Counts()[0]; c.Destination != "" || c.Refusals != 1 {
		t.Errorf("unlisted counts %+v", c)
	}
}

func TestConfig(t *testing.T) {
	lo := prefixes("127.0.0.0/8")
	cases := []struct {
		name string
		d    Destination
		ok   bool
	}{
		{"name", Destination{Host: "api.notion.com"}, true},
		{"single label", Destination{Host: "collector", Networks: prefixes("10.0.0.0/8")}, true},
		{"address", Destination{Host: "10.1.2.3", Networks: prefixes("10.1.2.3/32")}, true},
		{"plain loopback", Destination{Host: "127.0.0.1", Plain: true, Networks: lo}, true},
		{"punycode", Destination{Host: "xn--bcher-kva.example"}, true},
		{"empty", Destination{}, false},
		{"upper case", Destination{Host: "API.notion.com"}, false},
		{"trailing dot", Destination{Host: "api.notion.com."}, false},
		{"wildcard", Destination{Host: "*.notion.com"}, false},
		{"port in host", Destination{Host: "api.notion.com:443"}, false},
		{"unicode", Destination{Host: "bücher.example"}, false},
		{"decimal address", Destination{Host: "2130706433"}, false},
		{"hex address", Destination{Host: "0x7f000001"}, false},
		{"short address", Destination{Host: "127.1"}, false},
		{"octal address", Destination{Host: "0177.0.0.1"}, false},
		{"mapped address", Destination{Host: "::ffff:127.0.0.1", Networks: lo}, false},
		{"long IPv6", Destination{Host: "0:0:0:0:0:0:0:1", Networks: prefixes("::1/128")}, false},
		{"address without network", Destination{Host: "93.184.216.34"}, false},
		{"plain without network", Destination{Host: "api.notion.com", Plain: true}, false},
		{"plain beyond loopback", Destination{Host: "api.notion.com", Plain: true, Networks: prefixes("10.0.0.0/8")}, false},
		{"plain wider than loopback", Destination{Host: "localhost", Plain: true, Networks: prefixes("126.0.0.0/7")}, false},
		{"everything", Destination{Host: "a.example", Networks: prefixes("0.0.0.0/0")}, false},
		{"port", Destination{Host: "a.example", Port: 65536}, false},
		{"negative", Destination{Host: "a.example", WindowBytes: -1}, false},
	}
	for _, c := range cases {
		_, err := New(Config{Destinations: []Destination{c.d}})
		if (err == nil) != c.ok || (err != nil && !errors.Is(err, ErrConfig)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	twice := Config{Destinations: []Destination{{Host: "a.example"}, {Host: "a.example", Port: 443}}}
	if _, err := New(twice); !errors.Is(err, ErrConfig) {
		t.Errorf("listed twice: %v", err)
	}
	for _, proxy := range []string{"http://p.example:3128", "https://a.example:443", "http://u:p@a.example:443", "http://a.example:443/x", "socks5://a.example:443", ":"} {
		cfg := Config{Destinations: []Destination{{Host: "a.example"}}, Proxy: proxy}
		if _, err := New(cfg); !errors.Is(err, ErrConfig) {
			t.Errorf("proxy %q: %v", proxy, err)
		}
	}
}

func TestZeroConfigAllowsNothing(t *testing.T) {
	g, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := get(g, "https://api.notion.com/"); !errors.Is(err, ErrRefused) {
		t.Errorf("got %v", err)
	}
}

func TestSpecialPurposeAddresses(t *testing.T) {
	refused := strings.Fields(`0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254
		172.16.0.1 172.31.255.255 192.0.0.170 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.1
		203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
		64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1
		fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1`)
	for _, s := range refused {
		if allows(nil, netip.MustParseAddr(s)) {
			t.Errorf("%s is allowed", s)
		}
	}
	for _, s := range strings.Fields("93.184.216.34 100.128.0.1 172.32.0.1 192.0.1.1 198.20.0.1 208.103.161.1 2606:4700::1111 2a00:1450::1 ::ffff:93.184.216.34") {
		if !allows(nil, netip.MustParseAddr(s)) {
			t.Errorf("%s is refused", s)
		}
	}
	if !allows(prefixes("10.1.0.0/16"), netip.MustParseAddr("::ffff:10.1.2.3")) {
		t.Error("a mapped address of an allowed network is refused")
	}
	if allows(nil, netip.Addr{}) {
		t.Error("the invalid address is allowed")
	}
}

func FuzzCanonicalHost(f *testing.F) {
	for _, s := range []string{"api.notion.com", "127.0.0.1", "0x7f.1", "a..b", "::1", "a.b.", "a.1e2", "-a.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		isIP, err := canonicalHost(host)
		if err != nil {
			return
		}
		// What is accepted has one spelling, survives a URL and is a number only
		// if netip says so.
		u, err := url.Parse("https://" + net.JoinHostPort(host, "443") + "/")
		if err != nil || u.Hostname() != host {
			t.Fatalf("%q does not survive a URL: %v", host, err)
		}
		if _, err := netip.ParseAddr(host); (err == nil) != isIP {
			t.Fatalf("%q: isIP %v", host, isIP)
		}
	})
}
