package policy

import (
	"fmt"
	"slices"
	"strings"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
)

// lint refuses what type-checks and yet can only be a mistake: `dyn`, which
// would switch the types off, and comparing a field that has a closed set of
// words with a word outside it, which would never match.
func (c *compiler) lint(ast *celast.AST, line, col int) {
	report := func(e celast.Expr, format string, args ...any) {
		l, k := line, col
		if loc := ast.SourceInfo().GetStartLocation(e.ID()); loc.Line() > 0 {
			l, k = loc.Line(), loc.Column()+1 // of the whole file
		}
		c.ps.add(l, k, format, args...)
	}
	celast.PostOrderVisit(ast.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		if e.Kind() != celast.CallKind {
			return
		}
		call := e.AsCall()
		switch call.FunctionName() {
		case "dyn":
			report(e, "dyn() is not allowed: it would switch type-checking off")
		case operators.Equals, operators.NotEquals:
			c.checkWords(report, call.Args()[0], call.Args()[1])
			c.checkWords(report, call.Args()[1], call.Args()[0])
		case operators.In:
			c.checkWords(report, call.Args()[0], call.Args()[1])
			c.checkWords(report, call.Args()[1], call.Args()[0])
		case operators.Index, operators.OptIndex, operators.OptSelect:
			c.checkWords(report, call.Args()[0], call.Args()[1])
		}
	}))
}

type reporter func(e celast.Expr, format string, args ...any)

// checkWords reports a literal on the one side that the field on the other
// side can never hold.
func (c *compiler) checkWords(report reporter, side, literal celast.Expr) {
	name, enum := c.vocabulary(side)
	if enum == nil {
		return
	}
	for _, lit := range stringLiterals(literal) {
		if s := lit.AsLiteral().(types.String); !slices.Contains(enum, string(s)) {
			report(lit, "%s is never %q; it is one of %s", name, string(s), strings.Join(enum, ", "))
		}
	}
}

// vocabulary returns the closed set of words of the field that e names.
func (c *compiler) vocabulary(e celast.Expr) (name string, enum []string) {
	if e.Kind() == celast.CallKind && e.AsCall().FunctionName() == "orValue" && e.AsCall().IsMemberFunction() {
		e = e.AsCall().Target()
	}
	if e.Kind() != celast.SelectKind || e.AsSelect().Operand().Kind() != celast.IdentKind {
		return "", nil
	}
	of, field := e.AsSelect().Operand().AsIdent(), e.AsSelect().FieldName()
	name = of + "." + field
	if of == "args" && c.tool != nil {
		if a := c.tool.arg(field); a != nil {
			return name, a.enum
		}
	}
	for _, f := range structs[of] {
		if f.name == field {
			return name, f.enum
		}
	}
	return "", nil
}

func stringLiterals(e celast.Expr) []celast.Expr {
	switch e.Kind() {
	case celast.LiteralKind:
		if _, ok := e.AsLiteral().(types.String); ok {
			return []celast.Expr{e}
		}
	case celast.ListKind:
		var out []celast.Expr
		for _, item := range e.AsList().Elements() {
			out = append(out, stringLiterals(item)...)
		}
		return out
	}
	return nil
}

// checkObligations checks the arguments of modifiers that name something. They must
// be literals, so that a name that does not exist is found now and not when it
// should have protected something.
func (c *compiler) checkObligations(p *program) {
	report := func(format string, args ...any) {
		c.ps.add(p.line, p.column, format, args...)
	}
	celast.PostOrderVisit(p.ast.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		if e.Kind() != celast.CallKind {
			return
		}
		call := e.AsCall()
		fn := call.FunctionName()
		switch fn {
		case "rows", "drop", "mask", "via", "max_rows", "max_bytes":
			if !call.IsMemberFunction() || len(call.Args()) != 1 {
				return
			}
			if c.section == sectionRelease && fn != "via" {
				report("%s() has no effect once the tool has run; a release rule can allow, deny or ask", fn)
				return
			}
			if err := c.checkModifier(fn, call.Args()[0]); err != nil {
				report("%v", err)
			}
		}
	}))
}

func (c *compiler) checkModifier(fn string, arg celast.Expr) error {
	if fn == "max_rows" || fn == "max_bytes" {
		return nil
	}
	names := stringLiterals(arg)
	if len(names) == 0 || arg.Kind() == celast.ListKind && len(names) != arg.AsList().Size() {
		return fmt.Errorf("%s() takes names written out, not computed", fn)
	}
	for _, n := range names {
		s := string(n.AsLiteral().(types.String))
		switch {
		case fn == "rows" && c.scopes[s] == nil:
			return fmt.Errorf("rows(%q): no such entry under scopes", s)
		case fn == "mask" && !slices.Contains(maskWords, s):
			return fmt.Errorf("mask(): %q cannot be masked; it takes %s", s, strings.Join(maskWords, ", "))
		case fn == "drop" && !c.returned(s):
			return fmt.Errorf("drop(): no result here has a field %q", s)
		}
	}
	return nil
}

// returned reports whether a field occurs in the results of the tool at hand
// or, in a section for all tools, of any. A tool whose results are not declared
// may return anything.
func (c *compiler) returned(field string) bool {
	if c.section == sectionTool {
		return c.tool == nil || c.tool.outputs == nil || c.tool.outputs[field]
	}
	for _, t := range c.tools {
		if t.outputs == nil || t.outputs[field] {
			return true
		}
	}
	return len(c.tools) == 0
}
