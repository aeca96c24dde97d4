package redact

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/inflate"
)

// Limits of one leaf.
const (
	maxDepth   = 4       // nested encodings, and JSON inside strings, that are opened
	maxRounds  = 8       // redactions of one leaf until nothing more is found
	deepLength = 24      // an encoded run this long below the last level is opaque
	maxDecode  = 4 << 20 // bytes decoded per leaf, above its own length; what exceeds it is opaque
)

// span is a part of a leaf that has to go.
type span struct {
	lo, hi int
	entity Entity
	layer  Layer
	rule   string
	canon  string // canonical value, "" if token is set
	token  string // known token
}

// scan is the working memory of one call. Redactors keep a pool of them, so
// that clean input costs no allocation.
type scan struct {
	r        *Redactor
	views    []view
	used     int
	spans    []span
	seq      sequence
	field    sequence // a part of it
	found    []Finding
	cue      cue  // what the leaf's key says about it
	coded    bool // the text was base64, hexadecimal or the like: characters that were glued to it may end it
	near     bool // the view is a part of a long one
	bare     bool // only known numbers are looked for
	flat     bool // the next view's escape sequences are not decoded
	joining  bool // the view is parts of a document: what stands between them is no mark
	depth    int  // JSON documents around this one
	work     int  // bytes decoded for the current leaf
	walk     walker
	leafs    [2][]byte                           // ping-pong buffers of the fixpoint
	written  []byte                              // the leaf that is examined, to which the places of its views point
	redacted []stretch                           // of the newest of these, what stands for something
	exact    []byte                              // expansion of a number
	packed   inflate.Reader                      // for raw deflate data
	readings readings                            // of the leaf
	reaches  reaches                             // of the view
	settled  []stretch                           // of the leaf, what a table or a record says of its fields
	across   bool                                // something was divided over leaves
	dirty    bool                                // there is payload in the buffers
	told     func(e Entity, token, value string) // see TextTokens
	tables   tables                              // that the windows before this one left
	fix      bool                                // the leaf has messages of FIX
}

func newScan(r *Redactor) *scan { return &scan{r: r} }

// reset forgets the payload before the scan goes back to the pool. Findings and
// spans speak for themselves: not every way to them goes through the buffers.
func (s *scan) reset() {
	if s.dirty || len(s.found) > 0 || len(s.spans) > 0 {
		s.scrub()
	}
	s.used, s.cue, s.depth, s.coded, s.near, s.flat, s.across, s.joining, s.dirty, s.told = 0, 0, 0, false, false, false, false, false, false, nil
	s.tables, s.walk.noted, s.walk.naming, s.written = tables{}, nil, false, nil
	s.walk.reset()
}

// keptViews and keptBytes bound what a pooled scan holds on to.
const (
	keptViews = 64
	keptBytes = 1 << 20
)

// scrub overwrites what the slow path wrote.
func (s *scan) scrub() {
	clear(s.spans[:cap(s.spans)])
	clear(s.found[:cap(s.found)])
	s.spans, s.found = s.spans[:0], s.found[:0]
	s.views = s.views[:min(len(s.views), keptViews)]
	for i := range s.views {
		clear(s.views[i].t)
		if cap(s.views[i].t) > keptBytes {
			s.views[i] = view{}
		}
	}
	clear(s.exact)
	clear(s.seq.d[:cap(s.seq.d)])
	clear(s.field.d[:cap(s.field.d)])
	s.packed.Forget(keptBytes)
	for i := range s.leafs {
		clear(s.leafs[i])
		if cap(s.leafs[i]) > keptBytes {
			s.leafs[i] = nil
		}
	}
}

// report returns a copy of the findings, or nil.
func (s *scan) report() []Finding { return slices.Clone(s.found) }

// leaf redacts one text. The result is valid until the next call; it is t
// itself if nothing was found.
func (s *scan) leaf(t []byte) ([]byte, bool) {
	var p profile
	if p.read(t); s.r.quiet(&p, t) && s.cue == 0 && !s.tables.goOn() {
		return t, false
	}
	return s.leafSlow(t, &p)
}

// quiet tells whether the fast path may let a text pass.
func (r *Redactor) quiet(p *profile, t []byte) bool {
	if r.thorough || len(t) >= r.least[min(p.digits, mostDigits)] && len(t) >= r.room[p.room(len(t))] && r.known.mayText(t, &p.planes) || p.flags&(isExotic|isHigh|isControl) != 0 && r.mayFold(p, t) || p.brief {
		return false
	}
	if p.sequence < minDigits {
		if p.clean(minDigits, len(t)) {
			return p.sequence < minCued || !p.mayBeFive(t)
		}
		if p.dismiss(t, r.known); p.clean(minDigits, len(t)) || p.split(t) {
			return p.sequence < minCued || !p.mayBeFive(t)
		}
		return r.plain(t, p, 1)
	}
	if len(t) == len("2026-01-05") && isoDate(t) {
		return true
	}
	hit := uint64(0)
	if r.known != nil {
		hit = r.known.askEnd(t, p) // early, as memory takes time to answer
	}
	p.dismiss(t, r.known)
	return r.plain(t, p, hit)
}

// plain tells whether a text is plain and holds no known number; hit is what
// askEnd said.
func (r *Redactor) plain(t []byte, p *profile, hit uint64) bool {
	if !r.phones || !plain(t, p) {
		return false
	}
	if r.known == nil {
		return true
	}
	if p.digits >= leastShortHex && run11(p.planes.digit) != 0 && hexDigits(t) || p.digits >= minSaid && p.planes.wordsInside() != 0 && p.planes.saysOn(t) {
		return false
	}
	if !(p.cued && p.planes.fives() != 0) {
		if p.sequence < minSuffix || p.onlyDay() || hit == 0 || r.known.mayEndAny(t, &p.planes) == 0 {
			return true
		}
	}
	p.bare = r.known.mayKnow(t, p)
	return !p.bare
}

// mayFold tells whether a text is folded to another in which a known value with
// letters may stand.
func (r *Redactor) mayFold(p *profile, t []byte) bool {
	return r.texts && (p.flags&isExotic != 0 || p.flags&isHigh != 0 && p.digits >= minIBANDigits || p.flags&isControl != 0 && bytes.IndexByte(t, escapeByte) >= 0)
}

// split tells whether the text is clean but for digits, six or more, that
// letters keep apart, and these make up no IBAN and no code.
func (p *profile) split(t []byte) bool {
	if len(t) > block || !p.clean(minDigits, 0) {
		return false
	}
	if p.planes.high != 0 || p.digits >= minLettered && p.planes.lettered() || p.digits >= minSaid && p.planes.saysOn(t) {
		return false
	}
	words := p.planes.letter | p.planes.digit
	run := words & (words >> 1)
	return run&(run>>2)&(run>>4)&(run>>6)&(words>>8) == 0 && !p.mayIBAN(t) // codes have nine characters and more
}

// isoDate tells whether ten bytes are a date of ISO 8601.
func isoDate(t []byte) bool {
	for i, c := range t {
		if i == 4 || i == 7 {
			if c != '-' {
				return false
			}
		} else if !digit(c) {
			return false
		}
	}
	m, d := prefix(t[5:], 2), prefix(t[8:], 2)
	return plausibleYear(prefix(t, 4)) && m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// leafSlow examines a text, of which p tells, until nothing more is found in
// it. Of a long one that has changed it looks first at what is around the changes, and
// when that has settled at all of it once more: a table may be one now.
func (s *scan) leafSlow(t []byte, p *profile) ([]byte, bool) {
	changed, rest := false, false
	for round := 0; round < maxRounds; {
		inner, ok := s.nested(t)
		if ok {
			t, changed, rest = inner, true, false
			*p = profileOf(t)
		}
		v, bare := view{t: t}, p.bare && s.cue == 0
		switch {
		case bare:
			s.examineBare(&v)
		case rest:
			s.examineRest(&v)
		default:
			s.examineLeaf(t, p)
		}
		switch {
		case len(s.spans) > 0:
		case rest:
			rest = false
			*p = profileOf(t)
			continue
		default:
			return t, changed
		}
		s.leafs[round%2] = s.apply(s.leafs[round%2][:0], t)
		if t, changed = s.leafs[round%2], true; bare && digitsIn(t) < minCued {
			return t, true
		}
		round++
		if rest = s.divides(&view{t: t}); !rest {
			*p = profileOf(t)
		}
	}
	s.spans = append(s.spans[:0], span{hi: len(t), entity: Opaque, layer: LayerDetector, rule: "unstable", canon: string(t)})
	return s.apply(nil, t), true
}

// examineLeaf fills s.spans with what is found in t, merged and in order.
func (s *scan) examineLeaf(t []byte, p *profile) {
	s.spans, s.used, s.work, s.written = s.spans[:0], 0, len(t)+maxDecode, t
	s.readings.forget()
	s.fix = hasFIX(t)
	if p.flags&isScore != 0 {
		s.tokens(t)
	}
	s.settled = s.settled[:0]
	found := s.ordered(&view{t: t}, &s.tables)
	s.examine(view{t: t}, 0, p)
	s.written = nil
	s.dropChance(t, found)
	s.dropOthers(t, found)
	s.embedded(&view{t: t})
	s.events(&view{t: t}, 0)
	s.besideAccounts(&view{t: t}, 0)
	s.spareTokens(t)
	s.merge()
}

// examineBare is examineLeaf for a text in which no detector finds anything: it
// looks for known numbers alone.
func (s *scan) examineBare(v *view) {
	s.spans, s.used = s.spans[:0], 0
	s.bare = true
	s.numbers(*v)
	s.bare = false
	s.besideAccounts(v, 0)
	s.merge()
}

// examineRest is examineLeaf for a long text that was examined before what changed
// in it was redacted.
func (s *scan) examineRest(v *view) {
	s.spans, s.used, s.work, s.written = s.spans[:0], 0, len(v.t)+maxDecode, v.t
	s.readings.forget()
	s.fix = hasFIX(v.t)
	s.tokens(v.t)
	s.settled = s.settled[:0]
	found := s.ordered(v, &s.tables)
	s.around(v, listed(s.redacted), edgeDecoded, func(part view) {
		p := profileOf(part.t)
		s.examine(part, 0, &p)
	})
	s.written = nil
	s.dropChance(v.t, found)
	s.dropOthers(v.t, found)
	s.besideAccounts(v, 0)
	s.spareTokens(v.t)
	s.merge()
}

// add notes a finding over bytes [i, j) of a view, unless the policy keeps the
// entity.
func (s *scan) add(v *view, i, j int, found span) {
	if i >= j || s.r.action(found.entity) == Keep || found.layer == LayerDetector && v.lo == nil && chance(found.rule) && inDump(v.t, i, j) || s.r.cutsToken(v.t, i, found.entity) {
		return
	}
	found.lo, found.hi = int(v.from(i)), int(v.to(j-1))
	s.dirty = true
	s.spans = append(s.spans, found)
}

// merge sorts the spans and joins those that overlap. The finding that says
// most about a region names it: the longest, and before others a known value.
func (s *scan) merge() {
	if len(s.spans) < 2 {
		return
	}
	slices.SortFunc(s.spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(b.hi, a.hi), cmp.Compare(a.entity, b.entity), cmp.Compare(a.rule, b.rule), cmp.Compare(a.token, b.token))
	})
	out := s.spans[:1]
	for _, next := range s.spans[1:] {
		last := &out[len(out)-1]
		if next.lo >= last.hi {
			out = append(out, next)
			continue
		}
		lo, hi := last.lo, max(last.hi, next.hi)
		if outranks(next, *last) {
			*last = next
		}
		last.lo, last.hi = lo, hi
	}
	s.spans = out
}

func outranks(a, b span) bool {
	if (a.layer == LayerKnown) != (b.layer == LayerKnown) {
		return a.layer == LayerKnown
	}
	return a.hi-a.lo > b.hi-b.lo
}

// apply appends t with the spans replaced, and counts the findings.
func (s *scan) apply(out, t []byte) []byte {
	at := 0
	s.redacted = s.redacted[:0]
	for i := range s.spans {
		sp := &s.spans[i]
		out = append(out, t[at:sp.lo]...)
		from := len(out)
		out = s.replace(out, sp, t[sp.lo:sp.hi])
		s.redacted = append(s.redacted, stretch{from, len(out)})
		at = sp.hi
		s.count(sp)
	}
	return append(out, t[at:]...)
}

// replace appends what stands for a finding.
func (s *scan) replace(out []byte, sp *span, original []byte) []byte {
	if sp.entity == Fake {
		if bytes.IndexByte(original, '_') < 0 { // it is spelled otherwise
			return append(out, '-')
		}
		return append(out, bytes.ReplaceAll(original, []byte("_"), []byte("-"))...)
	}
	switch s.r.action(sp.entity) {
	case Drop:
		return out
	case Mask:
		if n := len(sp.canon); n > 8 && sp.entity != Opaque && sp.entity != Secret {
			return append(append(out, "****"...), sp.canon[n-4:]...)
		}
		return append(out, "****"...)
	}
	token := sp.token
	if token == "" {
		token = s.r.tokens.token(sp.entity, sp.canon)
	}
	if s.told != nil {
		s.tell(sp, token, original)
	}
	return append(out, token...)
}

// count adds a finding to the report.
func (s *scan) count(sp *span) {
	if sp.entity == IBAN || sp.entity == Account {
		s.walk.banks.counted = true
	}
	pointer := s.pointer()
	for i := len(s.found) - 1; i >= 0 && s.found[i].Pointer == pointer; i-- {
		if f := &s.found[i]; f.Entity == sp.entity && f.Layer == sp.layer && f.Rule == sp.rule {
			f.Count++
			return
		}
	}
	s.found = append(s.found, Finding{Entity: sp.entity, Layer: sp.layer, Rule: sp.rule, Pointer: pointer, Count: 1})
}
