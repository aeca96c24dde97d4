// Package finding has the readings of a text, which remember where each of their bytes came
// from, and what was found in them.
package finding

import (
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
)

// Stretch is the bytes from lo to hi of a text.
type Stretch struct{ Lo, Hi int }

// Span is a part of a leaf that has to go.
type Span struct {
	Lo, Hi int
	Entity entity.Kind
	Layer  entity.Layer
	Rule   string
	Canon  string // canonical value, "" if token is set
	Token  string // known token
}

// List collects what has to go in the readings of a text.
type List struct {
	Rules *gate.Rules
	Views []View
	Used  int // of these
	Spans []Span
	Dirty bool // there is payload in the buffers
}

// Add notes a finding over bytes [i, j) of a view, unless the policy keeps the
// entity.
func (s *List) Add(v *View, i, j int, found Span) {
	if i >= j || s.Rules.Action(found.Entity) == entity.Keep || found.Layer == entity.Detector && Chance(found.Rule) && (v.Lo == nil && inDump(v.Text, i, j) || inEscapes(v.Text, i, j) || inPairs(v.Text, i, j) || inHexWord(v.Text, i, j)) || s.Rules.CutsToken(v.Text, i, found.Entity) {
		return
	}
	found.Lo, found.Hi = int(v.From(i)), int(v.To(j-1))
	s.Dirty = true
	s.Spans = append(s.Spans, found)
}

// Chance tells whether a rule looks at digits whatever stands between them, so that
// digits of several fields may follow it by chance.
func Chance(rule string) bool {
	switch rule {
	case "pan", "masked", "cbu", "clabe", "ccc", "rib", "ssn", "personnummer", "nrn", "nir", "aadhaar", "resident_id", "ahv", "za_id", "nhs", "cpf", "cnpj", "cuit", "rut", "ein", "rrn", "hetu", "cue", "iso11649", "ca", "nz":
		return true
	}
	return false
}
