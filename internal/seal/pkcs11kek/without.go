//go:build !pkcs11 || !cgo

package pkcs11kek

import "github.com/counterfoil/counterfoil/internal/seal"

// Built tells whether this program has PKCS #11.
const Built = false

// Open refuses.
func Open(cfg Config) (seal.KEK, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return nil, ErrNotBuilt
}
