package redact

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// examine scans a view in every reading of it: first what its places say, then what it
// is without what hides it, then what the detectors find in it, then what is encoded in
// it, if there are levels left.
func (s *scan) examine(v view, depth int, p *profile) {
	mark, found, flat := s.used, len(s.spans), s.flat || depth == maxDepth
	s.flat = false
	defer func() { s.used = mark }()
	if depth > 0 && !s.near {
		s.ordered(&v, &tables{})
	}
	leaf := depth == 0 // as it stands
	if p.folds(v.t) {
		v = s.folding(v, depth, p, flat)
		folded := profileOf(v.t)
		p, leaf = &folded, false
	}
	if !leaf {
		p.lead = p.lead || p.sparseLead(v.t)
	}
	if !flat && p.flags&isControl != 0 && unruly(v.t) {
		s.ruled(v, depth)
	}
	s.knownTexts(v)
	if v.lo != nil && p.flags&isScore != 0 {
		s.hiddenTokens(&v)
	}
	if brief := p.brief || v.lo != nil && briefCode(v.t); p.clean(minCued, len(v.t)) && !brief {
		return
	}
	s.detect(v, p)
	if v.lo != nil {
		s.besideAccounts(&v, found)
	}
	if depth < maxDepth {
		s.inside(v, depth, p, flat)
	} else if p.mixed || p.broken || p.hex {
		s.tooDeep(&v)
	}
}

// folding examines what folding would lose of a view, and returns it folded. An escape
// may stand for half a character.
func (s *scan) folding(v view, depth int, p *profile, flat bool) view {
	if !flat && p.flags&(isEscape|isBack|isAssign) != 0 {
		s.halfEscapes(v, depth)
	}
	if capitals, ok := s.capitals(v); ok {
		s.ibans(s.fold(capitals))
	}
	if bare, ok := s.untagged(v); ok {
		p := profileOf(bare.t)
		s.flat = flat
		s.examine(bare, depth, &p)
	}
	v = s.fold(v)
	if !s.near {
		s.orderedFolded(&v, depth)
	}
	return v
}

// detect scans a view as it stands.
func (s *scan) detect(v view, p *profile) {
	s.shortCodes(&v)
	if p.sequence >= minCued {
		s.numbers(v)
	}
	if p.digits >= minLettered && (len(v.t) > block || s.r.thorough || p.planes.high != 0 || p.planes.lettered()) {
		s.lettered(v)
	}
	if p.digits >= minSaid && (len(v.t) > block || s.r.thorough || p.planes.saysOn(v.t) || p.sequence > minSaid) {
		s.saidParts(&v)
	}
	if p.masked {
		s.maskedNumbers(&v)
	} else if p.digits >= binShown+lastShown && (len(v.t) > block || p.sequence >= binShown) {
		s.maskedSingly(&v)
	}
	short := p.sequence < minDigits && p.digits < minLettered && len(v.t) < iban.Shortest // as clean has it
	if p.lead || p.digits >= minIBANDigits && !short && (len(v.t) > block || s.r.thorough || p.mayIBAN(v.t)) {
		s.ibans(v)
	}
	s.words(v, p)
}

// inside scans what a view decodes to: its escapes, what is encoded in it, and what is
// divided by marks.
func (s *scan) inside(v view, depth int, p *profile, flat bool) {
	if !flat && (p.flags&escaping != 0 || p.digits >= leastIBANDigits && bracketed(v.t)) {
		s.escapes(v, depth)
	}
	if !flat && p.digits >= leastIBANDigits && p.flags&(isAssign|isColon) != 0 {
		s.partFields(&v, depth)
	}
	if !flat && p.digits >= minCued && cutPurpose(v.t) {
		s.subfields(v, depth)
	}
	if p.mixed || p.hex {
		s.blobs(v, depth)
	}
	if p.broken {
		s.wrapped(&v, depth)
	}
	if p.pairs >= minPairs {
		s.spacedHex(&v, depth)
	}
	if p.digits >= 2*fewestCodes {
		s.charCodes(&v, depth)
		s.codePoints(&v, depth)
	}
	if p.digits > leastMantissa {
		s.exponents(&v, depth)
	}
	if !s.near {
		s.spread(&v, p, depth)
	}
	if p.broken || p.mixed || p.hex {
		s.cutCodes(&v, depth)
	}
	if p.broken || p.flags&(isEscape|isBack|isAssign) != 0 {
		s.evens(&v, depth)
	}
}

// folds tells whether a text is folded before anything is looked for in it.
func (p *profile) folds(t []byte) bool {
	return p.flags&isExotic != 0 || p.flags&isHigh != 0 && p.digits >= minIBANDigits || p.flags&isControl != 0 && bytes.IndexByte(t, escapeByte) >= 0
}
