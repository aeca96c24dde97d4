package tools

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
)

var update = flag.Bool("update", false, "rewrite golden files")

// maxListTokens caps what tools/list costs a model's context, at four bytes a
// token. Raise it only for a tool that is worth it. maxNotionTokens is for the
// tools that are there only if Notion is configured.
const (
	maxListTokens   = 3900
	maxNotionTokens = 2100
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
	sizes := map[bool]int{}
	for _, s := range (&Gate{order: all()}).Specs() {
		list = append(list, listed{s.Name, s.Title, s.Description, s.InputSchema, s.OutputSchema, s.Annotations, string(s.Effect)})
		sizes[strings.HasPrefix(s.Name, "notion_")] += len(s.Name) + len(s.Title) + len(s.Description) + len(s.InputSchema) + len(s.OutputSchema)
	}
	t.Logf("tools/list costs about %d tokens, with Notion %d more", sizes[false]/4, sizes[true]/4)
	if sizes[false]/4 > maxListTokens || sizes[true]/4 > maxNotionTokens {
		t.Errorf("tools/list costs about %d tokens, of at most %d, and with Notion %d more, of at most %d", sizes[false]/4, maxListTokens, sizes[true]/4, maxNotionTokens)
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
