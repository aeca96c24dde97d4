package redact

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"
	"sync"

	"github.com/counterfoil/counterfoil/redact/internal/fold"
)

// A token is PREFIX_ and fourteen letters A–Z. The first ten come from
// HMAC-SHA256(key, entity, canonical value); the last four authenticate prefix
// and letters under the same key, so that the redactor knows its own tokens
// when it meets them again (redaction is idempotent) and can neutralise
// token-shaped text that comes from outside.
const (
	tokenLetters = 14
	valueLetters = 10
)

// prefixes are all token prefixes; no other text is token-shaped.
var prefixes = map[Entity]string{
	Card: "CARD", IBAN: "IBAN", Account: "ACCT", Bank: "BANK", Ref: "REF",
	National: "NATID", Email: "EMAIL", Phone: "PHONE", Secret: "SECRET",
	Opaque: "OPAQUE",
}

// otherPrefix stands for entities that only the caller knows.
const otherPrefix = "DATA"

// longestPrefix is the length of the longest prefix, in bytes.
const longestPrefix = 6

func prefixOf(e Entity) string {
	if p, ok := prefixes[e]; ok {
		return p
	}
	return otherPrefix
}

// isPrefix tells whether p is a token prefix.
func isPrefix(p []byte) bool {
	switch string(p) {
	case "CARD", "IBAN", "ACCT", "BANK", "REF", "NATID", "EMAIL", "PHONE", "SECRET", "OPAQUE", otherPrefix:
		return true
	}
	return false
}

// tokenKey holds the keys derived from the tenant key for tokens.
type tokenKey struct{ value, check *macKey }

func newTokenKey(key [32]byte) tokenKey {
	return tokenKey{value: newMACKey(derive(key, "counterfoil redact token v1")), check: newMACKey(derive(key, "counterfoil redact token check v1"))}
}

func derive(key [32]byte, label string) [32]byte { return newMACKey(key).sum([]byte(label)) }

// macKey is a key for HMAC-SHA256 of which the work that is the same for every
// message is done once.
type macKey struct{ pool sync.Pool }

func newMACKey(key [32]byte) *macKey {
	return &macKey{sync.Pool{New: func() any { return hmac.New(sha256.New, key[:]) }}}
}

// sum returns the HMAC of the parts of a message.
func (k *macKey) sum(parts ...[]byte) (out [sha256.Size]byte) {
	mac := k.pool.Get().(hash.Hash)
	mac.Reset()
	for _, p := range parts {
		mac.Write(p)
	}
	mac.Sum(out[:0])
	k.pool.Put(mac)
	return out
}

// TokenOf returns the token that stands for value, the same for every spelling
// of it: a prefix for the entity ("ACCT_", "CARD_", "IBAN_", …) and fourteen
// letters from HMAC-SHA256(key, entity, canonical value).
func TokenOf(key [32]byte, e Entity, value string) string {
	k := newTokenKey(key)
	return k.token(e, canonical(e, value))
}

// token makes the token of a value that is canonical already.
func (k *tokenKey) token(e Entity, canon string) string {
	sum := k.value.sum([]byte(e), []byte{0}, []byte(canon))
	var out [longestPrefix + 1 + tokenLetters]byte
	b := append(append(out[:0], prefixOf(e)...), '_')
	b = appendLetters(b, sum[:], valueLetters)
	return string(k.seal(b))
}

// seal appends the four check letters to prefix_ and ten letters.
func (k *tokenKey) seal(b []byte) []byte {
	sum := k.check.sum(b)
	return appendLetters(b, sum[:], tokenLetters-valueLetters)
}

// own tells whether text is exactly a token made under this key.
func (k *tokenKey) own(text []byte) bool {
	n := len(text) - (tokenLetters - valueLetters)
	if n < 0 {
		return false
	}
	var buf [longestPrefix + 1 + tokenLetters]byte
	return hmac.Equal(k.seal(append(buf[:0], text[:n]...)), text)
}

// appendLetters appends n ≤ 12 letters A–Z drawn from the first eight bytes of
// sum; the bias of one 64-bit draw over 26^12 is below 2^-7 of a letter.
func appendLetters(b, sum []byte, n int) []byte {
	v := binary.BigEndian.Uint64(sum)
	for range n {
		b = append(b, 'A'+byte(v%26))
		v /= 26
	}
	return b
}

// isToken tells whether text is one token of this key and nothing else.
func (r *Redactor) isToken(text []byte) bool {
	for i := 0; i < len(text) && i <= longestPrefix; i++ {
		if text[i] == '_' {
			return isPrefix(text[:i]) && len(text) == i+1+tokenLetters && letters(text[i+1:]) == tokenLetters && r.tokens.own(text)
		}
	}
	return false
}

// cutsToken tells whether t[i], where something of an entity was found, is one of the
// letters of a token: the last two may be those of a country, and the numbers behind an
// IBAN by chance. Where a token ends and others begin says nothing of its first letter, but
// that of a credential: ASIA and twelve more begin a key of AWS with the digits behind.
func (r *Redactor) cutsToken(t []byte, i int, e Entity) bool {
	from, to := r.tokenAround(t, i)
	return from < to && (t[i-1] != '_' || e == Secret) && bytes.IndexByte(t[from:i], '_') >= 0
}

// tokenAround returns the bounds of the token inside of which t[i-1] and t[i] both are;
// none if they are not inside one.
func (r *Redactor) tokenAround(t []byte, i int) (from, to int) {
	if i <= 0 || i >= len(t) || byteClass[t[i-1]]&isUpper == 0 && t[i-1] != '_' {
		return 0, 0
	}
	const longest = longestPrefix + 1 + tokenLetters
	end := min(len(t), i+longest)
	for at := max(0, i-longest); ; at = to {
		if from, to = r.nextToken(t[:end], at); to > i || from == end {
			break
		}
	}
	if from >= i {
		return 0, 0
	}
	return from, to
}

// nextToken returns the bounds of the first token in t[at:]; the end of t if there is
// none.
func (r *Redactor) nextToken(t []byte, at int) (from, to int) {
	for k := at; ; k++ {
		n := bytes.IndexByte(t[min(k, len(t)):], '_')
		if n < 0 {
			return len(t), len(t)
		}
		if k += n; letters(t[k+1:]) < tokenLetters {
			continue
		}
		to = k + 1 + tokenLetters
		for from = k - 1; from >= at && k-from <= longestPrefix; from-- {
			if r.isToken(t[from:to]) {
				return from, to
			}
		}
	}
}

// spareTokens takes out of the findings in a text the parts of our own tokens, which are
// letters of a code only together with what they are glued to. One as a whole is no value.
func (s *scan) spareTokens(t []byte) {
	if len(s.spans) == 0 || bytes.IndexByte(t, '_') < 0 {
		return
	}
	kept := s.spans[:0]
	for _, sp := range s.spans {
		if _, to := s.r.tokenAround(t, sp.lo); to > sp.lo {
			sp.lo = to
		}
		if from, to := s.r.tokenAround(t, sp.hi); from < to {
			sp.hi = from
		}
		if sp.lo < sp.hi && !s.r.isToken(t[sp.lo:sp.hi]) {
			kept = append(kept, sp)
		}
	}
	s.spans = kept
}

// letters counts the leading letters A–Z of b.
func letters(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= 'A' && b[n] <= 'Z' {
		n++
	}
	return n
}

// canonical returns the one spelling of a value: folded, without separators,
// digits and upper-case letters for numbers; case is kept where it matters.
func canonical(e Entity, value string) string {
	folded := fold.String(value)
	switch e {
	case Email:
		return strings.ToLower(strings.TrimSpace(folded))
	case Secret, Opaque:
		return strings.Join(strings.Fields(folded), "")
	}
	var b strings.Builder
	for i := 0; i < len(folded); i++ {
		switch c := folded[i]; {
		case c >= 'a' && c <= 'z':
			b.WriteByte(c - 'a' + 'A')
		case c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80:
			b.WriteByte(c)
		}
	}
	return b.String()
}
