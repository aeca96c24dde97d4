// Package home is what a process of the command works with: where its data folder
// and its config lie, its environment, and its streams.
package home

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/internal/notion/gateway"
	"github.com/counterfoil/counterfoil/internal/telemetry"
	"github.com/counterfoil/counterfoil/llm/sandbox"
)

// Home is where a process works. Nothing in it is taken from the process itself,
// so that several can be in one.
type Home struct {
	UI    console.UI
	Stdin io.Reader
	Env   map[string]string
	Now   func() time.Time

	Terminal bool // somebody reads stderr and can answer on stdin

	DataDir    string // --data, absolute after Resolve
	ConfigPath string // --config, absolute after Resolve

	Serving   bool                 // this process is a server
	Prober    *sandbox.Prober      // makes probes for a server that is confined; nil elsewhere
	Telemetry *telemetry.Telemetry // nil unless it is one, owns a folder, and the config asks for it

	Hooks Hooks // of tests
}

// Hooks are what tests look into a process with: they shorten waits and stop it between
// two steps. The zero value does nothing.
type Hooks struct {
	KeysStep func()                // runs between two steps of a rotation of keys
	Gateway  func(*gateway.Config) // changes how Notion is written to
}

// Version is the version of the data folder's layout, in its file VERSION.
const Version = "counterfoil-data 1"

// ConfigVariable names the config where --config does not: replicas share one
// file, and each has a data folder of its own.
const ConfigVariable = "COUNTERFOIL_CONFIG"

// DefaultDataHint says in the help text where the data folder lies by default.
const DefaultDataHint = "$XDG_DATA_HOME/counterfoil or the platform's like"

// Resolve makes --data and --config absolute, from their defaults if they
// were not given.
func (h *Home) Resolve() error {
	if h.DataDir == "" {
		dir, err := h.defaultData()
		if err != nil {
			return err
		}
		h.DataDir = dir
	}
	var err error
	if h.DataDir, err = filepath.Abs(h.DataDir); err != nil {
		return err
	}
	if h.ConfigPath == "" {
		h.ConfigPath = h.Env[ConfigVariable]
	}
	if h.ConfigPath == "" {
		h.ConfigPath = filepath.Join(h.DataDir, "config.yaml")
	}
	h.ConfigPath, err = filepath.Abs(h.ConfigPath)
	return err
}

// defaultData follows the XDG base directory specification, or the custom of
// macOS and Windows where XDG_DATA_HOME is not set.
func (h *Home) defaultData() (string, error) {
	if dir := h.Env["XDG_DATA_HOME"]; filepath.IsAbs(dir) { // a relative one must be ignored
		return filepath.Join(dir, "counterfoil"), nil
	}
	if dir := h.Env["LOCALAPPDATA"]; runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "counterfoil"), nil
	}
	home, err := h.UserHome()
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "counterfoil"), nil
	}
	return filepath.Join(home, ".local", "share", "counterfoil"), nil
}

// UserHome is the home folder of the user.
func (h *Home) UserHome() (string, error) {
	for _, name := range []string{"HOME", "USERPROFILE"} {
		if dir := h.Env[name]; dir != "" {
			return dir, nil
		}
	}
	return "", exit.Fail(exit.Usage, "name the data folder with --data", "no home folder is known")
}

// Data returns a path below the data folder.
func (h *Home) Data(elem ...string) string {
	return filepath.Join(append([]string{h.DataDir}, elem...)...)
}

// CheckVersion refuses a folder that was not set up, or that another version
// of the layout owns.
func (h *Home) CheckVersion() error {
	text, err := os.ReadFile(h.Data("VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return exit.Fail(exit.Data, "run counterfoil init, or counterfoil demo to look around first", "%s is not set up", h.DataDir)
	}
	if err != nil {
		return fmt.Errorf("reading VERSION: %w", err)
	}
	if strings.TrimSpace(string(text)) != Version {
		return exit.Fail(exit.Data, "use the version of counterfoil that made it", "%s was made by another version of counterfoil, and is left alone", h.DataDir)
	}
	return nil
}

// Config reads and checks the config of a folder that is set up. It remembers
// nothing: a command that needs it twice passes it on.
func (h *Home) Config() (*config.Config, error) {
	if err := h.CheckVersion(); err != nil {
		return nil, err
	}
	return h.ReadConfig()
}

// ReadConfig is Config without a look at the folder's version.
func (h *Home) ReadConfig() (*config.Config, error) {
	text, err := bounded.ReadFile(h.ConfigPath, config.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Fail(exit.Data, "run counterfoil init first", "there is no config at %s", h.ConfigPath)
	}
	if err != nil {
		return nil, exit.Fail(exit.Config, "", "reading the config: %w", err)
	}
	return config.Parse(h.ConfigPath, text)
}

// Below resolves a path of the config against the data folder.
func (h *Home) Below(path, fallback string) string {
	if path == "" {
		path = fallback
	}
	if filepath.IsAbs(path) {
		return path
	}
	return h.Data(path)
}
