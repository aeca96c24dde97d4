package policy

import (
	"errors"
	"fmt"

	"github.com/google/cel-go/cel"
	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
)

// rowScope is one entry of `scopes:`, compiled to a tree that SQL can express.
//
// The subset: &&, ||, !, ?: with a condition that does not look at the
// transaction, and comparisons of one field of the transaction with an
// expression that does not look at it: == != and `in` for every field, < <= >
// >= for the date; the boolean field stands for itself. Expressions without
// the transaction may be anything; they are evaluated once per call, when the
// tree for that call is built. Everything else is refused when the policy loads.
type rowScope struct {
	name  string
	root  *scopeNode
	whole *program // the expression as written, for comparing with
	cost  uint64
}

// scopeNode is one node. op is And, Or or Not with args; a comparison with
// field and prog; "" for a prog that is a bool by itself; "?" for a choice
// of args[0] or args[1] by prog.
type scopeNode struct {
	op    ScopeOp
	field string
	args  []*scopeNode
	prog  *program
}

const opChoose ScopeOp = "?"

// compileScopes compiles all row scopes.
func (c *compiler) compileScopes() {
	c.scopes = make(map[string]*rowScope)
	if len(c.parsed.scopes) > MaxScopes {
		c.ps.add(0, 0, "more than %d scopes", MaxScopes)
		return
	}
	for _, s := range c.parsed.scopes {
		line, col := c.parsed.at(s.name.ID)
		if !scopeName.MatchString(s.name.Value) {
			c.ps.add(line, col, "a scope's name is lower-case letters, digits and _, at most 64")
		}
		c.scopes[s.name.Value] = c.compileScope(s)
	}
}

func (c *compiler) compileScope(s scopeSource) *rowScope {
	line, col := c.parsed.at(s.expr.ID)
	src := c.parsed.src.Relative(s.expr.Value, line, col-1)
	ast, iss := c.envs.scope.CompileSource(src)
	if iss.Err() != nil {
		c.ps.addCEL(iss.Errors())
		return nil
	}
	if ast.OutputType() != cel.BoolType {
		c.ps.add(line, col, "a scope is a bool, not a value of type %s", ast.OutputType())
		return nil
	}
	rs := &rowScope{name: s.name.Value, whole: c.program(ast, s.expr, nil)}
	b := &scopeBuilder{c: c, ast: ast.NativeRep()}
	root, err := b.node(ast.NativeRep().Expr(), 0)
	if err != nil {
		c.ps.add(line, col, "scope %s: %v", s.name.Value, err)
		return nil
	}
	rs.root, rs.cost = root, b.cost
	return rs
}

// scopeBuilder turns one checked expression into a tree.
type scopeBuilder struct {
	c    *compiler
	ast  *celast.AST
	cost uint64
}

var logicalOps = map[string]ScopeOp{operators.LogicalAnd: OpAnd, operators.LogicalOr: OpOr, operators.LogicalNot: OpNot}

// compareOps gives each comparison, and what it becomes with its sides swapped.
var compareOps = map[string][2]ScopeOp{
	operators.Equals:        {OpEq, OpEq},
	operators.NotEquals:     {OpNe, OpNe},
	operators.Less:          {OpLt, OpGt},
	operators.LessEquals:    {OpLe, OpGe},
	operators.Greater:       {OpGt, OpLt},
	operators.GreaterEquals: {OpGe, OpLe},
	operators.In:            {OpIn, ""},
}

var errSubset = errors.New("this cannot be expressed as SQL; use && || ! and comparisons of one field of the transaction with something that does not look at it")

func (b *scopeBuilder) node(e celast.Expr, depth int) (*scopeNode, error) {
	if depth > maxScopeDepth {
		return nil, errSubset
	}
	if !looksAtRow(e) {
		p, err := b.plan(e)
		return &scopeNode{prog: p}, err
	}
	if f := rowField(e); f == "pending" {
		p, err := b.plan(b.truth(e))
		return &scopeNode{op: OpEq, field: f, prog: p}, err
	}
	if e.Kind() != celast.CallKind {
		return nil, errSubset
	}
	call := e.AsCall()
	if op, ok := logicalOps[call.FunctionName()]; ok {
		return b.nodes(&scopeNode{op: op}, call.Args(), depth)
	}
	if call.FunctionName() == operators.Conditional && !looksAtRow(call.Args()[0]) {
		p, err := b.plan(call.Args()[0])
		if err != nil {
			return nil, err
		}
		return b.nodes(&scopeNode{op: opChoose, prog: p}, call.Args()[1:], depth)
	}
	if ops, ok := compareOps[call.FunctionName()]; ok {
		return b.comparison(ops, call.Args()[0], call.Args()[1])
	}
	return nil, errSubset
}

func (b *scopeBuilder) nodes(n *scopeNode, args []celast.Expr, depth int) (*scopeNode, error) {
	for _, arg := range args {
		child, err := b.node(arg, depth+1)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, child)
	}
	return n, nil
}

func (b *scopeBuilder) comparison(ops [2]ScopeOp, left, right celast.Expr) (*scopeNode, error) {
	op := ops[0]
	if rowField(left) == "" {
		left, right, op = right, left, ops[1]
	}
	field := rowField(left)
	if field == "" || op == "" || looksAtRow(right) {
		return nil, errSubset
	}
	if field != "date" && op != OpEq && op != OpNe && op != OpIn {
		return nil, fmt.Errorf("%s can be compared with == != and in only", field)
	}
	p, err := b.plan(right)
	return &scopeNode{op: op, field: field, prog: p}, err
}

// plan makes a program of a part of the scope.
func (b *scopeBuilder) plan(e celast.Expr) (*program, error) {
	part := celast.NewCheckedAST(celast.NewAST(e, b.ast.SourceInfo()), b.ast.TypeMap(), b.ast.ReferenceMap())
	p, err := b.c.plan(part, &estimator{})
	if err == nil {
		b.cost = addCost(b.cost, p.cost)
	}
	return p, err
}

// truth is the literal true, in the place of e.
func (b *scopeBuilder) truth(e celast.Expr) celast.Expr {
	return celast.NewExprFactory().NewLiteral(e.ID(), types.True)
}

func looksAtRow(e celast.Expr) bool {
	found := false
	celast.PostOrderVisit(e, celast.NewExprVisitor(func(x celast.Expr) {
		found = found || x.Kind() == celast.IdentKind && x.AsIdent() == "transaction"
	}))
	return found
}

// rowField returns F of `transaction.F`, or "".
func rowField(e celast.Expr) string {
	if e.Kind() != celast.SelectKind || e.AsSelect().IsTestOnly() {
		return ""
	}
	if op := e.AsSelect().Operand(); op.Kind() != celast.IdentKind || op.AsIdent() != "transaction" {
		return ""
	}
	return e.AsSelect().FieldName()
}
