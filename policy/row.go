package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// Row is what a scope can see of one transaction.
type Row struct {
	Account   string // account id
	Date      time.Time
	Category  string // "" is uncategorised
	Merchant  string
	Currency  string // ISO 4217
	Direction string // "in" or "out"
	Pending   bool
}

var directionWords = []string{"in", "out"}

var errNoRow = errors.New("no transaction here")

var rowFields = []field{
	ofRow("account", rowAccount, cel.StringType, nil, func(r *Row) ref.Val { return types.String(r.Account) }),
	ofRow("date", rowDate, cel.TimestampType, nil, func(r *Row) ref.Val { return types.Timestamp{Time: r.Date} }),
	ofRow("category", rowCategory, cel.StringType, nil, func(r *Row) ref.Val { return types.String(r.Category) }),
	ofRow("merchant", rowMerchant, cel.StringType, nil, func(r *Row) ref.Val { return types.String(r.Merchant) }),
	ofRow("currency", rowCurrency, cel.StringType, nil, func(r *Row) ref.Val { return types.String(r.Currency) }),
	ofRow("direction", rowDirection, cel.StringType, directionWords, func(r *Row) ref.Val { return types.String(r.Direction) }),
	ofRow("pending", rowPending, cel.BoolType, nil, func(r *Row) ref.Val { return types.Bool(r.Pending) }),
}

func ofRow(name string, slot int, typ *cel.Type, enum []string, get func(*Row) ref.Val) field {
	return field{name: name, slot: slot, typ: typ, max: maxName, enum: enum, get: func(a *activation) (ref.Val, error) {
		if a.row == nil {
			return nil, errNoRow
		}
		return get(a.row), nil
	}}
}

// maxScopeDepth bounds the trees that Match accepts; Compile makes no deeper ones.
const maxScopeDepth = 300

// Match reports whether the scope lets a row through: the meaning that every
// store's SQL has to reproduce. A nil scope restricts nothing. A malformed tree
// (unknown operator or field, a value of the wrong type) matches no row at all.
func (s *Scope) Match(r Row) bool {
	if s == nil {
		return true
	}
	match, ok := s.match(&r, 0)
	return ok && match
}

func (s *Scope) match(r *Row, depth int) (match, ok bool) {
	if s == nil || depth > maxScopeDepth {
		return false, false
	}
	switch s.Op {
	case OpAnd, OpOr:
		return s.matchAll(r, depth)
	case OpNot:
		if len(s.Args) != 1 {
			return false, false
		}
		m, ok := s.Args[0].match(r, depth+1)
		return !m, ok
	case OpIn:
		return s.matchIn(r)
	}
	if len(s.Values) != 1 {
		return false, false
	}
	c, equal, ok := r.compare(s.Field, s.Values[0])
	if !ok || (s.Field != "date" && s.Op != OpEq && s.Op != OpNe) {
		return false, false
	}
	switch s.Op {
	case OpEq:
		return equal, true
	case OpNe:
		return !equal, true
	case OpLt:
		return c < 0, true
	case OpLe:
		return c <= 0, true
	case OpGt:
		return c > 0, true
	case OpGe:
		return c >= 0, true
	}
	return false, false
}

// matchAll looks at every branch, so that a malformed one is never hidden.
func (s *Scope) matchAll(r *Row, depth int) (match, ok bool) {
	if len(s.Args) == 0 {
		return false, false
	}
	match = s.Op == OpAnd
	for _, arg := range s.Args {
		m, ok := arg.match(r, depth+1)
		if !ok {
			return false, false
		}
		if s.Op == OpAnd {
			match = match && m
		} else {
			match = match || m
		}
	}
	return match, true
}

func (s *Scope) matchIn(r *Row) (match, ok bool) {
	if !slices.ContainsFunc(rowFields, func(f field) bool { return f.name == s.Field }) {
		return false, false
	}
	for _, v := range s.Values {
		_, equal, ok := r.compare(s.Field, v)
		if !ok {
			return false, false
		}
		match = match || equal
	}
	return match, true
}

// compare compares a field with a value of its own type.
func (r *Row) compare(field string, v any) (order int, equal, ok bool) {
	switch field {
	case "date":
		t, ok := v.(time.Time)
		return r.Date.Compare(t), r.Date.Equal(t), ok
	case "pending":
		b, ok := v.(bool)
		return 0, b == r.Pending, ok
	}
	s, ok := v.(string)
	if !ok {
		return 0, false, false
	}
	switch field {
	case "account":
		return 0, s == r.Account, true
	case "category":
		return 0, s == r.Category, true
	case "merchant":
		return 0, s == r.Merchant, true
	case "currency":
		return 0, s == r.Currency, true
	case "direction":
		return 0, s == r.Direction, true
	}
	return 0, false, false
}

// String writes the scope as a policy would, for operators.
func (s *Scope) String() string {
	if s == nil {
		return "all"
	}
	var parts []string
	for _, arg := range s.Args {
		parts = append(parts, arg.String())
	}
	for _, v := range s.Values {
		if t, ok := v.(time.Time); ok {
			v = t.Format(time.DateOnly)
		}
		parts = append(parts, fmt.Sprintf("%#v", v))
	}
	if s.Field == "" {
		return string(s.Op) + "(" + strings.Join(parts, ", ") + ")"
	}
	return s.Field + " " + string(s.Op) + " [" + strings.Join(parts, ", ") + "]"
}
