package redact

import (
	"encoding/binary"
	"math/bits"
)

// Gates of the fast path. A text below all of them cannot hold anything that a
// detector or a decoder would accept.
const (
	minDigits = 6  // digits in one sequence: the shortest account number beside a cue
	minCued   = 5  // the shortest suffix of a known value, beside a cue
	minWord   = 11 // "MTIzNDU2Nzg": eight digits in base64 without padding
	minHex    = 16 // eight digits in hexadecimal
)

// profile is what one pass over a text tells about it.
type profile struct {
	flags    uint16
	digits   int  // ASCII digits
	sequence int  // most digits with no letter between them; at least that
	word     bool // a run of minWord bytes of the encodings' alphabets
	mixed    bool // … and case changes as in base64
	hex      bool // a run of minHex hexadecimal digits
	shout    bool // tokenLetters upper-case letters in a row
	key      bool // a word begins as one of keyForms does
	cued     bool // set by plain: a word beside which five known digits count
	pairs    int  // hexadecimal pairs that stand alone
}

const (
	block  = 64
	stride = block - minHex // blocks overlap so that no run of minHex is cut
	marks  = isExotic | isBack | isEscape | isAt | isAssign | isLess
)

// profileOf makes the pass.
func profileOf(t []byte) (p profile) {
	if len(t) < minWord { // too short for anything but digits and marks
		for _, c := range t {
			k := byteClass[c]
			p.flags |= k
			p.digits += int(k & isDigit)
		}
		p.sequence = p.digits
		return p
	}
	var m planes
	for at := 0; at < len(t); at += stride {
		n := min(len(t)-at, block)
		m.load(t[at : at+n])
		p.add(&m, t[at:])
		fresh := m.digit
		if at > 0 {
			fresh &^= 1<<(block-stride) - 1 // seen in the block before
		}
		p.digits += bits.OnesCount64(fresh)
		if len(t) <= block {
			p.sequence = m.sequence()
			return p
		}
	}
	p.sequence = p.digits
	if p.digits >= minCued {
		p.sequence = longestSequence(t)
	}
	return p
}

// add takes in what a block shows.
func (p *profile) add(m *planes, t []byte) {
	p.flags |= m.flags
	p.pairs += m.pairs()
	word := m.digit | m.upper | m.lower | m.joiner
	runs := run11(word)
	if runs == 0 {
		return
	}
	p.word = true
	p.mixed = p.mixed || (m.lower|m.digit)<<1&m.upper != 0 || periodic(t, runs)
	p.hex = p.hex || run16(m.hex) != 0
	p.shout = p.shout || m.flags&isScore != 0 && run14(m.upper) != 0
	if !p.key {
		p.key = keyStart(t, m.digit|m.upper|m.lower, runs&(runs>>11) != 0)
	}
}

// periodic tells whether the runs that begin at the bits of starts repeat
// every four characters, as base64 of digits of other scripts does.
func periodic(t []byte, starts uint64) bool {
	i := bits.TrailingZeros64(starts)
	if i+12 > len(t) {
		return false
	}
	same := 0
	for k := i; k < i+8; k++ {
		if t[k] == t[k+4] {
			same++
		}
	}
	return same >= 4
}

// pairs counts the words that are two hexadecimal digits, or 0x and two.
func (m *planes) pairs() int {
	if bits.OnesCount64(m.hex) < 2*minPairs {
		return 0
	}
	w := m.digit | m.upper | m.lower
	starts := w &^ (w << 1)
	two := starts & m.hex & (m.hex >> 1) &^ (w >> 2)
	four := starts & m.digit & (m.hex >> 2) & (m.hex >> 3) &^ (m.hex >> 1) & (w >> 1) &^ (w >> 4)
	return bits.OnesCount64(two | four)
}

// keyStart tells whether one of the words of a block begins like a key. In a
// long word, of 22 characters or more, letters may be glued on before the key.
func keyStart(t []byte, alnum uint64, long bool) bool {
	starts := alnum
	if !long {
		starts &^= alnum << 1
	}
	for ; starts != 0; starts &= starts - 1 {
		if i := bits.TrailingZeros64(starts); len(t)-i >= minWord && keyBloom.has(t[i:]) {
			return true
		}
	}
	return false
}

// run11, run14 and run16 keep the bits that begin a run of that length.
func run11(m uint64) uint64 {
	m &= m >> 1
	m &= m >> 2
	m &= m >> 4
	return m & (m >> 3)
}

func run14(m uint64) uint64 {
	m &= m >> 1
	m &= m >> 2
	m &= m >> 4
	return m & (m >> 6)
}

func run16(m uint64) uint64 {
	m &= m >> 1
	m &= m >> 2
	m &= m >> 4
	return m & (m >> 8)
}

// planes are the byte classes of up to 64 bytes, one bit per byte.
type planes struct {
	digit, upper, lower, joiner, hex, high uint64
	flags                                  uint16
}

// load classifies t, at most 64 bytes.
func (m *planes) load(t []byte) {
	*m = planes{}
	var flags uint16
	i := 0
	for ; i < len(t); i += 8 {
		var w uint64
		switch rest := len(t) - i; {
		case rest >= 8:
			w = binary.LittleEndian.Uint64(t[i:])
		case i > 0: // the last bytes again, those seen before shifted out and spaces in
			w = binary.LittleEndian.Uint64(t[len(t)-8:])>>(8*(8-rest)) | 0x2020202020202020<<(8*rest)
		default:
			w = short(t)
		}
		k0, k1, k2, k3 := byteClass[byte(w)], byteClass[byte(w>>8)], byteClass[byte(w>>16)], byteClass[byte(w>>24)]
		k4, k5, k6, k7 := byteClass[byte(w>>32)], byteClass[byte(w>>40)], byteClass[byte(w>>48)], byteClass[byte(w>>56)]
		flags |= k0 | k1 | k2 | k3 | k4 | k5 | k6 | k7
		m.plant(uint64(byte(k0))|uint64(byte(k1))<<8|uint64(byte(k2))<<16|uint64(byte(k3))<<24|
			uint64(byte(k4))<<32|uint64(byte(k5))<<40|uint64(byte(k6))<<48|uint64(byte(k7))<<56, i)
	}
	m.flags = flags
}

// short returns fewer than eight bytes with spaces behind.
func short(t []byte) (w uint64) {
	w = 0x2020202020202020 << (8 * len(t))
	for i, c := range t {
		w |= uint64(c) << (8 * i)
	}
	return w
}

// plant spreads eight class bytes over the planes at position i.
func (m *planes) plant(x uint64, i int) {
	m.digit |= gather(x) << i
	m.upper |= gather(x>>1) << i
	m.lower |= gather(x>>2) << i
	m.joiner |= gather(x>>3) << i
	m.hex |= gather(x>>4) << i
	m.high |= gather(x>>5) << i
}

// gather collects the lowest bit of each byte into one byte.
func gather(x uint64) uint64 {
	return x & 0x0101010101010101 * 0x0102040810204080 >> 56
}

// sequence returns the most digits with no letter between them.
func (m *planes) sequence() int {
	if n := bits.OnesCount64(m.digit); n < minCued {
		return n
	}
	most := 0
	letters := m.upper | m.lower | m.high
	for d := m.digit; d != 0; {
		start := bits.TrailingZeros64(d)
		part := d
		if stop := letters >> start; stop != 0 {
			part &= 1<<(start+bits.TrailingZeros64(stop)) - 1
		}
		most = max(most, bits.OnesCount64(part))
		d &^= part
	}
	return most
}

// longestSequence is sequence for texts of any length.
func longestSequence(t []byte) int {
	most, n := 0, 0
	for _, c := range t {
		k := byteClass[c]
		if k&isDigit != 0 {
			n++
		} else if k&(isUpper|isLower|isHigh) != 0 {
			most, n = max(most, n), 0
		}
	}
	return max(most, n)
}

// clean tells whether the fast path may let the text pass. Only numbers matter
// of least digits or more; the text is size bytes long.
func (p *profile) clean(least, size int) bool {
	return p.sequence < least && (p.digits < minIBANDigits || size < minIBAN) && p.flags&marks == 0 && !(p.mixed || p.hex || p.shout || p.key || p.pairs >= minPairs)
}
