package main

import (
	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup"
)

func newInitCmd(a *app) *cobra.Command {
	var pg setup.Postgres
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
		RunE: func(cmd *cobra.Command, _ []string) error { return setup.Init(cmd.Context(), a.Home, pg, with) },
	}
	cmd.Flags().StringVar(&pg.Migrator, "postgres", "", "`login` that owns the database: env:NAME or a file, with its connection string")
	cmd.Flags().StringVar(&pg.Tenant, "tenant", "counterfoil", "with --postgres, the tenant's `name`")
	cmd.Flags().BoolVar(&pg.Shared, "shared", false, "with --postgres, the database may hold other tenants")
	cmd.Flags().StringVar(&with, "with", "", "`file` with sections for a new config")
	return cmd
}
