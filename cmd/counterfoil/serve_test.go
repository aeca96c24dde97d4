package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
)

// server is a `serve` that runs inside the test.
type server struct {
	passed []string    // lines that await went past
	lines  chan string // what it says on stderr
	stop   context.CancelFunc
	code   chan int
}

func startServer(t *testing.T, stdin io.Reader, stdout io.Writer, args ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	s := &server{lines: make(chan string, 100), stop: cancel, code: make(chan int, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.code <- Main(ctx, append([]string{"serve"}, args...), stdin, stdout, w, nil)
		w.Close()
	}()
	go func() {
		defer close(s.lines)
		for sc := bufio.NewScanner(r); sc.Scan(); {
			s.lines <- sc.Text()
		}
	}()
	t.Cleanup(func() { // it writes to its folder until it has ended
		cancel()
		for range s.lines {
		}
		<-ended
	})
	return s
}

// await returns the first line that holds text and was not returned before.
// Lines come from several goroutines, so it may have come before one that was
// awaited earlier.
func (s *server) await(t *testing.T, text string) string {
	t.Helper()
	for i, line := range s.passed {
		if strings.Contains(line, text) {
			s.passed = slices.Delete(s.passed, i, i+1)
			return line
		}
	}
	for line := range s.lines {
		if strings.Contains(line, text) {
			return line
		}
		s.passed = append(s.passed, line)
	}
	t.Fatalf("the server ended without saying %q:\n%s", text, strings.Join(s.passed, "\n"))
	return ""
}

func (s *server) end(t *testing.T) {
	t.Helper()
	s.stop()
	for range s.lines { // drain, or its last words would block
	}
	if got := <-s.code; got != exit.OK {
		t.Errorf("exit code %d, want 0", got)
	}
}

func run(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := Main(context.Background(), args, strings.NewReader(""), &out, &errs, nil); code != exit.OK {
		t.Fatalf("%v: exit code %d\n%s", args, code, errs.String())
	}
	return out.String()
}

const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}`

func post(t *testing.T, url, token, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestServeHTTP(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	token := strings.TrimSpace(run(t, "token", "add", "laptop", "--data", dir))

	s := startServer(t, nil, io.Discard, "--data", dir, "--http", "127.0.0.1:0")
	_, url, _ := strings.Cut(s.await(t, "serving http://"), "serving ")
	if code, text := post(t, url, token, initialize); code != http.StatusOK || !strings.Contains(text, "protocolVersion") {
		t.Errorf("initialize: %d %s", code, text)
	}
	for _, wrong := range []string{"", "cft_wrong", token + "x"} {
		if code, _ := post(t, url, wrong, initialize); code != http.StatusUnauthorized {
			t.Errorf("token %q: status %d, want 401", wrong, code)
		}
	}
	// Another command works through this one, another listening server does not.
	run(t, "import", "list", "--data", dir)
	var errs bytes.Buffer
	if code := Main(context.Background(), []string{"serve", "--http", "127.0.0.1:0", "--data", dir}, nil, io.Discard, &errs, nil); code != exit.Data || !strings.Contains(errs.String(), "error: the data folder is held by another process") {
		t.Errorf("second server: code %d, %s", code, errs.String())
	}
	s.end(t)
	run(t, "import", "list", "--data", dir)
}

func TestServeStdio(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	in := initialize + "\n" + `{"jsonrpc":"2.0","method":"notifications/initialized"}` + "\n" +
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_accounts","arguments":{}}}` + "\n"
	var out bytes.Buffer
	s := startServer(t, strings.NewReader(in), &out, "--data", dir, "--stdio")
	for range s.lines {
	}
	if got := <-s.code; got != exit.OK {
		t.Fatalf("exit code %d", got)
	}
	var answers []map[string]any
	for line := range strings.Lines(out.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("stdout holds something else than JSON-RPC: %q", line)
		}
		answers = append(answers, m)
	}
	if len(answers) != 2 || answers[1]["error"] != nil || !strings.Contains(out.String(), "counterfoil/receipt") {
		t.Errorf("got %s", out.String())
	}
}

func TestServeNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	setuptest.Edit(t, filepath.Join(dir, "config.yaml"), "http: 127.0.0.1:7171", `http: ""`)
	setuptest.Edit(t, filepath.Join(dir, "config.yaml"), "unix: run/sock", `unix: ""`)
	s := startServer(t, nil, io.Discard, "--data", dir)
	s.await(t, "nothing to listen on")
	for range s.lines {
	}
	if got := <-s.code; got != exit.Usage {
		t.Errorf("exit code %d, want %d", got, exit.Usage)
	}
}
