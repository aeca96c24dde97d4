//go:build amd64 || arm64

package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// maxForwarded bounds the connections that are forwarded at once; the client
// has a handful.
const maxForwarded = 64

// stagePath is where a sandbox with a forwarder shows this program.
const stagePath = "/counterfoil"

// forward starts an engine that speaks only TCP as a child of this process,
// which becomes the forwarder.
func forward(o order, ready func(Layers)) error {
	engine, err := startBeside(o)
	if err != nil {
		return fmt.Errorf("starting the engine: %w", err)
	}
	command := []string{forwarder, o.Spec.Socket, strconv.Itoa(o.Spec.Port), strconv.Itoa(engine)}
	return replaceWith(o, forwarderRules, stagePath, command, ready)
}

// forwardMain is the forwarder: it ends, and everything in its PID namespace
// with it, when the engine does.
func forwardMain(args []string) {
	listener, err := net.Listen("unix", args[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, "listening:", err)
		os.Exit(1)
	}
	engine, err := strconv.Atoi(args[2])
	if err != nil {
		os.Exit(1)
	}
	go serveForward(listener, net.JoinHostPort("127.0.0.1", args[1]))
	var status unix.WaitStatus
	for {
		if _, err := unix.Wait4(engine, &status, 0, nil); !errors.Is(err, unix.EINTR) {
			break
		}
	}
	os.Exit(max(status.ExitStatus(), 1))
}

// startBeside starts the engine with the filter that denies it to connect. Its
// own stage, in the same namespaces, puts the filter on.
func startBeside(o order) (pid int, err error) {
	text, err := json.Marshal(o)
	if err != nil {
		return 0, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	defer w.Close()
	cmd := &exec.Cmd{
		Path: stagePath, Args: []string{engineStage}, Env: o.environment(), Dir: "/",
		Stdout: os.Stdout, Stderr: os.Stderr, ExtraFiles: []*os.File{r},
		SysProcAttr: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	_, err = w.Write(text)
	return cmd.Process.Pid, err
}

// engineMain is the stage of startBeside.
func engineMain() {
	o, err := readOrder()
	if err == nil {
		err = become(o, func(Layers) {})
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// serveForward carries connections until the listener fails.
func serveForward(listener net.Listener, to string) {
	slots := make(chan struct{}, maxForwarded)
	for {
		c, err := listener.Accept()
		if err != nil {
			return
		}
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			carry(c, to)
		}()
	}
}

func carry(c net.Conn, to string) {
	defer c.Close()
	d, err := net.Dial("tcp", to)
	if err != nil {
		return // not up yet, or gone: the client sees the connection end
	}
	defer d.Close()
	var both sync.WaitGroup
	half := func(dst, src net.Conn) {
		io.Copy(dst, src)
		if w, ok := dst.(interface{ CloseWrite() error }); ok {
			w.CloseWrite()
		}
	}
	both.Go(func() { half(d, c) })
	both.Go(func() { half(c, d) })
	both.Wait()
}

// Shim is for a container without a network, as its entry point: it starts an
// engine that speaks only TCP on the container's own loopback and forwards a
// socket to it, until the engine ends. The container is the sandbox; the shim
// adds none.
func Shim(command []string, socket string, port int) error {
	if len(command) == 0 || !filepath.IsAbs(socket) || port < 1 || port > 65535 {
		return fmt.Errorf("%w: name a command, the absolute path of a socket and a port", ErrSpec)
	}
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: the socket cannot be replaced", ErrSpec)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return fmt.Errorf("%w: the socket cannot be made", ErrSpec)
	}
	defer listener.Close()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%w: it does not start", ErrSpec)
	}
	go serveForward(listener, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	return cmd.Wait()
}
