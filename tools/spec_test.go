package tools

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
)

var update = flag.Bool("update", false, "rewrite golden files")

// maxListTokens caps what tools/list costs a model's context, at four bytes a
// token. Raise it only for a tool that is worth it. maxNotionTokens and
// maxModelTokens are for the tools that are there only if Notion or a model is
// configured.
const (
	maxListTokens   = 3900
	maxNotionTokens = 2100
	maxModelTokens  = 1300
)

// TestToolList compares every declaration with testdata/tools.json: clients
// and recorded digests depend on them, so that a change has to be seen.
func TestToolList(t *testing.T) {
	type listed struct {
		Name, Title, Description string
		Input, Output            json.RawMessage
		Annotations              Annotations
		Effect                   string
	}
	var list []listed
	sizes := map[string]int{}
	for _, s := range (&Gate{order: all()}).Specs() {
		list = append(list, listed{s.Name, s.Title, s.Description, s.InputSchema, s.OutputSchema, s.Annotations, string(s.Effect)})
		sizes[needOf(s.Name)] += len(s.Name) + len(s.Title) + len(s.Description) + len(s.InputSchema) + len(s.OutputSchema)
	}
	for need, most := range map[string]int{"": maxListTokens, "notion": maxNotionTokens, "model": maxModelTokens} {
		t.Logf("tools/list costs about %d tokens for tools that need %q, at most %d", sizes[need]/4, need, most)
		if sizes[need]/4 > most {
			t.Errorf("tools that need %q cost about %d tokens, of at most %d", need, sizes[need]/4, most)
		}
	}
	got, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "tools.json")
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("tools have changed; if that is meant, run with -update (-want +got):\n%s", diff)
	}
}

// TestToolsAreReadOnly holds the promise that nothing here moves money: what
// is there without Notion only reads, and what writes writes to Notion alone.
func TestToolsAreReadOnly(t *testing.T) {
	for _, tool := range offered(&Config{Log: new(audit.Log)}) {
		if a := tool.spec.Annotations; !a.ReadOnly || a.Destructive || !a.Idempotent || a.OpenWorld || tool.spec.Effect != policy.EffectRead {
			t.Errorf("%s is annotated %+v", tool.spec.Name, a)
		}
	}
	for _, tool := range all() {
		a := tool.spec.Annotations
		if tool.spec.Effect != policy.EffectRead && (tool.needs == nil || tool.target == nil || tool.preview == nil || tool.cost.pages == 0 || !strings.HasPrefix(tool.spec.Name, "notion_")) {
			t.Errorf("%s writes without target, preview or cost", tool.spec.Name)
		}
		if a.ReadOnly != (tool.spec.Effect == policy.EffectRead) || a.Destructive != (tool.spec.Effect == policy.EffectDestructive) {
			t.Errorf("%s has effect %s and is annotated %+v", tool.spec.Name, tool.spec.Effect, a)
		}
	}
}

// needOf names what a tool is not there without, "" if nothing.
func needOf(name string) string {
	named := func(t *tool) bool { return t.spec.Name == name }
	switch {
	case slices.ContainsFunc(offered(&Config{Log: new(audit.Log)}), named):
		return ""
	case strings.HasPrefix(name, "notion_"):
		return "notion"
	}
	return "model"
}
