package tools

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// pointerEscapes are those of a JSON pointer's tokens (RFC 6901 section 3).
var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// differ walks two JSON trees side by side and returns the pointer of the
// first place where they are not equal.
func differ(at string, x, y any) (string, bool) {
	switch x := x.(type) {
	case map[string]any:
		if y, ok := y.(map[string]any); ok {
			return differObjects(at, x, y)
		}
		return at, true
	case []any:
		if y, ok := y.([]any); ok {
			return differArrays(at, x, y)
		}
		return at, true
	}
	switch y.(type) {
	case map[string]any, []any:
		return at, true
	}
	return at, x != y
}

func differObjects(at string, x, y map[string]any) (string, bool) {
	names := map[string]struct{}{}
	for n := range x {
		names[n] = struct{}{}
	}
	for n := range y {
		names[n] = struct{}{}
	}
	for _, n := range slices.Sorted(maps.Keys(names)) {
		here := at + "/" + pointerEscapes.Replace(n)
		vx, inX := x[n]
		vy, inY := y[n]
		if inX != inY {
			return here, true
		}
		if p, found := differ(here, vx, vy); found {
			return p, true
		}
	}
	return at, false
}

func differArrays(at string, x, y []any) (string, bool) {
	for i := range min(len(x), len(y)) {
		if p, found := differ(at+"/"+strconv.Itoa(i), x[i], y[i]); found {
			return p, true
		}
	}
	if len(x) != len(y) {
		return at + "/" + strconv.Itoa(min(len(x), len(y))), true
	}
	return at, false
}
