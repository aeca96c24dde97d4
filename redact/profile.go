package redact

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/iban"
)

// Gates of the fast path. A text below all of them cannot hold anything that a
// detector or a decoder would accept.
const (
	minDigits = 6  // digits in one sequence: the shortest account number beside a cue
	minCued   = 5  // the shortest suffix of a known value, and of an account or a card beside words that say so
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
	broken   bool   // an encoded text may be broken over lines or spaces
	hex      bool   // a run of minHex hexadecimal digits
	shout    bool   // tokenLetters upper-case letters in a row
	pem      bool   // a PEM block begins
	key      bool   // a word begins as one of keyForms does
	cued     bool   // set by plain: a word beside which five known digits count
	code     bool   // a run of shortestCode letters and digits
	brief    bool   // a word may be six or seven digits in base64
	lead     bool   // an IBAN of few digits may begin, or an Indian tax number
	day      bool   // set by plain: a date of ISO 8601
	abroad   bool   // a word of another language says of a code that it is a secret
	bare     bool   // set by quiet: there is nothing in it but, maybe, known numbers
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
		if p.flags = m.flags; len(t) >= minWord {
			p.add(m, t, minPairs)
		} else { // digits and marks only, or a code
			p.code = len(t) >= shortestCode
		}
		p.sequence = m.sequence()
		if p.digits > 0 {
			p.tell(m, t, 0)
		}
		p.key = p.key || p.flags&isControl != 0 && headsSecret(t)
		p.lead = p.digits < minIBANDigits && p.digits >= leastIBANDigits && (len(t) >= iban.Shortest && m.lead(t) || p.code && p.digits >= fewestCode && m.taxed())
		p.broken = len(t) >= minWord && (p.flags&isControl != 0 || p.digits >= 2 && m.glued() >= minGlued) && ((p.flags&isControl != 0 || m.spaced(len(t))) && wrapped(t) || m.divided(t) && spread(t))
		if m.mayBeCut(p.digits) {
			p.broken, p.brief = p.broken || m.mayBeEven(t) || m.cutCode(t), m.briefCode(t)
		}
		p.masked = p.digits > lastShown && (m.other&(m.other>>1) != 0 || bytes.IndexByte(t, 'x') >= 0 || bytes.IndexByte(t, 'X') >= 0) && masking(t)
		return
	}
	twins, divided, even, glued := false, false, false, 0
	for at := 0; at < len(t); at += stride {
		m.load(t[at:min(len(t), at+block)])
		p.add(m, t[at:], 1)
		if m.digit != 0 && !(p.key && p.abroad) {
			p.tell(m, t, at)
		}
		twins = twins || m.other&(m.other>>1) != 0
		p.lead = p.lead || m.lead(t[at:])
		glued += m.glued()
		divided = divided || len(t) <= maxSpread && m.divided(t[at:])
		even = even || m.mayBeEven(t[at:])
		p.brief = p.brief || m.briefCode(t[at:])
		fresh := m.digit
		if at > 0 {
			fresh &^= 1<<(block-stride) - 1 // seen in the block before
		}
		p.digits += bits.OnesCount64(fresh)
	}
	p.key = p.key || p.flags&isControl != 0 && headsSecret(t)
	p.broken = (p.flags&isControl != 0 || glued >= minGlued) && (wrapped(t) || divided && spread(t) || len(t) <= maxCutCode && cutCode(t)) || even
	p.lead = p.lead && p.digits < minIBANDigits
	p.sequence = p.digits
	if p.digits >= minCued {
		p.sequence, p.masked = longestSequence(t), (twins || bytes.Contains(t, []byte("xx")) || bytes.Contains(t, []byte("XX"))) && masking(t)
	}
}

// tell takes in what the words of the block t[at:] say of its digits.
func (p *profile) tell(m *planes, t []byte, at int) {
	told, abroad := m.told(t[at:])
	p.abroad = p.abroad || abroad
	p.key = p.key || told || m.high != 0 && m.abroad(t, at)
}

// add takes in what a block shows. Fewer than leastPairs pairs say nothing.
func (p *profile) add(m *planes, t []byte, leastPairs int) {
	p.flags |= m.flags
	word := m.digit | m.letter
	p.code = p.code || run9(word) != 0
	if leastPairs == 1 || p.digits >= minPairs { // the first of a pair of ASCII is a digit
		if two, four := m.short(word); bits.OnesCount64(two|four) >= min(leastPairs, minFours) {
			p.pairs += m.pairs(t, two, four)
		}
	}
	if j := m.joiner; j&(j>>1)&(j>>2)&(j>>3)&(j>>4) != 0 && bytes.Contains(t[:min(len(t), block+len(pemBegin))], []byte(pemBegin)) {
		p.pem = true
	}
	runs := run11(word | m.joiner)
	if runs == 0 {
		return
	}
	p.word = true
	if m.digit != 0 && (m.flags&isScore != 0 || m.joiner&(m.joiner>>1) != 0) {
		p.key = p.key || m.option(t, word)
	}
	upper := m.uppers(t)
	p.mixed = p.mixed || (word&^upper)<<1&upper != 0 || periodic(t, runs)
	p.hex = p.hex || run16(word) != 0 && run16(m.hexes(t)) != 0
	p.shout = p.shout || m.flags&isScore != 0 && run14(upper) != 0
	p.key = p.key || m.digit != 0 && m.besideName(t, runs)
	if !p.key {
		p.key = keyStart(t, word, runs&(runs>>11) != 0)
	}
}

// option tells whether there may be a name of several parts and, apart from it, its
// value: DB_PASSWORD hunter2, --token hunter2.
func (m *planes) option(t []byte, word uint64) bool {
	if m.flags&isScore != 0 && ^(word|m.joiner)&(1<<min(len(t), block)-1) != 0 {
		return true
	}
	twins := m.joiner & (m.joiner >> 1) & (m.letter >> 2)
	return twins != 0 && t[bits.TrailingZeros64(twins)] == '-'
}

// besideName tells whether the name of a secret may stand before the first of the runs
// of letters and digits that has a digit: apiKey kq83…, Access Token: kq83….
func (m *planes) besideName(t []byte, runs uint64) bool {
	for ; runs != 0; runs &= runs - 1 {
		i := bits.TrailingZeros64(runs)
		if m.digit>>i&(1<<11-1) == 0 {
			continue
		}
		end := bits.Len64(m.letter & (1<<i - 1))
		return end >= len("key") && keyWordEnds.has(t[end-2], t[end-1])
	}
	return false
}

// keyWordEnds has the last two letters of names of secrets.
var keyWordEnds = func() (pairs letterPairs) {
	for _, tail := range nameTails {
		for _, name := range tail.words {
			pairs.add(name)
		}
	}
	pairs.add("key")
	return pairs
}()

// periodic tells whether the runs that begin at the bits of starts repeat
// every four characters, as base64 of digits of other scripts does.
func periodic(t []byte, starts uint64) bool {
	i := bits.TrailingZeros64(starts)
	if i+12 > len(t) {
		return false
	}
	const half = 4 // of the eight characters compared
	t = t[i:]
	return zeros(eight(t)^eight(t[4:])) >= half || striped(t) || striped8(t)
}

// eight returns the first eight bytes of a text, the first one lowest.
func eight(t []byte) uint64 { return binary.LittleEndian.Uint64(t) }

// zeros returns how many bytes of a word are zero.
func zeros(w uint64) int {
	const low = eachByte * 0x7F
	return bits.OnesCount64(^(w&low + low | w | low))
}

// striped tells whether one in four of the first twenty characters is the same,
// as where two digits of another script differ in more than their last byte.
func striped(t []byte) bool {
	if len(t) < 20 {
		return false
	}
	differ := (eight(t) ^ eight(t[4:])) | (eight(t[8:]) ^ eight(t[12:]))
	return zeros(differ|differ>>32|math.MaxUint32<<32) > 0
}

// striped8 tells whether three in eight of the characters repeat two times, as where
// the first bytes of digits of two bytes are the same. A letter or two may stand
// before these.
func striped8(t []byte) bool {
	const letters, most = 4, 3 // characters of base64
	if len(t) < letters+3*8 {
		return false
	}
	t = t[letters:]
	return zeros((eight(t)^eight(t[8:]))|(eight(t)^eight(t[16:]))) >= most
}

// short returns where words of two letters or digits begin, and such of four.
func (m *planes) short(word uint64) (two, four uint64) {
	starts := word &^ (word << 1) & (word >> 1)
	return starts &^ (word >> 2), starts & (word >> 2) & (word >> 3) &^ (word >> 4)
}

// minGlued is how often letters and digits meet, at least, in base64 of any use.
const minGlued = 3

// spaced tells whether a space stands behind a character of base64.
func (m *planes) spaced(size int) bool {
	return (m.letter|m.digit|m.joiner)<<1&^(m.letter|m.digit|m.other)&(1<<size-1) != 0
}

// glued returns how often letters and digits meet.
func (m *planes) glued() int {
	return bits.OnesCount64((m.digit ^ m.digit<<1) & (m.letter ^ m.letter<<1))
}

// lead tells whether the two letters of a country stand before two digits.
func (m *planes) lead(t []byte) bool {
	if words := m.letter | m.digit; words&(words>>1) == 0 && bits.OnesCount64(words) >= iban.Shortest { // each stands alone
		return true
	}
	for at := m.letter & (m.letter >> 1) & (m.digit >> 2) & (m.digit >> 3); at != 0; at &= at - 1 {
		if i := bits.TrailingZeros64(at); iban.Of(t[i], t[i+1]).BBAN != "" {
			return true
		}
	}
	return false
}

// minFours is the fewest words of two hexadecimal pairs, as dumps print them,
// that are decoded: a date and a time have one or two.
const minFours = 3

// pairs counts those that are two hexadecimal digits, or 0x and two; and those
// of four hexadecimal digits, twice, if there are many.
func (m *planes) pairs(t []byte, two, four uint64) (n int) {
	hex := func(i int) bool { return byteClass[t[i]]&isHex != 0 }
	for ; two != 0; two &= two - 1 {
		if i := bits.TrailingZeros64(two); hex(i) && hex(i+1) {
			n++
		}
	}
	fours := 0
	for ; four != 0; four &= four - 1 {
		if i := bits.TrailingZeros64(four); hex(i+2) && hex(i+3) {
			switch {
			case hex(i) && hex(i+1):
				fours++
			case digit(t[i]):
				n++
			}
		}
	}
	if fours >= minFours {
		n += 2 * fours
	}
	return n
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

// run9, run11, run14 and run16 keep the bits that begin a run of that length.
func run9(m uint64) uint64 {
	m &= m >> 1
	m &= m >> 2
	return m & (m >> 4) & (m >> 5)
}

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

// planes are the byte classes of up to 64 bytes, one bit per byte. Those that
// are asked for seldom, of hexadecimal digits and of letters by case, are made
// by methods.
type planes struct {
	digit, letter, joiner, high uint64
	other                       uint64 // neither letter, digit nor space
	flags                       uint16
}

// load classifies t, at most 64 bytes: what is neither letter, digit nor space
// by the table.
func (m *planes) load(t []byte) {
	digits, letters, others := loadPlanes(t)
	*m = planes{digit: digits, letter: letters, other: others}
	for ; others != 0; others &= others - 1 {
		i := bits.TrailingZeros64(others)
		c := byteClass[t[i]]
		m.flags |= c
		m.joiner |= uint64(c>>joinerBit&1) << (i & 63)
		m.high |= uint64(c>>highBit&1) << (i & 63)
	}
}

// classes returns which of at most 64 bytes are digits, which are letters, and
// which are neither and no space: eight at a time.
func classes(t []byte) (digits, letters, others uint64) {
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
		ascii, low := w&^(eachByte*0x80), (w|eachByte*0x20)&^(eachByte*0x80)
		d := between(ascii, '0', '9') &^ w & (eachByte * 0x80)
		l := between(low, 'a', 'z') &^ w & (eachByte * 0x80)
		o := (((ascii ^ eachByte*' ') + eachByte*0x7F) | w) & (eachByte * 0x80) &^ (d | l)
		digits |= gather(d) << (i & 63)
		letters |= gather(l) << (i & 63)
		others |= gather(o) << (i & 63)
	}
	return digits, letters, others & (1<<n - 1)
}

// uppers returns the plane of upper-case letters.
func (m *planes) uppers(t []byte) (u uint64) {
	n := min(len(t), block)
	i := 0
	for ; i+8 <= n; i += 8 {
		u |= gather(^binary.LittleEndian.Uint64(t[i:])<<2&(eachByte*0x80)) << i
	}
	if i < n {
		u |= gather(^padded(t[i:n])<<2&(eachByte*0x80)) << i
	}
	return u & m.letter
}

// eachByte times a byte is eight of it.
const eachByte = 0x0101010101010101

// between sets the highest bit of each byte of w, all below 0x80, that lies
// between two others.
func between(w uint64, lo, hi uint64) uint64 {
	return (w + eachByte*(0x80-lo)) &^ (w + eachByte*(0x7F-hi))
}

// hexes returns the plane of hexadecimal digits.
func (m *planes) hexes(t []byte) uint64 {
	n := min(len(t), block)
	a := uint64(0)
	i := 0
	for ; i+8 <= n; i += 8 {
		a |= aToF(binary.LittleEndian.Uint64(t[i:])) << i
	}
	if i < n {
		a |= aToF(padded(t[i:n])) << i
	}
	return m.digit | a
}

// aToF gathers which bytes of w are letters of hexadecimal digits.
func aToF(w uint64) uint64 {
	low := (w | eachByte*0x20) &^ (eachByte * 0x80)
	return gather(between(low, 'a', 'f') &^ w & (eachByte * 0x80))
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

// gather collects the highest bit of each byte, the only one set, into one
// byte.
func gather(x uint64) uint64 {
	return x * 0x0002040810204081 >> 56
}

// sequence returns the most digits with no letter between them, as far as it
// matters: minDigits is enough, and fewer than minCued need not be the most.
func (m *planes) sequence() int {
	if n := bits.OnesCount64(m.digit); n < minCued {
		return n
	}
	most := 0
	letters := m.letter | m.high
	for d := m.digit; d != 0; {
		start := bits.TrailingZeros64(d)
		part := d
		if stop := letters >> start; stop != 0 {
			part &= 1<<(start+bits.TrailingZeros64(stop)) - 1
		}
		most = max(most, bits.OnesCount64(part))
		if d &^= part; most >= minDigits || bits.OnesCount64(d) < minCued {
			break
		}
	}
	return most
}

// fives returns where groups of just minCued digits begin.
func (m *planes) fives() uint64 {
	d := m.digit
	return d &^ (d << 1) & (d >> 1) & (d >> 2) & (d >> 3) & (d >> 4) &^ (d >> 5)
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
	return p.sequence < least && (p.digits < minIBANDigits || size < iban.Shortest && p.digits < minLettered && p.flags&isHigh == 0) && p.flags&marks == 0 &&
		!(p.lead || p.masked || p.broken || p.mixed || p.hex || p.shout || p.key || p.pem || p.pairs >= minPairs)
}
