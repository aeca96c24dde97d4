package redact

import (
	"bytes"
	"unicode/utf8"
)

// The words before a number, read from the last one back to the first.

// Reach of a cue: so many words back.
const (
	cueReach   = 6
	longestCue = 36
)

// cueReader reads what the words before a number say of it.
type cueReader struct {
	t       []byte
	number  int  // where the number begins
	i       int  // where what was read begins
	found   cue  // what was said
	counted bool // the word "digits" was seen
	named   bool // a sign of assignment was seen: the words may be those of one name
	joined  bool // nothing but "and" was seen, or the like: another number may stand before it
	listed  bool // and then commas
}

// cueBefore collects the cues among the words that stand right before t[i], as far as
// link words carry them. Where the text begins, the leaf's own key speaks for it.
func cueBefore(t []byte, i int, key cue) cue {
	r := cueReader{t: t, number: i, i: i}
	for range cueReach {
		if !r.step(key) {
			break
		}
	}
	if r.found == 0 && i > 0 && t[i-1] == '\n' {
		return headSays(lineBefore(t, i-1, widestGap))
	}
	return r.found
}

// headSays returns what a line says of the number that the next one begins with, where
// its words are the heads of columns that single spaces set apart, as in the text of a
// PDF: "Account Number Statement Period". Of these only the first is told from the next.
func headSays(line []byte) cue {
	first, rest, ok := bytes.Cut(bytes.TrimLeft(line, " "), []byte(" "))
	if !ok || cueOf(first)&cueAccount == 0 || digitsIn(rest) > 0 {
		return 0
	}
	second, third, _ := bytes.Cut(rest, []byte(" "))
	if !numberWord(bytes.TrimRight(second, ".:#")) || byteClass[byteAt(third, 0)]&isUpper == 0 { // account number of users
		return 0
	}
	return cueAccount
}

// numberWord tells whether a word says that a number follows.
func numberWord(word []byte) bool {
	return sameWord(word, "number") || sameWord(word, "no") || sameWord(word, "nr") || sameWord(word, "num") || sameWord(word, "numbers")
}

// step reads what stands before t[i], a word or a number as long as ours, and tells
// whether what is before that may say more.
func (r *cueReader) step(key cue) (more bool) {
	end, more := r.gap()
	switch {
	case !more:
		return false
	case end == 0:
		r.found |= key
		return false
	case r.t[end-1] >= utf8.RuneSelf:
		return r.foreign(end)
	}
	j := end
	for j > 0 && letter(r.t[j-1]) && end-j < longestCue {
		j--
	}
	switch {
	case j == end:
		return r.numeral(end)
	case conjunction(r.t[j:end]) && byteAt(r.t, j-1) != '.': // D.N.I.
		r.i, r.joined = j, true
		return true
	}
	r.joined = false
	c := cueOf(r.t[j:end])
	if more, done := r.foreignLast(c, j, end); done {
		return more
	}
	return r.word(c, j, end)
}

// gap reads the marks and tags before t[i] and returns where the word before them ends.
func (r *cueReader) gap() (end int, more bool) {
	var g gapBefore
	if r.i == r.number {
		g = valueGap(r.t, r.i)
	} else {
		g = readGap(r.t, r.i)
	}
	if g.said != 0 || g.closed {
		r.found |= g.said
		return g.end, false
	}
	r.named, r.joined = r.named || g.named, r.joined || bytes.ContainsAny(r.t[g.end:r.i], "&/")
	return g.end, true
}

// foreign reads a word that ends beyond ASCII.
func (r *cueReader) foreign(end int) (more bool) {
	says, start, link, about := foreignCueBefore(r.t, end, r.number)
	if says == 0 && !link && !about && r.labelled(end) {
		says = labelSays(r.t, end)
	}
	r.found |= says
	r.i = start
	return link
}

// labelled tells whether a sign of assignment or a tag stands between t[:end] and the
// number.
func (r *cueReader) labelled(end int) bool {
	return r.i == r.number && bytes.ContainsAny(r.t[end:r.i], ":=>")
}

// foreignLast reads words of another language that end with the word t[j:end], which
// says c; done is false where it stands for itself.
func (r *cueReader) foreignLast(c cue, j, end int) (more, done bool) {
	if c&^(cueLink|cuePhrase) != 0 {
		if c&cueAccount == 0 {
			return false, false
		}
		says, _ := foreignWords.before(r.t, end)
		return false, says&foreignAbout != 0 // the balance of the account
	}
	says, start, link, about := foreignCueBefore(r.t, end, r.number)
	if says != 0 || about {
		r.found |= says
		return false, true
	}
	if link && end-start > 1 && (c&cueLink == 0 && phrase(precedingWord(r.t, j), r.t[j:end]) == 0 || start < j) {
		r.i = start
		return true, true
	}
	return false, false
}

// numeral reads a number that stands where a word might: another of which the same cue
// speaks, or how many digits ours has.
func (r *cueReader) numeral(end int) (more bool) {
	t := r.t
	if r.joined || r.listed && byteAt(t, end) == ',' {
		if n := likeNumber(t, end, r.number); n > 0 {
			r.i, r.joined, r.listed = end-n, false, true
			return true
		}
	}
	r.i = end - 1 // as many digits
	return r.counted && digit(t[end-1]) && !alnum(byteAt(t, end-2))
}

// word reads the word t[j:end], which says c by itself.
func (r *cueReader) word(c cue, j, end int) (more bool) {
	t := r.t
	if c&cueAccount != 0 && r.countsAccounts(j, end) {
		return false
	}
	if c == 0 && r.named {
		from := j
		j = lastCamel(t, j, end)
		if c = cueOf(t[j:end]); c == 0 {
			said := namedPair(t, j, end)
			if r.i == r.number {
				said |= cuesIn(t[from:end]) // AccountIdentifier
			}
			if said == 0 && r.labelled(end) && !aboutKey(t[j:end]) {
				said = labelSays(t, end)
			}
			if said != 0 || aboutKey(t[j:end]) {
				r.found |= said
				return false
			}
		}
	}
	if r.counted = r.counted || string(t[j:end]) == "digits"; r.counted && c&cueEnding != 0 {
		c |= cueCard // the last six digits, whatever of
	}
	if end-j > len(transferType) && string(t[j:j+len(transferType)]) == transferType {
		j += len(transferType)
		c |= cueOf(t[j:end])
	}
	if end-j == 1 {
		c |= abbreviated(t, j)
	}
	if end-j <= len("acc") && j > 0 && digit(t[j-1]) && (end == r.i || end-j == len("ac")) { // of a commit, 79e2ac0
		return false
	}
	if c == 0 && quickenField(t, j, end) {
		j++
		c = cueOf(t[j:end]) &^ (cueLink | cueEnding | cueStarting)
	}
	c |= phrased(t, j, end, r.named)
	c &^= cuePhrase
	r.found |= c &^ cueLink
	r.i = j
	return c.carries(end - j)
}

// mostLedger is how many digits the number of an account in the books of a firm has.
const mostLedger = 6

// countsAccounts tells whether the words before the word t[j:end] for an account say that
// what follows is how many there are, or one of the books of a firm: number of accounts,
// GL account.
func (r *cueReader) countsAccounts(j, end int) bool {
	before := precedingWord(r.t, j)
	switch {
	case sameWord(r.t[j:end], "accounts") && sameWord(before, "of"):
		k := bytes.LastIndexByte(r.t[:j], before[0])
		return sameWord(precedingWord(r.t, k), "number")
	case sameWord(before, "gl") || sameWord(before, "ledger"):
		return digitsFrom(r.t, r.number) <= mostLedger
	}
	return false
}

// carries tells whether the words before a word of so many letters that says c may say
// more: it is a link, says of which digits a cue speaks, or is a short word for something
// of a bank, as the first of "sort code".
func (c cue) carries(letters int) bool {
	const short = 4 // letters
	return c&(cueLink|cueEnding|cueStarting) != 0 || c != 0 && (letters <= short || c&(cueAccount|cueSort|cueRouting|cueBSB|cueSSN) != 0)
}

// precedingWord returns the word before the one that begins at t[i].
func precedingWord(t []byte, i int) []byte {
	for end := i; i > 0 && end-i < cueGap && t[i-1] < utf8.RuneSelf && !alnum(t[i-1]); i-- {
	}
	end := i
	for i > 0 && letter(t[i-1]) && end-i < longestCue {
		i--
	}
	return t[i:end]
}

// conjunction tells whether a word joins two numbers of which one cue speaks.
func conjunction(word []byte) bool {
	var low [len("oder")]byte
	if len(word) > len(low) {
		return false
	}
	for i, c := range word {
		low[i] = lower(c)
	}
	switch string(low[:len(word)]) {
	case "and", "or", "to", "und", "oder", "et", "ou", "y", "e", "en", "og", "och", "i", "oraz", "ja":
		return true
	}
	return false
}

// likeNumber returns the size of the number that ends at t[end], if it has as many
// digits as the one that begins at t[i], six or more; 0 if not.
func likeNumber(t []byte, end, i int) int {
	want := 0
	for k := i; k < len(t) && (digit(t[k]) || inNumber(t, k)); k++ {
		if digit(t[k]) {
			if want++; want > maxAccount {
				return 0
			}
		}
	}
	k := end
	for k > 0 && want > 0 && (digit(t[k-1]) || inNumber(t, k-1)) {
		if k--; digit(t[k]) {
			want--
		}
	}
	if n := end - k; want == 0 && n >= minAccount && !alnum(byteAt(t, k-1)) {
		return n
	}
	return 0
}

// inNumber tells whether t[i] is a space or a dash between two digits.
func inNumber(t []byte, i int) bool {
	return (t[i] == ' ' || t[i] == '-') && i > 0 && digit(t[i-1]) && i+1 < len(t) && digit(t[i+1])
}

// lastCamel returns where the last word of the name t[i:end] begins: customerAccount.
func lastCamel(t []byte, i, end int) int {
	for j := end - 1; j > i; j-- {
		if camel(t, j) {
			return j
		}
	}
	return i
}

// quickenField tells whether the letter t[j] names a field of a QIF file, the payee, the
// memo or the category, and the word t[j+1:end] is its value: PAccount 12345678.
func quickenField(t []byte, j, end int) bool {
	const least = 6 // letters of a word in lower case, so that it is not the rest of another
	if j == 0 || t[j-1] != '\n' || end-j < 2 || t[j] != 'P' && t[j] != 'M' && t[j] != 'L' {
		return false
	}
	return byteClass[t[j+1]]&isUpper != 0 || end-j > least
}

// phrased returns what the word t[j:end] says together with the one before it, or
// with a mark or capitals of its own. The words of a name may be glued: customerTaxId.
func phrased(t []byte, j, end int, named bool) cue {
	if w := t[j:end]; string(w) == "EIN" {
		return cueCapital
	} else if len(w) == len("ss") && lower(w[0]) == 's' && lower(w[1]) == 's' && byteAt(t, end) == '#' {
		return cueSSN
	}
	if ownerOf(t, j, end) {
		return cueLink
	}
	i := j
	for i > 0 && j-i < cueGap && t[i-1] < 0x80 && !alnum(t[i-1]) {
		i--
	}
	from := i
	for from > 0 && letter(t[from-1]) && i-from < longestCue {
		from--
	}
	if named {
		from = lastCamel(t, from, i)
	}
	return phrase(t[from:i], t[j:end])
}

// phrase returns what two words say together.
func phrase(first, second []byte) cue {
	if cueOf(first)&(cuePhrase|cueSSN) == 0 {
		return 0
	}
	var low [2][longestCue]byte
	for i, c := range first {
		low[0][i] = lower(c)
	}
	second = second[:min(len(second), longestCue)]
	for i, c := range second {
		low[1][i] = lower(c)
	}
	a, b := string(low[0][:len(first)]), string(low[1][:len(second)])
	switch {
	case a == "tax" && (b == "id" || b == "identification" || b == "identifier" || b == "number" || b == "no" || b == "nr" || b == "file" || b == "payer"):
		return cueTax | cueEmployer
	case (a == "soc" || a == "ss") && (b == "sec" || b == "number" || b == "no"):
		return cueSSN
	case a == "social" && b == "insurance", a == "permanent" && b == "account": // of India
		return cueTax
	case a == "bank" && b == "identification":
		return cueRouting
	case (a == "public" || a == "internal") && b == "identification", a == "loan" && (b == "number" || b == "no" || b == "nr" || b == "num"):
		return cueAccount
	case (a == "tekuci" || a == "ziro" || a == "bankovni" || a == "transakcijski") && (b == "racun" || b == "ucet"), a == "broj" && b == "racuna", a == "tai" && b == "khoan":
		return cueAccount
	}
	return 0
}

// transferType is the type of a transaction in SWIFT's :61: (MT940), to which what
// follows is glued.
const transferType = "NTRF"

// abbreviated returns what the single letter t[i] says: a/c, s/c and r/t are cues,
// any other carries one on, but for č. ú.
func abbreviated(t []byte, i int) cue {
	if lower(t[i]) == 'u' && i > 1 && byteAt(t, i+1) == '.' && accountCU(t[:i]) {
		return cueAccount
	}
	if lower(t[i]) == 't' && i > 1 && t[i-1] == '/' && lower(t[i-2]) == 'r' && (i == 2 || !alnum(t[i-3])) { // R/T
		return cueRouting
	}
	if lower(t[i]) != 'c' || i < 2 || t[i-1] != '/' || i > 2 && alnum(t[i-3]) {
		return cueLink
	}
	switch lower(t[i-2]) {
	case 'a', 'c', 'p', 'k': // conto corrente, расчётный and корреспондентский счёт
		return cueAccount
	case 's':
		return cueSort
	}
	return cueLink
}

// accountCU tells whether a text ends in "č. " or "č.", which goes on "ú." for číslo
// účtu.
func accountCU(t []byte) bool {
	t = bytes.TrimRight(t, " ")
	n := len(t)
	return n > 1 && t[n-1] == '.' && lower(t[n-2]) == 'c' && !alnum(byteAt(t, n-3))
}
