package redact

import (
	"bytes"
	"strconv"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/detect"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
	"github.com/counterfoil/counterfoil/redact/internal/reading"
)

// The numbers of a JSON document (RFC 8259, 6).

// numberValue walks a number.
func (s *scan) numberValue(i int, c *class) (int, error) {
	w := &s.walk
	end, ok := numberEnd(w.src, i)
	if !ok {
		return i, bad(i)
	}
	if err := c.leafAllowed(); err != nil {
		return i, err
	}
	lit := w.src[i:end]
	if c != nil && c.kind == kindPass {
		return end, nil
	}
	if c != nil && c.kind == kindAccount {
		s.accountLeaf(i, end, lit)
		return end, nil
	}
	if n := len(w.frames); n > 0 && (w.frames[n-1].name.tells() && s.namedNumber(i, end, lit) || s.printedNumber(i, end, lit)) {
		return end, nil
	}
	if len(lit) >= profile.MinCodeDigits && (w.heads.n > 0 || w.label.i > 0) && s.columnNumber(i, end, lit) {
		return end, nil
	}
	if s.brief(lit) {
		s.link(i, end, lit, false, nil)
		return end, nil
	}
	if !s.number(i, end, lit) {
		s.link(i, end, lit, false, nil)
	} else if bytes.ContainsAny(lit, "eE") { // its digits do not stand there, so that no text around it is redacted for them
		s.across = true
	}
	return end, nil
}

// brief tells whether a number has so few digits that it cannot be anything, or
// only beside a cue that is not there.
func (s *scan) brief(lit []byte) bool {
	digits := bytes.TrimPrefix(lit, []byte("-"))
	if len(digits) < profile.MinCued {
		return true
	}
	return len(digits) < profile.MinDigits && !bytes.ContainsAny(digits, ".eE") && s.walk.keyCue(true)&profile.FiveCues == 0
}

// numberEnd checks the number at src[i:] (RFC 8259, 6).
func numberEnd(src []byte, i int) (int, bool) {
	digits := func() bool {
		start := i
		for i < len(src) && char.Digit(src[i]) {
			i++
		}
		return i > start
	}
	if src[i] == '-' {
		i++
	}
	if i < len(src) && src[i] == '0' {
		i++
	} else if !digits() {
		return i, false
	}
	if i < len(src) && src[i] == '.' {
		i++
		if !digits() {
			return i, false
		}
	}
	if i < len(src) && (src[i] == 'e' || src[i] == 'E') {
		i++
		if i < len(src) && (src[i] == '+' || src[i] == '-') {
			i++
		}
		if !digits() {
			return i, false
		}
	}
	return i, true
}

// number examines a number as it is written and, with a fraction or an
// exponent, as the integer it stands for. float64 would lose digits.
func (s *scan) number(i, end int, lit []byte) bool {
	s.Cue = s.walk.keyCue(true)
	p := profile.Of(lit)
	s.ExamineLeaf(lit, &p)
	if len(s.Spans) == 0 {
		exact, ok := expand(s.exact[:0], lit)
		s.Dirty = true
		if s.exact = exact; !ok {
			return false
		}
		p = profile.Of(exact)
		s.ExamineLeaf(exact, &p)
		if len(s.Spans) == 0 {
			return false
		}
	}
	sp := s.Spans[0]
	if sp.Layer == LayerDetector && s.Cue == 0 && s.computed(i, end) {
		return false
	}
	if s.Cue != 0 {
		s.walk.note(i, end, sp.Entity)
	}
	s.replaceNumber(i, end, lit, &sp)
	s.endsKnown(i, end, lit)
	s.unlink() // which may look for others in what was linked
	s.decode() // as where the token stands
	return true
}

// replaceNumber puts what stands for a finding, or null, where the number src[i:end]
// was.
func (s *scan) replaceNumber(i, end int, lit []byte, sp *finding.Span) {
	s.Count(sp)
	if s.Rules.Action(sp.Entity) == Drop {
		s.walk.putNull(i, end)
		return
	}
	s.replaceLeaf(i, end, s.Replace(nil, sp, lit))
}

// putNull puts null where src[i:end] was.
func (w *walker) putNull(i, end int) {
	w.edits = append(w.edits, edit{i, end, len(w.text), len(w.text) + 4, -1})
	w.text = append(w.text, "null"...)
}

// maxExpanded bounds the digits an exact expansion may have; beyond it only
// the significant digits are looked at.
const maxExpanded = 64

// expand appends the exact integer part of a literal that has a fraction or an
// exponent.
func expand(out, lit []byte) ([]byte, bool) {
	mantissa, exp, plain := lit, 0, true
	if k := bytes.IndexAny(lit, "eE"); k >= 0 {
		mantissa, plain = lit[:k], false
		n, err := strconv.Atoi(string(lit[k+1:]))
		if err != nil {
			n = 2 * maxExpanded
		}
		exp = n
	}
	point := -1
	for _, c := range mantissa {
		switch {
		case c == '.':
			point, plain = len(out), false
		case char.Digit(c) && len(out) < maxExpanded:
			out = append(out, c)
		}
	}
	if plain {
		return out, false
	}
	if point < 0 {
		point = len(out)
	}
	point += exp
	if point < 0 || point > maxExpanded {
		return bytes.Trim(out, "0"), true
	}
	for len(out) < point {
		out = append(out, '0')
	}
	if point > 0 {
		out = out[:point]
	}
	return out, true
}

// computed tells whether the number src[i:end] has a fraction with many decimals and is
// one of several such in an array, as of an embedding, or its key says that it is a
// measure.
func (s *scan) computed(i, end int) bool {
	w := &s.walk
	point := bytes.IndexByte(w.src[i:end], '.')
	if point < 0 || end-i-point-1 < detect.LeastComputed || len(w.frames) == 0 {
		return false
	}
	f := &w.frames[len(w.frames)-1]
	if f.index < 0 {
		if reading.ExponentForm(w.src[i:end]) { // which is the integer that it stands for
			return false
		}
		return structuredKey(w.src[f.lo:f.hi]) || computedMember(w.src, i, end)
	}
	const fewest = 2 // neighbours
	return computedBefore(w.src, i, fewest)+computedBehind(w.src, end, fewest) >= fewest
}

// membersReach is how far before and behind the value of a member the one before it and the
// next one are looked for: a key of some words and a number.
const membersReach = 96

// computedMember tells whether the member of an object before the value src[i:end], or the
// one behind it, has a number with as many decimals, and so many digits as one that is
// computed, as the results of statistics have: {"mean": 842.7448726482918, "std": 2.20309…}.
func computedMember(src []byte, i, end int) bool {
	behind := src[end:min(len(src), end+membersReach)]
	if k := bytes.IndexByte(behind, ':'); k > 0 && !bytes.ContainsAny(behind[:k], "{}[]") {
		if at := space(src, end+k+1); at < len(src) && (src[at] == '-' || char.Digit(src[at])) {
			if stop, ok := numberEnd(src, at); ok && computedNumber(src[at:stop]) {
				return true
			}
		}
	}
	before := src[max(0, i-membersReach):i]
	k := bytes.LastIndexByte(before, ',')
	if k <= 0 || bytes.ContainsAny(before[k:], "{}[]") {
		return false
	}
	before = bytes.TrimRight(before[:k], " \n\t\r")
	from := len(before)
	for from > 0 && (char.Digit(before[from-1]) || before[from-1] == '.') {
		from--
	}
	return from > 0 && computedNumber(before[from:])
}

// computedNumber tells whether a number has the digits that a program writes of a float64.
func computedNumber(lit []byte) bool {
	const least, most = 14, 17
	n := char.DigitsIn(lit)
	return n >= least && n <= most+len("0") && manyDecimals(lit)
}

// computedBehind counts the elements of the array behind src[:i], no more than most, that
// have as many decimals; computedBefore those before src[i:].
func computedBehind(src []byte, i, most int) (n int) {
	for ; n < most; n++ {
		if i = space(src, i); i >= len(src) || src[i] != ',' {
			return n
		}
		if i = space(src, i+1); i >= len(src) || src[i] != '-' && !char.Digit(src[i]) {
			return n
		}
		end, ok := numberEnd(src, i)
		if !ok || !manyDecimals(src[i:end]) {
			return n
		}
		i = end
	}
	return n
}

func computedBefore(src []byte, i, most int) (n int) {
	for ; n < most; n++ {
		i = len(bytes.TrimRight(src[:i], " \n\t\r"))
		if i == 0 || src[i-1] != ',' {
			return n
		}
		end := len(bytes.TrimRight(src[:i-1], " \n\t\r"))
		for i = end; i > 0 && (char.Digit(src[i-1]) || bytes.IndexByte([]byte(".eE+-"), src[i-1]) >= 0); {
			i--
		}
		if !manyDecimals(src[i:end]) {
			return n
		}
	}
	return n
}

// manyDecimals tells whether a number has as many decimals as one that was computed.
func manyDecimals(lit []byte) bool {
	k := bytes.IndexByte(lit, '.')
	return k >= 0 && char.Digits(lit[k+1:]) >= detect.LeastComputed
}
