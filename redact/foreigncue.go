package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words in other languages that say what a number or a word beside them is. They are
// compared as they are folded, in small letters and without the marks between them, so
// that one line of the tables finds numéro de compte, NUMERO DE COMPTE, numero_de_compte
// and numeroDeCompte.

// foreign is what such words say.
type foreign uint8

const (
	foreignAccount  foreign = 1 << iota // an account, or its number
	foreignCard                         // a bank card
	foreignIdentity                     // the number of a person or a firm
	foreignPassword                     // a password
	foreignCode                         // a code of a few digits
	foreignPIN                          // a PIN, of four digits
	foreignToken                        // a key of a program
	foreignLink                         // is, number: carries another on
)

// foreignSecret is all that lets somebody in.
const foreignSecret = foreignPassword | foreignCode | foreignPIN | foreignToken

// cues returns what such words say of a number.
func (f foreign) cues() (c cue) {
	if f&foreignAccount != 0 {
		c |= cueAccount
	}
	if f&foreignCard != 0 {
		c |= cueCard
	}
	if f&foreignIdentity != 0 {
		c |= cueTax | cueIdentity
	}
	return c
}

// Limits of such words.
const (
	longestForeign = 80 // bytes, as they are written
	shortForeign   = 3  // letters of one of which the marks count, such as r/c
	foreignMarks   = 3  // marks and spaces between two of its words
)

// foreignTable has the hashes of such words, read from their last letter to the first.
// A tilde in the tables marks words that others are glued to in front: ~konto.
type foreignTable struct {
	words  map[uint64]foreign
	marked map[uint64]foreign  // of a few letters and marks: č. ú.
	glued  map[uint64]struct{} // these may be the end of a longer word
	ends   [1 << 13]uint64     // the last two bytes of all of them
	gates  map[string]foreign  // for each word of ASCII alone its longest part
}

var foreignWords = makeForeignWords()

func makeForeignWords() *foreignTable {
	t := &foreignTable{words: map[uint64]foreign{}, marked: map[uint64]foreign{}, glued: map[uint64]struct{}{}, gates: map[string]foreign{}}
	for _, kind := range [...]struct {
		says  foreign
		words string
	}{
		{foreignAccount, foreignAccounts}, {foreignCard, foreignCards}, {foreignIdentity, foreignIdentities}, {foreignPassword, foreignPasswords},
		{foreignCode, foreignCodes}, {foreignPIN, foreignPINs}, {foreignToken, foreignTokens}, {foreignLink, foreignLinks},
	} {
		for _, line := range strings.Split(strings.TrimSpace(kind.words), "\n") {
			_, words, _ := strings.Cut(line, ": ")
			for _, word := range strings.Split(words, ", ") {
				bare, glued := strings.CutPrefix(word, "~")
				t.add(bare, kind.says, glued)
			}
		}
	}
	return t
}

// add enters a word as it folds in small letters, in capitals and with a capital first.
func (t *foreignTable) add(word string, says foreign, glued bool) {
	low := strings.ToLower(word)
	first, n := utf8.DecodeRuneInString(low)
	for k, spelling := range [...]string{low, strings.ToUpper(low), string(unicode.ToUpper(first)) + low[n:]} {
		if k > 0 && ascii([]byte(spelling)) {
			break
		}
		var r foreignReader
		for i := len(spelling); i > 0; {
			c, n := utf8.DecodeLastRuneInString(spelling[:i])
			i -= n
			if k == 0 {
				r.read(c)
			} else {
				r.feed(strings.ToLower(string(foldRune(nil, c))))
			}
		}
		if r.letters < shortForeign && r.marks > 0 {
			t.marked[r.withMarks] |= says
		} else {
			t.words[r.hash] |= says
		}
		if glued || unspaced(first) {
			t.glued[r.hash] = struct{}{}
		}
		t.ends[r.last>>6] |= 1 << (r.last & 63)
	}
	t.addGate(low, says)
}

// addGate enters the longest part of a word that folds to ASCII.
func (t *foreignTable) addGate(word string, says foreign) {
	if says == foreignLink {
		return
	}
	longest := ""
	for _, part := range strings.FieldsFunc(foldString(word), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if !ascii([]byte(part)) {
			return
		}
		if len(part) > len(longest) {
			longest = part
		}
	}
	if longest != "" {
		t.gates[strings.ToLower(longest)] |= says
	}
}

// unspaced tells whether a letter is of a script in which no space stands before a word,
// or in which articles and prepositions are glued on in front.
func unspaced(r rune) bool {
	return r >= 0x2E80 && r < 0xFB00 || r >= 0x0E00 && r < 0x0E80 || r >= 0x0590 && r < 0x0780 || r >= 0xFF00 && r < 0xFFF0
}

// foreignReader hashes a word from its end.
type foreignReader struct {
	hash, withMarks uint64
	letters         int
	marks           int // between the letters
	row             int // since the last letter
	pending         uint64
	last            uint16 // its last two bytes
}

const foreignPrime = 0x100000001B3 // of the hash FNV-1

// read takes in the character before what was read. It returns false where the word
// cannot go on.
func (r *foreignReader) read(c rune) bool {
	if c < utf8.RuneSelf {
		return r.feedByte(lower(byte(c)))
	}
	if c < lowRunes {
		if f := lowFolds[c]; len(f) > 0 && letter(f[0]) {
			for i := len(f) - 1; i >= 0; i-- {
				if !r.feedByte(lower(f[i])) {
					return false
				}
			}
			return true
		}
	}
	var buf [utf8.UTFMax * 8]byte
	f := foldRune(buf[:0], unicode.ToLower(c))
	for i := len(f) - 1; i >= 0; i-- {
		if !r.feedByte(lower(f[i])) {
			return false
		}
	}
	return true
}

// feed is read for what is folded.
func (r *foreignReader) feed(s string) {
	for i := len(s) - 1; i >= 0; i-- {
		r.feedByte(s[i])
	}
}

func (r *foreignReader) feedByte(c byte) bool {
	if c < utf8.RuneSelf && !alnum(c) {
		if c < ' ' {
			return false
		}
		if r.row++; c != ' ' {
			r.pending = r.pending*foreignPrime ^ uint64(c)
		}
		return r.row <= foreignMarks
	}
	if r.letters > 0 && r.pending != 0 {
		r.withMarks = (r.withMarks ^ r.pending<<8) * foreignPrime
		r.marks++
	}
	r.pending, r.row = 0, 0
	r.hash = (r.hash ^ uint64(c)) * foreignPrime
	r.withMarks = (r.withMarks ^ uint64(c)) * foreignPrime
	if r.letters++; r.letters <= 2 {
		r.last = r.last<<8 | uint16(c)
	}
	return true
}

// before returns what the words that end at t[:end] say, as many of them as make one, and
// where they begin.
func (t *foreignTable) before(text []byte, end int) (says foreign, start int) {
	var r foreignReader
	for i := end; i > 0 && end-i < longestForeign; {
		c, n := rune(text[i-1]), 1
		if c >= utf8.RuneSelf {
			c, n = utf8.DecodeLastRune(text[max(0, i-utf8.UTFMax):i])
		}
		i -= n
		had := r.letters
		if !r.read(c) {
			break
		}
		if r.letters < 2 && i > 0 || r.letters == had {
			continue
		}
		if had < 2 && t.ends[r.last>>6]>>(r.last&63)&1 == 0 {
			break
		}
		found := t.words[r.hash]
		if r.marks > 0 && r.letters < shortForeign {
			found = t.marked[r.withMarks]
		}
		if found == 0 {
			continue
		}
		if _, glued := t.glued[r.hash]; glued || startsForeign(text, i) {
			says, start = found, i
		}
	}
	return says, start
}

// startsForeign tells whether a word begins at t[i]: no letter stands before it, or a
// small one before a capital.
func startsForeign(t []byte, i int) bool {
	if i == 0 {
		return true
	}
	c := t[i-1]
	if c < utf8.RuneSelf {
		return !alnum(c) || byteClass[c]&isLower != 0 && byteClass[t[i]]&isUpper != 0
	}
	r, _ := utf8.DecodeLastRune(t[max(0, i-utf8.UTFMax):i])
	return !unicode.IsLetter(r) && !unicode.IsMark(r)
}

// foreignCueBefore returns what the words that end at t[:i] say of a number, and where
// they begin; or that they only carry others on.
func foreignCueBefore(t []byte, i int) (found cue, start int, link bool) {
	says, start := foreignWords.before(t, i)
	return says.cues(), start, says&foreignLink != 0
}

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
	for i := end - 1; i > 0; i-- {
		if endsForeign(key, i) {
			numbered, _ := foreignWords.before(key, i)
			says |= numbered & (foreignAccount | foreignCard | foreignIdentity)
		}
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
		return !alnum(b) || byteClass[b]&isUpper != 0 && byteClass[a]&isLower != 0 || a >= utf8.RuneSelf
	}
	r, _ := utf8.DecodeRune(t[i:])
	return utf8.RuneStart(b) && (!unicode.IsLetter(r) && !unicode.IsMark(r) || unspaced(r))
}
