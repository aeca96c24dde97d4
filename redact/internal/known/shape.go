package known

import (
	"encoding/binary"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// shape is what a fingerprint tells of a value with letters: which characters of its window
// are digits, how many of all, and the characters around a turn in the window, two on
// each side. A turn is a place where letters follow digits or digits letters.
type shape uint64

const (
	shapeWindow   = turnChars                    // which characters of the window are digits, a bit each
	shapeDigits   = shapeWindow + TextWindow     // how many digits the value has
	shapeNoTurn   = shapeDigits + shapeDigitBits // there is no turn in the window
	shapeToDigits = shapeNoTurn + 1              // at the turn, digits follow letters
	shapeFirst    = shapeToDigits + 1            // the value does not have the first of the characters
	shapeLast     = shapeFirst + 1               // nor the last

	shapeDigitBits  = 6
	shapeMostDigits = 1<<shapeDigitBits - 1
)

// shapeOf returns the shape of a value whose window is at plain[at:].
func shapeOf(plain string, at int) shape {
	s, digits := shape(0), 0
	for i := range len(plain) {
		digits += int(kindOf(plain[i]))
	}
	for i := range TextWindow {
		s |= shape(kindOf(plain[at+i])) << (shapeWindow + i)
	}
	s |= shape(min(digits, shapeMostDigits)) << shapeDigits
	turn := turnOf(plain, at)
	if turn == 0 {
		return s | 1<<shapeNoTurn
	}
	s |= shape(kindOf(plain[turn])) << shapeToDigits
	if turn == 1 {
		s |= 1 << shapeFirst
	}
	if turn == len(plain)-1 {
		s |= 1 << shapeLast
	}
	letter, digit := plain[turn], plain[turn-1]
	if kindOf(letter) == 1 {
		letter, digit = digit, letter
	}
	return s | shape(turnBits(plain[max(0, turn-2)], letter, digit, plain[min(turn+1, len(plain)-1)]))
}

// turnOf returns where in the window at plain[at:] the turn is that other texts have most
// seldom: to letters, as texts begin with words and may have no other, with two
// characters on each side, and of these with a single letter behind it or a single digit
// before it. 0 if there is none.
func turnOf(plain string, at int) (turn int) {
	best := 0
	for i := at + 1; i < at+TextWindow; i++ {
		if kindOf(plain[i]) == kindOf(plain[i-1]) {
			continue
		}
		worth := 1
		if kindOf(plain[i]) == 0 {
			worth += 8
		}
		if i > 1 && i+1 < len(plain) {
			worth += 4
		}
		if i > 1 && kindOf(plain[i-2]) != kindOf(plain[i-1]) {
			worth++
		}
		if i+1 < len(plain) && kindOf(plain[i+1]) != kindOf(plain[i]) {
			worth++
		}
		if worth > best {
			turn, best = i, worth
		}
	}
	return turn
}

// Of the characters around a turn a shape has, from above, six bits of the first, five of
// the letter at the turn, four of the digit there, and six of the last.
const (
	outerBits = 6
	turnChars = outerBits + 5 + 4 + outerBits
	turnLast  = 1<<outerBits - 1
	turnFirst = turnLast << (turnChars - outerBits)
)

func turnBits(first, letter, digit, last byte) uint {
	return outer(first)<<(turnChars-outerBits) | uint(letter&31)<<(4+outerBits) | uint(digit&15)<<outerBits | outer(last)
}

// outer tells letters, in whatever case, and digits apart.
func outer(c byte) uint { return uint(c&31 | c>>1&32) }

// shapePad hides a shape in a fingerprint.
func (k SipKey) shapePad(whole uint64) uint64 {
	return k.Sum(binary.BigEndian.AppendUint64([]byte{'t'}, whole))
}

// turnTable has a bit for each four characters that stand around a turn of a value.
type turnTable [1 << turnChars / 64]uint64

// with returns the table, made if there is none yet, with the turn of a shape. In place of
// a character that the value does not have any may stand.
func (t *turnTable) with(s shape) *turnTable {
	if t == nil {
		t = new(turnTable)
	}
	chars, free := uint(s)&(1<<turnChars-1), uint(0)
	if s>>shapeFirst&1 != 0 {
		free = turnFirst
	}
	if s>>shapeLast&1 != 0 {
		free |= turnLast
	}
	for any := free; ; any = (any - 1) & free { // all of its subsets
		c := chars&^free | any
		t[c>>6] |= 1 << (c & 63)
		if any == 0 {
			return t
		}
	}
}

// mayTurns tells whether a value may stand around one of the turns of a text, all of which
// are to digits or none is. words are its letters and digits.
func (l *Lookup) mayTurns(table *turnTable, t []byte, words, turns uint64, toDigits bool) bool {
	for last := uint(len(t) - 1); turns != 0; turns &= turns - 1 {
		at := turns & -turns
		before, after := words&(at-1), words&^(at|(at-1))
		b, c, d := uint(bits.Len64(before)-1), uint(bits.TrailingZeros64(at)), uint(bits.TrailingZeros64(after))
		a := uint(max(bits.Len64(before&^(1<<(b&63)))-1, 0))
		letter, digit := t[min(c, last)], t[min(b, last)]
		if toDigits {
			letter, digit = digit, letter
		}
		chars := turnBits(t[min(a, last)], letter, digit, t[min(d, last)])
		if table[chars>>6]>>(chars&63)&1 != 0 && l.windowAround(t, before, words&^(at-1)) {
			return true
		}
	}
	return false
}

// windowAround tells whether a window that the last of some characters and the first of
// others are in is that of a value.
func (l *Lookup) windowAround(t []byte, before, after uint64) bool {
	var chars [2 * (TextWindow - 1)]byte
	from, to := TextWindow-1, TextWindow-1
	for ; before != 0 && from > 0; from-- {
		i := bits.Len64(before) - 1
		chars[from-1] = char.Upper(t[i])
		before &^= 1 << (i & 63)
	}
	for ; after != 0 && to < len(chars); to++ {
		chars[to] = char.Upper(t[bits.TrailingZeros64(after)])
		after &= after - 1
	}
	return l.anyWindow(chars[from:to])
}
