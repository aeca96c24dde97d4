//go:build !linux

package audit

import (
	"errors"
	"os"
)

// datasync makes a file's content durable.
func datasync(f *os.File) error { return f.Sync() }

// allocate reserves disk space for a part of a file beyond its end, where the
// system can.
func allocate(*os.File, int64, int64) error { return errors.ErrUnsupported }
