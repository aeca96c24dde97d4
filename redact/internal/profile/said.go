package profile

import (
	"bytes"
	"math/bits"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
)

// A few digits or a word with digits may be a secret by the words before it alone:
// PIN 4821, your code is 071431, password Xk29ab.

// MinCodeDigits is the fewest digits of such a code.
const MinCodeDigits = 3

// codeLinks may stand between the name of a code and the code: PIN for my card 4821.
var codeLinks = [...]string{"on", "is", "for", "no", "number", "the", "of", "card", "to", "code", "my", "your", "this", "bank", "debit", "credit", "was", "now", "new", "as", "changed", "updated", "back", "int", "war"}

// LinksCode tells whether a word is one of them, or the s of "PIN's".
func LinksCode(word []byte) bool {
	if len(word) > len("changed") {
		return false
	}
	for _, link := range codeLinks {
		if cue.SameWord(word, link) {
			return true
		}
	}
	return len(word) == 1 && char.Lower(word[0]) == 's'
}

// CodeReach is the most words between a code and what announces it.
const CodeReach = 6

// linked tells whether the word that ends at t[:end], and others before it, may link a code
// to its name.
func (m *Planes) linked(t []byte, end int) bool {
	for range CodeReach {
		from := m.wordStart(end)
		if end-from > 1 && wordEnds[t[end-2]&31][t[end-1]&31]&endsLink == 0 || !LinksCode(t[from:end]) {
			return credential.EndsAsCode(t[from:end])
		}
		if end = bits.Len64(m.Letter & (1<<from - 1)); end < 2 {
			return false
		}
	}
	return true
}

// told tells whether a word that may announce a secret is the last one before three
// digits or more of a block, or before the first word in which letters and digits meet.
// Or a word for "is" in another language stands there, and one for a secret before that,
// which is told abroad: el pin de la tarjeta es 1234.
func (m *Planes) told(t []byte) (told, abroad bool) {
	codes := m.Digit &^ ((m.Digit | m.Letter) << 1) & (m.Digit >> 1) & (m.Digit >> 2)
	for ; codes != 0; codes &= codes - 1 {
		end := bits.Len64(m.Letter & (codes&-codes - 1))
		if end < 2 {
			continue
		}
		kind := wordEnds[t[end-2]&31][t[end-1]&31]
		if kind == 0 {
			told = told || t[end-2] == '\'' && end > 4 && announces(t, end-2) // PIN's 6773
			continue
		}
		told = told || announces(t, end)
		if kind&endsIs != 0 {
			i, from := bits.TrailingZeros64(codes), m.wordStart(end)
			if tellsAbroad(t, from, end) && foreignTold(t, i, end) {
				return true, true
			}
			switch string(t[from:end]) {
			case "was":
				told = true
			case "ist", "lautet":
				told = told || hasTAN(t[:from])
			}
		}
		told = told || kind&endsLink != 0 && m.linked(t, end)
		told = told || kind&endsUse != 0 && m.used(t, bits.TrailingZeros64(codes), end)
	}
	told = told || len(t) >= leastAsCode && m.codeAs(t)
	if told {
		return true, false
	}
	if m.Digit&1 != 0 && yours(t, bits.TrailingZeros64(^m.Digit)) {
		return true, false
	}
	glued := m.Digit & (m.Letter<<1 | m.Letter>>1)
	if glued == 0 {
		return len(t) >= leastWords && (m.options()|m.Other&(m.Other>>1) != 0 || t[0] == 'G') && m.apart(t), false
	}
	i := bits.TrailingZeros64(glued)
	if m.toldAt(t, i) || m.commanded(t) || m.toldBehind(t, i) || m.headed(t) || m.toldDevice(t, i) || m.credited(t, i) {
		return true, false
	}
	if m.toldLater(t, i, glued) {
		return true, false
	}
	from := bits.Len64(^(m.Letter | m.Digit) & (1<<i - 1))
	if foreignTold(t, from, bits.Len64(m.Letter&(1<<from-1))) {
		return true, true
	}
	space := bits.Len64(^(m.Letter | m.Digit | m.Other) & (1<<i - 1))
	if space == 0 {
		return m.called(t) || m.prompted(t), false
	}
	marks := m.Other & (1<<i - 1) >> space // in a password
	if m.toldAbroad(t, i) {
		return true, true
	}
	return marks != 0 && m.toldBefore(t, space) || m.called(t) || m.prompted(t), false
}

// wordStart returns where the letters begin that end at t[:end].
func (m *Planes) wordStart(end int) int {
	return bits.Len64(^m.Letter & (1<<end - 1))
}

// used tells whether "use" or "enter" ends at t[:end], right before the digits at t[i:], of
// which the text says behind them that they let somebody in: Use 167636 to verify ….
func (m *Planes) used(t []byte, i, end int) bool {
	switch from := m.wordStart(end); end - from {
	case len("use"), len("enter"):
		return end+1 == i && (cue.SameWord(t[from:end], "use") || cue.SameWord(t[from:end], "enter")) && UsesCode(t[i+bits.TrailingZeros64(^(m.Digit>>i)):])
	}
	return false
}

// codeAs tells whether a text says behind three digits or more that they are a code, as in
// "they texted me 123456 as the code".
func (m *Planes) codeAs(t []byte) bool {
	ends := m.Digit & (m.Digit << 1) & (m.Digit << 2) &^ (m.Digit >> 1)
	two := m.Letter &^ (m.Letter << 1) & (m.Letter >> 1) &^ (m.Letter >> 2) // where words of two letters begin
	for words := ends << 2 & two; words != 0; words &= words - 1 {
		if i := bits.TrailingZeros64(words) - 1; i+len(AsWord) < len(t) && string(t[i:i+len(AsWord)]) == AsWord {
			return true
		}
	}
	return false
}

// AsWord stands between a code and what it is, in a text of so many bytes at least.
const (
	AsWord      = " as "
	leastAsCode = len("123456 as the login code")
)

// toldBehind tells whether "is" or "as" stands behind the word in which the byte t[i] is:
// hunter2x is the password.
func (m *Planes) toldBehind(t []byte, i int) bool {
	const is, longest = " is ", credential.LongestQuoted
	k := i + bits.TrailingZeros64(^((m.Letter | m.Digit | m.Other) >> i))
	if k >= Block { // it goes on in the next one
		for k < len(t) && t[k] > ' ' && k-i < longest {
			k++
		}
	}
	if k+len(is) >= len(t) || t[k+2] != 's' || t[k+1] != 'i' && t[k+1] != 'a' || t[k] != ' ' || t[k+3] != ' ' {
		return false
	}
	switch t[k+len(is)] { // the, my, your, our, his
	case 't', 'm', 'y', 'o', 'h':
		return char.At(t, k+len(is)+1) != ' '
	}
	return false
}

// credited tells whether a word for credentials, a name and a mark stand before the word in
// which the byte t[i] is, or that of a password that was changed "from" it.
func (m *Planes) credited(t []byte, i int) bool {
	k := bits.Len64(^(m.Letter | m.Digit) & (1<<i - 1))
	for k > 0 && t[k-1] > ' ' && bytes.IndexByte([]byte("/:|\"'"), t[k-1]) < 0 { // marks of the password
		k--
	}
	if k > 0 && (t[k-1] == '"' || t[k-1] == '\'') {
		k--
	}
	if k < len("rd from ") {
		return false
	}
	if t[k-1] == ' ' {
		if k--; t[k-1] == 'm' {
			return bytes.HasSuffix(t[:k], []byte("rd from"))
		}
	}
	switch t[k-1] {
	case '/', ':', '|':
		return credited(t[:k]) || bytes.Contains(t[:k], []byte("redentials")) || bytes.Contains(t[:k], []byte("reds")) || bytes.Contains(t[:k], []byte("REDENTIALS"))
	}
	return false
}

// credited tells whether a word for credentials in another language stands in a text of one
// block.
func credited(t []byte) bool {
	for _, word := range [...]string{"redenziali", "redencia", "dentifiants", "ugangsdaten", "ogindaten", "nloggegevens"} {
		if bytes.Contains(t, []byte(word)) {
			return true
		}
	}
	return false
}

// toldDevice tells whether the name of a secret of a network device stands before the word in
// which the byte t[i] is: community, key.
func (m *Planes) toldDevice(t []byte, i int) bool {
	words := m.Letter | m.Digit
	end := bits.Len64(m.Letter & (1<<bits.Len64(^words&(1<<i-1)) - 1))
	return end > len("key") && char.Lower(t[end-1]) == 'y' && (char.Lower(t[end-2]) == 'b' && t[end-3] == ' ' || !char.Letter(t[end-4]) && bytes.HasSuffix(t[:end], []byte("key")) || bytes.HasSuffix(t[:end], []byte("community")))
}

// headed tells whether a block has the word for a password behind that for a user and a
// slash or a bracket: ID/PW.
func (m *Planes) headed(t []byte) bool {
	for starts := m.Letter & (m.Letter >> 1) & (m.Other << 1); starts != 0; starts &= starts - 1 {
		if i := bits.TrailingZeros64(starts); char.Lower(t[i]) == 'p' && (t[i-1] == '/' || t[i-1] == '(') && (char.Lower(t[i+1]) == 'w' || char.Lower(t[i+1]) == 'a') {
			return true
		}
	}
	return false
}

// commanded tells whether an option of one letter stands in a block, and before it what may
// be the name of a command that takes a password: sshpass -p …, zip -P ….
func (m *Planes) commanded(t []byte) bool {
	words := m.Letter | m.Digit
	options := m.Joiner & (m.Letter >> 1) &^ (m.Joiner<<1 | (words|m.Other)<<1) &^ 1
	for ; options != 0; options &= options - 1 {
		if i := bits.TrailingZeros64(options); t[i] == '-' && t[i-1] == ' ' {
			return keyStart(t, words&(1<<i-1), false)
		}
	}
	return false
}

// called tells whether what may be the name of a call that takes a password stands in a block
// before its bracket: auth("…").
func (m *Planes) called(t []byte) bool {
	for opens := m.Other & ((m.Letter | m.Digit) << 1); opens != 0; opens &= opens - 1 {
		i := bits.TrailingZeros64(opens)
		if t[i] != '(' {
			continue
		}
		for i > 0 && char.Digit(t[i-1]) { // PBKDF2
			i--
		}
		if i > 1 && callEnds.Has(t[i-2], t[i-1]) {
			return true
		}
	}
	return false
}

// callEnds has the last two letters of the names of these calls.
var callEnds = func() (pairs cue.LetterPairs) {
	for _, name := range [...]string{"auth", "basic", "login", "begin", "connect", "addAP", "FTP", "Authentication", "Password", "Sync", "hash", "hmac", "scrypt", "load", "Keys", "As", "open", "Identity", "Parser", "Serializer", "hashpw", "Credentials", "OpenAI", "Twilio", "Pusher", "Client", "Interceptor", "Sequelize", "authenticate", "Credential", "PBKDF", "Certificate", "type", "val", "verify", "sign", "mysqli", "new"} {
		pairs.Add(name)
	}
	return pairs
}()

// prompted tells whether a command that takes a password by its place begins a text or stands
// behind a prompt.
func (m *Planes) prompted(t []byte) bool {
	i := bits.TrailingZeros64(m.Letter | m.Digit)
	if len(t)-i >= encoded.MinWord && credential.PlacedBloom.Has(t[i:]) {
		return true
	}
	const login = "LOGIN " // of IMAP, behind a tag
	if k := i + bits.TrailingZeros64(^((m.Letter | m.Digit) >> i)) + 1; k > len("a1") && k+len(login) < len(t) && string(t[k:k+len(login)]) == login {
		return true
	}
	for marks := m.Other & (m.Letter >> 2); marks != 0; marks &= marks - 1 {
		if i := bits.TrailingZeros64(marks); (t[i] == '$' || t[i] == '>' || t[i] == '#' || t[i] == '|' || t[i] == '/') && len(t)-i >= encoded.MinWord {
			if t[i+1] == ' ' && credential.PlacedBloom.Has(t[i+2:]) {
				return true
			}
		}
	}
	return false
}

// abroad is told for texts with letters that are not ASCII, in the block all[at:]. What
// languages without such letters say is heard where a sign follows, or six digits.
func (m *Planes) abroad(all []byte, at int) bool {
	words := m.Letter | m.High
	codes := m.Digit &^ ((m.Digit | m.Letter) << 1) & (m.Digit >> 1) & (m.Digit >> 2)
	for left := codes; left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		if end := bits.Len64(words & (1<<i - 1)); end > 0 && foreignTold(all, at+i, at+end) {
			return true
		}
	}
	if at == 0 && codes&1 != 0 {
		if end := cue.CodeEnd(all, 0); end > 0 && cue.ForeignAfter(all, end, true)&cue.ForeignCode != 0 {
			return true
		}
	}
	glued := m.Digit & (m.Letter<<1 | m.Letter>>1)
	if glued == 0 {
		return false
	}
	from := bits.Len64(^(m.Letter | m.Digit) & (1<<bits.TrailingZeros64(glued) - 1))
	if before := ^(m.Letter | m.Digit | m.Other) & (1<<from - 1); from > 0 && !(m.High>>(from-1)&1 != 0) && all[at+from-1] > ' ' && foreignTold(all, at+bits.Len64(before), at+bits.Len64(words&(1<<bits.Len64(before)-1))) { // marks of the password
		return true
	}
	return foreignTold(all, at+from, at+bits.Len64(words&(1<<from-1)))
}

// MaySecret tells whether one of the words of a block up to t[:end] may be one for a
// secret in another language.
func (m *Planes) MaySecret(t []byte, end int) bool {
	before := uint64(1)<<end - 1
	if m.High&before != 0 {
		return true
	}
	w := cue.ForeignWords
	three := m.Letter & (m.Letter << 1) & (m.Letter << 2)
	for ends := m.Letter &^ (m.Letter >> 1) & before; ends != 0; ends &= ends - 1 {
		i := bits.TrailingZeros64(ends)
		switch {
		case three>>i&1 != 0:
			if w.Secrets.Has(t[i-2:i+1]) && (i == 2 || three>>(i-1)&1 == 0 || w.MayEnd(t[i-3:i+1])) {
				return true
			}
		case i > 0 && m.Letter>>(i-1)&1 != 0 && w.Pairs.Has(t[i-1], t[i]):
			return true
		}
	}
	return false
}

// foreignTold tells whether the words of another language, of which the last one ends
// at t[:end], say of the value at t[i] that it is a secret.
func foreignTold(t []byte, i, end int) bool {
	if end == 0 || !cue.ForeignWords.Tells(t[:end], &cue.ForeignWords.Lasts) || !cue.ForeignWords.TellsAny(t[:end]) {
		return false
	}
	says, _, _ := cue.ForeignSays(t, i)
	return says != 0
}

// yours tells whether the first n bytes of a text are a code that is somebody's.
func yours(t []byte, n int) bool {
	return n > MinCodeDigits && len(t) > n+len(YourCode) && t[n+1] == 'i' && (string(t[n:n+len(YourCode)]) == YourCode || string(t[n:n+len(TheCode)]) == TheCode || hasTAN(t[n:]))
}

// hasTAN tells whether a block has the name of the code of a German bank for one transaction.
func hasTAN(t []byte) bool { return bytes.Contains(t[:min(len(t), Block)], []byte("TAN")) }

// toldAt is told for the word in which the byte t[i] is.
func (m *Planes) toldAt(t []byte, i int) bool {
	words := m.Letter | m.Digit
	return m.toldBefore(t, bits.Len64(^words&(1<<i-1)))
}

// mostGlued is how many words in which letters and digits meet are looked at: user qa1 with
// password ….
const mostGlued = 3

// toldLater is toldAt for the words behind that of the byte t[i].
func (m *Planes) toldLater(t []byte, i int, glued uint64) bool {
	words := m.Letter | m.Digit | m.Other
	for range mostGlued {
		i += bits.TrailingZeros64(^(words >> i)) // the end of the word
		if i >= Block {
			return false
		}
		if glued &= ^uint64(0) << i; glued == 0 {
			return false
		}
		if i = bits.TrailingZeros64(glued); m.toldAt(t, i) {
			return true
		}
	}
	return false
}

// toldAbroad tells whether a word for "is" in another language stands before the word
// in which the byte t[i] is, and a word that may announce a secret before that.
func (m *Planes) toldAbroad(t []byte, i int) bool {
	spaces := ^(m.Letter | m.Digit | m.Other) & (1<<i - 1)
	end := bits.Len64(spaces) - 1
	if end <= 0 {
		return false
	}
	from := bits.Len64(spaces & (1<<end - 1))
	if from == 0 || !tellsAbroad(t, from, end) {
		return false
	}
	return m.toldBefore(t, from) || foreignTold(t, bits.Len64(spaces), end)
}

// tellsAbroad tells whether the word t[from:end] is one for "is" in another language; "on"
// of Finnish only behind a word that ends as those for a password and a code do.
func tellsAbroad(t []byte, from, end int) bool {
	if end-from > len("lautet") || from < len("pin ") {
		return false
	}
	switch string(t[from:end]) {
	case "on":
		c := char.Lower(t[from-2])
		return c == 'u' || c == 'i' || c == 'a'

	case "est", "es", "ist", "lautet", "jest", "je", "er", "e", "\u00e8", "\u00e9", "\u00e4r", "este", "war", "foi", "adalah", "la": // Vietnamese, too, as it is folded
		return true
	}
	return false
}

// toldBefore tells whether the last letters before t[i] are those of a word that may
// announce a secret.
func (m *Planes) toldBefore(t []byte, i int) bool {
	end := bits.Len64(m.Letter & (1<<i - 1))
	return end >= 2 && announces(t, end)
}

// YourCode stands between a code that is used once and what it is.
const YourCode = " is your "

// TheCode stands between such a code and a name that means nothing else.
const TheCode = " is the "

// UsesCode tells whether a text says that what stands before it lets somebody in.
func UsesCode(t []byte) bool {
	for _, use := range [...]string{" to log", " to sign", " to verify", " to confirm", " to authori", " to complete your", " to access", " to reset"} {
		if bytes.HasPrefix(t, []byte(use)) {
			return true
		}
	}
	return false
}
