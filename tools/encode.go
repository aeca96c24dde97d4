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

func prune(v any, names []string) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			if slices.Contains(names, k) {
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
func outputSchema(t reflect.Type) []byte {
	var b strings.Builder
	writeSchema(&b, t)
	return []byte(b.String())
}

func writeSchema(b *strings.Builder, t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer:
		writeSchema(b, t.Elem())
	case reflect.Struct:
		writeObject(b, t)
	case reflect.Slice:
		b.WriteString(`{"type":"array","items":`)
		writeSchema(b, t.Elem())
		b.WriteString(`}`)
	case reflect.Bool:
		b.WriteString(`{"type":"boolean"}`)
	case reflect.Int, reflect.Int64:
		b.WriteString(`{"type":"integer"}`)
	case reflect.String:
		b.WriteString(`{"type":"string"}`)
	default:
		panic("result of type " + t.String() + " has no place in a tool schema")
	}
}

func writeObject(b *strings.Builder, t reflect.Type) {
	var required []string
	b.WriteString(`{"type":"object","properties":{`)
	first := true
	for _, sf := range reflect.VisibleFields(t) {
		name, opts, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if sf.Anonymous || name == "" || name == "-" {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.WriteString(quoteJSON(name) + ":")
		writeSchema(b, sf.Type)
		if !strings.Contains(opts, "omit") {
			required = append(required, quoteJSON(name))
		}
	}
	b.WriteString(`}`)
	if len(required) > 0 {
		b.WriteString(`,"required":[` + strings.Join(required, ",") + `]`)
	}
	b.WriteString(`,"additionalProperties":false}`)
}
