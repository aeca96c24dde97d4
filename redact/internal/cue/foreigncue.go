package cue

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/fold"
)

// Words in other languages that say what a number or a word beside them is. They are
// compared as they are folded, in small letters and without the marks between them, so
// that one line of the tables finds numéro de compte, NUMERO DE COMPTE, numero_de_compte
// and numeroDeCompte.

// Foreign is what such words say.
type Foreign uint32

const (
	foreignAccount  Foreign = 1 << iota // an account, or its number
	foreignCard                         // a bank card
	foreignIdentity                     // the number of a person or a firm
	ForeignPassword                     // a password
	ForeignCode                         // a code of a few digits
	ForeignPIN                          // a PIN, of four digits
	ForeignToken                        // a key of a program
	foreignBank                         // a bank, behind whose name the number of an account stands in groups
	foreignFollow                       // stands right behind the number of which it speaks
	ForeignAbout                        // something else of an account: its balance, a statement
	ForeignGeneric                      // a code of any kind
	foreignShare                        // tell nobody
	ForeignLink                         // is, number, of the payee: carries another on
	foreignUnsure                       // an account, or an invoice
	foreignLoan                         // a loan, or its number
	foreignTransfer                     // money goes to the account that follows
	foreignBranded                      // a bank, behind whose name an account is printed in its own form
)

// foreignSecret is all that lets somebody in.
const foreignSecret = ForeignPassword | ForeignCode | ForeignPIN | ForeignToken

// cues returns what such words say of a number.
func (f Foreign) cues() (c Set) {
	if f&foreignAccount != 0 {
		c |= Account
	}
	if f&foreignCard != 0 {
		c |= Card
	}
	if f&foreignIdentity != 0 {
		c |= Tax | Identity
	}
	return c
}

// Limits of such words.
const (
	longestForeign = 80 // bytes, as they are written
	shortForeign   = 3  // most letters of one of which the marks count, such as r/c
	foreignMarks   = 3  // marks and spaces between two of its words
)

// foreignTable has the hashes of such words, read from their last letter to the first.
// A tilde in the tables marks words that others are glued to in front: ~konto.
type foreignTable struct {
	words   map[uint64]Foreign
	marked  map[uint64]Foreign  // of a few letters and marks: č. ú.
	breaks  map[uint64]int      // how often marks divide them, at most
	glued   map[uint64]struct{} // these may be the end of a longer word
	ends    [1 << 10]uint64     // the last two bytes of all of them
	last    tails               // the last three letters of those that end in ASCII
	Secrets tails               // the same of words for secrets
	fours   [1 << 10]uint64     // their last four letters
	Pairs   LetterPairs         // those of two letters
	Nouns   tails               // those of words for numbers that others are glued to in front
	heads   [1 << 10]uint64     // a filter over the last letters of such words for numbers: ~konto
	ending  tails               // those of words that others are glued to in front
	Lasts   [1 << 10]uint64     // a filter over the last parts of these
	secret  [1 << 10]uint64     // the same of words for secrets
	gated   [1 << 10]uint64     // a filter over the keys of gates
	may     [1 << 10]uint64     // a filter over all hashes
	gates   map[string]Foreign  // for each word of ASCII alone its longest part
}

var ForeignWords = makeForeignWords()

func makeForeignWords() *foreignTable {
	t := &foreignTable{words: map[uint64]Foreign{}, marked: map[uint64]Foreign{}, glued: map[uint64]struct{}{}, breaks: map[uint64]int{}, gates: map[string]Foreign{}}
	for _, kind := range [...]struct {
		says  Foreign
		words string
	}{
		{foreignAccount, foreignAccounts}, {foreignCard, foreignCards}, {foreignIdentity, foreignIdentities}, {ForeignPassword, foreignPasswords},
		{ForeignCode, foreignCodes}, {ForeignPIN, foreignPINs}, {ForeignToken, foreignTokens}, {foreignBank, foreignBanks}, {ForeignAbout, foreignAbouts}, {ForeignGeneric, foreignGenerics}, {foreignShare, foreignShares},
		{foreignAccount | foreignFollow, foreignInflected}, {ForeignCode | foreignFollow, foreignEntered}, {ForeignLink, foreignLinks}, {ForeignLink, foreignRoles}, {foreignUnsure, foreignUnsures}, {foreignLoan, foreignLoans}, {foreignTransfer, foreignTransfers}, {foreignBranded, foreignBrands},
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

// add enters a word, and as it is spelled in ASCII alone.
func (t *foreignTable) add(word string, says Foreign, glued bool) {
	t.spell(word, says, glued)
	if plain := asciiSpelling.Replace(strings.ToLower(word)); plain != strings.ToLower(word) && char.ASCII([]byte(plain)) {
		t.spell(plain, says, glued)
	}
}

// asciiSpelling is how names of programs spell letters with dots and rings.
var asciiSpelling = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "å", "aa", "ø", "oe", "æ", "ae")

// spell enters a word as it folds in small letters, in capitals and with a capital first.
func (t *foreignTable) spell(word string, says Foreign, glued bool) {
	low := strings.ToLower(word)
	first, n := utf8.DecodeRuneInString(low)
	for k, spelling := range [...]string{low, strings.ToUpper(low), string(unicode.ToUpper(first)) + low[n:]} {
		if k > 0 && char.ASCII([]byte(spelling)) {
			break
		}
		var r foreignReader
		for i := len(spelling); i > 0; {
			c, n := utf8.DecodeLastRuneInString(spelling[:i])
			i -= n
			if k == 0 {
				r.read(c)
			} else {
				r.feed(strings.ToLower(string(fold.Rune(nil, c))))
			}
		}
		for _, h := range [...]uint64{r.hash, r.withMarks} {
			t.may[filterPlace(h)>>6] |= 1 << (filterPlace(h) & 63)
		}
		if r.letters <= shortForeign && r.marks > 0 {
			t.marked[r.withMarks] |= says
		} else {
			t.words[r.hash] |= says
		}
		t.breaks[r.hash] = max(t.breaks[r.hash], r.breaks)
		if unspaced(first) {
			t.breaks[r.hash] = longestForeign
		}
		if glued || unspaced(first) {
			t.glued[r.hash] = struct{}{}
		}
		t.ends[r.last>>6] |= 1 << (r.last & 63)
	}
	t.addTail(low, says, glued)
	t.addGate(low, says)
}

// addGate enters the longest part of a word that folds to ASCII.
func (t *foreignTable) addGate(word string, says Foreign) {
	if says&^(ForeignLink|ForeignAbout|ForeignGeneric|foreignShare) == 0 {
		return
	}
	longest := ""
	for _, part := range strings.FieldsFunc(fold.String(word), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if !char.ASCII([]byte(part)) {
			return
		}
		if len(part) >= len(longest) && part != "no" && part != "nr" {
			longest = part
		}
	}
	if len(longest) > 1 { // plain looks at single letters behind marks itself
		t.gates[strings.ToLower(longest)] |= says
		h, _ := lastLetters([]byte(longest))
		t.gated[filterPlace(h)>>6] |= 1 << (filterPlace(h) & 63)
	}
}

// addTail enters the last letters of a word, and its last part; of one that may be glued to
// another the letters alone.
func (t *foreignTable) addTail(word string, says Foreign, glued bool) {
	for _, spelling := range [...]string{word, fold.String(word)} {
		n := len(spelling)
		if n < 2 || spelling[n-1] >= utf8.RuneSelf {
			continue
		}
		secret := says&(foreignSecret|ForeignGeneric|foreignShare) != 0
		if secret && (n == 2 || !char.Letter(spelling[n-3])) {
			t.Pairs.Add(spelling)
		}
		if n >= 3 && char.Letter(spelling[n-3]) {
			t.last.add(spelling)
			if secret {
				t.Secrets.add(spelling)
				t.addFour(spelling)
			}
			if glued && says&foreignSecret != 0 {
				t.ending.add(spelling)
			}
		}
		if glued && says.cues() != 0 && n >= LeastCompound {
			t.Nouns.add(spelling)
			h, _ := lastLetters([]byte(spelling[n-LeastCompound:]))
			t.heads[filterPlace(h)>>6] |= 1 << (filterPlace(h) & 63)
		}
		h, ok := lastLetters([]byte(spelling))
		if !ok {
			continue
		}
		t.Lasts[filterPlace(h)>>6] |= 1 << (filterPlace(h) & 63)
		if secret {
			t.secret[filterPlace(h)>>6] |= 1 << (filterPlace(h) & 63)
		}
	}
}

// filterPlace returns where a hash has its bit.
func filterPlace(h uint64) uint64 { return h * 0x9E3779B97F4A7C15 >> 48 }

// lastLetters hashes the letters of ASCII that a text ends in; ok is false where another
// letter stands before them.
func lastLetters(t []byte) (h uint64, ok bool) {
	i := len(t)
	for i > 0 && char.Letter(t[i-1]) && len(t)-i < LongestCue {
		i--
		h = (h ^ uint64(char.Lower(t[i]))) * foreignPrime
		if i > 0 && char.ByteClass[t[i]]&char.IsUpper != 0 && char.ByteClass[t[i-1]]&char.IsLower != 0 {
			return h, true
		}
	}
	return h, i == 0 || t[i-1] < utf8.RuneSelf
}

// unspaced tells whether a letter is of a script in which no space stands before a word,
// or in which articles and prepositions are glued on in front.
func unspaced(r rune) bool {
	return r >= 0x2E80 && r < 0xFB00 || r >= 0x0E00 && r < 0x0E80 || r >= 0x0590 && r < 0x0780 || r >= 0xFF00 && r < 0xFFF0
}

// running tells whether a letter is of a script in which words run into each other.
func running(r rune) bool {
	return r >= 0x2E80 && r < 0xFB00 || r >= 0x0E00 && r < 0x0E80
}

// foreignReader hashes a word from its end.
type foreignReader struct {
	hash, withMarks uint64
	letters         int
	marks           int // between the letters
	row             int // since the last letter
	breaks          int // places between letters where marks stand
	pending         uint64
	last            uint16 // its last two bytes
}

const foreignPrime = 0x100000001B3 // of the hash FNV-1

// read takes in the character before what was read. It returns false where the word
// cannot go on.
func (r *foreignReader) read(c rune) bool {
	if c < utf8.RuneSelf {
		return r.feedByte(char.Lower(byte(c)))
	}
	if f, _ := fold.Latin(c); len(f) > 0 && char.Letter(f[0]) {
		for i := len(f) - 1; i >= 0; i-- {
			if !r.feedByte(char.Lower(f[i])) {
				return false
			}
		}
		return true
	}
	if c = unicode.ToLower(c); c == 'ς' {
		c = 'σ'
	}
	var buf [utf8.UTFMax * 8]byte
	f := fold.Rune(buf[:0], c)
	for i := len(f) - 1; i >= 0; i-- {
		if !r.feedByte(char.Lower(f[i])) {
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
	if c < utf8.RuneSelf && !char.Alnum(c) {
		if c < ' ' || c == '=' || c == ':' || c == '"' || c == '|' || c == ',' || c == ';' || c == '<' || c == '>' {
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
	if r.letters > 0 && r.row > 0 {
		r.breaks++
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
func (t *foreignTable) before(text []byte, end int) (says Foreign, start int) {
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
		if r.letters == had {
			continue
		}
		if r.letters == 1 {
			if t.may[filterPlace(r.hash)>>6]>>(filterPlace(r.hash)&63)&1 != 0 && startsForeign(text, i) { // e, è
				says, start = t.words[r.hash], i
			}
			continue
		}
		if had < 2 && t.ends[r.last>>6]>>(r.last&63)&1 == 0 {
			break
		}
		h := r.hash
		if r.marks > 0 && r.letters <= shortForeign {
			h = r.withMarks
		}
		if t.may[filterPlace(h)>>6]>>(filterPlace(h)&63)&1 == 0 {
			continue
		}
		found := t.words[r.hash]
		if r.marks > 0 && r.letters <= shortForeign {
			found = t.marked[r.withMarks]
		}
		if found == 0 || r.breaks > t.breaks[r.hash] {
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
		return !char.Alnum(c) || char.ByteClass[c]&char.IsLower != 0 && char.ByteClass[t[i]]&char.IsUpper != 0
	}
	r, _ := utf8.DecodeLastRune(t[max(0, i-utf8.UTFMax):i])
	return !unicode.IsLetter(r) && !unicode.IsMark(r)
}

// foreignCueBefore returns what the words that end at t[:i] say of the number at
// t[number], and where they begin; or that they only carry others on, or speak of
// something else of an account.
func foreignCueBefore(t []byte, i, number int) (found Set, start int, link, about bool) {
	says, start := ForeignWords.before(t, i)
	if prefixesID(t, start, i, number) {
		return 0, start, false, false
	}
	if found = says.cues(); found != 0 && (i-start <= len("TK") || SameWord(t[start:i], "pax")) && digitsFrom(t, number) < leastAbbreviated {
		found = 0
	}
	if start+leastAbbreviatedID > i && i == number && char.Digits(t[number:]) > longestPlainID { // PIB4711…, of a reference
		found = 0
	}
	if found == Account && invoiced(t, start, i, number) {
		return 0, start, false, true
	}
	if found == 0 && says&foreignMoney != 0 && moneyFollows(says, t, start, number) {
		found = Account
	}
	return found, start, says&ForeignLink != 0 && found == 0, says&ForeignAbout != 0
}

// leastAbbreviated is how many digits stand behind two letters that are a word for an
// account, at least: TK is a currency, too, and the рах of рахунок folds to pax.
const leastAbbreviated = 9

// What is glued to fewer letters than this is an identity number only with so many digits:
// banks begin their references with PIB.
const (
	leastAbbreviatedID = 4
	longestPlainID     = 13
)

// prefixesID tells whether a few small letters t[start:end] are joined to what begins at
// t[i], as the prefix of an id that a server made is: nis-123456789222.
func prefixesID(t []byte, start, end, i int) bool {
	const longest = 3
	if end+1 != i || t[end] != '-' || end-start > longest {
		return false
	}
	for _, c := range t[start:end] {
		if char.ByteClass[c]&char.IsLower == 0 {
			return false
		}
	}
	return start < end
}

// digitsFrom counts the digits at t[i:] with single marks between them.
func digitsFrom(t []byte, i int) (n int) {
	for ; i < len(t) && (char.Digit(t[i]) || char.Digit(char.At(t, i+1)) && (t[i] == '-' || t[i] == '/' || t[i] == ' ')); i++ {
		if char.Digit(t[i]) {
			n++
		}
	}
	return n
}
