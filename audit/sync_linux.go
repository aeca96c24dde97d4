package audit

import (
	"os"
	"syscall"
)

// datasync makes a file's content durable, and of its metadata only what is
// needed to read it back.
func datasync(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err != syscall.EINTR {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}

// fallocKeepSize is FALLOC_FL_KEEP_SIZE: the file does not get longer.
const fallocKeepSize = 1

// allocate reserves disk space for a part of a file beyond its end.
func allocate(f *os.File, off, n int64) error {
	return os.NewSyscallError("fallocate", syscall.Fallocate(int(f.Fd()), fallocKeepSize, off, n))
}
