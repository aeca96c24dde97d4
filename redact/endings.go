package redact

import "math/bits"

// endings tells which six, seven and eight digits known values end in, so that
// the scan rules out almost every candidate by one look at memory. It may only
// err by letting some pass.
type endings struct {
	made bool   // if not, there are too few values for the time that it takes
	key  uint64 // hides their order in memory

	// sixes has one bit for six digits, so that it is small enough to stay near the
	// processor. The days of a month stand together, as they are asked for.
	sixes *[sixWords]uint64

	// longer is a Bloom filter over packed digits, seven or eight, of which each has
	// three bits of one word.
	longer []uint64
}

// valuesPerWord keeps the words empty enough that about one in ten passes of the
// other numbers that end in six known digits, and the filter small.
const valuesPerWord = 8

// newEndings makes those of so many values that all are told apart well.
func newEndings(k sipKey, values int) endings {
	return endings{
		made:   true,
		key:    k.sum([]byte{'e'}) | 1,
		sixes:  new([sixWords]uint64),
		longer: make([]uint64, 1<<bits.Len(uint(values/valuesPerWord))),
	}
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
	if e.hasSix(end) == 0 {
		return 0
	}
	if n == minSuffix {
		return 1
	}
	word, h := e.place(end, n)
	return *word >> (h >> 58) & (*word >> (h >> 52 & 63)) & (*word >> (h >> 46 & 63)) & 1
}

// hasSix is not 0 if a known value may end in the six digits that are the highest
// bytes of end.
func (e *endings) hasSix(end uint64) uint64 {
	i := e.six(end)
	return e.sixes[i>>6&(sixWords-1)] >> (i & 63) & 1
}

// sixWords have a bit for each six digits and a little more.
const sixWords = 1 << 20 / 64

// six returns the bit of six digits: the first four choose one of 2,048 lines of 512
// bits, and where in it those of the last two stand.
func (e *endings) six(end uint64) uint64 {
	h := uint64(uint32(end>>16)) * e.key
	days := end >> 48
	return h>>(64-11)<<9 | (h>>32+(days<<4^days>>8)&0xFF)&511
}

// place returns the word of seven or eight digits and the hash that tells their
// bits.
func (e *endings) place(end uint64, n int) (word *uint64, h uint64) {
	hi, lo := bits.Mul64(end&-(1<<(8*(longestEnd-n)&63))^e.key, e.key)
	h = hi ^ lo
	return &e.longer[h&uint64(len(e.longer)-1)], h
}

// may is has for six and more digits.
func (e *endings) may(d []byte) bool { return e.has(packEnd(d), min(len(d), longestEnd)) != 0 }

// note enters six to eight digits.
func (e *endings) note(d []byte) {
	end := packEnd(d)
	i := e.six(end)
	e.sixes[i>>6] |= 1 << (i & 63)
	if len(d) > minSuffix {
		word, h := e.place(end, len(d))
		*word |= 1<<(h>>58) | 1<<(h>>52&63) | 1<<(h>>46&63)
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
