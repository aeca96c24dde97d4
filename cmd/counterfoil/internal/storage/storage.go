// Package storage opens what a config names and a data folder keeps: the store, the
// log, the policy and the approvals, embedded or in PostgreSQL.
package storage

import (
	"context"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/store"
)

// OpenToRead opens the store for reading only, beside whoever owns the
// folder.
func OpenToRead(ctx context.Context, h *home.Home, cfg *config.Config, keys *seal.Keyring) (store.Store, error) {
	if p := &cfg.Store.Postgres; p.Used() {
		return OpenPostgres(ctx, h, cfg, p.ReaderLogin(), nil)
	}
	return openEmbeddedReadOnly(ctx, h.Below(cfg.Store.Path, "store.db"), keys.Derive(seal.PurposeDB, "sqlite"))
}
