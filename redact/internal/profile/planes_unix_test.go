//go:build unix

package profile

import (
	"os"
	"syscall"
	"testing"
)

// TestPlanesAtPageEnds: no byte is read from a page that a text does not touch,
// and what stands beside the text does not matter.
func TestPlanesAtPageEnds(t *testing.T) {
	page := os.Getpagesize()
	mem, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skip("no memory mapping: ", err)
	}
	defer syscall.Munmap(mem)
	for i := range mem {
		mem[i] = "a1 ,Z"[i%5]
	}
	for _, side := range [][]byte{mem[:page], mem[2*page:]} {
		if err := syscall.Mprotect(side, syscall.PROT_NONE); err != nil {
			t.Skip("no memory protection: ", err)
		}
	}
	for n := range Block + 1 {
		for k := range 2 * Block {
			for _, at := range []int{page + k, 2*page - n - k} {
				text := mem[at : at+n]
				d, l, o := LoadPlanes(text)
				if wd, wl, wo := Classes(text); d != wd || l != wl || o != wo {
					t.Fatalf("%q at %d: got %x, %x, %x, want %x, %x, %x", text, at, d, l, o, wd, wl, wo)
				}
			}
		}
	}
}
