package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/cue"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// What is given to a name that means a secret ("password=", an Authorization header, RFC
// 9110, 11.6.2), and what such a value may look like.

// Assigned finds what is given to a name that means a secret: "password=…",
// "Authorization: Bearer …", "api_key": "…".
func (s *Scan) Assigned(v *finding.View) {
	t := v.Text
	for w := (char.Words{T: t, Class: char.IsLetter}); w.Next(); {
		i, j := w.Lo, credential.NameEnd(t, w.Hi)
		w.Hi = j
		switch k := credential.NameAt(t, i, j); k {
		case credential.NameNone:
		case credential.NameLogin:
			s.login(v, j)
		case credential.NameTold:
			s.toldSecret(v, i, j)
		case credential.NameDevice:
			s.deviceSecret(v, i, j)
		case credential.NameQuestion:
			s.questionAnswer(v, j)
		case credential.NameCall:
			switch {
			case cue.SameWord(t[i:j], "identified"):
				s.sqlPassword(v, i, j)
				continue
			case cue.SameWord(t[i:j], "ConvertTo-SecureString"):
				s.secureString(v, j)
				continue
			}
			s.callPassword(v, i, j)
		case credential.NameUser:
			if s.callPassword(v, i, j) || s.lineLogin(v, i, j) || s.loginOption(v, i, j) {
				break
			}
			s.userPair(v, j)
			if j-i > len("username") && s.credentialPair(v, i, j) {
				break
			}
			if char.Lower(t[i]) == 'c' { // creds = …
				s.assignment(v, i, j, credential.NameMaybe)
			}
		case credential.NameCommand:
			if char.At(t, j) == '=' { // SSHPASS=…
				s.assignment(v, i, j, credential.NameSecret)
				break
			}
			s.commandPassword(v, i, j)
		case credential.NameLines:
			s.keyLines(v, j)
		case credential.NameCookie:
			if a, sign := assignedAt(t, i, j); sign && a >= s.Reaches.cookies {
				s.Reaches.cookies = s.cookies(v, a)
			}
		case credential.NamePhrase:
			s.phrase(v, j)
		case credential.NameCodes:
			s.backupCodes(v, j)
		case credential.NameOnce:
			if s.grantCode(v, i, j) || s.tanCode(v, i, j) || isCode(t[i:j]) && s.yourCodeIs(v, i, j) {
				break
			}
			if !((codeName(t, i) || char.At(t, j) == ':' && !isCode(t[i:j])) && s.toldCode(v, i, j, credential.NameDigits)) {
				s.usedCode(v, i, j)
			}
		case credential.NameCode, credential.NameDigits:
			if !s.toldCode(v, i, j, k) && !s.codeBefore(v, i, true) {
				s.assignment(v, i, j, k)
			}
		default:
			if k == credential.NameMaybe && s.lineLogin(v, i, j) || k == credential.NameScheme && char.At(t, j) == '(' && s.callPassword(v, i, j) {
				break
			}
			if k != credential.NameMaybe && k != credential.NameSecret || !s.callPassword(v, i, j) {
				s.assignment(v, i, j, k)
			}
		}
	}
}

// assignment finds the value of the name t[i:j].
func (s *Scan) assignment(v *finding.View, i, j int, kind credential.NameKind) {
	t := v.Text
	if kind == credential.NameSecret && answerName(t[i:j]) {
		j = bracketEnd(t, j)
	}
	labelled := false
	if k := labelEnd(t, j); k > j && kind != credential.NameHeader {
		j, labelled = k, true
	}
	named := typedEnd(t, j)
	counted := countedEnd(t, named)
	if counted > named && kind == credential.NameSecret { // Pass 1: …
		kind = credential.NameMaybe
	}
	a, sign := assignedAt(t, i, counted)
	told := false
	if at := blockValue(t, j); at > 0 {
		a, sign = at, true
	}
	if at, ok := s.below(t, a); ok && (sign || formPart(t, i, j) || listedOption(t, i)) {
		a, sign = at, true
	}
	switch {
	case sign || kind == credential.NameScheme:
	case bytes.HasPrefix(t[a:], []byte("is ")), bytes.HasPrefix(t[a:], []byte("is+")), kind == credential.NameSecret && bytes.HasPrefix(t[a:], []byte("was ")) && credential.PasswordWord(t[i:j]):
		told, a = true, quotedText(t, a+1+bytes.IndexAny(t[a:min(len(t), a+len("was "))], " +"))
	default:
		at, paired := pairedAt(t, j)
		if !paired {
			s.unsigned(v, i, j, kind)
			return
		}
		a = at
	}
	wrapped := a
	a = literalAt(t, a)
	held := a > wrapped && heldAt(t, wrapped) > wrapped
	end := s.valueEnd(t, a)
	if kind == credential.NameHeader && end < len(t) && t[end] == ' ' && IsScheme(t[a:end]) {
		a = quoted(t, end+1)
		end = s.valueEnd(t, a)
	}
	if kind == credential.NameHeader && s.parameters(v, a) {
		return
	}
	end = s.closedQuote(t, a, s.wholeValue(t, a, end))
	if kind == credential.NameSecret {
		if end = foursEnd(t, a, quotedEnd(t, a, end)); sign && j-i >= len("phrase") && bytes.EqualFold(t[j-len("phrase"):j], []byte("phrase")) {
			end = passphraseEnd(t, a, end)
		}
		if answerName(t[i:j]) {
			end = answerEnd(t, a, end)
		}
		end = taggedEnd(t, a, end)
	}
	value := t[a:end]
	if kind == credential.NameSecret && !credential.PasswordLike(value) && (s.pairedPassword(v, i, j) || told && s.toldPassword(v, i, j)) {
		return
	}
	if told && char.At(t, a-1) == '`' && (constant(value) || !credential.PasswordLike(value) || credential.NameOnly(value)) { // the name of a variable
		return
	}
	if held && (!credential.PasswordLike(value) || len(value) > credential.LongestQuoted || char.At(t, wrapped) == '[' && char.At(t, quotedEndAt(t, end)) == ' ') { // a part of one
		return
	}
	if labelled && (!credential.PasswordLike(value) || char.DigitsIn(value) == 0) || char.At(t, j) == ' ' && char.At(t, i-1) == '-' && credential.Described(value) { // the --password option
		return
	}
	if kind == credential.NameSecret && bytes.HasPrefix(t[j:a], []byte(":   ")) && !credential.PasswordLike(value) { // a column of options
		return
	}
	if s.Rules.IsToken(bytes.TrimRight(value, ".")) || !credential.PlausibleSecret(value, kind) || credential.NoSecret(t, i, j, a, end, kind, told) || char.At(t, end) == ' ' && end < len(t) && credential.SecretName(value) != credential.NameNone {
		return // "token: Bearer …": the next word decides
	}
	s.secret(v, a, end, "assigned")
	if told {
		s.toldNow(v, end)
	}
}

// unsigned finds the value of the name t[i:j] where no sign of assignment stands between
// the two, or where the text tells it before the name.
func (s *Scan) unsigned(v *finding.View, i, j int, kind credential.NameKind) bool {
	return s.deviceSecret(v, i, j) || s.quotedAnswer(v, i, j) || s.spacedPassword(v, i, j) || s.spacedSecret(v, i, j) || s.defaultValue(v, i, j) || s.besideSecret(v, i, j, kind) || s.optionBehind(v, i, j) ||
		cue.SameWord(v.Text[i:j], "passcode") && s.toldCode(v, i, j, credential.NameDigits) || s.changedPassword(v, i, j) || s.credentialPair(v, i, j) || s.toldToken(v, i, j) || s.toldPassword(v, i, j) || s.pairedPassword(v, i, j) || s.saidBefore(v, i, j)
}

// longestBracket is how many bytes in brackets may say whose or of what kind a secret is.
const longestBracket = 24

// labelEnd returns where the brackets end behind the name that ends at t[j], if only words
// stand in them and a colon behind: api key (prod): …; j if there are none.
func labelEnd(t []byte, j int) int {
	if !bytes.HasPrefix(t[j:], []byte(" (")) {
		return j
	}
	k := j + len(" (")
	for k < len(t) && k-j < longestBracket && (char.Alnum(t[k]) || t[k] == ' ' || t[k] == '-' || t[k] == '/') {
		k++
	}
	if char.At(t, k) != ')' || char.At(t, k+1) != ':' {
		return j
	}
	return k + 1
}

// assignedAt skips what stands between the name t[i:j] and its value, and tells
// whether it is a sign of assignment: an equals sign or a colon, the end of a
// tag, or a space behind an option of a command.
func assignedAt(t []byte, i, j int) (at int, sign bool) {
	const most = 8
	option := char.At(t, i-1) == '-' && (i < 2 || t[i-2] <= ' ' || t[i-2] == '-') && char.At(t, j) != '`' && char.At(t, j+1) != ' '
	from := j
	if j < len(t) && t[j] == ' ' && opensTag(t, i) { // attributes
		if n := bytes.IndexAny(t[j:min(len(t), j+cue.LongestTag)], "<>"); n > 0 && t[j+n] == '>' && t[j+n-1] != '/' {
			return quoted(t, j+n+1), true
		}
	}
	for at = j; at < len(t) && at-j < most; at++ {
		switch t[at] {
		case '=', ':':
			sign = true
		case '!': // a comparison with what stands between quotes
			if char.At(t, at+1) != '=' || char.At(t, at+3) != '"' && char.At(t, at+3) != '\'' {
				return at, sign
			}
		case '>':
			sign = sign || opensTag(t, i)
		case ' ':
			if sign = sign || option; char.At(t, at+1) == ' ' && at-from < cue.WidestGap { // up to the next column
				j++
			}
		case '+':
			sign = sign || option
		case '"', '\'', '\\', '*', '`': // the latter of Markdown
			if sign && emptyAt(t, at) {
				return at, false
			}
		default:
			return at, sign
		}
	}
	return at, sign
}

// emptyAt tells whether quotes with nothing between them stand at t[i], and what ends a
// value behind them: if password == "": return.
func emptyAt(t []byte, i int) bool {
	if c := t[i]; c != '"' && c != '\'' || char.At(t, i+1) != c || char.At(t, i-1) == c {
		return false
	}
	return i+2 < len(t) && bytes.IndexByte([]byte(" ):;,"), t[i+2]) >= 0
}

// opensTag tells whether the name t[i:], or what ends in it, is that of a tag:
// <wsse:Password>, <db.password>.
func opensTag(t []byte, i int) bool {
	for least := max(0, i-cue.LongestName); i > least && (char.Alnum(t[i-1]) || t[i-1] == ':' || t[i-1] == '.' || t[i-1] == '_' || t[i-1] == '-'); {
		i--
	}
	return char.At(t, i-1) == '<'
}

// formPart tells whether the name t[i:j] is that of a part of a form (RFC 7578).
func formPart(t []byte, i, j int) bool {
	return char.At(t, j) == '"' && bytes.HasSuffix(t[:i], []byte(`name="`))
}

// quoted skips the quotes at t[i].
func quoted(t []byte, i int) int {
	for i < len(t) && (t[i] == '"' || t[i] == '\'' || t[i] == '\\') {
		i++
	}
	return i
}

// quotedText is quoted for a sentence, in which Markdown has marks of its own.
func quotedText(t []byte, i int) int {
	for from := i; i < len(t) && i-from < maxTrimmed && (t[i] == '"' || t[i] == '\'' || t[i] == '\\' || t[i] == '`' || t[i] == '*'); {
		i++
	}
	return i
}

// wholeValue returns where the value t[a:end] ends if it is data in a URL (RFC 2397)
// or pairs of hexadecimal digits with spaces between them.
func (s *Scan) wholeValue(t []byte, a, end int) int {
	if bytes.HasPrefix(t[a:end], []byte("data:")) {
		for end < len(t) && t[end] > ' ' && t[end] != '"' && t[end] != '\'' && t[end] != '<' {
			end++
		}
		return end
	}
	pair := func(i int) bool {
		return i+1 < len(t) && char.Unhex(t[i]) < 16 && char.Unhex(t[i+1]) < 16 && (i+2 == len(t) || !char.Alnum(t[i+2]))
	}
	if end-a == len("6a") && pair(a) {
		for end+1 < len(t) && t[end] == ' ' && pair(end+1) {
			end += len(" 6a")
		}
	}
	return end
}

// valueEnd returns where the value that starts at t[i] ends.
func valueEnd(t []byte, i int) int {
	for i < len(t) && t[i] > ' ' && bytes.IndexByte([]byte("\"'&,;<\\}"), t[i]) < 0 {
		i++
	}
	return i
}

// IsScheme tells whether a word may be an authentication scheme (RFC 9110,
// 11.1).
func IsScheme(word []byte) bool {
	if len(word) <= 2 || len(word) >= 16 {
		return false
	}
	for _, c := range word {
		if !char.Letter(c) && c != '-' {
			return false
		}
	}
	return true
}
