package detect

import (
	"cmp"
	"slices"
	"sort"

	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// What a table or a record settles: where its fields are, so that no number is made up
// by chance of what stands in several of them.

// settle notes the bytes [lo, hi) of a text as a field, or as what is between two.
func (s *Scan) settle(v *finding.View, lo, hi int) {
	if v.Lo == nil && lo < hi {
		s.Settled = append(s.Settled, finding.Stretch{Lo: int(v.From(lo)), Hi: int(v.To(hi - 1))})
	}
}

// DropChance drops of the findings in t from the one on those that a detector made up of
// several fields, or of one that holds something else.
func (s *Scan) DropChance(t []byte, from int) {
	if len(s.Settled) == 0 {
		return
	}
	slices.SortFunc(s.Settled, func(a, b finding.Stretch) int { return cmp.Compare(a.Lo, b.Lo) })
	kept := s.Spans[:from]
	for _, sp := range s.Spans[from:] {
		if sp.Layer != entity.Detector || !(finding.Chance(sp.Rule) && s.crosses(sp) || (sp.Rule == "iban" || sp.Rule == "userinfo") && s.overFIX(t, sp)) {
			kept = append(kept, sp)
		}
	}
	s.Spans = kept
}

// crosses tells whether a finding has something of a field.
func (s *Scan) crosses(sp finding.Span) bool {
	k := sort.Search(len(s.Settled), func(k int) bool { return s.Settled[k].Hi > sp.Lo })
	return k < len(s.Settled) && s.Settled[k].Lo < sp.Hi
}

// overFIX tells whether a finding goes over the mark between two fields of FIX, which
// stands nowhere else.
func (s *Scan) overFIX(t []byte, sp finding.Span) bool {
	const mark = 1
	k := sort.Search(len(s.Settled), func(k int) bool { return s.Settled[k].Lo >= sp.Lo })
	for ; k < len(s.Settled) && s.Settled[k].Hi <= sp.Hi; k++ {
		if t[s.Settled[k].Lo] == mark {
			return true
		}
	}
	return false
}
