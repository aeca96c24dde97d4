package known

import (
	"math"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// Most texts are words with a number or two. A value that has letters has more
// digits, or turns more often from letters to digits and back, or in other
// places: a look at which characters are what rules it out. These gates are asked
// before any character is. What they let pass may be there.

// textGates is what is known of all values with letters together.
type textGates struct {
	Start   map[uint64][]uint32             // hash of a window → indexes into texts
	bloom   []uint64                        // over these hashes
	Rolled  bool                            // some hashes are rolling ones
	anchors [4]uint64                       // a bit for the kinds of each window
	letters [profile.Rooms][RoomKinds]uint8 // of a value with so many digits, by profile.room's kinds
	rows    [fewTurns + 1][]rowEnds         // by the turns of a value
	brief   *[briefRows]uint64              // nil: there are no rows
	solid   [2]int                          // characters of the shortest value of letters and of digits alone
	blind   bool                            // of some values nothing but the window is known
}

const (
	mostTurns = 6
	fewTurns  = 4
	noLetters = 255 // no value has so few digits and turns
)

// rowEnds is of all values with the same runs of digits and of letters in the
// middle how long the first and the last run are at least, also together, and
// which characters (a bit each for their last five bits) stand right before and
// behind the last turn.
type rowEnds struct {
	first, last, both uint8 // longestRun counts for any that is longer
	before, after     uint32
}

var noRow = rowEnds{first: neverLong, last: neverLong, both: neverLong}

// neverLong is more than any run has, or two of them.
const neverLong = 127

// longestRun is the length from which runs are not told apart: four bits each.
const longestRun = 15

const (
	RoomKinds = 3
)

// Room returns how long a text of this kind, see Profile.Room, is at least that
// has room for a value.
func (g *textGates) Room(i int) int {
	if n := g.letters[i%profile.Rooms][i/profile.Rooms]; n < noLetters {
		return i%profile.Rooms + int(n)
	}
	return math.MaxInt
}

func newTextGates(texts int) textGates {
	g := textGates{Start: map[uint64][]uint32{}, solid: [2]int{math.MaxInt, math.MaxInt}}
	g.bloom = make([]uint64, 1<<bits.Len(uint(texts/4))) // 16 bits or more for each
	for d := range g.letters {
		g.letters[d] = [RoomKinds]uint8{noLetters, noLetters, noLetters}
	}
	return g
}

// addKinds takes in a value of whose characters the first are of these kinds.
func (g *textGates) addKinds(kinds uint64, t *knownText) {
	before, after := kinds>>kindChars&31, kinds>>(kindChars+5)&31
	kinds &= 1<<t.kinded - 1
	if t.At+TextWindow <= t.kinded {
		g.addAnchor(uint(bits.Reverse8(uint8(kinds >> t.At))))
	} else {
		g.addTurns(min(t.turns, maxTurns))
	}
	r := rowOf(kinds, t.kinded)
	digits, turns := bits.OnesCount64(kinds), bits.OnesCount64((kinds^kinds>>1)&(1<<(t.kinded-1)-1))
	for d := min(digits, profile.MostDigits); d <= profile.MostDigits; d++ {
		g.addLetters(d, turns, t.kinded-digits)
	}
	if turns == 0 {
		g.solid[kinds&1] = min(g.solid[kinds&1], t.kinded)
	}
	if turns == 0 || turns > fewTurns {
		return
	}
	e := &g.rowsOf(r.turns)[r.place()]
	first, last := uint8(min(r.first, longestRun)), uint8(min(r.last, longestRun))
	e.first, e.last, e.both = min(e.first, first), min(e.last, last), min(e.both, first+last)
	e.before |= 1 << before
	e.after |= 1 << after
	g.addBrief(&r, e)
}

// addLetters takes in that a value with so many digits and turns has so many
// letters.
func (g *textGates) addLetters(digits, turns, letters int) {
	n := uint8(min(letters, noLetters-1))
	for kind := range g.letters[digits] {
		if kind == 0 || turns <= RoomKinds-kind {
			g.letters[digits][kind] = min(g.letters[digits][kind], n)
		}
	}
}

// briefRows is how many rows the last two runs in the middle tell apart. Eight
// bytes say of each for one to four turns how long the first run and, in the upper
// half, the last one are at least, of all rows that end so.
const (
	briefRows = 2 << 8
	noBrief   = neverLong * profile.EachByte
)

// addBrief takes the ends of a row into all that it is part of.
func (g *textGates) addBrief(r *row, e *rowEnds) {
	if g.brief == nil {
		g.brief = new([briefRows]uint64)
		for i := range g.brief {
			g.brief[i] = noBrief
		}
	}
	same := uint64(1)<<(1+4*min(r.turns-1, 2)) - 1 // what places have in common
	at := 8 * (r.turns - 1)
	for place := range uint64(briefRows) {
		if (place^r.place())&same == 0 { // rows that differ further in front have this place in common
			had := g.brief[place] >> at
			ends := min(had&0xFF, uint64(e.first)) | min(had>>32&0xFF, uint64(e.last))<<32
			g.brief[place] = g.brief[place]&^(0xFF000000FF<<at) | ends<<at
		}
	}
}

// rowsOf returns the rows of so many turns.
func (g *textGates) rowsOf(turns int) []rowEnds {
	if g.rows[turns] == nil {
		g.rows[turns] = make([]rowEnds, 2<<(4*(turns-1)))
		for i := range g.rows[turns] {
			g.rows[turns][i] = noRow
		}
	}
	return g.rows[turns]
}

// row is how runs of digits and of letters follow each other in a value: in all of
// it, or in the longest part with mostTurns turns.
type row struct {
	turns       int
	first, last int    // characters of the first and of the last run
	middle      uint64 // of those between, four bits each, the last one lowest
	kind        uint64 // 1 if the last run is of digits
	turn        int    // where the last run begins
}

// rowOf reads the row of a value of whose first characters, so many, kinds has a
// bit each for digits.
func rowOf(kinds uint64, n int) (r row) {
	var starts [profile.Block + 1]int // of the runs, and the end
	runs := 0
	for i := range n {
		if i == 0 || (kinds>>i^kinds>>(i-1))&1 != 0 {
			starts[runs] = i
			runs++
		}
	}
	starts[runs] = n
	from, to := 0, min(runs, mostTurns+1)
	for i := range runs - to + 1 {
		if starts[i+to]-starts[i] > starts[from+to]-starts[from] {
			from = i
		}
	}
	to += from
	for i := from + 1; i < to-1; i++ {
		r.middle = r.middle<<4 | uint64(min(starts[i+1]-starts[i], longestRun))
	}
	r.turns, r.turn = to-from-1, starts[to-1]
	r.first, r.last = starts[from+1]-starts[from], starts[to]-r.turn
	r.kind = kinds >> r.turn & 1
	return r
}

// place returns where a row stands among those of as many turns.
func (r *row) place() uint64 { return r.middle<<1 | r.kind }

// addBlind takes in a value of which only the turns in its window are known.
func (g *textGates) addBlind(t *knownText) {
	g.blind = true
	turns := min(t.turns, maxTurns)
	g.addTurns(turns)
	for d := range g.letters {
		need := max(0, t.N-d)
		if d == profile.MostDigits {
			need = 0
		}
		g.addLetters(d, turns, need)
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

// mayKinds tells whether the letters and digits of a text are such that a value
// may be among them.
func (g *textGates) mayKinds(t []byte, m *profile.Planes) bool {
	letters := m.Letter | m.High
	toLetters, toDigits := m.Turns(letters)
	turns := toLetters | toDigits
	return g.blind || bits.OnesCount64(turns) > fewTurns || g.mayRow(t, m.Digit, letters|m.Digit, turns)
}

// mayRow tells whether the runs of digits and of letters in a text follow each
// other as those of a value do. words are its letters and digits, turns those
// where a run begins, but for the first.
func (g *textGates) mayRow(t []byte, digits, words, turns uint64) bool {
	runs, seen, kind, turn := uint64(0), 0, uint64(0), uint64(0) // the runs before, a byte each
	if words&-words&digits != 0 {
		kind = 1
	}
	for {
		next := turns & -turns
		run := bits.OnesCount64(words&(next-1)) - seen
		if run >= g.solid[kind] {
			return true
		}
		short := uint64(min(run, longestRun))
		if g.brief != nil {
			have := runs&0xFFFFFFFF | short*0x01010101<<32 | profile.EachByte*0x80
			enough := have - g.brief[runs>>8&longestRun<<5|runs&longestRun<<1|kind]
			if enough&(enough>>32)&0x80808080 != 0 && g.mayEndRow(t, words, turn, runs, short, kind) {
				return true
			}
		}
		if next == 0 {
			return false
		}
		runs, seen, kind, turn, turns = runs<<8|short, seen+run, kind^1, next, turns^next
	}
}

// mayEndRow tells whether a run may be the last one of a row.
func (g *textGates) mayEndRow(t []byte, words, turn, runs, last, kind uint64) bool {
	middle := uint64(0)
	for n := 1; n <= fewTurns && runs != 0; n++ {
		first := runs & longestRun
		if g.rows[n] != nil {
			e := &g.rows[n][middle<<1|kind]
			if uint64(e.first) <= first && uint64(e.last) <= last && uint64(e.both) <= first+last && e.turns(t, words, turn) {
				return true
			}
		}
		middle, runs = middle|first<<(4*(n-1)), runs>>8
	}
	return false
}

// turns tells whether a value has the characters before and behind a turn of the
// text.
func (e *rowEnds) turns(t []byte, words, turn uint64) bool {
	before, after := bits.Len64(words&(turn-1))-1, bits.TrailingZeros64(turn)
	return e.before>>(t[before]&31)&(e.after>>(t[after]&31))&1 != 0
}
