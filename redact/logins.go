package redact

import "bytes"

// Credentials that no name and no prefix announces but their place or their
// shape: the cookies of a header, the login of a command, the secret beside an
// access key, and the tokens of some services.

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
	for i < len(t) && (t[i] == ' ' || t[i] == '"' || t[i] == '\'' || t[i] == '=') {
		i++
	}
	end := s.valueEnd(t, i)
	k := bytes.IndexByte(looked(t[i:end]), ':')
	if k <= 0 || end-i-k-1 < minLogin || s.r.isToken(t[i+k+1:end]) {
		return
	}
	s.secret(v, i+k+1, end, "login")
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

// shapedKeys finds the tokens of services whose shape tells them: the bots of
// Telegram (123456789:AA…) and Discord (three parts of base64url), Airtable
// (pat….…), Azure (…8Q~…) and Mailchimp (…-us21).
func (s *scan) shapedKeys(v *view) {
	t := v.t
	for i := 0; i < len(t); {
		if !base64Char(t[i]) {
			i++
			continue
		}
		j := wordEnd(t, i)
		if from, end := shapedKey(t, i, j); end > 0 {
			s.secret(v, from, end, "shaped_key")
			j = end
		}
		i = j
	}
}

// shapedKey returns where such a token is whose word, or its first or last one, is
// t[i:j]; an end of 0 for none.
func shapedKey(t []byte, i, j int) (from, end int) {
	const bot, server, first, second, third, airtable, azure = 35, 32, 23, 6, 27, 17, 5
	switch n := j - i; {
	case n == bot && t[i] == 'A' && t[i+1] == 'A' && byteAt(t, i-1) == ':':
		from = i - 1
		for from > 0 && digit(t[from-1]) && i-from <= len("1234567890") {
			from--
		}
		if i-1-from >= 8 {
			return from, j
		}
	case n >= first && n <= first+5 && t[i] >= 'M' && t[i] <= 'O' && byteAt(t, j) == '.':
		k := wordEnd(t, j+1)
		if k-j-1 == second && byteAt(t, k) == '.' {
			if end = wordEnd(t, k+1); end-k-1 >= third && allKinds(t[i:end]) {
				return i, end
			}
		}
	case n == airtable && bytes.HasPrefix(t[i:], []byte("pat")) && byteAt(t, j) == '.':
		if k := wordEnd(t, j+1); k-j-1 == 64 && allHex(t[j+1:k]) {
			return i, k
		}
	case n >= 3 && n <= azure && byteAt(t, j) == '~' && t[j-1] == 'Q' && digit(t[j-2]):
		k := j + 1
		for k < len(t) && (base64Char(t[k]) || t[k] == '~' || t[k] == '.') {
			k++
		}
		if k-j-1 >= 31 && k-j-1 <= 40 && allKinds(t[i:k]) {
			return i, k
		}
	case n > server+3 && n <= server+len("-us21") && bytes.HasPrefix(t[i+server:j], []byte("-us")) && digit(t[j-1]):
		if allHex(t[i : i+server]) {
			return i, j
		}
	}
	return 0, 0
}

func allHex(t []byte) bool {
	for _, c := range t {
		if unhex(c) > 15 {
			return false
		}
	}
	return true
}
