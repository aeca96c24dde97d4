package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

// books are those that replicas share; nil without a shared log.
func (f *Folder) books() tools.Books {
	if f.shared == nil {
		return nil
	}
	return f.shared.Shared
}

// shareArchived keeps a policy or config where every replica finds it.
func (f *Folder) shareArchived(digest string, text []byte) error {
	if f.shared == nil {
		return nil
	}
	if err := f.shared.Files(storage.SharedPolicies).Create(digest, text); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("archiving: %w", err)
	}
	return nil
}

// changing runs a change on a store that may be changed. Over PostgreSQL that is
// the writer's login, which is connected for as long as the change takes: what
// serves tools has no right to change anything.
func (f *Folder) changing(ctx context.Context, change func(store.Store) error) (err error) {
	if f.shared == nil {
		return change(f.Store)
	}
	p := &f.Config.Store.Postgres
	writer := p.WriterLogin()
	if !writer.Given() {
		return exit.Fail(exit.Data, "make the change where store.postgres.writer is in the config", "this config has no login that may change the store")
	}
	s, err := storage.OpenPostgres(ctx, f.Home, f.Config, p.ReaderLogin(), &writer)
	if err != nil {
		return err
	}
	defer Closing(s, &err)
	return change(s)
}
