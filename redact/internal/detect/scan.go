package detect

import (
	"cmp"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/secrets"
)

// Scan finds everything that has to go.
type Scan struct {
	secrets.Scan
	Seq     Sequence
	Field   Sequence          // a part of it
	Cue     cue.Set           // what the leaf's key says about it
	Coded   bool              // the text was base64, hexadecimal or the like: characters that were glued to it may end it
	Near    bool              // the view is a part of a long one
	bare    bool              // only known numbers are looked for
	Joining bool              // the view is parts of a document: what stands between them is no mark
	Written []byte            // the leaf that is examined, to which the places of its views point
	Settled []finding.Stretch // of the leaf, what a table or a record says of its fields
	Tables  Tables            // that the windows before this one left
	FIX     bool              // the leaf has messages of FIX
}

// ExamineBare is what package reading does for a leaf, for a text in which no detector finds anything: it
// looks for known numbers alone.
func (s *Scan) ExamineBare(v *finding.View) {
	s.Spans, s.Used = s.Spans[:0], 0
	s.bare = true
	s.Numbers(*v)
	s.bare = false
	s.BesideAccounts(v, 0)
	s.Merge()
}

// Merge sorts the spans and joins those that overlap. The finding that says
// most about a region names it: the longest, and before others a known value.
func (s *Scan) Merge() {
	if len(s.Spans) < 2 {
		return
	}
	slices.SortFunc(s.Spans, func(a, b finding.Span) int {
		return cmp.Or(cmp.Compare(a.Lo, b.Lo), cmp.Compare(b.Hi, a.Hi), cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Token, b.Token))
	})
	out := s.Spans[:1]
	for _, next := range s.Spans[1:] {
		last := &out[len(out)-1]
		if next.Lo >= last.Hi {
			out = append(out, next)
			continue
		}
		lo, hi := last.Lo, max(last.Hi, next.Hi)
		if outranks(next, *last) {
			*last = next
		}
		last.Lo, last.Hi = lo, hi
	}
	s.Spans = out
}

func outranks(a, b finding.Span) bool {
	if (a.Layer == entity.Known) != (b.Layer == entity.Known) {
		return a.Layer == entity.Known
	}
	return a.Hi-a.Lo > b.Hi-b.Lo
}
