package folder

import (
	"context"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/store"
)

// Rename renames an account and puts that on record.
func (f *Folder) Rename(ctx context.Context, id, name string) (store.Batch, error) {
	redact, err := f.textRedactor(ctx, nil, func(string, string) {})
	if err != nil {
		return store.Batch{}, err
	}
	clean, err := redact(nil, []byte(name))
	if err != nil {
		return store.Batch{}, err
	}
	var b store.Batch
	err = f.changing(ctx, func(s store.Store) (err error) {
		b, err = s.RenameAccount(ctx, id, string(clean), f.rowEpoch(), f.Home.Now())
		return err
	})
	if err != nil {
		return b, err
	}
	return b, f.recordChange(ctx)
}

// Accounts lists the accounts.
func (f *Folder) Accounts(ctx context.Context) ([]store.Account, error) {
	return storage.List(ctx, f.Store, func(ctx context.Context, at store.Snapshot) ([]store.Account, error) {
		return f.Store.Accounts(ctx, at, nil)
	})
}
