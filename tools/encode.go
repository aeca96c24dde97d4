package tools

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// encode writes a result as JSON without HTML escapes. The same value always
// gives the same bytes: struct fields stand in declared order. Fields that a
// policy drops are left out wherever they occur.
func encode(v any, drop []string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	doc := bytes.TrimRight(b.Bytes(), "\n")
	if len(drop) == 0 {
		return doc, nil
	}
	return dropFields(doc, drop)
}

// dropFields leaves out the members with the given names at any depth.
func dropFields(doc []byte, names []string) ([]byte, error) {
	in := json.NewDecoder(bytes.NewReader(doc))
	in.UseNumber()
	var tree any
	if err := in.Decode(&tree); err != nil {
		return nil, err
	}
	prune(tree, names)
	return encode(tree, nil)
}

// namedValues are the tools whose names are values of a field that other tools have
// by its own name.
var namedValues = map[string]string{"list_merchants": "merchant", "list_categories": "category"}

// dropped are the members to leave out of the tool's results.
func (t *tool) dropped(fields []string) []string {
	if field := namedValues[t.spec.Name]; field != "" && slices.Contains(fields, field) {
		return append([]string{"name"}, fields...)
	}
	if t.spec.Name == "detect_recurring" && slices.Contains(fields, "typical") {
		return append([]string{"first_amount", "last_amount"}, fields...) // which tell as much
	}
	return fields
}

func prune(v any, names []string) {
	switch v := v.(type) {
	case map[string]any:
		by, _ := v["by"].(string) // a key of a summary: its value is of that field
		for k, inner := range v {
			if slices.Contains(names, k) || k == "value" && by != "" && slices.Contains(names, by) {
				delete(v, k)
				continue
			}
			prune(inner, names)
		}
	case []any:
		for _, inner := range v {
			prune(inner, names)
		}
	}
}

// outputSchema renders the JSON Schema of a result type. Descriptions are left
// out: models read the tool's description, and each word here costs tokens.
// For the same reason a type that occurs more than once is written once, under
// $defs.
func outputSchema(t reflect.Type) []byte {
	w := &schemaWriter{uses: map[reflect.Type]int{}}
	w.count(t)
	w.object(t, true)
	return []byte(w.b.String())
}

type schemaWriter struct {
	b    strings.Builder
	uses map[reflect.Type]int
}

// members lists the JSON members of a struct, embedded ones included.
func members(t reflect.Type) []reflect.StructField {
	return slices.DeleteFunc(reflect.VisibleFields(t), func(sf reflect.StructField) bool {
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		return sf.Anonymous || name == "" || name == "-"
	})
}

func (w *schemaWriter) count(t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		w.count(t.Elem())
	case reflect.Struct:
		if w.uses[t]++; w.uses[t] > 1 {
			return
		}
		for _, sf := range members(t) {
			w.count(sf.Type)
		}
	}
}

func (w *schemaWriter) schema(t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer:
		w.schema(t.Elem())
	case reflect.Struct:
		if w.uses[t] > 1 {
			w.b.WriteString(`{"$ref":"#/$defs/` + t.Name() + `"}`)
			return
		}
		w.object(t, false)
	case reflect.Slice:
		w.b.WriteString(`{"type":"array","items":`)
		w.schema(t.Elem())
		w.b.WriteString(`}`)
	case reflect.Bool:
		w.b.WriteString(`{"type":"boolean"}`)
	case reflect.Int, reflect.Int64:
		w.b.WriteString(`{"type":"integer"}`)
	case reflect.String:
		w.b.WriteString(`{"type":"string"}`)
	default:
		panic("result of type " + t.String() + " has no place in a tool schema")
	}
}

func (w *schemaWriter) object(t reflect.Type, root bool) {
	var required []string
	w.b.WriteString(`{"type":"object","properties":{`)
	for i, sf := range members(t) {
		name, opts, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if i > 0 {
			w.b.WriteByte(',')
		}
		w.b.WriteString(quoteJSON(name) + ":")
		w.schema(sf.Type)
		if !strings.Contains(opts, "omit") {
			required = append(required, quoteJSON(name))
		}
	}
	w.b.WriteString(`}`)
	if len(required) > 0 {
		w.b.WriteString(`,"required":[` + strings.Join(required, ",") + `]`)
	}
	w.b.WriteString(`,"additionalProperties":false`)
	if root {
		w.defs()
	}
	w.b.WriteString(`}`)
}

// defs writes the types that occur more than once, in order of name.
func (w *schemaWriter) defs() {
	var shared []reflect.Type
	for t, n := range w.uses {
		if n > 1 {
			shared = append(shared, t)
		}
	}
	if len(shared) == 0 {
		return
	}
	slices.SortFunc(shared, func(a, b reflect.Type) int { return strings.Compare(a.Name(), b.Name()) })
	w.b.WriteString(`,"$defs":{`)
	for i, t := range shared {
		if i > 0 {
			w.b.WriteByte(',')
		}
		w.b.WriteString(quoteJSON(t.Name()) + ":")
		w.object(t, false)
	}
	w.b.WriteString(`}`)
}
