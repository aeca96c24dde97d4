package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Longest parts of an address (RFC 5321, 4.5.3.1).
const (
	MaxLocal = 64
)

// Credentials that no name and no prefix announces but their place: the cookies of a
// header, the login of a command, the secret beside an access key.

// cookies finds the values of a Cookie or Set-Cookie header (RFC 6265) that
// starts at t[i:], and returns where they end.
func (s *Scan) cookies(v *finding.View, i int) int {
	t := v.Text
	for i < len(t) && t[i] != '\n' {
		for i < len(t) && (t[i] == ' ' || t[i] == ';') {
			i++
		}
		name := i
		for i < len(t) && credential.TokenChar(t[i]) && t[i] != '=' {
			i++
		}
		if i == name || char.At(t, i) != '=' {
			return i
		}
		end := s.valueEnd(t, i+1)
		if value := t[i+1 : end]; !s.Rules.IsToken(value) && credential.PlausibleSecret(value, credential.NameMaybe) {
			s.secret(v, i+1, end, "cookie")
		}
		if i = end; char.At(t, i) != ';' {
			return i
		}
	}
	return i
}

// login finds the password behind -u or --user, as curl takes it: name:password
// at t[i:].
func (s *Scan) login(v *finding.View, i int) {
	t := v.Text
	for i < len(t) && (t[i] == ' ' || t[i] == '"' || t[i] == '\'' || t[i] == '=' || t[i] == '\\' && char.At(t, i+1) == '\n' || t[i] == '\n' && t[i-1] == '\\') {
		i++
	}
	end := s.closedQuote(t, i, s.valueEnd(t, i))
	k := bytes.IndexByte(char.Looked(t[i:end]), ':')
	if a, b := quotedApart(t, i, k, end); b-a >= minLogin && !s.Rules.IsToken(t[a:b]) && !credential.Placeholder(t, a, b) {
		s.secret(v, a, b, "login")
		return
	}
	if k > 0 && i+k+1 == end { // a key for the name, and no password
		if value := t[i : i+k]; credential.PlausibleSecret(value, credential.NameMaybe) && !s.Rules.IsToken(value) && !credential.Placeholder(t, i, i+k) {
			s.secret(v, i, i+k, "login")
		}
		return
	}
	if k < 0 || end-i-k-1 < minLogin || bytes.HasPrefix(t[i+k+1:], []byte("//")) || s.Rules.IsToken(t[i+k+1:end]) || credential.Placeholder(t, i+k+1, end) {
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
	case k < 0 && char.At(t, end+1) == ':':
		a = end + len(`":`)
	default:
		return 0, 0
	}
	q := char.At(t, a)
	if q != '"' && q != '\'' {
		return 0, 0
	}
	a++
	n := bytes.IndexByte(t[a:min(len(t), a+credential.LongestQuoted)], q)
	if n < 0 || bytes.IndexByte(t[a:a+n], ' ') >= 0 {
		return 0, 0
	}
	return a, a + n
}

// minLogin is the shortest password of a command: -u 1000:1000 names a user and
// a group.
const minLogin = 6

const (
	secretKeyReach = 48 // bytes from the one to the other
)

// secretBeside finds the secret beside the access key t[i:j].
func (s *Scan) secretBeside(v *finding.View, i, j int) {
	t := v.Text
	for k := max(0, i-secretKeyReach-credential.SecretKeySize); k < min(len(t), j+secretKeyReach); {
		end := s.Reaches.word.of(t, k, strictEnd)
		if end-k == credential.SecretKeySize && char.At(t, k-1) != '_' && char.At(t, k-1) != '-' && credential.AllKinds(t[k:end]) {
			s.secret(v, k, end, "beside_key")
		}
		k = max(end, k+1)
	}
}
