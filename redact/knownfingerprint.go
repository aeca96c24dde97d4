package redact

import "github.com/counterfoil/counterfoil/redact/internal/siphash"

// The shortest values that Fingerprint can tell from other text: MinKnownDigits
// digits, or MinKnownText letters and digits.
const (
	MinKnownDigits = minSuffix
	MinKnownText   = minText
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

// sipKey is the key of a tenant's fingerprints.
type sipKey struct{ siphash.Key }

func newSipKey(key [32]byte) sipKey {
	d := derive(key, "counterfoil redact known v1")
	return sipKey{siphash.New([16]byte(d[:16]))}
}
