package audit

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/counterfoil/counterfoil/internal/durable"
)

func tampered(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrTampered, fmt.Sprintf(format, args...))
}

// GenerateKey makes an Ed25519 key pair in the text form of signed notes: for
// a log (name is its origin) or for an operator.
func GenerateKey(name string) (signer, verifier string, err error) {
	if !validOrigin(name) {
		return "", "", invalid("key name")
	}
	return note.GenerateKey(rand.Reader, name)
}

const (
	keyFile     = "log.key"
	pubFile     = "log.pub"
	nextKeyFile = "log.key.next" // the new key, while a rotation is under way
)

// EnsureKey loads the log's signing key from keys/log.key below dir, or makes
// one for the origin and writes keys/log.pub beside it. It never replaces a
// key: if only log.pub is there, the key is lost and that is an error.
func EnsureKey(dir, origin string) (note.Signer, error) {
	if !validOrigin(origin) {
		return nil, invalid("origin")
	}
	keys := filepath.Join(dir, "keys")
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return nil, fmt.Errorf("making the key folder: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(keys, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return createKey(dir, keys, origin)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the signing key: %w", err)
	}
	return loadKey(keys, text, origin)
}

func createKey(dir, keys, origin string) (note.Signer, error) {
	for _, path := range []string{filepath.Join(keys, pubFile), filepath.Join(dir, "log", recordsFile)} {
		if info, err := os.Stat(path); err == nil && info.Size() > 0 {
			return nil, fmt.Errorf("%w: %s is there but the signing key is missing", ErrTampered, filepath.Base(path))
		}
	}
	skey, vkey, err := GenerateKey(origin)
	if err != nil {
		return nil, err
	}
	if err := writeFileSync(filepath.Join(keys, keyFile), []byte(skey+"\n")); err != nil {
		return nil, err
	}
	if err := writeFileSync(filepath.Join(keys, pubFile), []byte(vkey+"\n")); err != nil {
		return nil, err
	}
	return note.NewSigner(skey)
}

func loadKey(keys string, text []byte, origin string) (note.Signer, error) {
	skey := strings.TrimSpace(string(text))
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, invalid("malformed signing key") // the error would quote the key
	}
	if signer.Name() != origin {
		return nil, invalid("signing key is of another origin")
	}
	// log.pub is written after log.key; a crash between leaves it missing.
	pub := filepath.Join(keys, pubFile)
	vkey, err := verifierOf(skey)
	if err != nil {
		return nil, err
	}
	old, err := os.ReadFile(pub)
	if errors.Is(err, fs.ErrNotExist) {
		return signer, writeFileSync(pub, []byte(vkey+"\n"))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the public key: %w", err)
	}
	if !bytes.Equal(bytes.TrimSpace(old), []byte(vkey)) {
		return nil, tampered("%s does not belong to %s", pubFile, keyFile)
	}
	return signer, nil
}

// writeFileSync replaces a file durably: all of the new content or all of the
// old is there after a crash.
func writeFileSync(path string, data []byte) error {
	tmp := path + ".tmp"
	if err := writeAndSync(tmp, data); err != nil {
		os.Remove(tmp)
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	return durable.SyncDir(filepath.Dir(path))
}

func writeAndSync(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
