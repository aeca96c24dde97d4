package redact

import "math/bits"

// endings tells which six, seven and eight digits known values end in, so that
// the scan rules out almost every candidate by one look at memory. It may only
// err by letting some pass.
type endings struct {
	filters [4]endFilter // for six, seven and eight
	made    bool         // if not, there are too few values for the time that it takes
}

// newEndings makes those of so many values that all are told apart well.
func newEndings(k sipKey, values int) (e endings) {
	for n := minSuffix; n <= longestEnd; n++ {
		e.filters[n-minSuffix] = newEndFilter(k, byte(n), values)
	}
	e.made = true
	return e
}

// packEnd returns up to eight last digits, one a byte and the last of them
// highest.
func packEnd(d []byte) (end uint64) {
	for _, c := range d[max(0, len(d)-longestEnd):] {
		end = end>>8 | uint64(c)<<56
	}
	return end
}

// has is not 0 if a known value may end in so many digits, six to eight, which
// are the highest bytes of end.
func (e *endings) has(end uint64, n int) uint64 {
	return e.ask(end, n).answer()
}

// question is what the filters are asked: a word of memory and what has to be in
// it.
type question struct {
	word *uint64
	h    uint64
}

// ask is has without waiting for memory.
func (e *endings) ask(end uint64, n int) question {
	f := &e.filters[(n-minSuffix)&3]
	line, h := f.hash(end & -(1 << (8 * (longestEnd - n) & 63)) & (eachByte * 0x0F))
	return question{&f.words[(line+h&7)&uint64(len(f.words)-1)], h}
}

// answer is not 0 if the digits may have been added.
func (q question) answer() uint64 {
	word := *q.word
	return word >> (q.h >> 58) & (word >> (q.h >> 52 & 63)) & (word >> (q.h >> 46 & 63)) & 1
}

// may is has for six and more digits.
func (e *endings) may(d []byte) bool { return e.has(packEnd(d), min(len(d), longestEnd)) != 0 }

// note enters six to eight digits.
func (e *endings) note(d []byte) {
	e.filters[len(d)-minSuffix].add(packEnd(d))
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
// one word. The keys hide their order in memory.
type endFilter struct {
	words []uint64
	keys  [2]uint64
}

// valuesPerWord keeps the words empty enough that about one in three hundred of
// other numbers passes.
const valuesPerWord = 4

func newEndFilter(k sipKey, name byte, values int) endFilter {
	keys := [2]uint64{k.sum([]byte{'e', name, 0}), k.sum([]byte{'e', name, 1}) | 1}
	return endFilter{make([]uint64, 1<<bits.Len(uint(values/valuesPerWord))), keys}
}

// hash returns where the line of the digits is, which is that of all with the
// same digits but for the last two: the days of a month share it, as they are
// asked for. h tells the word and the bits.
func (f *endFilter) hash(end uint64) (line, h uint64) {
	h1, l1 := bits.Mul64(end<<16^f.keys[0], f.keys[1])
	h2, l2 := bits.Mul64(end^f.keys[0], f.keys[1])
	return (h1 ^ l1) << 3, h2 ^ l2
}

func (f *endFilter) add(end uint64) {
	line, h := f.hash(end & (eachByte * 0x0F))
	f.words[(line+h&7)%uint64(len(f.words))] |= 1<<(h>>58) | 1<<(h>>52&63) | 1<<(h>>46&63)
}
