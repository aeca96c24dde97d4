package storage

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/store/postgres"
)

const (
	// maxLoginFile bounds a file with a connection string, in bytes.
	maxLoginFile = 16 << 10
)

// DSN reads the connection string that a login refers to.
func DSN(h *home.Home, l config.Login) (string, error) {
	var text string
	switch {
	case l.Env != "":
		name := strings.TrimPrefix(l.Env, "env:")
		if text = strings.TrimSpace(h.Env[name]); text == "" {
			return "", exit.Fail(exit.Config, "set it to the connection string", "store.postgres.%s: the environment variable %s is not set", l.What, name)
		}
		return text, nil
	case l.File == "":
		return "", exit.Fail(exit.Config, "name one in the config (docs/configuration.md)", "store.postgres has no login %s", l.What)
	}
	path := h.Below(l.File, "")
	info, err := os.Stat(path)
	if err != nil {
		return "", exit.Fail(exit.Config, "", "store.postgres.%s_file: %w", l.What, bounded.Reason(err))
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", exit.Fail(exit.NoKey, "chmod 600 it", "store.postgres.%s_file is open to others", l.What)
	}
	raw, err := bounded.ReadFile(path, maxLoginFile)
	if err != nil {
		return "", exit.Fail(exit.Config, "", "store.postgres.%s_file: %w", l.What, bounded.Reason(err))
	}
	if text = strings.TrimSpace(string(raw)); text == "" {
		return "", exit.Fail(exit.Config, "", "store.postgres.%s_file is empty", l.What)
	}
	return text, nil
}

// Modules are the parts of the schema that are not the store's own.
func Modules() []postgres.Module {
	return []postgres.Module{{
		Name: "audit", Files: audit.PostgresMigrations(), Admit: audit.AdmitPostgres, Expel: audit.ExpelPostgres,
	}, {
		Name: "outbox", Files: outbox.PostgresMigrations(), Admit: admitted, Expel: outbox.ExpelPostgres,
	}}
}

// admitted gives a tenant's logins nothing: the log's groups carry the rights.
func admitted(context.Context, pgx.Tx, string, string, string) error { return nil }

// Shared is what a replica opens beside its data folder: the log's connections
// and what they reach.
type Shared struct {
	*audit.Shared
	Pool *pgxpool.Pool
}

// The folders of shared files.
const (
	SharedPolicies  = "policies"
	sharedApprovals = "approvals"
)

// OpenShared connects to the log as a login that appends, or one that reads.
func OpenShared(ctx context.Context, h *home.Home, cfg *config.Config, l config.Login, readOnly bool) (*Shared, error) {
	p := &cfg.Store.Postgres
	dsn, err := DSN(h, l)
	if err != nil {
		return nil, err
	}
	pool, err := postgres.OpenPool(ctx, postgres.PoolConfig{
		Login: dsn, Tenant: p.Tenant, Alone: p.Mode != config.ModeShared, AllowPlain: p.AllowPlain, Conns: p.LogConnections,
		ReadOnly: readOnly, Modules: Modules(),
	})
	if err != nil {
		return nil, WithHint(h, err)
	}
	return &Shared{audit.NewShared(pool, cfg.Log.Origin), pool}, nil
}

// Close ends the connections.
func (s *Shared) Close() {
	if s != nil {
		s.Pool.Close()
	}
}

// OpenPostgres opens the store as a reader, and with a writer's login if one is
// named.
func OpenPostgres(ctx context.Context, h *home.Home, cfg *config.Config, reads config.Login, writes *config.Login) (store.Store, error) {
	p := &cfg.Store.Postgres
	pc := postgres.Config{Tenant: p.Tenant, Alone: p.Mode != config.ModeShared, AllowPlain: p.AllowPlain, Readers: p.Connections, ReplicaWait: p.ReplicaWait}
	var err error
	if pc.Reader, err = DSN(h, reads); err != nil {
		return nil, err
	}
	if l := p.ReplicaLogin(); l.Given() {
		if pc.Replica, err = DSN(h, l); err != nil {
			return nil, err
		}
	}
	if writes != nil {
		if pc.Writer, err = DSN(h, *writes); err != nil {
			return nil, err
		}
	}
	s, err := postgres.Open(ctx, pc)
	if err != nil {
		return nil, WithHint(h, err) // not s: a nil *postgres.Store is no nil store.Store
	}
	return s, nil
}

// WithHint adds what the user can do.
func WithHint(h *home.Home, err error) error {
	if errors.Is(err, postgres.ErrNotMigrated) {
		return exit.Fail(exit.Data, "run counterfoil migrate, as the login that owns the database", "%w", err)
	}
	return err
}
