package postgres

import (
	"context"
	"slices"

	"github.com/counterfoil/counterfoil/store"
)

// grant confines what the transaction reads to the accounts that a scope is
// confined to, whatever its queries forget: row-level security and the search
// function look at the setting, which ends with the transaction. The queries have
// their own conditions all the same. It is no isolation, as a login could change
// the setting by statements of its own.
func (c *conn) grant(ctx context.Context, scope *store.Predicate) error {
	accounts, confined := scope.Accounts()
	if !confined {
		return nil
	}
	c.confined = true
	accounts = slices.DeleteFunc(accounts, func(a string) bool { return !isText(a) })
	_, err := c.exec(ctx, "SELECT set_config('counterfoil.accounts', coalesce($1::text[], '{}')::text, true)", accounts)
	return err
}
