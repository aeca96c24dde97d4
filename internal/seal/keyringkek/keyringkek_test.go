package keyringkek

import (
	"context"
	"errors"
	"io/fs"
	"testing"

	"github.com/zalando/go-keyring"

	"github.com/counterfoil/counterfoil/internal/seal"
)

func TestKeyring(t *testing.T) {
	keyring.MockInit()
	if _, err := Open("log.example").Read(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("without an entry: %v", err)
	}
	kek, err := seal.NewLocalKEK("keyring", Open("log.example"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := seal.CreateWith(dir, kek); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.OpenWith(dir, kek)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := ring.RotateKEK(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	again, err := seal.OpenLocalKEK("keyring", Open("log.example"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.OpenWith(dir, again); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
	if _, err := seal.OpenLocalKEK("keyring", Open("other.example")); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("another folder's: %v", err)
	}
}

func TestNoKeyring(t *testing.T) {
	keyring.MockInitWithError(errors.New("dbus at /run/user/1000 says no"))
	defer keyring.MockInit()
	if _, err := Open("x").Read(t.Context()); !errors.Is(err, errKeyring) || err.Error() != errKeyring.Error() {
		t.Errorf("reading: %v", err)
	}
	if err := Open("x").Write(t.Context(), []byte("x")); !errors.Is(err, errKeyring) {
		t.Errorf("writing: %v", err)
	}
}

// TestLockedKeyring: one that waits for its user is given up with the context.
func TestLockedKeyring(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	hang := make(chan struct{})
	defer close(hang)
	if err := within(ctx, func() error { <-hang; return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
