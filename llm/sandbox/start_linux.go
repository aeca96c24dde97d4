//go:build amd64 || arm64

package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Engine is one that runs in a sandbox.
type Engine struct {
	// Layers is what is in force around it.
	Layers Layers

	process *os.Process
	ended   chan struct{}
	failed  error // of the process, once ended
}

// startTimeout bounds building a sandbox, which takes some 30 ms.
const startTimeout = 10 * time.Second

// Start runs an engine in a sandbox until ctx ends or it does. What it prints
// goes to out. The error is ErrForbidden, ErrPlatform or ErrSpec.
func Start(ctx context.Context, s Spec, out io.Writer) (*Engine, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	mounts, err := s.mounts()
	if err != nil {
		return nil, err
	}
	root, err := os.MkdirTemp("", "counterfoil-engine-")
	if err != nil {
		return nil, fmt.Errorf("%w: there is no place to mount its root on", ErrSpec)
	}
	e, answer, err := launch(order{s, root, mounts}, out)
	if err != nil {
		os.Remove(root)
		return nil, err
	}
	go func() { // the folder is only a place to mount on, in another namespace
		<-e.ended
		os.Remove(root)
	}()
	if err := e.await(answer); err != nil {
		e.Stop()
		return nil, err
	}
	go e.stopWith(ctx)
	return e, nil
}

// mounts resolves what the engine will see, the engine itself first, and puts
// its absolute path into the command.
func (s *Spec) mounts() ([]mount, error) {
	path, err := exec.LookPath(s.Command[0])
	if err != nil {
		return nil, fmt.Errorf("%w: there is no such executable", ErrSpec)
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, fmt.Errorf("%w: its path is not known", ErrSpec)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return nil, fmt.Errorf("%w: its path does not resolve", ErrSpec)
	}
	s.Command = append([]string{path}, s.Command[1:]...)
	code, err := codeOf(path)
	if err != nil {
		return nil, err
	}
	var list []mount
	for _, p := range code {
		list = append(list, mount{Path: p, Run: true})
	}
	if s.Port != 0 {
		self, err := ownCode()
		if err != nil {
			return nil, err
		}
		list = append(list, self...)
	}
	for _, p := range s.ReadOnly {
		list = append(list, mount{Path: filepath.Clean(p)})
	}
	list = append(list, mount{Path: filepath.Clean(s.Sockets), Write: true})
	return resolve(list)
}

func codeOf(path string) ([]string, error) {
	files, err := linked(path)
	if err != nil {
		return nil, err
	}
	more, err := plugins(path)
	if err != nil {
		return nil, fmt.Errorf("%w: its folder cannot be read", ErrSpec)
	}
	files = append(append(files, path), more...)
	slices.Sort(files)
	return slices.Compact(files), nil
}

// ownCode shows this program, for the stages beside an engine that speaks TCP.
func ownCode() ([]mount, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("%w: this program's own path is not known", ErrSpec)
	}
	libraries, err := linked(self)
	if err != nil {
		return nil, err
	}
	list := []mount{{Source: self, Path: stagePath, Run: true}}
	for _, l := range libraries {
		list = append(list, mount{Path: l, Run: true})
	}
	return list, nil
}

// resolve finds the files behind the paths, so that no link is followed later,
// and orders them so that nothing hides what was mounted before.
func resolve(list []mount) ([]mount, error) {
	for i := range list {
		from := list[i].Source
		if from == "" {
			from = list[i].Path
		}
		real, err := filepath.EvalSymlinks(from)
		if err != nil {
			return nil, fmt.Errorf("%w: a path that it is to see is missing", ErrSpec)
		}
		list[i].Source = real
	}
	slices.SortStableFunc(list, func(a, b mount) int { return len(a.Path) - len(b.Path) })
	return slices.CompactFunc(list, func(a, b mount) bool { return a.Path == b.Path }), nil
}

// launch makes the namespaces with the inner stage in them and hands it the
// order.
func launch(o order, out io.Writer) (*Engine, *os.File, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, nil, err
	}
	orderR, orderW, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer orderR.Close()
	defer orderW.Close()
	answerR, answerW, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer answerW.Close()
	cmd := &exec.Cmd{
		Path: "/proc/self/exe", Args: []string{stageName}, Env: []string{},
		Stdout: out, Stderr: out, ExtraFiles: []*os.File{orderR, answerW},
		SysProcAttr: attributesOfStage(), WaitDelay: stopGrace,
	}
	e := &Engine{ended: make(chan struct{})}
	if err := e.start(cmd); err != nil {
		answerR.Close()
		return nil, nil, forbidden("making the namespaces", err)
	}
	orderW.SetWriteDeadline(time.Now().Add(startTimeout))
	orderW.Write(text) // a stage that is gone already is found by its missing answer
	return e, answerR, nil
}

func attributesOfStage() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Pdeathsig: syscall.SIGKILL,
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID |
			syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS | syscall.CLONE_NEWCGROUP,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		// Not in the caller's process group: ctrl-C is for the server, which ends it.
		Setpgid: true,
	}
}

// start starts the process and waits for it, on one thread: Pdeathsig is sent
// when the thread that made the process ends.
func (e *Engine) start(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		e.process = cmd.Process
		started <- err
		if err != nil {
			return
		}
		e.failed = cmd.Wait()
		close(e.ended)
	}()
	return <-started
}

// await reads the inner stage's answer.
func (e *Engine) await(answer *os.File) error {
	defer answer.Close()
	answer.SetReadDeadline(time.Now().Add(startTimeout))
	var r report
	text, err := io.ReadAll(io.LimitReader(answer, maxOrder))
	if err == nil {
		err = json.Unmarshal(lastLine(text), &r)
	}
	switch {
	case err != nil:
		return fmt.Errorf("%w: its first stage gave no answer", ErrForbidden)
	case r.Failed != "":
		return refusal(r)
	}
	e.Layers = r.Layers
	return nil
}

// lastLine is the answer that counts: one of readiness is followed by one of
// failure if the engine could not be executed.
func lastLine(text []byte) []byte {
	lines := splitLines(text)
	if len(lines) == 0 {
		return nil
	}
	return lines[len(lines)-1]
}

func splitLines(text []byte) (lines [][]byte) {
	for start, i := 0, 0; i < len(text); i++ {
		if text[i] == '\n' {
			lines, start = append(lines, text[start:i]), i+1
		}
	}
	return lines
}

// refusal tells what confines this process from what is wrong with the engine.
func refusal(r report) error {
	errno := syscall.Errno(r.Errno)
	if errno == unix.EPERM || errno == unix.EACCES || errno == unix.ENOSYS || errno == unix.EINVAL {
		return forbidden(r.Failed, errno)
	}
	return fmt.Errorf("%w: %s", ErrSpec, r.Failed)
}

func forbidden(step string, err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return fmt.Errorf("%w: %s: %w", ErrForbidden, step, errno)
	}
	return fmt.Errorf("%w: %s", ErrForbidden, step)
}

func (e *Engine) stopWith(ctx context.Context) {
	select {
	case <-ctx.Done():
		e.Stop()
	case <-e.ended:
	}
}

// Done is closed when the engine has ended.
func (e *Engine) Done() <-chan struct{} { return e.ended }

// Err is how the engine ended, nil for exit code 0; it is known once Done is
// closed.
func (e *Engine) Err() error {
	<-e.ended
	return e.failed
}

// Pid is the engine's process id on the host.
func (e *Engine) Pid() int { return e.process.Pid }

// Stop asks the engine to end, kills it if it does not, and returns when it has
// ended. As first process of its namespace it takes all others with it.
func (e *Engine) Stop() {
	e.process.Signal(syscall.SIGTERM)
	select {
	case <-e.ended:
		return
	case <-time.After(stopGrace):
	}
	e.process.Kill()
	<-e.ended
}
