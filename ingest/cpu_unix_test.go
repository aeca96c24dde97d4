//go:build unix

package ingest

import "syscall"

// cpuSeconds is the processor time this process has used: what a busy machine
// leaves comparable.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
