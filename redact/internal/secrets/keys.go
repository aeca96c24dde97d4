package secrets

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/char"
	"github.com/counterfoil/counterfoil/redact/internal/credential"
	"github.com/counterfoil/counterfoil/redact/internal/encoded"
	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/finding"
)

// Keys finds tokens by their prefix, wherever a word begins.
func (s *Scan) Keys(v *finding.View) {
	t := v.Text
	for i := 0; i+encoded.MinWord <= len(t); i++ {
		if !credential.KeyBloom.Has(t[i:]) {
			continue
		}
		glued := i > 0 && char.Alnum(t[i-1]) && !glue(t, i) && !bytes.HasSuffix(t[:i], []byte("NTRF")) // the type of a transaction, see cue.transferType
		if t[i] == 'e' && bytes.HasPrefix(t[i:], []byte("eyJ")) {
			s.jwt(v, i)
		}
		for _, f := range credential.KeyForms[t[i]] {
			if !bytes.HasPrefix(t[i:], []byte(f.Prefix)) || glued && !f.Distinct() {
				continue
			}
			end := i + len(f.Prefix)
			if bytes.IndexByte([]byte(f.Prefix), '$') > 0 {
				end = saltedEnd(t, end)
			} else {
				end = s.Reaches.key.of(t, end, credential.TokenEnd)
			}
			if f.Access() {
				s.secretBeside(v, i, min(end, i+len(f.Prefix)+f.Body+secretKeyReach))
			}
			if n := end - i - len(f.Prefix); n >= f.Body && keyBody(f, t[i+len(f.Prefix):end]) && !s.Rules.IsToken(t[i:end]) {
				s.secret(v, i, end, "key")
				i = end - 1
				break
			}
		}
	}
}

// saltedEnd is credential.TokenEnd for a hash of a password, whose parts a dollar sign divides.
func saltedEnd(t []byte, i int) int {
	for i < len(t) && (credential.TokenChar(t[i]) || t[i] == '$' && char.At(t, i-1) != '$') {
		i++
	}
	return i
}

// glue tells whether the word boundary before t[i] is one of case: "tokenAKIA…".
func glue(t []byte, i int) bool {
	return char.ByteClass[t[i]]&char.IsUpper != 0 && char.ByteClass[t[i-1]]&char.IsLower != 0 || char.ByteClass[t[i]]&char.IsLower != 0 && char.ByteClass[t[i-1]]&char.IsDigit != 0
}

// secret notes a credential, unless it is part of the one that was noted last.
func (s *Scan) secret(v *finding.View, i, j int, rule string) {
	if n := len(s.Spans); n > s.Reaches.Own && i < j {
		last, lo, hi := &s.Spans[n-1], int(v.From(i)), int(v.To(j-1))
		if last.Entity == entity.Secret && last.Lo <= lo && hi <= last.Hi && hi-lo < last.Hi-last.Lo {
			return
		}
	}
	s.Add(v, i, j, finding.Span{Entity: entity.Secret, Layer: entity.Detector, Rule: rule, Canon: string(v.Text[i:j])})
}

// maxTokenParts is how many parts a JSON web token has at most.
const maxTokenParts = 5

// jwt finds a JSON web token: two or three (five if encrypted) base64url parts.
func (s *Scan) jwt(v *finding.View, i int) {
	t, parts, end := v.Text, 0, i
	for parts < maxTokenParts {
		start := end
		end = s.Reaches.part[parts].of(t, end, partEnd)
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

// PEM finds private keys between their BEGIN and END lines; without an END
// line all that follows belongs to the key.
func (s *Scan) PEM(v *finding.View) {
	t := v.Text
	for at := 0; ; {
		i := bytes.Index(t[at:], []byte(credential.PEMBegin))
		if i < 0 {
			return
		}
		i += at
		at = i + len(credential.PEMBegin)
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
	for from := i; i < len(t) && i-from < longestLabel && (char.Alnum(t[i]) || t[i] == ' ' || t[i] == '+' || t[i] == '.'); {
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

// Userinfo finds user:password@ in URLs.
func (s *Scan) Userinfo(v *finding.View) {
	t := v.Text
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
				if end := lastAt(t, k); !credential.CrossedOut(t[colon+1:end]) && !credential.Filled(t[colon+1:end]) {
					s.secret(v, start, end, "userinfo")
				}
				break
			}
			if c == '@' && colon < 0 && k-start >= minGrant && (credential.RandomLike(t[start:k]) || char.AllHex(t[start:k])) && !s.Rules.IsToken(t[start:k]) {
				s.secret(v, start, k, "userinfo") // nats://…@host
				break
			}
			if c <= ' ' || c == '/' || c == '"' || c == '<' || (c == '?' || c == '#') && (colon < 0 || char.AllDigits(t[colon+1:k])) { // which nobody escaped in a password
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
