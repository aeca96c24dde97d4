//go:build amd64 || arm64

package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// attemptTimeout bounds one attempt: a listener on the same machine answers in
// a millisecond, one that is far away in a few hundred.
const attemptTimeout = 2 * time.Second

// target is something that a probe tries to reach.
type target struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // tcp, udp, unix, dns, vsock, or an own kind of attempts
	Addr string `json:"addr"`
	// Control says that the attempt is also made outside, where it must not leave
	// the machine.
	Control bool `json:"control"`
}

// probeRequest and probeAnswer are what udp attempts exchange: a DNS query for
// the root, which every name server answers, and its beginning.
var (
	probeRequest = []byte("\xc0\xf0\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01")
	probeAnswer  = []byte("\xc0\xf0")
)

// attempt tries one target; nil means that it was reached.
func attempt(ctx context.Context, t target) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	switch t.Kind {
	case "tcp", "unix":
		return dialOnce(ctx, t.Kind, t.Addr)
	case "udp":
		return askOnce(ctx, t.Addr)
	case "lookup":
		_, err := new(net.Resolver).LookupHost(ctx, t.Addr)
		var unknown *net.DNSError
		if errors.As(err, &unknown) && unknown.IsNotFound && unknown.Server != "" {
			return nil // a server said so: it was reached
		}
		return err
	case "vsock":
		return vsockOnce()
	case "file":
		f, err := os.Open(t.Addr)
		if err == nil {
			f.Close()
		}
		return err
	}
	return powers[t.Kind]()
}

// powers are attempts at what would undo the sandbox, rather than pass it.
var powers = map[string]func() error{
	"io_uring": func() error {
		fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 1, 0, 0)
		return tried(fd, errno)
	},
	"user namespace": func() error { return unix.Unshare(unix.CLONE_NEWUSER) },
	"ptrace":         func() error { return unix.PtraceAttach(os.Getppid()) },
	"mount":          func() error { return unix.Mount("tmpfs", "/tmp", "tmpfs", 0, "") },
	"packet socket":  func() error { return socketOnce(unix.AF_PACKET, unix.SOCK_RAW) },
	"netlink socket": func() error { return socketOnce(unix.AF_NETLINK, unix.SOCK_RAW) },
	"unix datagram":  func() error { return socketOnce(unix.AF_UNIX, unix.SOCK_DGRAM) },
	"write to root":  func() error { return os.WriteFile("/written", nil, 0o600) },
	"privileges":     privileges,
}

func tried(fd uintptr, errno syscall.Errno) error {
	if errno != 0 && errno != unix.EFAULT {
		return errno
	}
	if errno == 0 {
		unix.Close(int(fd))
	}
	return nil // also where it failed for its arguments: it is not closed
}

// privileges fails, as it should, if this process has none and can get none.
func privileges() error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var has [2]unix.CapUserData
	if err := unix.Capget(&head, &has[0]); err != nil {
		return nil
	}
	nnp, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	mode, failed := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0)
	if has != ([2]unix.CapUserData{}) || err != nil || nnp != 1 || failed != nil || mode != unix.SECCOMP_MODE_FILTER {
		return nil
	}
	return unix.EPERM
}

// dialOnce connects, and waits until the other end closes: a listener of the
// probe does that once it has counted the connection, so that a control is not
// counted later as something that came from the inside. Whatever is read, the
// target was reached.
func dialOnce(ctx context.Context, network, addr string) error {
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return err
	}
	defer c.Close()
	deadline, _ := ctx.Deadline()
	c.SetDeadline(deadline)
	c.Read(make([]byte, 1))
	return nil
}

func askOnce(ctx context.Context, addr string) error {
	c, err := new(net.Dialer).DialContext(ctx, "udp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	deadline, _ := ctx.Deadline()
	c.SetDeadline(deadline)
	if _, err := c.Write(probeRequest); err != nil {
		return err
	}
	answer := make([]byte, 512)
	n, err := c.Read(answer)
	if err == nil && !bytes.HasPrefix(answer[:n], probeAnswer) {
		err = errors.New("another answer")
	}
	return err
}

// vsockOnce tries the host of a virtual machine. A refusal by that host would
// be an answer.
func vsockOnce() error {
	fd, err := unix.Socket(unix.AF_VSOCK, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	unix.Close(fd)
	return nil // a socket of this kind is a way out by itself
}

func socketOnce(family, kind int) error {
	fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// outcome is an attempt's result on its way out of the sandbox.
type outcome struct {
	Name string `json:"name"`
	Why  string `json:"why"` // "" if it was reached
}

// attemptAll tries all targets at once.
func attemptAll(ctx context.Context, targets []target) []outcome {
	list := make([]outcome, len(targets))
	var all sync.WaitGroup
	for i, t := range targets {
		all.Go(func() { list[i] = outcome{t.Name, why(attempt(ctx, t))} })
	}
	all.Wait()
	return list
}

// why is an error without addresses: the kernel's word where there is one.
func why(err error) string {
	var errno syscall.Errno
	switch {
	case err == nil:
		return ""
	case errors.As(err, &errno):
		return errno.Error()
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded):
		return "no answer"
	}
	return "failed"
}

// probeArg is the first argument of a copy of this program that is the probe
// in place of an engine; the targets are the second.
const probeArg = "counterfoil-probe"

// probeMark begins the line with the outcomes, so that nothing else is taken
// for it.
const probeMark = "outcomes: "

func probeMain(text string) {
	var targets []target
	if err := json.Unmarshal([]byte(text), &targets); err != nil {
		os.Exit(1)
	}
	out, err := json.Marshal(attemptAll(context.Background(), targets))
	if err != nil {
		os.Exit(1)
	}
	fmt.Fprintf(os.Stdout, "%s%s\n", probeMark, out)
	os.Exit(0)
}

// outcomes finds the probe's line in what it printed.
func outcomes(printed string) (list []outcome, err error) {
	for line := range strings.Lines(printed) {
		if text, ok := strings.CutPrefix(line, probeMark); ok {
			return list, json.Unmarshal([]byte(text), &list)
		}
	}
	return nil, errors.New("no outcome was reported")
}
