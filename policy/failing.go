package policy

import (
	"fmt"

	"github.com/google/cel-go/cel"
	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
)

// failing warns of what names no variable and yet can't be evaluated, such as
// 1 / 0 or the 31st of February: each call that comes to it is denied. A
// condition of that kind that is always false is a rule that never matches.
func (ck *reviewer) failing(m *match) {
	programs := []*program{m.cond, m.outProg}
	if m.nested != nil {
		for s := m.nested.scope; s != nil && s != m.nested.outer; s = s.parent {
			programs = append(programs, s.prog)
		}
	}
	for _, p := range programs {
		ck.constants(p, func(e celast.Expr, v any, err error) {
			switch {
			case err != nil:
				ck.warn(m, "%s", alwaysFails(p, e, err))
			case p == m.cond && e.ID() == p.ast.Expr().ID() && v == types.False:
				ck.warn(m, "this rule can never match: its condition is always false")
			}
		})
	}
}

// failingScopes is failing for row scopes and the variables of sections.
func (ck *reviewer) failingScopes() {
	for name, s := range ck.p.scopes {
		ck.looks("scopes/"+name, s.whole)
		ck.constants(s.whole, func(e celast.Expr, _ any, err error) {
			if err != nil {
				ck.warnings = append(ck.warnings, Warning{"scopes/" + name, Problem{s.whole.line, s.whole.column, alwaysFails(s.whole, e, err)}})
			}
		})
	}
	for _, r := range ck.p.sections {
		for s := r.scope; s != nil && s != r.outer; s = s.parent {
			ck.constants(s.prog, func(e celast.Expr, _ any, err error) {
				if err != nil {
					ck.warnings = append(ck.warnings, Warning{r.path, Problem{s.prog.line, s.prog.column, alwaysFails(s.prog, e, err)}})
				}
			})
		}
	}
}

func alwaysFails(p *program, e celast.Expr, err error) string {
	return fmt.Sprintf("%s always fails (%v), so a call that comes to it is denied", unparse(p.ast, e), err)
}

// constants evaluates the largest calls of an expression that name no variable.
func (ck *reviewer) constants(p *program, found func(e celast.Expr, v any, err error)) {
	if p == nil {
		return
	}
	var walk func(e celast.NavigableExpr)
	walk = func(e celast.NavigableExpr) {
		if e.Kind() != celast.CallKind || !constant(e) {
			for _, c := range e.Children() {
				walk(c)
			}
			return
		}
		part := celast.NewCheckedAST(celast.NewAST(e, p.ast.SourceInfo()), p.ast.TypeMap(), p.ast.ReferenceMap())
		prg, err := ck.p.envs.release.PlanProgram(part)
		if err != nil {
			return
		}
		v, _, err := prg.Eval(cel.NoVars())
		found(e, v, err)
	}
	walk(celast.NavigateAST(p.ast))
}
