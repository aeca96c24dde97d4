package redact

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

// reaches are those within one view.
type reaches struct {
	value, key, word reach
	part             [maxTokenParts]reach // of a JSON web token
	cookies          int                  // where the cookies end that were looked at
	own              int                  // spans that others found
}

// maxLooked is how much of a credential is looked at, in bytes, to tell whether it
// looks like one: far more than decides.
const maxLooked = 1024

// looked is the beginning of a credential.
func looked(t []byte) []byte { return t[:min(len(t), maxLooked)] }

// valueEnd returns where the value ends that starts at t[i].
func (s *scan) valueEnd(t []byte, i int) int { return s.reaches.value.of(t, i, valueEnd) }

// tokenEnd returns the end of the characters of tokens at t[i:].
func tokenEnd(t []byte, i int) int {
	for i < len(t) && tokenChar(t[i]) {
		i++
	}
	return i
}

// strictEnd is wordEnd for a word without marks other than those of base64.
func strictEnd(t []byte, i int) int {
	for i < len(t) && base64Char(t[i]) && t[i] != '_' && t[i] != '-' {
		i++
	}
	return i
}

// partEnd returns the end of the part of a JSON web token at t[i:].
func partEnd(t []byte, i int) int {
	for i < len(t) && base64Char(t[i]) && t[i] != '/' && t[i] != '+' {
		i++
	}
	return i
}
