//go:build amd64 || arm64

package sandbox

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// denied are system calls that an engine has no use for and an attacker has:
// those that leave a namespace or make one, reach other processes, load code
// into the kernel, or do what the other rules forbid by another door
// (io_uring). They fail with EPERM.
var denied = []uintptr{
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV,
	unix.SYS_PIDFD_GETFD, unix.SYS_KCMP,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT,
	unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT, unix.SYS_FSOPEN, unix.SYS_FSCONFIG,
	unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_MOUNT_SETATTR,
	unix.SYS_UNSHARE, unix.SYS_SETNS,
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD,
	unix.SYS_KEYCTL, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE,
	unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD, unix.SYS_REBOOT,
	unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_NAME_TO_HANDLE_AT,
	unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT, unix.SYS_QUOTACTL,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME,
}

// namespaceFlags are the bits of clone(2) that would make a namespace.
const namespaceFlags = unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID |
	unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP

// rules is what a filter leaves.
type rules struct {
	families []uint32 // of sockets, all of them of type stream
	connect  bool
}

// engineRules let an engine be connected to. Even where it speaks TCP it
// connects to nothing.
func engineRules(tcp bool) rules {
	if tcp {
		return rules{families: []uint32{unix.AF_UNIX, unix.AF_INET}}
	}
	return rules{families: []uint32{unix.AF_UNIX}}
}

// forwarderRules are for our own process between the socket and an engine that
// speaks only TCP.
var forwarderRules = rules{families: []uint32{unix.AF_UNIX, unix.AF_INET}, connect: true}

// Offsets in struct seccomp_data; arguments are 64 bits, of which the kernel
// uses the low half for those that are looked at here.
const (
	offNumber = 0
	offArch   = 4
	offArg0   = 16
	offArg1   = 24
)

// socketTypeMask leaves out SOCK_CLOEXEC and SOCK_NONBLOCK.
const socketTypeMask = 0xf

func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

func ret(action uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
}

func and(mask uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: mask}
}

// jump skips yes instructions if the comparison holds, else no.
func jump(op uint16, k uint32, yes, no uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | op | unix.BPF_K, K: k, Jt: yes, Jf: no}
}

const (
	refuse  = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	missing = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
)

// filter assembles the program. Every rule is a block that begins and ends with
// the number of the system call in the accumulator, or decides.
func (r rules) filter() []unix.SockFilter {
	p := []unix.SockFilter{
		load(offArch),
		jump(unix.BPF_JEQ, auditArch, 1, 0),
		ret(unix.SECCOMP_RET_KILL_PROCESS),
		load(offNumber),
	}
	if x32Bit != 0 {
		p = append(p, jump(unix.BPF_JGE, x32Bit, 0, 1), ret(refuse))
	}
	for _, n := range denied {
		p = append(p, jump(unix.BPF_JEQ, uint32(n), 0, 1), ret(refuse))
	}
	if !r.connect {
		p = append(p, jump(unix.BPF_JEQ, unix.SYS_CONNECT, 0, 1), ret(refuse))
	}
	// The flags of clone3 lie in memory, where a filter cannot look. Told that it
	// does not exist, callers use clone.
	p = append(p, jump(unix.BPF_JEQ, unix.SYS_CLONE3, 0, 1), ret(missing),
		jump(unix.BPF_JEQ, unix.SYS_CLONE, 0, 4),
		load(offArg0), jump(unix.BPF_JSET, namespaceFlags, 0, 1), ret(refuse), ret(unix.SECCOMP_RET_ALLOW))
	for _, call := range []uint32{unix.SYS_SOCKET, unix.SYS_SOCKETPAIR} {
		p = append(p, r.sockets(call)...)
	}
	return append(p, ret(unix.SECCOMP_RET_ALLOW))
}

// sockets lets a call make stream sockets of the families alone.
func (r rules) sockets(call uint32) []unix.SockFilter {
	n := len(r.families)
	block := []unix.SockFilter{jump(unix.BPF_JEQ, call, 0, uint8(n+7)), load(offArg0)}
	for i, family := range r.families {
		block = append(block, jump(unix.BPF_JEQ, family, uint8(n-i), 0))
	}
	return append(block,
		ret(refuse),
		load(offArg1),
		and(socketTypeMask),
		jump(unix.BPF_JEQ, unix.SOCK_STREAM, 0, 1),
		ret(unix.SECCOMP_RET_ALLOW),
		// A fall-through of the comparison: any other type.
		ret(refuse),
	)
}

// install puts the filter on every thread of this process, for good, and
// returns its length. No new privileges can be had from here on.
func (r rules) install() (int, error) {
	program := r.filter()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return 0, fmt.Errorf("no new privileges: %w", err)
	}
	fprog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog)))
	runtime.KeepAlive(program)
	if errno != 0 {
		return 0, fmt.Errorf("seccomp: %w", errno)
	}
	return len(program), nil
}
