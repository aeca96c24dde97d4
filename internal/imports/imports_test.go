// Package imports holds the test that keeps the import direction of the
// program: cmd → mcp → tools → {policy, redact, audit, store, llm}; leaves import
// no sibling; ingest → {store, redact}; any package may import internal/. Below
// cmd/counterfoil/internal each package imports only those before it in commandLayers,
// and none of them knows of flags.
package imports

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/counterfoil/counterfoil"

// allowed lists, for each top-level package, the top-level packages it may
// import besides itself and internal/.
var allowed = map[string][]string{
	"cmd":      {"mcp", "tools", "policy", "redact", "audit", "store", "ingest", "llm"},
	"mcp":      {"tools", "policy", "audit"},
	"tools":    {"policy", "redact", "audit", "store", "llm"},
	"ingest":   {"store", "redact"},
	"policy":   {},
	"redact":   {},
	"audit":    {},
	"store":    {},
	"llm":      {},
	"internal": {},
}

// commandDir is the command; what is below its folder internal/ are things of their
// own that it is made of.
const commandDir = "cmd/counterfoil"

// commandLayers lists the packages in commandDir/internal. Each may import only
// those before it.
var commandLayers = []string{
	"bounded", "build", "exit", "console", "config", "home", "kek", "storage", "setup", "engine", "document", "arrivals", "clientconfig", "folder",
	"confine", "talk", "auditor",
}

// flags is the module that reads the command line: only the command's own files
// may import it.
const flags = "github.com/spf13/cobra"

// onlyIn names the one folder that may import a third-party module.
var onlyIn = map[string]string{
	"github.com/mark3labs/mcp-go":       "mcp",
	"github.com/google/cel-go":          "policy",
	"github.com/jomei/notionapi":        "internal/notion",
	"github.com/sashabaranov/go-openai": "llm",
	"github.com/ncruces/go-sqlite3":     "store/sqlite",
	"go.opentelemetry.io":               "internal/telemetry",
	"github.com/prometheus":             "internal/telemetry",
	"filippo.io/age":                    "internal/seal/agekek",
	"github.com/zalando/go-keyring":     "internal/seal/keyringkek",
	"github.com/aws":                    "internal/seal/awskms",
	"golang.org/x/oauth2":               "internal/seal/gcpkms",
	"github.com/miekg/pkcs11":           "internal/seal/pkcs11kek",
}

// standardOnly lists packages that may import nothing beyond the standard
// library and the prefixes given.
var standardOnly = map[string][]string{
	"redact": {"golang.org/x/text"},
}

func TestImportDirection(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == ".git" || name == "testdata" || name == "node_modules" || (file != root && hasGoMod(file)) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		seen++
		check(t, filepath.ToSlash(rel), file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 10 {
		t.Fatalf("looked at %d Go files; the walk does not reach the tree", seen)
	}
}

func hasGoMod(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func check(t *testing.T, rel, file string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	dir := path.Dir(rel)
	top, _, _ := strings.Cut(dir, "/")
	test := strings.HasSuffix(rel, "_test.go")
	for _, spec := range parsed.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Error(err)
			continue
		}
		if !test {
			checkOwn(t, rel, top, target)
			checkCommand(t, rel, dir, target)
		}
		checkThirdParty(t, rel, dir, top, target, test)
	}
}

func checkOwn(t *testing.T, rel, top, target string) {
	t.Helper()
	inner, ours := strings.CutPrefix(target, module+"/")
	if !ours {
		return
	}
	to, _, _ := strings.Cut(inner, "/")
	if to == top || to == "internal" {
		return
	}
	if !slices.Contains(allowed[top], to) {
		t.Errorf("%s imports %s: %s may import only %v and internal", rel, target, top, allowed[top])
	}
}

// checkCommand keeps the packages of the command in their order.
func checkCommand(t *testing.T, rel, dir, target string) {
	t.Helper()
	if target == flags && dir != commandDir {
		t.Errorf("%s imports %s: only %s may", rel, target, commandDir)
	}
	from, ok := commandPackage(dir)
	if !ok {
		return
	}
	at := slices.Index(commandLayers, from)
	if at < 0 {
		t.Errorf("%s: commandLayers does not say where %s belongs", rel, from)
	}
	if to, ok := commandPackage(strings.TrimPrefix(target, module+"/")); ok && to != from && !slices.Contains(commandLayers[:max(at, 0)], to) {
		t.Errorf("%s imports %s, which does not come before it", rel, to)
	}
}

// commandPackage is the name of a package of the command, by its folder.
func commandPackage(dir string) (string, bool) {
	below, ok := strings.CutPrefix(dir, commandDir+"/internal/")
	name, _, _ := strings.Cut(below, "/")
	return name, ok
}

func checkThirdParty(t *testing.T, rel, dir, top, target string, test bool) {
	t.Helper()
	for prefix, home := range onlyIn {
		if target != prefix && !strings.HasPrefix(target, prefix+"/") {
			continue
		}
		if dir != home && !strings.HasPrefix(dir, home+"/") && !test {
			t.Errorf("%s imports %s: only %s may", rel, target, home)
		}
	}
	extra, strict := standardOnly[top]
	first, _, _ := strings.Cut(target, "/")
	if !strict || test || !strings.Contains(first, ".") || strings.HasPrefix(target, module+"/") {
		return
	}
	if !slices.ContainsFunc(extra, func(p string) bool { return strings.HasPrefix(target, p) }) {
		t.Errorf("%s imports %s: %s may use only the standard library and %v", rel, target, top, extra)
	}
}
