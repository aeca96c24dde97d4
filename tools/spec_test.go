package tools

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// maxListTokens caps what tools/list costs a model's context, at four bytes a
// token. Raise it only for a tool that is worth it. maxModelTokens is for the
// tools that are there only if a model is configured.
const (
	maxListTokens  = 3900
	maxModelTokens = 1300
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
	base, model := 0, 0
	for _, s := range (&Gate{order: all()}).Specs() {
		list = append(list, listed{s.Name, s.Title, s.Description, s.InputSchema, s.OutputSchema, s.Annotations, string(s.Effect)})
		size := len(s.Name) + len(s.Title) + len(s.Description) + len(s.InputSchema) + len(s.OutputSchema)
		if needsOnlyModel(s.Name) {
			model += size
		} else {
			base += size
		}
	}
	t.Logf("tools/list costs about %d tokens, with a model %d more", base/4, model/4)
	if base/4 > maxListTokens || model/4 > maxModelTokens {
		t.Errorf("tools/list costs about %d tokens, of at most %d, and with a model %d more, of at most %d", base/4, maxListTokens, model/4, maxModelTokens)
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

// TestToolsAreReadOnly holds the promise that nothing here moves money: every
// tool that exists only reads.
func TestToolsAreReadOnly(t *testing.T) {
	for _, tool := range all() {
		if a := tool.spec.Annotations; !a.ReadOnly || a.Destructive || !a.Idempotent || a.OpenWorld {
			t.Errorf("%s is annotated %+v", tool.spec.Name, a)
		}
	}
}

// needsOnlyModel reports whether a tool is there with a model and not without.
func needsOnlyModel(name string) bool {
	named := func(t *tool) bool { return t.spec.Name == name }
	return !slices.ContainsFunc(offered(&Config{}), named) && slices.ContainsFunc(offered(&Config{Model: &fakeModel{}}), named)
}
