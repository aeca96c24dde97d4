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
