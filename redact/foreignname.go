package redact

import (
	"unicode"
	"unicode/utf8"
)

// What the words of other languages say as keys and heads of columns, and right before a
// number.

// foreignKey returns what a key or the head of a column says: what its last words say, or
// of what a number is what any of them do.
func foreignKey(key []byte) (says foreign) {
	end := len(key)
	for end > 0 && key[end-1] < utf8.RuneSelf && !alnum(key[end-1]) {
		end--
	}
	if end == 0 || end > 2*longestForeign {
		return 0
	}
	says, _ = foreignWords.before(key, end)
	about := says&foreignAbout != 0
	for i := end - 1; i > 0; i-- {
		if endsForeign(key, i) {
			numbered, _ := foreignWords.before(key, i)
			says |= numbered & (foreignAccount | foreignCard | foreignIdentity)
			about = about || numbered&foreignAbout != 0
		}
	}
	if about {
		return foreignAbout
	}
	return says
}

// endsForeign tells whether a word may end at t[:i].
func endsForeign(t []byte, i int) bool {
	a, b := t[i-1], t[i]
	switch {
	case a < utf8.RuneSelf && !alnum(a):
		return false
	case b < utf8.RuneSelf:
		if !alnum(b) || byteClass[b]&isUpper != 0 && byteClass[a]&isLower != 0 {
			return true
		}
		r, _ := utf8.DecodeLastRune(t[max(0, i-utf8.UTFMax):i])
		return running(r)
	}
	r, _ := utf8.DecodeRune(t[i:])
	return utf8.RuneStart(b) && (!unicode.IsLetter(r) && !unicode.IsMark(r) || running(r))
}
