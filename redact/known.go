package redact

import "github.com/counterfoil/counterfoil/redact/internal/known"

// Known is a set of known values held as keyed hashes. It is immutable.
type Known = known.Set

// NewKnown builds the set from fingerprints made under the same key.
func NewKnown(fingerprints [][]byte) (*Known, error) { return known.NewSet(fingerprints) }
