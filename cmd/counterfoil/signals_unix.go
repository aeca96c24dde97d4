//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreFileLimit makes a limit on file size show as an error of the write, as
// a full disk does, rather than end the process in the middle of it.
func ignoreFileLimit() { signal.Ignore(syscall.SIGXFSZ) }
