package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// listTimeout bounds what a list may take of the store, connecting included: it takes a
// fraction of a second of one that answers, at ten million transactions, too.
const listTimeout = 15 * time.Second

// List reads a list at the newest snapshot. A store that does not answer within
// listTimeout is store.ErrUnavailable.
func List[T any](ctx context.Context, s store.Store, read func(context.Context, store.Snapshot) (T, error)) (list T, err error) {
	bound, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	at, err := s.Snapshot(bound)
	if err == nil {
		list, err = read(bound, at)
	}
	if err != nil && bound.Err() != nil && ctx.Err() == nil && !errors.Is(err, store.ErrUnavailable) {
		err = fmt.Errorf("%w: the database did not answer within %v; if its server runs, it hangs or is too busy", store.ErrUnavailable, listTimeout)
	}
	return list, err
}
