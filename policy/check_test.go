package policy

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestCheck pins each warning and, with every policy, that nothing else is
// said.
func TestCheck(t *testing.T) {
	const tail = "after:\n  match:\n    - output: allow().max_rows(10)\n"
	inSearch := func(rules string) string {
		return "name: x\ntools:\n  search_transactions:\n" + indent(rules, "    ") + tail
	}
	tests := []struct {
		name, text string
		want       []string // "rule: gist"
	}{
		{"nothing", "name: x\n" + tail, nil},
		{"contradiction", inSearch("match:\n  - condition: principal.name == 'a' && principal.name == 'b'\n    output: deny('x')"), []string{"tools/search_transactions/1: never match"}},
		{"negation", inSearch("match:\n  - condition: \"'x' in principal.roles && !('x' in principal.roles)\"\n    output: deny('x')"), []string{"tools/search_transactions/1: never match"}},
		{"literal", inSearch("match:\n  - condition: 'false'\n    output: deny('x')"), []string{"tools/search_transactions/1: never match"}},
		{"numbers", inSearch("match:\n  - condition: history.rows > 10 && history.rows < 11\n    output: deny('x')"), []string{"tools/search_transactions/1: never match"}},
		{"set", inSearch("match:\n  - condition: principal.name in ['a', 'b'] && principal.name == 'c'\n    output: deny('x')"), []string{"tools/search_transactions/1: never match"}},
		{"beyond the schema", inSearch("match:\n  - condition: args.limit.orValue(50) > 200\n    output: deny('x')"), []string{"tools/search_transactions/1: never match"}},
		{"within the schema", inSearch("match:\n  - condition: args.limit.orValue(50) > 199\n    output: deny('x')"), nil},
		{"another tool's effect", inSearch("match:\n  - condition: tool.effect == 'write'\n    output: deny('x')"), []string{"tools/search_transactions/1: never match"}},
		{"one way is enough", inSearch("match:\n  - condition: tool.effect == 'write' || principal.name == 'x'\n    output: deny('x')"), nil},
		{"nested against its parent", inSearch("match:\n  - condition: principal.name == 'a'\n    rule:\n      match:\n        - condition: principal.name != 'a'\n          output: deny('x')\n        - output: deny('y')"), []string{"tools/search_transactions/1/1: never match"}},
		{"a shadowing variable is another", inSearch("variables:\n  - name: v\n    expression: history.rows\nmatch:\n  - condition: variables.v == 1\n    rule:\n      variables:\n        - name: v\n          expression: history.accounts\n      match:\n        - condition: variables.v == 2\n          output: deny('x')\n        - output: deny('y')"), nil},
		{"repeated", inSearch("match:\n  - condition: principal.name == 'a'\n    output: deny('x')\n  - condition: history.rows > 5 && \"a\" == principal.name\n    output: deny('y')"), []string{"tools/search_transactions/2: already matches tools/search_transactions/1"}},
		{"narrower number", inSearch("match:\n  - condition: history.rows > 5\n    output: deny('x')\n  - condition: history.rows >= 10\n    output: deny('y')"), []string{"tools/search_transactions/2: already matches tools/search_transactions/1"}},
		{"wider number", inSearch("match:\n  - condition: history.rows > 10\n    output: deny('x')\n  - condition: history.rows > 5\n    output: deny('y')"), nil},
		{"disjunction", inSearch("match:\n  - condition: history.rows > 5 || principal.name == 'a'\n    output: deny('x')\n  - condition: principal.name == 'a'\n    output: deny('y')"), []string{"tools/search_transactions/2: already matches tools/search_transactions/1"}},
		{"open nested rule hides nothing", inSearch("match:\n  - rule:\n      match:\n        - condition: principal.name == 'b'\n          output: deny('x')\n  - condition: principal.name == 'a'\n    output: deny('y')"), nil},
		{"nested rule without an end", inSearch("match:\n  - condition: principal.name == 'a'\n    rule:\n      match:\n        - condition: history.rows > 1\n          output: deny('x')"), []string{"tools/search_transactions/1: denied; end it"}},
		{"allow without a bound", "name: x\nafter:\n  match:\n    - output: allow()\n", []string{"after/1: without a bound"}},
		{"computed allow without a bound", "name: x\nafter:\n  match:\n    - output: \"history.rows > 5 ? deny('x') : allow()\"\n", []string{"after/1: without a bound"}},
		{"allow with a scope", "name: x\nscopes:\n  s: transaction.pending\nafter:\n  match:\n    - output: allow().rows('s')\n", nil},
		{"before decides", "name: x\nbefore:\n  match:\n    - output: deny('x')\n" + tail, []string{"before/1: nothing under tools and after"}},
		{"release without an end", "name: x\nrelease:\n  match:\n    - condition: result.rows < 10\n      output: allow()\n" + tail, []string{"release/1: not released"}},
		{"cost", inSearch("match:\n  - condition: args.account_ids.orValue([]).exists(a, a.contains(a))\n    output: deny('x')"), []string{"tools/search_transactions/1: no bound on the cost"}},
		{"always false", inSearch("match:\n  - condition: 1 == 2\n    output: deny('x')"), []string{"tools/search_transactions/1: always false"}},
		{"always fails", inSearch("match:\n  - condition: history.rows / (1 - 1) > 2\n    output: deny('x')\n  - condition: now > date('2026-02-31')\n    output: deny('y')"), []string{"tools/search_transactions/2: always fails (date() takes YYYY-MM-DD)"}},
		{"fails by itself", inSearch("match:\n  - condition: 1 / 0 == 1\n    output: deny('x')\n  - condition: 9223372036854775807 + 1 > history.rows\n    output: deny('y')"), []string{"tools/search_transactions/1: always fails (division by zero)", "tools/search_transactions/2: always fails (integer overflow)"}},
		{"output that may fail", "name: x\nafter:\n  match:\n    - output: \"allow().max_rows(history.rows > 1 ? 5 / 0 : 5)\"\n", []string{"after/1: always fails"}},
		{"variables that fail", inSearch("variables:\n  - name: v\n    expression: days(1000000)\nmatch:\n  - condition: now > now + variables.v\n    rule:\n      variables:\n        - name: w\n          expression: \"'x'.matches('x') ? 1 % 0 : 2\"\n      match:\n        - condition: variables.w == 2\n          output: deny('x')\n        - output: deny('y')"), []string{"tools/search_transactions: always fails (days() takes", "tools/search_transactions/1: always fails (modulus by zero)"}},
		{"scope that fails", "name: x\nscopes:\n  s: transaction.date > now - days(90 / 0)\nafter:\n  match:\n    - output: allow().rows('s')\n", []string{"scopes/s: always fails"}},
		{"a look-alike", inSearch("match:\n  - condition: principal.name == '\u0430dmin'\n    output: deny('x')"), []string{"tools/search_transactions/1: two alphabets in one word: '\u0430' is U+0430"}},
		{"an invisible character", inSearch("match:\n  - condition: \"'ad\u200bmin' in principal.roles\"\n    output: deny('x')"), []string{"tools/search_transactions/1: holds U+200B"}},
		{"a space at the end", inSearch("match:\n  - condition: \"'reader ' in principal.roles\"\n    output: deny('x')"), []string{"tools/search_transactions/1: begins or ends with a space"}},
		{"a look-alike in a scope", "name: x\nscopes:\n  s: transaction.category == 'S\u0430lary'\nafter:\n  match:\n    - output: allow().rows('s')\n", []string{"scopes/s: two alphabets"}},
		{"other alphabets are fine", inSearch("match:\n  - condition: principal.name in ['\u0430\u0434\u043c\u0438\u043d', 'Caf\u00e9 \u0391\u03b8\u03ae\u03bd\u03b1', 'a b']\n    output: deny('x')"), nil},
		{"a target unasked for", "name: x\nbefore:\n  match:\n    - condition: target.sharing != 'private'\n      output: deny('x')\n" + tail, []string{"before/1: without a target"}},
		{"a target asked for", "name: x\nbefore:\n  match:\n    - condition: has(target.sharing) && target.sharing != 'private'\n      output: deny('x')\n" + tail, nil},
		{"a long reason", inSearch("match:\n  - condition: history.rows > 5\n    output: deny('" + strings.Repeat("z", 301) + "')"), []string{"tools/search_transactions/1: cut off after 300"}},
		{"constants that are fine", "name: x\nscopes:\n  s: transaction.date > now - duration('24h')\nafter:\n  match:\n    - condition: now > date('2026-01-31') && 1 + 1 == 2\n      output: allow().rows('s')\n", nil},
		{"tools nothing can allow", "name: x\nafter:\n  match:\n    - condition: tool.effect == 'read'\n      output: allow().max_rows(1)\n    - condition: tool.name == 'notion_undo'\n      output: deny('never')\n",
			[]string{": no rule mentions the tool notion_create_page", ": no rule mentions the tool notion_upsert_report"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := mustCompile(t, tt.text)
			got := p.Check()
			ok := slices.EqualFunc(got, tt.want, func(w Warning, want string) bool {
				rule, gist, _ := strings.Cut(want, ": ")
				return w.Rule == rule && strings.Contains(w.Message, gist) && (rule == "" || w.Line > 0)
			})
			if !ok {
				t.Errorf("got %v\nwant %q", got, tt.want)
			}
		})
	}
}

// TestDefaultHasNoWarnings keeps the default policy clean.
func TestDefaultHasNoWarnings(t *testing.T) {
	for _, w := range mustCompile(t, string(Default())).Check() {
		t.Errorf("%+v", w)
	}
}

// TestWarningsAreCertain generates rules, and checks that none which a warning
// calls impossible ever decides.
func TestWarningsAreCertain(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	atoms := []string{"principal.name == 'a'", "principal.name != 'a'", "principal.name in ['a', 'b']", "!(principal.name in ['b', 'c'])",
		"history.rows > 1", "history.rows <= 1", "!(history.rows >= 3)", "2 < history.rows", "history.rows == 2", "history.rows != 2",
		"'x' in principal.roles", "!('x' in principal.roles)", "args.limit.orValue(5) > 3", "args.limit.orValue(300) < 250", "tool.effect == 'read'", "tool.name != 'list_accounts'", "true", "false"}
	condition := func() string {
		s := pick(rnd, atoms...)
		for range rnd.IntN(3) {
			s = "(" + s + pick(rnd, " && ", " || ") + pick(rnd, atoms...) + ")"
		}
		return s
	}
	impossible := 0
	for range 150 {
		text := "name: x\ntools:\n  search_transactions:\n    match:\n"
		for i := range 5 {
			text += "      - condition: \"" + condition() + "\"\n"
			if i%2 == 0 {
				text += "        output: deny('x')\n"
				continue
			}
			text += "        rule:\n          match:\n            - condition: \"" + condition() + "\"\n              output: deny('y')\n            - output: deny('z')\n"
		}
		p, err := Compile(Source{Name: "p.yaml", Text: []byte(text)}, toolSchemas())
		if err != nil {
			continue // cel-go refuses `true` before the end
		}
		flagged := make(map[string]bool)
		for _, w := range p.Check() {
			if strings.Contains(w.Message, "never") {
				flagged[w.Rule] = true
				impossible++
			}
		}
		for range 100 {
			r := request("search_transactions", nil)
			r.Principal.Name, r.History.Rows = pick(rnd, "a", "b", "c", "d"), int64(rnd.IntN(5))
			r.Principal.Roles = pick(rnd, nil, []string{"x"}, []string{"y"})
			if n := int64(rnd.IntN(6)); n > 0 {
				r.Args = map[string]any{"limit": n}
			}
			rule := p.Decide(r).Rule
			for path := range flagged {
				if rule == path || strings.HasPrefix(rule, path+"/") {
					t.Fatalf("%s decided although it was called impossible:\n%s", rule, text)
				}
			}
		}
	}
	if impossible < 100 {
		t.Errorf("only %d warnings; the generator tests too little", impossible)
	}
}
