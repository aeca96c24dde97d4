package policy

import (
	"math"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// Bounds on cost, in CEL's cost units: one is about what one step of the
// interpreter costs, ten to fifty nanoseconds.
const (
	// maxProvenCost is the largest worst case an expression may have to run
	// without a limit: fifty account ids looked up among a thousand, and as much
	// again. An expression above it, or without a bound, runs with maxRuntimeCost
	// and denies when it reaches that.
	maxProvenCost = 100_000
	// maxRuntimeCost is the limit of an expression without a proven bound.
	maxRuntimeCost = 20_000
	// maxDecisionCost is the largest worst case of all expressions that one
	// decision can evaluate; a policy above it does not load. It is around
	// twenty milliseconds.
	maxDecisionCost = 1_000_000
)

// program is one compiled expression.
type program struct {
	prg          cel.Program
	ast          *celast.AST
	cost         uint64 // worst case in cost units
	limited      bool   // no bound was proven, so a runtime limit applies
	line, column int
	text         string
}

// eval evaluates the expression. A limited one gets a frame of its own, because
// cel-go counts cost in the frame.
func (p *program) eval(a *activation) (ref.Val, error) {
	if p.limited {
		v, _, err := p.prg.Eval(a)
		return v, err
	}
	v, _, err := p.prg.Eval(a.frame)
	return v, err
}

// plan makes the program of a checked expression. slots are the variables it
// can see, needed to know how large they can be.
func (c *compiler) plan(ast *celast.AST, sizes *estimator) (*program, error) {
	p := &program{ast: ast}
	est, err := checker.Cost(ast, sizes, checker.PresenceTestHasCost(true))
	if err != nil {
		return nil, err
	}
	p.cost = est.Max
	opts := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	if p.cost > maxProvenCost {
		p.limited, p.cost = true, maxRuntimeCost
		opts = append(opts, cel.CostLimit(maxRuntimeCost), cel.CostTracking(nil))
	}
	p.prg, err = c.envs.release.PlanProgram(ast, opts...)
	return p, err
}

// estimator tells cel-go's cost estimation how large inputs can be. Decide
// denies a request that is larger, so what is proven here holds.
type estimator struct {
	tool  *tool
	scope *varScope
}

// maxVariableChain bounds how far one variable is followed into others.
const maxVariableChain = 20

// EstimateSize implements checker.CostEstimator. It goes by the path that
// cel-go has traced, which knows when a loop's variable hides another name.
func (e *estimator) EstimateSize(n checker.AstNode) *checker.SizeEstimate {
	if path := n.Path(); len(path) == 1 {
		return e.variable(path[0], e.scope, 0)
	}
	return e.path(n.Path())
}

// EstimateCallCost implements checker.CostEstimator for the functions whose
// result has the size of an argument, which cel-go does not know.
func (e *estimator) EstimateCallCost(_, overloadID string, target *checker.AstNode, args []checker.AstNode) *checker.CallEstimate {
	if overloadID != "optional_orValue_value" || target == nil || len(args) != 1 {
		return nil
	}
	est := &checker.CallEstimate{CostEstimate: checker.FixedCostEstimate(1)}
	given, fallback := (*target).ComputedSize(), args[0].ComputedSize()
	if given != nil && fallback != nil {
		size := given.Union(*fallback)
		est.ResultSize = &size
	}
	return est
}

// variable gives the size of a variable of the policy from what it is.
func (e *estimator) variable(name string, scope *varScope, depth int) *checker.SizeEstimate {
	for s := scope; s != nil; s = s.parent {
		if s.name == name {
			return e.expr(s.prog.ast.Expr(), s.parent, depth+1)
		}
	}
	return nil
}

// path gives the size of a field, or of the items of a list field.
func (e *estimator) path(path []string) *checker.SizeEstimate {
	items := len(path) == 3 && path[2] == "@items"
	if len(path) != 2 && !items {
		return nil
	}
	if path[0] == "args" && e.tool != nil {
		return e.arg(path[1], items)
	}
	for i := range structs[path[0]] {
		f := &structs[path[0]][i]
		switch {
		case f.name != path[1]:
		case items && f.item > 0:
			return upTo(f.item)
		case !items && f.max > 0:
			return upTo(f.max)
		}
	}
	return nil
}

func (e *estimator) arg(name string, items bool) *checker.SizeEstimate {
	a := e.tool.arg(name)
	if a == nil {
		return nil
	}
	switch a.kind {
	case kindString:
		return upTo(uint64(a.maxLen))
	case kindStrings, kindInts:
		if items {
			return upTo(uint64(a.maxLen))
		}
		return upTo(uint64(a.maxItems))
	}
	return nil
}

// expr gives the size of a variable's whole expression if it is another
// variable, a field, or an optional argument with a default. It never looks
// inside a loop, so names mean what they say.
func (e *estimator) expr(x celast.Expr, scope *varScope, depth int) *checker.SizeEstimate {
	if depth > maxVariableChain {
		return nil
	}
	switch x.Kind() {
	case celast.LiteralKind:
		if s, ok := x.AsLiteral().(types.String); ok {
			return upTo(uint64(len(s)))
		}
	case celast.ListKind:
		return upTo(uint64(x.AsList().Size()))
	case celast.SelectKind:
		if op := x.AsSelect().Operand(); op.Kind() == celast.IdentKind {
			return e.path([]string{op.AsIdent(), x.AsSelect().FieldName()})
		}
	case celast.IdentKind:
		return e.variable(x.AsIdent(), scope, depth)
	case celast.CallKind:
		call := x.AsCall()
		if call.FunctionName() == "orValue" && call.IsMemberFunction() && len(call.Args()) == 1 {
			return e.orValue(call.Target(), call.Args()[0], scope, depth+1)
		}
	}
	return nil
}

func (e *estimator) orValue(target, fallback celast.Expr, scope *varScope, depth int) *checker.SizeEstimate {
	a, b := e.expr(target, scope, depth+1), e.expr(fallback, scope, depth+1)
	if a == nil || b == nil {
		return nil
	}
	u := a.Union(*b)
	return &u
}

func upTo(n uint64) *checker.SizeEstimate { return &checker.SizeEstimate{Max: n} }

// addCost adds without overflow.
func addCost(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}
