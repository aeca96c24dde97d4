package known

import (
	"math"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// Most texts are words with a number or two. A value that has letters has more
// digits, or turns from digits to letters between other characters: these gates are
// asked before any of its windows is. What they let pass may be there.

// textGates is what is known of all values with letters together.
type textGates struct {
	Start     map[uint64][]uint32 // hash of a window → indexes into texts
	bloom     []uint64            // over these hashes
	Rolled    bool                // some hashes are rolling ones
	anchors   [4]uint64           // a bit for the kinds of each window
	Least     lengths             // of a text in which a value stands
	Other     lengths             // in which one stands that has no turn to letters, or of which that is not known
	toLetters *turnTable          // nil: no value has such a turn
	toDigits  *turnTable          // of values that have no turn to letters
	solid     [2]int              // characters of the shortest value of letters and of digits alone
	blind     bool                // of some values nothing but the window is known
}

// lengths are how long texts are at least that have something, by their digits.
type lengths [profile.MostDigits + 1]int

func newTextGates(texts int) textGates {
	g := textGates{Start: map[uint64][]uint32{}, solid: [2]int{math.MaxInt, math.MaxInt}}
	g.bloom = make([]uint64, 1<<bits.Len(uint(texts/4))) // 16 bits or more for each
	for d := range g.Least {
		g.Least[d], g.Other[d] = math.MaxInt, math.MaxInt
	}
	return g
}

// addShape takes in a value of this shape.
func (g *textGates) addShape(s shape, t *knownText) {
	g.addAnchor(uint(bits.Reverse8(uint8(s >> shapeWindow))))
	digits := int(s >> shapeDigits & shapeMostDigits)
	g.Least.add(digits, t.N-digits)
	if s>>shapeNoTurn&1 == 0 && s>>shapeToDigits&1 == 0 {
		g.toLetters = g.toLetters.with(s)
		return
	}
	g.Other.add(digits, t.N-digits)
	if s>>shapeToDigits&1 != 0 {
		g.toDigits = g.toDigits.with(s)
		return
	}
	kind := min(digits, 1)
	g.solid[kind] = min(g.solid[kind], t.N)
}

// add takes in that a value has so many digits (or more, if more than MostDigits) and
// letters.
func (l *lengths) add(digits, letters int) {
	for d := min(digits, profile.MostDigits); d <= profile.MostDigits; d++ {
		l[d] = min(l[d], d+letters)
	}
}

// addBlind takes in a value of which only the turns in its window are known.
func (g *textGates) addBlind(t *knownText) {
	g.blind = true
	g.addTurns(min(t.turns, maxTurns))
	for _, l := range []*lengths{&g.Least, &g.Other} {
		for d := range l {
			l[d] = min(l[d], max(t.N, d))
		}
		l.add(profile.MostDigits, 0)
	}
}

// addTurns takes in all windows with so many turns.
func (g *textGates) addTurns(turns int) {
	for kinds := range uint(1 << TextWindow) {
		if turnsOf(kinds) == turns {
			g.addAnchor(kinds)
		}
	}
}

func (g *textGates) addAnchor(kinds uint) { g.anchors[kinds>>6&3] |= 1 << (kinds & 63) }

// MayAnchor tells whether a window of which kinds has the last bits may be that
// of a value.
func (g *textGates) MayAnchor(kinds uint) bool {
	return g.anchors[kinds>>6&3]>>(kinds&63)&1 != 0
}

// maySolid tells whether as many letters, or digits, as a value of these alone has stand
// side by side. turns is where a run of either begins, but for the first.
func (g *textGates) maySolid(words, turns, digits uint64) bool {
	for words != 0 {
		kind := bits.OnesCount64(words & -words & digits)
		run := words & ((turns & -turns) - 1)
		if bits.OnesCount64(run) >= g.solid[kind] {
			return true
		}
		words, turns = words&^run, turns&(turns-1)
	}
	return false
}
