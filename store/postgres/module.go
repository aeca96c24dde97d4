package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"github.com/counterfoil/counterfoil/store"
)

// Module is another package's part of the schema, migrated and opened together
// with the store's.
type Module struct {
	Name string
	// Files are *.sql, applied once each in order of name, with the schema as
	// search_path. Their number is the module's version.
	Files fs.FS
	// Admit gives a new tenant's logins their rights, Expel takes them from one
	// that is dropped. Both run in the transaction that makes or drops it.
	Admit func(ctx context.Context, tx pgx.Tx, tenant, reader, auditor string) error
	Expel func(ctx context.Context, tx pgx.Tx, tenant string) error
}

// ErrNotMigrated means that the schema is older than this program or not there.
// It comes with store.ErrUnavailable.
var ErrNotMigrated = errors.New("migrate first")

func notMigrated(what string) error {
	return fmt.Errorf("%w: %s: %w", store.ErrUnavailable, what, ErrNotMigrated)
}

// enter makes unqualified names of a module's SQL those of the schema, until
// the transaction ends.
func enter(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "SET LOCAL search_path = counterfoil, pg_temp")
	return err
}

func (m *Module) files() ([]string, error) { return fs.Glob(m.Files, "*.sql") }

// migrate applies the module's missing versions.
func (m *Module) migrate(ctx context.Context, tx pgx.Tx) error {
	names, err := m.files()
	if err != nil {
		return err
	}
	version, err := m.version(ctx, tx)
	if err != nil {
		return err
	}
	if version > len(names) {
		return errNewer(version, len(names))
	}
	for i := version; i < len(names); i++ {
		sql, err := fs.ReadFile(m.Files, names[i])
		if err != nil {
			return err
		}
		if err := enter(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, string(sql)); err != nil {
			return fmt.Errorf("%s, version %d: %w", m.Name, i+1, err)
		}
		if _, err := tx.Exec(ctx, "INSERT INTO counterfoil.module_version (module, version) VALUES ($1, $2)", m.Name, i+1); err != nil {
			return err
		}
	}
	return nil
}

func (m *Module) version(ctx context.Context, tx pgx.Tx) (version int, err error) {
	err = tx.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM counterfoil.module_version WHERE module = $1", m.Name).Scan(&version)
	return version, err
}

// check refuses a schema whose module is not of this program's version.
func (m *Module) check(ctx context.Context, tx pgx.Tx) error {
	names, err := m.files()
	if err != nil {
		return err
	}
	version, err := m.version(ctx, tx)
	switch {
	case err != nil:
		return err
	case version > len(names):
		return errNewer(version, len(names))
	case version < len(names):
		return notMigrated(fmt.Sprintf("the schema's part %q is version %d, this program needs %d", m.Name, version, len(names)))
	}
	return nil
}
