// Package keyringkek keeps a key-encryption key in the keyring of the operating
// system: the Secret Service of a Linux desktop, the macOS Keychain, the Windows
// Credential Manager.
package keyringkek

import (
	"context"
	"errors"
	"io/fs"

	"github.com/zalando/go-keyring"
)

// service is under which name entries stand.
const service = "counterfoil"

// Secret is one entry. It implements seal.Secret.
type Secret struct{ account string }

// Open returns the entry of an account, which tells data folders apart.
func Open(account string) Secret { return Secret{account} }

var errKeyring = errors.New("the keyring of the operating system can't be used: unlock it, or run where there is one")

// Read reads the entry. A keyring may ask its user to unlock it; the context does
// not wait for that.
func (s Secret) Read(ctx context.Context) ([]byte, error) {
	var text string
	err := within(ctx, func() (err error) {
		text, err = keyring.Get(service, s.account)
		return err
	})
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return nil, fs.ErrNotExist
	case err != nil:
		return nil, errKeyring
	}
	return []byte(text), nil
}

// Write replaces the entry.
func (s Secret) Write(ctx context.Context, text []byte) error {
	if within(ctx, func() error { return keyring.Set(service, s.account, string(text)) }) != nil {
		return errKeyring
	}
	return nil
}

func within(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
