package cue

import (
	"unicode"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// What the words of other languages say as keys and heads of columns, and right before a
// number.

// ForeignKey returns what a key or the head of a column says: what its last words say, or
// of what a number is what any of them do.
func ForeignKey(key []byte) (says Foreign) {
	end := len(key)
	for end > 0 && key[end-1] < utf8.RuneSelf && !char.Alnum(key[end-1]) {
		end--
	}
	if end == 0 || end > 2*longestForeign {
		return 0
	}
	says, _ = ForeignWords.before(key, end)
	about := says&ForeignAbout != 0
	for i := end - 1; i > 0; i-- {
		if endsForeign(key, i) {
			numbered, _ := ForeignWords.before(key, i)
			says |= numbered & (foreignAccount | foreignCard | foreignIdentity)
			about = about || numbered&ForeignAbout != 0
		}
	}
	if about {
		return ForeignAbout
	}
	return says
}

// Limits of a label.
const (
	longestLabel = 64 // bytes
	labelWords   = 3  // of its words, the first ones, that say together what it is
)

// labelSays returns what a label that ends at t[:end] says if its first words name a
// number, and the others whose or what for it is: conta de recebimento, konto do wpłat.
func labelSays(t []byte, end int) (found Set) {
	i := end
	for i > 0 && end-i <= longestLabel && inLabel(t[i-1]) {
		i--
	}
	if end-i > longestLabel {
		return 0
	}
	for i < end && t[i] < utf8.RuneSelf && !char.Letter(t[i]) {
		i++
	}
	words := 0
	for k := i + 1; k <= end && words < labelWords; k++ {
		if k < len(t) && !endsForeign(t, k) {
			continue
		}
		words++
		if says, start := ForeignWords.before(t, k); start == i && says != 0 {
			found = says.cues()
		}
	}
	if found != 0 && ForeignKey(t[i:end])&ForeignAbout != 0 {
		return 0
	}
	return found
}

// inLabel tells whether a character may be one of a label.
func inLabel(c byte) bool {
	return c >= utf8.RuneSelf || char.Letter(c) || c == ' ' || c == '-' || c == '\'' || c == '.' || c == '/' || c == '(' || c == ')' || c == '*'
}

// endsForeign tells whether a word may end at t[:i].
func endsForeign(t []byte, i int) bool {
	a, b := t[i-1], t[i]
	switch {
	case a < utf8.RuneSelf && !char.Alnum(a):
		return false
	case b < utf8.RuneSelf:
		if !char.Alnum(b) || char.ByteClass[b]&char.IsUpper != 0 && char.ByteClass[a]&char.IsLower != 0 {
			return true
		}
		r, _ := utf8.DecodeLastRune(t[max(0, i-utf8.UTFMax):i])
		return running(r)
	}
	r, _ := utf8.DecodeRune(t[i:])
	return utf8.RuneStart(b) && (!unicode.IsLetter(r) && !unicode.IsMark(r) || running(r))
}
