package policy

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/cel-go/common/types"
	"go.yaml.in/yaml/v3"
)

// FuzzCompile gives the compiler any file. It must answer with a policy or a
// CompileError, and a policy must be able to decide and to check itself.
func FuzzCompile(f *testing.F) {
	f.Add(string(Default()))
	f.Add(suitePolicy)
	f.Add("name: x\nafter:\n  variables:\n    - name: a\n      expression: >-\n        1 +\n        1\n  match:\n    - condition: variables.a == 2\n      rule:\n        match:\n          - output: |\n              allow()\n              .max_rows(1)\n")
	f.Add("name: \"x\"\nscopes:\n  s: {description: d, expression: transaction.pending}\nrelease:\n  match: [{output: allow()}]\n")
	f.Add("after:\n  match:\n  - output: \"d\\u00e9ny('é')\"\n")
	f.Add("tools:\n  ? [a]\n  : b\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Compile(Source{Name: "p.yaml", Text: []byte(text)}, toolSchemas())
		if err != nil {
			var ce *CompileError
			if !errors.As(err, &ce) || p != nil {
				t.Fatalf("got %v, %v", p, err)
			}
			return
		}
		r := request("search_transactions", map[string]any{"limit": int64(10)})
		d := p.Decide(r)
		if d.Effect != Allow && d.Effect != Deny && d.Effect != Ask {
			t.Fatalf("decision %+v", d)
		}
		p.Check()
		if e := p.Explain(r); e.Decision.Effect != d.Effect {
			t.Fatalf("explained %+v, decided %+v", e.Decision, d)
		}
	})
}

// FuzzDecide puts any expression in front of an allow and any values behind it.
// The decision may be Allow only if cel-go alone, under the same limits, says
// true.
func FuzzDecide(f *testing.F) {
	f.Add("principal.name == 'ada'", "ada", "reader", "query", int64(5), uint8(0), true)
	f.Add("args.limit.value() / (args.limit.value() - 5) > 0 || true", "eve", "", "", int64(5), uint8(1), true)
	f.Add("args.query.orValue('').matches('^(a+)+$') && 'untrusted' in history.labels", "x", "writer", "aaaa", int64(1), uint8(7), false)
	f.Add("has(target.sharing) ? target.sharing == 'private' : principal.roles.all(r, r != 'x')", "x", "x", "", int64(0), uint8(200), true)
	f.Add("args.account_ids.orValue([]).exists(a, principal.accounts[0] == a)", "x", "x", "", int64(0), uint8(2), true)
	f.Fuzz(func(t *testing.T, expr, name, role, query string, limit int64, labels uint8, given bool) {
		quoted, err := yaml.Marshal(expr)
		if err != nil || !utf8.ValidString(expr) || strings.Contains(string(quoted), "!!") {
			return
		}
		text := "name: x\ntools:\n  search_transactions:\n    match:\n      - condition: " + indent(string(quoted), "          ")[10:] + "        output: allow()\n"
		p, err := Compile(Source{Name: "p.yaml", Text: []byte(text)}, toolSchemas())
		if err != nil {
			return
		}
		r := request("search_transactions", map[string]any{})
		r.Principal.Name, r.Principal.Roles = name, []string{role}
		r.History = History{Rows: limit, Labels: Labels(labels), Window: time.Duration(limit)}
		if given {
			r.Args = map[string]any{"query": query, "limit": limit, "account_ids": []string{name, query}, "from": time.Unix(limit%1e11, 0).UTC()}
		}
		d := p.Decide(r)
		if again := p.Decide(r); !reflect.DeepEqual(d, again) {
			t.Fatalf("two decisions about one request differ: %+v, %+v", d, again)
		}
		if d.Effect == Allow && !bareTrue(p, r) {
			t.Fatalf("%q allows %+v although it is not true", expr, r)
		}
	})
}

// bareTrue evaluates the only condition of a policy with cel-go alone.
func bareTrue(p *Policy, r *Request) bool {
	m := p.matches[0]
	if m.cond == nil {
		return true
	}
	a := p.activate(r, p.chains[r.Tool.Name].tool)
	defer a.release()
	v, _, err := m.cond.prg.Eval(a)
	return err == nil && v == types.True
}

// FuzzRunTests gives the test runner any file.
func FuzzRunTests(f *testing.F) {
	f.Add(string(DefaultTests()))
	f.Add(oneTest("tool: {value: search_transactions}\nargs: {expr: '1'}\nargs.limit: {value: 3}", "{value: [a]}"))
	p := mustCompile(f, suitePolicy)
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := p.RunTests("t.yaml", []byte(text)); err != nil && !errors.Is(err, ErrTests) {
			t.Fatal(err)
		}
	})
}
