package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/llm/sandbox"
)

func newLLMCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "llm",
		Short: "Run a local model with no way out, and prove it",
		Example: `  counterfoil llm probe
  counterfoil llm shim --socket /run/llm/engine.sock --port 11434 -- ollama serve`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newLLMRunCmd(a), newLLMProbeCmd(a), newLLMShimCmd(a))
	return cmd
}

func newLLMRunCmd(a *app) *cobra.Command {
	var socket string
	var read []string
	var port, memory int
	cmd := &cobra.Command{
		Use:   "run --socket PATH [--read PATH]... -- ENGINE [ARG]...",
		Short: "Run an inference engine in the sandbox",
		Long: `Run an inference engine in the sandbox, until it ends or this is interrupted. It sees
its own files, what --read names (the model), and the folder of the socket, in which it
has to listen; put nothing else there. It has no network, not even a loopback, and
cannot connect to anything. Linux only; no root and no Docker needed. Where the kernel
forbids it, the command fails: it never runs an engine outside.

With --port for an engine that speaks only TCP on the loopback, the socket is forwarded
to that port of the sandbox's own loopback.`,
		Example: `  counterfoil llm run --socket ~/llm/engine.sock --read ~/models/m.gguf -- \
    llama-server --model ~/models/m.gguf --alias m --host ~/llm/engine.sock
  counterfoil llm run --socket ~/llm/engine.sock --port 8080 --read ~/models -- engine --port 8080`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s := sandbox.Spec{Command: args, ReadOnly: read, Port: port, Memory: uint64(max(0, memory)) << 20}
			return a.llmRun(cmd.Context(), s, socket)
		},
	}
	cmd.Flags().StringVar(&socket, "socket", "", "`path` of the engine's unix socket, in a folder of its own")
	cmd.Flags().StringArrayVar(&read, "read", nil, "`path` that the engine may read; may be given more than once")
	cmd.Flags().IntVar(&port, "port", 0, "the engine speaks only TCP, on this `port`")
	cmd.Flags().IntVar(&memory, "memory-mib", 0, "bound the engine's address space to `MIB`")
	must(cmd.MarkFlagRequired("socket"))
	return cmd
}

func (a *app) llmRun(ctx context.Context, s sandbox.Spec, socket string) error {
	socket, err := filepath.Abs(socket)
	if err != nil {
		return err
	}
	for i, p := range s.ReadOnly {
		if s.ReadOnly[i], err = filepath.Abs(p); err != nil {
			return err
		}
	}
	s.Sockets = filepath.Dir(socket)
	if s.Port != 0 {
		s.Socket = socket
	}
	if err := os.MkdirAll(s.Sockets, 0o700); err != nil {
		return exit.Fail(exit.Data, "", "the folder of the socket cannot be made")
	}
	if err := removeSocket(socket); err != nil {
		return err
	}
	e, err := sandbox.Start(ctx, s, &lines{ui: &a.UI})
	if err != nil {
		return folder.SandboxFailure(err)
	}
	a.UI.Notef("the engine runs as process %d in namespaces of its own (%s), behind %d instructions of seccomp and Landlock %s",
		e.Pid(), e.Layers.Namespaces, e.Layers.Seccomp, landlockName(e.Layers.Landlock))
	err = e.Err()
	os.Remove(socket)
	if ctx.Err() != nil {
		a.UI.Notef("stopped")
		return nil
	}
	if err != nil {
		return exit.Fail(exit.Unavailable, "what it said is above", "the engine ended: %w", err)
	}
	a.UI.Notef("the engine ended")
	return nil
}

func landlockName(abi int) string {
	if abi == 0 {
		return "absent from this kernel"
	}
	return "in force"
}

// removeSocket removes what an engine that was killed left, and nothing else.
func removeSocket(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return exit.Fail(exit.Usage, "name another path", "there is something at the socket's path that is not a socket")
	}
	return os.Remove(path)
}

// maxEngineLine bounds a line that an engine prints, in bytes.
const maxEngineLine = 500

// lines passes on what an engine prints as notes: whole lines, cut short, without
// control characters.
type lines struct {
	ui   *console.UI
	rest []byte
}

// Write takes what the engine prints.
func (l *lines) Write(p []byte) (int, error) {
	for _, b := range p {
		if b != '\n' {
			if len(l.rest) < maxEngineLine {
				l.rest = append(l.rest, b)
			}
			continue
		}
		if text := strings.TrimSpace(string(l.rest)); text != "" {
			l.ui.Notef("engine: %s", text)
		}
		l.rest = l.rest[:0]
	}
	return len(p), nil
}

func newLLMProbeCmd(a *app) *cobra.Command {
	var tcp bool
	cmd := &cobra.Command{
		Use:   "probe",
		Short: "Try to get out of the sandbox, and put what comes of it on record",
		Long: `Start the sandbox with a probe in place of the engine. It tries TCP, UDP, DNS, IPv6, the
host's addresses, the loopback, unix sockets in the file system and abstract ones,
vsock, the metadata address, files of the host, and what would undo the sandbox. The
same attempts outside, to listeners of this command, have to succeed, else the probe
proves nothing. The outcome is a record in the log. Exits with 7 if there is a way out
or no proof. serve does this at its start and every hour.`,
		Example: `  counterfoil llm probe
  counterfoil llm probe --tcp --json           # the sandbox of an engine that speaks only TCP`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.llmProbe(cmd.Context(), tcp) },
	}
	cmd.Flags().BoolVar(&tcp, "tcp", false, "probe the sandbox of an engine that speaks only TCP")
	return cmd
}

func (a *app) llmProbe(ctx context.Context, tcp bool) (err error) {
	b, err := folder.OpenBooks(ctx, a.Home, "")
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	out, err := b.ProbeSandbox(ctx, folder.ProbeRequest{TCP: tcp})
	if err != nil {
		return err
	}
	if a.UI.JSON {
		err = a.UI.Document(out.Proof)
	} else {
		a.printAttempts(out.Proof)
	}
	if err != nil || out.Failure == nil {
		return err
	}
	return out.Failure.Failure()
}

func (a *app) printAttempts(p sandbox.Proof) {
	var rows [][]string
	for _, t := range p.Attempts {
		rows = append(rows, []string{t.Name, t.Outside, t.Inside, t.Why})
	}
	if len(rows) > 0 {
		a.UI.Table([]string{"ATTEMPT", "OUTSIDE", "INSIDE", "WHY"}, rows)
	}
}

func newLLMShimCmd(a *app) *cobra.Command {
	var socket string
	var port int
	cmd := &cobra.Command{
		Use:   "shim --socket PATH --port PORT -- ENGINE [ARG]...",
		Short: "In a container without a network: forward a socket to an engine that speaks only TCP",
		Long: `The entry point of a container with network_mode none and an engine that speaks only
TCP: starts the engine, and forwards a unix socket, in a folder that the container
shares, to its port on the container's own loopback. The container is the sandbox; the
shim adds none. Ends when the engine does.`,
		Example: `  counterfoil llm shim --socket /run/llm/engine.sock --port 11434 -- ollama serve`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := sandbox.Shim(args, socket, port); err != nil {
				return folder.SandboxFailure(err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&socket, "socket", "", "`path` of the unix socket")
	cmd.Flags().IntVar(&port, "port", 0, "the engine's `port` on the loopback")
	must(cmd.MarkFlagRequired("socket"))
	must(cmd.MarkFlagRequired("port"))
	return cmd
}
