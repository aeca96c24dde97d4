package locked

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// newSlab locks the pages of a slab, which stays for good.
func newSlab() (slab []byte, ok bool) {
	slab = make([]byte, pageSize)
	return slab, windows.VirtualLock(uintptr(unsafe.Pointer(&slab[0])), pageSize) == nil
}

// NoCoreDumps does nothing: Windows keeps dumps only where somebody asked for them.
func NoCoreDumps() error { return nil }
