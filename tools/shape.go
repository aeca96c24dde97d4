package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/counterfoil/counterfoil/store"
)

// A shape is the declared form of a tool's arguments. It is derived once from
// a struct type and is the single source of the input schema, of the strict
// decoder, and (through the schema) of the types that policies see.
//
// Struct tags, besides json:
//
//	doc:"…"        description for the model
//	required:"true"
//	min:"1" max:"200"   bounds of an integer; for a string, max is in characters
//	items:"100"    largest number of elements of a list
//	default:"50"   value when the argument is not given
//	enum:"a,b"     closed set of strings
type shape struct {
	typ    reflect.Type
	fields []field
	index  map[string]int
	names  string // for messages
	schema []byte
}

type field struct {
	name     string
	at       []int // index of the struct field
	kind     kind
	doc      string
	required bool
	min, max int64
	items    int
	enum     []string
	def      string
}

type kind int

const (
	kindText kind = iota
	kindInteger
	kindBoolean
	kindDate
	kindDecimal
	kindList
)

// maxListItems bounds a list whose tag names no bound of its own.
const maxListItems = 100

// maxTextRunes bounds a text whose tag names no bound of its own: ids and
// names are far shorter.
const maxTextRunes = 200

var (
	dateType    = reflect.TypeFor[store.Date]()
	decimalType = reflect.TypeFor[*store.Decimal]()
	boolPtrType = reflect.TypeFor[*bool]()
	listType    = reflect.TypeFor[[]string]()
)

// shapeOf derives the shape of an argument struct. It panics on a mistake in
// the tags, which every test that builds the tools meets.
func shapeOf(t reflect.Type) *shape {
	s := &shape{typ: t, index: map[string]int{}}
	var names []string
	for _, sf := range reflect.VisibleFields(t) {
		if sf.Anonymous {
			continue
		}
		f := fieldOf(sf)
		s.index[f.name] = len(s.fields)
		s.fields = append(s.fields, f)
		names = append(names, f.name)
	}
	s.names = strings.Join(names, ", ")
	s.schema = s.render()
	return s
}

func fieldOf(sf reflect.StructField) field {
	name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
	f := field{
		name:     name,
		at:       sf.Index,
		kind:     kindOf(sf.Type),
		doc:      sf.Tag.Get("doc"),
		required: sf.Tag.Get("required") == "true",
		min:      intTag(sf, "min", 0),
		max:      intTag(sf, "max", maxTextRunes),
		items:    int(intTag(sf, "items", maxListItems)),
		def:      sf.Tag.Get("default"),
	}
	if e := sf.Tag.Get("enum"); e != "" {
		f.enum = strings.Split(e, ",")
	}
	if name == "" || (f.kind == kindInteger && (sf.Tag.Get("min") == "" || sf.Tag.Get("max") == "")) {
		panic(fmt.Sprintf("argument %s: every argument needs a json name, every integer a min and a max", sf.Name))
	}
	return f
}

func kindOf(t reflect.Type) kind {
	switch {
	case t == dateType:
		return kindDate
	case t == decimalType:
		return kindDecimal
	case t == boolPtrType, t.Kind() == reflect.Bool:
		return kindBoolean
	case t == listType:
		return kindList
	case t.Kind() == reflect.Int64:
		return kindInteger
	case t.Kind() == reflect.String:
		return kindText
	}
	panic("argument of type " + t.String() + " has no place in a tool schema")
}

func intTag(sf reflect.StructField, tag string, otherwise int64) int64 {
	text := sf.Tag.Get(tag)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic("tag " + tag + " of " + sf.Name + " is not a number")
	}
	return n
}

// render writes the JSON Schema (2020-12) in the order of the fields, which is
// the order of their importance to a model.
func (s *shape) render() []byte {
	var b bytes.Buffer
	b.WriteString(`{"type":"object","properties":{`)
	var required []string
	for i, f := range s.fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quoteJSON(f.name) + ":" + f.render())
		if f.required {
			required = append(required, quoteJSON(f.name))
		}
	}
	b.WriteString(`}`)
	if len(required) > 0 {
		b.WriteString(`,"required":[` + strings.Join(required, ",") + `]`)
	}
	b.WriteString(`,"additionalProperties":false}`)
	return b.Bytes()
}

// decimalPattern is what amounts look like: no exponent, no grouping. The
// digits bound keeps the value within store.MaxMinor for every currency.
const decimalPattern = `^-?[0-9]{1,12}(\.[0-9]{1,4})?$`

func (f field) render() string {
	var parts []string
	add := func(key, value string) { parts = append(parts, quoteJSON(key)+":"+value) }
	switch f.kind {
	case kindInteger:
		add("type", `"integer"`)
		add("minimum", strconv.FormatInt(f.min, 10))
		add("maximum", strconv.FormatInt(f.max, 10))
	case kindBoolean:
		add("type", `"boolean"`)
	case kindDate:
		add("type", `"string"`)
		add("format", `"date"`)
	case kindDecimal:
		add("type", `"string"`)
		add("pattern", quoteJSON(decimalPattern))
	case kindList:
		add("type", `"array"`)
		add("items", f.renderText())
		add("minItems", "1")
		add("maxItems", strconv.Itoa(f.items))
	case kindText:
		text := f.renderText()
		parts = append(parts, text[1:len(text)-1])
	}
	if f.def != "" {
		add("default", f.defaultJSON())
	}
	if f.doc != "" {
		add("description", quoteJSON(f.doc))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (f field) renderText() string {
	if f.enum != nil {
		quoted := make([]string, len(f.enum))
		for i, e := range f.enum {
			quoted[i] = quoteJSON(e)
		}
		return `{"type":"string","enum":[` + strings.Join(quoted, ",") + `]}`
	}
	return `{"type":"string","minLength":1,"maxLength":` + strconv.FormatInt(f.max, 10) + `}`
}

func (f field) defaultJSON() string {
	switch f.kind {
	case kindInteger, kindBoolean:
		return f.def
	case kindList:
		return "[" + quoteJSON(f.def) + "]"
	}
	return quoteJSON(f.def)
}

func quoteJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always marshals
	}
	return string(b)
}
