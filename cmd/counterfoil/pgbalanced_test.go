//go:build linux || darwin

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
)

// balancer sends one request after the other to the next replica that lives.
type balancer struct {
	mu       sync.Mutex
	next     int
	replicas []*replicaServer
	served   []int // by each replica
}

// replicaServer is a `serve` of its own process.
type replicaServer struct {
	cmd   *exec.Cmd
	proxy *httputil.ReverseProxy
	dead  bool
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	at := b.next % len(b.replicas)
	for b.replicas[at].dead {
		at = (at + 1) % len(b.replicas)
	}
	b.next = at + 1
	b.served[at]++
	b.mu.Unlock()
	b.replicas[at].proxy.ServeHTTP(w, r)
}

// kill ends a replica as a loss of power does.
func (b *balancer) kill(t *testing.T, at int) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.replicas[at].dead = true
	if err := b.replicas[at].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
}

// startReplica starts a server on a folder and waits until it serves.
func startReplica(t *testing.T, dir string) *replicaServer {
	t.Helper()
	cmd := exec.Command(os.Args[0], "serve", "--http", "127.0.0.1:0", "--data", dir)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(errs)
	t.Cleanup(func() {
		cmd.Process.Kill()
		for lines.Scan() { // to the end, before it is waited for
		}
		cmd.Wait()
	})
	var said strings.Builder
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if _, at, ok := strings.Cut(lines.Text(), "serving http://"); ok {
			go io.Copy(io.Discard, errs)
			host, _, _ := strings.Cut(at, "/")
			return &replicaServer{cmd: cmd, proxy: httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: host})}
		}
	}
	t.Fatalf("a replica never served:\n%s", said.String())
	return nil
}

// webClient is a client of a revision with sessions, behind the balancer.
type webClient struct {
	url, token, session string
	next                int
}

// send sends a message and returns status, header and the answer's text.
func (c *webClient) send(t *testing.T, verb, body string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), verb, c.url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{"Content-Type": "application/json", "Accept": "application/json, text/event-stream",
		"Authorization": "Bearer " + c.token, "Mcp-Session-Id": c.session, "Mcp-Protocol-Version": "2025-06-18"} {
		if value != "" {
			req.Header.Set(key, value)
		}
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
	return resp.StatusCode, resp.Header, string(text)
}

func (c *webClient) call(t *testing.T, tool, args string) answer {
	t.Helper()
	c.next++
	code, _, text := c.send(t, "POST", fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, c.next, tool, args))
	var a answer
	if err := json.Unmarshal([]byte(text), &a); err != nil || code != http.StatusOK || a.Result == nil || a.Result.IsError || a.Result.Meta.Receipt == nil {
		t.Fatalf("%s: %d %.400s", tool, code, text)
	}
	return a
}

// pgBalanced: one client, whose requests go to two replicas in turn. Its session
// and its cursors work on either, also when one is killed; nothing that was
// acknowledged is lost.
func pgBalanced(t *testing.T, c *cluster) {
	const rows = 60
	f := c.folder(t, "init")
	file := filepath.Join(t.TempDir(), "s.ofx")
	write(t, file, statement(1, rows))
	run(t, "import", file, "--data", f.dir)
	mine := &webClient{token: strings.TrimSpace(run(t, "token", "add", "web", "--data", f.dir))}
	other := &webClient{token: strings.TrimSpace(run(t, "token", "add", "other", "--data", f.dir))}
	second := f.replica(t)
	b := &balancer{replicas: []*replicaServer{startReplica(t, f.dir), startReplica(t, second)}, served: make([]int, 2)}
	web := httptest.NewServer(b)
	defer web.Close()
	mine.url, other.url = web.URL+"/mcp", web.URL+"/mcp"

	code, header, text := mine.send(t, "POST", initialize)
	if mine.session = header.Get("Mcp-Session-Id"); code != http.StatusOK || mine.session == "" {
		t.Fatalf("initialize: %d %s", code, text)
	}
	if code, _, text := mine.send(t, "POST", `{"jsonrpc":"2.0","method":"notifications/initialized"}`); code != http.StatusAccepted {
		t.Fatalf("initialized: %d %s", code, text)
	}
	receipts := map[int64]string{}
	seen := map[string]bool{}
	page := func(cursor string) string {
		t.Helper()
		args := `{"limit":4}`
		if cursor != "" {
			args = fmt.Sprintf(`{"limit":4,"cursor":%q}`, cursor)
		}
		a := mine.call(t, "search_transactions", args)
		receipts[a.Result.Meta.Receipt.Index] = a.Result.Meta.Receipt.Leaf
		var got struct {
			Items      []struct{ ID string }
			NextCursor string `json:"next_cursor"`
		}
		decode(t, string(a.Result.StructuredContent), &got)
		for _, item := range got.Items {
			if seen[item.ID] {
				t.Errorf("transaction %s came twice", item.ID)
			}
			seen[item.ID] = true
		}
		return got.NextCursor
	}
	cursor := ""
	for n := range rows/4 - 1 {
		if n == 8 {
			if b.served[0] < 4 || b.served[1] < 4 {
				t.Errorf("the replicas served %v: not in turn", b.served)
			}
			b.kill(t, 1)
			run(t, "audit", "verify", "--store", "--data", f.dir)
		}
		if cursor = page(cursor); cursor == "" {
			t.Fatalf("the pages end after %d rows", len(seen))
		}
	}
	page(cursor)
	if len(seen) != rows {
		t.Errorf("%d rows in all pages, want %d", len(seen), rows)
	}

	other.session = mine.session
	if code, _, _ := other.send(t, "POST", `{"jsonrpc":"2.0","id":1,"method":"ping"}`); code != http.StatusNotFound {
		t.Errorf("another principal's session: %d, want 404", code)
	}
	if code, _, _ := mine.send(t, "DELETE", ""); code != http.StatusOK {
		t.Errorf("ending the session: %d", code)
	}
	if code, _, _ := mine.send(t, "POST", `{"jsonrpc":"2.0","id":1,"method":"ping"}`); code != http.StatusNotFound {
		t.Errorf("a session that was ended: %d, want 404", code)
	}
	acknowledged(t, f, receipts)
}

// acknowledged checks that the log verifies and has every record that was
// acknowledged.
func acknowledged(t *testing.T, f pgFolder, receipts map[int64]string) {
	t.Helper()
	run(t, "audit", "verify", "--store", "--data", f.dir)
	a := appOn(t, f.dir)
	r, err := auditor.OpenLog(t.Context(), a.Home)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for it, err := range r.Entries(0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		leaf := it.LeafHash()
		if want := receipts[it.Index]; want == fmt.Sprintf("%x", leaf[:]) {
			delete(receipts, it.Index)
		}
	}
	if len(receipts) > 0 {
		t.Errorf("%d records were acknowledged and are lost", len(receipts))
	}
}
