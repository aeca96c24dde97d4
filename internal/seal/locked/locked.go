// Package locked keeps small secrets in memory that is not written to swap and not
// to a core dump, as far as the platform lets a process without rights do that
// (mlock, MADV_DONTDUMP, VirtualLock). It is best effort: where memory can't be
// locked, secrets are kept all the same, and All says so.
package locked

import (
	"runtime"
	"sync"
)

const (
	// Size is how long a secret may be, in bytes: the root key with what is derived
	// from it.
	Size = 320
	// pageSize of a slab; a multiple of every platform's page is rounded up by the
	// system.
	pageSize = 4096
)

// Secret is a piece of locked memory. It is overwritten and used again once it is
// unreachable, so that nothing has to know when its last user is done.
type Secret struct {
	slot []byte
	n    int
}

// pool hands out slots of slabs, which are never given back to the system.
var pool struct {
	sync.Mutex
	free     [][]byte
	unlocked bool // some slab could not be locked
}

// New copies secrets into locked memory, one behind the other, and overwrites the
// originals. It panics if they are longer than Size together.
func New(secrets ...[]byte) *Secret {
	s := &Secret{slot: take()}
	for _, b := range secrets {
		if s.n+len(b) > Size {
			panic("locked: secrets are too long")
		}
		s.n += copy(s.slot[s.n:], b)
		clear(b)
	}
	runtime.AddCleanup(s, put, s.slot)
	return s
}

// Use lends n bytes from an offset to f, where they lie: f must not change, copy
// or keep them.
func (s *Secret) Use(at, n int, f func(secret []byte)) {
	f(s.slot[at : at+n : at+n])
	runtime.KeepAlive(s)
}

// Clone copies all of it.
func (s *Secret) Clone() []byte {
	out := make([]byte, s.n)
	copy(out, s.slot[:s.n])
	runtime.KeepAlive(s)
	return out
}

// All reports whether every secret so far is in locked memory.
func All() bool {
	pool.Lock()
	defer pool.Unlock()
	return !pool.unlocked
}

func take() []byte {
	pool.Lock()
	defer pool.Unlock()
	if len(pool.free) == 0 {
		slab, ok := newSlab()
		pool.unlocked = pool.unlocked || !ok
		for at := 0; at+Size <= len(slab); at += Size {
			pool.free = append(pool.free, slab[at:at+Size:at+Size])
		}
	}
	slot := pool.free[len(pool.free)-1]
	pool.free = pool.free[:len(pool.free)-1]
	return slot
}

func put(slot []byte) {
	clear(slot)
	pool.Lock()
	defer pool.Unlock()
	pool.free = append(pool.free, slot)
}
