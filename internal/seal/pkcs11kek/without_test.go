//go:build !pkcs11 || !cgo

package pkcs11kek

import (
	"errors"
	"testing"
)

func TestRefused(t *testing.T) {
	if _, err := Open(Config{Module: "/usr/lib/x.so", Token: "safe", Key: "kek"}); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("got %v", err)
	}
	if _, err := Open(Config{}); err == nil || errors.Is(err, ErrNotBuilt) {
		t.Errorf("got %v", err)
	}
}
