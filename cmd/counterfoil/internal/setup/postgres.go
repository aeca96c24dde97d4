package setup

import (
	"context"
	"crypto/rand"
	"encoding/base64"
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
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/store/postgres"
)

// Postgres are the flags of `init` for PostgreSQL.
type Postgres struct {
	Migrator string // env:NAME or a file; "" is the embedded store
	Tenant   string
	Shared   bool
}

// LoginFiles are those in which init keeps the logins that it makes.
var LoginFiles = [...]struct{ key, File string }{
	{"reader_file", "keys/postgres-reader"},
	{"writer_file", "keys/postgres-writer"},
	{"auditor_file", "keys/postgres-auditor"},
}

// newConfig is the config that init writes.
func newConfig(h *home.Home, pg Postgres) ([]byte, error) {
	text := config.Default(config.NewOrigin())
	if pg.Migrator == "" {
		return []byte(text), nil
	}
	if !postgres.IsTenantName(pg.Tenant) {
		return nil, exit.Fail(exit.Usage, "a letter and up to 39 letters, digits or _, in lower case", "--tenant is no name for a tenant")
	}
	key, value := "migrator", pg.Migrator
	if !strings.HasPrefix(value, "env:") {
		path, err := filepath.Abs(value)
		if err != nil {
			return nil, err
		}
		key, value = "migrator_file", path
	}
	mode := config.ModeSingle
	if pg.Shared {
		mode = config.ModeShared
	}
	section := fmt.Sprintf("store:\n  # The store and the log are in PostgreSQL. No connection string stands here.\n  postgres:\n    tenant: %s\n    mode: %s\n", pg.Tenant, mode)
	for _, l := range LoginFiles {
		section += fmt.Sprintf("    %s: %s\n", l.key, l.File)
	}
	section += fmt.Sprintf("    # For init, migrate and tenant alone; a server needs none.\n    %s: %q\n", key, value)
	return []byte(strings.Replace(text, config.EmbeddedSection, section, 1)), nil
}

// initPostgres migrates the database and makes the tenant. It can be run again.
func initPostgres(ctx context.Context, h *home.Home, c *config.Config) error {
	p := &c.Store.Postgres
	if !p.Used() {
		return exit.Fail(exit.Config, "add store.postgres to it (docs/configuration.md), or set up another folder", "the config that is there has the embedded store")
	}
	dsn, err := storage.DSN(h, p.MigratorLogin())
	if err != nil {
		return err
	}
	if err := CreateLoginFiles(h, dsn, p.Tenant, h.DataDir); err != nil {
		return err
	}
	if err := postgres.Migrate(ctx, dsn, p.AllowPlain, storage.Modules()...); err != nil {
		return err
	}
	err = CreateOwnTenant(ctx, h, dsn, p)
	if !errors.Is(err, store.ErrConflict) {
		return err
	}
	// It is there. If it is ours, its logins work.
	s, opened := storage.OpenShared(ctx, h, c, p.ReaderLogin(), false)
	if opened != nil {
		h.UI.Warnf("%v", opened)
		return exit.Fail(exit.Data, "if it is yours, put its connection strings into "+LoginFiles[0].File+", -writer and -auditor of this data folder, and run init again",
			"%w, and its logins are not those of this data folder", err)
	}
	s.Close()
	h.UI.Notef("kept tenant %s", p.Tenant)
	return nil
}

// CreateOwnTenant makes the tenant of the config with the logins that it names.
func CreateOwnTenant(ctx context.Context, h *home.Home, dsn string, p *config.Postgres) error {
	t := postgres.Tenant{Name: p.Tenant}
	for _, l := range []struct {
		login config.Login
		into  *postgres.Login
	}{{p.ReaderLogin(), &t.Reader}, {p.WriterLogin(), &t.Writer}, {p.AuditorLogin(), &t.Auditor}} {
		if !l.login.Given() {
			continue
		}
		text, err := storage.DSN(h, l.login)
		if err != nil {
			return err
		}
		if *l.into, err = postgres.LoginOf(text); err != nil {
			return err
		}
	}
	return createTenant(ctx, h, dsn, p, t)
}

func createTenant(ctx context.Context, h *home.Home, dsn string, p *config.Postgres, t postgres.Tenant) error {
	if err := CheckRoom(ctx, h, dsn, p, t.Name); err != nil {
		return err
	}
	if err := postgres.CreateTenant(ctx, dsn, p.AllowPlain, t, storage.Modules()...); err != nil {
		return storage.WithHint(h, err)
	}
	h.UI.Notef("made tenant %s", t.Name)
	return nil
}

// CheckRoom refuses a tenant that the database has, and a second one where there is to
// be one alone.
func CheckRoom(ctx context.Context, h *home.Home, dsn string, p *config.Postgres, name string) error {
	names, err := postgres.Tenants(ctx, dsn, p.AllowPlain)
	switch {
	case err != nil:
		return storage.WithHint(h, err)
	case p.Mode != config.ModeShared && len(names) > 0:
		return fmt.Errorf("%w: the database has a tenant, and store.postgres.mode is %s", store.ErrConflict, config.ModeSingle)
	case slices.Contains(names, name):
		return fmt.Errorf("%w: the database has a tenant of that name", store.ErrConflict)
	}
	return nil
}

// CreateLoginFiles writes the connection strings of new logins below a folder,
// with passwords of 24 random bytes, as far as there are none.
func CreateLoginFiles(h *home.Home, dsn, tenant, dir string) error {
	for _, l := range LoginFiles {
		kind := strings.TrimSuffix(l.key, "_file")
		text, err := postgres.WithLogin(dsn, postgres.Login{Role: "cf_" + tenant + "_" + kind, Password: newPassword()})
		if err != nil {
			return err
		}
		path := filepath.Join(dir, l.File)
		if err := os.MkdirAll(filepath.Dir(path), durable.DirMode); err != nil {
			return err
		}
		if err := durable.Create(path, []byte(text+"\n"), durable.FileMode); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("writing a login: %w", err)
		}
	}
	return nil
}

func newPassword() string {
	var raw [24]byte
	rand.Read(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}
