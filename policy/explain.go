package policy

import (
	"fmt"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// Explanation is how a policy comes to its decision about one request. It
// quotes the policy and values of the request, so it is for an operator.
type Explanation struct {
	Decision Decision
	Steps    []Step
}

// Step is one rule, or one variable of a rule, with its value for the request.
// Steps after the deciding one, and below a condition that does not hold, are
// evaluated too, to show what else would have matched.
type Step struct {
	Rule         string // path, as in Decision.Rule; for a variable that of its rule
	Variable     string // name of the variable, or "" for a rule
	Line, Column int
	Expression   string // the condition as written, "" if there is none
	Value        string // "true", "false", a variable's value, or "error: …"
	Outcome      string // what the rule gives, if its condition holds
	Explanation  string // the author's explanation, if its condition holds
	Decided      bool   // this is the rule that decided
}

// maxShown bounds a value in an explanation, in characters.
const maxShown = 120

// Explain evaluates every rule that could decide about a request. A request
// with a Result is explained in the release phase.
func (p *Policy) Explain(r *Request) (e Explanation) {
	e.Decision = p.Decide(r)
	ch := p.chains[r.Tool.Name]
	if r.Result != nil {
		e.Decision = p.Release(r)
	}
	if ch == nil || !ch.tool.fits(r) {
		return e
	}
	rules := ch.rules
	if r.Result != nil {
		rules = p.releaseRules
	}
	a := p.activate(r, ch.tool)
	if a == nil {
		return e
	}
	defer func() {
		if recover() != nil {
			e.Steps = append(e.Steps, Step{Value: "error: the evaluation failed"})
		}
	}()
	x := &explainer{a: a, decided: e.Decision.Rule}
	for _, r := range rules {
		x.rule(r)
	}
	e.Steps = x.steps
	a.release()
	return e
}

type explainer struct {
	a       *activation
	decided string
	steps   []Step
}

func (x *explainer) rule(r *rule) {
	var own []*varScope
	for s := r.scope; s != r.outer; s = s.parent {
		own = append(own, s)
	}
	for i := len(own) - 1; i >= 0; i-- {
		s := own[i]
		x.steps = append(x.steps, Step{Rule: r.path, Variable: strings.TrimPrefix(s.name, "variables."),
			Line: s.prog.line, Column: s.prog.column, Expression: written(s.prog.text), Value: show(x.a.variable(s))})
	}
	for _, m := range r.matches {
		x.match(m, r.scope)
	}
}

func (x *explainer) match(m *match, scope *varScope) {
	st := Step{Rule: m.path, Line: m.line, Column: m.column, Value: "true", Decided: m.path == x.decided}
	if m.cond != nil {
		st.Expression = written(m.cond.text)
		st.Value = x.value(m.cond, scope)
	}
	if st.Value == "true" && m.nested == nil {
		if o, ok := m.outcome(x.a, scope); ok {
			st.Outcome = o.String()
		} else {
			st.Outcome = x.value(m.outProg, scope)
		}
		if m.explanation != nil {
			st.Explanation = x.value(m.explanation, scope)
		}
	}
	x.steps = append(x.steps, st)
	if m.nested != nil {
		x.rule(m.nested)
	}
}

func (x *explainer) value(p *program, scope *varScope) string {
	x.a.scope = scope
	v, err := p.eval(x.a)
	if err != nil {
		v = types.WrapErr(err)
	}
	return show(v)
}

// written is an expression on one line.
func written(text string) string { return strings.Join(strings.Fields(text), " ") }

func show(v ref.Val) string {
	var s string
	switch v := v.(type) {
	case *types.Err:
		s = "error: " + v.String()
	case types.String:
		s = string(v)
	case *outcome:
		s = v.String()
	default:
		s = types.Format(v)
	}
	s = written(s)
	if runes := []rune(s); len(runes) > maxShown {
		s = string(runes[:maxShown]) + "…"
	}
	return s
}

// String writes the outcome as a policy would.
func (o *outcome) String() string {
	var b strings.Builder
	b.WriteString(string(o.effect))
	if o.effect == Allow {
		b.WriteString("()")
	} else {
		fmt.Fprintf(&b, "(%q)", o.reason)
	}
	if o.effect == Ask {
		fmt.Fprintf(&b, ".via(%q)", o.channel)
	}
	for _, n := range o.rows {
		fmt.Fprintf(&b, ".rows(%q)", n)
	}
	if o.limits.Rows > 0 {
		fmt.Fprintf(&b, ".max_rows(%d)", o.limits.Rows)
	}
	if o.limits.Bytes > 0 {
		fmt.Fprintf(&b, ".max_bytes(%d)", o.limits.Bytes)
	}
	for _, list := range []struct {
		name  string
		names []string
	}{{"drop", o.drop}, {"mask", o.mask}} {
		if len(list.names) > 0 {
			fmt.Fprintf(&b, ".%s([%s])", list.name, quoted(list.names))
		}
	}
	return b.String()
}

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(out, ", ")
}
