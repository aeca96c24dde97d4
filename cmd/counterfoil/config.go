package main

import (
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// config reads and checks the config of a folder that is set up. It remembers
// nothing: a command that needs it twice passes it on.
func (a *app) config() (*config.Config, error) {
	if err := a.checkVersion(); err != nil {
		return nil, err
	}
	return a.readConfig()
}

func (a *app) readConfig() (*config.Config, error) {
	text, err := bounded.ReadFile(a.configPath, config.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Fail(exit.Data, "run counterfoil init first", "there is no config at %s", a.configPath)
	}
	if err != nil {
		return nil, exit.Fail(exit.Config, "", "reading the config: %w", err)
	}
	return config.Parse(a.configPath, text)
}

// below resolves a path of the config against the data folder.
func (a *app) below(path, fallback string) string {
	if path == "" {
		path = fallback
	}
	if filepath.IsAbs(path) {
		return path
	}
	return a.data(path)
}
