package redact

import "bytes"

// Credentials: tokens with a published prefix, JSON web tokens (RFC 7519),
// private keys in PEM (RFC 7468) and user information in URLs (RFC 3986, 3.2.1). The
// prefixes are those that issuers publish for secret scanning.

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
	for _, word := range []string{"Bear", "bear", "BEAR", "Basi", "basi", "BASI", "pass", "Pass", "PASS", "mysq", "sshp", "redi", "ldap", "dock", "podm", "smbc", "rdes", "xfre", "lftp", "zip ", "unzi", "WIFI", "cqls", "mong", "sqlc", "ipmi", "mosq", "snmp", "psex", "PsEx", "PSEX", "psEx", "plin", "pscp"} {
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
				if end := lastAt(t, k); !crossedOut(t[colon+1 : end]) {
					s.secret(v, start, end, "userinfo")
				}
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
