package storage

import (
	"context"

	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/store/sqlite"
)

// OpenEmbedded opens the embedded store.
func OpenEmbedded(ctx context.Context, path string, key [32]byte, cacheMiB int) (store.Store, error) {
	s, err := sqlite.Open(ctx, sqlite.Config{Path: path, Key: key, WriterCacheBytes: int64(cacheMiB) << 20})
	if err != nil {
		return nil, err // not s: a nil *sqlite.Store is no nil store.Store
	}
	return s, nil
}

// openEmbeddedReadOnly opens the embedded store beside whoever owns it.
func openEmbeddedReadOnly(ctx context.Context, path string, key [32]byte) (store.Store, error) {
	s, err := sqlite.Open(ctx, sqlite.Config{Path: path, Key: key, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	return s, nil
}
