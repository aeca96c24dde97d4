package profile

import (
	"encoding/binary"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// Planes are the byte classes of up to 64 bytes, one bit per byte. Those that
// are asked for seldom, of hexadecimal digits and of letters by case, are made
// by methods.
type Planes struct {
	Digit, Letter, Joiner, High uint64
	Other                       uint64 // neither letter, digit nor space
	Flags                       uint16
}

// Load classifies t, at most 64 bytes: what is neither letter, digit nor space
// by the table.
func (m *Planes) Load(t []byte) {
	digits, letters, others := LoadPlanes(t)
	*m = Planes{Digit: digits, Letter: letters, Other: others}
	for ; others != 0; others &= others - 1 {
		i := bits.TrailingZeros64(others)
		c := char.ByteClass[t[i]]
		m.Flags |= c
		m.Joiner |= uint64(c>>char.JoinerBit&1) << (i & 63)
		m.High |= uint64(c>>char.HighBit&1) << (i & 63)
	}
}

// Classes returns which of at most 64 bytes are digits, which are letters, and
// which are neither and no space: eight at a time.
func Classes(t []byte) (digits, letters, others uint64) {
	n := len(t)
	for i := 0; i < n; i += 8 {
		var w uint64
		switch {
		case i+8 <= n:
			w = binary.LittleEndian.Uint64(t[i:])
		case i > 0: // the last bytes again, those seen before shifted out
			w = binary.LittleEndian.Uint64(t[n-8:]) >> (8 * (8 + i - n) & 63)
		default:
			w = padded(t)
		}
		ascii, low := w&^(EachByte*0x80), (w|EachByte*0x20)&^(EachByte*0x80)
		d := between(ascii, '0', '9') &^ w & (EachByte * 0x80)
		l := between(low, 'a', 'z') &^ w & (EachByte * 0x80)
		o := (((ascii ^ EachByte*' ') + EachByte*0x7F) | w) & (EachByte * 0x80) &^ (d | l)
		digits |= Gather(d) << (i & 63)
		letters |= Gather(l) << (i & 63)
		others |= Gather(o) << (i & 63)
	}
	return digits, letters, others & (1<<n - 1)
}

// Uppers returns the plane of upper-case letters.
func (m *Planes) Uppers(t []byte) (u uint64) {
	n := min(len(t), Block)
	i := 0
	for ; i+8 <= n; i += 8 {
		u |= Gather(^binary.LittleEndian.Uint64(t[i:])<<2&(EachByte*0x80)) << i
	}
	if i < n {
		u |= Gather(^padded(t[i:n])<<2&(EachByte*0x80)) << i
	}
	return u & m.Letter
}

// EachByte times a byte is eight of it.
const EachByte = 0x0101010101010101

// between sets the highest bit of each byte of w, all below 0x80, that lies
// between two others.
func between(w uint64, lo, hi uint64) uint64 {
	return (w + EachByte*(0x80-lo)) &^ (w + EachByte*(0x7F-hi))
}

// Hexes returns the plane of hexadecimal digits.
func (m *Planes) Hexes(t []byte) uint64 {
	n := min(len(t), Block)
	a := uint64(0)
	i := 0
	for ; i+8 <= n; i += 8 {
		a |= aToF(binary.LittleEndian.Uint64(t[i:])) << i
	}
	if i < n {
		a |= aToF(padded(t[i:n])) << i
	}
	return m.Digit | a
}

// aToF gathers which bytes of w are letters of hexadecimal digits.
func aToF(w uint64) uint64 {
	low := (w | EachByte*0x20) &^ (EachByte * 0x80)
	return Gather(between(low, 'a', 'f') &^ w & (EachByte * 0x80))
}

// padded returns fewer than eight bytes with zeros behind.
func padded(t []byte) (w uint64) {
	if n := len(t); n >= 4 {
		return uint64(binary.LittleEndian.Uint32(t)) | uint64(binary.LittleEndian.Uint32(t[n-4:]))<<(8*(n-4)&63)
	}
	for i, c := range t {
		w |= uint64(c) << (8 * i & 63)
	}
	return w
}

// Gather collects the highest bit of each byte, the only one set, into one
// byte.
func Gather(x uint64) uint64 {
	return x * 0x0002040810204081 >> 56
}

// sequence returns the most of so many digits with no letter between them, as far as it
// matters: MinDigits is enough, and fewer than MinCued need not be the most.
func (m *Planes) sequence(digits int) int {
	if digits < MinCued {
		return digits
	}
	most := 0
	letters := m.Letter | m.High
	for d := m.Digit; d != 0; {
		start := bits.TrailingZeros64(d)
		part := d
		if stop := letters >> start; stop != 0 {
			part &= 1<<(start+bits.TrailingZeros64(stop)) - 1
		}
		most = max(most, bits.OnesCount64(part))
		if d &^= part; most >= MinDigits || bits.OnesCount64(d) < MinCued {
			break
		}
	}
	return most
}

// Fives returns where groups of just MinCued digits begin.
func (m *Planes) Fives() uint64 {
	d := m.Digit
	return d &^ (d << 1) & (d >> 1) & (d >> 2) & (d >> 3) & (d >> 4) &^ (d >> 5)
}

// longestSequence is sequence for texts of any length.
func longestSequence(t []byte) int {
	most, n := 0, 0
	for _, c := range t {
		k := char.ByteClass[c]
		if k&char.IsDigit != 0 {
			n++
		} else if k&(char.IsUpper|char.IsLower|char.IsHigh) != 0 {
			most, n = max(most, n), 0
		}
	}
	return max(most, n)
}
