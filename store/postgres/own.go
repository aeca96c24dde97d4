package postgres

// own tells which keys or bases an import can have written: all that it has, and few
// others. It is a row of Bloom filters, the next of which is begun when one has as many
// keys as it can tell apart. The zero value is empty.
type own []*filter

type filter struct {
	bits []uint64
	n    int // keys added
}

const (
	// filterBits is the size of the first filter, 1 MiB; each has four times that of the
	// one before, up to maxFilterBits, 16 MiB. The memory of new pages costs more than
	// what is done with it, so that a short import gets little.
	filterBits    = 1 << 23
	maxFilterBits = 1 << 27
	// filterPlaces is how many bits a key has. With bitsOfKey for each, a filter lets
	// through one key in 50,000 that it does not have.
	filterPlaces = 5
	bitsOfKey    = 40
	// ownMost is how many keys the last filter takes: 64 million of them let two in three
	// through.
	ownMost = 1 << 26
)

// add adds a key, whose halves are random.
func (o *own) add(h hash) {
	last := o.last()
	if last == nil || last.n >= len(last.bits)*64/bitsOfKey && len(last.bits) < maxFilterBits/64 {
		size := filterBits
		if last != nil {
			size = min(len(last.bits)*64*4, maxFilterBits)
		}
		last = &filter{bits: make([]uint64, size/64)}
		*o = append(*o, last)
	}
	last.n++
	for place := range uint64(filterPlaces) {
		word, bit := last.place(h, place)
		last.bits[word] |= bit
	}
}

// mayHave reports whether a key can have been added.
func (o own) mayHave(h hash) bool {
	for _, f := range o {
		if f.mayHave(h) {
			return true
		}
	}
	return false
}

// full reports whether so many were added that the answer is worth little.
func (o own) full() bool { return len(o) > 0 && o.last().n > ownMost }

func (o own) last() *filter {
	if len(o) == 0 {
		return nil
	}
	return o[len(o)-1]
}

func (f *filter) mayHave(h hash) bool {
	for place := range uint64(filterPlaces) {
		if word, bit := f.place(h, place); f.bits[word]&bit == 0 {
			return false
		}
	}
	return true
}

// place returns one of the bits of a key.
func (f *filter) place(h hash, n uint64) (word, bit uint64) {
	at := (uint64(h.h1) + n*uint64(h.h2)) % uint64(len(f.bits)*64)
	return at / 64, 1 << (at % 64)
}

// hashOfBase spreads a base, of which only some bits are random, over a key.
func hashOfBase(base int64) hash {
	const odd, odder = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F // far from multiples of small numbers
	return hash{int64(uint64(base) * odd >> 32), int64(uint64(base) * odder >> 32)}
}
