package home

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

// EditPrincipals applies an edit to the config file, atomically and one
// command at a time, so that none undoes another's.
func (h *Home) EditPrincipals(edit func(c *config.Config, list *yaml.Node) error) error {
	if err := h.CheckVersion(); err != nil {
		return err
	}
	if err := os.MkdirAll(h.Data("run"), durable.DirMode); err != nil {
		return err
	}
	lock, err := lockfile.Acquire(h.Data("run", "config.lock"))
	if err != nil {
		return fmt.Errorf("the config is %w", err)
	}
	defer lock.Release()
	c, err := h.Config()
	if err != nil {
		return err
	}
	text, err := bounded.ReadFile(h.ConfigPath, config.MaxSize)
	if err != nil {
		return err
	}
	out, err := config.SetPrincipals(c, text, func(list *yaml.Node) error { return edit(c, list) })
	if err != nil {
		return err
	}
	path := h.ConfigPath
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // replace the file, not a link to it
	}
	if err := durable.Replace(path, out, durable.FileMode); err != nil {
		return fmt.Errorf("writing the config: %w", err)
	}
	return nil
}
