package redact

import (
	"github.com/counterfoil/counterfoil/redact/internal/column"
	"github.com/counterfoil/counterfoil/redact/internal/known"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// Fingerprint turns one known value (an account number, an IBAN, a card, a
// secret, in any spelling) into the opaque keyed hashes that a store keeps and
// NewKnown takes. The value cannot be recovered from them without the key. A
// value too short to be told from other text (under 6 digits, or under 8
// characters with letters) gives a fingerprint that matches nothing.
func Fingerprint(key [32]byte, e Entity, value string) ([]byte, error) {
	return FingerprintAs(key, e, value, TokenOf(key, e, value))
}

// FingerprintAs is Fingerprint for a value that is to be replaced by the token
// of another: an account's number with and without its bank, or the number
// inside an IBAN, are one account to whoever reads the result. The token must
// come from TokenOf under the same key.
func FingerprintAs(key [32]byte, e Entity, value, token string) ([]byte, error) {
	return known.NewSipKey(key).Fingerprint(e, value, token)
}

// Fingerprint is the function of that name under the redactor's key, for many
// values: what is derived from the key is derived once.
func (r *Redactor) Fingerprint(e Entity, value string) ([]byte, error) {
	return r.prints.Fingerprint(e, value, r.rules.Tokens.Token(e, tokens.Canonical(e, value)))
}

// The shortest values that Fingerprint can tell from other text: MinKnownDigits
// digits, or MinKnownText letters and digits.
const (
	MinKnownDigits = column.MinSuffix
	MinKnownText   = known.MinText
)

// MatchesNothing tells whether a fingerprint that Fingerprint made is of a value
// too short to be looked for.
func MatchesNothing(print []byte) bool { return known.MatchesNothing(print) }
