package encoded

import (
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/fold"
)

// Limits of encoded runs.
const (
	MinBase64 = MinWord
	MinPlain  = 6 // decoded bytes in a row that are text, to look at them
)

// PackedReach is how many bytes may stand before compressed data in a run, as
// the path of a URL does.
const PackedReach = 64

// PackedAt returns where gzip or zlib data may begin in raw, -1 for nowhere.
func PackedAt(raw []byte) int {
	for k := 0; k+6 < len(raw) && k < PackedReach; k++ {
		if raw[k] == 0x1F && raw[k+1] == 0x8B && raw[k+2] == 8 || raw[k] == 0x78 && (k == 0 || raw[k+1] == 0x9C) && (int(raw[k])<<8|int(raw[k+1]))%31 == 0 {
			return k
		}
	}
	return -1
}

// TextEnd returns the end of the text that starts at raw[a:]: valid UTF-8, also
// control characters, as they may separate digits.
func TextEnd(raw []byte, a int) int {
	for a < len(raw) {
		if raw[a] < utf8.RuneSelf {
			a++
			continue
		}
		r, n := utf8.DecodeRune(raw[a:])
		if r == utf8.RuneError && n == 1 {
			return a
		}
		a += n
	}
	return a
}

// wideSample is how many code units are looked at to tell what they are.
const wideSample = 64

// plainRow tells of 256 code points which ones fold to a Latin letter, a digit,
// a space or nothing.
type plainRow struct {
	once sync.Once
	set  [4]uint64
}

// PlainFold tells whether what a character folds to begins as text does.
func PlainFold(f []byte) bool { return len(f) == 0 || char.Alnum(f[0]) || f[0] == ' ' }

// plainRows are those of the Basic Multilingual Plane, each made when a code
// point of it is first met.
var plainRows [256]plainRow

// plainRune looks a code point of the Basic Multilingual Plane up.
func plainRune(r rune) bool {
	row := &plainRows[r>>8]
	row.once.Do(func() {
		var buf [16]byte
		for k := range rune(256) {
			c := r&^255 | k
			if !utf16.IsSurrogate(c) && (c >= '\t' && c < 0x80 || PlainFold(fold.Rune(buf[:0], c))) {
				row.set[k>>6] |= 1 << (k & 63)
			}
		}
	})
	return row.set[r>>6&3]>>(r&63)&1 != 0
}

// WidePlausible tells whether bytes may be a text in UTF-16, of which big is the index of the
// higher byte of a pair.
func WidePlausible(raw []byte, big int) bool {
	plain, all := 0, 0
	var buf [16]byte
	for k := 0; k+1 < len(raw) && all < wideSample; k += 2 {
		r := rune(raw[k+big]) | rune(raw[k+1-big])<<8
		if utf16.IsSurrogate(r) && k+3 < len(raw) {
			r = utf16.DecodeRune(r, rune(raw[k+2+big])|rune(raw[k+3-big])<<8)
			k += 2
		}
		all++
		if r <= 0xFFFF && plainRune(r) || r > 0xFFFF && PlainFold(fold.Rune(buf[:0], r)) {
			plain++
		}
	}
	return 2*plain >= all
}

const Alphabet64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// SixBits64 holds the value of each character of base64 and base64url.
var SixBits64 = func() (t [256]byte) {
	for i := range len(Alphabet64) {
		t[Alphabet64[i]] = byte(i)
	}
	t['-'], t['_'] = t['+'], t['/']
	return t
}()
