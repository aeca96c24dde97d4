// Package agekek keeps a key-encryption key in a file that age encrypts with a
// passphrase (scrypt), so that a copy of the folder is of no use without it.
package agekek

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"

	"filippo.io/age"

	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/internal/seal/locked"
)

const (
	// workFactor is age's own: about a second on a laptop.
	workFactor = 18
	// maxWorkFactor bounds what a file may ask for: about four seconds.
	maxWorkFactor = 20
	// maxText bounds the key's text in bytes; it has 81, twice that while it is
	// rotated.
	maxText = locked.Size
)

// Secret is the file. It implements seal.Secret.
type Secret struct {
	path       string
	passphrase func() (string, error)
	factor     int

	mu   sync.Mutex
	seen [sha256.Size]byte // of the file that text is from
	text *locked.Secret
}

// Open returns the file at a path. The passphrase is asked for when it is first
// needed.
func Open(path string, passphrase func() (string, error)) *Secret {
	return &Secret{path: path, passphrase: sync.OnceValues(passphrase), factor: workFactor}
}

// Format keeps the key out of every log.
func (*Secret) Format(s fmt.State, _ rune) { fmt.Fprint(s, "agekek.Secret(redacted)") }

// Read decrypts the file, once for each state of it: scrypt is slow on purpose.
func (s *Secret) Read(context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sealed, err := seal.ReadSecret(s.path)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(sealed); s.text == nil || sum != s.seen {
		text, err := s.decrypt(sealed)
		if err != nil {
			return nil, err
		}
		s.keep(sum, text)
	}
	return s.text.Clone(), nil
}

// keep takes the text over.
func (s *Secret) keep(sum [sha256.Size]byte, text []byte) {
	s.seen, s.text = sum, locked.New(text)
}

func (s *Secret) decrypt(sealed []byte) ([]byte, error) {
	passphrase, err := s.passphrase()
	if err != nil {
		return nil, err
	}
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, errors.New("the passphrase is empty")
	}
	id.SetMaxWorkFactor(maxWorkFactor)
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none):
		return nil, errors.New("the passphrase does not open the key-encryption key")
	case err != nil:
		return nil, errors.New("the key-encryption key is not a file that age encrypted with a passphrase, or is damaged")
	}
	text, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err != nil || len(text) > maxText {
		clear(text)
		return nil, errors.New("the key-encryption key is damaged")
	}
	return text, nil
}

// Write encrypts and replaces the file.
func (s *Secret) Write(_ context.Context, text []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	passphrase, err := s.passphrase()
	if err != nil {
		return err
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return errors.New("the passphrase is empty")
	}
	to.SetWorkFactor(s.factor)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return errors.New("the key-encryption key can't be encrypted")
	}
	if err := durable.Supersede(s.path, sealed.Bytes(), durable.FileMode); err != nil {
		return err
	}
	s.keep(sha256.Sum256(sealed.Bytes()), bytes.Clone(text))
	return nil
}
