package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/llm/sandbox"
)

// engineArg makes the test binary an engine that listens on a socket.
const engineArg = "counterfoil-test-engine"

func init() {
	asEngine = func() {
		if len(os.Args) == 3 && os.Args[1] == engineArg {
			runEngine(os.Args[2])
		}
	}
}

// runEngine is that engine: an honest puppet, which a certain merchant kills and
// another makes eat memory without end.
func runEngine(socket string) {
	l, err := net.Listen("unix", socket)
	if err != nil {
		os.Exit(1)
	}
	p := &puppet{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"data":[{"id":"puppet"}]}`) })
	mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 64<<10)
		n, _ := r.Body.Read(body)
		switch text := string(body[:n]); {
		case strings.Contains(text, "Killer Ltd"):
			fmt.Fprint(w, `data: {"model":"puppet","choices":[{"delta":{"content":"{\"cat"}}]}`+"\n\n")
			w.(http.Flusher).Flush()
			os.Exit(1) // as suddenly as a signal would, which the first process of its namespace does not get
		case strings.Contains(text, "Glutton Ltd"):
			for eaten := [][]byte{}; ; {
				eaten = append(eaten, make([]byte, 64<<20))
				for i := 0; i < 64<<20; i += 4096 {
					eaten[len(eaten)-1][i] = 1
				}
			}
		}
		p.text(w, `{"category":"Food","confidence":"high"}`)
	})
	http.Serve(l, mux)
	os.Exit(0)
}

// engineFolder is a data folder whose config starts that engine.
func engineFolder(t *testing.T, more string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "--data", dir, "init")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "config.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text = fmt.Appendf(text, "\nllm: {model: puppet, command: [%q, %s, '{socket}']%s}\n", self, engineArg, more)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// apart is the test binary as counterfoil, in a process of its own.
func apart(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	return cmd
}

func fileMerchant(t *testing.T, dir, merchant string) string {
	t.Helper()
	out, _ := apart("--data", dir, "call", "classify_merchant", fmt.Sprintf(`{"merchant":%q,"categories":["Food","Rent"]}`, merchant)).CombinedOutput()
	return string(out)
}

func needsSandbox(t *testing.T) {
	t.Helper()
	if _, err := sandbox.Probe(t.Context(), false); errors.Is(err, sandbox.ErrForbidden) || errors.Is(err, sandbox.ErrPlatform) || runtime.GOOS != "linux" {
		t.Skipf("this machine forbids the sandbox: %v", err)
	}
}

// serveApart starts a real server, which the kernel confines where it can, waits
// until it serves, and returns its process and what it said before.
func serveApart(t *testing.T, dir string) (server *exec.Cmd, notes string) {
	t.Helper()
	server = apart("--data", dir, "serve", "--http", "127.0.0.1:0")
	said, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "serving http") {
		notes += lines.Text() + "\n"
	}
	go func() {
		for lines.Scan() { // what it says must not fill the pipe
		}
	}()
	return server, notes
}

// TestServerWithItsEngine starts a real server, confined by the kernel where
// that can, which probes, starts its engine in the sandbox, and gets over an
// engine that is killed in the middle of an answer.
func TestServerWithItsEngine(t *testing.T) {
	needsSandbox(t)
	dir := engineFolder(t, "")
	if _, note := serveApart(t, dir); !strings.Contains(note, "lets this server connect to no TCP port") && !strings.Contains(note, egress.ErrUnconfined.Error()) {
		t.Errorf("the server does not say whether the kernel confines it:\n%s", note)
	}
	if got := fileMerchant(t, dir, "Bakery"); !strings.Contains(got, `"category": "Food"`) && !strings.Contains(got, `"category":"Food"`) {
		t.Errorf("got %s", got)
	}
	probes := run(t, "--data", dir, "--json", "audit", "list", "--event", "probe")
	if !strings.Contains(probes, `closed`) || strings.Contains(probes, `void`) {
		t.Errorf("the probe of a confined server: %s", probes)
	}
	if got := fileMerchant(t, dir, "Killer Ltd"); !strings.Contains(got, "unavailable") {
		t.Errorf("killed in the middle of an answer: %s", got)
	}
	if got := apart("--data", dir, "call", "list_accounts", "{}").Run(); got != nil {
		t.Errorf("a tool without the model: %v", got)
	}
}

// TestEngineOutOfMemory: the bound on memory ends the engine, the call fails,
// and other tools go on.
func TestEngineOutOfMemory(t *testing.T) {
	needsSandbox(t)
	dir := engineFolder(t, ", memory_mib: 4096")
	if got := fileMerchant(t, dir, "Glutton Ltd"); !strings.Contains(got, "unavailable") {
		t.Errorf("got %s", got)
	}
	run(t, "--data", dir, "call", "list_accounts", "{}")
}
