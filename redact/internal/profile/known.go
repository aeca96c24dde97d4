package profile

import (
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
)

// SequenceAt returns the first of the digits with those that follow it up to a
// letter.
func (m *Planes) SequenceAt(digits uint64) uint64 {
	first := bits.TrailingZeros64(digits)
	if stop := (m.Letter | m.High) >> first; stop != 0 {
		return digits & (1<<(first+bits.TrailingZeros64(stop)) - 1)
	}
	return digits
}

// MayBeFive tells whether five digits stand beside a cue, which is all that a
// known value is found by in a text with fewer than MinDigits in a row.
func (p *Profile) MayBeFive(t []byte) bool {
	if len(t) <= Block {
		if p.Planes.Fives() == 0 && p.Planes.Letter != 0 {
			return p.mayBeFives(t)
		}
		for fives := p.Planes.Fives(); fives != 0; fives &= fives - 1 {
			if i := bits.TrailingZeros64(fives); p.Planes.wordBefore(t, i) && cue.Before(t, i, 0)&FiveCues != 0 {
				return true
			}
		}
		return false
	}
	for i := 0; i < len(t); i++ {
		from, n := i, 0
		for k := i; k < len(t) && n <= MinCued && !char.Letter(t[k]); k++ {
			if char.Digit(t[k]) {
				n++
			}
		}
		for i < len(t) && char.Digit(t[i]) {
			i++
		}
		if (i-from == MinCued || i > from && n == MinCued) && cue.Before(t, from, 0)&FiveCues != 0 {
			return true
		}
	}
	return false
}

// mayBeFives is MayBeFive where no five digits stand side by side: just five up to
// the next letter, in groups.
func (p *Profile) mayBeFives(t []byte) bool {
	if p.Sequence < MinCued {
		return false
	}
	for left := p.Planes.Digit; left != 0; {
		part := p.Planes.SequenceAt(left)
		left &^= part
		if bits.OnesCount64(part) != MinCued {
			continue
		}
		if i := bits.TrailingZeros64(part); p.Planes.wordBefore(t, i) && cue.Before(t, i, 0)&FiveCues != 0 {
			return true
		}
	}
	return false
}

// wordBefore tells whether the last word before t[i] may be a cue or carry one on.
func (m *Planes) wordBefore(t []byte, i int) bool {
	end := bits.Len64(m.Letter & (1<<i - 1))
	if end == 0 || end > 1 && m.Letter>>(end-2)&1 != 0 && !cue.Ends.Has(t[end-2], t[end-1]) {
		return false
	}
	size := bits.LeadingZeros64(^(m.Letter << (Block - end)))
	from := end - size
	return size == 1 || cue.MayBeCue(t[from:end]) != 0 || cue.MayBeCue(t[cue.LastCamel(t, from, end):end]) != 0
}

// FiveCues are the cues beside which five digits count.
const FiveCues = cue.Account | cue.Card | cue.Ending | cue.IBAN

// Of more digits or turns than these it does not matter how many they are. Texts
// with more than known.fewTurns are so seldom that their windows may be looked at.
const (
	MostDigits = 31
)

// Rooms is how many numbers of digits are told apart, and known.RoomKinds how many kinds
// of texts: any, those in which all digits stand together but for marks, so that a
// value in them has two turns at most, and those in which no letter follows them,
// so that it has one.
const (
	Rooms = MostDigits + 1
)

// Room returns where it stands how long a text of the size is at least in which
// there may be a value: by its digits and its kind.
func (p *Profile) Room(size int) int {
	if size > Block {
		return min(p.Digits, MostDigits)
	}
	m := &p.Planes
	low := m.Digit & -m.Digit
	after := (m.Letter | m.High) &^ (low - 1)
	_, last := bits.Sub64(after, 1, 0) // 1 if there are none
	_, none := bits.Sub64(after&(1<<bits.Len64(m.Digit)-1), 1, 0)
	return min(p.Digits, MostDigits) + int(none+last)*Rooms
}

// Turns returns the letters that follow digits and the digits that follow
// letters, whatever else stands between them.
func (m *Planes) Turns(letters uint64) (toLetters, toDigits uint64) {
	gaps := ^(letters | m.Digit)
	after := func(a uint64) uint64 { return (a << 1) | (gaps+a<<1&gaps)&^gaps } // carries run over gaps
	return after(m.Digit) & letters, after(letters) & m.Digit
}
