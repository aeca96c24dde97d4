package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/counterfoil/counterfoil/store"
)

// migrations holds schema/0001.sql and on, applied in order and once; the
// numbers of those applied are in table counterfoil.schema_version.
//
//go:embed schema/*.sql
var migrations embed.FS

// SchemaVersion is the newest version of the schema that this program knows.
const SchemaVersion = 10

// endingVersion is the version whose table of endings is filled by fillEndings.
const endingVersion = 10

const (
	// migrationLock is the number of the advisory lock under which one process
	// migrates while others wait: "cfst" in ASCII.
	migrationLock = 0x63667374
	// migrationWait bounds how long a process waits for another's migration.
	migrationWait = time.Minute
)

// Migrate brings the schema and the modules' parts of it up to date, all missing
// versions in one transaction. The login of dsn owns the schema and may make roles (CREATEROLE);
// it need not be a superuser. A schema newer than SchemaVersion is refused with
// store.ErrUnavailable.
func Migrate(ctx context.Context, dsn string, allowPlain bool, modules ...Module) error {
	return administer(ctx, dsn, allowPlain, "migrating", func(ctx context.Context, tx pgx.Tx) error {
		if err := migrate(ctx, tx); err != nil {
			return err
		}
		for i := range modules {
			if err := modules[i].migrate(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// administer runs f in one transaction of a connection of its own.
func administer(ctx context.Context, dsn string, allowPlain bool, what string, f func(context.Context, pgx.Tx) error) error {
	cfg, err := parse(dsn, allowPlain)
	if err != nil {
		return wrap(ctx, what, err)
	}
	cfg.ConnConfig.RuntimeParams["lock_timeout"] = milliseconds(migrationWait)
	c, err := pgx.ConnectConfig(ctx, cfg.ConnConfig)
	if err != nil {
		return wrap(ctx, what, err)
	}
	defer c.Close(context.WithoutCancel(ctx))
	err = pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error { return f(ctx, tx) })
	return wrap(ctx, what, err)
}

func migrate(ctx context.Context, tx pgx.Tx) error {
	if err := checkServer(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
		return err
	}
	version, err := schemaVersion(ctx, tx)
	if err != nil {
		return err
	}
	if version > SchemaVersion {
		return errNewer(version, SchemaVersion)
	}
	for next := version + 1; next <= SchemaVersion; next++ {
		if err := apply(ctx, tx, next); err != nil {
			return &migrationError{next, err}
		}
	}
	return nil
}

// migrationError is that a version of the schema could not be applied.
type migrationError struct {
	version int
	error
}

func (e *migrationError) Unwrap() error { return e.error }

// checkServer refuses a database in which texts could not be kept exactly.
func checkServer(ctx context.Context, tx pgx.Tx) error {
	var encoding string
	if err := tx.QueryRow(ctx, "SELECT pg_catalog.current_setting('server_encoding')").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("%w: the database's encoding must be UTF8", store.ErrUnavailable)
	}
	return nil
}

func errNewer(version, known int) error {
	return fmt.Errorf("%w: the schema was made by a newer version of this program (schema %d, this one knows %d)",
		store.ErrUnavailable, version, known)
}

// schemaVersion returns the version applied last, 0 without a schema.
func schemaVersion(ctx context.Context, tx pgx.Tx) (version int, err error) {
	var there bool
	if err := tx.QueryRow(ctx, "SELECT to_regclass('counterfoil.schema_version') IS NOT NULL").Scan(&there); err != nil || !there {
		return 0, err
	}
	err = tx.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM counterfoil.schema_version").Scan(&version)
	return version, err
}

func apply(ctx context.Context, tx pgx.Tx, version int) error {
	if version == 1 {
		_, err := tx.Exec(ctx, `CREATE SCHEMA IF NOT EXISTS counterfoil; REVOKE ALL ON SCHEMA counterfoil FROM PUBLIC;
			CREATE TABLE counterfoil.schema_version (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())`)
		if err != nil {
			return err
		}
	}
	sql, err := migrations.ReadFile(fmt.Sprintf("schema/%04d.sql", version))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, string(sql)); err != nil {
		return err
	}
	if version == endingVersion {
		if err := fillEndings(ctx, tx); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, "INSERT INTO counterfoil.schema_version (version) VALUES ($1)", version)
	return err
}

// whose is what a login must be fit for.
type whose struct {
	tenant  string // its tenant's name; "" is any
	alone   bool   // no other tenant in the database
	modules []Module
}

// identify checks that the pool's login is fit for the store, and returns its
// tenant.
func identify(ctx context.Context, pool *pgxpool.Pool, want whose) (tenant int32, err error) {
	err = pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := checkVersions(ctx, tx, want.modules); err != nil {
			return err
		}
		var above bool
		err = tx.QueryRow(ctx, "SELECT rolsuper OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = session_user").Scan(&above)
		if err != nil {
			return err
		}
		if above {
			return fmt.Errorf("%w: the login is above row-level security (superuser or BYPASSRLS); use a tenant's own", store.ErrUnavailable)
		}
		tenant, err = tenantOf(ctx, tx, want)
		return err
	})
	return tenant, err
}

func checkVersions(ctx context.Context, tx pgx.Tx, modules []Module) error {
	version, err := schemaVersion(ctx, tx)
	switch {
	case err != nil:
		return err
	case version > SchemaVersion:
		return errNewer(version, SchemaVersion)
	case version < SchemaVersion:
		return notMigrated(fmt.Sprintf("the schema is version %d, this program needs %d", version, SchemaVersion))
	}
	for i := range modules {
		if err := modules[i].check(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

func tenantOf(ctx context.Context, tx pgx.Tx, want whose) (tenant int32, err error) {
	var found *int32
	var name *string
	var alone bool
	err = tx.QueryRow(ctx, "SELECT counterfoil.tenant(), name, alone FROM counterfoil.identity()").Scan(&found, &name, &alone)
	switch {
	case err != nil:
		return 0, err
	case found == nil || name == nil:
		return 0, fmt.Errorf("%w: the login belongs to no tenant", store.ErrUnavailable)
	case want.tenant != "" && *name != want.tenant:
		return 0, fmt.Errorf("%w: the login belongs to another tenant than the one that was named", store.ErrUnavailable)
	case want.alone && !alone:
		return 0, fmt.Errorf("%w: the database holds several tenants, and was to hold one", store.ErrUnavailable)
	}
	return *found, nil
}

// errMissing means that a row points to one that is not there.
var errMissing = errors.Join(store.ErrUnavailable, errors.New("the data is corrupt: a reference leads nowhere"))
