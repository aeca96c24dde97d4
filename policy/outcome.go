package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// maxReason bounds a reason in characters; a longer one is cut.
const maxReason = 300

// The channels on which a person can be asked.
const (
	// ChannelClient asks through the connected client, which could answer for
	// its user.
	ChannelClient = "client"
	// ChannelOperator asks whoever holds the operator's credential. It is the
	// default.
	ChannelOperator = "operator"
)

// outcomeType is the type of every output. It has no literal: only allow(),
// deny(reason), ask(reason) and the modifiers make one.
var outcomeType = cel.ObjectType("counterfoil.Outcome")

// outcome is a value of outcomeType. It is never changed after it is made.
type outcome struct {
	effect  Effect
	reason  string
	channel string
	limits  Limits
	rows    []string // names of scopes, all of which hold
	drop    []string
	mask    []string
}

// ConvertToNative implements ref.Val; an outcome has no other form.
func (o *outcome) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("an outcome cannot become %v", t)
}

// ConvertToType implements ref.Val.
func (o *outcome) ConvertToType(t ref.Type) ref.Val {
	return types.NewErr("an outcome cannot become %s", t.TypeName())
}

// Equal implements ref.Val.
func (o *outcome) Equal(other ref.Val) ref.Val {
	b, ok := other.(*outcome)
	return types.Bool(ok && o.effect == b.effect && o.reason == b.reason && o.channel == b.channel &&
		o.limits == b.limits && slices.Equal(o.rows, b.rows) && slices.Equal(o.drop, b.drop) && slices.Equal(o.mask, b.mask))
}

// Type implements ref.Val.
func (o *outcome) Type() ref.Type { return outcomeType }

// Value implements ref.Val.
func (o *outcome) Value() any { return o }

// outcomeFunctions declares the constructors and the modifiers. A modifier of a
// deny changes nothing that matters, so it is allowed.
func outcomeFunctions() []cel.EnvOption {
	str, num, strs := cel.StringType, cel.IntType, cel.ListType(cel.StringType)
	return []cel.EnvOption{
		cel.Function("allow", cel.Overload("allow", nil, outcomeType,
			cel.FunctionBinding(func(...ref.Val) ref.Val { return &outcome{effect: Allow} }))),
		cel.Function("deny", cel.Overload("deny_string", []*cel.Type{str}, outcomeType,
			cel.UnaryBinding(func(r ref.Val) ref.Val { return withReason(Deny, "", r) }))),
		cel.Function("ask", cel.Overload("ask_string", []*cel.Type{str}, outcomeType,
			cel.UnaryBinding(func(r ref.Val) ref.Val { return withReason(Ask, ChannelOperator, r) }))),
		modifier("via", str, setChannel),
		modifier("max_rows", num, func(o *outcome, v ref.Val) error { return lower(&o.limits.Rows, v) }),
		modifier("max_bytes", num, func(o *outcome, v ref.Val) error { return lower(&o.limits.Bytes, v) }),
		modifier("rows", str, func(o *outcome, v ref.Val) error { return addNames(&o.rows, v) }),
		modifier("drop", strs, func(o *outcome, v ref.Val) error { return addNames(&o.drop, v) }),
		modifier("mask", strs, func(o *outcome, v ref.Val) error { return addNames(&o.mask, v) }),
	}
}

func withReason(e Effect, channel string, r ref.Val) ref.Val {
	s, ok := r.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(r)
	}
	text := []rune(strings.Map(printable, string(s)))
	if len(text) > maxReason {
		text = text[:maxReason]
	}
	return &outcome{effect: e, channel: channel, reason: string(text)}
}

// printable turns control characters into spaces: a reason is one line.
func printable(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// modifier declares a member function that copies an outcome and changes it.
func modifier(name string, arg *cel.Type, set func(*outcome, ref.Val) error) cel.EnvOption {
	return cel.Function(name, cel.MemberOverload("outcome_"+name, []*cel.Type{outcomeType, arg}, outcomeType,
		cel.BinaryBinding(func(target, v ref.Val) ref.Val {
			o, ok := target.(*outcome)
			if !ok {
				return types.MaybeNoSuchOverloadErr(target)
			}
			out := *o
			if err := set(&out, v); err != nil {
				return types.WrapErr(err)
			}
			return &out
		})))
}

func setChannel(o *outcome, v ref.Val) error {
	s, _ := v.(types.String)
	if s != ChannelClient && s != ChannelOperator {
		return fmt.Errorf("via takes %q or %q", ChannelClient, ChannelOperator)
	}
	if o.effect == Ask {
		o.channel = string(s)
	}
	return nil
}

// lower sets a limit. Zero would mean "unchanged" and negative nothing at all,
// so both are errors and with that denials.
func lower(limit *int64, v ref.Val) error {
	n, ok := v.(types.Int)
	if !ok || n <= 0 {
		return fmt.Errorf("a limit must be at least 1")
	}
	if *limit == 0 || int64(n) < *limit {
		*limit = int64(n)
	}
	return nil
}

// addNames appends one name or a list of names, into fresh memory.
func addNames(dst *[]string, v ref.Val) error {
	out := slices.Clone(*dst)
	switch v := v.(type) {
	case types.String:
		out = append(out, string(v))
	case traits.Lister:
		n, ok := v.Size().(types.Int)
		for i := types.Int(0); ok && i < n; i++ {
			s, isString := v.Get(i).(types.String)
			if !isString {
				return fmt.Errorf("names must be strings")
			}
			out = append(out, string(s))
		}
	default:
		return fmt.Errorf("names must be strings")
	}
	slices.Sort(out)
	*dst = slices.Compact(out)
	return nil
}
