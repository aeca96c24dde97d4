package secrets

import "github.com/counterfoil/counterfoil/redact/internal/credential"

// Credentials reach as far as their characters go. Where many names or prefixes
// stand within one run of characters, its end is looked for once: a text of nothing
// else would take time by the square of its length.

// reach is where the last run that was asked for begins and ends.
type reach struct{ from, end int }

// of returns the end of the run at t[i:], which end looks for. All of it belongs
// to one text.
func (r *reach) of(t []byte, i int, end func(t []byte, i int) int) int {
	if r.end == 0 || i < r.from || i > r.end {
		r.from, r.end = i, end(t, i)
	}
	return r.end
}

// Reaches are those within one view.
type Reaches struct {
	value, key, word reach
	part             [maxTokenParts]reach // of a JSON web token
	cookies          int                  // where the cookies end that were looked at
	Own              int                  // spans that others found
}

// valueEnd returns where the value ends that starts at t[i].
func (s *Scan) valueEnd(t []byte, i int) int { return s.Reaches.value.of(t, i, valueEnd) }

// strictEnd is credential.WordEnd for a word without marks other than those of base64.
func strictEnd(t []byte, i int) int {
	for i < len(t) && credential.Base64Char(t[i]) && t[i] != '_' && t[i] != '-' {
		i++
	}
	return i
}

// partEnd returns the end of the part of a JSON web token at t[i:].
func partEnd(t []byte, i int) int {
	for i < len(t) && credential.Base64Char(t[i]) && t[i] != '/' && t[i] != '+' {
		i++
	}
	return i
}
