package redact

import "bytes"

// Credentials: tokens with a published prefix, JSON web tokens (RFC 7519),
// private keys in PEM (RFC 7468), user information in URLs (RFC 3986, 3.2.1),
// Authorization headers (RFC 9110, 11.6.2) and what follows words such as
// "password=". The prefixes are those that issuers publish for secret scanning.

// tokenChar tells whether c may stand in a credential.
func tokenChar(c byte) bool { return byteClass[c]&isWord != 0 || c == '.' || c == '~' || c == '=' }

// keyBloom is a filter over the first four bytes of what keys looks for.
var keyBloom = makeKeyBloom()

type bloom [1 << 10]uint64

func (b *bloom) bit(t []byte) uint32 {
	return (uint32(t[0]) | uint32(t[1])<<8 | uint32(t[2])<<16 | uint32(t[3])<<24) * 0x9E3779B1 >> 16
}

func (b *bloom) has(t []byte) bool {
	bit := b.bit(t)
	return b[bit>>6]>>(bit&63)&1 != 0
}

func makeKeyBloom() *bloom {
	b := new(bloom)
	add := func(word string) {
		bit := b.bit([]byte(word))
		b[bit>>6] |= 1 << (bit & 63)
	}
	for _, forms := range keyForms {
		for _, f := range forms {
			switch len(f.prefix) {
			case 2: // followed by hexadecimal
				for _, c := range "0123456789abcdef" {
					for _, d := range "0123456789abcdef" {
						add(f.prefix + string(c) + string(d))
					}
				}
			case 3:
				for c := range 128 {
					if tokenChar(byte(c)) {
						add(f.prefix + string(rune(c)))
					}
				}
			default:
				add(f.prefix)
			}
		}
	}
	for c := range 128 {
		add("eyJ" + string(rune(c)))
	}
	for _, word := range []string{"Bear", "bear", "BEAR", "Basi", "basi", "BASI", "pass", "Pass", "PASS", "mysq", "sshp", "redi", "ldap", "dock", "podm", "smbc", "rdes", "xfre", "lftp", "zip ", "unzi", "WIFI", "psex", "PsEx", "PSEX", "psEx", "plin", "pscp"} {
		add(word)
	}
	return b
}

// words finds credentials and contacts.
func (s *scan) words(v view, p *profile) {
	s.reaches = reaches{own: len(s.spans)}
	if p.key {
		s.keys(&v)
	}
	if p.flags&isColon != 0 {
		s.pgpass(&v)
		s.wireless(&v)
	}
	if p.flags&isAt != 0 {
		s.userinfo(&v)
		s.emails(&v)
	}
	if p.key || p.mixed || p.hex || p.flags&(isAssign|isColon|isBack|isEscape|isLess) != 0 {
		s.assigned(&v)
	}
	if p.digits > 0 && p.flags&(isAssign|isColon|isLess) != 0 {
		s.printedSecrets(&v)
	}
	if p.digits >= fewestCode && (p.code || s.r.thorough) {
		s.codes(&v)
	}
	if p.digits >= fewestCode {
		s.cuedCodes(&v)
	}
	if p.pem {
		s.pem(&v)
	}
	if p.mixed || p.hex || p.key {
		s.shapedKeys(&v)
	}
	s.foreignSecrets(&v)
	if len(s.spans) > s.reaches.own {
		s.copies(&v, s.reaches.own)
	}
}

// keys finds tokens by their prefix, wherever a word begins.
func (s *scan) keys(v *view) {
	t := v.t
	for i := 0; i+minWord <= len(t); i++ {
		if !keyBloom.has(t[i:]) {
			continue
		}
		glued := i > 0 && alnum(t[i-1]) && !glue(t, i) && !bytes.HasSuffix(t[:i], []byte("NTRF")) // the type of a transaction, see transferType
		if t[i] == 'e' && bytes.HasPrefix(t[i:], []byte("eyJ")) {
			s.jwt(v, i)
		}
		for _, f := range keyForms[t[i]] {
			if !bytes.HasPrefix(t[i:], []byte(f.prefix)) || glued && !f.distinct() {
				continue
			}
			end := i + len(f.prefix)
			if bytes.IndexByte([]byte(f.prefix), '$') > 0 {
				end = saltedEnd(t, end)
			} else {
				end = s.reaches.key.of(t, end, tokenEnd)
			}
			if f.access() {
				s.secretBeside(v, i, min(end, i+len(f.prefix)+f.body+secretKeyReach))
			}
			if n := end - i - len(f.prefix); n >= f.body && keyBody(f, t[i+len(f.prefix):end]) && !s.r.isToken(t[i:end]) {
				s.secret(v, i, end, "key")
				i = end - 1
				break
			}
		}
	}
}

// saltedEnd is tokenEnd for a hash of a password, whose parts a dollar sign divides.
func saltedEnd(t []byte, i int) int {
	for i < len(t) && (tokenChar(t[i]) || t[i] == '$' && byteAt(t, i-1) != '$') {
		i++
	}
	return i
}

// glue tells whether the word boundary before t[i] is one of case: "tokenAKIA…".
func glue(t []byte, i int) bool {
	return byteClass[t[i]]&isUpper != 0 && byteClass[t[i-1]]&isLower != 0 || byteClass[t[i]]&isLower != 0 && byteClass[t[i-1]]&isDigit != 0
}

// secret notes a credential, unless it is part of the one that was noted last.
func (s *scan) secret(v *view, i, j int, rule string) {
	if n := len(s.spans); n > s.reaches.own && i < j {
		last, lo, hi := &s.spans[n-1], int(v.from(i)), int(v.to(j-1))
		if last.entity == Secret && last.lo <= lo && hi <= last.hi && hi-lo < last.hi-last.lo {
			return
		}
	}
	s.add(v, i, j, span{entity: Secret, layer: LayerDetector, rule: rule, canon: string(v.t[i:j])})
}

// maxTokenParts is how many parts a JSON web token has at most.
const maxTokenParts = 5

// jwt finds a JSON web token: two or three (five if encrypted) base64url parts.
func (s *scan) jwt(v *view, i int) {
	t, parts, end := v.t, 0, i
	for parts < maxTokenParts {
		start := end
		end = s.reaches.part[parts].of(t, end, partEnd)
		if end-start < 8 && parts < 2 {
			break
		}
		parts++
		if end == len(t) || t[end] != '.' {
			break
		}
		end++
	}
	if parts >= 2 {
		s.secret(v, i, end, "jwt")
	}
}

// pemBegin begins a block of PEM.
const pemBegin = "-----BEGIN"

// pem finds private keys between their BEGIN and END lines; without an END
// line all that follows belongs to the key.
func (s *scan) pem(v *view) {
	t := v.t
	for at := 0; ; {
		i := bytes.Index(t[at:], []byte(pemBegin))
		if i < 0 {
			return
		}
		i += at
		at = i + len(pemBegin)
		label := t[at:min(len(t), at+64)]
		if k := bytes.Index(label, []byte("-----")); k >= 0 {
			label = label[:k]
		}
		if !bytes.Contains(label, []byte("PRIVATE")) || !bytes.Contains(label, []byte("KEY")) { // a form on the web has + for spaces
			continue
		}
		end := len(t)
		if k := bytes.Index(t[at:], []byte("-----END")); k >= 0 {
			end = pemEnd(t, at+k+len("-----END"))
		}
		s.secret(v, i, end, "pem")
		at = end
	}
}

// pemEnd returns where the END line ends whose label starts at t[i:]; it may be
// cut off.
func pemEnd(t []byte, i int) int {
	const dashes, longestLabel = 5, 64
	for from := i; i < len(t) && i-from < longestLabel && (alnum(t[i]) || t[i] == ' ' || t[i] == '+' || t[i] == '.'); {
		i++
	}
	if bytes.HasPrefix(t[i:], []byte("-----BEGIN")) { // the next key
		return i
	}
	for n := 0; i < len(t) && n < dashes && t[i] == '-'; n++ {
		i++
	}
	return i
}

// userinfo finds user:password@ in URLs.
func (s *scan) userinfo(v *view) {
	t := v.t
	for k := range t {
		if t[k] == '@' {
			s.bareLogin(v, k)
		}
	}
	for at := 0; ; {
		i := bytes.Index(t[at:], []byte("://"))
		if i < 0 {
			return
		}
		start := at + i + 3
		at = start
		colon := -1
		for k := start; k < len(t) && k-start < 512; k++ {
			c := t[k]
			if c == ':' && colon < 0 {
				colon = k
			}
			if c == '@' && colon > 0 && k > colon+1 {
				s.secret(v, start, lastAt(t, k), "userinfo")
				break
			}
			if c == '@' && colon < 0 && k-start >= minGrant && (randomLike(t[start:k]) || allHex(t[start:k])) && !s.r.isToken(t[start:k]) {
				s.secret(v, start, k, "userinfo") // nats://…@host
				break
			}
			if c <= ' ' || c == '/' || c == '"' || c == '<' || (c == '?' || c == '#') && (colon < 0 || allDigits(t[colon+1:k])) { // which nobody escaped in a password
				break
			}
		}
	}
}

// lastAt returns the last at sign of the user and the password in a URL of which t[k] is
// the first: a password may have one that nobody escaped.
func lastAt(t []byte, k int) int {
	const reach = 64
	at := k
	for i := k + 1; i < len(t) && i-k < reach; i++ {
		switch c := t[i]; {
		case c == '@':
			at = i
		case c <= ' ' || c >= 0x80 || bytes.IndexByte([]byte("/?\"'<>\\`,;|()[]{}=&"), c) >= 0:
			return at
		}
	}
	return at
}

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
	named := typedEnd(t, j)
	counted := countedEnd(t, named)
	if counted > named && kind == nameSecret { // Pass 1: …
		kind = nameMaybe
	}
	a, sign := assignedAt(t, i, counted)
	told := false
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
		s.changedPassword(v, i, j) || s.credentialPair(v, i, j) || s.toldPassword(v, i, j) || s.pairedPassword(v, i, j) || s.saidBefore(v, i, j)
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
		default:
			return at, sign
		}
	}
	return at, sign
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
