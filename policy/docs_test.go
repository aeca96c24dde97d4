package policy

import (
	"os"
	"strings"
	"testing"
)

// blocks returns the fenced YAML blocks of a Markdown text.
func blocks(text string) (out []string) {
	for {
		_, rest, ok := strings.Cut(text, "\n```yaml\n")
		if !ok {
			return out
		}
		block, after, _ := strings.Cut(rest, "\n```")
		out, text = append(out, block+"\n"), after
	}
}

// TestRecipes extracts the recipes of docs/policy.md: each compiles without a
// warning, and its tests pass and reach every rule.
func TestRecipes(t *testing.T) {
	text, err := os.ReadFile("../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(text), "\n### ")
	if len(parts) != 11 {
		t.Fatalf("%d recipes, want 10", len(parts)-1)
	}
	for _, part := range parts[1:] {
		title, _, _ := strings.Cut(part, "\n")
		t.Run(title, func(t *testing.T) {
			yaml := blocks(part)
			if len(yaml) != 2 {
				t.Fatalf("%d blocks, want a policy and its tests", len(yaml))
			}
			p := mustCompile(t, yaml[0])
			for _, w := range p.Check() {
				if !strings.Contains(w.Message, "no rule mentions the tool notion_") {
					t.Errorf("warning: %s: %s", w.Rule, w.Message)
				}
			}
			for _, c := range runTests(t, p, yaml[1]).Coverage {
				if c.Tests == 0 {
					t.Errorf("no test reaches %s", c.Rule)
				}
			}
		})
	}
	if _, err := Compile(Source{Name: "example", Text: []byte(blocks(parts[0])[0])}, toolSchemas()); err != nil {
		t.Errorf("the first example: %v", err)
	}
}
