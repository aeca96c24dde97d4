package audit

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// lockFile takes the exclusive lock of an open file; it goes with the file, or
// with the process. It locks a byte far beyond the end, so that readers are
// not kept out.
func lockFile(f *os.File) error {
	at := &windows.Overlapped{OffsetHigh: 0x7fffffff}
	flags := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY)
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrLocked
	}
	if err != nil {
		return fmt.Errorf("locking the log: %w", err)
	}
	return nil
}

// probeLock returns ErrLocked if another process holds the lock.
func probeLock(f *os.File) error {
	if err := lockFile(f); err != nil {
		return err
	}
	at := &windows.Overlapped{OffsetHigh: 0x7fffffff}
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, at)
}
