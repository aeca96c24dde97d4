package reading

import (
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/gate"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// Examine scans a view in every reading of it: first what its places say, then what it
// is without what hides it, then what the detectors find in it, then what is encoded in
// it, if there are levels left.
func (s *Scan) Examine(v finding.View, depth int, p *profile.Profile) {
	mark, found, flat := s.Used, len(s.Spans), s.flat || depth == MaxDepth
	s.flat = false
	defer func() { s.Used = mark }()
	if depth > 0 && !s.Near {
		s.Ordered(&v, &detect.Tables{})
	}
	leaf := depth == 0 // as it stands
	if p.Folds(v.Text) {
		v = s.folding(v, depth, p, flat)
		folded := profile.Of(v.Text)
		p, leaf = &folded, false
	}
	if !leaf {
		p.Lead = p.Lead || p.SparseLead(v.Text)
	}
	if !flat && p.Flags&char.IsControl != 0 && unruly(v.Text) {
		s.ruled(v, depth)
	}
	s.KnownTexts(v)
	if v.Lo != nil && p.Flags&char.IsScore != 0 {
		s.HiddenTokens(&v)
	}
	if brief := p.Brief || v.Lo != nil && gate.BriefCode(v.Text); p.Clean(profile.MinCued, len(v.Text)) && !brief {
		return
	}
	s.Detect(v, p)
	if v.Lo != nil {
		s.BesideAccounts(&v, found)
	}
	if depth < MaxDepth {
		s.inside(v, depth, p, flat)
	} else if p.Mixed || p.Broken || p.Hex {
		s.tooDeep(&v)
	}
}

// folding examines what folding would lose of a view, and returns it folded. An escape
// may stand for half a character.
func (s *Scan) folding(v finding.View, depth int, p *profile.Profile, flat bool) finding.View {
	if !flat && p.Flags&(char.IsEscape|char.IsBack|char.IsAssign) != 0 {
		s.halfEscapes(v, depth)
	}
	if capitals, ok := s.Capitals(v); ok {
		capitals = s.Fold(capitals)
		if s.IBANs(capitals); !flat && p.Flags&Escaping != 0 {
			s.IBANs(s.Plainest(capitals))
		}
	}
	if bare, ok := s.Untagged(v); ok {
		p := profile.Of(bare.Text)
		s.flat = flat
		s.Examine(bare, depth, &p)
	}
	v = s.Fold(v)
	if !s.Near {
		s.OrderedFolded(&v, depth)
	}
	return v
}

// inside scans what a view decodes to: its escapes, what is encoded in it, and what is
// divided by marks.
func (s *Scan) inside(v finding.View, depth int, p *profile.Profile, flat bool) {
	first := len(s.Spans)
	if !flat && (p.Flags&Escaping != 0 || p.Digits >= profile.LeastIBANDigits && bracketed(v.Text)) {
		s.Escapes(v, depth)
	}
	if !flat && p.Digits >= profile.LeastIBANDigits && p.Flags&(char.IsAssign|char.IsColon) != 0 {
		s.partFields(&v, depth)
	}
	if !flat && p.Digits >= profile.MinCued && cutPurpose(v.Text) {
		s.subfields(v, depth)
	}
	if p.Mixed || p.Hex {
		s.Blobs(v, depth)
	}
	whole := len(s.Spans)
	if p.Broken {
		s.wrapped(&v, depth)
	}
	if p.Pairs >= encoded.MinPairs {
		s.SpacedHex(&v, depth)
	}
	if p.Digits >= 2*FewestCodes {
		s.charCodes(&v, depth)
		s.codePoints(&v, depth)
	}
	if p.Digits > leastMantissa {
		s.exponents(&v, depth)
	}
	if !s.Near {
		s.spread(&v, p, depth)
	}
	if p.Broken || p.Mixed || p.Hex {
		s.CutCodes(&v, depth)
	}
	if p.Broken || p.Flags&(char.IsEscape|char.IsBack|char.IsAssign) != 0 {
		s.evens(&v, depth)
	}
	s.dropWider(first, whole)
}

// wholeCard is from how many digits on a card that is encoded in one run is all that stands
// there, whatever else passes as one with what is beside it.
const wholeCard = 15

// mostCompared is how many pairs of findings of one text are compared at most.
const mostCompared = 1 << 18

// dropWider drops the findings from whole on that hold, and more beside it, what was found of
// the same value, or as a card, from first on, in one run of what is encoded: readings without
// marks take in the amount behind it and letters before it. What else there may be is
// found when the text is read again.
func (s *Scan) dropWider(first, whole int) {
	if first == whole || whole == len(s.Spans) || (whole-first)*(len(s.Spans)-whole) > mostCompared {
		return
	}
	kept := s.Spans[:whole]
	for _, sp := range s.Spans[whole:] {
		if !slices.ContainsFunc(kept[first:whole], func(own finding.Span) bool {
			same := own.Canon != "" && own.Canon == sp.Canon || own.Entity == entity.Card && len(own.Canon) >= wholeCard
			return same && own.Entity == sp.Entity && sp.Lo <= own.Lo && own.Hi <= sp.Hi && sp.Hi-sp.Lo > own.Hi-own.Lo
		}) {
			kept = append(kept, sp)
		}
	}
	s.Spans = kept
}
