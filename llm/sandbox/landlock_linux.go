//go:build amd64 || arm64

package sandbox

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What Landlock is asked to handle, by the version of its interface that first
// knew it (landlock(7)).
const (
	landlockFiles    = 1<<13 - 1 // version 1: execute to make_sym
	landlockRefer    = unix.LANDLOCK_ACCESS_FS_REFER
	landlockTruncate = unix.LANDLOCK_ACCESS_FS_TRUNCATE
	landlockIoctl    = unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	landlockTCP      = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	landlockScopes   = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
)

// Rights below a path.
const (
	landlockRead    = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	landlockRun     = landlockRead | unix.LANDLOCK_ACCESS_FS_EXECUTE
	landlockListen  = landlockRead | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE
	landlockScratch = landlockListen | unix.LANDLOCK_ACCESS_FS_MAKE_REG | landlockTruncate
	landlockDevice  = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE
	landlockOfFile  = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_EXECUTE | landlockTruncate | landlockIoctl
)

// landlockRule gives rights below one path.
type landlockRule struct {
	path   string
	rights uint64
}

// landlockABI asks the kernel; 0 means that it has no Landlock or it is off.
func landlockABI() int {
	v, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(v)
}

// handled is what a kernel's Landlock can forbid. TCP is not forbidden where
// the engine speaks it: its only interface is the inner loopback.
func handled(abi int, tcp bool) unix.LandlockRulesetAttr {
	attr := unix.LandlockRulesetAttr{Handled_access_fs: landlockFiles}
	if abi >= 2 {
		attr.Handled_access_fs |= landlockRefer
	}
	if abi >= 3 {
		attr.Handled_access_fs |= landlockTruncate
	}
	if abi >= 4 && !tcp {
		attr.Handled_access_net = landlockTCP
	}
	if abi >= 5 {
		attr.Handled_access_fs |= landlockIoctl
	}
	if abi >= 6 {
		attr.Scoped = landlockScopes
	}
	return attr
}

// landlock confines this thread, and what it will exec, to the rules. It does
// nothing and returns 0 where the kernel has no Landlock.
func landlock(rules []landlockRule, tcp bool) (abi int, err error) {
	if abi = landlockABI(); abi == 0 {
		return 0, nil
	}
	attr := handled(abi, tcp)
	set, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return 0, fmt.Errorf("landlock: %w", errno)
	}
	defer unix.Close(int(set))
	for _, r := range rules {
		if err := addRule(int(set), r, attr.Handled_access_fs); err != nil {
			return 0, fmt.Errorf("landlock: %w", err)
		}
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, set, 0, 0); errno != 0 {
		return 0, fmt.Errorf("landlock: %w", errno)
	}
	return abi, nil
}

func addRule(set int, r landlockRule, known uint64) error {
	fd, err := unix.Open(r.path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return nil // such as a device that this machine lacks: nothing to allow
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	rights := r.rights & known
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		rights &= landlockOfFile
	}
	beneath := unix.LandlockPathBeneathAttr{Allowed_access: rights, Parent_fd: int32(fd)}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(set), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&beneath)), 0, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
