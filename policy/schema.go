package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
)

// Bounds on what a rule can be made to look at. The cost of an expression is
// proven from them at load, so Decide denies a request that exceeds one. A
// schema's own maxLength and maxItems replace the last two.
const (
	maxName     = 256      // bytes of one name, role, id or other word
	maxRoles    = 64       // roles of one principal
	maxAccounts = 1000     // accounts granted to one principal
	maxArgText  = 64 << 10 // bytes of one text argument
	maxArgItems = 1000     // items of one list argument
	maxFindings = 100      // entities found in one result
)

// argKind is the form that a policy sees an argument in.
type argKind uint8

const (
	kindOther argKind = iota // exists, but policies cannot see it
	kindInt
	kindString
	kindDate
	kindBool
	kindStrings
	kindInts
)

// argument is one property of a tool's input schema.
type argument struct {
	name     string
	kind     argKind
	required bool
	maxLen   int      // bytes of a string, or of each string in a list
	maxItems int      // items of a list
	enum     []string // closed set of words, if the schema has one
	min, max *int64   // range of an int, if the schema has one
	def      any      // what it is if not given, nil if the schema says nothing
}

// celType is the type that a rule sees; an argument that may be absent is an
// optional.
func (a *argument) celType() *cel.Type {
	var t *cel.Type
	switch a.kind {
	case kindInt:
		t = cel.IntType
	case kindString:
		t = cel.StringType
	case kindDate:
		t = cel.TimestampType
	case kindBool:
		t = cel.BoolType
	case kindStrings:
		t = cel.ListType(cel.StringType)
	case kindInts:
		t = cel.ListType(cel.IntType)
	}
	if a.required {
		return t
	}
	return cel.OptionalType(t)
}

// property is the part of JSON Schema 2020-12 that types an argument.
type property struct {
	Type      any       `json:"type"`
	Format    string    `json:"format"`
	MaxLength *int      `json:"maxLength"`
	MaxItems  *int      `json:"maxItems"`
	Enum      []any     `json:"enum"`
	Minimum   *int64    `json:"minimum"`
	Maximum   *int64    `json:"maximum"`
	Default   any       `json:"default"`
	Items     *property `json:"items"`
}

// tool is what the compiler knows of one tool.
type tool struct {
	Tool
	typeName string // CEL type of its args; the space keeps it out of expressions
	args     []argument
	index    map[string]int
	outputs  map[string]bool // fields of its results; nil if not declared
}

// newTool reads a tool's input schema.
func newTool(s ToolSchema) (*tool, error) {
	var schema struct {
		Properties map[string]*property `json:"properties"`
		Required   []string             `json:"required"`
	}
	if len(s.Input) > 0 {
		if err := json.Unmarshal(s.Input, &schema); err != nil {
			return nil, fmt.Errorf("input schema of tool %q: %w", s.Name, err)
		}
	}
	t := &tool{Tool: s.Tool, typeName: "args of " + s.Name, index: make(map[string]int)}
	for name, p := range schema.Properties {
		if p == nil {
			p = &property{}
		}
		t.args = append(t.args, p.argument(name, slices.Contains(schema.Required, name)))
	}
	slices.SortFunc(t.args, func(a, b argument) int { return strings.Compare(a.name, b.name) })
	for i, a := range t.args {
		t.index[a.name] = i
	}
	if len(s.Output) > 0 {
		var out any
		if err := json.Unmarshal(s.Output, &out); err != nil {
			return nil, fmt.Errorf("output schema of tool %q: %w", s.Name, err)
		}
		t.outputs = make(map[string]bool)
		addProperties(t.outputs, out)
	}
	return t, nil
}

// addProperties collects the names of all properties in a JSON Schema.
func addProperties(to map[string]bool, schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if props, ok := s["properties"].(map[string]any); ok {
			for name := range props {
				to[name] = true
			}
		}
		for _, v := range s {
			addProperties(to, v)
		}
	case []any:
		for _, v := range s {
			addProperties(to, v)
		}
	}
}

func (p *property) argument(name string, required bool) argument {
	a := argument{name: name, required: required, maxLen: maxArgText, maxItems: maxArgItems}
	bound(&a.maxLen, p.MaxLength, utf8Max)
	bound(&a.maxItems, p.MaxItems, 1)
	a.enum, a.def = words(p.Enum), p.Default
	switch p.typeName() {
	case "integer":
		a.kind, a.min, a.max = kindInt, p.Minimum, p.Maximum
	case "boolean":
		a.kind = kindBool
	case "string":
		a.kind = kindString
		if p.Format == "date" || p.Format == "date-time" {
			a.kind = kindDate
		}
	case "array":
		p.Items.item(&a)
	}
	return a
}

// utf8Max is the most bytes that one character of a maxLength can take.
const utf8Max = 4

// typeName is the type of a property; one that may also be null is of the
// other type. Anything else is "", and policies cannot see it.
func (p *property) typeName() string {
	switch t := p.Type.(type) {
	case string:
		return t
	case []any:
		t = slices.DeleteFunc(slices.Clone(t), func(v any) bool { return v == "null" })
		if len(t) == 1 {
			name, _ := t[0].(string)
			return name
		}
	}
	return ""
}

func (p *property) item(a *argument) {
	if p == nil {
		return
	}
	bound(&a.maxLen, p.MaxLength, utf8Max)
	a.enum = words(p.Enum)
	switch p.typeName() {
	case "integer":
		a.kind = kindInts
	case "string":
		a.kind = kindStrings
	}
}

func bound(dst *int, n *int, factor int) {
	const most = 1 << 24 // nothing larger reaches a tool
	if n != nil && *n >= 0 && *n <= most {
		*dst = *n * factor
	}
}

// words returns the strings of an enum, or nil if it is anything else.
func words(enum []any) []string {
	out := make([]string, 0, len(enum))
	for _, v := range enum {
		s, ok := v.(string)
		if !ok {
			return nil
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// arg returns the argument of that name, or nil.
func (t *tool) arg(name string) *argument {
	if i, ok := t.index[name]; ok {
		return &t.args[i]
	}
	return nil
}
