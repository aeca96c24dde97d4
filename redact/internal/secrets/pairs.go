package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// A user and a password side by side, of which a head says which is which: ID/PW bob
// (hunter2x), id/pass: bob, hunter2x; the arguments of a call that takes both; and a
// value that a sentence says to be one behind it: hunter2x is the password.

// Limits of such pairs.
const (
	pairLine     = 64 // bytes of the line behind the head: two fields, and an address
	mostPairWord = 6  // words of it
	mostArgs     = 4  // strings between the brackets of a call: an address, two names, a password
	callReach    = 96 // bytes up to the next argument of one
	saidReach    = 32 // bytes of what stands between a value and what it is said to be
)

// pairHead tells whether the word for a user stands before the word t[i:] for a password,
// with a mark between them: ID/PW, user/password, login & pwd.
func pairHead(t []byte, i int) bool {
	k := i
	for k > 0 && i-k < len(" / (") && bytes.IndexByte([]byte(" /&|,("), t[k-1]) >= 0 {
		k--
	}
	if k == i || k == 0 {
		return false
	}
	if bytes.HasSuffix(t[:k], []byte("아이디")) || bytes.HasSuffix(t[:k], []byte("계정")) {
		return true
	}
	from := k
	for from > 0 && k-from < len("username") && char.Letter(t[from-1]) {
		from--
	}
	word := t[from:k]
	if bytes.HasSuffix(word, []byte("ID")) { // ANYID(PW)
		return true
	}
	for _, w := range [...]string{"id", "user", "username", "login", "userid", "uid", "account"} {
		if bytes.EqualFold(word, []byte(w)) {
			return bytes.IndexByte(t[k:i], ' ') < 0 || i-k > 1 || len(word) == len("id") // "user password" alone is a name
		}
	}
	return false
}

// pairedPassword finds the first word behind such a head, which ends at t[j], that looks
// like a password.
func (s *Scan) pairedPassword(v *finding.View, i, j int) bool {
	t := v.Text
	if !credential.PasswordWord(bytes.TrimRight(t[i:j], "-")) || !pairHead(t, i) {
		return false
	}
	most := min(len(t), j+pairLine)
	for a, n := j, 0; a < most && n < mostPairWord; n++ {
		for a < most && (bytes.IndexByte([]byte(" \t,()[]\"'|:;=/>"), t[a]) >= 0 || t[a] == '-' && !char.Alnum(char.At(t, a-1))) {
			a++
		}
		b := a
		for b < len(t) && t[b] > ' ' && b-a < pairLine && bytes.IndexByte([]byte(",()[]\"'|;:"), t[b]) < 0 && !bytes.HasPrefix(t[b:], []byte("->")) {
			b++
		}
		b = endsTrimmed(t, a, b, ".!?")
		if value := t[a:b]; credential.PasswordLike(value) && !credential.NameOnly(value) && char.DigitsIn(value) > 0 && bytes.IndexByte(value, '@') < 0 && !credential.Versioned(value) && !credential.TypeWord(value) && !s.Rules.IsToken(value) && !credential.Placeholder(t, a, b) && credential.Callee(t[a:min(len(t), b+1)]) == 0 {
			s.secret(v, a, b, "login")
			return true
		}
		if a = b; a >= most || t[a] == '\n' || t[a] == '\r' {
			return false
		}
		a++
	}
	return false
}

// saidBefore finds the value of which the text before the name t[i:j] says that it is
// one: hunter2x is the password, kq83… is your new api key.
func (s *Scan) saidBefore(v *finding.View, i, j int) bool {
	t := v.Text
	lead := t[max(0, i-saidReach):i]
	k, tell := max(bytes.LastIndex(lead, []byte(" is ")), bytes.LastIndex(lead, []byte(" as "))), len(" is ")
	typed := false
	if at := bytes.LastIndex(lead, []byte(" into ")); at > k { // type … into the password field
		k, tell = at, len(" into ")
		typed = foldPrefix(t[j:], " field") || foldPrefix(t[j:], " box") || foldPrefix(t[j:], " input")
		if !typed {
			return false
		}
	}
	if k < 0 || !ownedName(lead[k+tell:]) || nameGoesOn(t[j:]) && !typed {
		return false
	}
	b := endsTrimmed(t, 0, i-len(lead)+k, "\"'`)")
	a := b
	for a > 0 && t[a-1] > ' ' && b-a < credential.LongestQuoted && bytes.IndexByte([]byte("\"'`(,:="), t[a-1]) < 0 {
		a--
	}
	for a < b && bytes.IndexByte([]byte("/*#;<"), t[a]) >= 0 { // a comment
		a++
	}
	value := t[a:b]
	if !credential.PasswordLike(value) || char.DigitsIn(value) == 0 || credential.Versioned(value) || credential.TypeWord(value) || credential.NameOnly(value) || s.Rules.IsToken(value) || bytes.IndexByte(value, '/') >= 0 {
		return false
	}
	s.secret(v, a, b, "assigned")
	return true
}

// ownedName tells whether words stand before a name that say that it is one of somebody's
// secrets: "the ", "your new ", "my api ".
func ownedName(words []byte) bool {
	n := bytes.IndexByte(words, ' ')
	if n < 0 {
		return false
	}
	switch string(bytes.ToLower(words[:n])) {
	case "the", "my", "your", "our", "their", "his", "her":
	default:
		return false
	}
	for _, c := range words[n:] {
		if !char.Letter(c) && c != ' ' && c != '-' && c != '_' {
			return false
		}
	}
	return bytes.Count(words, []byte(" ")) <= 3
}

// nameGoesOn tells whether a name goes on with another word that makes something else of it:
// the password hash, the token type.
func nameGoesOn(t []byte) bool {
	if len(t) < 2 || t[0] != ' ' || !char.Letter(t[1]) {
		return len(t) > 0 && (t[0] == '_' || t[0] == '-')
	}
	word := t[1:]
	for n, c := range word {
		if !char.Letter(c) {
			word = word[:n]
			break
		}
	}
	switch string(word) {
	case "for", "to", "of", "on", "at", "in", "and", "you", "we", "i", "so", "now", "but", "please", "don", "do":
		return false
	}
	return true
}

// callPassword finds the password among the strings behind the name t[i:j] of a call. One
// whose name says less has to look like one.
func (s *Scan) callPassword(v *finding.View, i, j int) bool {
	t := v.Text
	k := j
	for k < len(t) && k-j < len(" = ") && (t[k] == ' ' || t[k] == '=') {
		k++
	}
	if char.At(t, k) != '(' {
		return false
	}
	var low [len("usernamepasswordauthenticationtoken")]byte
	n := 0
	for _, c := range t[i:j] {
		if char.Letter(c) {
			if n == len(low) {
				return false
			}
			low[n] = char.Lower(c)
			n++
		}
	}
	nth, known := callNames[string(low[:n])]
	if known && nth == 0 {
		return s.callSecrets(v, k+1)
	}
	if string(low[:n]) == "connect" {
		nth = driverCall(t, i)
	}
	if !known || nth == 0 {
		return false
	}
	plain := plainCall(string(low[:n])) || nth == 4
	if nth = plainPlace(t, i, string(low[:n]), nth); nth == 0 {
		return false
	}
	others := plain || n == len("login") && nth == 2
	a, end := stringArg(t, k+1, nth, others)
	if end == 0 && n == len("auth") && char.At(t, i-1) == '.' { // of Redis
		a, end = stringArg(t, k+1, 1, false)
		plain = true
	}
	if end-a < len("1234") {
		return false
	}
	value := t[a:end]
	if ((n <= len("login") || plain) && !credential.PasswordLike(value)) || plain && char.DigitsIn(value) == 0 || bytes.IndexByte(value, '\n') >= 0 || s.Rules.IsToken(value) || credential.Placeholder(t, a, end) {
		return false
	}
	s.secret(v, a, end, "login")
	return true
}

// callSecrets finds the strings that look random among the arguments that begin at t[i:].
func (s *Scan) callSecrets(v *finding.View, i int) (any bool) {
	for n := 1; n <= mostArgs; n++ {
		a, end := stringArg(v.Text, i, n, true)
		if end == 0 {
			return any
		}
		if value := v.Text[a:end]; drawnPart(value) && !s.Rules.IsToken(value) {
			s.secret(v, a, end, "assigned")
			any = true
		}
	}
	return any
}

// stringArg returns the nth string between quotes of the arguments that begin at t[i:],
// if there are only strings before it, or others if these do not matter; an empty one for
// none.
func stringArg(t []byte, i, nth int, others bool) (a, end int) {
	last := nth == lastArg
	if last {
		nth = mostArgs
	}
	for n := 1; n <= min(nth, mostArgs); n++ {
		from := i
		for i < len(t) && i-from < callReach && (t[i] <= ' ' || t[i] == ',' || t[i] == '\\' && char.At(t, i+1) != 'n' || t[i] == '@') {
			i++
		}
		if bytes.HasPrefix(t[i:], []byte("Some(")) {
			i += len("Some(")
		}
		if c := char.At(t, i+1); char.At(t, i) == 'b' && (c == '"' || c == '\'') { // bytes of Python
			i++
		}
		q := char.At(t, i)
		if others && n < nth && q != '"' && q != '\'' && !last {
			if i = otherArg(t, i); i == 0 {
				return 0, 0
			}
			continue
		}
		if q != '"' && q != '\'' {
			if last && n > 1 {
				break
			}
			return 0, 0
		}
		a = i + 1
		k := bytes.IndexByte(t[a:min(len(t), a+credential.LongestQuoted)], q)
		if k < 0 {
			return 0, 0
		}
		end = a + k
		i = end + 1
	}
	return a, len(bytes.TrimRight(t[a:end], "\\")) + a
}

// otherArg returns where an argument that is no string ends at t[i:], at the comma behind it;
// 0 if it is the last one or too long.
func otherArg(t []byte, i int) int {
	depth := 0
	for k := i; k < len(t) && k-i < callReach; k++ {
		switch t[k] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 {
				return 0
			}
		case ',':
			if depth == 0 {
				return k
			}
		case '\n':
			return 0
		}
	}
	return 0
}

// drawnPart tells whether the longest part of a value that marks divide looks random: what
// names of things end in is shorter.
func drawnPart(value []byte) bool {
	const least = 16 // characters of the part
	for i := 0; i < len(value) && i < char.MaxLooked; {
		j := i
		for j < len(value) && char.Alnum(value[j]) {
			j++
		}
		if part := value[i:j]; len(part) >= least && char.DigitsIn(char.Looked(part)) >= credential.LeastDrawn && credential.RandomLike(part) {
			return true
		}
		i = j + 1
	}
	return false
}

// taggedEnd returns where the value t[a:end] ends that is the first word of what a tag
// holds, if a later one there looks random: <secret>{label kq83…}</secret>.
func taggedEnd(t []byte, a, end int) int {
	if char.At(t, a-1) != '>' || char.At(t, end) != ' ' {
		return end
	}
	rest := t[end:min(len(t), end+column.LongestSecretCell)]
	k := bytes.IndexByte(rest, '<')
	if k < 0 || char.At(rest, k+1) != '/' || bytes.IndexByte(rest[:k], '\n') >= 0 {
		return end
	}
	for word := range bytes.FieldsSeq(rest[:k]) {
		if drawnPart(word) {
			return end + len(bytes.TrimRight(rest[:k], " }"))
		}
	}
	return end
}

// defaultValue finds what a program takes for a secret if its name, t[i:j], is given
// nothing: getenv("DB_PASSWORD", "…"), process.env.JWT_SECRET || '…'.
func (s *Scan) defaultValue(v *finding.View, i, j int) bool {
	t := v.Text
	k := j
	for k < len(t) && k-j < len(`\"])`) && bytes.IndexByte([]byte(`\"'])`), t[k]) >= 0 {
		k++
	}
	a := besideSign(t, k, k > j && callString(t, i) && !cue.SameWord(bytes.TrimRight(t[i:j], "0123456789"), "key"))
	if a == 0 {
		return false
	}
	q := char.At(t, a)
	if q == '\\' {
		a++
		q = char.At(t, a)
	}
	if q != '"' && q != '\'' && q != '`' {
		return false
	}
	a++
	n := bytes.IndexByte(t[a:min(len(t), a+credential.LongestQuoted)], q)
	if n < 0 {
		return false
	}
	end := a + len(bytes.TrimRight(t[a:a+n], `\`))
	value := t[a:end]
	if !credential.PasswordLike(value) || char.DigitsIn(value) == 0 || constant(value) || credential.Versioned(value) || credential.TypeWord(value) || bytes.IndexByte(value, '/') >= 0 || s.Rules.IsToken(value) || credential.Placeholder(t, a, end) {
		return false
	}
	s.secret(v, a, end, "assigned")
	return true
}

// besideSign returns where the value begins behind the sign at t[k:] by which a program
// gives one if there is no other; behind a comma only within a call. 0 if there is none.
func besideSign(t []byte, k int, call bool) int {
	for _, sign := range [...]string{" || ", " ?? ", " or ", " ?: ", " { ", "||", "??", ".fill(", ".type(", ".send_keys(", ".sendKeys(", ".val(", ".setValue(", " with "} {
		if bytes.HasPrefix(t[k:], []byte(sign)) {
			return k + len(sign)
		}
	}
	if call && bytes.HasPrefix(t[k:], []byte(",")) {
		for k++; k < len(t) && t[k] == ' '; {
			k++
		}
		return k
	}
	return 0
}

// callString tells whether the name t[i:] ends the first string between the brackets of a
// call: get("db.password.
func callString(t []byte, i int) bool {
	for least := max(0, i-cue.LongestName); i > least && (char.Alnum(t[i-1]) || t[i-1] == '.' || t[i-1] == '_' || t[i-1] == '-' || t[i-1] == '#'); { // #password of a page
		i--
	}
	if c := char.At(t, i-1); c != '"' && c != '\'' {
		return false
	}
	if i--; char.At(t, i-1) == '\\' {
		i--
	}
	return char.At(t, i-1) == '(' && i > 1 && char.Alnum(char.At(t, i-2))
}

// secureString finds the password that PowerShell is to seal behind the name that ends at
// t[j]: ConvertTo-SecureString -String '…'.
func (s *Scan) secureString(v *finding.View, j int) {
	const mostOptions = 4
	t := v.Text
	a := j
	for range mostOptions {
		for a < len(t) && a-j < commandReach && t[a] == ' ' {
			a++
		}
		if char.At(t, a) != '-' {
			break
		}
		for a < len(t) && t[a] > ' ' {
			a++
		}
	}
	whole := char.At(t, a) == '"' || char.At(t, a) == '\'' || char.At(t, a) == '\\'
	a = quoted(t, a)
	end := s.closedQuote(t, a, s.valueEnd(t, a))
	if value := t[a:end]; len(value) < credential.MinPassword || !whole && !credential.PasswordLike(value) || value[0] == '$' || s.Rules.IsToken(value) || credential.Placeholder(t, a, end) {
		return
	}
	s.secret(v, a, end, "login")
}

// sqlPassword finds the password of a user of a database, behind the word "identified" that
// ends at t[j]: CREATE USER bob IDENTIFIED BY '…', IDENTIFIED WITH … AS '…'.
func (s *Scan) sqlPassword(v *finding.View, i, j int) bool {
	t := v.Text
	lead := bytes.ToLower(t[max(0, i-commandReach):i])
	if !bytes.Contains(lead, []byte("create ")) && !bytes.Contains(lead, []byte("alter ")) && !bytes.Contains(lead, []byte("grant ")) {
		return false
	}
	if with := " with "; foldPrefix(t[j:], with) {
		k := bytes.IndexByte(t[j+len(with):min(len(t), j+longestTell)], ' ')
		if k < 0 {
			return false
		}
		j += len(with) + k
	}
	switch {
	case foldPrefix(t[j:], " by password "):
		j += len(" by password ")
	case foldPrefix(t[j:], " by "), foldPrefix(t[j:], " as "):
		j += len(" by ")
	default:
		return false
	}
	a := quoted(t, j)
	end := s.closedQuote(t, a, s.valueEnd(t, a))
	end = endsTrimmed(t, a, end, ")\\")
	const least = 4 // characters between quotes
	plain := char.At(t, a-1) == '\'' && char.At(t, end) == '\'' && end-a >= least && bytes.IndexByte(t[a:end], ' ') < 0 && !credential.Spoken(t[a:end])
	if value := t[a:end]; !plain && !credential.PasswordLike(value) || s.Rules.IsToken(value) || credential.Placeholder(t, a, end) {
		return false
	}
	s.secret(v, a, end, "login")
	return true
}

// foldPrefix tells whether a text begins with a word of ASCII, whatever its case.
func foldPrefix(t []byte, word string) bool {
	return len(t) >= len(word) && bytes.EqualFold(t[:len(word)], []byte(word))
}
