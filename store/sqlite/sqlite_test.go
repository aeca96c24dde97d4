package sqlite

import (
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
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
// the rule, and searches that soon change their ways.
func TestConformanceSmallBlocks(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		s := open(t, Config{})
		s.tuning = tuning{block: 7, cursors: 1, crowd: 1, patience: 3, passed: 2, merged: 5}
		var last atomic.Int64 // neighbours and collisions both occur
		s.random = func() int64 {
			if rand.IntN(3) == 0 {
				last.Store(rand.Int64N(5000))
			}
			return last.Add(1)
		}
		w := <-s.writer
		w.tuning = s.tuning
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
