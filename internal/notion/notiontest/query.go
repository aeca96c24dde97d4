package notiontest

import (
	"cmp"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
)

func (s *Server) query(ds *object, m map[string]any) map[string]any {
	s.can("read")
	allow(m, "body", "filter", "sorts", "start_cursor", "page_size", "archived", "in_trash", "result_type")
	cursor, size := bodyParams(m)
	now := s.opt.Now()
	var all []*object
	for _, p := range ds.rows {
		if p.trash || now.Before(p.index) {
			continue
		}
		if f, ok := m["filter"].(map[string]any); !ok || matches(ds, p, f) {
			all = append(all, p)
		}
	}
	order(ds, all, m["sorts"])
	kind := "page_or_data_source"
	if s.version == "2022-06-28" {
		kind = "page_or_database"
	}
	return paginate(all, cursor, size, kind, s.wirePage)
}

func matches(ds, p *object, f map[string]any) bool {
	if list, ok := f["and"].([]any); ok {
		return !slices.ContainsFunc(list, func(x any) bool { return !matches(ds, p, x.(map[string]any)) })
	}
	if list, ok := f["or"].([]any); ok {
		return slices.ContainsFunc(list, func(x any) bool { return matches(ds, p, x.(map[string]any)) })
	}
	name, _ := f["property"].(string)
	prop := Property{}
	for _, q := range ds.schema {
		if q.Name == name || q.id() == name {
			prop = q
		}
	}
	if prop.Name == "" {
		invalid("Could not find property with name or id: %s", name)
	}
	for typ, cond := range f {
		if typ == "property" || typ == "type" {
			continue
		}
		if typ != prop.Type {
			invalid("database property %s does not match filter %s", prop.Type, typ)
		}
		for op, want := range cond.(map[string]any) {
			return holds(plainValue(p.props[prop.Name]), op, want)
		}
	}
	invalid("body failed validation: body.filter should be defined, instead was `undefined`.")
	return false
}

func holds(got, op string, want any) bool {
	w, _ := want.(string)
	if n, ok := want.(json.Number); ok {
		w = n.String()
	}
	if b, ok := want.(bool); ok {
		w = map[bool]string{true: "true", false: "false"}[b]
	}
	switch op {
	case "equals":
		if list, ok := want.([]any); ok { // several values, as recorded
			return slices.Contains(list, any(got))
		}
		return got == w || compareValues(got, w) == 0 && got != ""
	case "does_not_equal":
		return got != w
	case "contains":
		return strings.Contains(got, w)
	case "does_not_contain":
		return !strings.Contains(got, w)
	case "starts_with":
		return strings.HasPrefix(got, w)
	case "ends_with":
		return strings.HasSuffix(got, w)
	case "is_empty":
		return got == ""
	case "is_not_empty":
		return got != ""
	case "greater_than", "after":
		return got != "" && compareValues(got, w) > 0
	case "less_than", "before":
		return got != "" && compareValues(got, w) < 0
	case "greater_than_or_equal_to", "on_or_after":
		return got != "" && compareValues(got, w) >= 0
	case "less_than_or_equal_to", "on_or_before":
		return got != "" && compareValues(got, w) <= 0
	}
	invalid("body failed validation: body.filter should be one of the known conditions, instead was `%q`.", op)
	return false
}

// compareValues orders numbers as numbers and the rest as text.
func compareValues(a, b string) int {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	if okX && okY {
		return x.Cmp(y)
	}
	return cmp.Compare(a, b)
}

// plainValue is a stored value as text.
func plainValue(v any) string {
	m, _ := v.(map[string]any)
	typ, _ := m["type"].(string)
	switch x := m[typ].(type) {
	case nil:
		return ""
	case json.Number:
		return x.String()
	case bool:
		return map[bool]string{true: "true", false: "false"}[x]
	case map[string]any:
		if s, ok := x["name"].(string); ok {
			return s
		}
		s, _ := x["start"].(string)
		return s
	case []any:
		if typ != "multi_select" {
			return plainOf(x)
		}
		var names []string
		for _, o := range x {
			name, _ := o.(map[string]any)["name"].(string)
			names = append(names, name)
		}
		return strings.Join(names, ", ")
	}
	return ""
}

// order sorts as asked; without sorts, newest first.
func order(ds *object, all []*object, sorts any) {
	list, _ := sorts.([]any)
	slices.SortStableFunc(all, func(a, b *object) int {
		for _, x := range list {
			m := x.(map[string]any)
			c := 0
			if name, ok := m["property"].(string); ok {
				p := ds.property(name)
				c = compareValues(plainValue(a.props[p.Name]), plainValue(b.props[p.Name]))
			} else if m["timestamp"] == "created_time" {
				c = a.created.Compare(b.created)
			} else {
				c = a.edited.Compare(b.edited)
			}
			if m["direction"] == "descending" {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		if len(list) == 0 {
			return cmp.Or(b.created.Compare(a.created), cmp.Compare(a.id, b.id))
		}
		return cmp.Compare(a.id, b.id)
	})
}
