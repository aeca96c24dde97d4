package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
)

func TestLocal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "local") })}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	tr := Local(func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "unix", path) }, 0)
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr}).Get("http://evil.example/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); string(b) != "local" {
		t.Errorf("got %q", b)
	}
	w := newWorld(t, nil)
	tcp := Local(func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", w.server.Listener.Addr().String())
	}, 0)
	if _, err := (&http.Client{Transport: tcp}).Get("http://x.example/"); !errors.Is(err, ErrRefused) {
		t.Errorf("TCP: %v", err)
	}
}

// TestInnerName: a name that has, or comes to have, a public address is refused
// at the start and at the connection.
func TestInnerName(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "inner") }))
	defer srv.Close()
	port := srv.Listener.Addr().(*net.TCPAddr).Port
	names := newDNS(t)
	in := Inner{Host: "engine.example", Port: uint16(port), Resolver: names.resolver()}
	tr, err := in.Transport(0)
	if err != nil {
		t.Fatal(err)
	}
	tr.DisableKeepAlives = true
	get := func() error {
		resp, err := (&http.Client{Transport: tr}).Get("http://model/")
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := in.Check(t.Context()); err != nil {
		t.Errorf("a name that is not known yet: %v", err)
	}
	names.answer("engine.example", "127.0.0.1")
	if err := errors.Join(in.Check(t.Context()), get()); err != nil {
		t.Errorf("the loopback: %v", err)
	}
	for _, addr := range []string{"8.8.8.8", "10.0.0.1", "169.254.169.254", "198.51.100.7"} {
		names.answer("engine.example", addr)
		if err := in.Check(t.Context()); !errors.Is(err, ErrRefused) {
			t.Errorf("%s at the start: %v", addr, err)
		}
		if err := get(); !errors.Is(err, ErrRefused) {
			t.Errorf("%s at a connection: %v", addr, err)
		}
	}
}
