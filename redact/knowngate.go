package redact

import (
	"encoding/binary"
	"math/bits"
)

// In most texts with a number in them no known number stands: these gates tell so
// without reading it as the scan does.

// mayKnow tells whether a digit sequence of a text of one block may hold a
// known value, by a look at every way in which knownNumbers would find one.
// p.cued tells that there is a word beside which five digits count.
func (l *lookup) mayKnow(t []byte, p *profile) bool {
	for left := p.planes.digit; left != 0; {
		part := p.planes.sequenceAt(left)
		left &^= part
		if n := bits.OnesCount64(part); n < minCued || n < minSuffix && !p.cued || n == len("20260105") && onlyDate(t, part) {
			continue
		}
		if l.mayHold(t, part, p.cued) {
			return true
		}
	}
	return false
}

// sequenceAt returns the first of the digits with those that follow it up to a
// letter.
func (m *planes) sequenceAt(digits uint64) uint64 {
	first := bits.TrailingZeros64(digits)
	if stop := (m.letter | m.high) >> first; stop != 0 {
		return digits & (1<<(first+bits.TrailingZeros64(stop)) - 1)
	}
	return digits
}

// askEnd returns 0 if no group of digits in a text ends in six that a known value
// ends in; letters between them are not looked at.
func (l *lookup) askEnd(t []byte, p *profile) (hit uint64) {
	if !l.ends.made || p.digits > l.shortest || len(t) < longestEnd {
		return 1
	}
	left := p.planes.digit
	if left>>bits.TrailingZeros64(left) == dayDigits { // known only if plain finds that it is none
		return 1
	}
	rest := (left + left&-left) & left
	count, last := 0, uint64(0) // digits, and the last eight of them
	for {
		size := bits.OnesCount64(left ^ rest)
		last = join(last, eightBefore(t, bits.TrailingZeros64(left)+size), size)
		if count += size; count >= minSuffix {
			hit |= l.ends.hasSix(last)
		}
		if rest == 0 {
			return hit
		}
		left, rest = rest, (rest+rest&-rest)&rest
	}
}

// dayDigits is where the digits of 2026-01-05 stand, from the first one on.
const dayDigits = 0b11_0_11_0_1111

// eightBefore returns t[end-8:end], the last byte highest; zeros stand for those
// before t.
func eightBefore(t []byte, end int) uint64 {
	if end >= 8 {
		return binary.LittleEndian.Uint64(t[end-8 : end])
	}
	return binary.LittleEndian.Uint64(t) << (8 * (8 - end) & 63)
}

// mayEndAny returns 0 if no group of digits in a text of one block ends as a
// known value does, nor does a whole one end inside of a group.
func (l *lookup) mayEndAny(t []byte, m *planes) (hit uint64) {
	if !l.ends.made || len(t) < longestEnd {
		return 1
	}
	apart, from := m.letter|m.high, uint64(1)
	count, last := 0, uint64(0) // digits, and the last eight of them
	starts := uint64(0)         // where groups start among the digits
	for left := m.digit; left != 0; {
		start := left & -left
		rest := (left + start) & left
		if apart&(start-from) != 0 {
			count, starts = 0, 0
		}
		starts |= 1 << (count & 63)
		i, size := bits.TrailingZeros64(start), bits.OnesCount64(left^rest)
		for ; size > 0 && count+size > l.shortest; size-- { // whole numbers end anywhere
			last = last>>8 | uint64(t[i])<<56
			if i, count = i+1, count+1; count >= l.shortest || size == 1 {
				hit |= l.endsAt(last, count, starts, size == 1)
			}
		}
		if size > 0 {
			last = join(last, eightBefore(t, i+size), size)
			count += size
			hit |= l.endsAt(last, count, starts, true)
		}
		left, from = rest, start
	}
	return hit
}

// join puts the last digits, so many, of the second of two ends behind the first.
func join(first, second uint64, digits int) uint64 {
	if digits >= longestEnd {
		return second
	}
	fresh := 8 * uint(digits) & 63
	drop := (64 - fresh) & 63
	return first>>fresh | second>>drop<<drop
}

// endsAt returns 0 if no known value ends as so many digits do, which last ends in:
// at the end of a group, where one of the groups starts, six or seven may be all of
// it.
func (l *lookup) endsAt(last uint64, count int, starts uint64, group bool) uint64 {
	if count < minSuffix || l.ends.hasSix(last) == 0 {
		return 0
	}
	if group {
		switch starts << 1 >> ((count - minSuffix) & 63) & 3 {
		case 0:
		case 1:
			if l.ends.hasSeven(last) != 0 {
				return 1
			}
		default:
			return 1
		}
	}
	if count < longestEnd {
		return 0
	}
	return l.ends.hasEight(last)
}

// onlyDate tells whether eight digits of a sequence are a date.
func onlyDate(t []byte, part uint64) bool {
	i := bits.TrailingZeros64(part)
	return i+len("2026-01-05") <= len(t) && isoDate(t[i:i+len("2026-01-05")])
}

// heldGroups are the groups of digits that mayHold has seen.
type heldGroups struct {
	d      [block]byte // their digits
	starts [block]byte // where in d each begins
	seps   [block]byte // what stands before each, as in group
	n      int
	next   byte // what stands behind the last one; 0 if nothing follows
}

// mayHold looks at all digits of a sequence.
func (l *lookup) mayHold(t []byte, part uint64, cued bool) bool {
	var h heldGroups
	n, last := 0, -2
	for left := part; left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		if i > last+1 {
			h.starts[h.n], h.seps[h.n] = byte(n), h.next
			h.n++
		}
		last = i
		h.d[n] = t[i]
		n++
		end := part>>i>>1&1 == 0
		if h.next = 0; end && left&(left-1) != 0 {
			h.next = sepBetween(t, i+1)
		}
		if end && cued && n-int(h.starts[h.n-1]) == minCued {
			if _, ok := l.digits(h.d[n-minCued : n]); ok {
				return true
			}
		}
		if (end && n >= minSuffix || n >= l.shortest) && l.maybe(h.d[:n]) && (len(l.values) <= fewKnown || l.holdsWhole(h.d[:n]) || end && l.holdsEnd(&h, n)) {
			return true
		}
	}
	return false
}

// sepBetween returns what stands between two groups of digits, the first of which
// ends before t[i], as gap has it.
func sepBetween(t []byte, i int) byte {
	for ; i < len(t) && !digit(t[i]); i++ {
		if c := t[i]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return ' '
}

// holdsWhole tells whether a known value may end where d does.
func (l *lookup) holdsWhole(d []byte) bool {
	for lens := l.lens; lens != 0; lens &= lens - 1 {
		n := bits.TrailingZeros64(lens)
		if n > len(d) {
			break
		}
		if e, ok := l.number(d[len(d)-n:]); ok && (e.kind == entryFull || !l.many()) {
			return true
		}
	}
	return false
}

// many tells whether so many values are known that their last digits count only where
// knownSuffix and knownScattered say.
func (l *lookup) many() bool { return len(l.values) > fewSuffix[len(fewSuffix)-1]*manyPadded }

// holdsEnd tells whether the last of the groups, which ends at d[n], is the end of a
// known value, alone or with those before it.
func (l *lookup) holdsEnd(h *heldGroups, n int) bool {
	last := h.n - 1
	sep, alike := h.seps[last], true // all groups from the one behind k on stand behind sep
	for k := last; k >= 0; k-- {
		a := int(h.starts[k])
		alone := k == last || alike && (k == 0 || h.seps[k] != sep) && h.next != sep || k == 0 && h.next == 0
		if n-a >= minSuffix && (alone || !l.many()) {
			if _, ok := l.number(h.d[a:n]); ok {
				return true
			}
		}
		alike = alike && h.seps[k] == sep
	}
	return false
}

// mayBeFive tells whether five digits stand beside a cue, which is all that a
// known value is found by in a text with fewer than minDigits in a row.
func (p *profile) mayBeFive(t []byte) bool {
	if len(t) <= block {
		if p.planes.fives() == 0 && p.planes.letter != 0 {
			return p.mayBeFives(t)
		}
		for fives := p.planes.fives(); fives != 0; fives &= fives - 1 {
			if i := bits.TrailingZeros64(fives); p.planes.wordBefore(t, i) && cueBefore(t, i, 0)&fiveCues != 0 {
				return true
			}
		}
		return false
	}
	for i := 0; i < len(t); i++ {
		from, n := i, 0
		for k := i; k < len(t) && n <= minCued && !letter(t[k]); k++ {
			if digit(t[k]) {
				n++
			}
		}
		for i < len(t) && digit(t[i]) {
			i++
		}
		if (i-from == minCued || i > from && n == minCued) && cueBefore(t, from, 0)&fiveCues != 0 {
			return true
		}
	}
	return false
}

// mayBeFives is mayBeFive where no five digits stand side by side: just five up to
// the next letter, in groups.
func (p *profile) mayBeFives(t []byte) bool {
	if p.sequence < minCued {
		return false
	}
	for left := p.planes.digit; left != 0; {
		part := p.planes.sequenceAt(left)
		left &^= part
		if bits.OnesCount64(part) != minCued {
			continue
		}
		if i := bits.TrailingZeros64(part); p.planes.wordBefore(t, i) && cueBefore(t, i, 0)&fiveCues != 0 {
			return true
		}
	}
	return false
}

// wordBefore tells whether the last word before t[i] may be a cue or carry one on.
func (m *planes) wordBefore(t []byte, i int) bool {
	end := bits.Len64(m.letter & (1<<i - 1))
	if end == 0 || end > 1 && m.letter>>(end-2)&1 != 0 && !cueEnds.has(t[end-2], t[end-1]) {
		return false
	}
	size := bits.LeadingZeros64(^(m.letter << (block - end)))
	from := end - size
	return size == 1 || mayBeCue(t[from:end]) != 0 || mayBeCue(t[lastCamel(t, from, end):end]) != 0
}
