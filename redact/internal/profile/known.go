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

// MostDigits is from how many digits on it does not matter how many they are: texts
// with more are so seldom that their windows may be looked at.
const MostDigits = 31

// Turns returns the characters of to that follow one of from, whatever stands between that
// is neither.
func Turns(from, to uint64) uint64 {
	gaps := ^(from | to)
	next := from << 1
	return (next | (gaps+next&gaps)&^gaps) & to // carries run over gaps
}

// LettersBehind returns the letters behind the first digit of a text of one block.
func (m *Planes) LettersBehind() uint64 {
	return (m.Letter | m.High) &^ ((m.Digit & -m.Digit) - 1)
}
