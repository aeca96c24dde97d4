package redact

import "bytes"

// What is given to a name that means a secret ("password=", an Authorization header, RFC
// 9110, 11.6.2), and what such a value may look like.

// assigned finds what is given to a name that means a secret: "password=…",
// "Authorization: Bearer …", "api_key": "…".
func (s *scan) assigned(v *view) {
	t := v.t
	for w := (words{t: t, class: isLetter}); w.next(); {
		i, j := w.lo, nameEnd(t, w.hi)
		w.hi = j
		switch k := nameAt(t, i, j); k {
		case nameNone:
		case nameLogin:
			s.login(v, j)
		case nameTold:
			s.toldSecret(v, i, j)
		case nameDevice:
			s.deviceSecret(v, i, j)
		case nameQuestion:
			s.questionAnswer(v, j)
		case nameCall:
			switch {
			case sameWord(t[i:j], "identified"):
				s.sqlPassword(v, i, j)
				continue
			case sameWord(t[i:j], "ConvertTo-SecureString"):
				s.secureString(v, j)
				continue
			}
			s.callPassword(v, i, j)
		case nameUser:
			if s.callPassword(v, i, j) {
				break
			}
			s.userPair(v, j)
			if j-i > len("username") && s.credentialPair(v, i, j) {
				break
			}
			if lower(t[i]) == 'c' { // creds = …
				s.assignment(v, i, j, nameMaybe)
			}
		case nameCommand:
			if byteAt(t, j) == '=' { // SSHPASS=…
				s.assignment(v, i, j, nameSecret)
				break
			}
			s.commandPassword(v, i, j)
		case nameLines:
			s.keyLines(v, j)
		case nameCookie:
			if a, sign := assignedAt(t, i, j); sign && a >= s.reaches.cookies {
				s.reaches.cookies = s.cookies(v, a)
			}
		case namePhrase:
			s.phrase(v, j)
		case nameCodes:
			s.backupCodes(v, j)
		case nameOnce:
			if s.grantCode(v, i, j) || isCode(t[i:j]) && s.yourCodeIs(v, i, j) {
				break
			}
			if !((codeName(t, i) || byteAt(t, j) == ':' && !isCode(t[i:j])) && s.toldCode(v, i, j, nameDigits)) {
				s.usedCode(v, i, j)
			}
		case nameCode, nameDigits:
			if !s.toldCode(v, i, j, k) {
				s.assignment(v, i, j, k)
			}
		default:
			if k != nameMaybe && k != nameSecret || !s.callPassword(v, i, j) {
				s.assignment(v, i, j, k)
			}
		}
	}
}

// assignment finds the value of the name t[i:j].
func (s *scan) assignment(v *view, i, j int, kind nameKind) {
	t := v.t
	if kind == nameSecret && answerName(t[i:j]) {
		j = bracketEnd(t, j)
	}
	named := typedEnd(t, j)
	counted := countedEnd(t, named)
	if counted > named && kind == nameSecret { // Pass 1: …
		kind = nameMaybe
	}
	a, sign := assignedAt(t, i, counted)
	told := false
	if at := blockValue(t, j); at > 0 {
		a, sign = at, true
	}
	if at, ok := s.below(t, a); ok && (sign || formPart(t, i, j)) {
		a, sign = at, true
	}
	switch {
	case sign || kind == nameScheme:
	case bytes.HasPrefix(t[a:], []byte("is ")), bytes.HasPrefix(t[a:], []byte("is+")):
		told, a = true, quoted(t, a+len("is "))
	default:
		at, paired := pairedAt(t, j)
		if !paired {
			s.unsigned(v, i, j, kind)
			return
		}
		a = at
	}
	a = literalAt(t, a)
	end := s.valueEnd(t, a)
	if kind == nameHeader && end < len(t) && t[end] == ' ' && isScheme(t[a:end]) {
		a = quoted(t, end+1)
		end = s.valueEnd(t, a)
	}
	if kind == nameHeader && s.parameters(v, a) {
		return
	}
	end = s.closedQuote(t, a, s.wholeValue(t, a, end))
	if kind == nameSecret {
		if end = foursEnd(t, a, quotedEnd(t, a, end)); sign && j-i >= len("phrase") && bytes.EqualFold(t[j-len("phrase"):j], []byte("phrase")) {
			end = passphraseEnd(t, a, end)
		}
		if answerName(t[i:j]) {
			end = answerEnd(t, a, end)
		}
		end = taggedEnd(t, a, end)
	}
	value := t[a:end]
	if kind == nameSecret && !passwordLike(value) && s.pairedPassword(v, i, j) {
		return
	}
	if kind == nameSecret && bytes.HasPrefix(t[j:a], []byte(":   ")) && !passwordLike(value) { // a column of options
		return
	}
	if s.r.isToken(bytes.TrimRight(value, ".")) || !plausibleSecret(value, kind) || noSecret(t, i, j, a, end, kind, told) || byteAt(t, end) == ' ' && end < len(t) && secretName(value) != nameNone {
		return // "token: Bearer …": the next word decides
	}
	s.secret(v, a, end, "assigned")
}

// unsigned finds the value of the name t[i:j] where no sign of assignment stands between
// the two, or where the text tells it before the name.
func (s *scan) unsigned(v *view, i, j int, kind nameKind) bool {
	return s.deviceSecret(v, i, j) || s.spacedPassword(v, i, j) || s.spacedSecret(v, i, j) || s.defaultValue(v, i, j) || s.besideSecret(v, i, j, kind) ||
		sameWord(v.t[i:j], "passcode") && s.toldCode(v, i, j, nameDigits) || s.changedPassword(v, i, j) || s.credentialPair(v, i, j) || s.toldToken(v, i, j) || s.toldPassword(v, i, j) || s.pairedPassword(v, i, j) || s.saidBefore(v, i, j)
}

// assignedAt skips what stands between the name t[i:j] and its value, and tells
// whether it is a sign of assignment: an equals sign or a colon, the end of a
// tag, or a space behind an option of a command.
func assignedAt(t []byte, i, j int) (at int, sign bool) {
	const most = 8
	option := byteAt(t, i-1) == '-' && (i < 2 || t[i-2] <= ' ' || t[i-2] == '-') && byteAt(t, j) != '`' && byteAt(t, j+1) != ' '
	from := j
	if j < len(t) && t[j] == ' ' && opensTag(t, i) { // attributes
		if n := bytes.IndexAny(t[j:min(len(t), j+longestTag)], "<>"); n > 0 && t[j+n] == '>' && t[j+n-1] != '/' {
			return quoted(t, j+n+1), true
		}
	}
	for at = j; at < len(t) && at-j < most; at++ {
		switch t[at] {
		case '=', ':':
			sign = true
		case '!': // a comparison with what stands between quotes
			if byteAt(t, at+1) != '=' || byteAt(t, at+3) != '"' && byteAt(t, at+3) != '\'' {
				return at, sign
			}
		case '>':
			sign = sign || opensTag(t, i)
		case ' ':
			if sign = sign || option; byteAt(t, at+1) == ' ' && at-from < widestGap { // up to the next column
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
	if c := t[i]; c != '"' && c != '\'' || byteAt(t, i+1) != c || byteAt(t, i-1) == c {
		return false
	}
	return i+2 < len(t) && bytes.IndexByte([]byte(" ):;,"), t[i+2]) >= 0
}

// opensTag tells whether the name t[i:], or what ends in it, is that of a tag:
// <wsse:Password>, <db.password>.
func opensTag(t []byte, i int) bool {
	for least := max(0, i-longestName); i > least && (alnum(t[i-1]) || t[i-1] == ':' || t[i-1] == '.' || t[i-1] == '_' || t[i-1] == '-'); {
		i--
	}
	return byteAt(t, i-1) == '<'
}

// formPart tells whether the name t[i:j] is that of a part of a form (RFC 7578).
func formPart(t []byte, i, j int) bool {
	return byteAt(t, j) == '"' && bytes.HasSuffix(t[:i], []byte(`name="`))
}

// quoted skips the quotes at t[i].
func quoted(t []byte, i int) int {
	for i < len(t) && (t[i] == '"' || t[i] == '\'' || t[i] == '\\') {
		i++
	}
	return i
}

// wholeValue returns where the value t[a:end] ends if it is data in a URL (RFC 2397)
// or pairs of hexadecimal digits with spaces between them.
func (s *scan) wholeValue(t []byte, a, end int) int {
	if bytes.HasPrefix(t[a:end], []byte("data:")) {
		for end < len(t) && t[end] > ' ' && t[end] != '"' && t[end] != '\'' && t[end] != '<' {
			end++
		}
		return end
	}
	pair := func(i int) bool {
		return i+1 < len(t) && unhex(t[i]) < 16 && unhex(t[i+1]) < 16 && (i+2 == len(t) || !alnum(t[i+2]))
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

// isScheme tells whether a word may be an authentication scheme (RFC 9110,
// 11.1).
func isScheme(word []byte) bool {
	if len(word) <= 2 || len(word) >= 16 {
		return false
	}
	for _, c := range word {
		if !letter(c) && c != '-' {
			return false
		}
	}
	return true
}

// plausibleSecret tells whether a value may be what its name promises.
func plausibleSecret(value []byte, kind nameKind) bool {
	if bytes.HasPrefix(value, []byte("****")) {
		return false
	}
	if kind == nameKey { // it may be base64
		value = bytes.TrimRight(value, "=")
	}
	flags := uint16(0)
	for _, c := range looked(value) {
		flags |= byteClass[c]
	}
	switch kind {
	case nameSecret:
		return len(value) >= 4
	case nameCode:
		return (len(value) == 3 || len(value) == 4) && flags == isDigit|isHex
	case namePIN:
		return flags == isDigit|isHex && len(value) >= 3 && len(value) <= longestPIN
	case nameDigits:
		return flags == isDigit|isHex && len(value) >= 3 && len(value) <= 8 || plausibleSecret(value, nameMaybe)
	case nameKey:
		return len(value) >= minNamedKey && tokenEnd(looked(value), 0) == len(looked(value)) && flags&isAssign == 0 && flags&isDigit != 0 && flags&(isUpper|isLower) != 0 && !uuid(value)
	case nameScheme, nameHeader:
		return len(value) >= 16 || len(value) >= 8 && flags&isDigit != 0 && flags&(isUpper|isLower) != 0
	}
	if flags&isDigit == 0 {
		return len(value) >= minLetters && flags&^(isUpper|isLower|isHex|isJoiner|isScore) == 0 && changesOf(looked(value))*5 >= len(looked(value))*2 // more often than in words
	}
	return len(value) >= minMaybe && flags&(isUpper|isLower) != 0
}

// longestPIN is how many digits a PIN has at most (ISO 9564).
const longestPIN = 12

// minNamedKey is the shortest value that a name such as airtable_key speaks for.
const minNamedKey = 16

// uuid tells whether a value has the form of a UUID (RFC 9562), as ids of rows
// have.
func uuid(t []byte) bool {
	return len(t) == len("123e4567-e89b-12d3-a456-426614174000") && t[8] == '-' && t[13] == '-' && t[18] == '-' && t[23] == '-'
}

// minLetters is the same for a value without digits.
const minLetters = 20

// minMaybe is the shortest value with letters and digits that a name such as
// token speaks for.
const minMaybe = 10
