package known

import (
	"encoding/binary"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// A known value with letters is found by a hash of some of its letters and digits
// in a row, its window, and then compared as a whole. Any window would do. Most
// texts are words and numbers with few turns from letters to digits or back, and
// secrets have many: the window is the one with most of them, so that most texts
// need not be hashed.

// anchorOf returns where the window of a value is and how many turns, at most
// maxTurns, it has. Of windows with as many one is taken that turns to letters.
func anchorOf(plain string) (at, turns int) {
	best := -1
	for i := range len(plain) - TextWindow + 1 {
		kinds := uint(0)
		for k := range TextWindow {
			kinds = kinds<<1 | kindOf(plain[i+k])
		}
		worth := 2 * turnsOf(kinds)
		if kinds>>1&^kinds&(1<<(TextWindow-1)-1) != 0 {
			worth++
		}
		if worth > best {
			at, turns, best = i, turnsOf(kinds), worth
		}
	}
	return at, turns
}

// maxTurns is as much as matters: hardly any other text has so many.
const maxTurns = 3

// turnsOf counts the turns among the last TextWindow characters, of which kinds
// has a bit each for digits.
func turnsOf(kinds uint) int {
	return min(bits.OnesCount((kinds^kinds>>1)&(1<<(TextWindow-1)-1)), maxTurns)
}

// pack returns the first TextWindow characters of a value as a number.
func pack(plain string) uint64 { return binary.BigEndian.Uint64([]byte(plain[:TextWindow])) }

// Window hashes the characters of a window: one to one and quickly. What is kept
// of it is masked.
func (k SipKey) Window(chars uint64) uint64 {
	h := (chars ^ k.K0) * (k.K1 | 1)
	h = (h ^ h>>32) * 0x9E3779B97F4A7C15
	return h ^ h>>29
}

func kindOf(c byte) uint {
	if char.Digit(c) {
		return 1
	}
	return 0
}

// Roll is the keyed polynomial hash that slid over a text.
func (k SipKey) Roll(b []byte) (h uint64) {
	for _, c := range b {
		h = h*k.base() + uint64(c)
	}
	return h
}

func (k SipKey) base() uint64 { return k.K1 | 1 }

// Pad hides a rolling hash in a fingerprint.
func (k SipKey) Pad(whole uint64) uint64 {
	return k.Sum(binary.BigEndian.AppendUint64([]byte{'w'}, whole))
}

// fillTexts prepares what the scan asks about texts.
func (l *Lookup) fillTexts() {
	l.textGates = newTextGates(len(l.Texts))
	for i := range l.Texts {
		t := &l.Texts[i]
		h := t.start ^ l.Key.Pad(t.Whole)
		l.Start[h] = append(l.Start[h], uint32(i))
		l.Rolled = l.Rolled || t.rolled
		l.bloom[h&uint64(len(l.bloom)-1)] |= 1<<(h>>58) | 1<<(h>>52&63) | 1<<(h>>46&63)
		if t.shaped {
			l.addShape(shape(t.shape^l.Key.shapePad(t.Whole)), t)
		} else {
			l.addBlind(t)
		}
	}
}

// MayStart tells whether a window may have the hash h.
func (g *textGates) MayStart(h uint64) bool { return g.startBits(h)&1 != 0 }

// startBits has a lowest bit if a window may have the hash h: of each, three bits of
// one word are set.
func (g *textGates) startBits(h uint64) uint64 {
	word := g.bloom[h&uint64(len(g.bloom)-1)]
	return word >> (h >> 58) & (word >> (h >> 52 & 63)) & (word >> (h >> 46 & 63))
}

// MayText tells whether a known value may stand in a text, as it is written.
func (l *Lookup) MayText(t []byte) bool {
	return len(l.Texts) > 0 && len(t) >= MinText && (l.Rolled || l.mayWindow(t))
}

// MayHoldText is MayText for a text of which these are the planes, if it is one block.
func (l *Lookup) MayHoldText(t []byte, m *profile.Planes) bool {
	if len(t) > profile.Block || l.Rolled {
		return l.MayText(t)
	}
	letters := m.Letter | m.High
	words, toLetters := letters|m.Digit, profile.Turns(m.Digit, letters)
	if l.toLetters != nil && l.mayTurns(l.toLetters, t, words, toLetters, false) {
		return true
	}
	return len(t) >= l.Other[min(bits.OnesCount64(m.Digit), profile.MostDigits)] && l.mayHoldOther(t, m.Digit, letters)
}

// mayHoldOther is MayHoldText for values that have no turn to letters.
func (l *Lookup) mayHoldOther(t []byte, digits, letters uint64) bool {
	words, toDigits := letters|digits, profile.Turns(letters, digits)
	return l.toDigits != nil && l.mayTurns(l.toDigits, t, words, toDigits, true) ||
		(l.blind || l.maySolid(words, toDigits|profile.Turns(digits, letters), digits)) && l.mayWindow(t)
}

// mayWindow tells whether one of the windows of a text is that of a known value.
func (l *Lookup) mayWindow(t []byte) bool {
	var chars [TextWindow - 1 + profile.Block]byte // the last ones before, and those of a block
	n := 0
	for {
		for _, c := range t[:min(len(t), profile.Block)] {
			chars[n] = c &^ byte(char.ByteClass[c]&char.IsLower<<3) // in upper case
			n += int(inWindow[c])
		}
		if l.anyWindow(chars[:n]) {
			return true
		}
		if len(t) <= profile.Block {
			return false
		}
		t = t[profile.Block:]
		n = copy(chars[:], chars[max(0, n-TextWindow+1):n])
	}
}

// anyWindow tells whether a window of letters and digits is that of a known value.
// What it asks of one does not depend on the one before, so that the processor
// asks several at once.
func (l *Lookup) anyWindow(chars []byte) bool {
	hit := uint64(0)
	for i := 0; i+TextWindow <= len(chars); i++ {
		hit |= l.startBits(l.Key.Window(binary.BigEndian.Uint64(chars[i:])))
	}
	for i := 0; hit&1 != 0 && i+TextWindow <= len(chars); i++ {
		if h := l.Key.Window(binary.BigEndian.Uint64(chars[i:])); l.MayStart(h) && len(l.Start[h]) > 0 {
			return true
		}
	}
	return false
}

// inWindow is 1 for what a window is made of.
var inWindow = func() (t [256]byte) {
	for c := range t {
		if char.ByteClass[c]&(char.IsUpper|char.IsLower|char.IsDigit|char.IsHigh) != 0 {
			t[c] = 1
		}
	}
	return t
}()

// Windows are the last TextWindow letters and digits of a text.
type Windows struct {
	Chars uint64
	Kinds uint // a bit each for digits
	n     int
}

// Add takes in a byte and tells whether it completes a window.
func (w *Windows) Add(c byte) bool {
	k := char.ByteClass[c]
	if k&(char.IsUpper|char.IsLower|char.IsDigit|char.IsHigh) == 0 {
		return false
	}
	w.Chars = w.Chars<<8 | uint64(c&^byte(k&char.IsLower<<3)) // in upper case
	w.Kinds = w.Kinds<<1 | uint(k&char.IsDigit)
	w.n++
	return w.n >= TextWindow
}

// MayHide tells whether a known value may stand in decoded text.
func (l *Lookup) MayHide(t []byte) bool {
	return l != nil && len(l.Texts) > 0 && len(t) >= MinText && (!char.ASCII(t) || l.MayText(t))
}
