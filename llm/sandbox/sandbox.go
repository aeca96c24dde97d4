// Package sandbox runs an inference engine with no route out of the machine,
// on Linux, as an ordinary user and without Docker.
//
// The engine gets new user, network, mount, PID, IPC, UTS and cgroup
// namespaces. Its root holds the engine with the libraries it is linked
// against, what the Spec names read-only, four devices, a small /tmp, and one
// folder that it shares with the server: the one that its socket lies in. The
// loopback interface is down. It has no capability, cannot gain one, and a
// seccomp filter leaves it sockets of one kind, with which it can be connected
// to and cannot connect. A network namespace alone is not enough, because
// sockets in the file system and AF_VSOCK pass through it: the root and the
// filter stop these. Landlock repeats the limits where the kernel has it.
//
// A layer that the kernel refuses is an error. Nothing is left out in silence,
// Landlock included: Layers says what is in force.
package sandbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// Errors of this package.
var (
	// ErrForbidden means that the kernel, or what confines this process, does not
	// let an ordinary user make namespaces.
	ErrForbidden = errors.New("this machine does not allow the sandbox")
	// ErrPlatform means that the sandbox needs Linux on amd64 or arm64.
	ErrPlatform = errors.New("the sandbox needs Linux on amd64 or arm64; run the engine in a container with no network")
	// ErrSpec means that what is to be run cannot be: a path is missing, not
	// absolute, or the engine is not an ELF executable.
	ErrSpec = errors.New("the engine cannot be sandboxed")
)

// Spec says what to run and what it may see.
type Spec struct {
	// Command is the engine and its arguments. The first is an absolute path of
	// an ELF executable, or a name to be found in PATH.
	Command []string `json:"command"`
	// Sockets is an existing folder of the host, visible under the same path and
	// the only one that can be written to; the engine listens in it.
	Sockets string `json:"sockets"`
	// ReadOnly are files and folders of the host that are visible under the same
	// path: the model, and whatever else the engine has to read.
	ReadOnly []string `json:"read_only"`
	// Port is set for an engine that speaks only TCP: it listens on this port of
	// the inner loopback, and Socket is forwarded to it. The loopback interface is
	// up then, with nothing else on it.
	Port int `json:"port,omitempty"`
	// Socket is the path, in Sockets, that is forwarded to Port.
	Socket string `json:"socket,omitempty"`
	// Memory bounds the engine's address space in bytes; 0 does not.
	Memory uint64 `json:"memory,omitempty"`
}

// Bounds of what runs in the sandbox.
const (
	// maxFiles is for one socket, the model's parts and some hundred connections.
	maxFiles = 512
	// maxFileBytes keeps the shared folder from being filled: an engine has
	// nothing to write there but its socket.
	maxFileBytes = 1 << 20
	// maxProcesses counts threads too, several for each core of a large machine.
	maxProcesses = 1024
	// tmpBytes is the size of the engine's /tmp, which lies in memory.
	tmpBytes = 16 << 20
	// stopGrace is how long an engine may take to end before it is killed.
	stopGrace = 5 * time.Second
	// maxReadOnly bounds what a Spec names.
	maxReadOnly = 64
)

// Layers is what is in force around an engine that was started.
type Layers struct {
	Namespaces string `json:"namespaces"`   // their kinds
	Seccomp    int    `json:"seccomp"`      // instructions of the filter
	Landlock   int    `json:"landlock_abi"` // of the kernel; 0 where it has none
}

// check finds what can be known to be wrong before anything is started.
func (s Spec) check() error {
	switch {
	case len(s.Command) == 0:
		return fmt.Errorf("%w: no command is given", ErrSpec)
	case !filepath.IsAbs(s.Sockets):
		return fmt.Errorf("%w: the folder of the socket must be an absolute path", ErrSpec)
	case len(s.ReadOnly) > maxReadOnly:
		return fmt.Errorf("%w: more than %d paths are to be visible", ErrSpec, maxReadOnly)
	case (s.Port == 0) != (s.Socket == "") || s.Port < 0 || s.Port > 65535:
		return fmt.Errorf("%w: a port and a socket to forward go together", ErrSpec)
	case s.Socket != "" && filepath.Dir(s.Socket) != filepath.Clean(s.Sockets):
		return fmt.Errorf("%w: the socket must lie in its folder", ErrSpec)
	}
	for _, p := range append([]string{s.Sockets}, s.ReadOnly...) {
		if !filepath.IsAbs(p) || filepath.Clean(p) == "/" || reserved(p) {
			return fmt.Errorf("%w: %d paths are to be visible, and one of them is not absolute, or is one that the sandbox makes itself (/, /dev, /proc, /sys, /tmp)", ErrSpec, len(s.ReadOnly)+1)
		}
	}
	return nil
}

// reserved tells the roots that the sandbox makes itself. Something below /tmp
// is fine: it is mounted over the engine's own.
func reserved(p string) bool {
	p = filepath.Clean(p)
	for _, own := range []string{"/dev", "/proc", "/sys"} {
		if p == own || strings.HasPrefix(p, own+"/") {
			return true
		}
	}
	return p == "/tmp"
}
