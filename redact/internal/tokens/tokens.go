// Package tokens makes the tokens that stand for what was redacted, and knows its own.
package tokens

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"

	"github.com/counterfoil/counterfoil/redact/internal/entity"
	"github.com/counterfoil/counterfoil/redact/internal/fold"
)

// A token is PREFIX_ and fourteen letters A–Z. The first ten come from
// HMAC-SHA256(key, entity, canonical value); the last four authenticate prefix
// and letters under the same key, so that the redactor knows its own tokens
// when it meets them again (redaction is idempotent) and can neutralise
// token-shaped text that comes from outside.
const (
	Letters      = 14
	valueLetters = 10
)

// Prefixes are all token prefixes; no other text is token-shaped.
var Prefixes = map[entity.Kind]string{
	entity.Card: "CARD", entity.IBAN: "IBAN", entity.Account: "ACCT", entity.Bank: "BANK", entity.Ref: "REF",
	entity.National: "NATID", entity.Email: "EMAIL", entity.Phone: "PHONE", entity.Secret: "SECRET",
	entity.Opaque: "OPAQUE",
}

// otherPrefix stands for entities that only the caller knows.
const otherPrefix = "DATA"

// LongestPrefix is the length of the longest prefix, in bytes.
const LongestPrefix = 6

// PrefixOf returns the prefix of the tokens of an entity.
func PrefixOf(e entity.Kind) string {
	if p, ok := Prefixes[e]; ok {
		return p
	}
	return otherPrefix
}

// IsPrefix tells whether p is a token prefix.
func IsPrefix(p []byte) bool {
	switch string(p) {
	case "CARD", "IBAN", "ACCT", "BANK", "REF", "NATID", "EMAIL", "PHONE", "SECRET", "OPAQUE", otherPrefix:
		return true
	}
	return false
}

// Key holds the keys derived from the tenant key for tokens.
type Key struct{ value, check *MAC }

// NewKey derives the keys of tokens from that of a tenant.
func NewKey(key [32]byte) Key {
	return Key{value: NewMAC(Derive(key, "counterfoil redact token v1")), check: NewMAC(Derive(key, "counterfoil redact token check v1"))}
}

// Derive derives a key for the purpose that the label names.
func Derive(key [32]byte, label string) [32]byte { return NewMAC(key).sum([]byte(label)) }

// sum returns the HMAC of the parts of a message.
func (k *MAC) sum(parts ...[]byte) (out [sha256.Size]byte) {
	mac := k.pool.Get().(hash.Hash)
	mac.Reset()
	for _, p := range parts {
		mac.Write(p)
	}
	mac.Sum(out[:0])
	k.pool.Put(mac)
	return out
}

// Token makes the token of a value that is canonical already.
func (k *Key) Token(e entity.Kind, canon string) string {
	sum := k.value.sum([]byte(e), []byte{0}, []byte(canon))
	var out [LongestPrefix + 1 + Letters]byte
	b := append(append(out[:0], PrefixOf(e)...), '_')
	b = appendLetters(b, sum[:], valueLetters)
	return string(k.seal(b))
}

// seal appends the four check letters to prefix_ and ten letters.
func (k *Key) seal(b []byte) []byte {
	sum := k.check.sum(b)
	return appendLetters(b, sum[:], Letters-valueLetters)
}

// Own tells whether text is exactly a token made under this key.
func (k *Key) Own(text []byte) bool {
	n := len(text) - (Letters - valueLetters)
	if n < 0 {
		return false
	}
	var buf [LongestPrefix + 1 + Letters]byte
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

// Canonical returns the one spelling of a value: folded, without separators,
// digits and upper-case letters for numbers; case is kept where it matters.
func Canonical(e entity.Kind, value string) string {
	folded := fold.String(value)
	switch e {
	case entity.Email:
		return strings.ToLower(strings.TrimSpace(folded))
	case entity.Secret, entity.Opaque:
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
