package known

import (
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/profile"
)

// endings tells which six, seven and eight digits known values end in, so that the
// scan rules out almost every candidate by one look at memory. It may only err by
// letting some pass. Both parts are small enough to stay near the processor, and in
// both the days of a month stand together, as they are asked for.
type endings struct {
	Made   bool   // if not, there are too few values for the time that it takes
	key    uint64 // hides their order in memory
	sixes  *[sixWords]uint64
	longer []uint64 // a Bloom filter: of each seven or eight digits three bits of one word are set
}

// sixWords have a bit for each six digits, and some for none.
const sixWords = 1 << 20 / 64

// valuesPerWord keeps the words of longer ends empty enough that about one in fifty of
// other numbers passes: each value has two ends there.
const valuesPerWord = 4

// newEndings makes those of so many values that all are told apart well.
func newEndings(k SipKey, values int) endings {
	return endings{
		Made:   true,
		key:    k.Sum([]byte{'e'}) | 1,
		sixes:  new([sixWords]uint64),
		longer: make([]uint64, 8<<bits.Len(uint(values/(8*valuesPerWord)))),
	}
}

// packEnd returns up to eight last digits, one a byte and the last of them
// highest.
func packEnd(d []byte) (end uint64) {
	for _, c := range d[max(0, len(d)-LongestEnd):] {
		end = end>>8 | uint64(c)<<56
	}
	return end
}

// hasSix is not 0 if a known value may end in the six digits that are the highest
// bytes of end.
func (e *endings) hasSix(end uint64) uint64 {
	i := e.six(end)
	return e.sixes[i>>6&(sixWords-1)] >> (i & 63) & 1
}

// six returns the bit of six digits, which are the number that they spell.
func (e *endings) six(end uint64) uint64 {
	pairs := end & (profile.EachByte * 0x0F) * (10<<8 + 1) >> 8 // two digits each in 16 bits
	n := (pairs>>16&0xFF*100+pairs>>32&0xFF)*100 + pairs>>48&0xFF
	return n ^ e.key>>(64-20)
}

// hasEight is hasSix for eight digits.
func (e *endings) hasEight(end uint64) uint64 {
	word, h := e.long(end)
	return *word >> (h >> 58) & (*word >> (h >> 52 & 63)) & (*word >> (h >> 46 & 63)) & 1
}

// hasSeven is hasSix for seven digits; the lowest byte is not looked at.
func (e *endings) hasSeven(end uint64) uint64 { return e.hasEight(end &^ 0xFF) }

// long returns the word of seven digits or eight, of which the last six choose the
// line, and a hash that tells the bits.
func (e *endings) long(end uint64) (word *uint64, h uint64) {
	h1, l1 := bits.Mul64(end<<16^e.key, e.key)
	h2, l2 := bits.Mul64(end^e.key, e.key)
	h = h2 ^ l2
	return &e.longer[((h1^l1)<<3+h&7)&uint64(len(e.longer)-1)], h
}

// May tells whether a known value may end as six digits or more do.
func (e *endings) May(d []byte) bool {
	end := packEnd(d)
	return e.hasSix(end) != 0 && (len(d) == column.MinSuffix || e.hasEight(end) != 0)
}

// note enters the end of a known value. Several goroutines may, each of its own
// blocks of fillBlock six digits.
func (e *endings) note(d []byte) {
	switch end := packEnd(d); len(d) {
	case column.MinSuffix:
		i := e.six(end)
		e.sixes[i>>6] |= 1 << (i & 63)
	default:
		word, h := e.long(end)
		atomic.OrUint64(word, 1<<(h>>58)|1<<(h>>52&63)|1<<(h>>46&63))
	}
}

// fillBlock is how many numbers of six digits in a row a goroutine tries at a time:
// they share no word of sixes with others.
const fillBlock = 1 << 14

// fill finds by trial which endings occur, as values are held as hashes.
func (e *endings) fill(holds func(d []byte) bool) {
	var next atomic.Uint64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				from := next.Add(fillBlock) - fillBlock
				if from >= sixDigits {
					return
				}
				e.fillRange(from, min(from+fillBlock, sixDigits), holds)
			}
		})
	}
	wg.Wait()
}

// sixDigits is how many numbers of six digits there are.
const sixDigits = 1_000_000

func (e *endings) fillRange(from, to uint64, holds func(d []byte) bool) {
	var d [LongestEnd]byte
	for n := from; n < to; n++ {
		for i, v := len(d)-1, n; i >= len(d)-column.MinSuffix; i, v = i-1, v/10 {
			d[i] = '0' + byte(v%10)
		}
		e.extend(&d, len(d)-column.MinSuffix, holds)
	}
}

// extend enters d[from:], if it is the end of a value, and what may stand before
// it.
func (e *endings) extend(d *[LongestEnd]byte, from int, holds func(d []byte) bool) {
	if !holds(d[from:]) {
		return
	}
	e.note(d[from:])
	for c := byte('0'); from > 0 && c <= '9'; c++ {
		d[from-1] = c
		e.extend(d, from-1, holds)
	}
}
