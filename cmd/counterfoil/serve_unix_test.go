//go:build unix

package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestReload: on SIGHUP a server takes over new principals and policy, all or
// nothing; what the token command changes it takes over at once.
func TestReload(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	first := strings.TrimSpace(run(t, "token", "add", "first", "--data", dir))
	s := startServer(t, nil, io.Discard, "--data", dir, "--http", "127.0.0.1:0")
	_, url, _ := strings.Cut(s.await(t, "serving http://"), "serving ")
	hangup := func(want string) {
		t.Helper()
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		s.await(t, want)
	}
	status := func(token string, want int) {
		t.Helper()
		if got, _ := post(t, url, token, initialize); got != want {
			t.Errorf("status %d, want %d", got, want)
		}
	}

	second := strings.TrimSpace(run(t, "token", "add", "second", "--data", dir))
	status(second, http.StatusOK)
	config := filepath.Join(dir, "config.yaml")
	both, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	run(t, "token", "revoke", "first", "--data", dir)
	status(first, http.StatusUnauthorized)
	one, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	rewrite := func(text []byte) {
		t.Helper()
		if err := os.WriteFile(config, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rewrite(both)
	status(first, http.StatusUnauthorized)
	hangup("policy and principals reloaded")
	status(first, http.StatusOK)

	// A mistake in the policy keeps principals, too, as they were.
	rewrite(one)
	policy := filepath.Join(dir, "policy.yaml")
	good, err := os.ReadFile(policy)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(policy, []byte("name: broken\nrules: 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	hangup("nothing was reloaded")
	status(first, http.StatusOK)
	if err := os.WriteFile(policy, good, 0o600); err != nil {
		t.Fatal(err)
	}
	hangup("policy and principals reloaded")
	status(first, http.StatusUnauthorized)
	s.end(t)
}

func TestServeUnixSocket(t *testing.T) {
	base, err := os.MkdirTemp("", "cf") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	dir := filepath.Join(base, "data")
	run(t, "init", "--data", dir)
	s := startServer(t, nil, io.Discard, "--data", dir, "--unix", "run/sock")
	_, path, _ := strings.Cut(s.await(t, "serving /"), "serving ")
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	req, err := http.NewRequest("POST", "http://localhost/mcp", strings.NewReader(initialize))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d", resp.StatusCode)
	}
	client.CloseIdleConnections()
	s.end(t)
}
