package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// dataVersion is the version of the data folder's layout, in its file VERSION.
const dataVersion = "counterfoil-data 1"

// configVariable names the config where --config does not: replicas share one
// file, and each has a data folder of its own.
const configVariable = "COUNTERFOIL_CONFIG"

const defaultDataHint = "$XDG_DATA_HOME/counterfoil or the platform's like"

// resolvePaths makes --data and --config absolute, from their defaults if they
// were not given.
func (a *app) resolvePaths() error {
	if a.dataDir == "" {
		dir, err := a.defaultData()
		if err != nil {
			return err
		}
		a.dataDir = dir
	}
	var err error
	if a.dataDir, err = filepath.Abs(a.dataDir); err != nil {
		return err
	}
	if a.configPath == "" {
		a.configPath = a.env[configVariable]
	}
	if a.configPath == "" {
		a.configPath = filepath.Join(a.dataDir, "config.yaml")
	}
	a.configPath, err = filepath.Abs(a.configPath)
	return err
}

// defaultData follows the XDG base directory specification, or the custom of
// macOS and Windows where XDG_DATA_HOME is not set.
func (a *app) defaultData() (string, error) {
	if dir := a.env["XDG_DATA_HOME"]; filepath.IsAbs(dir) { // a relative one must be ignored
		return filepath.Join(dir, "counterfoil"), nil
	}
	if dir := a.env["LOCALAPPDATA"]; runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "counterfoil"), nil
	}
	home, err := a.home()
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "counterfoil"), nil
	}
	return filepath.Join(home, ".local", "share", "counterfoil"), nil
}

func (a *app) home() (string, error) {
	for _, name := range []string{"HOME", "USERPROFILE"} {
		if dir := a.env[name]; dir != "" {
			return dir, nil
		}
	}
	return "", exit.Fail(exit.Usage, "name the data folder with --data", "no home folder is known")
}

// data returns a path below the data folder.
func (a *app) data(elem ...string) string {
	return filepath.Join(append([]string{a.dataDir}, elem...)...)
}

// checkVersion refuses a folder that was not set up, or that another version
// of the layout owns.
func (a *app) checkVersion() error {
	text, err := os.ReadFile(a.data("VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return exit.Fail(exit.Data, "run counterfoil init, or counterfoil demo to look around first", "%s is not set up", a.dataDir)
	}
	if err != nil {
		return fmt.Errorf("reading VERSION: %w", err)
	}
	if strings.TrimSpace(string(text)) != dataVersion {
		return exit.Fail(exit.Data, "use the version of counterfoil that made it", "%s was made by another version of counterfoil, and is left alone", a.dataDir)
	}
	return nil
}
