//go:build unix && !aix && !solaris

package locked

import "golang.org/x/sys/unix"

// newSlab maps a page and reports whether it is locked.
func newSlab() (slab []byte, ok bool) {
	slab, err := unix.Mmap(-1, 0, pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return make([]byte, pageSize), false
	}
	return slab, unix.Mlock(slab) == nil && noDump(slab) == nil
}

// NoCoreDumps keeps the process and what it starts from leaving core dumps.
func NoCoreDumps() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
