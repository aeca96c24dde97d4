package sqlite

import (
	"math/rand/v2"
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

// Blocks and random numbers so small that several of each and collisions are
// the rule.
func TestConformanceSmallBlocks(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		s := open(t, Config{})
		s.block = 7
		s.random = func() int64 { return 1 + rand.Int64N(5000) }
		w := <-s.writer
		w.block = s.block
		s.writer <- w
		return s
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
