package column

import (
	"bytes"

	"github.com/counterfoil/counterfoil/redact/internal/credential"
)

// SpelledName is credential.SecretName for a key or a label: one with spaces or other marks
// may be the name of a shop, such as Victoria's Secret, unless it says more.
func SpelledName(name []byte) credential.NameKind {
	kind := credential.SecretName(name)
	if kind == credential.NameNone || !bytes.ContainsAny(name, " '&") {
		return kind
	}
	low := bytes.ToLower(name)
	for _, end := range [...]string{"password", "passphrase", "api key", "access key", "private key", "secret key", "access token", "refresh token", "session token", "api token", "auth token", "bearer token",
		"client secret", "webhook secret", "signing secret", "app secret", "shared secret", "encryption key", "signing key", "master key", "recovery code", "security answer", "security code", "verification code", "memorable word", "card pin", "pin code", "cvv code", "cvc code", "maiden name", "pass phrase"} {
		if bytes.HasSuffix(low, []byte(end)) {
			return kind
		}
	}
	return credential.NameNone
}

// AmountLike tells whether a value is an amount with two decimals.
func AmountLike(text []byte) bool {
	k := bytes.IndexByte(text, '.')
	return k > 0 && len(text) == k+len(".50") && len(bytes.Trim(text, "-0123456789.")) == 0
}
