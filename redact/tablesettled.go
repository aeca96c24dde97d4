package redact

import (
	"cmp"
	"slices"
	"sort"
)

// What a table or a record settles: where its fields are, so that no number is made up
// by chance of what stands in several of them.

// settle notes the bytes [lo, hi) of a text as a field, or as what is between two.
func (s *scan) settle(v *view, lo, hi int) {
	if v.lo == nil && lo < hi {
		s.settled = append(s.settled, stretch{int(v.from(lo)), int(v.to(hi - 1))})
	}
}

// dropChance drops of the findings in t from the one on those that a detector made up of
// several fields, or of one that holds something else.
func (s *scan) dropChance(t []byte, from int) {
	if len(s.settled) == 0 {
		return
	}
	slices.SortFunc(s.settled, func(a, b stretch) int { return cmp.Compare(a.lo, b.lo) })
	kept := s.spans[:from]
	for _, sp := range s.spans[from:] {
		if sp.layer != LayerDetector || !(chance(sp.rule) && s.crosses(sp) || (sp.rule == "iban" || sp.rule == "userinfo") && s.overFIX(t, sp)) {
			kept = append(kept, sp)
		}
	}
	s.spans = kept
}

// crosses tells whether a finding has something of a field.
func (s *scan) crosses(sp span) bool {
	k := sort.Search(len(s.settled), func(k int) bool { return s.settled[k].hi > sp.lo })
	return k < len(s.settled) && s.settled[k].lo < sp.hi
}

// chance tells whether a rule looks at digits whatever stands between them, so that
// digits of several fields may follow it by chance.
func chance(rule string) bool {
	switch rule {
	case "pan", "masked", "cbu", "clabe", "ccc", "rib", "ssn", "personnummer", "nrn", "nir", "aadhaar", "resident_id", "ahv", "za_id", "nhs", "cpf", "cnpj", "cuit", "rut", "ein", "rrn", "hetu", "cue", "iso11649", "ca", "nz":
		return true
	}
	return false
}

// overFIX tells whether a finding goes over the mark between two fields of FIX, which
// stands nowhere else.
func (s *scan) overFIX(t []byte, sp span) bool {
	const mark = 1
	k := sort.Search(len(s.settled), func(k int) bool { return s.settled[k].lo >= sp.lo })
	for ; k < len(s.settled) && s.settled[k].hi <= sp.hi; k++ {
		if t[s.settled[k].lo] == mark {
			return true
		}
	}
	return false
}
