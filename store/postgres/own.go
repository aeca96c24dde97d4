package postgres

// own tells which keys or bases an import can have written: all that it has, and few
// others (a Bloom filter). The zero value is empty.
type own struct {
	bits []uint64
	n    int // added
}

const (
	// ownBits is the size of a filter, 16 MiB, of which a short import touches little. A
	// million keys leave all others but one in ten million out, ten million all but three
	// in a thousand.
	ownBits   = 1 << 27
	ownPlaces = 5 // bits of one key
	// ownMost is how many keys leave every other one out.
	ownMost = 1 << 26
)

// add adds a key, whose halves are random.
func (o *own) add(h hash) {
	if o.bits == nil {
		o.bits = make([]uint64, ownBits/64)
	}
	o.n++
	for place := range uint64(ownPlaces) {
		bit := (uint64(h.h1) + place*uint64(h.h2)) % ownBits
		o.bits[bit/64] |= 1 << (bit % 64)
	}
}

// mayHave reports whether a key can have been added.
func (o *own) mayHave(h hash) bool {
	if o.bits == nil {
		return false
	}
	for place := range uint64(ownPlaces) {
		bit := (uint64(h.h1) + place*uint64(h.h2)) % ownBits
		if o.bits[bit/64]>>(bit%64)&1 == 0 {
			return false
		}
	}
	return true
}

// full reports whether so many were added that the answer is worth little.
func (o *own) full() bool { return o.n > ownMost }

// hashOfBase spreads a base, of which only some bits are random, over a key.
func hashOfBase(base int64) hash {
	const odd, odder = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F // far from multiples of small numbers
	return hash{int64(uint64(base) * odd >> 32), int64(uint64(base) * odder >> 32)}
}
