package redact

import "math/bits"

// endings tells which digits known values end in, so that the scan rules out
// almost every candidate by one look at memory: exactly for six digits, and for
// seven and eight by a filter that may only err by letting some pass.
type endings struct {
	sixes        []uint64 // a bit for each six digits; nil: too few values for the time that it takes to fill them
	mixer        uint     // hides the order of sixes in memory
	seven, eight endFilter
}

// sixesWords is so many that each number of six digits has a bit.
const sixesWords = 1 << (20 - 6)

// newEndings makes those of so many values that all are told apart well.
func newEndings(k sipKey, values int) (e endings) {
	e.sixes = make([]uint64, sixesWords)
	e.mixer = uint(k.sum([]byte("mixer")) % sixesWords)
	e.seven, e.eight = newEndFilter(k, "seven", values), newEndFilter(k, "eight", values)
	return e
}

// six is not 0 if a known value may end in six digits. Numbers of the same kind,
// such as days, share a cache line, as they are asked for.
func (e *endings) six(six uint) uint64 {
	return e.sixes[(six>>6^e.mixer)%sixesWords] >> (six & 63) & 1
}

// may is six for as many digits as d has and the endings tell apart.
func (e *endings) may(d []byte) bool {
	w := packEnd(d)
	switch n := len(d); {
	case n >= 8:
		return e.eight.has(w) != 0
	case n == 7:
		return e.seven.has(w) != 0
	}
	return e.six(uint(number8(w))) != 0
}

// packEnd returns the last eight digits, or fewer, one a byte and the last of
// them highest.
func packEnd(d []byte) (w uint64) {
	for _, c := range d[max(0, len(d)-8):] {
		w = w>>8 | uint64(c)<<56
	}
	return w
}

// note enters as many digits as d has: six, seven or eight.
func (e *endings) note(d []byte) {
	w := packEnd(d)
	switch len(d) {
	case 8:
		e.eight.add(w)
	case 7:
		e.seven.add(w)
	case 6:
		six := uint(number8(w))
		e.sixes[(six>>6^e.mixer)%sixesWords] |= 1 << (six & 63)
	}
}

// fill finds by trial which endings occur, as values are held as hashes.
func (e *endings) fill(holds func(d []byte) bool) {
	var d [8]byte
	for n := range uint(1_000_000) {
		for i, v := 7, n; i >= 2; i, v = i-1, v/10 {
			d[i] = '0' + byte(v%10)
		}
		e.extend(&d, 2, holds)
	}
}

// extend enters d[from:], if it is the end of a value, and what may stand before
// it.
func (e *endings) extend(d *[8]byte, from int, holds func(d []byte) bool) {
	if !holds(d[from:]) {
		return
	}
	e.note(d[from:])
	for c := byte('0'); from > 0 && c <= '9'; c++ {
		d[from-1] = c
		e.extend(d, from-1, holds)
	}
}

// endFilter is a Bloom filter over packed digits, of which each has three bits of
// one word.
type endFilter struct {
	words []uint64
	keys  [2]uint64
}

// valuesPerWord keeps the words empty enough that about one in three hundred of
// other numbers passes.
const valuesPerWord = 4

func newEndFilter(k sipKey, name string, values int) endFilter {
	return endFilter{make([]uint64, 1<<bits.Len(uint(values/valuesPerWord))), [2]uint64{k.sum([]byte(name)), k.sum([]byte(name+"*")) | 1}}
}

func (f *endFilter) hash(w uint64) uint64 {
	hi, lo := bits.Mul64(w&(eachByte*0x0F)^f.keys[0], f.keys[1])
	return hi ^ lo
}

func (f *endFilter) add(w uint64) {
	h := f.hash(w)
	f.words[h%uint64(len(f.words))] |= 1<<(h>>58) | 1<<(h>>52&63) | 1<<(h>>46&63)
}

// has is not 0 if the digits may have been added.
func (f *endFilter) has(w uint64) uint64 {
	h := f.hash(w)
	word := f.words[h&uint64(len(f.words)-1)]
	return word >> (h >> 58) & (word >> (h >> 52 & 63)) & (word >> (h >> 46 & 63)) & 1
}
