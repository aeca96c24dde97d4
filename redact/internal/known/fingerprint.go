package known

import (
	"github.com/counterfoil/counterfoil/redact/internal/siphash"
	"github.com/counterfoil/counterfoil/redact/internal/tokens"
)

// MatchesNothing tells whether a fingerprint that Fingerprint made is of a value
// too short to be looked for.
func MatchesNothing(print []byte) bool {
	if len(print) < 2 {
		return true
	}
	token := 2 + int(print[1])
	return token >= len(print) || token+1+int(print[token]) >= len(print)
}

// SipKey is the key of a tenant's fingerprints.
type SipKey struct{ siphash.Key }

// NewSipKey derives the key of fingerprints from that of a tenant.
func NewSipKey(key [32]byte) SipKey {
	d := tokens.Derive(key, "counterfoil redact known v1")
	return SipKey{siphash.New([16]byte(d[:16]))}
}
