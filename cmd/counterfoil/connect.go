package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/clientconfig"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/internal/durable"
)

// maxClientConfig bounds a client's configuration file in bytes.
const maxClientConfig = 4 << 20

// connectOptions are the flags of `connect`.
type connectOptions struct {
	write bool
	file  string
	name  string
	url   string
}

// client is a kind of MCP client: how its configuration looks, and where it is
// kept unless --file says otherwise ("" has no place of its own).
type client struct {
	name   string
	render func(a *app, o connectOptions, c clientconfig.Command) string
	path   func(a *app) (string, error)
	merge  bool // a JSON file with mcpServers, rather than a file of its own
}

var clients = []client{
	{"claude-desktop", renderServers, claudeDesktopPath, true},
	{"inspector", renderInspector, inHere("mcp.json"), true},
	{"script", renderScript, inHere("counterfoil-client.sh"), false},
	{"typescript", renderTypeScript, inHere("counterfoil-client.mts"), false},
	{"python", renderPython, inHere("counterfoil-client.py"), false},
}

func newConnectCmd(a *app) *cobra.Command {
	var o connectOptions
	names := make([]string, len(clients))
	for i, c := range clients {
		names[i] = c.name
	}
	cmd := &cobra.Command{
		Use:   "connect " + strings.Join(names, "|"),
		Short: "Print or write the configuration of an MCP client",
		Long: `Print how an MCP client connects. With --write, merge it into the client's
configuration file: everything else in the file stays, the old file is kept beside
it, and a file that is not valid JSON is refused. Programs are written as new files.`,
		Example: `  counterfoil connect claude-desktop --write
  counterfoil connect inspector
  counterfoil connect python > client.py`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			for _, c := range clients {
				if c.name == args[0] {
					return a.connect(c, o)
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&o.write, "write", false, "merge into the client's configuration file")
	cmd.Flags().StringVar(&o.file, "file", "", "the configuration `file` (default: where the client keeps it)")
	cmd.Flags().StringVar(&o.name, "name", "counterfoil", "what the client calls this server")
	cmd.Flags().StringVar(&o.url, "url", "", "`address` of a running server (default: from the config)")
	return cmd
}

func (a *app) connect(c client, o connectOptions) error {
	if o.file != "" && !o.write {
		return exit.Fail(exit.Usage, "add --write", "--file is for --write")
	}
	if o.url == "" {
		o.url = a.serverURL()
	}
	cmd, err := a.serverCommand()
	if err != nil {
		return err
	}
	if !o.write {
		a.UI.Printf("%s", c.render(a, o, cmd))
		return nil
	}
	if o.file == "" {
		if o.file, err = c.path(a); err != nil {
			return err
		}
	}
	if !c.merge {
		return a.createProgram(o.file, c.render(a, o, cmd))
	}
	return a.mergeClient(o, cmd)
}

func (a *app) createProgram(path, text string) error {
	err := durable.Create(path, []byte(text), durable.FileMode)
	if errors.Is(err, fs.ErrExist) {
		return exit.Fail(exit.Conflict, "name another file with --file", "%s exists already", path)
	}
	if err == nil {
		a.UI.Notef("wrote %s", path)
	}
	return err
}

// mergeClient adds this server to a client's file.
func (a *app) mergeClient(o connectOptions, cmd clientconfig.Command) error {
	path := o.file
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // replace the file, not a link to it
	}
	old, err := bounded.ReadFile(path, maxClientConfig)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the client's configuration: %w", err)
	}
	exists := err == nil
	merged, err := clientconfig.Merge(old, o.name, cmd)
	if err != nil {
		return exit.Fail(exit.Input, "mend or move the file; it was left alone", "%s: %w", path, err)
	}
	if exists && string(merged) == string(old) {
		a.UI.Notef("%s is up to date", path)
		return nil
	}
	if err := a.replaceKeeping(path, old, merged, exists); err != nil {
		return err
	}
	a.UI.Notef("wrote %s; restart the client", path)
	return nil
}

// replaceKeeping replaces a file and keeps the old one beside it.
func (a *app) replaceKeeping(path string, old, text []byte, exists bool) error {
	mode := durable.FileMode
	if exists {
		if info, err := os.Stat(path); err == nil {
			mode = info.Mode().Perm()
		}
		backup := path + ".bak-" + a.Now().Format("20060102T150405.000000Z")
		if err := durable.Create(backup, old, mode); err != nil {
			return fmt.Errorf("keeping the old configuration: %w", err)
		}
		a.UI.Notef("the old file is %s", backup)
	} else if err := os.MkdirAll(filepath.Dir(path), durable.DirMode); err != nil {
		return err
	}
	return durable.Replace(path, text, mode)
}

func (a *app) serverCommand() (clientconfig.Command, error) {
	exe, err := os.Executable()
	if err != nil {
		return clientconfig.Command{}, fmt.Errorf("finding this program: %w", err)
	}
	if real, err := filepath.EvalSymlinks(exe); err == nil && strings.Contains(real, "go-build") {
		a.UI.Warnf("this program runs from a build cache; install it (go install ./cmd/counterfoil) and connect again")
	}
	args := []string{"serve", "--stdio", "--data", a.DataDir}
	if a.ConfigPath != a.Data("config.yaml") {
		args = append(args, "--config", a.ConfigPath)
	}
	return clientconfig.Command{Command: exe, Args: args}, nil
}

// serverURL is where `serve` listens by the config, or by default.
func (a *app) serverURL() string {
	address := config.DefaultAddress
	if c, err := a.Config(); err == nil && c.Serve.HTTP != "" {
		address = c.Serve.HTTP
	}
	return "http://" + address + folder.Endpoint
}

// claudeDesktopPath is where the documentation of Claude Desktop says.
func claudeDesktopPath(a *app) (string, error) {
	const file = "claude_desktop_config.json"
	if dir := a.Env["APPDATA"]; runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "Claude", file), nil
	}
	home, err := a.UserHome()
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "Claude", file), nil
	}
	if dir := a.Env["XDG_CONFIG_HOME"]; filepath.IsAbs(dir) {
		return filepath.Join(dir, "Claude", file), nil
	}
	return filepath.Join(home, ".config", "Claude", file), nil
}

func inHere(name string) func(*app) (string, error) {
	return func(*app) (string, error) { return name, nil }
}

func renderServers(_ *app, o connectOptions, c clientconfig.Command) string {
	text, err := json.MarshalIndent(map[string]any{"mcpServers": map[string]clientconfig.Command{o.name: c}}, "", "  ")
	must(err) // strings always encode
	return string(text) + "\n"
}
