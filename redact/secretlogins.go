package redact

import "bytes"

// Credentials that no name and no prefix announces but their place: the cookies of a
// header, the login of a command, the secret beside an access key.

// cookies finds the values of a Cookie or Set-Cookie header (RFC 6265) that
// starts at t[i:], and returns where they end.
func (s *scan) cookies(v *view, i int) int {
	t := v.t
	for i < len(t) && t[i] != '\n' {
		for i < len(t) && (t[i] == ' ' || t[i] == ';') {
			i++
		}
		name := i
		for i < len(t) && tokenChar(t[i]) && t[i] != '=' {
			i++
		}
		if i == name || byteAt(t, i) != '=' {
			return i
		}
		end := s.valueEnd(t, i+1)
		if value := t[i+1 : end]; !s.r.isToken(value) && plausibleSecret(value, nameMaybe) {
			s.secret(v, i+1, end, "cookie")
		}
		if i = end; byteAt(t, i) != ';' {
			return i
		}
	}
	return i
}

// login finds the password behind -u or --user, as curl takes it: name:password
// at t[i:].
func (s *scan) login(v *view, i int) {
	t := v.t
	for i < len(t) && (t[i] == ' ' || t[i] == '"' || t[i] == '\'' || t[i] == '=' || t[i] == '\\' && byteAt(t, i+1) == '\n' || t[i] == '\n' && t[i-1] == '\\') {
		i++
	}
	end := s.closedQuote(t, i, s.valueEnd(t, i))
	k := bytes.IndexByte(looked(t[i:end]), ':')
	if a, b := quotedApart(t, i, k, end); b-a >= minLogin && !s.r.isToken(t[a:b]) && !placeholder(t, a, b) {
		s.secret(v, a, b, "login")
		return
	}
	if k > 0 && i+k+1 == end { // a key for the name, and no password
		if value := t[i : i+k]; plausibleSecret(value, nameMaybe) && !s.r.isToken(value) && !placeholder(t, i, i+k) {
			s.secret(v, i, i+k, "login")
		}
		return
	}
	if k < 0 || end-i-k-1 < minLogin || bytes.HasPrefix(t[i+k+1:], []byte("//")) || s.r.isToken(t[i+k+1:end]) || placeholder(t, i+k+1, end) {
		return
	}
	s.secret(v, i+k+1, end, "login")
}

// quotedApart returns where the password of a login t[i:end] stands that has quotes of its
// own, name:'…' or "name":"…"; t[i+k] is the first colon of it. Nowhere if it has none.
func quotedApart(t []byte, i, k, end int) (a, b int) {
	switch {
	case k > 0 && i+k+1 == end:
		a = end
	case k < 0 && byteAt(t, end+1) == ':':
		a = end + len(`":`)
	default:
		return 0, 0
	}
	q := byteAt(t, a)
	if q != '"' && q != '\'' {
		return 0, 0
	}
	a++
	n := bytes.IndexByte(t[a:min(len(t), a+longestQuoted)], q)
	if n < 0 || bytes.IndexByte(t[a:a+n], ' ') >= 0 {
		return 0, 0
	}
	return a, a + n
}

// minLogin is the shortest password of a command: -u 1000:1000 names a user and
// a group.
const minLogin = 6

// Access keys of AWS have a secret of 40 characters, which stands beside them.
const (
	secretKeySize  = 40
	secretKeyReach = 48 // bytes from the one to the other
)

// secretBeside finds the secret beside the access key t[i:j].
func (s *scan) secretBeside(v *view, i, j int) {
	t := v.t
	for k := max(0, i-secretKeyReach-secretKeySize); k < min(len(t), j+secretKeyReach); {
		end := s.reaches.word.of(t, k, strictEnd)
		if end-k == secretKeySize && byteAt(t, k-1) != '_' && byteAt(t, k-1) != '-' && allKinds(t[k:end]) {
			s.secret(v, k, end, "beside_key")
		}
		k = max(end, k+1)
	}
}

// allKinds tells whether there are letters of both cases and digits.
func allKinds(t []byte) bool {
	upperSeen, lowerSeen, digitSeen := runKinds(t)
	return upperSeen && lowerSeen && digitSeen
}
