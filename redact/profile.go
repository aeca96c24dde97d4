package redact

import (
	"bytes"
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
	digits   int    // ASCII digits
	sequence int    // most digits with no letter between them; at least that
	word     bool   // a run of minWord bytes of the encodings' alphabets
	mixed    bool   // … and case changes as in base64
	hex      bool   // a run of minHex hexadecimal digits
	shout    bool   // tokenLetters upper-case letters in a row
	key      bool   // a word begins as one of keyForms does
	cued     bool   // set by plain: a word beside which five known digits count
	masked   bool   // two mask characters side by side, and digits enough
	pairs    int    // hexadecimal pairs that stand alone
	planes   planes // of a text of one block
}

const (
	block  = 64
	stride = block - minHex // blocks overlap so that no run of minHex is cut
	marks  = isExotic | isBack | isEscape | isAt | isAssign | isColon | isLess
)

// profileOf makes the pass.
func profileOf(t []byte) (p profile) {
	p.read(t)
	return p
}

// read makes the pass into an empty profile.
func (p *profile) read(t []byte) {
	m := &p.planes
	if len(t) <= block {
		m.load(t)
		p.digits = bits.OnesCount64(m.digit)
		if p.flags = m.flags; len(t) >= minWord { // shorter ones hold digits and marks only
			p.add(m, t, minPairs)
		}
		p.sequence = m.sequence()
		p.masked = p.digits > lastShown && (m.other&(m.other>>1) != 0 || bytes.IndexByte(t, 'x') >= 0 || bytes.IndexByte(t, 'X') >= 0) && masking(t)
		return
	}
	for at := 0; at < len(t); at += stride {
		m.load(t[at:min(len(t), at+block)])
		p.add(m, t[at:], 1)
		fresh := m.digit
		if at > 0 {
			fresh &^= 1<<(block-stride) - 1 // seen in the block before
		}
		p.digits += bits.OnesCount64(fresh)
	}
	p.sequence = p.digits
	if p.digits >= minCued {
		p.sequence, p.masked = longestSequence(t), masking(t)
	}
}

// add takes in what a block shows. Fewer than leastPairs pairs say nothing.
func (p *profile) add(m *planes, t []byte, leastPairs int) {
	p.flags |= m.flags
	word := m.digit | m.upper | m.lower
	if two, four := m.short(word); bits.OnesCount64(two|four) >= leastPairs {
		p.pairs += m.pairs(t, two, four)
	}
	runs := run11(word | m.joiner)
	if runs == 0 {
		return
	}
	p.word = true
	p.mixed = p.mixed || (m.lower|m.digit)<<1&m.upper != 0 || periodic(t, runs)
	p.hex = p.hex || run16(word) != 0 && run16(m.hexes(t)) != 0
	p.shout = p.shout || m.flags&isScore != 0 && run14(m.upper) != 0
	if !p.key {
		p.key = keyStart(t, word, runs&(runs>>11) != 0)
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

// short returns where words of two letters or digits begin, and such of four
// that begin with a digit.
func (m *planes) short(word uint64) (two, four uint64) {
	starts := word &^ (word << 1) & (word >> 1)
	return starts &^ (word >> 2), starts & m.digit & (word >> 2) & (word >> 3) &^ (word >> 4)
}

// pairs counts those that are two hexadecimal digits, or 0x and two.
func (m *planes) pairs(t []byte, two, four uint64) int {
	hex := m.hexes(t)
	return bits.OnesCount64(two&hex&(hex>>1) | four&(hex>>2)&(hex>>3)&^(hex>>1))
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

// planes are the byte classes of up to 64 bytes, one bit per byte. Those of
// hexadecimal digits are asked for seldom and made by hexes.
type planes struct {
	digit, upper, lower, joiner, high uint64
	other                             uint64 // neither letter, digit nor space
	flags                             uint16
}

// load classifies t, at most 64 bytes: letters and digits eight at a time,
// what is neither and no space by the table.
func (m *planes) load(t []byte) {
	var digits, lowers, letters, spaces uint64
	for i := 0; i < len(t); i += 8 {
		var w uint64
		switch rest := len(t) - i; {
		case rest >= 8:
			w = binary.LittleEndian.Uint64(t[i:])
		case i > 0: // the last bytes again, those seen before shifted out and spaces in
			w = binary.LittleEndian.Uint64(t[len(t)-8:])>>(8*(8-rest)) | eachByte*' '<<(8*rest)
		default:
			w = padded(t)
		}
		ascii, low := w&^(eachByte*0x80), (w|eachByte*0x20)&^(eachByte*0x80)
		d := between(ascii, '0', '9') &^ w & (eachByte * 0x80)
		l := between(low, 'a', 'z') &^ w & (eachByte * 0x80)
		digits |= gather(d) << (i & 63)
		letters |= gather(l) << (i & 63)
		lowers |= gather(l&(w<<2)) << (i & 63)
		spaces |= gather((((ascii^eachByte*' ')+eachByte*0x7F)|w)&(eachByte*0x80)) << (i & 63) // of what is none
	}
	others := spaces &^ (digits | letters)
	*m = planes{digit: digits, upper: letters &^ lowers, lower: lowers, other: others}
	var flags uint16
	for ; others != 0; others &= others - 1 {
		i := bits.TrailingZeros64(others)
		c := byteClass[t[i]]
		flags |= c
		m.joiner |= uint64(c>>joinerBit&1) << (i & 63)
		m.high |= uint64(c>>highBit&1) << (i & 63)
	}
	m.flags = flags
}

// eachByte times a byte is eight of it.
const eachByte = 0x0101010101010101

// between sets the highest bit of each byte of w, all below 0x80, that lies
// between two others.
func between(w uint64, lo, hi uint64) uint64 {
	return (w + eachByte*(0x80-lo)) &^ (w + eachByte*(0x7F-hi))
}

// hexes returns the plane of hexadecimal digits.
func (m *planes) hexes(t []byte) (h uint64) {
	for i, c := range t[:min(len(t), block)] {
		h |= uint64(byteClass[c]>>hexBit&1) << i
	}
	return h
}

// padded returns fewer than eight bytes with spaces behind.
func padded(t []byte) (w uint64) {
	w = eachByte * ' ' << (8 * len(t))
	for i, c := range t {
		w |= uint64(c) << (8 * i)
	}
	return w
}

// gather collects the highest bit of each byte, the only one set, into one
// byte.
func gather(x uint64) uint64 {
	return x * 0x0002040810204081 >> 56
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
	return p.sequence < least && (p.digits < minIBANDigits || size < minIBAN) && p.flags&marks == 0 && !(p.masked || p.mixed || p.hex || p.shout || p.key || p.pairs >= minPairs)
}
