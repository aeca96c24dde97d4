package policy

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
)

// Warning is a doubt about a policy that compiles.
type Warning struct {
	Rule string // path of the rule, "" for the policy
	Problem
}

// Check looks for rules that cannot do what their author must have meant:
// rules that can never match, rules that an earlier one hides, tools that
// nothing can allow, an allow without any bound, nested rules and release
// rules that end in an unintended deny, expressions that always fail, and those
// whose cost could not be bounded. Each warning is certain of what it says, but the list need not be
// complete.
func (p *Policy) Check() []Warning {
	ck := &reviewer{p: p}
	for _, r := range p.sections {
		ck.tool = p.toolOf(r.path)
		ck.rule(r, ck.given())
	}
	ck.sections()
	ck.failingScopes()
	ck.tools()
	slices.SortStableFunc(ck.warnings, func(a, b Warning) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Message, b.Message))
	})
	return slices.Compact(ck.warnings)
}

type reviewer struct {
	p        *Policy
	tool     *tool // of the section at hand, or nil
	warnings []Warning
}

func (p *Policy) toolOf(path string) *tool {
	if name, ok := strings.CutPrefix(path, "tools/"); ok && p.chains[name] != nil {
		return p.chains[name].tool
	}
	return nil
}

func (ck *reviewer) warn(m *match, format string, args ...any) {
	ck.warnings = append(ck.warnings, Warning{m.path, Problem{m.line, m.column, fmt.Sprintf(format, args...)}})
}

// given is what is known to hold in the section of a tool: which tool it is,
// and the ranges of its arguments.
func (ck *reviewer) given() conjunction {
	if ck.tool == nil {
		return nil
	}
	return toolFacts(ck.tool)
}

func toolFacts(t *tool) conjunction {
	c := conjunction{
		{text: "tool.name in " + t.Name, of: "tool.name", set: []string{t.Name}},
		{text: "tool.effect in " + string(t.Effect), of: "tool.effect", set: []string{string(t.Effect)}},
	}
	for i, w := range labelWords {
		c = append(c, atom{text: fmt.Sprintf("%q in tool.labels", w), not: t.Labels&(1<<i) == 0})
	}
	return c
}

// rangeOf is what the schema says of an int that a condition compares: the
// argument itself, or the argument or a default within the same range.
func (ck *reviewer) rangeOf(of string) (atom, bool) {
	if ck.tool == nil {
		return atom{}, false
	}
	name, ok := strings.CutPrefix(of, "args.")
	if !ok {
		return atom{}, false
	}
	lo, hi := int64(math.MaxInt64), int64(math.MinInt64)
	if before, rest, found := strings.Cut(name, ".orValue("); found {
		var n int64
		if _, err := fmt.Sscanf(rest, "%d)", &n); err != nil || rest != fmt.Sprintf("%d)", n) {
			return atom{}, false
		}
		name, lo, hi = before, n, n
	} else if before, found := strings.CutSuffix(name, ".value()"); found {
		name = before
	}
	a := ck.tool.arg(name)
	if a == nil || a.kind != kindInt {
		return atom{}, false
	}
	at := atom{of: of, isInt: true, lo: math.MinInt64, hi: math.MaxInt64}
	if a.min != nil {
		at.lo = min(lo, *a.min)
	}
	if a.max != nil {
		at.hi = max(hi, *a.max)
	}
	return at, true
}

func (ck *reviewer) possible(c conjunction, given conjunction) bool {
	all := slices.Concat(given, c)
	for _, a := range c {
		if r, ok := ck.rangeOf(a.of); ok && a.isInt {
			all = append(all, r)
		}
	}
	return !all.contradictory()
}

// rule checks one rule and those nested in it. given holds whenever the rule
// is reached.
func (ck *reviewer) rule(r *rule, given conjunction) {
	var earlier []*match
	var ways [][]conjunction
	for _, m := range r.matches {
		alts := ck.match(m, given)
		for i, e := range earlier {
			if covers(ways[i], alts) {
				ck.warn(m, "this rule is never reached: whatever matches it already matches %s", e.path)
				break
			}
		}
		if m.nested == nil || m.cond != nil {
			earlier, ways = append(earlier, m), append(ways, alts)
		}
	}
}

// ways are the alternatives in which a match's condition holds; without a
// condition there is one, which asks for nothing.
func (m *match) ways() []conjunction {
	if m.cond == nil {
		return []conjunction{nil}
	}
	return alternatives(m.cond.ast, m.cond.ast.Expr())
}

// inner is what is known to hold in a nested rule. A rule with variables of its
// own may mean something else by a name, so nothing about variables is kept.
func (m *match) inner(given conjunction, ways []conjunction) conjunction {
	if len(ways) == 1 {
		given = slices.Concat(given, ways[0])
	}
	if m.nested.scope == m.nested.outer {
		return given
	}
	return slices.DeleteFunc(slices.Clone(given), func(a atom) bool {
		return strings.Contains(a.text+a.of, "variables.")
	})
}

// match checks one match and returns the ways in which its condition holds.
func (ck *reviewer) match(m *match, given conjunction) []conjunction {
	alts := m.ways()
	ck.failing(m)
	ck.looks(m.path, m.cond)
	ck.cut(m)
	if m.cond != nil {
		ck.aimless(m, given)
		ck.cost(m, m.cond)
		if !slices.ContainsFunc(alts, func(c conjunction) bool { return ck.possible(c, given) }) {
			ck.warn(m, "this rule can never match: its condition contradicts itself or what is known here")
		}
	}
	if m.nested != nil {
		ck.rule(m.nested, m.inner(given, alts))
		if m.cond != nil && !m.nested.exhaustive() {
			ck.warn(m, "a request that enters this rule and matches nothing in it is denied; end it with a match without condition to say so")
		}
		return alts
	}
	if ck.unbounded(m) {
		ck.warn(m, "allow without a bound: add max_rows, max_bytes or rows")
	}
	if m.outProg != nil {
		ck.cost(m, m.outProg)
	}
	return alts
}

func (ck *reviewer) cost(m *match, p *program) {
	if p.limited {
		ck.warn(m, "no bound on the cost of this expression could be proven, so it runs under a limit of %d and denies when it reaches that: %s", maxRuntimeCost, written(p.text))
	}
}

// exhaustive reports whether a rule always gives an outcome.
func (r *rule) exhaustive() bool {
	for _, m := range r.matches {
		if m.cond == nil && (m.nested == nil || m.nested.exhaustive()) {
			return true
		}
	}
	return false
}

// unbounded reports whether a match can allow a read without any obligation
// that bounds it.
func (ck *reviewer) unbounded(m *match) bool {
	if strings.HasPrefix(m.path, "release") || ck.tool != nil && ck.tool.Effect != EffectRead {
		return false
	}
	if m.out != nil {
		return m.out.effect == Allow && m.out.limits == (Limits{}) && len(m.out.rows) == 0
	}
	allows, bounds := false, false
	celast.PostOrderVisit(m.outProg.ast.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		if e.Kind() == celast.CallKind {
			switch e.AsCall().FunctionName() {
			case "allow":
				allows = true
			case "max_rows", "max_bytes", "rows":
				bounds = true
			}
		}
	}))
	return allows && !bounds
}

// sections warns of what only shows across sections.
func (ck *reviewer) sections() {
	for _, r := range ck.p.sections {
		if r.path == "before" && r.exhaustive() && len(ck.p.sections) > 1 {
			ck.warn(r.matches[len(r.matches)-1], "before always decides, so nothing under tools and after is ever reached")
		}
		if r.path == "release" && !r.exhaustive() {
			ck.warn(r.matches[len(r.matches)-1], "a result that no release rule matches is not released; end the section with a match without condition to say so")
		}
	}
}

// tools warns of tools that no rule can allow and none denies by name.
func (ck *reviewer) tools() {
	for _, name := range slices.Sorted(maps.Keys(ck.p.chains)) {
		ch := ck.p.chains[name]
		if ck.p.mentioned[name] || ck.named(ch) || ck.allowable(ch) {
			continue
		}
		ck.warnings = append(ck.warnings, Warning{Problem: Problem{Message: fmt.Sprintf("no rule mentions the tool %s, so every call of it is denied", name)}})
	}
}

// named reports whether a rule compares tool.name with the tool's name.
func (ck *reviewer) named(ch *chain) bool {
	found := false
	each(ch.rules, func(m *match, _ conjunction) {
		if m.cond == nil {
			return
		}
		celast.PostOrderVisit(m.cond.ast.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
			if isCall(e, operators.Equals) || isCall(e, operators.In) {
				for _, side := range e.AsCall().Args() {
					for _, lit := range stringLiterals(side) {
						found = found || lit.AsLiteral().Value() == ch.tool.Name
					}
				}
			}
		}))
	})
	return found
}

// allowable reports whether some rule may allow the tool, or ask.
func (ck *reviewer) allowable(ch *chain) bool {
	facts := toolFacts(ch.tool)
	found := false
	each(ch.rules, func(m *match, given conjunction) {
		if m.nested != nil || m.out != nil && m.out.effect == Deny {
			return
		}
		for _, c := range m.ways() {
			found = found || !slices.Concat(facts, given, c).contradictory()
		}
	})
	return found
}

// each calls fn for every match, with what its ancestors require.
func each(rules []*rule, fn func(*match, conjunction)) {
	var walk func(r *rule, given conjunction)
	walk = func(r *rule, given conjunction) {
		for _, m := range r.matches {
			fn(m, given)
			if m.nested == nil {
				continue
			}
			walk(m.nested, m.inner(given, m.ways()))
		}
	}
	for _, r := range rules {
		walk(r, nil)
	}
}
