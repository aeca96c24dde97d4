package seal

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// KEK wraps data keys. The file provider is here; a Vault transit key, a cloud
// KMS or an HSM fits behind the same two methods. What Wrap returns is opaque
// and must carry all that Unwrap needs, the version of the wrapping key
// included; aad must be bound. Both must be safe for concurrent use and give
// up when the context ends.
type KEK interface {
	Wrap(ctx context.Context, key, aad []byte) (wrapped []byte, err error)
	Unwrap(ctx context.Context, wrapped, aad []byte) (key []byte, err error)
}

// kekTimeout bounds one call of a provider: a remote one answers in
// milliseconds, or a call had better fail than hang.
const kekTimeout = 10 * time.Second

// maxKeyFile bounds a key file in bytes; the longest known wrapping (a cloud
// KMS) stays under 1 KB.
const maxKeyFile = 8 << 10

const kekMagic = "counterfoil-kek-v1"

// fileKEK is a key in a file: one line of magic, id and key. The id is derived
// from the key, so that damage is told from another key.
type fileKEK struct {
	id   string
	aead cipher.AEAD
}

// Format keeps the key out of every log.
func (f *fileKEK) Format(s fmt.State, _ rune) { fmt.Fprint(s, "seal.KEK(redacted)") }

// OpenFileKEK reads a key-encryption key from a file, which on Unix must be
// readable by its owner alone. Every failure wraps ErrNoKey.
func OpenFileKEK(path string) (KEK, error) {
	text, err := readSmall(path, true)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoKey, err)
	}
	key, err := parseKEK(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrNoKey, path, err)
	}
	defer clear(key)
	return &fileKEK{id: kekID(key), aead: newGCM(key)}, nil
}

// newKEKFile makes the content of a new key file.
func newKEKFile() []byte {
	key := make([]byte, keySize)
	rand.Read(key)
	defer clear(key)
	return formatKEK(key)
}

func formatKEK(key []byte) []byte {
	return fmt.Appendf(nil, "%s %s %s\n", kekMagic, kekID(key), base64.StdEncoding.EncodeToString(key))
}

func parseKEK(text []byte) ([]byte, error) {
	fields := strings.Fields(string(text))
	if len(fields) != 3 || fields[0] != kekMagic {
		return nil, errors.New("not a key-encryption key of this version")
	}
	key, err := base64.StdEncoding.Strict().DecodeString(fields[2])
	if err != nil || len(key) != keySize || string(formatKEK(key)) != string(text) {
		return nil, errors.New("key-encryption key is damaged")
	}
	return key, nil
}

func kekID(key []byte) string {
	id := expand(key, "kek id")
	return hex.EncodeToString(id[:8])
}

// Wrap seals as id (8, raw hex text 16) | nonce (12) | ciphertext and tag.
func (f *fileKEK) Wrap(_ context.Context, key, aad []byte) ([]byte, error) {
	var nonce [nonceSize]byte
	rand.Read(nonce[:])
	out := append([]byte(f.id), nonce[:]...)
	return f.aead.Seal(out, nonce[:], key, aad), nil
}

// Unwrap reverses Wrap.
func (f *fileKEK) Unwrap(_ context.Context, wrapped, aad []byte) ([]byte, error) {
	head := len(f.id)
	if len(wrapped) < head+nonceSize+tagSize {
		return nil, errors.New("wrapped key is too short")
	}
	if string(wrapped[:head]) != f.id {
		return nil, errors.New("wrapped by another key-encryption key")
	}
	key, err := f.aead.Open(nil, wrapped[head:head+nonceSize], wrapped[head+nonceSize:], aad)
	if err != nil {
		return nil, errors.New("wrapped key is damaged")
	}
	return key, nil
}

// readSmall reads a file of at most maxKeyFile bytes; a private one must not
// be open to others.
func readSmall(path string, private bool) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	if mode := info.Mode().Perm(); private && runtime.GOOS != "windows" && mode&0o077 != 0 {
		return nil, fmt.Errorf("%s has mode %04o, others could read it: run chmod 600 on it", path, mode)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxKeyFile {
		return nil, fmt.Errorf("%s is longer than %d bytes", path, maxKeyFile)
	}
	return text, nil
}
