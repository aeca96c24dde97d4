package known

import (
	"encoding/binary"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/date"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// In most texts with a number in them no known number stands: these gates tell so
// without reading it as the scan does.

// MayKnow tells whether a digit sequence of a text of one block may hold a
// known value, by a look at every way in which knownNumbers would find one.
// p.cued tells that there is a word beside which five digits count.
func (l *Lookup) MayKnow(t []byte, p *profile.Profile) bool {
	for left := p.Planes.Digit; left != 0; {
		part := p.Planes.SequenceAt(left)
		left &^= part
		if n := bits.OnesCount64(part); n < profile.MinCued || n < column.MinSuffix && !p.Cued || n == len("20260105") && onlyDate(t, part) {
			continue
		}
		if l.MayHold(t, part, p.Cued) {
			return true
		}
	}
	return false
}

// AskEnd returns 0 if no group of digits in a text ends in six that a known value
// ends in; letters between them are not looked at.
func (l *Lookup) AskEnd(t []byte, p *profile.Profile) (hit uint64) {
	if !l.Ends.Made || p.Digits > l.Shortest || len(t) < LongestEnd {
		return 1
	}
	left := p.Planes.Digit
	if left>>bits.TrailingZeros64(left) == dayDigits { // known only if plain finds that it is none
		return 1
	}
	rest := (left + left&-left) & left
	count, last := 0, uint64(0) // digits, and the last eight of them
	for {
		size := bits.OnesCount64(left ^ rest)
		last = join(last, eightBefore(t, bits.TrailingZeros64(left)+size), size)
		if count += size; count >= column.MinSuffix {
			hit |= l.Ends.hasSix(last)
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

// MayEndAny returns 0 if no group of digits in a text of one block ends as a
// known value does, nor does a whole one end inside of a group.
func (l *Lookup) MayEndAny(t []byte, m *profile.Planes) (hit uint64) {
	if !l.Ends.Made || len(t) < LongestEnd {
		return 1
	}
	apart, from := m.Letter|m.High, uint64(1)
	count, last := 0, uint64(0) // digits, and the last eight of them
	starts := uint64(0)         // where groups start among the digits
	for left := m.Digit; left != 0; {
		start := left & -left
		rest := (left + start) & left
		if apart&(start-from) != 0 {
			count, starts = 0, 0
		}
		starts |= 1 << (count & 63)
		i, size := bits.TrailingZeros64(start), bits.OnesCount64(left^rest)
		for ; size > 0 && count+size > l.Shortest; size-- { // whole numbers end anywhere
			last = last>>8 | uint64(t[i])<<56
			if i, count = i+1, count+1; count >= l.Shortest || size == 1 {
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
	if digits >= LongestEnd {
		return second
	}
	fresh := 8 * uint(digits) & 63
	drop := (64 - fresh) & 63
	return first>>fresh | second>>drop<<drop
}

// endsAt returns 0 if no known value ends as so many digits do, which last ends in:
// at the end of a group, where one of the groups starts, six or seven may be all of
// it.
func (l *Lookup) endsAt(last uint64, count int, starts uint64, group bool) uint64 {
	if count < column.MinSuffix || l.Ends.hasSix(last) == 0 {
		return 0
	}
	if group {
		switch starts << 1 >> ((count - column.MinSuffix) & 63) & 3 {
		case 0:
		case 1:
			if l.Ends.hasSeven(last) != 0 {
				return 1
			}
		default:
			return 1
		}
	}
	if count < LongestEnd {
		return 0
	}
	return l.Ends.hasEight(last)
}

// onlyDate tells whether eight digits of a sequence are a date.
func onlyDate(t []byte, part uint64) bool {
	i := bits.TrailingZeros64(part)
	return i+len("2026-01-05") <= len(t) && date.IsISO(t[i:i+len("2026-01-05")])
}

// heldGroups are the groups of digits that MayHold has seen.
type heldGroups struct {
	d      [profile.Block]byte // their digits
	starts [profile.Block]byte // where in d each begins
	seps   [profile.Block]byte // what stands before each, as in group
	n      int
	next   byte // what stands behind the last one; 0 if nothing follows
}

// MayHold looks at all digits of a sequence.
func (l *Lookup) MayHold(t []byte, part uint64, cued bool) bool {
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
		if end && cued && n-int(h.starts[h.n-1]) == profile.MinCued {
			if _, ok := l.Digits(h.d[n-profile.MinCued : n]); ok {
				return true
			}
		}
		if (end && n >= column.MinSuffix || n >= l.Shortest) && l.Maybe(h.d[:n]) && (len(l.Values) <= FewKnown || l.holdsWhole(h.d[:n]) || end && l.holdsEnd(&h, n)) {
			return true
		}
	}
	return false
}

// sepBetween returns what stands between two groups of digits, the first of which
// ends before t[i], as gap has it.
func sepBetween(t []byte, i int) byte {
	for ; i < len(t) && !char.Digit(t[i]); i++ {
		if c := t[i]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return ' '
}

// holdsWhole tells whether a known value may end where d does.
func (l *Lookup) holdsWhole(d []byte) bool {
	for lens := l.Lens; lens != 0; lens &= lens - 1 {
		n := bits.TrailingZeros64(lens)
		if n > len(d) {
			break
		}
		if e, ok := l.Number(d[len(d)-n:]); ok && (e.Kind == EntryFull || !l.many()) {
			return true
		}
	}
	return false
}

// many tells whether so many values are known that their last digits count only where
// knownSuffix and knownScattered say.
func (l *Lookup) many() bool { return len(l.Values) > FewSuffix[len(FewSuffix)-1]*ManyPadded }

// holdsEnd tells whether the last of the groups, which ends at d[n], is the end of a
// known value, alone or with those before it.
func (l *Lookup) holdsEnd(h *heldGroups, n int) bool {
	last := h.n - 1
	sep, alike := h.seps[last], true // all groups from the one behind k on stand behind sep
	for k := last; k >= 0; k-- {
		a := int(h.starts[k])
		alone := k == last || alike && (k == 0 || h.seps[k] != sep) && h.next != sep || k == 0 && h.next == 0
		if n-a >= column.MinSuffix && (alone || !l.many()) {
			if _, ok := l.Number(h.d[a:n]); ok {
				return true
			}
		}
		alike = alike && h.seps[k] == sep
	}
	return false
}
