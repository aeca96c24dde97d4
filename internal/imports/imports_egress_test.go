package imports

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ways names what opens a connection, or holds something that would, in the
// packages through which the program could reach a network.
var ways = map[string][]string{
	"net/http":   {"Transport", "DefaultTransport", "DefaultClient", "Client", "Get", "Head", "Post", "PostForm", "ProxyFromEnvironment"},
	"net":        {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer", "DefaultResolver", "LookupHost", "LookupIP", "LookupAddr", "LookupTXT", "LookupCNAME", "LookupMX", "LookupNS", "LookupSRV"},
	"crypto/tls": {"Dial", "DialWithDialer", "Dialer"},
	"net/smtp":   nil, // nil: the whole package
	"net/rpc":    nil,
	// Clients of libraries that bring a transport of their own.
	"github.com/mark3labs/mcp-go/client":                                nil,
	"github.com/mark3labs/mcp-go/client/transport":                      nil,
	"github.com/jomei/notionapi":                                        {"NewClient"},
	"github.com/sashabaranov/go-openai":                                 {"NewClient", "NewOrgClient"},
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp":   nil,
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp": nil,
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp":       nil,
	"github.com/prometheus/client_golang/prometheus/push":               nil,
}

// mayDial are the files that open connections themselves, each with the reason
// why that is not egress of bank data.
var mayDial = map[string]string{
	"internal/egress": "the guard: the only http.Transport in the program",
	"mcp/unix.go":     "asks whether another server listens on our own Unix socket",
	"mcp/local.go":    "connects a local client to our own Unix socket",
	// Transports whose only way to connect is mcp.DialUnix; egress.Local is made
	// for them.
	"mcp/link.go": "a relay's link to the owner of the data folder, over its Unix socket",
	"cmd/counterfoil/internal/folder/remote.go": "a command's link to the owner of the data folder, over its Unix socket",
	"llm/socket_linux.go":                       "connects to the model's engine on a Unix socket of this machine, for egress.Local",
	"llm/socket_other.go":                       "the same on other platforms",
	"llm/sandbox":                               "the probe, whose attempts have to fail, and the forwarder inside the sandbox",
	"internal/telemetry/exporters.go":           "OTLP exporters, each of which is given the guard's client; TestOnlyThroughTheGuard",
	"mcp/client.go":                             "the demo's MCP client, which speaks to this program's own loopback server",
}

// TestOnlyEgressDials parses every non-test file and fails on a way out of the
// process that does not go through internal/egress.
func TestOnlyEgressDials(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == ".git" || name == "testdata" || name == "node_modules" || (file != root && hasGoMod(file))) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if mayDial[rel] != "" || mayDial[path.Dir(rel)] != "" {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, way := range waysOut(parsed) {
			t.Errorf("%s uses %s: reach the network through internal/egress", rel, way)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// waysOut lists what a file uses of ways. A *http.Client that is passed in is
// fine (that is how the guard's client is handed on); making one is not.
func waysOut(file *ast.File) []string {
	names := map[string]string{} // local name of an import → its path
	var found []string
	for _, spec := range file.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		uses, listed := ways[target]
		if !listed {
			continue
		}
		if uses == nil {
			found = append(found, target)
		}
		local := strings.TrimPrefix(path.Base(target), "go-")
		if spec.Name != nil {
			local = spec.Name.Name
		}
		if local == "." {
			found = append(found, "a dot import of "+target)
		}
		names[local] = target
	}
	pointers := map[ast.Expr]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StarExpr:
			pointers[n.X] = true
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if !ok || !slices.Contains(ways[names[x.Name]], n.Sel.Name) {
				return true
			}
			if n.Sel.Name == "Client" && pointers[n] {
				return true
			}
			found = append(found, names[x.Name]+"."+n.Sel.Name)
		}
		return true
	})
	return found
}

// TestWaysOutAreSeen is the control: each of these must be found.
func TestWaysOutAreSeen(t *testing.T) {
	for src, want := range map[string]int{
		`import "net/http"; var c = http.Client{}`:                                                             1,
		`import "net/http"; var c = &http.Client{}`:                                                            1,
		`import "net/http"; var c = new(http.Client)`:                                                          1,
		`import "net/http"; var c http.Client`:                                                                 1,
		`import "net/http"; var t = &http.Transport{}`:                                                         1,
		`import h "net/http"; var t = h.DefaultTransport`:                                                      1,
		`import . "net/http"; var t = DefaultTransport`:                                                        1,
		`import "net/http"; func f() { http.Get("x"); http.DefaultClient.Do(nil) }`:                            2,
		`import "net"; func f() { net.Dial("tcp", "x") }`:                                                      1,
		`import "net"; var d = net.Dialer{}`:                                                                   1,
		`import "crypto/tls"; var d tls.Dialer`:                                                                1,
		`import "github.com/sashabaranov/go-openai"; var c = openai.NewClient("")`:                             1,
		`import "net/smtp"; var a smtp.Auth`:                                                                   1,
		`import "net/http"; type T struct{ c *http.Client }; func f(*http.Client) http.Handler { return nil }`: 0,
		`import "net"; func f() (net.Listener, error) { return net.Listen("unix", "x") }`:                      0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := waysOut(file); len(got) != want {
			t.Errorf("%s: found %q, want %d", src, got, want)
		}
	}
}
