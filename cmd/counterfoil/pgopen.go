package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/store/postgres"
	"github.com/counterfoil/counterfoil/tools"
)

// modules are the parts of the schema that are not the store's own.
func modules() []postgres.Module {
	return []postgres.Module{{
		Name: "audit", Files: audit.PostgresMigrations(), Admit: audit.AdmitPostgres, Expel: audit.ExpelPostgres,
	}, {
		Name: "outbox", Files: outbox.PostgresMigrations(), Admit: admitted, Expel: outbox.ExpelPostgres,
	}}
}

// admitted gives a tenant's logins nothing: the log's groups carry the rights.
func admitted(context.Context, pgx.Tx, string, string, string) error { return nil }

// shared is what a replica opens beside its data folder: the log's connections
// and what they reach.
type shared struct {
	*audit.Shared
	pool *pgxpool.Pool
}

// The folders of shared files.
const (
	sharedPolicies  = "policies"
	sharedApprovals = "approvals"
)

// openShared connects to the log as a login that appends, or one that reads.
func (a *app) openShared(ctx context.Context, cfg *config.Config, l config.Login, readOnly bool) (*shared, error) {
	p := &cfg.Store.Postgres
	dsn, err := a.dsn(l)
	if err != nil {
		return nil, err
	}
	pool, err := postgres.OpenPool(ctx, postgres.PoolConfig{
		Login: dsn, Tenant: p.Tenant, Alone: p.Mode != config.ModeShared, AllowPlain: p.AllowPlain, Conns: p.LogConnections,
		ReadOnly: readOnly, Modules: modules(),
	})
	if err != nil {
		return nil, a.pgError(err)
	}
	return &shared{audit.NewShared(pool, cfg.Log.Origin), pool}, nil
}

// close ends the connections.
func (s *shared) close() {
	if s != nil {
		s.pool.Close()
	}
}

// openPostgres opens the store as a reader, and with a writer's login if one is
// named.
func (a *app) openPostgres(ctx context.Context, cfg *config.Config, reads config.Login, writes *config.Login) (store.Store, error) {
	p := &cfg.Store.Postgres
	pc := postgres.Config{Tenant: p.Tenant, Alone: p.Mode != config.ModeShared, AllowPlain: p.AllowPlain, Readers: p.Connections, ReplicaWait: p.ReplicaWait}
	var err error
	if pc.Reader, err = a.dsn(reads); err != nil {
		return nil, err
	}
	if l := p.ReplicaLogin(); l.Given() {
		if pc.Replica, err = a.dsn(l); err != nil {
			return nil, err
		}
	}
	if writes != nil {
		if pc.Writer, err = a.dsn(*writes); err != nil {
			return nil, err
		}
	}
	s, err := postgres.Open(ctx, pc)
	if err != nil {
		return nil, a.pgError(err) // not s: a nil *postgres.Store is no nil store.Store
	}
	return s, nil
}

// books are those that replicas share; nil without a shared log.
func (f *folder) books() tools.Books {
	if f.shared == nil {
		return nil
	}
	return f.shared.Shared
}

// shareArchived keeps a policy or config where every replica finds it.
func (f *folder) shareArchived(digest string, text []byte) error {
	if f.shared == nil {
		return nil
	}
	if err := f.shared.Files(sharedPolicies).Create(digest, text); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("archiving: %w", err)
	}
	return nil
}

// pgError adds what the user can do.
func (a *app) pgError(err error) error {
	if errors.Is(err, postgres.ErrNotMigrated) {
		return exit.Fail(exit.Data, "run counterfoil migrate, as the login that owns the database", "%w", err)
	}
	return err
}

// changing runs a change on a store that may be changed. Over PostgreSQL that is
// the writer's login, which is connected for as long as the change takes: what
// serves tools has no right to change anything.
func (f *folder) changing(ctx context.Context, change func(store.Store) error) (err error) {
	if f.shared == nil {
		return change(f.store)
	}
	p := &f.cfg.Store.Postgres
	writer := p.WriterLogin()
	if !writer.Given() {
		return exit.Fail(exit.Data, "make the change where store.postgres.writer is in the config", "this config has no login that may change the store")
	}
	s, err := f.app.openPostgres(ctx, f.cfg, p.ReaderLogin(), &writer)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	return change(s)
}
