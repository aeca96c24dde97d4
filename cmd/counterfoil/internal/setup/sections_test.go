package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
)

// TestSections: a section takes the place of the one that a new config has, whichever
// it is, and every other one keeps its lines and its meaning.
func TestSections(t *testing.T) {
	text := config.Default("log.example/1")
	var before map[string]any
	if err := yaml.Unmarshal([]byte(text), &before); err != nil {
		t.Fatal(err)
	}
	keys, err := sectionsOf([]byte(text))
	if err != nil || len(keys) != len(before) {
		t.Fatalf("%d of %d sections, %v", len(keys), len(before), err)
	}
	path := filepath.Join(t.TempDir(), "with.yaml")
	for _, key := range append(keys, "brand_new") {
		if err := os.WriteFile(path, []byte(key+": replaced\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := withSections([]byte(text), path)
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		var after map[string]any
		if err := yaml.Unmarshal(got, &after); err != nil {
			t.Fatalf("%s: %v in %s", key, err, got)
		}
		if after[key] != "replaced" {
			t.Errorf("%s is %v", key, after[key])
		}
		for _, other := range keys {
			was, _ := yaml.Marshal(before[other])
			is, _ := yaml.Marshal(after[other])
			if other != key && string(was) != string(is) {
				t.Errorf("with %s, %s is %s, not %s", key, other, is, was)
			}
		}
		for line := range strings.Lines(string(got)) {
			if line != key+": replaced\n" && !strings.Contains(text, line) {
				t.Errorf("with %s there is a line %q", key, line)
			}
		}
	}
	if got, err := withSections([]byte(text), ""); err != nil || string(got) != text {
		t.Errorf("without a file: %v", err)
	}
}
