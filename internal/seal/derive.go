package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"

	"github.com/counterfoil/counterfoil/internal/seal/locked"
)

// Sizes of the formats, in bytes.
const (
	keySize      = 32
	idSize       = 16
	nonceSize    = 12
	tagSize      = 16
	formatSingle = 1
	formatShared = 2
	headerSize   = 1 + idSize
	overhead     = headerSize + nonceSize + tagSize
)

type keyID [idSize]byte

// ref names a line of keys: the generations of one purpose and subject.
type ref struct {
	purpose Purpose
	subject string
}

// dataKey is one generation, ready for use. It is immutable. The raw key is
// dropped once the cipher and the secrets derived from it exist.
type dataKey struct {
	purpose    Purpose
	generation uint32
	id         keyID
	erased     bool
	aead       cipher.AEAD
	secrets    *locked.Secret // see the offsets below
	bind       []byte         // see bindTo; nil if the subject is not known
}

// Offsets of what is derived from a data key.
const (
	atNonces = 0       // derives the nonces of SealWith
	atShare  = keySize // goes into the keys of shared values
)

func newDataKey(p Purpose, generation uint32, id keyID, raw []byte) *dataKey {
	secrets := make([]byte, 2*keySize)
	expand(secrets[atNonces:atNonces+keySize], raw, "nonce")
	expand(secrets[atShare:atShare+keySize], raw, "share")
	return &dataKey{purpose: p, generation: generation, id: id, aead: newGCM(raw), secrets: locked.New(secrets)}
}

// Offsets of the root key and of what is derived from it ahead, as every call
// needs some of it.
const (
	atRoot = 0
	atIDs  = keySize     // derives the names of keys
	atMACs = 2 * keySize // the key of each purpose, in the order of purposes
)

// setRoot installs the root key, and overwrites it where it was. The caller holds
// mu, or is alone.
func (k *Keyring) setRoot(root []byte) {
	derived := make([]byte, (1+len(purposes))*keySize) // behind the root key
	expand(derived[:keySize], root, "id")
	for i, p := range purposes {
		expand(derived[atMACs-atIDs+i*keySize:][:keySize], root, "mac", string(p))
	}
	k.root = locked.New(root, derived)
}

// use lends one of them to f, where it lies.
func (k *Keyring) use(at int, f func(key []byte)) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	k.root.Use(at, keySize, f)
}

// derive expands the root key for a use named by labels.
func (k *Keyring) derive(labels ...string) (out [32]byte) {
	k.use(atRoot, func(root []byte) { expand(out[:], root, labels...) })
	return out
}

// id names a generation of a key without telling whose it is.
func (k *Keyring) id(r ref, generation uint32) keyID {
	var b bytes.Buffer
	writeSized(&b, string(r.purpose))
	writeSized(&b, r.subject)
	b.Write(binary.BigEndian.AppendUint32(nil, generation))
	var sum [sha256.Size]byte
	k.use(atIDs, func(key []byte) {
		m := newMAC(key)
		m.Write(b.Bytes())
		m.sum(sum[:])
	})
	return keyID(sum[:idSize])
}

func newGCM(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("seal: " + err.Error()) // only for a length that a constant excludes
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("seal: " + err.Error())
	}
	return gcm
}
