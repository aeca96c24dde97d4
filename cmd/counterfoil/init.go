package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/kek"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/durable"
)

// layout is what may stand in a data folder before its VERSION is written.
var layout = []string{"config.yaml", "policy.yaml", "policy_test.yaml", "keys", "log", "tiles", "policies", "approvals", "run", "imports"}

func newInitCmd(a *app) *cobra.Command {
	var pg pgInit
	var with string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Set up the data folder: config, policy and keys",
		Long: `Set up the data folder with a commented config, a default policy with its tests,
and new keys. Nothing that exists is overwritten: running init again adds what is
missing and leaves the rest alone.

With --postgres the store and the log are in PostgreSQL: it migrates the database,
makes the tenant with three logins of its own, and writes their connection strings to
keys/ (docs/postgres.md).

With --with the sections of a YAML file stand in the new config in place of those that
init writes. A config that exists is kept as it is.`,
		Example: `  counterfoil init
  counterfoil init --data /srv/counterfoil
  counterfoil init --postgres env:MIGRATOR --tenant family`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.initFolder(cmd.Context(), pg, with) },
	}
	cmd.Flags().StringVar(&pg.migrator, "postgres", "", "`login` that owns the database: env:NAME or a file, with its connection string")
	cmd.Flags().StringVar(&pg.tenant, "tenant", "counterfoil", "with --postgres, the tenant's `name`")
	cmd.Flags().BoolVar(&pg.shared, "shared", false, "with --postgres, the database may hold other tenants")
	cmd.Flags().StringVar(&with, "with", "", "`file` with sections for a new config")
	return cmd
}

func (a *app) initFolder(ctx context.Context, pg pgInit, with string) error {
	if pg.migrator == "" && pg.shared {
		return exit.Fail(exit.Usage, "", "--shared is for --postgres")
	}
	if err := a.claimFolder(); err != nil {
		return err
	}
	for _, dir := range []string{"keys", "log", "tiles", "policies", "run"} {
		if err := os.MkdirAll(a.Data(dir), durable.DirMode); err != nil {
			return fmt.Errorf("setting up: %w", err)
		}
	}
	text, err := a.newConfig(pg)
	if err != nil {
		return err
	}
	if text, err = withSections(text, with); err != nil {
		return err
	}
	if err := a.createMissing(a.ConfigPath, text); err != nil {
		return err
	}
	c, err := a.ReadConfig()
	if err != nil {
		return err
	}
	if err := a.createPolicy(c); err != nil {
		return err
	}
	if err := a.createKeys(c); err != nil {
		return err
	}
	if pg.migrator != "" {
		if err := a.initPostgres(ctx, c); err != nil {
			return err
		}
	}
	// Last, so that a folder that was not finished is not taken for one that was.
	if err := a.createMissing(a.Data("VERSION"), []byte(home.Version+"\n")); err != nil {
		return err
	}
	a.UI.Notef("ready; next: counterfoil import FILE, then counterfoil connect claude-desktop --write")
	return nil
}

// claimFolder makes the data folder, or accepts one that is empty or ours.
func (a *app) claimFolder() error {
	if err := os.MkdirAll(a.DataDir, durable.DirMode); err != nil {
		return fmt.Errorf("making the data folder: %w", err)
	}
	entries, err := os.ReadDir(a.DataDir)
	if err != nil {
		return fmt.Errorf("reading the data folder: %w", err)
	}
	if _, err := os.Stat(a.Data("VERSION")); err == nil {
		return a.CheckVersion()
	}
	for _, e := range entries {
		if !slices.Contains(layout, e.Name()) && !strings.HasPrefix(e.Name(), durable.TempPrefix) {
			return exit.Fail(exit.Data, "choose an empty or new folder with --data", "%s holds other files", a.DataDir)
		}
	}
	if err := os.Chmod(a.DataDir, durable.DirMode); err != nil {
		return fmt.Errorf("making the data folder private: %w", err)
	}
	return nil
}

func (a *app) createKeys(c *config.Config) error {
	if err := kek.Create(a.Home, c); err != nil {
		return err
	}
	return storage.CreateLogKeys(a.Home, c)
}

// createMissing writes a file unless there is one, and says which it did.
func (a *app) createMissing(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), durable.DirMode); err != nil {
		return err
	}
	err := durable.Create(path, text, durable.FileMode)
	switch {
	case errors.Is(err, fs.ErrExist):
		a.UI.Notef("kept %s", path)
	case err != nil:
		return fmt.Errorf("writing %s: %w", path, err)
	default:
		a.UI.Notef("wrote %s", path)
	}
	return nil
}
