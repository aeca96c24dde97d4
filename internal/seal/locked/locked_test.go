package locked

import (
	"bytes"
	"runtime"
	"sync"
	"testing"
)

func TestSecrets(t *testing.T) {
	one, two := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	s := New(one, two)
	if !bytes.Equal(one, make([]byte, 32)) {
		t.Error("the original is left")
	}
	for at, want := range map[int]byte{0: 1, 32: 2} {
		if got := keyAt(s, at); got != [32]byte(bytes.Repeat([]byte{want}, 32)) {
			t.Errorf("at %d: %x", at, got)
		}
	}
	if got := s.Clone(); len(got) != 64 || got[40] != 2 {
		t.Errorf("%x", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a secret that is too long was taken")
		}
	}()
	New(make([]byte, Size+1))
}

// TestSlotsAreCleared: what no one can reach any more is overwritten, and only
// then used again.
func TestSlotsAreCleared(t *testing.T) {
	slot := New(bytes.Repeat([]byte{0xAB}, Size)).slot
	back := func() bool {
		pool.Lock()
		defer pool.Unlock()
		for _, f := range pool.free {
			if &f[0] == &slot[0] {
				return true
			}
		}
		return false
	}
	for !back() { // cleanups run some time after a collection
		runtime.GC()
		runtime.Gosched()
	}
	if !bytes.Equal(slot, make([]byte, Size)) {
		t.Error("a slot came back with its secret")
	}
}

func TestManyAtOnce(t *testing.T) {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 200 {
				s := New(bytes.Repeat([]byte{byte(i)}, 32))
				runtime.Gosched()
				if got := keyAt(s, 0); got != [32]byte(bytes.Repeat([]byte{byte(i)}, 32)) {
					t.Errorf("%x is another's", got)
				}
			}
		})
	}
	all.Wait()
}

func keyAt(s *Secret, at int) (key [32]byte) {
	s.Use(at, len(key), func(secret []byte) { copy(key[:], secret) })
	return key
}
