//go:build amd64 || arm64

package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Program names by which a copy of this program knows which stage it is.
const (
	stageName   = "counterfoil-sandbox" // builds the sandbox and becomes the engine
	engineStage = "counterfoil-engine"  // becomes an engine that speaks only TCP, beside
	forwarder   = "counterfoil-forward" // what carries the socket to it
)

// order is what the outer stage tells the inner one, on descriptor 3.
type order struct {
	Spec   Spec    `json:"spec"`
	Root   string  `json:"root"` // an empty folder to mount the engine's root on
	Mounts []mount `json:"mounts"`
}

// report is what the inner stage answers, on descriptor 4, before it becomes
// the engine.
type report struct {
	Layers Layers `json:"layers"`
	Failed string `json:"failed,omitempty"` // the step, in words of this program
	Errno  int    `json:"errno,omitempty"`
}

// Descriptors that the outer stage hands over.
const (
	orderFD  = 3
	reportFD = 4
)

// namespaces names what the engine has of its own.
const namespaces = "user net mount pid ipc uts cgroup"

// Main is the inner stage. A program that uses this package calls it first
// thing in main (and in TestMain): it returns in every process but the ones
// that Start made, and there it never does.
func Main() {
	if len(os.Args) == 0 {
		return
	}
	if len(os.Args) == 3 && os.Args[1] == probeArg {
		probeMain(os.Args[2])
	}
	if len(os.Args) == 2 && os.Args[1] == proberArg {
		proberMain()
	}
	runtime.LockOSThread()
	switch os.Args[0] {
	case stageName:
		innerMain()
	case engineStage:
		engineMain()
	case forwarder:
		forwardMain(os.Args[1:])
	}
	runtime.UnlockOSThread()
}

func innerMain() {
	answer := os.NewFile(reportFD, "report")
	syscall.CloseOnExec(reportFD)
	err := inner(func(l Layers) { json.NewEncoder(answer).Encode(report{Layers: l}) })
	r := report{Failed: err.Error()}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		r.Errno = int(errno)
	}
	json.NewEncoder(answer).Encode(r)
	os.Exit(1)
}

// inner builds the sandbox around this process and turns it into the engine.
// The order matters: each step still needs what the next takes away.
func inner(ready func(Layers)) error {
	// Before the order is read: if the server ended earlier there is none.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("tying it to the server: %w", err)
	}
	o, err := readOrder()
	if err != nil {
		return err
	}
	if err := unix.Sethostname([]byte("engine")); err != nil {
		return fmt.Errorf("naming the host: %w", err)
	}
	if o.Spec.Port != 0 {
		if err := loopbackUp(); err != nil {
			return fmt.Errorf("raising the loopback: %w", err)
		}
	}
	if err := tree(o.Root, o.Mounts); err != nil {
		return err
	}
	if err := bounds(o.Spec.Memory); err != nil {
		return fmt.Errorf("setting limits: %w", err)
	}
	if o.Spec.Port != 0 {
		return forward(o, ready)
	}
	return become(o, ready)
}

// become confines this process for good and turns it into the engine.
func become(o order, ready func(Layers)) error {
	return replaceWith(o, engineRules(o.Spec.Port != 0), o.Spec.Command[0], o.Spec.Command, ready)
}

// replaceWith confines this process and execs, by which every thread is
// confined.
func replaceWith(o order, r rules, path string, command []string, ready func(Layers)) error {
	layers, err := confine(o, r)
	if err != nil {
		return err
	}
	if err := closeFrom(orderFD); err != nil {
		return fmt.Errorf("closing descriptors: %w", err)
	}
	if err := unix.Chdir(filepath.Dir(o.Spec.Command[0])); err != nil {
		return fmt.Errorf("entering its folder: %w", err)
	}
	ready(layers)
	return fmt.Errorf("starting the engine: %w", unix.Exec(path, command, o.environment()))
}

// environment is all that an engine gets of one. Its dynamic linker is told the
// folders of its libraries, because it finds "beside the program" by /proc,
// which is not there. The working folder is the engine's own for plugins that are
// looked for there.
func (o order) environment() []string {
	var dirs []string
	for _, m := range o.Mounts {
		if dir := filepath.Dir(m.Path); m.Run && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return []string{"PATH=/", "HOME=/tmp", "LANG=C.UTF-8", "LD_LIBRARY_PATH=" + strings.Join(dirs, ":")}
}

func confine(o order, r rules) (Layers, error) {
	layers := Layers{Namespaces: namespaces}
	if err := dropCapabilities(); err != nil {
		return layers, fmt.Errorf("dropping capabilities: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return layers, fmt.Errorf("no new privileges: %w", err)
	}
	var err error
	if layers.Landlock, err = landlock(landlockRules(o.Mounts), o.Spec.Port != 0); err != nil {
		return layers, err
	}
	layers.Seccomp, err = r.install()
	return layers, err
}

func landlockRules(mounts []mount) []landlockRule {
	rules := []landlockRule{{"/tmp", landlockScratch}}
	for _, d := range devices {
		rules = append(rules, landlockRule{d, landlockDevice})
	}
	for _, m := range mounts {
		switch {
		case m.Write:
			rules = append(rules, landlockRule{m.Path, landlockListen})
		case m.Run:
			rules = append(rules, landlockRule{m.Path, landlockRun})
		default:
			rules = append(rules, landlockRule{m.Path, landlockRead})
		}
	}
	return rules
}

func readOrder() (o order, err error) {
	f := os.NewFile(orderFD, "order")
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxOrder))
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		return o, errors.New("reading what to start")
	}
	return o, nil
}

// maxOrder bounds an order in bytes: some hundred paths.
const maxOrder = 1 << 20

func bounds(memory uint64) error {
	limits := map[int]uint64{
		unix.RLIMIT_CORE:   0, // a core dump would hold prompts
		unix.RLIMIT_NOFILE: maxFiles,
		unix.RLIMIT_FSIZE:  maxFileBytes,
		unix.RLIMIT_NPROC:  maxProcesses,
	}
	if memory > 0 {
		limits[unix.RLIMIT_AS] = memory
	}
	for resource, n := range limits {
		var now unix.Rlimit
		if err := unix.Getrlimit(resource, &now); err != nil {
			return err
		}
		n = min(n, now.Max)
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: n, Max: n}); err != nil {
			return err
		}
	}
	return nil
}

// dropCapabilities empties every set of this thread, so that root of the
// namespace is root in name only, also after an exec.
func dropCapabilities() error {
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return err
	}
	for c := uintptr(0); ; c++ {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); errors.Is(err, unix.EINVAL) {
			break // beyond the last one that this kernel knows
		} else if err != nil {
			return err
		}
	}
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return unix.Capset(&head, &none[0])
}

// closeFrom marks every descriptor from first on to be closed at exec.
func closeFrom(first uint) error {
	return unix.CloseRange(first, ^uint(0), unix.CLOSE_RANGE_CLOEXEC)
}

// loopbackUp raises the one interface of the new network namespace.
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, lo); err != nil {
		return err
	}
	lo.SetUint16(lo.Uint16() | unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}
