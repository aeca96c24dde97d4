package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
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
	nonces     [32]byte // derives the nonces of SealWith
	share      [32]byte // goes into the keys of shared values
	bind       []byte   // see bindTo; nil if the subject is not known
}

func newDataKey(p Purpose, generation uint32, id keyID, raw []byte) *dataKey {
	return &dataKey{
		purpose: p, generation: generation, id: id,
		aead:   newGCM(raw),
		nonces: expand(raw, "nonce"),
		share:  expand(raw, "share"),
	}
}

// setRoot installs the root key and what every call needs of it. The caller
// holds mu, or is alone.
func (k *Keyring) setRoot(root [32]byte) {
	k.root = root
	k.ids = expand(root[:], "id")
	k.macs = make(map[Purpose][32]byte, len(purposes))
	for _, p := range purposes {
		k.macs[p] = expand(root[:], "mac", string(p))
	}
}

func (k *Keyring) macKey(p Purpose) ([32]byte, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	key, ok := k.macs[p]
	return key, ok
}

// derive expands the root key for a use named by labels.
func (k *Keyring) derive(labels ...string) [32]byte {
	k.mu.RLock()
	root := k.root
	k.mu.RUnlock()
	return expand(root[:], labels...)
}

// id names a generation of a key without telling whose it is.
func (k *Keyring) id(r ref, generation uint32) keyID {
	k.mu.RLock()
	key := k.ids
	k.mu.RUnlock()
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
