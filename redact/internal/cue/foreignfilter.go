package cue

import (
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// Filters that tell of most texts, by the last letters of their words, that no word of
// another language stands in them: the words themselves are looked up in foreigncue.go.

// addFour enters the last four letters of a word for a secret, or three behind a mark.
func (t *foreignTable) addFour(word string) {
	if n := len(word); n >= 4 && word[n-4] < utf8.RuneSelf && char.Letter(word[n-4]) {
		k := fourPlace(word[n-4:])
		t.fours[k>>6] |= 1 << (k & 63)
	}
}

// MayEnd tells whether a word of four letters and more ends as one for a secret may: with
// the same four, with three behind another word that was joined by a capital, or as one
// of three letters that is glued to another.
func (t *foreignTable) MayEnd(four []byte) bool {
	const small = 0x20
	camel := four[:3]
	for i := range camel {
		if four[i]&small != 0 && four[i+1]&small == 0 {
			return true
		}
	}
	k := fourPlace(string(four))
	return t.fours[k>>6]>>(k&63)&1 != 0 || t.ending.Has(four)
}

// fourPlace returns a place for four letters, whatever their case.
func fourPlace(t string) uint32 {
	w := uint32(t[0]) | uint32(t[1])<<8 | uint32(t[2])<<16 | uint32(t[3])<<24
	return (w | 0x20202020) * 0x9E3779B1 >> (32 - 16)
}

// tails has a bit for each three letters of ASCII, whatever their case, that words end in.
type tails [1 << 10]uint32

// add enters the end of a word of three letters and more.
func (s *tails) add(word string) {
	k := tailOf(word[len(word)-3:])
	s[k>>5] |= 1 << (k & 31)
}

// Has tells whether a word ends so that one of three letters and more may.
func (s *tails) Has(word []byte) bool {
	k := tailOf(string(word[len(word)-3:]))
	return s[k>>5]>>(k&31)&1 != 0
}

// tailOf returns the place of three letters.
func tailOf(t string) uint32 { return uint32(t[2]&31)<<10 | uint32(t[1]&31)<<5 | uint32(t[0]&31) }

// mayTell is a filter before tells: one of these words may end at t[:end].
func (t *foreignTable) mayTell(text []byte, end int) bool {
	if end < 3 || text[end-1] >= utf8.RuneSelf || !char.Letter(text[end-2]) || !char.Letter(text[end-3]) {
		return true
	}
	return t.last.Has(text[end-3 : end])
}

// maySecret is a filter before tells for words for secrets, of which the last letters,
// that of ASCII at t[end-1] among them, are looked at.
func (t *foreignTable) maySecret(text []byte, end int) bool {
	switch {
	case end < 2 || !char.Letter(text[end-2]):
		return end >= 2 && text[end-2] >= utf8.RuneSelf
	case end < 3 || !char.Letter(text[end-3]):
		return t.Pairs.Has(text[end-2], text[end-1]) || end >= 3 && text[end-3] >= utf8.RuneSelf
	}
	return t.Secrets.Has(text[end-3:end]) && (end == 3 || !char.Letter(text[end-4]) || t.MayEnd(text[end-4:end]))
}

// LeastCompound is how many letters of a word that others are glued to are looked at first.
const LeastCompound = len("konto")

// Compound tells whether a word of ASCII ends in one for a number that others are glued to.
func (t *foreignTable) Compound(word []byte) bool {
	n := len(word)
	if n <= LeastCompound {
		return false
	}
	if !t.Nouns.Has(word) {
		return false
	}
	h, _ := lastLetters(word[n-LeastCompound:])
	if t.heads[filterPlace(h)>>6]>>(filterPlace(h)&63)&1 == 0 {
		return false
	}
	says, _ := t.before(word, len(word))
	return says.cues() != 0
}

// Tells tells whether the word that a text ends in may be the last one of these: of all,
// or of those for secrets.
func (t *foreignTable) Tells(text []byte, last *[1 << 10]uint64) bool {
	n := len(text)
	if n == 0 || !t.mayTell(text, n) {
		return false
	}
	if text[n-1] >= utf8.RuneSelf {
		return true
	}
	if n >= 3 && t.ending.Has(text) {
		return true
	}
	h, ok := lastLetters(text)
	return !ok || last[filterPlace(h)>>6]>>(filterPlace(h)&63)&1 != 0
}

// TellsAny is tells for one of the last words of a text, so many as matter to a code.
func (t *foreignTable) TellsAny(text []byte) bool {
	for n := 0; n < foreignSteps+foreignSkips && len(text) > 0; n++ {
		if t.Tells(text, &t.secret) {
			return true
		}
		i := len(text)
		for i > 0 && char.Letter(text[i-1]) {
			i--
		}
		for i > 0 && !char.Letter(text[i-1]) && text[i-1] < utf8.RuneSelf {
			i--
		}
		text = text[:i]
	}
	return false
}
