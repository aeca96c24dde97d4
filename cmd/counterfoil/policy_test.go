package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/tools"
)

// TestDefaultPolicyFitsTools compiles the default policy against the real
// tools, without a warning, and runs its tests.
func TestDefaultPolicyFitsTools(t *testing.T) {
	p, err := policy.Compile(policy.Source{Name: "policy.yaml", Text: policy.Default()}, tools.Schemas())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range p.Check() {
		t.Errorf("%s: %s", w.Rule, w.Problem.String("policy.yaml"))
	}
	rep, err := p.RunTests("policy_test.yaml", policy.DefaultTests())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rep.Cases {
		if c.Failure != "" {
			t.Errorf("%s: %s: %s", c.Section, c.Name, c.Failure)
		}
	}
}

// TestRecipesFitTools compiles every policy of docs/policy.md against the real
// tools.
func TestRecipesFitTools(t *testing.T) {
	n := 0
	for part := range strings.SplitSeq(readDoc(t, "policy.md"), "\n```yaml\n") {
		text, _, _ := strings.Cut(part, "\n```")
		if !strings.HasPrefix(text, "name: ") {
			continue
		}
		n++
		if _, err := policy.Compile(policy.Source{Name: "recipe", Text: []byte(text)}, tools.Schemas()); err != nil {
			t.Error(err)
		}
	}
	if n < 10 {
		t.Errorf("%d policies in docs/policy.md", n)
	}
}

// TestPolicyKnowsEntities keeps the entities that a policy may name the same as
// those that the redactor finds. policy and redact do not import each other.
func TestPolicyKnowsEntities(t *testing.T) {
	want := []string{}
	for _, e := range []redact.Entity{redact.Card, redact.IBAN, redact.Account, redact.Bank, redact.Ref, redact.National,
		redact.Email, redact.Phone, redact.Secret, redact.Opaque, redact.Fake} {
		want = append(want, string(e))
	}
	if got := policy.Entities(); !slices.Equal(got, want) {
		t.Errorf("policy knows %q, redact %q", got, want)
	}
}
