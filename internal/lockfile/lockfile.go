// Package lockfile keeps a second process out of a folder. The operating
// system drops the lock when its holder ends, however it ends; the file stays
// and holds the last holder's process id, for messages only.
package lockfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// ErrHeld is returned by Acquire if another process has the lock.
var ErrHeld = errors.New("held by another process")

// Lock is a held lock.
type Lock struct{ f *os.File }

// Acquire takes the lock or fails at once. An error that wraps ErrHeld names
// the process if it can be told.
func Acquire(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		holder := pid(f)
		f.Close()
		if errors.Is(err, ErrHeld) && holder > 0 {
			return nil, fmt.Errorf("%w (process %d)", ErrHeld, holder)
		}
		return nil, err
	}
	if err := write(f, strconv.Itoa(os.Getpid())+"\n"); err != nil {
		f.Close()
		return nil, err
	}
	return &Lock{f}, nil
}

// Release gives the lock up.
func (l *Lock) Release() error { return l.f.Close() }

func write(f *os.File, text string) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

func pid(f *os.File) int {
	text, err := io.ReadAll(io.LimitReader(f, 32))
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return n
}
