package sandbox

import "golang.org/x/sys/unix"

const (
	auditArch = unix.AUDIT_ARCH_X86_64
	// x32Bit marks the numbers of the x32 ABI, which name the same calls again.
	x32Bit = 0x40000000
)
