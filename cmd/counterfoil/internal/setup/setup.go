// Package setup makes a data folder: its config, its policy with tests, its keys and,
// in PostgreSQL, its tenant. What is there already it leaves alone.
package setup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/kek"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/policy"
)

// layout is what may stand in a data folder before its VERSION is written.
var layout = []string{"config.yaml", "policy.yaml", "policy_test.yaml", "keys", "log", "tiles", "policies", "approvals", "run", "imports"}

// Init makes the data folder, with sections of the file with in its config, and with
// its store and log in PostgreSQL if pg says so. It can be run again.
func Init(ctx context.Context, h *home.Home, pg Postgres, with string) error {
	if pg.Migrator == "" && pg.Shared {
		return exit.Fail(exit.Usage, "", "--shared is for --postgres")
	}
	if err := claimFolder(h); err != nil {
		return err
	}
	for _, dir := range []string{"keys", "log", "tiles", "policies", "run"} {
		if err := os.MkdirAll(h.Data(dir), durable.DirMode); err != nil {
			return fmt.Errorf("setting up: %w", err)
		}
	}
	text, err := newConfig(h, pg)
	if err != nil {
		return err
	}
	if text, err = withSections(text, with); err != nil {
		return err
	}
	if _, err := os.Lstat(h.ConfigPath); errors.Is(err, fs.ErrNotExist) {
		// What does not read is not written, where the next init would keep it.
		if _, err := config.Parse(h.ConfigPath, text); err != nil {
			return err
		}
	}
	if err := createMissing(h, h.ConfigPath, text); err != nil {
		return err
	}
	c, err := h.ReadConfig()
	if err != nil {
		return err
	}
	if err := createPolicy(h, c); err != nil {
		return err
	}
	if err := createKeys(h, c); err != nil {
		return err
	}
	if pg.Migrator != "" {
		if err := initPostgres(ctx, h, c); err != nil {
			return err
		}
	}
	// Last, so that a folder that was not finished is not taken for one that was.
	if err := createMissing(h, h.Data("VERSION"), []byte(home.Version+"\n")); err != nil {
		return err
	}
	h.UI.Notef("ready; next: counterfoil import FILE, then counterfoil connect claude-desktop --write")
	return nil
}

// claimFolder makes the data folder, or accepts one that is empty or ours.
func claimFolder(h *home.Home) error {
	if err := os.MkdirAll(h.DataDir, durable.DirMode); err != nil {
		return fmt.Errorf("making the data folder: %w", err)
	}
	entries, err := os.ReadDir(h.DataDir)
	if err != nil {
		return fmt.Errorf("reading the data folder: %w", err)
	}
	if _, err := os.Stat(h.Data("VERSION")); err == nil {
		return h.CheckVersion()
	}
	for _, e := range entries {
		if !slices.Contains(layout, e.Name()) && !strings.HasPrefix(e.Name(), durable.TempPrefix) {
			return exit.Fail(exit.Data, "choose an empty or new folder with --data", "%s holds other files", h.DataDir)
		}
	}
	if err := os.Chmod(h.DataDir, durable.DirMode); err != nil {
		return fmt.Errorf("making the data folder private: %w", err)
	}
	return nil
}

func createKeys(h *home.Home, c *config.Config) error {
	if err := kek.Create(h, c); err != nil {
		return err
	}
	return storage.CreateLogKeys(h, c)
}

// createMissing writes a file unless there is one, and says which it did.
func createMissing(h *home.Home, path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), durable.DirMode); err != nil {
		return err
	}
	err := durable.Create(path, text, durable.FileMode)
	switch {
	case errors.Is(err, fs.ErrExist):
		h.UI.Notef("kept %s", path)
	case err != nil:
		return fmt.Errorf("writing %s: %w", path, err)
	default:
		h.UI.Notef("wrote %s", path)
	}
	return nil
}

// createPolicy writes the default policy and, beside it, its tests.
func createPolicy(h *home.Home, c *config.Config) error {
	path := storage.PolicyPath(h, c)
	if err := createMissing(h, path, policy.Default()); err != nil {
		return err
	}
	return createMissing(h, filepath.Join(filepath.Dir(path), "policy_test.yaml"), policy.DefaultTests())
}
