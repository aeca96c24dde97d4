package redact

import "bytes"

// orderedEscaped decodes a long view as a whole for what only its place in a table or
// a record tells, if its line breaks, quotes or digits are escaped.
func (s *scan) orderedEscaped(v view, depth int) {
	if depth == maxDepth || !lineEscapes(v.t) {
		return
	}
	mark := s.used
	if out, ok := s.unescaped(&v, `%&\`); ok && s.charge(&v, 0, len(v.t), len(out.t)) {
		s.ordered(&out, &tables{})
		s.orderedEscaped(out, depth+1)
	}
	s.used = mark
}

// lineEscapes tells whether what tables and records are made of is escaped.
func lineEscapes(t []byte) bool {
	for _, escape := range [...]string{"%0A", "%0a", "&#", "&quot;", "\\n", "\\u00"} {
		if bytes.Contains(t, []byte(escape)) {
			return true
		}
	}
	return false
}
