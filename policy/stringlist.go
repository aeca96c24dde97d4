package policy

import (
	"reflect"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// stringList is a CEL list of strings whose membership test, the commonest of
// all conditions, does not convert every element first. Everything else is left
// to cel-go's own list.
type stringList struct{ items []string }

func newStringList(items []string) ref.Val { return &stringList{items} }

func (l *stringList) list() traits.Lister {
	return types.NewStringList(types.DefaultTypeAdapter, l.items)
}

// Contains implements traits.Container.
func (l *stringList) Contains(v ref.Val) ref.Val {
	s, ok := v.(types.String)
	if !ok {
		return l.list().Contains(v)
	}
	for _, item := range l.items {
		if item == string(s) {
			return types.True
		}
	}
	return types.False
}

// Get implements traits.Indexer.
func (l *stringList) Get(i ref.Val) ref.Val {
	if n, ok := i.(types.Int); ok && n >= 0 && int64(n) < int64(len(l.items)) {
		return types.String(l.items[n])
	}
	return l.list().Get(i)
}

// Size implements traits.Sizer.
func (l *stringList) Size() ref.Val { return types.Int(len(l.items)) }

// Add implements traits.Adder.
func (l *stringList) Add(v ref.Val) ref.Val { return l.list().Add(v) }

// Iterator implements traits.Iterable.
func (l *stringList) Iterator() traits.Iterator { return l.list().Iterator() }

// Equal implements ref.Val.
func (l *stringList) Equal(v ref.Val) ref.Val { return l.list().Equal(v) }

// Type implements ref.Val.
func (l *stringList) Type() ref.Type { return types.ListType }

// Value implements ref.Val.
func (l *stringList) Value() any { return l.items }

// ConvertToNative implements ref.Val.
func (l *stringList) ConvertToNative(t reflect.Type) (any, error) {
	return l.list().ConvertToNative(t)
}

// ConvertToType implements ref.Val.
func (l *stringList) ConvertToType(t ref.Type) ref.Val { return l.list().ConvertToType(t) }
