package policy

import (
	"encoding/json"
	"fmt"
	"time"
)

// Args decodes the arguments of a tool from JSON into the form that a Request
// has, by the tool's schema and with its defaults, as the Gate does: for the
// command line and for tests. It does not check bounds; a tool's own decoder
// does.
func (p *Policy) Args(tool string, data []byte) (map[string]any, error) {
	ch := p.chains[tool]
	if ch == nil {
		return nil, fmt.Errorf("there is no tool %q", tool)
	}
	var raw map[string]any
	if len(data) > 0 {
		if err := json.Unmarshal(data, &raw); err != nil {
			return nil, fmt.Errorf("arguments are not a JSON object: %w", err)
		}
	}
	return ch.tool.decode(raw)
}

// decode turns values of JSON or YAML into those of a Request.
func (t *tool) decode(raw map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(raw))
	for name, v := range raw {
		spec := t.arg(name)
		if spec == nil {
			return nil, fmt.Errorf("tool %s has no argument %q", t.Name, name)
		}
		x, ok := spec.decode(v)
		if !ok {
			return nil, fmt.Errorf("argument %s of tool %s has the wrong type", name, t.Name)
		}
		out[name] = x
	}
	for i := range t.args {
		spec := &t.args[i]
		if _, given := out[spec.name]; given || spec.def == nil {
			continue
		}
		if x, ok := spec.decode(spec.def); ok {
			out[spec.name] = x
		}
	}
	return out, nil
}

func (s *argument) decode(v any) (any, bool) {
	switch s.kind {
	case kindInt:
		return integer(v)
	case kindString:
		x, ok := v.(string)
		return x, ok
	case kindBool:
		x, ok := v.(bool)
		return x, ok
	case kindDate:
		return instant(v)
	case kindStrings:
		return items(v, func(v any) (string, bool) { s, ok := v.(string); return s, ok })
	case kindInts:
		return items(v, integer)
	}
	return v, true
}

func integer(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case float64: // as encoding/json gives it
		n := int64(v)
		return n, float64(n) == v && n > -1<<53 && n < 1<<53
	}
	return 0, false
}

func instant(v any) (time.Time, bool) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC(), true
	case string:
		for _, layout := range []string{time.DateOnly, time.RFC3339} {
			if t, err := time.Parse(layout, v); err == nil {
				return t.UTC(), true
			}
		}
	}
	return time.Time{}, false
}

func items[T any](v any, item func(any) (T, bool)) ([]T, bool) {
	list, ok := v.([]any)
	out := make([]T, 0, len(list))
	for _, v := range list {
		x, isT := item(v)
		if !isT {
			return nil, false
		}
		out = append(out, x)
	}
	return out, ok
}
