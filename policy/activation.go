package policy

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
)

// activation gives one request to CEL. It stands for all the structs at once:
// `principal`, `args` and the others all resolve to the activation itself, and
// the fields' getters (see fields.go) know which part they read. A field is
// converted to a CEL value once per decision and kept, so that reading it in
// two hundred rules costs what reading it in one does. Activations are pooled;
// nothing outside eval.go makes one.
type activation struct {
	req    *Request
	tool   *tool
	row    *Row // for evaluating a whole scope, else nil
	fields [numFields]ref.Val
	args   []ref.Val
	vars   []ref.Val
	scope  *varScope
	frame  *interpreter.ExecutionFrame
	count  Count
}

// varScope is the innermost variable that an expression can see; the others
// follow through parent. A variable shadows one of the same name further out.
type varScope struct {
	name   string // "variables.NAME"
	slot   int
	prog   *program
	parent *varScope
}

var errAbsent = errors.New("not given in this request")

// ResolveName implements interpreter.Activation.
func (a *activation) ResolveName(name string) (any, bool) {
	switch name {
	case "principal", "client", "tool", "history", "budget", "target", "result", "args", "transaction":
		return a, true
	case "now":
		return a.now(), true
	}
	for s := a.scope; s != nil; s = s.parent {
		if s.name == name {
			return a.variable(s), true
		}
	}
	return nil, false
}

// Parent implements interpreter.Activation.
func (a *activation) Parent() interpreter.Activation { return nil }

// variable evaluates a variable the first time it is read.
func (a *activation) variable(s *varScope) ref.Val {
	if v := a.vars[s.slot]; v != nil {
		return v
	}
	outer := a.scope
	a.scope = s.parent
	v, err := s.prog.eval(a)
	a.scope = outer
	if err != nil {
		v = types.WrapErr(err)
	}
	a.vars[s.slot] = v
	return v
}

func (a *activation) now() ref.Val {
	if a.fields[fieldNow] == nil {
		a.fields[fieldNow] = types.Timestamp{Time: a.req.Now}
	}
	return a.fields[fieldNow]
}

// argument returns the value of the i-th argument of the tool, converted to
// its declared type.
func (a *activation) argument(i int) (ref.Val, error) {
	if v := a.args[i]; v != nil {
		return v, nil
	}
	spec := &a.tool.args[i]
	given, ok := a.req.Args[spec.name]
	if !ok {
		if spec.required {
			return nil, errAbsent
		}
		a.args[i] = types.OptionalNone
		return types.OptionalNone, nil
	}
	v, err := spec.value(given)
	if err != nil {
		return nil, err
	}
	if !spec.required {
		v = types.OptionalOf(v)
	}
	a.args[i] = v
	return v, nil
}

// value converts a decoded argument. The error never holds the value.
func (s *argument) value(given any) (ref.Val, error) {
	switch v := given.(type) {
	case int64:
		if s.kind == kindInt {
			return types.Int(v), nil
		}
	case string:
		if s.kind == kindString {
			return types.String(v), nil
		}
	case time.Time:
		if s.kind == kindDate {
			return types.Timestamp{Time: v}, nil
		}
	case bool:
		if s.kind == kindBool {
			return types.Bool(v), nil
		}
	case []string:
		if s.kind == kindStrings {
			return newStringList(v), nil
		}
	case []int64:
		if s.kind == kindInts {
			return types.DefaultTypeAdapter.NativeToValue(v), nil
		}
	}
	return nil, fmt.Errorf("argument %s has the Go type %T, which its schema does not allow", s.name, given)
}
