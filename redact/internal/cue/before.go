package cue

import (
	"bytes"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/redact/internal/bankaccount"
	"github.com/counterfoil/counterfoil/redact/internal/char"
)

// The words before a number, read from the last one back to the first.

// Reach of a cue: so many words back.
const (
	reach      = 6
	LongestCue = 36
)

// reader reads what the words before a number say of it.
type reader struct {
	t       []byte
	number  int  // where the number begins
	i       int  // where what was read begins
	found   Set  // what was said
	counted bool // the word "digits" was seen
	named   bool // a sign of assignment was seen: the words may be those of one name
	joined  bool // nothing but "and" was seen, or the like: another number may stand before it
	listed  bool // and then commas
}

// Before collects the cues among the words that stand right before t[i], as far as
// link words carry them. Where the text begins, the leaf's own key speaks for it.
func Before(t []byte, i int, key Set) Set {
	r := reader{t: t, number: i, i: i}
	for range reach {
		if !r.step(key) {
			break
		}
	}
	if r.found == 0 && relative(t, i) {
		return Account
	}
	if r.found == 0 && i > 0 && t[i-1] == '\n' {
		return headSays(char.LineBefore(t, i-1, WidestGap))
	}
	return r.found
}

// relativeReach is how far before a number, in bytes, the word for an account stands to
// which a clause belongs: the account that we opened for him last week is ….
const relativeReach = 64

// relative tells whether the words before the number t[i] are a clause that says of an
// account which one it is: the account I use is 12345678, account I pay from: 12345678.
func relative(t []byte, i int) bool {
	if i < len("account I: ") || t[i-1] != ' ' {
		return false
	}
	end := i - 1
	switch c := t[end-1]; {
	case c == ':' || c == ',':
		end--
	case c != 's':
		return false
	case SameWord(PrecedingWord(t, i), "is") || SameWord(PrecedingWord(t, i), "was"):
	default:
		return false
	}
	clause := t[max(0, end-relativeReach):end]
	k := bytes.LastIndex(clause, []byte("ccount "))
	if k < 1 || char.Lower(clause[k-1]) != 'a' || bytes.ContainsAny(clause[k:], ".;:\n=\"|") {
		return false
	}
	clause = clause[k+len("ccount "):]
	n := bytes.IndexByte(clause, ' ')
	if n < 0 {
		return false
	}
	for _, who := range [...]string{"i", "i'm", "i've", "we", "we're", "you", "he", "she", "they", "that", "which"} {
		if SameWord(clause[:n], who) {
			return true
		}
	}
	return false
}

// headSays returns what a line says of the number that the next one begins with, where
// its words are the heads of columns that single spaces set apart, as in the text of a
// PDF: "Account Number Statement Period". Of these only the first is told from the next.
func headSays(line []byte) Set {
	first, rest, ok := bytes.Cut(bytes.TrimLeft(line, " "), []byte(" "))
	if !ok || Of(first)&Account == 0 || char.DigitsIn(rest) > 0 {
		return 0
	}
	second, third, _ := bytes.Cut(rest, []byte(" "))
	if !numberWord(bytes.TrimRight(second, ".:#")) || char.ByteClass[char.At(third, 0)]&char.IsUpper == 0 { // account number of users
		return 0
	}
	return Account
}

// numberWord tells whether a word says that a number follows.
func numberWord(word []byte) bool {
	return SameWord(word, "number") || SameWord(word, "no") || SameWord(word, "nr") || SameWord(word, "num") || SameWord(word, "numbers")
}

// numberedReach is how far back Numbered looks, in bytes: over two words and what stands
// between them and behind.
const numberedReach = 2*LongestCue + 8

// Numbered tells whether the words right before t[i] say that the number of an account
// follows: account number, account no.:, account number is, Kontonummer.
func Numbered(t []byte, i int) bool {
	t = t[max(0, i-numberedReach):i]
	word, before := lastWord(t)
	if SameWord(word, "is") {
		word, before = lastWord(before)
	}
	if Of(word)&Account != 0 {
		n := len(word)
		for _, end := range [...]string{"number", "nummer", "nr", "no", "numero"} {
			if k := n - len(end); k > 1 && SameWord(word[k:], end) {
				return true
			}
		}
		return false
	}
	if !numberWord(word) && !SameWord(word, "nummer") && !SameWord(word, "numero") {
		return false
	}
	word, _ = lastWord(before)
	return Of(word)&Account != 0
}

// lastWord returns the last word of a text, the marks behind it aside, and what is before it.
func lastWord(t []byte) (word, before []byte) {
	t = bytes.TrimRight(t, " :#=.\"_")
	i := len(t)
	for i > 0 && char.Letter(t[i-1]) {
		i--
	}
	return t[i:], t[:i]
}

// step reads what stands before t[i], a word or a number as long as ours, and tells
// whether what is before that may say more.
func (r *reader) step(key Set) (more bool) {
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
	for j > 0 && char.Letter(r.t[j-1]) && end-j < LongestCue {
		j--
	}
	switch {
	case j == end:
		return r.numeral(end)
	case conjunction(r.t[j:end]) && char.At(r.t, j-1) != '.' && char.At(r.t, j-1) < utf8.RuneSelf: // D.N.I., the end of счет as it folds
		r.i, r.joined = j, true
		return true
	}
	r.joined = false
	c := Of(r.t[j:end])
	if more, done := r.foreignLast(c, j, end); done {
		return more
	}
	return r.word(c, j, end)
}

// gap reads the marks and tags before t[i] and returns where the word before them ends.
func (r *reader) gap() (end int, more bool) {
	var g gapBefore
	if r.i == r.number {
		g = ValueGap(r.t, r.i)
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
func (r *reader) foreign(end int) (more bool) {
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
func (r *reader) labelled(end int) bool {
	return r.i == r.number && bytes.ContainsAny(r.t[end:r.i], ":=>")
}

// foreignLast reads words of another language that end with the word t[j:end], which
// says c; done is false where it stands for itself.
func (r *reader) foreignLast(c Set, j, end int) (more, done bool) {
	if c&^(Link|phrase) != 0 {
		if c&Account == 0 {
			return false, false
		}
		says, _ := ForeignWords.before(r.t, end)
		return false, says&ForeignAbout != 0 // the balance of the account
	}
	says, start, link, about := foreignCueBefore(r.t, end, r.number)
	if says != 0 || about {
		r.found |= says
		return false, true
	}
	if link && end-start > 1 && (c&Link == 0 && phraseOf(PrecedingWord(r.t, j), r.t[j:end]) == 0 || start < j) {
		r.i = start
		return true, true
	}
	return false, false
}

// numeral reads a number that stands where a word might: another of which the same cue
// speaks, or how many digits ours has.
func (r *reader) numeral(end int) (more bool) {
	t := r.t
	if r.joined || r.listed && char.At(t, end) == ',' {
		if n := likeNumber(t, end, r.number); n > 0 {
			r.i, r.joined, r.listed = end-n, false, true
			return true
		}
	}
	r.i = end - 1 // as many digits
	return r.counted && char.Digit(t[end-1]) && !char.Alnum(char.At(t, end-2))
}

// word reads the word t[j:end], which says c by itself.
func (r *reader) word(c Set, j, end int) (more bool) {
	t := r.t
	if c&Account != 0 && r.countsAccounts(j, end) {
		return false
	}
	if c == 0 && r.named {
		from := j
		j = LastCamel(t, j, end)
		if c = Of(t[j:end]); c == 0 {
			said := namedPair(t, j, end)
			if r.i == r.number {
				said |= In(t[from:end]) // AccountIdentifier
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
	if r.counted = r.counted || string(t[j:end]) == "digits"; r.counted && c&Ending != 0 {
		c |= Card // the last six digits, whatever of
	}
	if end-j > len(transferType) && string(t[j:j+len(transferType)]) == transferType {
		j += len(transferType)
		c |= Of(t[j:end])
	}
	if end-j == 1 {
		c |= Abbreviated(t, j)
	}
	if end-j <= len("acc") && j > 0 && char.Digit(t[j-1]) && (end == r.i || end-j == len("ac")) { // of a commit, 79e2ac0
		return false
	}
	if c == 0 && quickenField(t, j, end) {
		j++
		c = Of(t[j:end]) &^ (Link | Ending | Starting)
	}
	c |= phrased(t, j, end, r.named)
	c &^= phrase
	r.found |= c &^ Link
	r.i = j
	return c.carries(end - j)
}

// mostLedger is how many digits the number of an account in the books of a firm has.
const mostLedger = 6

// countsAccounts tells whether the words before the word t[j:end] for an account say that
// what follows is how many there are, or one of the books of a firm: number of accounts,
// GL account.
func (r *reader) countsAccounts(j, end int) bool {
	before := PrecedingWord(r.t, j)
	switch {
	case SameWord(r.t[j:end], "accounts") && SameWord(before, "of"):
		k := bytes.LastIndexByte(r.t[:j], before[0])
		return SameWord(PrecedingWord(r.t, k), "number")
	case SameWord(before, "gl") || SameWord(before, "ledger"):
		return digitsFrom(r.t, r.number) <= mostLedger
	}
	return false
}

// carries tells whether the words before a word of so many letters that says c may say
// more: it is a link, says of which digits a cue speaks, or is a short word for something
// of a bank, as the first of "sort code".
func (c Set) carries(letters int) bool {
	const short = 4 // letters
	return c&(Link|Ending|Starting) != 0 || c != 0 && (letters <= short || c&(Account|Sort|Routing|BSB|SSN) != 0)
}

// PrecedingWord returns the word before the one that begins at t[i].
func PrecedingWord(t []byte, i int) []byte {
	for end := i; i > 0 && end-i < Gap && t[i-1] < utf8.RuneSelf && !char.Alnum(t[i-1]); i-- {
	}
	end := i
	for i > 0 && char.Letter(t[i-1]) && end-i < LongestCue {
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
		low[i] = char.Lower(c)
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
	for k := i; k < len(t) && (char.Digit(t[k]) || InNumber(t, k)); k++ {
		if char.Digit(t[k]) {
			if want++; want > bankaccount.MaxDigits {
				return 0
			}
		}
	}
	k := end
	for k > 0 && want > 0 && (char.Digit(t[k-1]) || InNumber(t, k-1)) {
		if k--; char.Digit(t[k]) {
			want--
		}
	}
	if n := end - k; want == 0 && n >= bankaccount.MinDigits && !char.Alnum(char.At(t, k-1)) {
		return n
	}
	return 0
}

// InNumber tells whether t[i] is a space or a dash between two digits.
func InNumber(t []byte, i int) bool {
	return (t[i] == ' ' || t[i] == '-') && i > 0 && char.Digit(t[i-1]) && i+1 < len(t) && char.Digit(t[i+1])
}

// LastCamel returns where the last word of the name t[i:end] begins: customerAccount.
func LastCamel(t []byte, i, end int) int {
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
	return char.ByteClass[t[j+1]]&char.IsUpper != 0 || end-j > least
}

// phrased returns what the word t[j:end] says together with the one before it, or
// with a mark or capitals of its own. The words of a name may be glued: customerTaxId.
func phrased(t []byte, j, end int, named bool) Set {
	if w := t[j:end]; string(w) == "EIN" {
		return Capital
	} else if len(w) == len("ss") && char.Lower(w[0]) == 's' && char.Lower(w[1]) == 's' && char.At(t, end) == '#' {
		return SSN
	}
	if ownerOf(t, j, end) {
		return Link
	}
	i := j
	for i > 0 && j-i < Gap && t[i-1] < 0x80 && !char.Alnum(t[i-1]) {
		i--
	}
	from := i
	for from > 0 && char.Letter(t[from-1]) && i-from < LongestCue {
		from--
	}
	if named {
		from = LastCamel(t, from, i)
	}
	return phraseOf(t[from:i], t[j:end])
}

// phraseOf returns what two words say together.
func phraseOf(first, second []byte) Set {
	if Of(first)&(phrase|SSN) == 0 {
		return 0
	}
	var low [2][LongestCue]byte
	for i, c := range first {
		low[0][i] = char.Lower(c)
	}
	second = second[:min(len(second), LongestCue)]
	for i, c := range second {
		low[1][i] = char.Lower(c)
	}
	a, b := string(low[0][:len(first)]), string(low[1][:len(second)])
	switch {
	case a == "tax" && (b == "id" || b == "identification" || b == "identifier" || b == "number" || b == "no" || b == "nr" || b == "file" || b == "payer"):
		return Tax | Employer
	case (a == "soc" || a == "ss") && (b == "sec" || b == "number" || b == "no"):
		return SSN
	case a == "social" && b == "insurance", a == "permanent" && b == "account": // of India
		return Tax
	case a == "bank" && b == "identification":
		return Routing
	case (a == "public" || a == "internal") && b == "identification", a == "loan" && (b == "number" || b == "no" || b == "nr" || b == "num"):
		return Account
	case (a == "tekuci" || a == "ziro" || a == "bankovni" || a == "transakcijski") && (b == "racun" || b == "ucet"), a == "broj" && b == "racuna", a == "tai" && b == "khoan":
		return Account
	}
	return 0
}

// transferType is the type of a transaction in SWIFT's :61: (MT940), to which what
// follows is glued.
const transferType = "NTRF"

// Abbreviated returns what the single letter t[i] says: a/c, s/c and r/t are cues,
// any other carries one on, but for č. ú.
func Abbreviated(t []byte, i int) Set {
	if char.Lower(t[i]) == 'u' && i > 1 && char.At(t, i+1) == '.' && accountCU(t[:i]) {
		return Account
	}
	if char.Lower(t[i]) == 't' && i > 1 && t[i-1] == '/' && char.Lower(t[i-2]) == 'r' && (i == 2 || !char.Alnum(t[i-3])) { // R/T
		return Routing
	}
	if char.Lower(t[i]) != 'c' || i < 2 || t[i-1] != '/' || i > 2 && char.Alnum(t[i-3]) {
		return Link
	}
	switch char.Lower(t[i-2]) {
	case 'a', 'c', 'p', 'k': // conto corrente, расчётный and корреспондентский счёт
		return Account
	case 's':
		return Sort
	}
	return Link
}

// accountCU tells whether a text ends in "č. " or "č.", which goes on "ú." for číslo
// účtu.
func accountCU(t []byte) bool {
	t = bytes.TrimRight(t, " ")
	n := len(t)
	return n > 1 && t[n-1] == '.' && char.Lower(t[n-2]) == 'c' && !char.Alnum(char.At(t, n-3))
}
