package redact

import (
	"bytes"
	"slices"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/nationalid"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
)

// joined examines the parts joined, first without and then with those that
// have no digits, and redacts what crosses from one part to another.
func (s *scan) joined() {
	c := &s.walk.chain
	if c.digits < detect.MinChained && !c.iban && c.cue == 0 && !c.counted && !c.mayKnow(s.Rules.Known) && cue.In(c.text)&(profile.FiveCues|identityCues) == 0 && !c.mayNINO() && !c.printed(s.walk.src) && !(c.digits >= minDivided && (bytes.IndexByte(c.text, '-') >= 0 || !char.ASCII(c.text))) {
		return
	}
	longest := 0
	for _, p := range c.parts {
		if p.neutral {
			longest = max(longest, p.size)
		}
	}
	s.joinedParts(0, 0, len(c.parts))
	if longest > profile.LongestLead {
		s.joinedParts(profile.LongestLead, 0, len(c.parts)) // a country's letters, but not a block's type
	}
	if longest > 0 {
		s.joinedParts(longest, 0, len(c.parts))
	}
	s.cardsAmong()
	s.gluedAmong()
	s.leadsAmong()
	s.countedAmong()
}

// leadsAmong looks for IBANs whose first letter or two end a leaf that has no digits,
// behind other numbers.
func (s *scan) leadsAmong() {
	c := &s.walk.chain
	for k := range c.parts {
		if p := &c.parts[k]; !c.iban && p.neutral && c.starts(c.text[p.from:p.from+p.size]) {
			p.neutral = false
			s.joinedParts(0, k, len(c.parts))
			p.neutral = true
		}
	}
}

// printed tells whether the parts are the elements of an array, strings of digits
// that are as long as the groups of an identity number in its printed form.
func (c *chain) printed(src []byte) bool {
	first := &c.parts[0]
	if first.parent < 0 || src[first.parent] != '[' {
		return false
	}
	for k := range detect.PrintedForms {
		if c.sized(detect.PrintedForms[k].Sizes) {
			return true
		}
	}
	return false
}

func (c *chain) sized(sizes []int) bool {
	if len(c.parts) != len(sizes) || len(sizes) < 3 {
		return false
	}
	for k := range c.parts {
		p := &c.parts[k]
		if p.number || p.key || p.neutral || p.size != sizes[k] || p.parent != c.parts[0].parent {
			return false
		}
	}
	return true
}

// mayNINO tells whether the parts end in the letters and digits of a national
// insurance number.
func (c *chain) mayNINO() bool {
	const shape = "aannnnnna"
	if c.digits != 6 || !char.ASCII(c.text) {
		return false
	}
	var code [len(shape)]byte
	n := len(code)
	for k := len(c.text) - 1; k >= 0 && n > 0; k-- {
		if char.Alnum(c.text[k]) {
			n--
			code[n] = char.Upper(c.text[k])
		}
	}
	return n == 0 && nationalid.Shaped(code[:], shape) && profile.NINOPrefix(code[0], code[1]) && code[8] <= 'D'
}

// mayKnow tells whether a known number may be among the digits of the parts, any
// letters aside.
func (c *chain) mayKnow(l *known.Lookup) bool {
	size := len(c.text) + len(c.parts)
	if l == nil || l.Lens == 0 || size > profile.Block || char.FlagsOf(c.text)&(char.IsExotic|char.IsHigh|reading.Escaping) != 0 {
		return l != nil && l.Lens != 0
	}
	var buf [profile.Block]byte
	t := buf[:0]
	for k := range c.parts {
		p := &c.parts[k]
		t = append(append(t, c.text[p.from:p.from+p.size]...), ' ')
	}
	digits, _, _ := profile.LoadPlanes(t)
	if !l.Ends.Made {
		return l.MayHold(t, digits, false)
	}
	return l.MayEndAny(t, &profile.Planes{Digit: digits}) != 0
}

// joinedParts examines the parts [from, to), those without digits up to a length,
// with one space between them. The view maps each byte to its place in chain.text.
func (s *scan) joinedParts(neutral, from, to int) {
	c := &s.walk.chain
	s.Spans, s.Used, s.Cue, s.Joining = s.Spans[:0], 0, c.cue, true
	v := s.View(len(c.text) + len(c.parts))
	for k := range c.parts {
		p := &c.parts[k]
		if p.out = p.neutral && p.size > neutral || k < from || k >= to; p.out {
			continue
		}
		if len(v.Text) > 0 {
			v.Push(' ', int32(p.from), int32(p.from))
		}
		v.Copy(finding.View{Text: c.text}, p.from, p.from+p.size)
	}
	v = s.Keep(v)
	flags := char.FlagsOf(v.Text)
	if flags&reading.Escaping != 0 {
		s.joinedView(s.Plainest(v), neutral)
	}
	if flags&(char.IsExotic|char.IsHigh) != 0 {
		if bare, ok := s.Untagged(v); ok {
			s.joinedView(s.Fold(bare), neutral)
		}
		v = s.Fold(v)
	}
	s.joinedView(v, neutral)
	s.Joining = false
	s.Merge()
	for k := range s.Spans {
		s.splitSpan(&s.Spans[k])
	}
	s.Used = 0
}

// joinedView runs the detectors of numbers over the parts joined.
func (s *scan) joinedView(v finding.View, neutral int) {
	if neutral == 0 {
		// Not masked numbers: what hides a number is whole in one leaf, and the
		// numbers beside it are of something else.
		s.Numbers(v)
	}
	s.IBANs(v)
	s.SaidParts(&v)
}

// splitSpan redacts a finding that covers more than one part.
func (s *scan) splitSpan(sp *finding.Span) {
	c := &s.walk.chain
	first, last := -1, -1
	for k := range c.parts {
		p := &c.parts[k]
		if !p.out && p.from < sp.Hi && p.from+p.size > sp.Lo && (!p.neutral || lettersCount(sp)) {
			if first < 0 {
				first = k
			}
			last = k
		}
	}
	if sp.Entity == Ref && c.text[sp.Lo] >= 'a' && c.text[sp.Lo] <= 'z' { // as in reference: ids have "rf" by chance
		return
	}
	if first >= 0 && !lettersCount(sp) && anyWhole(c.parts[first:last+1]) {
		return
	}
	if first < 0 || first == last || (sp.Entity == Card || sp.Rule == "nir" || sp.Rule == "clabe" || sp.Rule == "cbu") && !c.evenNumbers(first, last) && !s.fewNumbers(first, last) || sp.Entity == National && c.cue == 0 && !s.divisible(sp) || sp.Entity == Phone || !detect.MayRetract(sp) && anyAlone(c.parts[first:last+1]) {
		return
	}
	if sp.Layer == LayerDetector && (sp.Entity == Card || sp.Entity == Account) && c.cue == 0 && s.listed(sp, first, last) {
		return
	}
	if !s.uncovers(c.parts[first:last+1], sp) {
		s.splitOver(sp, first, last)
	}
}

// splitFound redacts a finding in all the parts that it covers.
func (s *scan) splitFound(sp *finding.Span) {
	c := &s.walk.chain
	first, last := -1, -1
	for k := range c.parts {
		if p := &c.parts[k]; !p.out && p.from < sp.Hi && p.from+p.size > sp.Lo {
			if first < 0 {
				first = k
			}
			last = k
		}
	}
	if first >= 0 && first != last && (detect.MayRetract(sp) || !anyAlone(c.parts[first:last+1])) && !s.uncovers(c.parts[first:last+1], sp) {
		s.splitOver(sp, first, last)
	}
}

// splitOver redacts a finding in the parts from first to last.
func (s *scan) splitOver(sp *finding.Span, first, last int) {
	c := &s.walk.chain
	s.retract(c.parts[first : last+1])
	for k := first; k <= last; k++ {
		p := &c.parts[k]
		if p.out || p.neutral && !lettersCount(sp) {
			continue
		}
		s.editPart(p, sp)
	}
	s.Count(sp) // after a key that is part of it has gone from the pointer
}

// anyWhole tells whether a part is complete in itself.
func anyWhole(parts []part) bool {
	return slices.ContainsFunc(parts, func(p part) bool { return p.whole && !p.out })
}

// lettersCount tells whether parts without digits may belong to what was found.
func lettersCount(sp *finding.Span) bool {
	return sp.Entity == IBAN || sp.Entity == Ref || sp.Rule == "nino"
}

// divisible tells whether an identity number may be divided over leaves: its
// check is strict, or a dash of its printed form is there.
func (s *scan) divisible(sp *finding.Span) bool {
	switch sp.Rule {
	case "resident_id", "cnpj", "nir", "codice_fiscale", "curp", "ahv", "nino":
		return true
	}
	if s.walk.chain.printed(s.walk.src) || cue.Before(s.walk.chain.text, sp.Lo, 0)&identityCues != 0 {
		return true
	}
	folded, decoded := s.readable(s.walk.chain.text[sp.Lo:sp.Hi])
	return bytes.IndexByte(folded, '-') >= 0 || bytes.IndexByte(decoded, '-') >= 0
}

// minPaired is the fewest digits of two numbers of which one may be short.
const minPaired = 13

// fewNumbers tells whether the parts are two to four elements of an array or
// two members of an object, none of them short unless the other is long.
func (s *scan) fewNumbers(first, last int) bool {
	c := &s.walk.chain
	pair := last-first == 1
	for k := first; k <= last; k++ {
		p := &c.parts[k]
		if p.neutral || p.parent < 0 || s.walk.src[p.parent] != '[' && !pair {
			return false
		}
		if p.size < 3 && !(pair && c.parts[first].size+c.parts[last].size >= minPaired) {
			return false
		}
	}
	return last-first < 4
}

// evenNumbers tells whether those of the parts that are JSON numbers are sized
// as the groups of a card, so that a list of counts is left alone.
func (c *chain) evenNumbers(first, last int) bool {
	size := 0
	for k := first; k <= last; k++ {
		p := &c.parts[k]
		if !p.number || p.neutral {
			continue
		}
		if size == 0 {
			size = p.size
		}
		if p.size > size && !(p.size == 6 && size == 4) || p.size < size && k < last {
			return false
		}
	}
	return true
}

// editPart replaces the part of a finding that lies in one leaf.
func (s *scan) editPart(p *part, sp *finding.Span) {
	w := &s.walk
	lo, hi := max(sp.Lo, p.from)-p.from, min(sp.Hi, p.from+p.size)-p.from
	w.walkAgain()
	s.across = true
	if w.editAt(p.i) >= 0 {
		return // redacted already, as part of another finding
	}
	text := w.src[p.i:p.end]
	if !p.number {
		text = w.unescape(p.i, p.end, p.escaped)
	}
	out := append([]byte(nil), text[:p.offset+lo]...)
	out = s.Replace(out, sp, text[p.offset+lo:p.offset+hi])
	out = append(out, text[p.offset+hi:]...)
	if p.key {
		w.replaceKey(p.i, p.end, out, p.parent, len(w.frames)-1)
		return
	}
	s.replaceLeaf(p.i, p.end, out)
}
