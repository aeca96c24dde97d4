//go:build !windows && (!unix || aix || solaris)

package locked

func newSlab() (slab []byte, ok bool) { return make([]byte, pageSize), false }

// NoCoreDumps does nothing here.
func NoCoreDumps() error { return nil }
