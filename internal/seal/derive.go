package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"

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
	nonces, share := expand(raw, "nonce"), expand(raw, "share")
	return &dataKey{
		purpose: p, generation: generation, id: id,
		aead:    newGCM(raw),
		secrets: locked.New(nonces[:], share[:]),
	}
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
	ids := expand(root, "id")
	all := [][]byte{root, ids[:]}
	for _, p := range purposes {
		mac := expand(root, "mac", string(p))
		all = append(all, mac[:])
	}
	k.root = locked.New(all...)
}

// secret copies one of them.
func (k *Keyring) secret(at int) [32]byte {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.root.Key(at)
}

func (k *Keyring) macKey(p Purpose) ([32]byte, bool) {
	i := slices.Index(purposes, p)
	if i < 0 {
		return [32]byte{}, false
	}
	return k.secret(atMACs + i*keySize), true
}

// derive expands the root key for a use named by labels.
func (k *Keyring) derive(labels ...string) [32]byte {
	root := k.secret(atRoot)
	defer clear(root[:])
	return expand(root[:], labels...)
}

// id names a generation of a key without telling whose it is.
func (k *Keyring) id(r ref, generation uint32) keyID {
	key := k.secret(atIDs)
	var b bytes.Buffer
	writeSized(&b, string(r.purpose))
	writeSized(&b, r.subject)
	b.Write(binary.BigEndian.AppendUint32(nil, generation))
	mac := hmac.New(sha256.New, key[:])
	mac.Write(b.Bytes())
	return keyID(mac.Sum(nil))
}

// expand is HKDF-SHA256 without salt; labels are framed by their lengths.
func expand(secret []byte, labels ...string) [32]byte {
	info := bytes.NewBufferString("counterfoil v1\x00")
	for _, l := range labels {
		writeSized(info, l)
	}
	out, err := hkdf.Key(sha256.New, secret, nil, info.String(), keySize)
	if err != nil {
		panic("seal: " + err.Error()) // only for lengths that a constant excludes
	}
	return [32]byte(out)
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
