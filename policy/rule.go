package policy

import (
	"fmt"

	"github.com/google/cel-go/cel"
	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	celpolicy "github.com/google/cel-go/policy"
)

// rule is a compiled rule: its matches in order, and the variables they see.
type rule struct {
	path    string
	matches []*match
	scope   *varScope // the variables its matches see
	outer   *varScope // those that its own variables see
	cost    uint64    // worst case of everything in it
}

// match is one entry of a rule: a condition, and an output or a nested rule.
type match struct {
	path         string
	line, column int
	cond         *program // nil if always true
	out          *outcome // the output, if it is constant
	outProg      *program // the output, otherwise
	explanation  *program // nil if none
	nested       *rule
	index        int // position in Policy.matches
}

// compiler turns a parsed policy into rules.
type compiler struct {
	parsed *parsed
	envs   *environments
	scopes map[string]*rowScope
	ps     *problems

	section sectionKind
	tools   map[string]*tool
	tool    *tool // of the section at hand, or nil
	slots   int   // variables of the section at hand
	most    int   // most variables of any section
	matches []*match
	explain map[int64]*cel.Ast // explanations by the id of their output
}

// sectionKind is what a section is for.
type sectionKind uint8

const (
	sectionCall    sectionKind = iota // before and after
	sectionTool                       // an entry of tools
	sectionRelease                    // release
)

// compile compiles one section. It returns nil if there is nothing to compile
// or something is wrong, which ps then says.
func (c *compiler) compile(env *cel.Env, r *celpolicy.Rule, path string, kind sectionKind, t *tool) *rule {
	if r == nil {
		return nil
	}
	if len(r.Matches()) == 0 {
		c.ps.add(0, 0, "%s: a rule needs at least one match", path)
		return nil
	}
	c.tool, c.section, c.explain = t, kind, make(map[int64]*cel.Ast)
	pol := celpolicy.NewPolicy(c.parsed.src, c.parsed.info)
	pol.SetRule(r)
	compiled, iss := celpolicy.CompileRule(env, pol,
		celpolicy.MaxNestedExpressions(maxVariables), celpolicy.CompileMatchOutput(c.output))
	if iss.Err() != nil {
		c.ps.addCEL(iss.Errors())
		return nil
	}
	return c.rule(compiled, r, path, nil)
}

// output compiles the output of a match, and its explanation beside it.
func (c *compiler) output(mc celpolicy.MatchCompiler, m *celpolicy.Match, _ *celpolicy.Policy) (*cel.Ast, *cel.Issues) {
	ast, iss := mc.Env().CompileSource(mc.RelSource(m.Output()))
	if iss.Err() == nil && !ast.OutputType().IsExactType(outcomeType) {
		mc.ReportErrorAtID(m.Output().ID, "an output is allow(), deny(reason) or ask(reason), not a value of type %s", ast.OutputType())
	}
	if !m.HasExplanation() {
		return ast, iss
	}
	ex, exIss := mc.Env().CompileSource(mc.RelSource(m.Explanation()))
	if exIss.Err() == nil && !ex.OutputType().IsExactType(cel.StringType) {
		mc.ReportErrorAtID(m.Explanation().ID, "an explanation is a string, not a value of type %s", ex.OutputType())
	}
	c.explain[m.Output().ID] = ex
	return ast, iss.Append(exIss)
}

// rule builds the evaluable form of a compiled rule; src is the same rule as
// parsed, which knows where its expressions stand.
func (c *compiler) rule(r *celpolicy.CompiledRule, src *celpolicy.Rule, path string, outer *varScope) *rule {
	out := &rule{path: path, scope: outer, outer: outer}
	declared := make(map[string]bool)
	for i, v := range r.Variables() {
		if declared[v.Name()] {
			line, col := c.parsed.at(src.Variables()[i].Name().ID)
			c.ps.add(line, col, "variable %q is declared twice in one rule", v.Name())
		}
		declared[v.Name()] = true
		out.scope = c.variable(v, src.Variables()[i], out.scope)
		out.cost = addCost(out.cost, out.scope.prog.cost)
	}
	for i, m := range r.Matches() {
		built := c.match(m, src.Matches()[i], fmt.Sprintf("%s/%d", path, i+1), out.scope)
		out.cost = addCost(out.cost, built.worst())
		out.matches = append(out.matches, built)
	}
	return out
}

func (m *match) worst() uint64 {
	var sum uint64
	for _, p := range []*program{m.cond, m.outProg} {
		if p != nil {
			sum = addCost(sum, p.cost)
		}
	}
	if m.nested != nil {
		sum = addCost(sum, m.nested.cost)
	}
	return sum
}

func (c *compiler) variable(v *celpolicy.CompiledVariable, src *celpolicy.Variable, outer *varScope) *varScope {
	kind := v.Expr().OutputType().Kind()
	if kind == types.StructKind && !v.Expr().OutputType().IsExactType(outcomeType) {
		line, col := c.parsed.at(src.Expression().ID)
		c.ps.add(line, col, "variable %q cannot hold all of %s; name the field", v.Name(), src.Expression().Value)
	}
	s := &varScope{name: "variables." + v.Name(), slot: c.slots, parent: outer}
	c.slots++
	c.most = max(c.most, c.slots)
	s.prog = c.program(v.Expr(), src.Expression(), outer)
	return s
}

func (c *compiler) match(m *celpolicy.CompiledMatch, src *celpolicy.Match, path string, scope *varScope) *match {
	out := &match{path: path, index: len(c.matches)}
	c.matches = append(c.matches, out)
	out.line, out.column = c.parsed.at(src.SourceID())
	if m.Condition().OutputType() != cel.BoolType {
		line, col := c.parsed.at(src.Condition().ID)
		c.ps.add(line, col, "a condition is a bool, not a value of type %s", m.Condition().OutputType())
	}
	if !m.ConditionIsLiteral(types.True) {
		out.cond = c.program(m.Condition(), src.Condition(), scope)
	}
	if m.NestedRule() != nil {
		out.nested = c.rule(m.NestedRule(), src.Rule(), path, scope)
		return out
	}
	p := c.program(m.Output().Expr(), src.Output(), scope)
	if constant(p.ast.Expr()) {
		out.out = c.fold(p)
	} else {
		out.outProg = p
	}
	if ex := c.explain[src.Output().ID]; ex != nil {
		out.explanation = c.program(ex, src.Explanation(), scope)
	}
	return out
}

// program plans one expression. Whatever fails is reported, and the program
// that comes back then denies; it is never used, because Compile fails.
func (c *compiler) program(ast *cel.Ast, src celpolicy.ValueString, scope *varScope) *program {
	line, col := c.parsed.at(src.ID)
	c.lint(ast.NativeRep(), line, col)
	p, err := c.plan(ast.NativeRep(), &estimator{tool: c.tool, scope: scope})
	if err != nil {
		c.ps.add(line, col, "%v", err)
		p = &program{ast: ast.NativeRep()}
	}
	p.line, p.column, p.text = line, col, src.Value
	c.checkObligations(p)
	return p
}

// constant reports whether an expression names no variable, so that it can be
// evaluated when the policy loads.
func constant(e celast.Expr) bool {
	found := false
	celast.PostOrderVisit(e, celast.NewExprVisitor(func(x celast.Expr) {
		found = found || x.Kind() == celast.IdentKind || x.Kind() == celast.ComprehensionKind
	}))
	return !found
}

// fold evaluates a constant output. What would be an error at every call is
// an error of the policy.
func (c *compiler) fold(p *program) *outcome {
	if p.prg == nil {
		return nil
	}
	v, _, err := p.prg.Eval(cel.NoVars())
	o, ok := v.(*outcome)
	if err != nil || !ok {
		c.ps.add(p.line, p.column, "this output cannot be evaluated: %v", err)
		return nil
	}
	return o
}
