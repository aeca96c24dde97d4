// Package pkcs11kek wraps data keys by an AES key in a hardware security module,
// which never leaves it (PKCS #11, CKM_AES_GCM). It needs cgo, and so is only in
// builds with the tag pkcs11; others refuse.
//
// A wrapped key is "pkcs11 TOKEN/KEY", a newline, the nonce (12), and ciphertext
// and tag.
package pkcs11kek

import (
	"errors"
	"regexp"
)

// Config says where the key is.
type Config struct {
	Module string // path of the PKCS #11 library
	Token  string // label of the token
	Key    string // label of the AES-256 key
	// PIN of the token's user.
	PIN func() (string, error)
}

// LabelForm is what labels may look like.
var LabelForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._-]{0,31}$`)

// ErrNotBuilt means that this program was built without PKCS #11.
var ErrNotBuilt = errors.New("this build of counterfoil has no PKCS #11: build it with CGO_ENABLED=1 go build -tags pkcs11")

func (c *Config) check() error {
	if c.Module == "" || !LabelForm.MatchString(c.Token) || !LabelForm.MatchString(c.Key) {
		return errors.New("a PKCS #11 key needs a module, a token and a key")
	}
	return nil
}
