package policy

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// after is a policy of one section.
func after(rules string) string {
	return "name: x\nafter:\n" + indent(rules, "  ")
}

func indent(s, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+by) + "\n"
}

// TestDecideSemantics pins the order of sections, nesting and variables.
func TestDecideSemantics(t *testing.T) {
	tests := []struct {
		name, text string
		change     func(*Request)
		want       Decision
	}{
		{"nothing said", "name: x\n", nil, Decision{Effect: Deny, Rule: "default", Reason: reasonNoMatch}},
		{"before wins", "name: x\nbefore:\n  match:\n    - output: deny('b')\ntools:\n  search_transactions:\n    match:\n      - output: allow()\n", nil,
			Decision{Effect: Deny, Rule: "before/1", Reason: "b"}},
		{"tool before after", "name: x\ntools:\n  search_transactions:\n    rule:\n      match:\n        - output: ask('t').max_rows(7)\nafter:\n  match:\n    - output: allow()\n", nil,
			Decision{Effect: Ask, Rule: "tools/search_transactions/1", Reason: "t", Channel: ChannelOperator, Limits: Limits{Rows: 7}}},
		{"another tool's rules", "name: x\ntools:\n  list_accounts:\n    match:\n      - output: allow()\n", nil,
			Decision{Effect: Deny, Rule: "default", Reason: reasonNoMatch}},
		{"modifiers add up", after("match:\n  - output: allow().max_rows(9).max_rows(20).max_bytes(5).drop(['memo']).drop(['merchant']).mask(['iban'])"), nil,
			Decision{Effect: Allow, Rule: "after/1", Limits: Limits{Rows: 9, Bytes: 5}, Drop: []string{"memo", "merchant"}, Mask: []string{"iban"}}},
		{"computed limit", after("match:\n  - output: allow().max_rows(budget.rows_left / 10)"), nil,
			Decision{Effect: Allow, Rule: "after/1", Limits: Limits{Rows: 100}}},
		{"computed limit of zero denies", after("match:\n  - output: allow().max_rows(budget.rows_left / 10)"), func(r *Request) { r.Budget.RowsLeft = 3 },
			Decision{Effect: Deny, Rule: "after/1", Reason: reasonFailed}},
		{"client channel", after("match:\n  - output: ask('q').via('client')"), nil,
			Decision{Effect: Ask, Rule: "after/1", Reason: "q", Channel: ChannelClient}},
		{"chosen outcome", after("match:\n  - output: \"'reader' in principal.roles ? allow().max_rows(1) : deny('no')\""), nil,
			Decision{Effect: Allow, Rule: "after/1", Limits: Limits{Rows: 1}}},
		{"unconditional nested rule falls through", after("match:\n  - rule:\n      match:\n        - condition: principal.name == 'eve'\n          output: deny('eve')\n  - output: allow()"), nil,
			Decision{Effect: Allow, Rule: "after/2"}},
		{"entered nested rule decides", after("match:\n  - condition: principal.name == 'ada'\n    rule:\n      match:\n        - condition: principal.name == 'eve'\n          output: deny('eve')\n  - output: allow()"), nil,
			Decision{Effect: Deny, Rule: "after/1", Reason: reasonNoMatch}},
		{"nested path", after("match:\n  - condition: principal.name == 'eve'\n    output: allow()\n  - condition: principal.name == 'ada'\n    rule:\n      match:\n        - condition: 'false'\n          output: allow()\n        - output: deny('here')"), nil,
			Decision{Effect: Deny, Rule: "after/2/2", Reason: "here"}},
		{"variables shadow", after("variables:\n  - name: i\n    expression: '1'\n  - name: j\n    expression: variables.i + 1\nmatch:\n  - condition: 'true'\n    rule:\n      variables:\n        - name: i\n          expression: variables.i + 10\n      match:\n        - condition: variables.i == 11 && variables.j == 2\n          output: deny(string(variables.i))"), nil,
			Decision{Effect: Deny, Rule: "after/1/1", Reason: "11"}},
		{"variables of two sections", "name: x\nbefore:\n  variables:\n    - name: a\n      expression: '1'\n  match:\n    - condition: variables.a == 2\n      output: allow()\ntools:\n  search_transactions:\n    variables:\n      - name: a\n        expression: \"'own'\"\n    match:\n      - condition: variables.a == 'own'\n        output: deny(variables.a)\n", nil,
			Decision{Effect: Deny, Rule: "tools/search_transactions/1", Reason: "own"}},
		{"unused variable may fail", after("variables:\n  - name: bad\n    expression: 1 / (history.rows - history.rows)\nmatch:\n  - condition: history.rows < 0 && variables.bad == 1\n    output: allow()\n  - output: deny('fine')"), nil,
			Decision{Effect: Deny, Rule: "after/2", Reason: "fine"}},
		{"variable in a loop", after("variables:\n  - name: me\n    expression: principal.roles.filter(r, r != 'x')\nmatch:\n  - condition: principal.roles.exists(r, variables.me.exists(m, m == r))\n    output: deny(variables.me[0])"), nil,
			Decision{Effect: Deny, Rule: "after/1", Reason: "reader"}},
		{"a reason is one line", after("match:\n  - output: deny('a\\nb\\u0007')"), nil,
			Decision{Effect: Deny, Rule: "after/1", Reason: "a b "}},
		{"time zones", after("match:\n  - output: deny(string(now.getHours('Pacific/Auckland')))"), nil,
			Decision{Effect: Deny, Rule: "after/1", Reason: "21"}},
		{"failing variable denies", after("variables:\n  - name: bad\n    expression: 1 / (history.rows - history.rows)\nmatch:\n  - condition: variables.bad == 1\n    output: allow()\n  - output: allow()"), nil,
			Decision{Effect: Deny, Rule: "after/1", Reason: reasonFailed}},
		{"failing condition denies", after("match:\n  - condition: target.sharing == 'public'\n    output: deny('x')\n  - output: allow()"), nil,
			Decision{Effect: Deny, Rule: "after/1", Reason: reasonFailed}},
		{"absent target can be asked for", after("match:\n  - condition: has(target.sharing) && target.sharing == 'public'\n    output: deny('x')\n  - output: allow()"), nil,
			Decision{Effect: Allow, Rule: "after/2"}},
		{"failing output denies", after("match:\n  - output: deny(principal.roles[7])"), nil,
			Decision{Effect: Deny, Rule: "after/1", Reason: reasonFailed}},
		{"a long reason is cut", after("match:\n  - output: deny('" + strings.Repeat("é", maxReason+5) + "')"), nil,
			Decision{Effect: Deny, Rule: "after/1", Reason: strings.Repeat("é", maxReason)}},
		{"history and labels", after("match:\n  - condition: \"'untrusted' in history.labels && !('private' in history.labels) && history.window == duration('24h')\"\n    output: deny('tainted')"),
			func(r *Request) { r.History = History{Labels: Untrusted, Window: 24 * time.Hour} },
			Decision{Effect: Deny, Rule: "after/1", Reason: "tainted"}},
		{"impossible labels deny", after("match:\n  - condition: \"!('untrusted' in history.labels)\"\n    output: allow()"),
			func(r *Request) { r.History = History{Labels: 1 << 7} },
			Decision{Effect: Deny, Rule: "after/1", Reason: reasonFailed}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := mustCompile(t, tt.text)
			r := request("search_transactions", nil)
			if tt.change != nil {
				tt.change(r)
			}
			for range 2 { // the second uses a pooled activation
				if diff := cmp.Diff(tt.want, p.Decide(r)); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			}
		})
	}
}

// TestArguments pins how each kind of argument is seen, given and not given.
func TestArguments(t *testing.T) {
	given := map[string]any{
		"query": "rent", "from": day("2026-01-02"), "account_ids": []string{"a", "b"},
		"pending": true, "limit": int64(20), "sort": "date_asc",
	}
	for _, tt := range []struct {
		expr        string
		given, none bool
	}{
		{"args.query.orValue('') == 'rent'", true, false},
		{"args.query.hasValue()", true, false},
		{"has(args.query)", true, false},
		{"args.from.orValue(now) < date('2026-02-01')", true, false},
		{"args.account_ids.orValue([]).all(a, a in ['a', 'b'])", true, true},
		{"args.account_ids.orValue([]).size() == 2", true, false},
		{"'b' in args.account_ids.orValue([])", true, false},
		{"args.pending.orValue(false)", true, false},
		{"args.limit.orValue(50) <= 20", true, false},
		{"args.limit == optional.none()", false, true},
		{"args.sort.orValue('date_desc') == 'date_asc'", true, false},
		{"args.to.hasValue()", false, false},
	} {
		p := mustCompile(t, "name: x\ntools:\n  search_transactions:\n    match:\n      - condition: >-\n          "+tt.expr+"\n        output: allow()\n")
		for args, want := range map[*map[string]any]bool{&given: tt.given, new(map[string]any): tt.none} {
			if got := p.Decide(request("search_transactions", *args)); (got.Effect == Allow) != want || got.Reason == reasonFailed {
				t.Errorf("%s with %v: got %+v, want %v", tt.expr, *args, got, want)
			}
		}
	}
}

// TestDecideDeniesMisfits gives an allow-all policy what the compiler did not
// reckon with.
func TestDecideDeniesMisfits(t *testing.T) {
	p := mustCompile(t, after("match:\n  - output: allow()"))
	many := make([]string, maxAccounts+1)
	long := strings.Repeat("x", maxName+1)
	for name, change := range map[string]func(*Request){
		"unknown tool":         func(r *Request) { r.Tool.Name = "rm" },
		"no tool":              func(r *Request) { r.Tool.Name = "" },
		"unknown argument":     func(r *Request) { r.Args = map[string]any{"evil": "x"} },
		"string for int":       func(r *Request) { r.Args = map[string]any{"limit": "50"} },
		"int for int64":        func(r *Request) { r.Args = map[string]any{"limit": 50} },
		"float":                func(r *Request) { r.Args = map[string]any{"limit": 50.0} },
		"nil argument":         func(r *Request) { r.Args = map[string]any{"limit": nil} },
		"string for date":      func(r *Request) { r.Args = map[string]any{"from": "2026-01-01"} },
		"string for list":      func(r *Request) { r.Args = map[string]any{"account_ids": "a"} },
		"string too long":      func(r *Request) { r.Args = map[string]any{"query": strings.Repeat("x", 801)} },
		"list too long":        func(r *Request) { r.Args = map[string]any{"account_ids": make([]string, 51)} },
		"item too long":        func(r *Request) { r.Args = map[string]any{"account_ids": []string{long}} },
		"too many accounts":    func(r *Request) { r.Principal.Accounts = many },
		"too many roles":       func(r *Request) { r.Principal.Roles = many },
		"long role":            func(r *Request) { r.Principal.Roles = []string{long} },
		"long client":          func(r *Request) { r.Client.Name = long },
		"long target":          func(r *Request) { r.Target = &Target{Parent: long} },
		"scope of a principal": func(r *Request) { r.Principal.Scopes = []string{"nowhere"} },
	} {
		r := request("search_transactions", nil)
		change(r)
		if d := p.Decide(r); d.Effect != Deny {
			t.Errorf("%s: got %+v, want a deny", name, d)
		}
	}
	if d := p.Decide(nil); d.Effect != Deny {
		t.Errorf("nil request: %+v", d)
	}
	if d := p.Decide(request("search_transactions", nil)); d.Effect != Allow {
		t.Errorf("the control is not allowed: %+v", d)
	}
}

// TestPrincipalBounds checks that a principal's own accounts and scopes hold
// under a rule that does not speak of rows, and join with one that does.
func TestPrincipalBounds(t *testing.T) {
	p := mustCompile(t, "name: x\nscopes:\n  gbp: transaction.currency == 'GBP'\n  recent: transaction.date > now - days(90)\n  never: \"false\"\n  always: \"true\"\n  bad: transaction.account == principal.roles[99]\n"+
		"tools:\n  search_transactions:\n    match:\n      - output: allow().rows('recent')\n  get_transactions:\n    match:\n      - output: ask('ok?')\nafter:\n  match:\n    - output: allow()\n")
	accounts := &Scope{Op: OpIn, Field: "account", Values: []any{"acc_1"}}
	gbp := &Scope{Op: OpEq, Field: "currency", Values: []any{"GBP"}}
	recent := &Scope{Op: OpGt, Field: "date", Values: []any{day("2026-08-24")}}
	for _, tt := range []struct {
		tool             string
		accounts, scopes []string
		want             *Scope
		effect           Effect
	}{
		{"list_accounts", nil, nil, nil, Allow},
		{"list_accounts", []string{"acc_1"}, nil, accounts, Allow},
		{"list_accounts", nil, []string{"gbp"}, gbp, Allow},
		{"list_accounts", nil, []string{"always"}, nil, Allow},
		{"list_accounts", nil, []string{"gbp", "never"}, Nothing(), Allow},
		{"list_accounts", nil, []string{"bad"}, nil, Deny},
		{"list_accounts", nil, []string{"unknown"}, nil, Deny},
		{"search_transactions", nil, nil, recent, Allow},
		{"search_transactions", []string{"acc_1"}, []string{"gbp"}, &Scope{Op: OpAnd, Args: []*Scope{accounts, gbp, recent}}, Allow},
		{"get_transactions", []string{"acc_1"}, nil, accounts, Ask},
	} {
		r := request(tt.tool, nil)
		if tt.tool == "get_transactions" {
			r.Args = map[string]any{"ids": []string{"tx"}}
		}
		r.Principal.Accounts, r.Principal.Scopes = tt.accounts, tt.scopes
		d := p.Decide(r)
		if d.Effect != tt.effect || !cmp.Equal(d.Rows, tt.want) {
			t.Errorf("%s %v %v: got %+v, want %s %+v", tt.tool, tt.accounts, tt.scopes, d, tt.effect, tt.want)
		}
	}
}

// TestRuntimeCost checks that an expression without a proven bound runs under
// a limit, and denies when it reaches it.
func TestRuntimeCost(t *testing.T) {
	p := mustCompile(t, "name: x\ntools:\n  get_transactions:\n    match:\n      - condition: args.ids.all(a, args.ids.all(b, a != b || principal.name.contains(a)))\n        output: deny('checked')\nafter:\n  match:\n    - output: allow()\n")
	m := p.matches[0]
	for _, x := range p.matches {
		if x.cond != nil {
			m = x
		}
	}
	if !m.cond.limited {
		t.Fatalf("worst case %d was taken as proven", m.cond.cost)
	}
	ids := func(n int) map[string]any {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("tx_%d", i)
		}
		return map[string]any{"ids": list}
	}
	r := request("get_transactions", ids(1))
	if d := p.Decide(r); d.Effect != Allow {
		t.Errorf("small input: %+v", d)
	}
	p2 := mustCompile(t, "name: x\ntools:\n  get_transactions:\n    match:\n      - condition: args.ids.all(a, args.ids.exists(b, a == b + '' && args.ids.size() > 0))\n        output: allow()\n")
	if d := p2.Decide(request("get_transactions", ids(3))); d.Effect != Allow {
		t.Errorf("small input: %+v", d)
	}
	if d := mustCompile(t, doubling(40)).Decide(request("list_accounts", nil)); d.Effect != Deny || d.Reason != reasonFailed {
		t.Errorf("a name doubled 40 times: got %+v, want a deny", d)
	}
	if d := p2.Decide(request("get_transactions", ids(100))); d.Effect != Deny || d.Reason != reasonFailed {
		t.Errorf("large input: got %+v, want a deny", d)
	}
}

// TestScopeSize checks that a tree which no store could take is a deny.
func TestScopeSize(t *testing.T) {
	p := mustCompile(t, "name: x\nscopes:\n  s: \""+strings.Repeat("transaction.account in principal.accounts || ", 20)+"transaction.pending\"\nafter:\n  match:\n    - output: allow().rows('s')\n")
	r := request("list_accounts", nil)
	for n, want := range map[int]Effect{10: Allow, maxAccounts: Deny} {
		r.Principal.Accounts = make([]string, n)
		if d := p.Decide(r); d.Effect != want {
			t.Errorf("%d accounts: %s %s, want %s", n, d.Effect, d.Reason, want)
		}
	}
}

// TestProvenCost checks which expressions are proven to be cheap, and that a
// loop's variable cannot pass for an input of known size.
func TestProvenCost(t *testing.T) {
	for expr, proven := range map[string]bool{
		"'reader' in principal.roles && args.limit.orValue(50) > 100":                               true,
		"args.account_ids.orValue([]).all(a, a in principal.accounts)":                              true,
		"args.account_ids.orValue([]).all(a, principal.accounts.all(b, a in principal.accounts))":   false,
		"args.account_ids.orValue([]).all(a, a in principal.roles)":                                 true,
		"args.query.orValue('').contains('x') || args.query.orValue('').matches('^[a-z]+$')":        true,
		"variables.ids.exists(a, a == 'x')":                                                         true,
		"variables.again.size() > 3 && variables.again.exists(a, a == principal.name)":              true,
		"[[principal.name + principal.name]].exists(principal, principal.exists(x, x.contains(x)))": false,
		"principal.roles.map(r, r + r).exists(r, r.contains(r))":                                    false,
	} {
		p := mustCompile(t, "name: x\ntools:\n  search_transactions:\n    variables:\n      - name: ids\n        expression: args.account_ids.orValue([])\n      - name: again\n        expression: variables.ids\n    match:\n      - condition: >-\n          "+expr+"\n        output: allow()\n")
		if c := p.matches[0].cond; c.limited == proven {
			t.Errorf("%s: worst case %d, limited %v", expr, c.cost, c.limited)
		}
	}
}

// TestRelease pins the release phase.
func TestRelease(t *testing.T) {
	withResult := func(res *ResultFacts) *Request {
		r := request("search_transactions", nil)
		r.Result = res
		return r
	}
	text := "name: x\nrelease:\n  match:\n    - condition: result.rows > 10 && 'untrusted' in result.labels\n      output: deny('too many')\n    - condition: result.findings[?'iban'].orValue(0) > 2\n      output: ask('look')\n    - condition: has(result.from) && result.to - result.from > days(30)\n      output: deny('span')\n    - condition: result.bytes < 1000\n      output: allow()\n"
	p := mustCompile(t, text)
	for _, tt := range []struct {
		res  *ResultFacts
		want Decision
	}{
		{nil, Decision{Effect: Deny, Rule: "release", Reason: reasonNoResult}},
		{&ResultFacts{Rows: 11, Labels: Untrusted}, Decision{Effect: Deny, Rule: "release/1", Reason: "too many"}},
		{&ResultFacts{Rows: 11}, Decision{Effect: Allow, Rule: "release/4"}},
		{&ResultFacts{Findings: map[string]int64{"iban": 3}}, Decision{Effect: Ask, Rule: "release/2", Reason: "look", Channel: ChannelOperator}},
		{&ResultFacts{From: day("2026-01-01"), To: day("2026-03-01")}, Decision{Effect: Deny, Rule: "release/3", Reason: "span"}},
		{&ResultFacts{Bytes: 1000}, Decision{Effect: Deny, Rule: "release", Reason: reasonNoMatch}},
	} {
		if diff := cmp.Diff(tt.want, p.Release(withResult(tt.res))); diff != "" {
			t.Errorf("%+v (-want +got)\n%s", tt.res, diff)
		}
	}
	bare := mustCompile(t, "name: x\n")
	if d := bare.Release(withResult(&ResultFacts{})); d.Effect != Allow {
		t.Errorf("no release rules: %+v", d)
	}
	r := withResult(&ResultFacts{})
	r.Tool.Name = "rm"
	if d := bare.Release(r); d.Effect != Deny {
		t.Errorf("unknown tool: %+v", d)
	}
}

// TestDecideConcurrently lets many principals decide at once: nothing of one
// may show in the decision of another.
func TestDecideConcurrently(t *testing.T) {
	p := mustCompile(t, "name: x\nscopes:\n  own: transaction.account == principal.name\ntools:\n  search_transactions:\n    variables:\n      - name: me\n        expression: principal.name + '/' + args.query.orValue('')\n    match:\n      - condition: variables.me == principal.tenant\n        output: allow().rows('own')\n      - output: deny(variables.me)\n")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			name := fmt.Sprint("p", i)
			r := request("search_transactions", map[string]any{"query": "q"})
			r.Principal.Name, r.Principal.Tenant = name, name+"/q"
			want := &Scope{Op: OpEq, Field: "account", Values: []any{name}}
			for range 300 {
				if d := p.Decide(r); d.Effect != Allow || !cmp.Equal(d.Rows, want) {
					t.Errorf("%s got %+v", name, d)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestDecideAllocatesNothing compares with the same conditions in bare cel-go.
func TestDecideAllocatesNothing(t *testing.T) {
	p, err := Compile(Source{Name: "p.yaml", Text: manyRules(50)}, toolSchemas())
	if err != nil {
		t.Fatal(err)
	}
	r := request("search_transactions", map[string]any{"limit": int64(100)})
	decide := testing.AllocsPerRun(200, func() { p.Decide(r) })
	bare := testing.AllocsPerRun(200, func() { bareEval(t, p, r) })
	if decide > bare {
		t.Errorf("a decision allocates %v times, bare cel-go %v", decide, bare)
	}
}

// TestStringList checks the list that stands in for cel-go's own.
func TestStringList(t *testing.T) {
	for expr, want := range map[string]bool{
		"principal.roles == ['a', 'b']":                                true,
		"principal.roles + ['c'] == ['a', 'b', 'c']":                   true,
		"['c'] + principal.roles == ['c', 'a', 'b']":                   true,
		"principal.roles[1] == 'b' && principal.roles.size() == 2":     true,
		"principal.roles[2] == 'c'":                                    false,
		"principal.roles[-1] == 'b'":                                   false,
		"principal.roles[?2].orValue('z') == 'z'":                      true,
		"principal.roles[?0] == optional.of('a')":                      true,
		"principal.roles.map(r, r + '!') == ['a!', 'b!']":              true,
		"principal.roles.exists_one(r, r == 'a')":                      true,
		"type(principal.roles) == list":                                true,
		"principal.roles in [['a', 'b']]":                              true,
		"principal.accounts == [] && size(principal.accounts) == 0":    true,
		"tool.labels == ['untrusted', 'private']":                      true,
		"history.labels.size() == 0 && !('private' in history.labels)": true,
	} {
		r := request("search_transactions", nil)
		r.Principal.Roles = []string{"a", "b"}
		d := mustCompile(t, after("match:\n  - condition: >-\n      "+expr+"\n    output: allow()")).Decide(r)
		if (d.Effect == Allow) != want {
			t.Errorf("%s: %+v", expr, d)
		}
	}
}

// TestNullable checks that an argument which may be null is typed by its other
// type, and that one of no single type cannot be seen but does not deny.
func TestNullable(t *testing.T) {
	tool := ToolSchema{Tool: Tool{Name: "t", Effect: EffectRead}, Input: []byte(`{"properties":{"n":{"type":["integer","null"]},"x":{"type":["integer","string"]}}}`)}
	p, err := Compile(Source{Name: "p", Text: []byte("name: x\ntools:\n  t:\n    match:\n      - condition: args.n.orValue(0) < 5\n        output: allow()\n")}, []ToolSchema{tool})
	if err != nil {
		t.Fatal(err)
	}
	if d := p.Decide(&Request{Tool: tool.Tool, Args: map[string]any{"n": int64(3), "x": "any"}}); d.Effect != Allow {
		t.Errorf("%+v", d)
	}
	if _, err := Compile(Source{Name: "p", Text: []byte("name: x\ntools:\n  t:\n    match:\n      - condition: args.x.hasValue()\n        output: allow()\n")}, []ToolSchema{tool}); err == nil {
		t.Error("an argument of two types can be seen")
	}
}

// TestCount pins how many rules a decision counts, with a pooled activation as well,
// and that a decision is the same when nobody counts.
func TestCount(t *testing.T) {
	p := mustCompile(t, `name: x
before:
  match:
    - {condition: "tool.name == 'no'", output: deny('a')}
tools:
  search_transactions:
    match:
      - condition: "true"
        rule:
          match:
            - {condition: "false", output: deny('b')}
            - output: allow()
release:
  match:
    - {condition: result.rows > 1, output: deny('c')}
    - {condition: 1 / result.rows > 0, output: allow()}
`)
	for range 2 {
		var decided, released Count
		r := request("search_transactions", nil)
		want := p.Decide(r)
		r.Count = &decided
		if diff := cmp.Diff(want, p.Decide(r)); diff != "" || decided != (Count{Matched: 2, Passed: 2}) {
			t.Errorf("counted %+v\n%s", decided, diff)
		}
		r.Count, r.Result = &released, &ResultFacts{}
		if d := p.Release(r); d.Reason != reasonFailed || released != (Count{Passed: 2}) {
			t.Errorf("%+v, counted %+v", d, released)
		}
	}
}
