package policy

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const suitePolicy = `
name: x
scopes:
  gbp: transaction.currency == "GBP"
tools:
  search_transactions:
    match:
      - condition: args.limit.orValue(5) > 10 && args.from.orValue(now) >= date("2026-01-01")
        output: allow().rows("gbp").max_rows(10).drop(["memo"]).mask(["iban"])
      - condition: history.window == duration("1h")
        output: ask("sure?")
after:
  match:
    - output: deny("no")
`

func oneTest(input, output string) string {
	return "section:\n  - name: s\n    tests:\n      - name: t\n        input:\n" + indent(input, "          ") + "        output: " + output + "\n"
}

// TestSuiteSaysWhere: what is wrong with a file of tests is told with its line
// and without the names of this program's types; one without a test is an error.
func TestSuiteSaysWhere(t *testing.T) {
	p := mustCompile(t, string(Default()))
	one := func(input, output string) string {
		return "section:\n  - name: s\n    tests:\n      - name: t\n        input: " + input + "\n" + output
	}
	const allowed = "        output: {value: allow}\n"
	for _, tt := range []struct {
		text, want string
		line       int
	}{
		{one("{tol: {value: list_accounts}}", allowed), "field tol not found; did you mean tool?", 6},
		{one("{tool: {value: list_accounts}, now: {value: yesterday}}", allowed), `"yesterday" is no time; one is written 2026`, 6},
		{one("{tool: {value: list_accounts}, principal.roles: {value: reader}}", allowed), "reader stands where a list belongs", 6},
		{one("{tool: {value: list_accounts}, history.rows: {value: many}}", allowed), "many stands where a whole number belongs", 6},
		{one("{tool: {value: list_accounts}}", "        output: {value: {effect: [allow]}}\n"), "a list stands where a text belongs", 6},
		{one("{tool: {value: list_accounts}}", ""), "want value or expr", 5},
	} {
		rep, err := p.RunTests("t.yaml", []byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.want, err)
			continue
		}
		if c := rep.Cases[0]; !strings.Contains(c.Failure, tt.want) || strings.Contains(c.Failure, "yaml") || c.Line != tt.line {
			t.Errorf("line %d: %q, want line %d: %q", c.Line, c.Failure, tt.line, tt.want)
		}
	}
	for text, want := range map[string]string{
		"section:\n  - name: x\n    tests: []\n": "t.yaml has no test",
		"tests:\n  - name: x\n":                  "t.yaml: line 1: field tests not found",
	} {
		if _, err := p.RunTests("t.yaml", []byte(text)); !errors.Is(err, ErrTests) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestSuiteCompares runs tests that have to pass and tests that have to fail.
func TestSuiteCompares(t *testing.T) {
	p := mustCompile(t, suitePolicy)
	const search = "tool: {value: search_transactions}\n"
	const allowed = search + "args: {value: {limit: 20}}\n"
	for _, tt := range []struct {
		name, input, output string
		failure             string // "" if the test has to pass
	}{
		{"effect", allowed, "{value: allow}", ""},
		{"wrong effect", allowed, "{value: deny}", "effect is allow, want deny"},
		{"whole outcome", allowed, `{expr: 'allow().rows("gbp").max_rows(10).drop(["memo"]).mask(["iban"])'}`, ""},
		{"outcome without the scope", allowed, `{expr: 'allow().max_rows(10).drop(["memo"]).mask(["iban"])'}`, "want allow()"},
		{"outcome with another limit", allowed, `{expr: 'allow().rows("gbp").max_rows(11).drop(["memo"]).mask(["iban"])'}`, "want allow()"},
		{"details", allowed, "{value: {effect: allow, rule: tools/search_transactions/1, max_rows: 10, max_bytes: 0, drop: [memo], mask: [iban], scoped: true}}", ""},
		{"wrong details", allowed, "{value: {effect: allow, rule: after/1, drop: []}}", "rule is tools/search_transactions/1, want after/1; drop is"},
		{"dates as YAML", allowed + "args.from: {value: 2026-01-01}\n", "{value: allow}", ""},
		{"dates as text", allowed + "args.from: {value: '2025-12-31'}\n", "{value: deny}", ""},
		{"dates as expressions", allowed + "args.from: {expr: 'date(\"2025-12-31\")'}\n", "{value: deny}", ""},
		{"now", allowed + "now: {value: 2020-01-01T00:00:00Z}\n", "{value: deny}", ""},
		{"durations", search + "history.window: {value: 1h}\n", "{value: {effect: ask, reason: 'sure?', channel: operator}}", ""},
		{"durations as expressions", search + "history.window: {expr: 'duration(\"1h\")'}\n", "{value: ask}", ""},
		{"unknown tool", "tool: {value: rm}\n", "{value: deny}", "no tool \"rm\""},
		{"unknown argument", search + "args.limt: {value: 3}\n", "{value: deny}", "no argument \"limt\""},
		{"wrong type", search + "args.limit: {value: many}\n", "{value: deny}", "wrong type"},
		{"unknown field", search + "principal.role: {value: a}\n", "{value: deny}", "role not found"},
		{"unknown variable", search + "user: {value: a}\n", "{value: deny}", "user not found"},
		{"unknown label", search + "history.labels: {value: [tainted]}\n", "{value: deny}", "not a label"},
		{"unknown effect", search, "{value: refuse}", "one of allow, deny, ask"},
		{"unknown output", search, "{value: {effekt: deny}}", "effekt not found"},
		{"broken expression", search, "{expr: deni('x')}", "undeclared reference"},
	} {
		rep, err := p.RunTests("t.yaml", []byte(oneTest(tt.input, tt.output)))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got := rep.Cases[0].Failure
		if (got == "") != (tt.failure == "") || !strings.Contains(got, tt.failure) || rep.Passed() != (tt.failure == "") {
			t.Errorf("%s: got failure %q, want %q", tt.name, got, tt.failure)
		}
	}
}

// TestSuiteRefuses lists files that are no tests.
func TestSuiteRefuses(t *testing.T) {
	p := mustCompile(t, suitePolicy)
	for name, text := range map[string]string{
		"empty":             "",
		"unknown key":       "sections: []\n",
		"value and expr":    oneTest("tool: {value: a, expr: b}", "{value: deny}"),
		"neither":           oneTest("tool: search_transactions", "{value: deny}"),
		"unknown output":    oneTest("tool: {value: a}", "{error_set: [x]}"),
		"duplicate section": "section: []\nsection: []\n",
	} {
		if _, err := p.RunTests("t.yaml", []byte(text)); !errors.Is(err, ErrTests) {
			t.Errorf("%s: got %v, want ErrTests", name, err)
		}
	}
}

// TestArgs pins how arguments are read from JSON.
func TestArgs(t *testing.T) {
	schema := ToolSchema{Tool: Tool{Name: "t"}, Input: []byte(`{"properties":{"n":{"type":"integer","default":7},"s":{"type":"string","default":"x"},
		"d":{"type":"string","format":"date"},"l":{"type":"array","items":{"type":"string"}},"i":{"type":"array","items":{"type":"integer"}},"b":{"type":"boolean"}}}`)}
	p, err := Compile(Source{Name: "p", Text: []byte("name: x\n")}, []ToolSchema{schema})
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Args("t", []byte(`{"s":"y","d":"2026-01-02","l":["a"],"i":[1,2],"b":false}`))
	want := map[string]any{"n": int64(7), "s": "y", "d": day("2026-01-02"), "l": []string{"a"}, "i": []int64{1, 2}, "b": false}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	for _, bad := range []string{`[]`, `{"n":1.5}`, `{"n":"1"}`, `{"d":"yesterday"}`, `{"l":[1]}`, `{"i":["a"]}`, `{"b":1}`, `{"z":1}`, `{"n":9007199254740993000}`, `{`} {
		if got, err := p.Args("t", []byte(bad)); err == nil {
			t.Errorf("%s: got %v, want an error", bad, got)
		}
	}
	if _, err := p.Args("u", nil); err == nil {
		t.Error("arguments of an unknown tool")
	}
}

// TestCoverage counts the rules that tests reach.
func TestCoverage(t *testing.T) {
	p := mustCompile(t, suitePolicy)
	rep := runTests(t, p, oneTest("tool: {value: search_transactions}\nargs.limit: {value: 20}", "{value: allow}"))
	if covered, rules := rep.Covered(); covered != 1 || rules != 3 {
		t.Errorf("got %d of %d rules, want 1 of 3", covered, rules)
	}
}

// TestExplain pins what a person is shown.
func TestExplain(t *testing.T) {
	p := mustCompile(t, `
name: x
tools:
  search_transactions:
    variables:
      - name: big
        expression: args.limit.orValue(50) > 100
    match:
      - condition: variables.big && target.sharing == "public"
        output: deny("never")
      - condition: >
          !variables.big
          && principal.name == "ada"
        explanation: '"asked for by " + principal.name'
        output: allow().max_rows(100).drop(["memo", "merchant"])
      - condition: variables.big
        rule:
          match:
            - output: ask("sure?")
after:
  match:
    - output: deny("no")
`)
	e := p.Explain(request("search_transactions", nil))
	var got []string
	for _, s := range e.Steps {
		line := s.Rule + " " + s.Variable + "|" + s.Expression + "|" + s.Value + "|" + s.Outcome + "|" + s.Explanation
		if s.Decided {
			line += " *"
		}
		got = append(got, line)
	}
	want := []string{
		`tools/search_transactions big|args.limit.orValue(50) > 100|false||`,
		`tools/search_transactions/1 |variables.big && target.sharing == "public"|false||`,
		`tools/search_transactions/2 |!variables.big && principal.name == "ada"|true|allow().max_rows(100).drop(["memo", "merchant"])|asked for by ada *`,
		`tools/search_transactions/3 |variables.big|false||`,
		`tools/search_transactions/3/1 ||true|ask("sure?").via("operator")|`,
		`after/1 ||true|deny("no")|`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if e.Decision.Effect != Allow || e.Decision.Rule != "tools/search_transactions/2" {
		t.Errorf("decision %+v", e.Decision)
	}
	e = p.Explain(request("search_transactions", map[string]any{"limit": int64(150)}))
	if s := e.Steps[1]; !strings.HasPrefix(s.Value, "error: ") || !s.Decided || e.Decision.Effect != Deny {
		t.Errorf("a failing rule is not shown: %+v", s)
	}
}
