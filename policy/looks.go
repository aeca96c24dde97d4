package policy

import (
	"fmt"
	"strings"
	"unicode"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
)

// looks warns of texts that rules compare with and that are not what they look
// like: such a rule never matches the name that its author sees.
func (ck *reviewer) looks(path string, p *program) {
	if p == nil {
		return
	}
	celast.PostOrderVisit(p.ast.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		if !isCall(e, operators.Equals) && !isCall(e, operators.NotEquals) && !isCall(e, operators.In) {
			return
		}
		for _, side := range e.AsCall().Args() {
			for _, lit := range stringLiterals(side) {
				s := lit.AsLiteral().Value().(string)
				if why := misleading(s); why != "" {
					ck.warnings = append(ck.warnings, Warning{path, Problem{p.line, p.column, fmt.Sprintf("the text %+q %s", s, why)}})
				}
			}
		}
	}))
}

// misleading says what of a text can't be seen: a space at an end, a character
// without width, or a word with letters of alphabets that look alike.
func misleading(s string) string {
	if strings.TrimSpace(s) != s {
		return "begins or ends with a space"
	}
	var latin, other rune
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return fmt.Sprintf("holds %U, which is not to be seen", r)
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
			latin, other = 0, 0
		case unicode.Is(unicode.Latin, r):
			latin = r
		case unicode.In(r, unicode.Cyrillic, unicode.Greek):
			other = r
		}
		if latin != 0 && other != 0 {
			return fmt.Sprintf("has letters of two alphabets in one word: %q is %U", other, other)
		}
	}
	return ""
}

// aimless warns of a condition for every tool that looks at nothing but the
// target of a write, and not whether there is one.
func (ck *reviewer) aimless(m *match, given conjunction) {
	if ck.tool != nil || len(given) > 0 || strings.HasPrefix(m.path, "release") {
		return
	}
	target, rest := false, false
	celast.PostOrderVisit(m.cond.ast.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		switch {
		case e.Kind() == celast.SelectKind && e.AsSelect().IsTestOnly():
			rest = true
		case e.Kind() == celast.IdentKind && e.AsIdent() == "target":
			target = true
		case e.Kind() == celast.IdentKind:
			rest = true
		}
	}))
	if target && !rest {
		ck.warn(m, "reading is without a target, so this condition fails and the call is denied: ask has(target.sharing) first")
	}
}

// cut warns of a reason that callers get in part.
func (ck *reviewer) cut(m *match) {
	if m.out != nil && len([]rune(m.out.reason)) >= maxReason {
		ck.warn(m, "a reason is cut off after %d characters, which this one reaches", maxReason)
	}
}
