package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/inflate"
)

// Much of what makes a text worth a closer look means nothing once looked at:
// a time has a colon, a product's name changes case as base64 does, a word
// begins as a key might. What is dismissed here, no detector and no decoder
// would have made anything of: TestShortcuts and FuzzShortcuts compare.

// dismiss clears what a closer look at the text shows to mean nothing, also to
// known values.
func (p *profile) dismiss(t []byte, known *lookup) {
	if p.flags&(isExotic|isBack|isControl) != 0 {
		return
	}
	if p.flags&isEscape != 0 && !p.mayEscape(t) && bytes.Count(t, []byte("%")) < minPieces && !p.mayAssign(t) { // with more, some are divided
		p.flags &^= isEscape
	}
	if (p.key && !p.abroad || p.flags&isColon != 0) && p.flags&(isAssign|isEscape|isAt) == 0 && !(p.key && anyKey(t)) && !anySecretName(t) && !(p.flags&(isHigh|isColon) != 0 && (len(t) > block || p.planes.maySecret(t, len(t))) && anyForeign(t)) && !(p.flags&isColon != 0 && bytes.Count(t, []byte(":")) >= pgpassFields-1 && pgpassAt(t) > 0) && !(p.digits >= leastIBANDigits && anyPartFields(t)) && !(p.flags&isColon != 0 && bytes.Contains(t, wirelessCode)) {
		p.key = false
		p.flags &^= isColon
	}
	if p.mixed && !p.hex && dull(t, known) {
		p.mixed = false
	}
}

// mayEscape is escapeLike, for a text of one block by its marks alone.
func (p *profile) mayEscape(t []byte) bool {
	if len(t) <= block {
		return p.planes.escapeLike(t)
	}
	return escapeLike(t)
}

// mayAssign tells whether assigned may find something. Without a sign, or the
// dash of an option, that takes "is", or a scheme, which begins with "ba" or "be".
func (p *profile) mayAssign(t []byte) bool {
	return (len(t) > block || p.flags&(isAssign|isColon|isLess) != 0 || p.planes.mayAssign(t)) && anySecretName(t)
}

func (m *planes) mayAssign(t []byte) bool {
	if m.joiner != 0 && bytes.IndexByte(t, '-') >= 0 {
		return true
	}
	for starts := m.letter &^ (m.letter << 1); starts != 0; starts &= starts - 1 {
		i := bits.TrailingZeros64(starts)
		if lower(t[i]) != 'b' {
			continue
		}
		if next := lower(byteAt(t, i+1)); next == 'a' || next == 'e' || !letter(next) {
			return true
		}
	}
	for ends := m.letter & (m.letter << 1) &^ (m.letter >> 1); ends != 0; ends &= ends - 1 {
		if i := bits.TrailingZeros64(ends); t[i] == 's' && t[i-1] == 'i' && byteAt(t, i+1) == ' ' {
			return true
		}
	}
	return false
}

// anyKey tells whether keys would find the beginning of one.
func anyKey(t []byte) bool {
	for i := 0; i+minWord <= len(t); i++ {
		if !keyBloom.has(t[i:]) {
			continue
		}
		if bytes.HasPrefix(t[i:], []byte("eyJ")) {
			return true
		}
		for k := range keyForms[t[i]] {
			if bytes.HasPrefix(t[i:], []byte(keyForms[t[i]][k].prefix)) {
				return true
			}
		}
	}
	return false
}

// anySecretName tells whether assigned would find a name that means a secret.
func anySecretName(t []byte) bool {
	for i := 0; i < len(t); {
		if !letter(t[i]) {
			i++
			continue
		}
		j := nameEnd(t, i)
		if nameAt(t, i, j) != nameNone {
			return true
		}
		i = j
	}
	return false
}

// longestDull bounds the words that are decoded to see that they mean nothing.
// Longer ones are seldom words.
const longestDull = 64

// dull tells whether the words of a text without hexadecimal runs that are
// long enough to be base64 decode to nothing that blobs would look at.
func dull(t []byte, known *lookup) bool {
	for i := 0; i < len(t); i++ {
		if !base64Char(t[i]) {
			continue
		}
		j := i
		flags := uint16(0)
		for j < len(t) && base64Char(t[j]) {
			flags |= byteClass[t[j]]
			j++
		}
		n := j - i
		if n >= minBase64 || byteAt(t, i-1) == '$' || byteAt(t, j) == '~' {
			if _, end := shapedKey(t, i, j); end > 0 {
				return false
			}
		}
		if n >= minBase64 {
			if n > longestDull || n >= 20 && j < len(t) && (t[j] == '\n' || t[j] == '\r' || t[j] == ' ' && bytes.IndexByte(t[j:min(len(t), j+4)], '\n') >= 0) {
				return false // it may go on in the next line
			}
			if (flags&isUpper != 0 && flags&(isLower|isDigit) != 0 || n > minHex && periodic(t[i:j], 1)) && !dullWord(t[i:j], known) {
				return false
			}
		}
		i = j
	}
	return true
}

// dullWord tells whether a word decodes, as in base64Run, to nothing that
// decoded would look at.
func dullWord(word []byte, known *lookup) bool {
	var v [longestDull + 8]byte // six bits of each character
	for i, c := range word {
		v[i] = sixBits64[c]
	}
	n := len(word)
	if n < longestNarrow && !mayBePacked(&v, n) && !mayBeText(&v, n) {
		return true
	}
	var std [longestDull]byte
	for i := range word {
		std[i] = alphabet64[v[i]]
	}
	var raw [longestDull]byte
	for a := range 4 {
		body := std[a:n]
		if len(body)%4 == 1 {
			body = body[:len(body)-1]
		}
		if len(body) < minBase64 {
			break
		}
		size, _ := base64.RawStdEncoding.Decode(raw[:], body)
		if !dullBytes(raw[:size], known) {
			return false
		}
	}
	return true
}

// longestNarrow is the length from which a word may be UTF-16 of any use.
const longestNarrow = 16

// mayBePacked tells whether one of the first bytes that n characters of six
// bits decode to, at any alignment, is the first one of compressed data.
func mayBePacked(v *[longestDull + 8]byte, n int) bool {
	for i := range min(n-1, 4+2*packedReach) {
		for shift := 2; shift <= 6; shift += 2 {
			if b := v[i]<<shift | v[i+1]>>(6-shift); b == 0x1F || b == 0x78 {
				return true
			}
		}
	}
	return false
}

// dullBytes tells whether decoded would look at nothing.
func dullBytes(raw []byte, known *lookup) bool {
	if packedAt(raw) >= 0 || inflate.Begins(raw) || mayBeQuads(raw) {
		return false
	}
	if len(raw) >= 2*minPlain {
		for n := range 4 {
			if widePlausible(raw[n>>1:], n&1) {
				return false
			}
		}
	}
	for a := 0; a < len(raw); {
		b := textEnd(raw, a)
		if b-a >= minPlain && (looksAt(raw[a:b]) || known.mayHide(raw[a:b]) || known != nil && briefCode(raw[a:b])) {
			return false
		}
		a = b + 1
	}
	return true
}

const alphabet64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// sixBits64 holds the value of each character of base64 and base64url.
var sixBits64 = func() (t [256]byte) {
	for i := range len(alphabet64) {
		t[alphabet64[i]] = byte(i)
	}
	t['-'], t['_'] = t['+'], t['/']
	return t
}()

// mayBeText tells whether six bytes in a row that n characters of six bits
// decode to, at any alignment, may be UTF-8. It
// looks at the highest bits of the bytes only: a byte that continues a
// character must follow one that is not ASCII, and one that leads must be
// followed by one that continues.
func mayBeText(v *[longestDull + 8]byte, n int) bool {
	var p [6]uint64 // bit k of every value
	for i := 0; i < n; i += 8 {
		w := binary.LittleEndian.Uint64(v[i:])
		for k := range p {
			p[k] |= gather(w<<(7-k)&(eachByte*0x80)) << i
		}
	}
	in := uint64(1)<<(n-1) - 1 // a byte takes two characters
	// The first, second and third byte of a group that begins at a character:
	// whether it is there, and its two highest bits.
	in0, hi0, lead0 := in, p[5], p[4]
	in1, hi1, lead1 := in>>1, p[3]>>1, p[2]>>1
	in2, hi2, lead2 := in>>2, p[1]>>2, p[0]>>2
	next := func(hiA, leadA, hiB, leadB uint64) uint64 {
		continuesB := hiB &^ leadB
		return ^(hiA & leadA &^ continuesB) & ^(continuesB &^ hiA)
	}
	a, b, c := next(hi0, lead0, hi1, lead1), next(hi1, lead1, hi2, lead2), next(hi2, lead2, hi0>>4, lead0>>4)
	group := in0 & in1 & in2 & a & b
	whole := group & c
	return whole&(group>>4)|in1&in2&b&c&(whole>>4)&(in0>>8)|in2&c&(whole>>4)&((in0&in1&a)>>8) != 0
}
