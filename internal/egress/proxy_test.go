package egress

import (
	"bufio"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// proxied is a proxy that may reach one TLS server on loopback.
func proxied(t *testing.T) (proxy *httptest.Server, far *httptest.Server, guard *Guard, events func() []Event) {
	t.Helper()
	far = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
	t.Cleanup(far.Close)
	port, _ := strconv.Atoi(far.URL[strings.LastIndexByte(far.URL, ':')+1:])
	var mu sync.Mutex
	var list []Event
	guard, err := New(Config{
		Destinations: []Destination{{Host: "127.0.0.1", Port: port, Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, RequestsPerMinute: 3}},
		Record: func(e Event) error {
			mu.Lock()
			defer mu.Unlock()
			list = append(list, e)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	proxy = httptest.NewServer(NewProxy(guard))
	t.Cleanup(proxy.Close)
	return proxy, far, guard, func() []Event {
		mu.Lock()
		defer mu.Unlock()
		return list
	}
}

// TestProxyTunnels sends TLS through the proxy by a guard of its own, as the
// server does, and counts it.
func TestProxyTunnels(t *testing.T) {
	proxy, far, guard, events := proxied(t)
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	farURL, _ := url.Parse(far.URL)
	proxyURL, _ := url.Parse(proxy.URL)
	farPort, _ := strconv.Atoi(farURL.Port())
	proxyPort, _ := strconv.Atoi(proxyURL.Port())
	roots := x509.NewCertPool()
	roots.AddCert(far.Certificate())
	client, err := New(Config{Proxy: proxy.URL, RootCAs: roots, Destinations: []Destination{
		{Host: "127.0.0.1", Port: farPort, Networks: loopback}, {Host: "127.0.0.1", Port: proxyPort, Plain: true, Networks: loopback},
	}})
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Repeat("0123456789", 50_000)
	resp, err := client.Client(0).Post(far.URL, "text/plain", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || string(got) != body {
		t.Fatalf("%d bytes came back, want %d; %v", len(got), len(body), err)
	}
	if list := events(); len(list) != 1 || list[0].Reason != "" || list[0].Address != farURL.Host {
		t.Errorf("events %+v", list)
	}
	for _, c := range guard.Counts() {
		if c.Destination == farURL.Host && (c.Connections != 1 || c.SentBytes < uint64(len(body)) || c.ReceivedBytes < uint64(len(body))) {
			t.Errorf("counts %+v", c)
		}
	}
}

// TestProxyRefuses sends what is not allowed, as raw bytes.
func TestProxyRefuses(t *testing.T) {
	proxy, far, _, events := proxied(t)
	farURL, _ := url.Parse(far.URL)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy went elsewhere") }))
	t.Cleanup(elsewhere.Close)
	for ask, want := range map[string]int{
		"CONNECT " + elsewhere.Listener.Addr().String():                 403,
		"CONNECT localhost:" + farURL.Port():                            403,
		"CONNECT 127.1:" + farURL.Port():                                403,
		"CONNECT 0x7f000001:" + farURL.Port():                           403,
		"CONNECT [::ffff:127.0.0.1]:" + farURL.Port():                   403,
		"CONNECT 169.254.169.254:80":                                    403,
		"GET http://" + elsewhere.Listener.Addr().String() + "/":        405,
		"GET http://" + elsewhere.Listener.Addr().String() + "/healthz": 405,
		"POST /healthz": 405,
		"GET /healthz":  200,
	} {
		if got := raw(t, proxy, ask); got != want {
			t.Errorf("%s: status %d, want %d", ask, got, want)
		}
	}
	if got := len(events()); got != 9 {
		t.Errorf("%d refusals recorded, want 9", got)
	}
}

// TestProxyRate pins that the destination's budget holds for tunnels.
func TestProxyRate(t *testing.T) {
	proxy, far, _, _ := proxied(t)
	ask := "CONNECT " + far.Listener.Addr().String()
	for i, want := range []int{200, 200, 200, 429} {
		if got := raw(t, proxy, ask); got != want {
			t.Errorf("tunnel %d: status %d, want %d", i+1, got, want)
		}
	}
}

// raw sends one request line and returns the status.
func raw(t *testing.T, proxy *httptest.Server, ask string) int {
	t.Helper()
	conn, err := net.Dial("tcp", proxy.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, target, _ := strings.Cut(ask, " ")
	host := strings.TrimSuffix(strings.TrimPrefix(target, "http://"), "/")
	if strings.HasPrefix(target, "/") {
		host = "proxy"
	}
	fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\n\r\n", ask, strings.TrimSuffix(host, "/healthz"))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
