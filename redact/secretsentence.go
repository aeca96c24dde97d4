package redact

import "bytes"

// Secrets as people tell them in a message: WPA key …, TOTP seed …, temp password (…),
// "I changed my password from … to …", credentials bob / …, "your code is 271187"; and the
// text of the QR code of a wireless network.

// Limits of such sentences.
const (
	leastNetworkKey = 8 // characters of a passphrase (IEEE 802.11, annex M.4.1)
	longestSeed     = 128
	leastSeed       = 16 // of a seed for codes that are used once, 80 bits in base32 (RFC 4226)
	seedLine        = 4  // signs and spaces between a name and such a value
	pairReachBack   = 48 // bytes of a user's name and the marks behind it
)

// sentenceKind is what a word says together with the one before it.
func sentenceKind(t []byte, i, j int) nameKind {
	switch word := t[i:j]; {
	case sameWord(word, "key") && standsBefore(t, i, "wpa", "wep", "wifi", "fi", "wlan", "network"):
		return nameTold
	case (sameWord(word, "seed") || sameWord(word, "key")) && standsBefore(t, i, "totp", "otp", "fa", "mfa", "authenticator"):
		return nameTold
	}
	return nameNone
}

// toldSecret finds the value of such a name t[i:j].
func (s *scan) toldSecret(v *view, i, j int) {
	t := v.t
	a := j
	for a < len(t) && a-j < seedLine && bytes.IndexByte([]byte(" :=\"'`-"), t[a]) >= 0 {
		a++
	}
	if bytes.HasPrefix(t[a:], []byte("is ")) {
		a = quoted(t, a+len("is "))
	}
	end := endsTrimmed(t, a, s.closedQuote(t, a, s.valueEnd(t, a)), ".!")
	value := t[a:end]
	if seed := base32Run(t, a); seed-a >= leastSeed && digitsIn(t[a:seed]) > 0 && !alnum(byteAt(t, seed)) {
		s.secret(v, a, seed, "assigned")
		return
	}
	if a > j && len(value) >= leastNetworkKey && passwordLike(value) && digitsIn(value) > 0 && !allHexWord(value) && !s.r.isToken(value) && !placeholder(t, a, end) {
		s.secret(v, a, end, "assigned")
	}
}

// allHexWord tells whether a value is a number as programs write one: 0x1f.
func allHexWord(value []byte) bool { return bytes.HasPrefix(value, []byte("0x")) }

// base32Run returns where the letters and digits of base32 (RFC 4648) end at t[i:], which
// may be printed in fours.
func base32Run(t []byte, i int) int {
	most := min(len(t), i+longestSeed)
	for i < most && (byteClass[t[i]]&isUpper != 0 || t[i] >= '2' && t[i] <= '7' || t[i] == ' ' && base32Group(t, i)) {
		i++
	}
	return i
}

// base32Group tells whether a space at t[i] stands between two groups of four.
func base32Group(t []byte, i int) bool {
	const size = 4
	if i < size || i+size >= len(t) {
		return false
	}
	for k := 1; k <= size; k++ {
		if !alnum(t[i-k]) || !alnum(t[i+k]) {
			return false
		}
	}
	return !alnum(byteAt(t, i-size-1)) && !alnum(byteAt(t, i+size+1))
}

// changedPassword finds both values behind the name of a password that ends at t[j]: I
// changed my password from … to ….
func (s *scan) changedPassword(v *view, i, j int) bool {
	const from, to = " from ", " to "
	t := v.t
	if !passwordWord(t[i:j]) || !bytes.HasPrefix(t[j:], []byte(from)) {
		return false
	}
	a := quoted(t, j+len(from))
	b := s.closedQuote(t, a, s.valueEnd(t, a))
	k := quotedEndAt(t, b)
	if !bytes.HasPrefix(t[k:], []byte(to)) {
		return false
	}
	c := quoted(t, k+len(to))
	d := endsTrimmed(t, c, s.closedQuote(t, c, s.valueEnd(t, c)), ".!")
	for _, value := range [...][]byte{t[a:b], t[c:d]} {
		if !passwordLike(value) || secretName(value) != nameNone || s.r.isToken(value) || bytes.IndexByte(value, '/') >= 0 {
			return false
		}
	}
	s.secret(v, a, b, "assigned")
	s.secret(v, c, d, "assigned")
	return true
}

// quotedEndAt returns where the quotes end that close a value at t[i].
func quotedEndAt(t []byte, i int) int {
	for i < len(t) && (t[i] == '"' || t[i] == '\'' || t[i] == '`') {
		i++
	}
	return i
}

// credentialPair finds the password behind a word for credentials that ends at t[j], and a
// user's name: credentials bob / hunter2x.
func (s *scan) credentialPair(v *view, i, j int) bool {
	t := v.t
	if !credentialWord(t[i:j]) {
		return false
	}
	a := j
	for _, link := range [...]string{" are ", " sono ", " son ", " sont ", " sind ", " zijn "} {
		if bytes.HasPrefix(t[j:], []byte(link)) {
			a += len(link)
		}
	}
	if k := credentialOwner(t[j:min(len(t), j+longestTell)]); k > 0 {
		a = j + k
	}
	from := a
	for a < len(t) && a-from < seedLine && (t[a] == ' ' || t[a] == ':') {
		a++
	}
	user := a
	for a < len(t) && a-user < pairReachBack && (alnum(t[a]) || bytes.IndexByte([]byte("._-@"), t[a]) >= 0) {
		a++
	}
	mark := a
	for mark < len(t) && t[mark] == ' ' && mark-a < 2 {
		mark++
	}
	if a == user || user == j || bytes.IndexByte([]byte("/:|"), byteAt(t, mark)) < 0 {
		return false
	}
	for mark++; mark < len(t) && t[mark] == ' '; mark++ {
	}
	end := endsTrimmed(t, mark, s.valueEnd(t, mark), ".)")
	value := t[mark:end]
	if !passwordLike(value) || secretName(value) != nameNone || s.r.isToken(value) || bytes.IndexByte(value, '/') >= 0 {
		return false
	}
	s.secret(v, mark, end, "login")
	return true
}

// credentialWord tells whether a word is one for a user's name and a password together.
func credentialWord(word []byte) bool {
	for _, w := range [...]string{"credentials", "creds", "credenziali", "credenciales", "credenciais", "identifiants", "zugangsdaten", "logindaten", "inloggegevens"} {
		if sameWord(word, w) {
			return true
		}
	}
	return false
}

// credentialOwner returns where the colon stands behind the words that say what credentials
// are for, " for staging:"; 0 if there are none.
func credentialOwner(t []byte) int {
	const mostWords = 4
	for _, link := range [...]string{" for ", " of ", " to ", " per ", " para ", " pour ", " f\u00fcr ", " voor "} {
		if !bytes.HasPrefix(t, []byte(link)) {
			continue
		}
		k := bytes.IndexByte(t, ':')
		if k < 0 || bytes.Count(t[:k], []byte(" ")) > mostWords || bytes.ContainsAny(t[:k], "\n,;=(/") {
			return 0
		}
		return k
	}
	return 0
}

// toldToken finds what looks like a random key some words behind the name t[i:j] of one, in
// the same sentence: the secret for the webhook is …, the api key of yesterday (…).
func (s *scan) toldToken(v *view, i, j int) bool {
	t := v.t
	if !tokenWord(t[i:j]) && !(sameWord(t[i:j], "key") && secretKind(t[:i])) {
		return false
	}
	reach, k, size := t[j:min(len(t), j+longestTell)], -1, 0
	for _, tell := range [...]string{" is ", ": ", " (", " is: "} {
		if at := bytes.Index(reach, []byte(tell)); at >= 0 && (k < 0 || at < k) {
			k, size = at, len(tell)
		}
	}
	if k < 0 || bytes.ContainsAny(reach[:k], ".\n;") {
		return false
	}
	a := quoted(t, j+k+size)
	end := endsTrimmed(t, a, s.reaches.key.of(t, a, tokenEnd), ".")
	value := t[a:end]
	random := randomLike(value) && allKinds(looked(value)) || len(value) >= minSpacedHex && allHex(value)
	if len(value) < minSpaced || !random || uuid(value) || bytes.IndexByte(looked(value), '/') >= 0 || s.r.isToken(value) || alnum(byteAt(t, end)) {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// yourCodeIs finds the code that a message tells behind "your", maybe a name, and the word
// "code" at t[i:j]: your code is 271187, Your Acme code: 4821.
func (s *scan) yourCodeIs(v *view, i, j int) bool {
	const least, most = 4, 8 // digits
	t := v.t
	if isCode(t[i:j]) && !standsBefore(t, i, "your") {
		k := i
		for k > 0 && t[k-1] == ' ' {
			k--
		}
		from := k
		for from > 0 && letter(t[from-1]) {
			from--
		}
		if from == k || byteClass[t[from]]&isUpper == 0 || !standsBefore(t, from, "your") {
			return false
		}
	}
	a := j
	switch {
	case bytes.HasPrefix(t[j:], []byte(" is ")):
		a += len(" is ")
	case bytes.HasPrefix(t[j:], []byte(" is: ")):
		a += len(" is: ")
	case bytes.HasPrefix(t[j:], []byte(": ")):
		a += len(": ")
	default:
		return false
	}
	n := digits(t[a:])
	if n < least || n > most || alnum(byteAt(t, a+n)) || marksNumber(byteAt(t, a+n)) && alnum(byteAt(t, a+n+1)) || byteAt(t, a+n) == ' ' && letter(byteAt(t, a+n+1)) {
		return false
	}
	s.secret(v, a, a+n, "assigned")
	return true
}

// wirelessCode begins the text of the QR code of a wireless network, as ZXing defined it:
// WIFI:T:WPA;S:name;P:password;;.
var wirelessCode = []byte("WIFI:")

// wireless finds the passwords of such texts.
func (s *scan) wireless(v *view) {
	const longest = 256
	t := v.t
	for at := 0; ; {
		i := bytes.Index(t[at:], wirelessCode)
		if i < 0 {
			return
		}
		at += i + len(wirelessCode)
		code := t[at:min(len(t), at+longest)]
		k := bytes.Index(code, []byte(";P:"))
		if k < 0 {
			if !bytes.HasPrefix(code, []byte("P:")) {
				continue
			}
			k = -1
		}
		a := at + k + len(";P:")
		end := a
		for end < len(t) && end-a < longest && t[end] != ';' && t[end] >= ' ' {
			if t[end] == '\\' && end+1 < len(t) {
				end++
			}
			end++
		}
		if end > a && !s.r.isToken(t[a:end]) {
			s.secret(v, a, end, "assigned")
		}
	}
}
