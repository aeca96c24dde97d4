//go:build amd64 || arm64

package sandbox

import (
	"testing"

	"golang.org/x/sys/unix"
)

// verdict runs a filter over one system call, as the kernel would.
func verdict(t *testing.T, program []unix.SockFilter, arch, number uint32, args ...uint32) uint32 {
	t.Helper()
	data := map[uint32]uint32{offNumber: number, offArch: arch}
	for i, a := range args {
		data[offArg0+8*uint32(i)] = a
	}
	var acc uint32
	for pc := 0; pc < len(program); pc++ {
		in := program[pc]
		var holds bool
		switch in.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			acc = data[in.K]
			continue
		case unix.BPF_ALU | unix.BPF_AND | unix.BPF_K:
			acc &= in.K
			continue
		case unix.BPF_RET | unix.BPF_K:
			return in.K
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
			holds = acc == in.K
		case unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K:
			holds = acc >= in.K
		case unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K:
			holds = acc&in.K != 0
		default:
			t.Fatalf("instruction %d has code %#x", pc, in.Code)
		}
		if holds {
			pc += int(in.Jt)
		} else {
			pc += int(in.Jf)
		}
	}
	t.Fatal("the filter ends without a verdict")
	return 0
}

func TestFilter(t *testing.T) {
	const allow = unix.SECCOMP_RET_ALLOW
	stream := uint32(unix.SOCK_STREAM | unix.SOCK_CLOEXEC | unix.SOCK_NONBLOCK)
	socket, tcp, forward := engineRules(false).filter(), engineRules(true).filter(), forwarderRules.filter()
	for _, c := range []struct {
		name    string
		program []unix.SockFilter
		number  uint32
		args    []uint32
		want    uint32
	}{
		{"write", socket, unix.SYS_WRITE, nil, allow},
		{"accept", socket, unix.SYS_ACCEPT4, nil, allow},
		{"unix stream", socket, unix.SYS_SOCKET, []uint32{unix.AF_UNIX, stream}, allow},
		{"unix pair", socket, unix.SYS_SOCKETPAIR, []uint32{unix.AF_UNIX, stream}, allow},
		{"unix datagram", socket, unix.SYS_SOCKET, []uint32{unix.AF_UNIX, unix.SOCK_DGRAM}, refuse},
		{"unix seqpacket", socket, unix.SYS_SOCKET, []uint32{unix.AF_UNIX, unix.SOCK_SEQPACKET}, refuse},
		{"tcp", socket, unix.SYS_SOCKET, []uint32{unix.AF_INET, stream}, refuse},
		{"tcp6", socket, unix.SYS_SOCKET, []uint32{unix.AF_INET6, stream}, refuse},
		{"vsock", socket, unix.SYS_SOCKET, []uint32{unix.AF_VSOCK, stream}, refuse},
		{"netlink", socket, unix.SYS_SOCKET, []uint32{unix.AF_NETLINK, unix.SOCK_RAW}, refuse},
		{"connect", socket, unix.SYS_CONNECT, nil, refuse},
		{"thread", socket, unix.SYS_CLONE, []uint32{unix.CLONE_VM | unix.CLONE_THREAD}, allow},
		{"clone a namespace", socket, unix.SYS_CLONE, []uint32{unix.CLONE_NEWUSER}, refuse},
		{"clone3", socket, unix.SYS_CLONE3, nil, missing},
		{"last denied", socket, uint32(denied[len(denied)-1]), nil, refuse},
		{"tcp engine", tcp, unix.SYS_SOCKET, []uint32{unix.AF_INET, stream}, allow},
		{"tcp engine's unix", tcp, unix.SYS_SOCKET, []uint32{unix.AF_UNIX, stream}, allow},
		{"tcp engine's udp", tcp, unix.SYS_SOCKET, []uint32{unix.AF_INET, unix.SOCK_DGRAM}, refuse},
		{"tcp engine's vsock", tcp, unix.SYS_SOCKET, []uint32{unix.AF_VSOCK, stream}, refuse},
		{"tcp engine's connect", tcp, unix.SYS_CONNECT, nil, refuse},
		{"forwarder's connect", forward, unix.SYS_CONNECT, nil, allow},
		{"forwarder's udp", forward, unix.SYS_SOCKET, []uint32{unix.AF_INET, unix.SOCK_DGRAM}, refuse},
		{"forwarder's ptrace", forward, unix.SYS_PTRACE, nil, refuse},
	} {
		if got := verdict(t, c.program, auditArch, c.number, c.args...); got != c.want {
			t.Errorf("%s: got %#x, want %#x", c.name, got, c.want)
		}
	}
	if got := verdict(t, socket, auditArch^1, unix.SYS_WRITE); got != unix.SECCOMP_RET_KILL_PROCESS {
		t.Errorf("another architecture: %#x", got)
	}
	for _, n := range denied {
		if got := verdict(t, forward, auditArch, uint32(n)); got != refuse {
			t.Errorf("system call %d: %#x", n, got)
		}
		if got := verdict(t, forward, auditArch, x32Bit|uint32(n)); x32Bit != 0 && got != refuse {
			t.Errorf("system call %d of x32: %#x", n, got)
		}
	}
}
