package policy

import (
	"slices"
	"sync"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/interpreter"
)

// What a decision says when no rule says it. Rule is then "default", or the
// rule that failed.
const (
	ruleDefault    = "default"
	reasonNoMatch  = "no rule of the policy allows this call"
	reasonFailed   = "a rule of the policy could not be evaluated, so the call is denied"
	reasonUnknown  = "the policy does not know this tool"
	reasonTooLarge = "the request is larger than the policy can judge"
	reasonScope    = "a row scope of this principal could not be evaluated, so the call is denied"
	reasonNoScope  = "this principal is bound to a row scope that the policy does not define"
	reasonNoResult = "there is no result to release"
)

func denied(rule, reason string) Decision {
	return Decision{Effect: Deny, Rule: rule, Reason: reason}
}

// pool keeps activations between decisions, because making one costs more than
// evaluating a rule.
var pool = sync.Pool{New: func() any {
	a := &activation{}
	frame, err := interpreter.NewExecutionFrame(a)
	if err != nil {
		return (*activation)(nil)
	}
	a.frame = frame
	return a
}}

// activate readies an activation for one request.
func (p *Policy) activate(r *Request, t *tool) *activation {
	a, _ := pool.Get().(*activation)
	if a == nil {
		return nil
	}
	a.req, a.tool, a.count = r, t, Count{}
	n := 0
	if t != nil {
		n = len(t.args)
	}
	a.args = slices.Grow(a.args[:0], n)[:n]
	clear(a.args)
	a.vars = slices.Grow(a.vars[:0], p.slots)[:p.slots]
	clear(a.vars)
	return a
}

// release forgets everything about the request, so that nothing of one
// principal's can be seen by the next decision.
func (a *activation) release() {
	if c := a.req.Count; c != nil {
		c.Matched, c.Passed = c.Matched+a.count.Matched, c.Passed+a.count.Passed
	}
	a.req, a.tool, a.row, a.scope = nil, nil, nil, nil
	clear(a.fields[:])
	clear(a.args[:cap(a.args)])
	clear(a.vars[:cap(a.vars)])
	pool.Put(a)
}

// Decide evaluates the rules for one request in order and returns the first
// match. It never fails: whatever goes wrong is a Deny that says so in Rule
// and Reason. A principal's own Accounts and Scopes bound the rows of every
// decision, whatever the rule says. The slices of the decision are shared with
// the policy and must not be changed.
func (p *Policy) Decide(r *Request) (d Decision) {
	defer recoverDenied(&d)
	if r == nil {
		return denied(ruleDefault, reasonUnknown)
	}
	ch := p.chains[r.Tool.Name]
	if ch == nil {
		return denied(ruleDefault, reasonUnknown)
	}
	if !ch.tool.fits(r) {
		return denied(ruleDefault, reasonTooLarge)
	}
	a := p.activate(r, ch.tool)
	if a == nil {
		return denied(ruleDefault, reasonFailed)
	}
	d = p.decide(ch.rules, a)
	a.release()
	return d
}

// Release evaluates the release-phase rules against the result of a call,
// after execution and redaction and before anything leaves. Without release
// rules it allows; with them, no match is a deny.
func (p *Policy) Release(r *Request) (d Decision) {
	defer recoverDenied(&d)
	switch {
	case r == nil || r.Result == nil:
		return denied("release", reasonNoResult)
	case p.chains[r.Tool.Name] == nil:
		return denied("release", reasonUnknown)
	case p.releaseRules == nil:
		return Decision{Effect: Allow, Rule: "release"}
	case !fitsPrincipal(&r.Principal) || !fitsRest(r):
		return denied("release", reasonTooLarge)
	}
	a := p.activate(r, p.chains[r.Tool.Name].tool)
	if a == nil {
		return denied("release", reasonFailed)
	}
	m, o, failed := p.first(p.releaseRules, a)
	a.release()
	switch {
	case failed:
		return denied(m.path, reasonFailed)
	case o == nil:
		return denied("release", reasonNoMatch)
	}
	return o.decision(m.path)
}

// recoverDenied makes a panic a deny. The activation is not returned to the
// pool then. The panic's text is dropped, because it may hold values.
func recoverDenied(d *Decision) {
	if recover() != nil {
		*d = denied(ruleDefault, reasonFailed)
	}
}

// decide runs the sections in order and adds the row scope to what they give.
func (p *Policy) decide(rules []*rule, a *activation) Decision {
	m, o, failed := p.first(rules, a)
	switch {
	case failed:
		return denied(m.path, reasonFailed)
	case m == nil:
		return denied(ruleDefault, reasonNoMatch)
	case o == nil:
		return denied(m.path, reasonNoMatch)
	}
	d := o.decision(m.path)
	if o.effect != Allow && o.effect != Ask {
		return d
	}
	return p.scoped(d, o, a)
}

// first returns the first match of the sections. A match without an outcome is
// a nested rule that was entered and gave none: that ends the search.
func (p *Policy) first(rules []*rule, a *activation) (*match, *outcome, bool) {
	for _, r := range rules {
		if m, o, failed := r.first(a); m != nil {
			return m, o, failed
		}
	}
	return nil, nil, false
}

// first evaluates a rule in cel-go's first-match semantics: a nested rule
// without a condition that gives nothing falls through to the next match; one
// with a condition, once entered, decides. Where that gives nothing cel-go may
// still go on behind the rule around it, having skipped what stood in between;
// here it ends in a deny.
func (r *rule) first(a *activation) (m *match, o *outcome, failed bool) {
	for _, m := range r.matches {
		if m.cond != nil {
			a.scope = r.scope
			v, err := m.cond.eval(a)
			holds, ok := v.(types.Bool)
			if err != nil || !ok {
				a.count.Passed++
				return m, nil, true
			}
			if !holds {
				a.count.Passed++
				continue
			}
		}
		a.count.Matched++
		if m.nested == nil {
			o, ok := m.outcome(a, r.scope)
			return m, o, !ok
		}
		inner, o, failed := m.nested.first(a)
		if inner != nil {
			return inner, o, failed
		}
		if m.cond != nil {
			return m, nil, false
		}
	}
	return nil, nil, false
}

func (m *match) outcome(a *activation, scope *varScope) (*outcome, bool) {
	if m.outProg == nil {
		return m.out, m.out != nil
	}
	a.scope = scope
	v, err := m.outProg.eval(a)
	o, ok := v.(*outcome)
	return o, err == nil && ok
}

func (o *outcome) decision(path string) Decision {
	return Decision{Effect: o.effect, Rule: path, Reason: o.reason, Channel: o.channel,
		Limits: o.limits, Drop: o.drop, Mask: o.mask}
}

// scoped adds the rows that the principal is bound to and those that the rule
// names. All of them hold together.
func (p *Policy) scoped(d Decision, o *outcome, a *activation) Decision {
	who := &a.req.Principal
	if len(who.Accounts) == 0 && len(who.Scopes) == 0 && len(o.rows) == 0 {
		return d
	}
	var parts []*Scope
	if len(who.Accounts) > 0 {
		parts = append(parts, accountScope(who.Accounts))
	}
	for _, names := range [][]string{who.Scopes, o.rows} {
		for _, name := range names {
			rs := p.scopes[name]
			if rs == nil {
				return denied(d.Rule, reasonNoScope)
			}
			s, err := rs.root.build(a)
			if err != nil {
				return denied(d.Rule, reasonScope)
			}
			if s == scopeNone {
				d.Rows = Nothing()
				return d
			}
			if s != scopeAll {
				parts = append(parts, s)
			}
		}
	}
	if d.Rows = join(OpAnd, parts, nil); d.Rows.size() > maxScopeSize {
		return denied(d.Rule, reasonScope)
	}
	return d
}

// size counts the nodes and values of a tree.
func (s *Scope) size() int {
	if s == nil {
		return 0
	}
	n := 1 + len(s.Values)
	for _, arg := range s.Args {
		n += arg.size()
	}
	return n
}

// Nothing is the scope that lets no row through: an account out of an empty
// list.
func Nothing() *Scope { return &Scope{Op: OpIn, Field: "account", Values: []any{}} }

func accountScope(ids []string) *Scope {
	values := make([]any, len(ids))
	for i, id := range ids {
		values[i] = id
	}
	return &Scope{Op: OpIn, Field: "account", Values: values}
}
