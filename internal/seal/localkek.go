package seal

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/counterfoil/counterfoil/internal/durable"
)

// A local key-encryption key is text, kept as a Secret: one line
//
//	counterfoil-kek-v1 ID BASE64
//
// and, while a rotation is under way, a line for each older key below it. The id
// is derived from the key, so that damage is told from another key.
const (
	kekMagic  = "counterfoil-kek-v1"
	kekIDSize = 16 // hex digits
	// maxLocalKeys bounds the lines: one, and one more while it is rotated.
	maxLocalKeys = 2
)

// Secret is where a local key-encryption key is kept: a file, the keyring of the
// operating system, a file that a passphrase encrypts. Read fails with
// fs.ErrNotExist if there is none; the caller may change what it returns. Write
// makes or replaces it, durably.
type Secret interface {
	Read(ctx context.Context) ([]byte, error)
	Write(ctx context.Context, text []byte) error
}

// LocalKEK is a key-encryption key that this program holds itself.
type LocalKEK struct {
	secret Secret
	kind   string

	mu   sync.Mutex
	read [sha256.Size]byte // digest of the text that keys are from
	keys []localKey        // the first one wraps
}

type localKey struct {
	id   string
	aead cipher.AEAD
}

// Format keeps the key out of every log.
func (*LocalKEK) Format(s fmt.State, _ rune) { fmt.Fprint(s, "seal.KEK(redacted)") }

// OpenLocalKEK reads a key-encryption key; kind names the place for Wrapper.
// Every failure wraps ErrNoKey.
func OpenLocalKEK(kind string, secret Secret) (*LocalKEK, error) {
	l := &LocalKEK{secret: secret, kind: kind}
	ctx, cancel := context.WithTimeout(context.Background(), KEKTimeout)
	defer cancel()
	if err := l.reload(ctx); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoKey, err)
	}
	return l, nil
}

// NewLocalKEK makes a new key-encryption key where there is none yet. Data keys
// that another one wrapped must not exist: see Create.
func NewLocalKEK(kind string, secret Secret) (*LocalKEK, error) {
	ctx, cancel := context.WithTimeout(context.Background(), KEKTimeout)
	defer cancel()
	text, err := secret.Read(ctx)
	clear(text)
	if errors.Is(err, fs.ErrNotExist) {
		text := newKEKText()
		defer clear(text)
		if err := secret.Write(ctx, text); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("%w: %w", ErrNoKey, err)
		}
	}
	return OpenLocalKEK(kind, secret)
}

// OpenFileKEK reads a key-encryption key from a file, which on Unix must be
// readable by its owner alone. Every failure wraps ErrNoKey.
func OpenFileKEK(path string) (*LocalKEK, error) { return OpenLocalKEK("file", FileSecret(path)) }

// FileSecret is a file of mode 0600.
type FileSecret string

// Read reads the file.
func (f FileSecret) Read(context.Context) ([]byte, error) { return readSmall(string(f), true) }

// Write replaces the file and overwrites what it held.
func (f FileSecret) Write(_ context.Context, text []byte) error {
	return durable.Supersede(string(f), text, durable.FileMode)
}

// reload reads the keys if they have changed. The caller holds mu, or is alone.
func (l *LocalKEK) reload(ctx context.Context) error {
	text, err := l.secret.Read(ctx)
	if err != nil {
		return err
	}
	defer clear(text)
	sum := sha256.Sum256(text)
	if l.keys != nil && sum == l.read {
		return nil
	}
	raw, err := parseKEK(text)
	if err != nil {
		return err
	}
	l.read, l.keys = sum, make([]localKey, 0, len(raw))
	for _, key := range raw {
		l.keys = append(l.keys, localKey{kekID(key), newGCM(key)})
		clear(key)
	}
	return nil
}

// newKEKText makes a new key.
func newKEKText() []byte {
	key := make([]byte, keySize)
	rand.Read(key)
	defer clear(key)
	return formatKEK(key)
}

func formatKEK(key []byte) []byte {
	out := append(fmt.Appendf(nil, "%s %s ", kekMagic, kekID(key)), make([]byte, base64.StdEncoding.EncodedLen(len(key)))...)
	base64.StdEncoding.Encode(out[len(out)-base64.StdEncoding.EncodedLen(len(key)):], key)
	return append(out, '\n')
}

// parseKEK accepts exactly what formatKEK writes, once or more often.
func parseKEK(text []byte) (keys [][]byte, err error) {
	if !bytes.HasPrefix(text, []byte(kekMagic+" ")) {
		return nil, errors.New("not a key-encryption key of this version")
	}
	for line := range bytes.Lines(text) {
		fields := bytes.Fields(line)
		if len(fields) != 3 || len(keys) == maxLocalKeys {
			return nil, errDamagedKEK
		}
		key := make([]byte, base64.StdEncoding.DecodedLen(len(fields[2])))
		n, err := base64.StdEncoding.Strict().Decode(key, fields[2])
		key = key[:n]
		again := formatKEK(key)
		same := bytes.Equal(again, line)
		clear(again)
		if err != nil || n != keySize || !same {
			return nil, errDamagedKEK
		}
		keys = append(keys, key)
	}
	return keys, nil
}

var errDamagedKEK = errors.New("key-encryption key is damaged")

func kekID(key []byte) string {
	var id [sha256.Size]byte
	expand(id[:], key, "kek id")
	return hex.EncodeToString(id[:kekIDSize/2])
}

// Wrap seals as id (16 hex digits) | nonce (12) | ciphertext and tag. It reads
// the secret again: another process may have rotated it, and what its old key
// wraps now would be lost when that one is retired.
func (l *LocalKEK) Wrap(ctx context.Context, key, aad []byte) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.reload(ctx); err != nil {
		return nil, err
	}
	k := l.keys[0]
	var nonce [nonceSize]byte
	rand.Read(nonce[:])
	out := append([]byte(k.id), nonce[:]...)
	return k.aead.Seal(out, nonce[:], key, aad), nil
}

// Unwrap reverses Wrap. An id that it does not know makes it read the secret
// again.
func (l *LocalKEK) Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error) {
	if len(wrapped) < kekIDSize+nonceSize+tagSize || !isKEKID(wrapped[:kekIDSize]) {
		return nil, ErrOtherKEK
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.find(string(wrapped[:kekIDSize]))
	if k == nil {
		if err := l.reload(ctx); err != nil {
			return nil, err
		}
		if k = l.find(string(wrapped[:kekIDSize])); k == nil {
			return nil, ErrOtherKEK
		}
	}
	rest := wrapped[kekIDSize:]
	key, err := k.aead.Open(nil, rest[:nonceSize], rest[nonceSize:], aad)
	if err != nil {
		return nil, errors.New("wrapped key is damaged")
	}
	return key, nil
}

func (l *LocalKEK) find(id string) *localKey {
	i := slices.IndexFunc(l.keys, func(k localKey) bool { return k.id == id })
	if i < 0 {
		return nil
	}
	return &l.keys[i]
}

// Wrapper names the key by the place and its id.
func (l *LocalKEK) Wrapper(wrapped []byte) string {
	if len(wrapped) < kekIDSize || !isKEKID(wrapped[:kekIDSize]) {
		return ""
	}
	return l.kind + " " + string(wrapped[:kekIDSize])
}

func isKEKID(b []byte) bool {
	_, err := hex.DecodeString(string(b))
	return err == nil && strings.ToLower(string(b)) == string(b)
}

// current reports whether the key that wraps now wrapped this.
func (l *LocalKEK) current(ctx context.Context, wrapped []byte) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.reload(ctx); err != nil {
		return false, err
	}
	return bytes.HasPrefix(wrapped, []byte(l.keys[0].id)), nil
}

// Rotate puts a new key above the one that there is.
func (l *LocalKEK) Rotate(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, err := l.secret.Read(ctx)
	if err != nil {
		return err
	}
	defer clear(text)
	if keys, err := parseKEK(text); err != nil || len(keys) == maxLocalKeys {
		return err // a rotation that was interrupted goes on
	}
	fresh := newKEKText()
	defer clear(fresh)
	both := slices.Concat(fresh, text)
	defer clear(both)
	if err := l.secret.Write(ctx, both); err != nil {
		return err
	}
	return l.reload(ctx)
}

// Retire takes away all keys but the first.
func (l *LocalKEK) Retire(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, err := l.secret.Read(ctx)
	if err != nil {
		return err
	}
	defer clear(text)
	first, older, _ := bytes.Cut(text, []byte("\n"))
	if len(older) == 0 {
		return nil
	}
	if err := l.secret.Write(ctx, text[:len(first)+1]); err != nil {
		return err
	}
	return l.reload(ctx)
}
