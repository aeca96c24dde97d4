package policy

import (
	"math"
	"slices"
	"strings"

	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/parser"
)

// atom is a condition that `policy check` does not look into further, or
// compares with a literal: enough to see that two rules contradict or repeat
// each other, without being a theorem prover. It never says so wrongly; it
// misses what takes more thought.
type atom struct {
	text   string   // canonical form
	not    bool     // the text is negated
	of     string   // for a comparison with literals, the other side
	set    []string // `of` is one of these literals (or, negated, none of them)
	isInt  bool     // `of` is an int between low and high
	lo, hi int64
}

// conjunction is a set of atoms that hold together.
type conjunction []atom

// alternatives takes a condition apart into conjunctions, any of which makes
// it true.
func alternatives(a *celast.AST, e celast.Expr) []conjunction {
	if isCall(e, operators.LogicalOr) {
		var out []conjunction
		for _, arg := range e.AsCall().Args() {
			out = append(out, alternatives(a, arg)...)
		}
		return out
	}
	return []conjunction{conjuncts(a, e, nil)}
}

func conjuncts(a *celast.AST, e celast.Expr, to conjunction) conjunction {
	if isCall(e, operators.LogicalAnd) {
		for _, arg := range e.AsCall().Args() {
			to = conjuncts(a, arg, to)
		}
		return to
	}
	return append(to, newAtom(a, e, false))
}

func isCall(e celast.Expr, fn string) bool {
	return e.Kind() == celast.CallKind && e.AsCall().FunctionName() == fn
}

func newAtom(a *celast.AST, e celast.Expr, not bool) atom {
	if isCall(e, operators.LogicalNot) {
		return newAtom(a, e.AsCall().Args()[0], !not)
	}
	if e.Kind() == celast.CallKind && len(e.AsCall().Args()) == 2 {
		if at, ok := comparisonAtom(a, e, not); ok {
			return at
		}
	}
	return atom{text: unparse(a, e), not: not}
}

func unparse(a *celast.AST, e celast.Expr) string {
	s, err := parser.Unparse(e, a.SourceInfo())
	if err != nil {
		return ""
	}
	return written(s)
}

var mirrored = map[string]string{
	operators.Equals: operators.Equals, operators.NotEquals: operators.NotEquals,
	operators.Less: operators.Greater, operators.LessEquals: operators.GreaterEquals,
	operators.Greater: operators.Less, operators.GreaterEquals: operators.LessEquals,
}

// comparisonAtom reads a comparison of something with a literal.
func comparisonAtom(a *celast.AST, e celast.Expr, not bool) (atom, bool) {
	fn, left, right := e.AsCall().FunctionName(), e.AsCall().Args()[0], e.AsCall().Args()[1]
	if fn == operators.In {
		words := stringLiterals(right)
		if right.Kind() != celast.ListKind || len(words) != right.AsList().Size() {
			return atom{}, false
		}
		return wordsAtom(unparse(a, left), words, not), true
	}
	if left.Kind() == celast.LiteralKind {
		left, right, fn = right, left, mirrored[fn]
	}
	if right.Kind() != celast.LiteralKind || mirrored[fn] == "" {
		return atom{}, false
	}
	switch lit := right.AsLiteral().(type) {
	case types.String:
		if fn == operators.Equals || fn == operators.NotEquals {
			return wordsAtom(unparse(a, left), []celast.Expr{right}, not != (fn == operators.NotEquals)), true
		}
	case types.Int:
		return intAtom(unparse(a, left), fn, int64(lit), not)
	}
	return atom{}, false
}

func wordsAtom(of string, words []celast.Expr, not bool) atom {
	at := atom{of: of, not: not}
	for _, w := range words {
		at.set = append(at.set, string(w.AsLiteral().(types.String)))
	}
	slices.Sort(at.set)
	at.text = of + " in " + strings.Join(at.set, ",")
	return at
}

// intAtom makes a range of a comparison with an int. != has none.
func intAtom(of, fn string, n int64, not bool) (atom, bool) {
	if not {
		fn = map[string]string{operators.Less: operators.GreaterEquals, operators.LessEquals: operators.Greater,
			operators.Greater: operators.LessEquals, operators.GreaterEquals: operators.Less}[fn]
	}
	at := atom{of: of, isInt: true, lo: math.MinInt64, hi: math.MaxInt64}
	switch fn {
	case operators.Equals:
		at.lo, at.hi = n, n
	case operators.GreaterEquals:
		at.lo = n
	case operators.LessEquals:
		at.hi = n
	case operators.Greater:
		if n == math.MaxInt64 {
			return atom{}, false
		}
		at.lo = n + 1
	case operators.Less:
		if n == math.MinInt64 {
			return atom{}, false
		}
		at.hi = n - 1
	default:
		return atom{}, false
	}
	return at, true
}

// implies reports whether a makes b true.
func (a atom) implies(b atom) bool {
	switch {
	case a.isInt && b.isInt:
		return a.of == b.of && a.lo >= b.lo && a.hi <= b.hi
	case a.isInt || b.isInt:
		return false
	case a.of != "" && a.of == b.of && !a.not && !b.not:
		return subset(a.set, b.set)
	case a.of != "" && a.of == b.of && a.not && b.not:
		return subset(b.set, a.set)
	case a.of != "" && a.of == b.of && !a.not && b.not:
		return disjoint(a.set, b.set)
	}
	return a.text != "" && a.text == b.text && a.not == b.not
}

// excludes reports whether a and b cannot both be true.
func (a atom) excludes(b atom) bool {
	switch {
	case a.isInt && b.isInt:
		return a.of == b.of && (a.lo > b.hi || b.lo > a.hi)
	case a.isInt || b.isInt:
		return false
	case a.of != "" && a.of == b.of && !a.not && !b.not:
		return disjoint(a.set, b.set)
	case a.of != "" && a.of == b.of && a.not != b.not:
		in, out := a, b
		if a.not {
			in, out = b, a
		}
		return subset(in.set, out.set)
	}
	return a.text != "" && a.text == b.text && a.not != b.not
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

func disjoint(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// contradictory reports whether c can never hold.
func (c conjunction) contradictory() bool {
	for i, a := range c {
		if a.text == "false" && !a.not || a.text == "true" && a.not || a.isInt && a.lo > a.hi {
			return true
		}
		if slices.ContainsFunc(c[i+1:], a.excludes) {
			return true
		}
	}
	return false
}

// implies reports whether c makes all of d true.
func (c conjunction) implies(d conjunction) bool {
	for _, b := range d {
		if !slices.ContainsFunc(c, func(a atom) bool { return a.implies(b) }) {
			return false
		}
	}
	return true
}

// covers reports whether every way to make b true also makes a true.
func covers(a, b []conjunction) bool {
	for _, y := range b {
		if !slices.ContainsFunc(a, func(x conjunction) bool { return y.implies(x) }) {
			return false
		}
	}
	return true
}
