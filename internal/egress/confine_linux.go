package egress

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// tcpABI is the version of Landlock's interface that first knew TCP (Linux 6.7).
const tcpABI = 4

// ruleNetPort is LANDLOCK_RULE_NET_PORT of linux/landlock.h.
const ruleNetPort = 2

// landlockPort is struct landlock_net_port_attr of landlock(7).
type landlockPort struct {
	access uint64
	port   uint64
}

// Confine has the kernel forbid this thread, and every program that it
// executes, all TCP ports but the given ones, for good. It returns the version
// of Landlock's interface. Only a whole process is worth confining: call it on a
// locked thread and execute the program anew.
func Confine(p Ports) (abi int, err error) {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 || version < tcpABI {
		return 0, ErrUnconfined
	}
	attr := unix.LandlockRulesetAttr{Handled_access_net: unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP}
	set, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return 0, fmt.Errorf("landlock: %w", errno)
	}
	defer unix.Close(int(set))
	for _, rules := range []struct {
		access uint64
		ports  []uint16
	}{{unix.LANDLOCK_ACCESS_NET_CONNECT_TCP, p.Connect}, {unix.LANDLOCK_ACCESS_NET_BIND_TCP, p.Listen}} {
		for _, port := range rules.ports {
			rule := landlockPort{rules.access, uint64(port)}
			if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, set, ruleNetPort, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 {
				return 0, fmt.Errorf("landlock: %w", errno)
			}
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return 0, fmt.Errorf("landlock: %w", err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, set, 0, 0); errno != 0 {
		return 0, fmt.Errorf("landlock: %w", errno)
	}
	return int(version), nil
}

// Confined tries to listen on a port that is not in the list, on the loopback,
// and reports whether the kernel forbids it.
func Confined(p Ports) bool {
	const highest, unprivileged = 65535, 1024
	for port := highest; port > unprivileged; port-- {
		if slices.Contains(p.Listen, uint16(port)) {
			continue
		}
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return false
		}
		defer unix.Close(fd)
		return errors.Is(unix.Bind(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}), unix.EACCES)
	}
	return false
}
