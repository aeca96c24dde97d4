package locked

import "golang.org/x/sys/unix"

func noDump(slab []byte) error { return unix.Madvise(slab, unix.MADV_DONTDUMP) }
