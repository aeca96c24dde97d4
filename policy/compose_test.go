package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/ext"
	celpolicy "github.com/google/cel-go/policy"
)

// TestFirstMatchIsCelGos generates rules, nested and with variables, and
// compares every decision with cel-go's own composition of the same rules,
// which is what the format means. cel-go composes too slowly to be used itself.
// There is one difference, on purpose: a rule with a condition that was entered
// and gave nothing is a deny here, while cel-go may go on behind the rule around
// it, past matches that were not tried.
func TestFirstMatchIsCelGos(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	seen := make(map[Effect]int)
	stricter := 0
	for range 120 {
		body := randomRule(rnd, 2, 0)
		p, err := Compile(Source{Name: "p.yaml", Text: []byte("name: x\nafter:\n" + indent(body, "  "))}, toolSchemas())
		env, composed, iss := compose(t, body)
		if (err != nil) != (iss.Err() != nil) {
			t.Fatalf("we say %v, cel-go %v:\n%s", err, iss.Err(), body)
		}
		if err != nil {
			continue
		}
		prg, err := env.Program(composed)
		if err != nil {
			t.Fatal(err)
		}
		for range 25 {
			r := request("search_transactions", nil)
			r.Principal.Name = pick(rnd, "a", "b", "c")
			r.History.Rows = int64(rnd.IntN(4))
			got, want := p.Decide(r), composedDecision(p, prg, r)
			if got.Reason == reasonNoMatch && got.Rule != ruleDefault {
				stricter++ // entered a nested rule that gave nothing
				continue
			}
			seen[want.Effect]++
			if got.Effect != want.Effect || got.Reason != want.Reason || got.Limits != want.Limits {
				t.Fatalf("%s rows %d: got %+v, cel-go %+v:\n%s", r.Principal.Name, r.History.Rows, got, want, body)
			}
		}
	}
	if seen[Allow]+seen[Deny]+seen[Ask] < 10*stricter {
		t.Errorf("%d decisions could not be compared", stricter)
	}
	for _, e := range []Effect{Allow, Deny, Ask} {
		if seen[e] < 50 {
			t.Errorf("only %d decisions are %s; the generator tests too little", seen[e], e)
		}
	}
}

func compose(t *testing.T, body string) (*cel.Env, *cel.Ast, *cel.Issues) {
	t.Helper()
	prov, err := newProvider(nil)
	if err != nil {
		t.Fatal(err)
	}
	envs, err := newEnvironments(prov)
	if err != nil {
		t.Fatal(err)
	}
	env, err := envs.call.Extend(ext.Bindings())
	if err != nil {
		t.Fatal(err)
	}
	parser, err := celpolicy.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	pol, iss := parser.Parse(celpolicy.StringSource("name: x\nrule:\n"+indent(body, "  "), "p.yaml"))
	if iss.Err() != nil {
		t.Fatal(iss.Err())
	}
	ast, iss := celpolicy.Compile(env, pol)
	return env, ast, iss
}

// composedDecision evaluates the composition; no value and an error are denies.
func composedDecision(p *Policy, prg cel.Program, r *Request) Decision {
	a := p.activate(r, p.chains[r.Tool.Name].tool)
	defer a.release()
	v, _, err := prg.Eval(a)
	if err != nil {
		return denied("", reasonFailed)
	}
	if opt, ok := v.(*types.Optional); ok {
		if !opt.HasValue() {
			return denied("", reasonNoMatch)
		}
		v = opt.GetValue()
	}
	return v.(*outcome).decision("")
}

func randomRule(rnd *rand.Rand, depth, level int) string {
	var b strings.Builder
	vars := rnd.IntN(3)
	if vars > 0 {
		b.WriteString("variables:\n")
		for i := range vars {
			fmt.Fprintf(&b, "  - name: v%d\n    expression: %s\n", i, pick(rnd, "history.rows + "+fmt.Sprint(level), "history.rows * 2", "2 / history.rows"))
		}
	}
	b.WriteString("match:\n")
	n := 1 + rnd.IntN(4)
	for i := range n {
		cond := pick(rnd, "principal.name == 'a'", "principal.name != 'b'", "history.rows > 1", "history.rows < 3 && principal.name == 'c'", "10 / history.rows > 4", "'x' in principal.roles || history.rows == 2")
		if vars > 0 && rnd.IntN(2) == 0 {
			cond = pick(rnd, "variables.v0 > 1", "variables.v0 == 2 || principal.name == 'a'")
		}
		conditional := i < n-1 || rnd.IntN(2) == 0
		nested := depth > 0 && rnd.IntN(3) == 0
		lead := "  - "
		if conditional && !(nested && rnd.IntN(3) == 0) {
			b.WriteString(lead + "condition: " + strings.ReplaceAll("\""+cond+"\"", "\n", "") + "\n")
			lead = "    "
		} else if !nested && i < n-1 {
			b.WriteString(lead + "condition: \"" + cond + "\"\n")
			lead = "    "
		}
		if nested {
			b.WriteString(lead + "rule:\n" + indent(randomRule(rnd, depth-1, level+1), "      "))
			continue
		}
		fmt.Fprintf(&b, "%soutput: %s\n", lead, pick(rnd, "allow()", "allow().max_rows(history.rows)", "deny('"+fmt.Sprint(rnd.IntN(9))+"')", "ask('q').max_bytes(7)", "deny(string(2 / history.rows))"))
	}
	return b.String()
}
