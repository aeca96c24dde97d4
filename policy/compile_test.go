package policy

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestCompileRefuses lists what must not load, with the place and the gist of
// the message.
func TestCompileRefuses(t *testing.T) {
	search := func(match string) string {
		return "name: x\ntools:\n  search_transactions:\n    match:\n" + match
	}
	tests := []struct {
		name, text string
		at         string // "line:column", "" where none can be given
		want       string
	}{
		{"empty", "", "", "empty"},
		{"not a mapping", "- a\n", "1:1", "mapping"},
		{"two documents", "name: x\n---\nname: y\n", "2:1", "one YAML document"},
		{"alias", "name: &a x\ndescription: *a\n", "1:7", "anchors"},
		{"duplicate section", "name: x\nafter:\n  match:\n    - output: deny('a')\nafter:\n  match:\n    - output: allow()\n", "5:1", "duplicate key"},
		{"unknown section", "name: x\nrules: {}\n", "2:1", "unknown section"},
		{"top-level rule", "name: x\nrule:\n  match:\n    - output: allow()\n", "1:1", "top level"},
		{"unknown match key", search("      - when: 'true'\n        output: allow()\n"), "5:9", "unknown key \"when\""},
		{"match without output", search("      - condition: 'true'\n"), "5:9", "does not specify"},
		{"int compared with string", search("      - condition: args.limit.orValue(50) > \"10\"\n        output: allow()\n"), "5:43", "no matching overload"},
		{"optional compared unopened", search("      - condition: args.limit > 10\n        output: allow()\n"), "5:31", "no matching overload"},
		{"misspelt argument", search("      - condition: args.limt.orValue(50) > 10\n        output: allow()\n"), "5:24", "undefined field 'limt'"},
		{"misspelt in folded text", search("      - condition: >\n          args.limit.orValue(50) > 10 &&\n          args.limt.orValue(50) > 10\n        output: allow()\n"), "7:15", "undefined field 'limt'"},
		{"misspelt in quoted text", search("      - condition: \"principal.nam == 'a'\"\n        output: allow()\n"), "5:30", "undefined field 'nam'"},
		{"suggestion", search("      - condition: args.limt.orValue(50) > 10\n        output: allow()\n"), "5:24", "undefined field 'limt'; did you mean limit?"},
		{"suggestion of a function", search("      - output: alow()\n"), "5:21", "did you mean allow?"},
		{"nothing alike", search("      - condition: principal.shoe_size > 10\n        output: allow()\n"), "5:29", "; docs/policy.md lists what there is"},
		{"advice on optionals", search("      - condition: args.limit > 10\n        output: allow()\n"), "5:31", ".orValue(DEFAULT)"},
		{"advice on args", "name: x\nafter:\n  match:\n    - condition: args.limit.hasValue()\n      output: allow()\n", "4:18", "seen under tools only"},
		{"advice on equality", search("      - condition: tool.effect = 'read'\n        output: allow()\n"), "5:32", "equality is =="},
		{"amount in a scope", "name: x\nscopes:\n  small: transaction.amount < 5\nafter:\n  match:\n    - output: allow().rows('small')\n", "3:21", "undefined field 'amount'; rules and scopes do not see"},
		{"a colon in an expression", "name: x\nafter:\n  match:\n    - output: deny(\"a: b\")\n", "4", "in quotes"},
		{"a byte order mark", "\ufeffname: x\n", "1:1", "UTF-8 without one"},
		{"a condition that begins with a quote", "name: x\nafter:\n  match:\n    - condition: \"x\" in principal.roles\n      output: allow()\n", "4", "in quotes or after >"},
		{"a condition that begins with !", "name: x\nafter:\n  match:\n    - condition: !(\"x\" in principal.roles)\n      output: allow()\n", "4", "in quotes or after >"},
		{"uneven indentation", "name: x\nafter:\n match:\n    - condition: tool.effect == \"read\"\n     output: allow()\n", "3", "indented more or less"},
		{"a match that is no list", "name: x\nafter:\n  match:\n    output: allow()\n", "4:5", "this has to be a list"},
		{"an empty condition", search("      - condition:\n        output: allow()\n"), "5:19", "this is empty"},
		{"advice on a misspelt variable", search("      - condition: tol.effect == 'read'\n        output: allow()\n"), "5:20", "did you mean tool?"},
		{"advice on a field by itself", search("      - condition: effect == 'read'\n        output: allow()\n"), "5:20", "it is a field: tool.effect"},
		{"advice on a bare word", search("      - condition: tool.effect == read\n        output: allow()\n"), "5:35", "words stand in quotes: \"read\""},
		{"advice on parentheses", search("      - output: allow\n"), "5:17", "it is written allow()"},
		{"advice on a reason", search("      - output: deny()\n"), "5:21", "it is written deny(\"reason\")"},
		{"advice on a list", search("      - condition: principal.roles == 'x'\n        output: allow()\n"), "5:36", "is asked with \"in\""},
		{"advice on a date", search("      - condition: now > '2025-01-01'\n        output: allow()\n"), "5:24", "date(\"2026-01-31\")"},
		{"advice on days", search("      - condition: now - 90 > now\n        output: allow()\n"), "5:24", "days(90)"},
		{"advice on fractions", search("      - condition: history.rows > 10.5\n        output: allow()\n"), "5:33", "whole"},
		{"advice on and", search("      - condition: tool.effect == 'read' and true\n        output: allow()\n"), "5:42", "and is written &&"},
		{"advice on curly quotes", search("      - condition: principal.name == “x”\n        output: allow()\n"), "5:38", "quotes are straight"},
		{"advice on look-alikes", search("      - condition: principal.n\u0430me == 'x'\n        output: allow()\n"), "5:31", "this is U+0430"},
		{"a tab", "name: x\nafter:\n\tmatch: []\n", "3", "not tabs"},
		{"args outside a tool", "name: x\nafter:\n  match:\n    - condition: args.limit.hasValue()\n      output: allow()\n", "4:18", "undeclared reference to 'args'"},
		{"result before the release", "name: x\nafter:\n  match:\n    - condition: result.rows > 1\n      output: allow()\n", "4:18", "undeclared reference to 'result'"},
		{"unknown tool", "name: x\ntools:\n  serch:\n    match:\n      - output: allow()\n", "3:3", "no tool \"serch\""},
		{"optional tool is still parsed", "name: x\ntools:\n  serch:\n    optional: true\n    match:\n      - output: allo()\n", "6:21", "undeclared reference to 'allo'"},
		{"condition is not a bool", search("      - condition: args.limit.orValue(1)\n        output: allow()\n"), "5:20", "a condition is a bool"},
		{"output is a bool", search("      - output: 'true'\n"), "5:18", "an output is allow()"},
		{"mixed outputs", search("      - condition: tool.name == 'x'\n        output: allow()\n      - output: '\"deny\"'\n"), "7:18", "an output is allow()"},
		{"unreachable", search("      - output: allow()\n      - output: deny('x')\n"), "5:9", "never reached"},
		{"not text", search("      - condition: true\n        output: allow()\n"), "5:20", "in quotes"},
		{"variable twice", "name: x\nafter:\n  variables:\n    - name: v\n      expression: '1'\n    - name: v\n      expression: '2'\n  match:\n    - condition: variables.v == 2\n      output: allow()\n", "6:13", "declared twice"},
		{"dyn", search("      - condition: dyn(args.limit) == 'x'\n        output: allow()\n"), "5:23", "dyn() is not allowed"},
		{"unknown effect", search("      - condition: tool.effect == 'wirte'\n        output: allow()\n"), "5:35", "tool.effect is never \"wirte\""},
		{"unknown label", search("      - condition: \"'untrusted_text' in history.labels\"\n        output: allow()\n"), "5:21", "history.labels is never"},
		{"unknown enum of an argument", search("      - condition: args.sort.orValue('date_desc') == 'newest'\n        output: allow()\n"), "5:54", "args.sort is never"},
		{"unknown scope", search("      - output: allow().rows('mine')\n"), "5:17", "no such entry under scopes"},
		{"computed scope", search("      - output: allow().rows(principal.name)\n"), "5:17", "written out"},
		{"computed scope in a variable", "name: x\nafter:\n  variables:\n    - name: o\n      expression: allow().rows(principal.name)\n  match:\n    - output: variables.o\n", "5:19", "written out"},
		{"limit of zero", search("      - output: allow().max_rows(0)\n"), "5:17", "at least 1"},
		{"channel", search("      - output: ask('x').via('email')\n"), "5:17", "via takes"},
		{"drop of nothing", search("      - output: allow().drop([])\n"), "5:17", "written out"},
		{"drop of a field that does not exist", search("      - output: allow().drop(['memmo'])\n"), "5:17", "no result here has a field \"memmo\""},
		{"drop of another tool's field", "name: x\ntools:\n  list_accounts:\n    match:\n      - output: allow().drop(['memo'])\n", "5:17", "no result here"},
		{"mask of a secret", search("      - output: allow().mask(['secret'])\n"), "5:17", "cannot be masked"},
		{"unknown finding", "name: x\nrelease:\n  match:\n    - condition: result.findings[?'ibn'].orValue(0) > 1\n      output: allow()\n", "4:35", "result.findings is never \"ibn\""},
		{"unknown finding in a membership", "name: x\nrelease:\n  match:\n    - condition: \"'ibn' in result.findings\"\n      output: allow()\n", "4:19", "result.findings is never \"ibn\""},
		{"release with rows", "name: x\nrelease:\n  match:\n    - output: allow().max_rows(5)\n", "4:15", "no effect once the tool has run"},
		{"variable holds a struct", "name: x\nafter:\n  variables:\n    - name: p\n      expression: principal\n  match:\n    - output: allow()\n", "5:19", "name the field"},
		{"rule without match", "name: x\nafter:\n  description: hm\n", "", "at least one match"},
		{"bad duration", search("      - condition: now > now - duration('90d')\n        output: allow()\n"), "5:41", "invalid duration"},
		{"bad regular expression", search("      - condition: principal.name.matches('(')\n        output: allow()\n"), "5:43", "not a regular expression"},
		{"computed regular expression", search("      - condition: principal.name.matches(args.query.orValue('.'))\n        output: allow()\n"), "5:61", "written out"},
		{"huge regular expression", search("      - condition: principal.name.matches('(a{1000}){1,1}(b{1000})(c{1000})')\n        output: allow()\n"), "5:43", "too large"},
		{"deep nesting", search("      - condition: " + strings.Repeat("(", 150) + "true" + strings.Repeat(")", 150) + "\n        output: allow()\n"), "", "recursion"},
		{"large file", "name: " + strings.Repeat("x", MaxSource), "", "larger than"},
		{"long expression", search("      - condition: \"'" + strings.Repeat("x", maxExpression) + "' == ''\"\n        output: allow()\n"), "", "exceeds limit"},
		{"loops in loops in loops", search("      - condition: principal.roles.all(a, principal.roles.all(b, principal.roles.all(c, a == b + c)))\n        output: allow()\n"), "5:85", "nesting limit"},
		{"variables that double", doubling(90), "", "more than 1000000"},
		{"too many variables", doubling(maxVariables + 1), "204:13", "expression limit"},
		{"carriage returns only", "name: x\rafter: {}\r", "1:1", "control character"},
		{"imports", "name: x\nimports:\n  - name: a.b\nafter:\n  match:\n    - output: allow()\n", "1:1", "imports"},
		{"tag", "name: !!str x\n", "1:7", "tags are not allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Compile(Source{Name: "p.yaml", Text: []byte(tt.text)}, toolSchemas())
			if p != nil || !errors.Is(err, ErrCompile) {
				t.Fatalf("got %v, %v; want a compile error", p, err)
			}
			want := "p.yaml: "
			if tt.at != "" {
				want = "p.yaml:" + tt.at + ": "
			}
			if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s…%s", err, want, tt.want)
			}
		})
	}
}

// TestCompileCountsRules pins the largest policy.
func TestCompileCountsRules(t *testing.T) {
	if _, err := Compile(Source{Name: "p.yaml", Text: manyRules(MaxRules)}, toolSchemas()); err != nil {
		t.Errorf("%d rules: %v", MaxRules, err)
	}
	_, err := Compile(Source{Name: "p.yaml", Text: manyRules(MaxRules + 1)}, toolSchemas())
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("at most %d", MaxRules)) {
		t.Errorf("%d rules: got %v, want a refusal", MaxRules+1, err)
	}
}

// manyRules is a policy of n rules for one tool, of which none matches but the
// last.
func manyRules(n int) []byte {
	var b strings.Builder
	b.WriteString("name: many\ntools:\n  search_transactions:\n    match:\n")
	for i := range n - 1 {
		fmt.Fprintf(&b, "      - condition: \"'role%d' in principal.roles && args.limit.orValue(50) > %d\"\n", i, i)
		fmt.Fprintf(&b, "        output: deny('rule %d')\n", i)
	}
	b.WriteString("      - output: allow().max_rows(100)\n")
	return []byte(b.String())
}

// doubling is a policy whose last variable is 2^n copies of a name.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString("name: x\nafter:\n  variables:\n    - name: v0\n      expression: principal.name + 'a'\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "    - name: v%d\n      expression: variables.v%d + variables.v%d\n", i, i-1, i-1)
	}
	fmt.Fprintf(&b, "  match:\n    - condition: variables.v%d == 'a'\n      output: allow()\n", n-1)
	return b.String()
}
