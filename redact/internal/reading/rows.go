package reading

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// orderedEscaped decodes a long view as a whole for what only its place in a table or
// a record tells, if its line breaks, quotes or digits are escaped.
func (s *Scan) orderedEscaped(v finding.View, depth int) {
	if depth == MaxDepth || !lineEscapes(v.Text) {
		return
	}
	mark := s.Used
	if out, ok := s.unescaped(&v, `%&\`); ok && s.Charge(&v, 0, len(v.Text), len(out.Text)) {
		s.Ordered(&out, &detect.Tables{})
		s.orderedEscaped(out, depth+1)
	}
	s.Used = mark
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
