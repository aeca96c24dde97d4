package policy

import (
	"fmt"
	"testing"

	"github.com/google/cel-go/common/types"
)

// BenchmarkDecide measures a decision that has to try every rule, against bare
// cel-go evaluating the same conditions in a loop over the same input.
func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{10, 200, MaxRules} {
		p, err := Compile(Source{Name: "p.yaml", Text: manyRules(n)}, toolSchemas())
		if err != nil {
			b.Fatal(err)
		}
		r := request("search_transactions", map[string]any{"limit": int64(100)})
		b.Run(fmt.Sprintf("policy/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if d := p.Decide(r); d.Effect != Allow {
					b.Fatal(d)
				}
			}
		})
		b.Run(fmt.Sprintf("bare/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bareEval(b, p, r)
			}
		})
	}
}

// bareEval evaluates the conditions of all rules with cel-go alone.
func bareEval(t testing.TB, p *Policy, r *Request) {
	a := p.activate(r, p.chains[r.Tool.Name].tool)
	for _, m := range p.matches {
		if m.cond == nil {
			continue
		}
		if v, _, err := m.cond.prg.Eval(a); err != nil || v != types.False {
			t.Fatal(v, err)
		}
	}
	a.release()
}

// BenchmarkDecideDefault measures the default policy, with a row scope.
func BenchmarkDecideDefault(b *testing.B) {
	p := mustCompile(b, string(Default()))
	for _, role := range []string{"reader", "restricted"} {
		b.Run(role, func(b *testing.B) {
			r := request("search_transactions", map[string]any{"limit": int64(100)})
			r.Principal.Roles = []string{"reader", role}
			b.ReportAllocs()
			for b.Loop() {
				if d := p.Decide(r); d.Effect != Allow {
					b.Fatal(d)
				}
			}
		})
	}
}

// BenchmarkCompile measures loading.
func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{10, 200, MaxRules} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := manyRules(n)
			for b.Loop() {
				if _, err := Compile(Source{Name: "p.yaml", Text: text}, toolSchemas()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
