package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math/bits"
)

// A few digits or a word with digits may be a secret by the words before it alone:
// PIN 4821, your code is 071431, password Xk29ab.

// minCodeDigits is the fewest digits of such a code.
const minCodeDigits = 3

// tellEnds are the last two letters of the words that announce one.
var tellEnds = makeTellEnds()

func makeTellEnds() (t [32]uint32) {
	for _, word := range [...]string{"pin", "cvv", "cvc", "cvn", "otp", "code", "is", "password", "mdp", "passwd", "pass", "passwort", "pw", "pwd", "passe", "passphrase", "word", "to", "senha", "contrasena", "contraseña", "haslo", "heslo"} {
		a, b := word[len(word)-2], word[len(word)-1]
		t[a&31] |= 1 << (b & 31)
	}
	return t
}

// isEnds are the last two letters of the words for "is" in other languages that are told
// in ASCII alone.
var isEnds = makeIsEnds()

func makeIsEnds() (t [32]uint32) {
	for _, word := range toldIs {
		a, b := word[max(0, len(word)-2)], word[len(word)-1]
		t[a&31] |= 1 << (b & 31)
	}
	return t
}

// toldIs are words for "is".
var toldIs = [...]string{"est", "es", "ist", "lautet", "jest", "je", "er", "on", "este", "war", "foi", "adalah", "la", "was"}

// told tells whether a word that may announce a secret is the last one before three
// digits or more of a block, or before the first word in which letters and digits meet.
// Or a word for "is" in another language stands there, and one for a secret before that,
// which is told abroad: el pin de la tarjeta es 1234.
func (m *planes) told(t []byte) (told, abroad bool) {
	codes := m.digit &^ ((m.digit | m.letter) << 1) & (m.digit >> 1) & (m.digit >> 2)
	for ; codes != 0; codes &= codes - 1 {
		end := bits.Len64(m.letter & (codes&-codes - 1))
		if end < 2 {
			continue
		}
		a, b := t[end-2]&31, t[end-1]&31
		if told = told || tellEnds[a]>>b&1 != 0; isEnds[a]>>b&1 != 0 {
			i, from := bits.TrailingZeros64(codes), m.wordStart(end)
			if tellsAbroad(t, from, end) && foreignTold(t, i, end) {
				return true, true
			}
			told = told || string(t[from:end]) == "was"
		}
		if len(t) >= leastAsCode {
			i := bits.TrailingZeros64(codes)
			told = told || asCode(t, i+bits.TrailingZeros64(^(m.digit>>i)))
		}
	}
	if told {
		return true, false
	}
	if m.digit&1 != 0 && yours(t, bits.TrailingZeros64(^m.digit)) {
		return true, false
	}
	glued := m.digit & (m.letter<<1 | m.letter>>1)
	if glued == 0 {
		return false, false
	}
	i := bits.TrailingZeros64(glued)
	if m.toldAt(t, i) || m.commanded(t) || m.toldBehind(t, i) || m.headed(t) || m.toldDevice(t, i) || m.credited(t, i) {
		return true, false
	}
	space := bits.Len64(^(m.letter | m.digit | m.other) & (1<<i - 1))
	if space == 0 {
		return false, false
	}
	marks := m.other & (1<<i - 1) >> space // in a password
	if (marks != 0 || glued&(glued-1) != 0) && m.toldAbroad(t, i) {
		return true, true
	}
	return marks != 0 && m.toldBefore(t, space), false
}

// wordStart returns where the letters begin that end at t[:end].
func (m *planes) wordStart(end int) int {
	return bits.Len64(^m.letter & (1<<end - 1))
}

// asCode tells whether a text says at t[i:] that the digits before it are a code, as in
// "they texted me 123456 as the code".
func asCode(t []byte, i int) bool {
	return i+len(asWord) < len(t) && t[i] == ' ' && t[i+1] == 'a' && string(t[i:i+len(asWord)]) == asWord
}

// asWord stands between a code and what it is, in a text of so many bytes at least.
const (
	asWord      = " as "
	leastAsCode = len("123456 as the login code")
)

// toldBehind tells whether "is" or "as" stands behind the word in which the byte t[i] is:
// hunter2x is the password.
func (m *planes) toldBehind(t []byte, i int) bool {
	const is, longest = " is ", longestQuoted
	k := i + bits.TrailingZeros64(^((m.letter | m.digit | m.other) >> i))
	if k >= block { // it goes on in the next one
		for k < len(t) && t[k] > ' ' && k-i < longest {
			k++
		}
	}
	if k+len(is) >= len(t) || t[k+2] != 's' || t[k+1] != 'i' && t[k+1] != 'a' || t[k] != ' ' || t[k+3] != ' ' {
		return false
	}
	switch t[k+len(is)] { // the, my, your, our, his
	case 't', 'm', 'y', 'o', 'h':
		return byteAt(t, k+len(is)+1) != ' '
	}
	return false
}

// credited tells whether a word for credentials, a name and a mark stand before the word in
// which the byte t[i] is, or that of a password that was changed "from" it.
func (m *planes) credited(t []byte, i int) bool {
	k := bits.Len64(^(m.letter | m.digit) & (1<<i - 1))
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
func (m *planes) toldDevice(t []byte, i int) bool {
	words := m.letter | m.digit
	end := bits.Len64(m.letter & (1<<bits.Len64(^words&(1<<i-1)) - 1))
	return end > len("key") && lower(t[end-1]) == 'y' && (lower(t[end-2]) == 'b' && t[end-3] == ' ' || bytes.HasSuffix(t[:end], []byte(" key")) || bytes.HasSuffix(t[:end], []byte("community")))
}

// headed tells whether a block has the word for a password behind that for a user and a
// slash or a bracket: ID/PW.
func (m *planes) headed(t []byte) bool {
	for starts := m.letter & (m.letter >> 1) & (m.other << 1); starts != 0; starts &= starts - 1 {
		if i := bits.TrailingZeros64(starts); lower(t[i]) == 'p' && (t[i-1] == '/' || t[i-1] == '(') && (lower(t[i+1]) == 'w' || lower(t[i+1]) == 'a') {
			return true
		}
	}
	return false
}

// commanded tells whether an option of one letter stands in a block, and before it what may
// be the name of a command that takes a password: sshpass -p …, zip -P ….
func (m *planes) commanded(t []byte) bool {
	words := m.letter | m.digit
	options := m.joiner & (m.letter >> 1) &^ (m.joiner<<1 | (words|m.other)<<1) &^ 1
	for ; options != 0; options &= options - 1 {
		if i := bits.TrailingZeros64(options); t[i] == '-' && t[i-1] == ' ' {
			return keyStart(t, words&(1<<i-1), false)
		}
	}
	return false
}

// abroad is told for texts with letters that are not ASCII, in the block all[at:]. What
// languages without such letters say is heard where a sign follows, or six digits.
func (m *planes) abroad(all []byte, at int) bool {
	words := m.letter | m.high
	codes := m.digit &^ ((m.digit | m.letter) << 1) & (m.digit >> 1) & (m.digit >> 2)
	for left := codes; left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		if end := bits.Len64(words & (1<<i - 1)); end > 0 && foreignTold(all, at+i, at+end) {
			return true
		}
	}
	if at == 0 && codes&1 != 0 {
		if end := codeEnd(all, 0); end > 0 && foreignAfter(all, end, true)&foreignCode != 0 {
			return true
		}
	}
	glued := m.digit & (m.letter<<1 | m.letter>>1)
	if glued == 0 {
		return false
	}
	from := bits.Len64(^(m.letter | m.digit) & (1<<bits.TrailingZeros64(glued) - 1))
	if before := ^(m.letter | m.digit | m.other) & (1<<from - 1); from > 0 && !(m.high>>(from-1)&1 != 0) && all[at+from-1] > ' ' && foreignTold(all, at+bits.Len64(before), at+bits.Len64(words&(1<<bits.Len64(before)-1))) { // marks of the password
		return true
	}
	return foreignTold(all, at+from, at+bits.Len64(words&(1<<from-1)))
}

// maySecret tells whether one of the words of a block up to t[:end] may be one for a
// secret in another language.
func (m *planes) maySecret(t []byte, end int) bool {
	before := uint64(1)<<end - 1
	if m.high&before != 0 {
		return true
	}
	w := foreignWords
	three := m.letter & (m.letter << 1) & (m.letter << 2)
	for ends := m.letter &^ (m.letter >> 1) & before; ends != 0; ends &= ends - 1 {
		i := bits.TrailingZeros64(ends)
		switch {
		case three>>i&1 != 0:
			if w.secrets.has(t[i-2:i+1]) && (i == 2 || three>>(i-1)&1 == 0 || w.mayEnd(t[i-3:i+1])) {
				return true
			}
		case i > 0 && m.letter>>(i-1)&1 != 0 && w.pairs.has(t[i-1], t[i]):
			return true
		}
	}
	return false
}

// foreignTold tells whether the words of another language, of which the last one ends
// at t[:end], say of the value at t[i] that it is a secret.
func foreignTold(t []byte, i, end int) bool {
	if end == 0 || !foreignWords.tells(t[:end], &foreignWords.lasts) || !foreignWords.tellsAny(t[:end]) {
		return false
	}
	says, _, _ := foreignSays(t, i)
	return says != 0
}

// yours tells whether the first n bytes of a text are a code that is somebody's.
func yours(t []byte, n int) bool {
	return n > minCodeDigits && len(t) > n+len(yourCode) && t[n+1] == 'i' && string(t[n:n+len(yourCode)]) == yourCode
}

// toldAt is told for the word in which the byte t[i] is.
func (m *planes) toldAt(t []byte, i int) bool {
	words := m.letter | m.digit
	return m.toldBefore(t, bits.Len64(^words&(1<<i-1)))
}

// toldAbroad tells whether a word for "is" in another language stands before the word
// in which the byte t[i] is, and a word that may announce a secret before that.
func (m *planes) toldAbroad(t []byte, i int) bool {
	spaces := ^(m.letter | m.digit | m.other) & (1<<i - 1)
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
		c := lower(t[from-2])
		return c == 'u' || c == 'i' || c == 'a'

	case "est", "es", "ist", "lautet", "jest", "je", "er", "e", "\u00e8", "\u00e9", "\u00e4r", "este", "war", "foi", "adalah", "la": // Vietnamese, too, as it is folded
		return true
	}
	return false
}

// toldBefore tells whether the last letters before t[i] are those of a word that may
// announce a secret.
func (m *planes) toldBefore(t []byte, i int) bool {
	end := bits.Len64(m.letter & (1<<i - 1))
	return end >= 2 && tellEnds[t[end-2]&31]>>(t[end-1]&31)&1 != 0
}

// tellReach is the most words between a code and what announces it.
const tellReach = 6

// toldCode finds the code behind the name t[i:j]: three or four digits of a PIN or
// a card's security code, up to eight of others.
func (s *scan) toldCode(v *view, i, j int, kind nameKind) bool {
	t := v.t
	most := 4
	if kind == nameDigits {
		most = 8
	}
	for range tellReach {
		j = skipGap(t, j)
		a := j
		if j += digits(t[j:]); j > a {
			if s.encodedCode(v, a, most) {
				return true
			}
			if j-a < minCodeDigits || j-a > most || t[a-1] == '-' || t[a-1] == '/' || alnum(byteAt(t, j)) || marksNumber(byteAt(t, j)) && alnum(byteAt(t, j+1)) {
				return false
			}
			s.secret(v, a, j, "assigned")
			return true
		}
		for j < len(t) && letter(t[j]) {
			j++
		}
		if !linksCode(t[a:j]) {
			return s.encodedCode(v, a, most) || kind == nameDigits && s.toldLater(v, j)
		}
	}
	return false
}

// laterReach is how far behind its name a code stands in the message that brings it:
// "OTP for the transaction of INR 2,500.00 at a shop on card ending 1234 is 483920".
const laterReach = 96

// toldLater finds the code behind the first "is" from t[j] on in the same sentence.
func (s *scan) toldLater(v *view, j int) bool {
	const least, usual, most = 4, 6, 8 // digits
	t := v.t[j:min(len(v.t), j+laterReach)]
	k := bytes.Index(t, []byte(" is "))
	if k < 0 || bytes.Contains(t[:k], []byte(". ")) || bytes.IndexByte(t[:k], '\n') >= 0 {
		return false
	}
	a := j + k + len(" is ")
	n := digits(v.t[a:])
	if b := a + n; n < least || n > most || alnum(byteAt(v.t, b)) || marksNumber(byteAt(v.t, b)) && alnum(byteAt(v.t, b+1)) {
		return false
	}
	if n < usual && (byteAt(v.t, a+n) == ' ' && a+n < len(v.t) || plausibleYear(prefix(v.t[a:], n))) { // 1234 of something
		return false
	}
	s.secret(v, a, a+n, "assigned")
	return true
}

// encodedCode finds a code of at most so many digits in base64 or in hexadecimal at
// t[i].
func (s *scan) encodedCode(v *view, i, most int) bool {
	t := v.t
	j := i
	for j < len(t) && alnum(t[j]) {
		j++
	}
	digits, ok := codeDigits(t[i:j])
	if !ok || digits < minCodeDigits || digits > most {
		return false
	}
	for j < len(t) && t[j] == '=' {
		j++
	}
	s.secret(v, i, j, "assigned")
	return true
}

// codeDigits returns how many digits a word is the base64 or the hexadecimal of.
func codeDigits(word []byte) (n int, ok bool) {
	const longest = 16
	if len(word) < 4 || len(word) > longest {
		return 0, false
	}
	var out [longest]byte
	raw := out[:]
	if k, err := hex.Decode(raw, word); err == nil {
		raw = raw[:k]
	} else if k, err := base64.RawStdEncoding.Decode(raw, word); err == nil {
		raw = raw[:k]
	} else {
		return 0, false
	}
	for _, c := range raw {
		if !digit(c) {
			return 0, false
		}
	}
	return len(raw), true
}

// marksNumber tells whether a mark joins digits to a number of another kind.
func marksNumber(c byte) bool { return c == '.' || c == ',' || c == '-' || c == '/' || c == ':' }

// linksCode tells whether a word may stand between a name and its code.
func linksCode(word []byte) bool {
	var low [8]byte
	if len(word) == 0 || len(word) > len(low) {
		return false
	}
	for i, c := range word {
		low[i] = lower(c)
	}
	switch string(low[:len(word)]) {
	case "is", "code", "number", "no", "for", "my", "your", "the", "this", "card", "bank", "debit", "credit", "was", "now", "new", "to", "as", "changed", "updated", "on", "back", "of", "s", "int":
		return true
	}
	return false
}

// isCode tells whether a name is "code", which alone says nothing.
func isCode(name []byte) bool { return len(name) == len("code") }

// usedCode finds the code beside the name t[i:j] of which the sentence says that it
// lets somebody in: "code 941833 to log in", "941833 is your verification code".
func (s *scan) usedCode(v *view, i, j int) {
	const least, most = 4, 8 // digits
	t, a := v.t, j+1
	b := a
	for b < len(t) && digit(t[b]) {
		b++
	}
	if b-a >= least && b-a <= most && usesCode(t[b:]) {
		s.secret(v, a, b, "assigned")
	}
	lead := t[max(0, i-longestTell):i]
	k := bytes.LastIndex(lead, []byte(yourCode))
	if as := bytes.LastIndex(lead, []byte(asWord)); k < 0 && as >= 0 && ownedName(lead[as+len(asWord):]) && codeName(t, i) {
		k = as
	}
	if k < 0 {
		return
	}
	b = max(0, i-longestTell) + k
	for a = b; a > 0 && digit(t[a-1]); {
		a--
	}
	if b-a >= least && b-a <= most && !alnum(byteAt(t, a-1)) {
		s.secret(v, a, b, "assigned")
	}
}

// minGrant is the shortest code of a grant that is looked for: a voucher is shorter.
const minGrant = 20

// grantCode finds the code in an address to which a server for authorization sends
// somebody back (RFC 6749, 4.1.2): ?code=….
func (s *scan) grantCode(v *view, i, j int) bool {
	t := v.t
	if c := byteAt(t, i-1); c != '?' && c != '&' && c != '#' || byteAt(t, j) != '=' {
		return false
	}
	a := j + 1
	end := s.valueEnd(t, a)
	if value := t[a:end]; len(value) < minGrant || !randomLike(value) || s.r.isToken(value) {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// yourCode stands between a code that is used once and what it is.
const yourCode = " is your "

// usesCode tells whether a text says that what stands before it lets somebody in.
func usesCode(t []byte) bool {
	for _, use := range [...]string{" to log", " to sign", " to verify", " to confirm", " to authori", " to complete your", " to access", " to reset"} {
		if bytes.HasPrefix(t, []byte(use)) {
			return true
		}
	}
	return false
}

// codeName tells whether the word t[i:j], which is "code", is the last of a name of a
// code that is used once or proves that a card is there.
func codeName(t []byte, i int) bool {
	for i > 0 && dividesName(t[i-1]) {
		i--
	}
	end := i
	for i > 0 && letter(t[i-1]) && end-i < longestName {
		i--
	}
	var low [longestName]byte
	for k, c := range t[i:end] {
		low[k] = lower(c)
	}
	switch string(low[:end-i]) {
	case "verification", "security", "authentication", "confirmation", "login", "passcode", "time", "access", "otp", "sms", "fa", "authenticator":
		return true
	}
	return false
}
