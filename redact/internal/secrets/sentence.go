package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

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

// toldSecret finds the value of such a name t[i:j].
func (s *Scan) toldSecret(v *finding.View, i, j int) {
	t := v.Text
	a := j
	for a < len(t) && a-j < seedLine && bytes.IndexByte([]byte(" :=\"'`-"), t[a]) >= 0 {
		a++
	}
	if bytes.HasPrefix(t[a:], []byte("is ")) {
		a = quoted(t, a+len("is "))
	}
	end := endsTrimmed(t, a, s.closedQuote(t, a, s.valueEnd(t, a)), ".!")
	value := t[a:end]
	if seed := base32Run(t, a); seed-a >= leastSeed && char.DigitsIn(t[a:seed]) > 0 && !char.Alnum(char.At(t, seed)) {
		s.secret(v, a, seed, "assigned")
		return
	}
	if a > j && len(value) >= leastNetworkKey && credential.PasswordLike(value) && char.DigitsIn(value) > 0 && !allHexWord(value) && !s.Rules.IsToken(value) && !credential.Placeholder(t, a, end) {
		s.secret(v, a, end, "assigned")
	}
}

// allHexWord tells whether a value is a number as programs write one: 0x1f.
func allHexWord(value []byte) bool { return bytes.HasPrefix(value, []byte("0x")) }

// base32Run returns where the letters and digits of base32 (RFC 4648) end at t[i:], which
// may be printed in fours.
func base32Run(t []byte, i int) int {
	most := min(len(t), i+longestSeed)
	for i < most && (char.ByteClass[t[i]]&char.IsUpper != 0 || t[i] >= '2' && t[i] <= '7' || t[i] == ' ' && base32Group(t, i)) {
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
		if !char.Alnum(t[i-k]) || !char.Alnum(t[i+k]) {
			return false
		}
	}
	return !char.Alnum(char.At(t, i-size-1)) && !char.Alnum(char.At(t, i+size+1))
}

// changedPassword finds both values behind the name of a password that ends at t[j]: I
// changed my password from … to ….
func (s *Scan) changedPassword(v *finding.View, i, j int) bool {
	const from, to = " from ", " to "
	t := v.Text
	if !credential.PasswordWord(t[i:j]) || !bytes.HasPrefix(t[j:], []byte(from)) {
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
		if !credential.PasswordLike(value) || credential.NameOnly(value) || s.Rules.IsToken(value) || bytes.IndexByte(value, '/') >= 0 {
			return false
		}
	}
	s.secret(v, a, b, "assigned")
	s.secret(v, c, d, "assigned")
	return true
}

// toldNow finds the password that a sentence says to be the one of today, behind the one of
// before, which ends at t[i]: the password was …, now it's ….
func (s *Scan) toldNow(v *finding.View, i int) {
	t := v.Text
	i = quotedEndAt(t, i)
	for _, now := range [...]string{", now it's ", ", now it is ", ", it's now ", ", it is now ", " and now it's ", " and is now ", ", is now ", ", now ", " and now "} {
		if !bytes.HasPrefix(t[i:], []byte(now)) {
			continue
		}
		a := quotedText(t, i+len(now))
		end := endsTrimmed(t, a, s.closedQuote(t, a, s.valueEnd(t, a)), ".!`*")
		if value := t[a:end]; credential.PasswordLike(value) && char.DigitsIn(value) > 0 && !credential.NameOnly(value) && !s.Rules.IsToken(value) {
			s.secret(v, a, end, "assigned")
		}
		return
	}
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
func (s *Scan) credentialPair(v *finding.View, i, j int) bool {
	t := v.Text
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
	for a < len(t) && a-user < pairReachBack && (char.Alnum(t[a]) || bytes.IndexByte([]byte("._-@"), t[a]) >= 0) {
		a++
	}
	mark := a
	for mark < len(t) && t[mark] == ' ' && mark-a < 2 {
		mark++
	}
	if a == user || user == j || bytes.IndexByte([]byte("/:|"), char.At(t, mark)) < 0 {
		return false
	}
	for mark++; mark < len(t) && t[mark] == ' '; mark++ {
	}
	end := endsTrimmed(t, mark, s.valueEnd(t, mark), ".)")
	value := t[mark:end]
	if !credential.PasswordLike(value) || credential.NameOnly(value) || s.Rules.IsToken(value) || bytes.IndexByte(value, '/') >= 0 {
		return false
	}
	s.secret(v, mark, end, "login")
	return true
}

// credentialWord tells whether a word is one for a user's name and a password together.
func credentialWord(word []byte) bool {
	for _, w := range [...]string{"credentials", "creds", "credenziali", "credenciales", "credenciais", "identifiants", "zugangsdaten", "logindaten", "inloggegevens"} {
		if cue.SameWord(word, w) {
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
func (s *Scan) toldToken(v *finding.View, i, j int) bool {
	t := v.Text
	if !tokenWord(t[i:j]) && !(bytes.ContainsAny(t[i:j], "_-") && bytes.HasSuffix(bytes.ToLower(t[max(i, j-len("token")):j]), []byte("token"))) && !(cue.SameWord(t[i:j], "key") && secretKind(t[:i])) {
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
	end := endsTrimmed(t, a, s.Reaches.key.of(t, a, credential.TokenEnd), ".")
	value := t[a:end]
	random := credential.RandomLike(value) && credential.AllKinds(char.Looked(value)) || len(value) >= minSpacedHex && char.AllHex(value)
	if len(value) < minSpaced || !random || credential.UUID(value) || bytes.IndexByte(char.Looked(value), '/') >= 0 || s.Rules.IsToken(value) || char.Alnum(char.At(t, end)) {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// yourCodeIs finds the code that a message tells behind "your", maybe a name, and the word
// "code" at t[i:j]: your code is 271187, Your Acme code: 4821.
func (s *Scan) yourCodeIs(v *finding.View, i, j int) bool {
	const least, most = 4, 8 // digits
	t := v.Text
	if isCode(t[i:j]) && !credential.StandsBefore(t, i, "your") && !namedCode(t, i) {
		return s.theCodeIs(v, i, j)
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
	n := halvedEnd(t, a) - a
	if n < least || n > most || char.Alnum(char.At(t, a+n)) || cue.MarksNumber(char.At(t, a+n)) && char.Alnum(char.At(t, a+n+1)) || char.At(t, a+n) == ' ' && char.Letter(char.At(t, a+n+1)) {
		return false
	}
	s.secret(v, a, a+n, "assigned")
	return true
}

// theCodeIs finds the code that a message tells without saying whose it is: "code is 271187
// hurry", "the code is 271187". It has six digits, as those have that are used once.
func (s *Scan) theCodeIs(v *finding.View, i, j int) bool {
	const size = 6
	t := v.Text
	lead := bytes.TrimRight(t[:i], " ")
	begins := len(lead) == 0 || bytes.IndexByte([]byte(".:,!?\n\""), lead[len(lead)-1]) >= 0
	if !begins && !credential.StandsBefore(t, i, "the", "my", "ur", "new", "latest", "safe", "entry", "alarm", "unlock", "activation", "secret") || !bytes.HasPrefix(t[j:], []byte(" is ")) {
		return false
	}
	a := j + len(" is ")
	b := a + char.Digits(t[a:])
	if b-a != size || bytes.HasSuffix(t[a:b], []byte("000")) || char.Alnum(char.At(t, b)) || cue.MarksNumber(char.At(t, b)) && char.Alnum(char.At(t, b+1)) {
		return false
	}
	for _, unit := range [...]string{" line", " byte", " char", " kb", " loc"} {
		if foldPrefix(t[b:], unit) {
			return false
		}
	}
	s.secret(v, a, b, "assigned")
	return true
}

// Wireless finds the passwords of such texts.
func (s *Scan) Wireless(v *finding.View) {
	const longest = 256
	t := v.Text
	for at := 0; ; {
		i := bytes.Index(t[at:], credential.WirelessCode)
		if i < 0 {
			return
		}
		at += i + len(credential.WirelessCode)
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
		if end > a && !s.Rules.IsToken(t[a:end]) {
			s.secret(v, a, end, "assigned")
		}
	}
}

// mostNames is how many words the name of a service has at most: Your Bank of America code.
const mostNames = 3

// namedCode tells whether the word "code" at t[i:] stands behind "your" and the name of a
// service, of which the first word and the last have a capital, and the last is none of what
// has codes of its own.
func namedCode(t []byte, i int) bool {
	for n := 1; n <= mostNames; n++ {
		k := i
		for k > 0 && t[k-1] == ' ' && i-k < seedLine {
			k--
		}
		from := k
		for from > 0 && char.Letter(t[from-1]) && k-from < cue.LongestName {
			from--
		}
		if from == k || k == i || n == 1 && (char.ByteClass[t[from]]&char.IsUpper == 0 || otherCode(t[from:k])) {
			return false
		}
		if credential.StandsBefore(t, from, "your") {
			return char.ByteClass[t[from]]&char.IsUpper != 0
		}
		i = from
	}
	return false
}

// otherCode tells whether a word before "code" says that it is no secret one.
func otherCode(word []byte) bool {
	for _, w := range [...]string{"postal", "post", "zip", "area", "country", "promo", "discount", "coupon", "voucher", "product", "order", "booking", "item", "error", "status", "reference", "referral", "invite", "sort", "swift", "branch", "tax", "registration", "tracking", "qr", "source"} {
		if cue.SameWord(word, w) {
			return true
		}
	}
	return false
}
