package main

import (
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/lockfile"
)

// editPrincipals applies an edit to the config file, atomically and one
// command at a time, so that none undoes another's.
func (a *app) editPrincipals(edit func(c *config.Config, list *yaml.Node) error) error {
	if err := a.CheckVersion(); err != nil {
		return err
	}
	if err := os.MkdirAll(a.Data("run"), durable.DirMode); err != nil {
		return err
	}
	lock, err := lockfile.Acquire(a.Data("run", "config.lock"))
	if err != nil {
		return fmt.Errorf("the config is %w", err)
	}
	defer lock.Release()
	c, err := a.Config()
	if err != nil {
		return err
	}
	text, err := bounded.ReadFile(a.ConfigPath, config.MaxSize)
	if err != nil {
		return err
	}
	out, err := config.SetPrincipals(c, text, func(list *yaml.Node) error { return edit(c, list) })
	if err != nil {
		return err
	}
	path := a.ConfigPath
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // replace the file, not a link to it
	}
	if err := durable.Replace(path, out, durable.FileMode); err != nil {
		return fmt.Errorf("writing the config: %w", err)
	}
	return nil
}
