// Package secrets finds passwords, keys and tokens in a reading of a text.
package secrets

import "github.com/counterfoil/counterfoil/redact/internal/finding"

// Scan finds passwords, keys and tokens.
type Scan struct {
	finding.List
	Reaches Reaches // of the view
}
