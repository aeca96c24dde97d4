package tokens

import (
	"crypto/hmac"
	"crypto/sha256"
	"sync"
)

// MAC is a key for HMAC-SHA256 of which the work that is the same for every
// message is done once.
type MAC struct{ pool sync.Pool }

// NewMAC makes a key for many messages.
func NewMAC(key [32]byte) *MAC {
	return &MAC{sync.Pool{New: func() any { return hmac.New(sha256.New, key[:]) }}}
}
