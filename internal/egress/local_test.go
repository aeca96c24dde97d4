package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
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
