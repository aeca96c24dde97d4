package notiontest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

func optionID(name string) string {
	sum := sha256.Sum256([]byte(name))
	h := hex.EncodeToString(sum[:16])
	return dash(h)
}

// checkValues checks the properties of a new page and fills in the rest.
func checkValues(parent *object, props map[string]any) map[string]any {
	out := map[string]any{}
	if parent.kind != "data_source" {
		for name, v := range props {
			if name != "title" {
				invalid("%s is not a property that exists.", name)
			}
			out["title"] = value(Property{Name: "title", Type: "title"}, v)
		}
		if out["title"] == nil {
			out["title"] = emptyValue(Property{Name: "title", Type: "title"})
		}
		return out
	}
	for _, p := range parent.schema {
		out[p.Name] = emptyValue(p)
	}
	for name, v := range props {
		out[nameOf(parent, name)] = value(parent.property(name), v)
	}
	return out
}

func checkUpdate(page *object, props map[string]any) map[string]any {
	if page.parent == nil || page.parent.kind != "data_source" {
		out := map[string]any{}
		for name, v := range props {
			if name != "title" {
				invalid("%s is not a property that exists.", name)
			}
			out[name] = value(Property{Name: "title", Type: "title"}, v)
		}
		return out
	}
	out := map[string]any{}
	for name, v := range props {
		out[nameOf(page.parent, name)] = value(page.parent.property(name), v)
	}
	return out
}

func nameOf(source *object, name string) string { return source.property(name).Name }

// property finds a property by name or id.
func (o *object) property(name string) Property {
	for _, p := range o.schema {
		if p.Name == name || p.id() == name {
			return p
		}
	}
	invalid("%s is not a property that exists.", name)
	return Property{}
}

func emptyValue(p Property) map[string]any {
	var v any
	switch p.Type {
	case "title", "rich_text", "multi_select":
		v = []any{}
	case "checkbox":
		v = false
	}
	return map[string]any{"id": p.id(), "type": p.Type, p.Type: v}
}

// value checks one property's value and makes its stored form.
func value(p Property, raw any) map[string]any {
	m, _ := raw.(map[string]any)
	v, ok := m[p.Type]
	if !ok {
		invalid("%s is expected to be %s.", p.Name, p.Type)
	}
	where := "body.properties." + p.Name
	switch p.Type {
	case "title", "rich_text":
		checkText(where+"."+p.Type, v)
		v = storedText(v)
	case "number":
		if _, ok := v.(json.Number); !ok && v != nil {
			invalid("body failed validation: %s.number should be a number, instead was `%s`.", where, encode(v))
		}
	case "checkbox":
		if _, ok := v.(bool); !ok {
			invalid("body failed validation: %s.checkbox should be a boolean, instead was `%s`.", where, encode(v))
		}
	case "select", "status":
		v = option(where, p, v)
	case "multi_select":
		list, _ := v.([]any)
		out := []any{}
		for _, x := range list {
			out = append(out, option(where, p, x))
		}
		v = out
	case "date":
		v = date(where, v)
	}
	return map[string]any{"id": p.id(), "type": p.Type, p.Type: v}
}

func option(where string, p Property, v any) any {
	if v == nil {
		return nil
	}
	m, _ := v.(map[string]any)
	name, ok := m["name"].(string)
	if !ok || name == "" {
		invalid("body failed validation: %s.%s.name should be defined, instead was `undefined`.", where, p.Type)
	}
	known := -1
	for i, o := range p.Options {
		if o == name {
			known = i
		}
	}
	if known < 0 && p.Type == "status" {
		invalid("Status option %q does not exist.", name)
	}
	return map[string]any{"id": optionID(name), "name": name, "color": colour(max(known, 0))}
}

func date(where string, v any) any {
	if v == nil {
		return nil
	}
	m, _ := v.(map[string]any)
	start, _ := m["start"].(string)
	_, dayErr := time.Parse(time.DateOnly, start)
	_, instantErr := time.Parse(time.RFC3339, start)
	if dayErr != nil && instantErr != nil {
		invalid("body failed validation: %s.date.start should be a valid ISO 8601 date string, instead was `%q`.", where, start)
	}
	return map[string]any{"start": start, "end": m["end"], "time_zone": m["time_zone"]}
}
