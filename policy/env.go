package policy

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"time"
	_ "time/tzdata" // so that office hours mean the same where the system has no time zones

	"github.com/google/cel-go/cel"
	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// environments are the CEL environments of one policy. They differ only in the
// variables that an expression may name.
type environments struct {
	call    *cel.Env // before and after; with args added, a tool's rules
	release *cel.Env
	scope   *cel.Env
}

// Bounds that the CEL parser and checker enforce on one expression.
const (
	maxExpression     = 4 << 10 // code points
	maxNesting        = 100     // parentheses, lists and calls inside each other; type-checking is quadratic in it
	maxComprehensions = 2       // loops inside loops
	maxPattern        = 200     // bytes of a regular expression
	maxPatternProgram = 2000    // instructions it compiles to
)

func newEnvironments(p *provider) (*environments, error) {
	opts := []cel.EnvOption{
		cel.CustomTypeProvider(p),
		cel.CustomTypeAdapter(p),
		cel.OptionalTypes(),
		cel.ParserExpressionSizeLimit(maxExpression),
		cel.ParserRecursionLimit(maxNesting),
		cel.ASTValidators(
			cel.ValidateDurationLiterals(),
			cel.ValidateTimestampLiterals(),
			patterns{},
			cel.ValidateHomogeneousAggregateLiterals(),
			cel.ValidateComprehensionNestingLimit(maxComprehensions),
		),
	}
	opts = append(opts, timeFunctions()...)
	opts = append(opts, structVariables("principal")...)
	opts = append(opts, cel.Variable("now", cel.TimestampType))
	base, err := cel.NewEnv(opts...)
	if err != nil {
		return nil, err
	}
	envs := &environments{}
	if envs.scope, err = base.Extend(structVariables("transaction")...); err != nil {
		return nil, err
	}
	calls := append(structVariables("client", "tool", "history", "budget", "target"), outcomeFunctions()...)
	if envs.call, err = base.Extend(calls...); err != nil {
		return nil, err
	}
	envs.release, err = envs.call.Extend(structVariables("result")...)
	return envs, err
}

// forTool returns the environment of a tool's own rules.
func (e *environments) forTool(t *tool) (*cel.Env, error) {
	if t == nil {
		return e.call.Extend(cel.Variable("args", cel.DynType))
	}
	return e.call.Extend(cel.Variable("args", cel.ObjectType(t.typeName)))
}

func structVariables(names ...string) []cel.EnvOption {
	opts := make([]cel.EnvOption, 0, len(names))
	for _, n := range names {
		opts = append(opts, cel.Variable(n, cel.ObjectType(typePrefix+n)))
	}
	return opts
}

// timeFunctions are what rules about money need and CEL lacks: a civil date,
// and a number of days (24 hours each) as a duration.
func timeFunctions() []cel.EnvOption {
	return []cel.EnvOption{
		cel.Function("date", cel.Overload("date_string", []*cel.Type{cel.StringType}, cel.TimestampType,
			cel.UnaryBinding(civilDate))),
		cel.Function("days", cel.Overload("days_int", []*cel.Type{cel.IntType}, cel.DurationType,
			cel.UnaryBinding(dayDuration))),
	}
}

func civilDate(v ref.Val) ref.Val {
	s, ok := v.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	t, err := time.Parse(time.DateOnly, string(s))
	if err != nil {
		return types.NewErr("date() takes YYYY-MM-DD")
	}
	return types.Timestamp{Time: t}
}

// maxDays is two centuries: within the range of a duration, beyond any need.
const maxDays = 73_000

func dayDuration(v ref.Val) ref.Val {
	n, ok := v.(types.Int)
	if !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	if n < -maxDays || n > maxDays {
		return types.NewErr("days() takes at most %d days", maxDays)
	}
	return types.Duration{Duration: time.Duration(n) * 24 * time.Hour}
}

// patterns is the validator of regular expressions: they are written out,
// short and cheap. One that comes from a caller would be the caller's way to
// spend our time.
type patterns struct{}

// Name implements cel.ASTValidator.
func (patterns) Name() string { return "counterfoil.patterns" }

// Validate implements cel.ASTValidator.
func (patterns) Validate(_ *cel.Env, _ cel.ValidatorConfig, a *celast.AST, iss *cel.Issues) {
	for _, call := range celast.MatchDescendants(celast.NavigateAST(a), celast.FunctionMatcher("matches")) {
		args := call.AsCall().Args()
		if len(args) == 0 {
			continue
		}
		arg := args[len(args)-1]
		if err := checkPattern(arg); err != nil {
			iss.ReportErrorAtID(arg.ID(), "%v", err)
		}
	}
}

func checkPattern(arg celast.Expr) error {
	if arg.Kind() != celast.LiteralKind {
		return errors.New("a regular expression must be written out, not computed")
	}
	text, ok := arg.AsLiteral().(types.String)
	if !ok || len(text) > maxPattern {
		return fmt.Errorf("a regular expression has at most %d bytes", maxPattern)
	}
	re, err := syntax.Parse(string(text), syntax.Perl)
	if err != nil {
		return errors.New("this is not a regular expression of RE2")
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil || len(prog.Inst) > maxPatternProgram {
		return errors.New("this regular expression is too large; use smaller repetition counts")
	}
	return nil
}
