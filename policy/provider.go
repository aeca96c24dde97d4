package policy

import (
	"errors"
	"fmt"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

const typePrefix = "counterfoil."

// provider is the types.Provider of all environments: the structs above, and
// for each tool a struct of its arguments. It never changes after Compile.
type provider struct {
	*types.Registry
	fields map[string]map[string]*types.FieldType
}

func newProvider(tools map[string]*tool) (*provider, error) {
	reg, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	p := &provider{Registry: reg, fields: make(map[string]map[string]*types.FieldType)}
	for name, list := range structs {
		m := make(map[string]*types.FieldType, len(list))
		for i := range list {
			m[list[i].name] = list[i].fieldType()
		}
		p.fields[typePrefix+name] = m
	}
	for _, t := range tools {
		m := make(map[string]*types.FieldType, len(t.args))
		for i := range t.args {
			if t.args[i].kind != kindOther {
				m[t.args[i].name] = t.fieldType(i)
			}
		}
		p.fields[t.typeName] = m
	}
	return p, nil
}

func (f *field) fieldType() *types.FieldType {
	get := func(target any) (ref.Val, error) {
		a, ok := target.(*activation)
		if !ok {
			return nil, fmt.Errorf("field %s of something else", f.name)
		}
		if v := a.fields[f.slot]; v != nil {
			return v, nil
		}
		v, err := f.get(a)
		if err == nil {
			a.fields[f.slot] = v
		}
		return v, err
	}
	return &types.FieldType{
		Type:    f.typ,
		IsSet:   func(target any) bool { _, err := get(target); return err == nil },
		GetFrom: func(target any) (any, error) { return get(target) },
	}
}

func (t *tool) fieldType(i int) *types.FieldType {
	return &types.FieldType{
		Type: t.args[i].celType(),
		IsSet: func(target any) bool {
			a, ok := target.(*activation)
			if !ok {
				return false
			}
			_, given := a.req.Args[t.args[i].name]
			return given
		},
		GetFrom: func(target any) (any, error) {
			a, ok := target.(*activation)
			if !ok || a.tool != t {
				return nil, errors.New("arguments of another tool")
			}
			return a.argument(i)
		},
	}
}

// FindStructType implements types.Provider.
func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if _, ok := p.fields[name]; ok || name == outcomeType.TypeName() {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return nil, false
}

// FindStructFieldNames implements types.Provider.
func (p *provider) FindStructFieldNames(name string) ([]string, bool) {
	m, ok := p.fields[name]
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	return names, ok
}

// FindStructFieldType implements types.Provider.
func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	ft, ok := p.fields[name][field]
	return ft, ok
}

// FindIdent implements types.Provider; there are no constants to find beyond
// CEL's own types.
func (p *provider) FindIdent(name string) (ref.Val, bool) {
	if _, ok := p.fields[name]; ok {
		return nil, false
	}
	return p.Registry.FindIdent(name)
}

// NewValue implements types.Provider: no struct can be written in a policy.
func (p *provider) NewValue(name string, _ map[string]ref.Val) ref.Val {
	return types.NewErr("a policy cannot make a %s", name)
}
