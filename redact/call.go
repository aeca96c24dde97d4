package redact

import (
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
)

// scan is the working memory of one call. Redactors keep a pool of them, so
// that clean input costs no allocation.
type scan struct {
	reading.Scan
	owner   *Redactor
	found   []Finding
	depth   int // JSON documents around this one
	walk    walker
	exact   []byte          // expansion of a number
	across  bool            // something was divided over leaves
	repeats reading.Repeats // of the document
}

func newScan(r *Redactor) *scan {
	s := &scan{owner: r}
	s.Scan = reading.NewScan(&r.rules, s)
	return s
}

// reset forgets the payload before the scan goes back to the pool. Findings and
// spans speak for themselves: not every way to them goes through the buffers.
func (s *scan) reset() {
	if s.Dirty || len(s.found) > 0 || len(s.Spans) > 0 {
		s.Wipe()
		clear(s.found[:cap(s.found)])
		s.found = s.found[:0]
		clear(s.exact)
	}
	s.Renew()
	s.repeats.Forget()
	s.depth, s.across, s.walk.noted, s.walk.naming = 0, false, nil, false
	s.walk.reset()
}

// report returns a copy of the findings, or nil.
func (s *scan) report() []Finding { return slices.Clone(s.found) }

// Count adds a finding to the report.
func (s *scan) Count(sp *finding.Span) {
	if sp.Entity == IBAN || sp.Entity == Account {
		s.walk.banks.counted = true
	}
	s.repeats.Note(sp)
	if n := len(s.walk.frames); n > 0 {
		s.walk.near.found(s.walk.frames[n-1].start, sp.Entity)
	}
	pointer := s.pointer()
	for i := len(s.found) - 1; i >= 0 && s.found[i].Pointer == pointer; i-- {
		if f := &s.found[i]; f.Entity == sp.Entity && f.Layer == sp.Layer && f.Rule == sp.Rule {
			f.Count++
			return
		}
	}
	s.found = append(s.found, Finding{Entity: sp.Entity, Layer: sp.Layer, Rule: sp.Rule, Pointer: pointer, Count: 1})
}
