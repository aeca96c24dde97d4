// Package seal keeps the keys. Data keys are AES-256-GCM, one for each purpose
// and subject, wrapped by a key-encryption key; destroying a subject's key
// erases all that was sealed for it.
//
// # Keys
//
// The key-encryption key (KEK) wraps and unwraps; it sits behind the interface
// KEK and by default is the file keys/kek. A 32-byte root key feeds everything
// that is derived (MAC, Derive, names of keys) by HKDF-SHA256 (RFC 5869). Each
// data key is random and lies, wrapped, in a file of its own below keys/data;
// its id is HMAC(root, purpose, subject, generation) cut to 16 bytes, so that
// neither a file name nor a ciphertext tells whose it is. A data key is made
// when it is first needed, read once, and kept in memory.
//
// # Formats
//
// A sealed value (Seal, SealWith) is
//
//	0x01 | key id (16) | nonce (12) | AES-256-GCM ciphertext and tag (16)
//
// whose associated data is a fixed label, the purpose and the subject, each
// with its length, the first 17 bytes, and the caller's associated data. A
// value shared between subjects (SealShared) is
//
//	0x02 | n (2, big-endian) | n key ids (16 each, rising) | nonce (12) |
//	wrapped record key (48) | ciphertext and tag
//
// where a random record key encrypts the value (with a zero nonce: the key is
// used once) and is itself wrapped under HKDF of a secret derived from every
// named data key. Without any one of them it cannot be unwrapped.
//
// Random nonces of 96 bits hold for 2^32 values under one key (NIST SP
// 800-38D, 8.3), which is a value every second for 136 years.
package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/counterfoil/counterfoil/internal/seal/locked"
)

// Sentinel errors.
var (
	// ErrOpen means that a ciphertext is not authentic for this purpose,
	// subject and associated data.
	ErrOpen = errors.New("sealed value does not open")
	// ErrErased means that the subject's key was destroyed.
	ErrErased = errors.New("key destroyed")
	// ErrNoKey means that the key-encryption key is missing or unreadable, or
	// that a key file is damaged or was wrapped by another one.
	ErrNoKey = errors.New("key-encryption key not available")
	// ErrNoSubject means that there is no key to destroy for a subject.
	ErrNoSubject = errors.New("no key for this subject")
)

// Bounds on what is sealed.
const (
	// MaxPlain is the longest plaintext in bytes: well above the largest sidecar,
	// low enough that one value cannot exhaust memory.
	MaxPlain = 64 << 20
	// MaxSubject is the longest subject in bytes.
	MaxSubject = 256
	// MaxSubjects bounds the subjects of one shared value. Each costs 16 bytes
	// and one derivation.
	MaxSubjects = 256
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

// purposes is the closed list: Destroy must reach every key of a subject.
var purposes = []Purpose{
	PurposeDB, PurposeToken, PurposeVault, PurposeSidecar,
	PurposeCursor, PurposeApproval, PurposeColumn,
}

// Purposes lists them.
func Purposes() []Purpose { return slices.Clone(purposes) }

// Keyring seals, opens and authenticates. It is safe for concurrent use. Keys
// are cached: a key that another process rotates or destroys stays in use here
// for noticeEvery at most.
type Keyring struct {
	dir string // keys/data
	kek KEK

	loading sync.Mutex // held while key files are read, made or destroyed
	mu      sync.RWMutex
	root    *locked.Secret // the root key, what derives the names of keys, and the MAC keys; see setRoot
	current map[ref]*dataKey
	byID    map[keyID]*dataKey
	groups  map[string]cipher.AEAD // by the ids of a shared value
	mark    string                 // content of the file changedName

	opened      time.Time
	noticed     atomic.Int64  // when notice last looked, in nanoseconds since opened
	noticeEvery time.Duration // as the constant, but in tests
}

// Seal encrypts plain for a purpose and subject ("" is the tenant). aad is
// authenticated, not stored: a value moved to another row fails to open. The
// result is 45 bytes longer than plain.
func (k *Keyring) Seal(p Purpose, subject string, aad, plain []byte) ([]byte, error) {
	d, err := k.key(p, subject, plain)
	if err != nil {
		return nil, err
	}
	var nonce [nonceSize]byte
	rand.Read(nonce[:])
	return d.seal(nonce, aad, plain), nil
}

// SealWith is Seal with a nonce derived from the key, nonceSeed, aad and plain,
// so that the same call gives the same bytes on replay. Everything that is
// encrypted or authenticated goes into the nonce, so that one nonce never
// serves two messages; the deriving key is erased with the data key.
func (k *Keyring) SealWith(p Purpose, subject string, nonceSeed, aad, plain []byte) ([]byte, error) {
	d, err := k.key(p, subject, plain)
	if err != nil {
		return nil, err
	}
	var sum [sha256.Size]byte
	d.secrets.Use(atNonces, keySize, func(key []byte) {
		m := newMAC(key)
		for _, part := range [][]byte{nonceSeed, aad, plain} {
			m.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
			m.Write(part)
		}
		m.sum(sum[:])
	})
	return d.seal([nonceSize]byte(sum[:nonceSize]), aad, plain), nil
}

// Open reverses Seal and SealWith. It fails with ErrOpen for anything that was
// not sealed for exactly this purpose, subject and aad, and with ErrErased if
// the key was destroyed.
func (k *Keyring) Open(p Purpose, subject string, aad, sealed []byte) ([]byte, error) {
	if len(sealed) < overhead || sealed[0] != formatSingle {
		return nil, ErrOpen
	}
	want := ref{p, subject}
	id := keyID(sealed[1:headerSize])
	if d := k.cached(want); d != nil && d.id == id {
		return d.open(want, aad, sealed)
	}
	d, err := k.lookup(id)
	if err != nil {
		return nil, err
	}
	if d.purpose != p || k.id(want, d.generation) != d.id {
		return nil, ErrOpen
	}
	if d.erased {
		return nil, ErrErased
	}
	return d.open(want, aad, sealed)
}

// MAC is HMAC-SHA256 under the purpose's own key, which no Destroy but that of
// the tenant touches.
func (k *Keyring) MAC(p Purpose, msg []byte) (sum [32]byte) {
	under := func(key []byte) {
		m := newMAC(key)
		m.Write(msg)
		m.sum(sum[:])
	}
	if i := slices.Index(purposes, p); i >= 0 {
		k.use(atMACs+i*keySize, under)
		return sum
	}
	key := k.derive("mac", string(p))
	defer clear(key[:])
	under(key[:])
	return sum
}

// Derive returns a 32-byte key for a purpose and info (HKDF-SHA256, RFC 5869),
// for libraries that need key material: the database cipher, the redactor.
func (k *Keyring) Derive(p Purpose, info string) [32]byte {
	return k.derive("derive", string(p), info)
}

// Format keeps keys out of every log, whatever the verb.
func (k *Keyring) Format(s fmt.State, _ rune) { fmt.Fprint(s, "seal.Keyring(redacted)") }

// MarshalText keeps keys out of encodings.
func (k *Keyring) MarshalText() ([]byte, error) { return []byte("seal.Keyring(redacted)"), nil }

func (k *Keyring) key(p Purpose, subject string, plain []byte) (*dataKey, error) {
	if !slices.Contains(purposes, p) {
		return nil, errors.New("sealing: unknown purpose")
	}
	if len(subject) > MaxSubject {
		return nil, fmt.Errorf("sealing: subject is longer than %d bytes", MaxSubject)
	}
	if len(plain) > MaxPlain {
		return nil, fmt.Errorf("sealing: value is longer than %d bytes", MaxPlain)
	}
	return k.currentKey(ref{p, subject})
}

func (d *dataKey) seal(nonce [nonceSize]byte, aad, plain []byte) []byte {
	out := make([]byte, 0, len(plain)+overhead)
	out = append(out, formatSingle)
	out = append(out, d.id[:]...)
	out = append(out, nonce[:]...)
	return d.aead.Seal(out, nonce[:], plain, slices.Concat(d.bind, aad))
}

func (d *dataKey) open(r ref, aad, sealed []byte) ([]byte, error) {
	// A key found by id was loaded for a purpose and an id; the subject is
	// proven by the id and bound once more here.
	bound := d.bind
	if bound == nil {
		bound = bindTo(r, d.id)
	}
	nonce := sealed[headerSize : headerSize+nonceSize]
	plain, err := d.aead.Open(nil, nonce, sealed[headerSize+nonceSize:], slices.Concat(bound, aad))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// bindTo is the part of the associated data that the key itself fixes.
func bindTo(r ref, id keyID) []byte {
	var b bytes.Buffer
	b.WriteString("counterfoil seal v1\x00")
	writeSized(&b, string(r.purpose))
	writeSized(&b, r.subject)
	b.WriteByte(formatSingle)
	b.Write(id[:])
	return b.Bytes()
}

func writeSized(b *bytes.Buffer, s string) { b.Write(appendSized(b.AvailableBuffer(), s)) }

func appendSized(out []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(out, uint32(len(s))), s...)
}
