package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/store/storetest"
)

var testKey = [32]byte{1, 2, 3}

func TestConformanceInMemory(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return open(t, Config{}) })
}

func TestConformanceEncrypted(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		return open(t, Config{Path: filepath.Join(t.TempDir(), "store.db"), Key: testKey})
	})
}

func open(t testing.TB, cfg Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
