package profile

import (
	"encoding/binary"
	"math"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
)

// What the last two letters of a word before a secret say of it.
const (
	endsTold = 1 << iota // it may announce one
	endsIs               // it may be a word for "is" in a language that is told in ASCII alone
	endsUse              // it may be "use" or "enter"
	endsLink             // it may be one of those that may stand between a code and its name
)

// wordEnds tells this by these letters, whatever their case, and toldTails by up to two more.
var wordEnds, toldTails = makeWordEnds()

func makeWordEnds() (t [32][32]uint8, told tails) {
	add := func(kind uint8, words ...string) {
		for _, word := range words {
			n := len(word)
			if t[word[n-2]&31][word[n-1]&31] |= kind; kind == endsTold {
				told.add(word)
			}
		}
	}
	add(endsTold, "pin", "cvv", "cvc", "cvn", "otp", "code", "is", "word", "to", "auf", "was", "contraseña", "community", "seed", "key", "tan")
	add(endsTold, credential.Passwords()...)
	add(endsLink, codeLinks[:]...)
	add(endsIs, toldIs[:]...)
	add(endsUse, "use", "enter")
	return t, told
}

// tails is a set of words by their last letters, four at most, whatever their case.
type tails struct {
	three [32][32]uint32 // the third last, by the last two: all for a word of two letters
	four  [1 << tailBits / 64]uint64
}

const tailBits = 14 // over twenty times as many places as there are words

// add enters a word of two letters and more.
func (s *tails) add(word string) {
	n := len(word)
	a, b := word[n-2]&31, word[n-1]&31
	switch n {
	case 2:
		s.three[a][b] = math.MaxUint32
		return
	case 3: // any letter may stand before it
		for c := byte('a'); c <= 'z'; c++ {
			k := tailPlace([]byte{c, word[0], word[1], word[2]})
			s.four[k>>6] |= 1 << (k & 63)
		}
	default:
		k := tailPlace([]byte(word[n-4:]))
		s.four[k>>6] |= 1 << (k & 63)
	}
	s.three[a][b] |= 1 << (word[n-3] & 31)
}

// has tells whether one of the words, or more letters before it, may end at t[:end].
func (s *tails) has(t []byte, end int) bool {
	three := s.three[t[end-2]&31][t[end-1]&31]
	if end < 3 {
		return three != 0
	}
	if three>>(t[end-3]&31)&1 == 0 || end < 4 || three == math.MaxUint32 || !char.Letter(t[end-4]) {
		return three>>(t[end-3]&31)&1 != 0
	}
	k := tailPlace(t[end-4:])
	return s.four[k>>6]>>(k&63)&1 != 0
}

// tailPlace returns the place of four letters.
func tailPlace(t []byte) uint32 {
	return (binary.LittleEndian.Uint32(t) | 0x20202020) * 0x9E3779B1 >> (32 - tailBits)
}

// announces tells whether the letters that end at t[:end], two at least, are those of a word
// that may announce a secret.
func announces(t []byte, end int) bool {
	return wordEnds[t[end-2]&31][t[end-1]&31]&endsTold != 0 && toldTails.has(t, end)
}

// toldIs are words for "is".
var toldIs = [...]string{"est", "es", "ist", "lautet", "jest", "je", "er", "on", "este", "war", "foi", "adalah", "la", "was"}
