package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/store/postgres"
)

func newMigrateCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the PostgreSQL database's schema up to date",
		Long: `Bring the schema of the database up to date, as the login store.postgres.migrator, all
of it or nothing. It can run while servers of the old version do, and several at once;
a schema that is newer than this program is refused.`,
		Example: "  counterfoil migrate",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.administer(func(dsn string, p *config.Postgres) error {
				if err := postgres.Migrate(cmd.Context(), dsn, p.AllowPlain, storage.Modules()...); err != nil {
					return err
				}
				a.UI.Notef("the schema is up to date")
				return nil
			})
		},
	}
}

// administer runs what the database's owner does.
func (a *app) administer(do func(dsn string, p *config.Postgres) error) error {
	cfg, err := a.ReadConfig()
	if err != nil {
		return err
	}
	p := &cfg.Store.Postgres
	if !p.Used() {
		return exit.Fail(exit.Usage, "counterfoil init --postgres sets one up", "the config has the embedded store")
	}
	dsn, err := storage.DSN(a.Home, p.MigratorLogin())
	if err != nil {
		return err
	}
	return do(dsn, p)
}

func newTenantCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tenant",
		Short: "Make, list and drop the tenants of a PostgreSQL database",
		Example: `  counterfoil tenant create family
  counterfoil tenant list`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTenantCreateCmd(a), &cobra.Command{
		Use: "list", Short: "List the tenants", Args: cobra.NoArgs,
		Example: "  counterfoil tenant list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.administer(func(dsn string, p *config.Postgres) error { return a.listTenants(cmd.Context(), dsn, p) })
		},
	}, newTenantDropCmd(a))
	return cmd
}

func newTenantCreateCmd(a *app) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a tenant with its logins",
		Long: `Make a tenant with a login each for its tools, its imports and its auditor. Those of
the config's own tenant are the ones that the config names. For another tenant, --out
names a folder in which their connection strings are written, with new passwords, to
keys/postgres-reader, -writer and -auditor.`,
		Example: `  counterfoil tenant create family
  counterfoil tenant create neighbours --out /srv/neighbours`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.administer(func(dsn string, p *config.Postgres) error { return a.tenantCreate(cmd.Context(), dsn, p, args[0], out) })
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`folder` for the logins of another tenant than the config's")
	return cmd
}

func (a *app) tenantCreate(ctx context.Context, dsn string, p *config.Postgres, name, out string) error {
	if !postgres.IsTenantName(name) {
		return exit.Fail(exit.Usage, "a letter and up to 39 letters, digits or _, in lower case", "that is no name for a tenant")
	}
	if out == "" {
		if name != p.Tenant {
			return exit.Fail(exit.Usage, "name a folder with --out", "the config is another tenant's, so there is no place for the logins of this one")
		}
		return setup.CreateOwnTenant(ctx, a.Home, dsn, p)
	}
	if err := setup.CheckRoom(ctx, a.Home, dsn, p, name); err != nil { // before anything is written
		return err
	}
	if err := setup.CreateLoginFiles(a.Home, dsn, name, out); err != nil {
		return err
	}
	own := &app{Home: &home.Home{UI: a.UI, Env: a.Env, Now: a.Now, DataDir: out, Hooks: a.Hooks}}
	mine := config.Postgres{Tenant: name, Mode: p.Mode, AllowPlain: p.AllowPlain,
		ReaderFile: setup.LoginFiles[0].File, WriterFile: setup.LoginFiles[1].File, AuditorFile: setup.LoginFiles[2].File}
	return setup.CreateOwnTenant(ctx, own.Home, dsn, &mine)
}

func (a *app) listTenants(ctx context.Context, dsn string, p *config.Postgres) error {
	names, err := postgres.Tenants(ctx, dsn, p.AllowPlain)
	if err != nil {
		return storage.WithHint(a.Home, err)
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"tenants": append([]string{}, names...)})
	}
	if len(names) > 0 {
		a.UI.Printf("%s\n", strings.Join(names, "\n"))
	}
	return a.UI.Broken
}

func newTenantDropCmd(a *app) *cobra.Command {
	var sure bool
	cmd := &cobra.Command{
		Use:   "drop NAME",
		Short: "Remove a tenant, its rows and its logins, for good",
		Long: `Remove a tenant with all its rows and its logins, for good. Its log stays in the
database as evidence, where only the login that owns the database reads it.`,
		Example: "  counterfoil tenant drop neighbours --yes",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !sure {
				return exit.Fail(exit.Usage, "add --yes", "this removes every row of the tenant, and there is no way back")
			}
			return a.administer(func(dsn string, p *config.Postgres) error {
				err := postgres.DropTenant(cmd.Context(), dsn, p.AllowPlain, args[0], storage.Modules()...)
				if errors.Is(err, store.ErrNotFound) {
					return exit.Fail(exit.NotFound, "counterfoil tenant list lists them", "there is no such tenant")
				}
				if err != nil {
					return storage.WithHint(a.Home, err)
				}
				a.UI.Notef("dropped tenant %s", args[0])
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&sure, "yes", false, "really drop it")
	return cmd
}
