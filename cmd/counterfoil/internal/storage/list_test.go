package storage

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/counterfoil/counterfoil/store"
)

// silentStore is one whose database hangs.
type silentStore struct{ store.Store }

func (silentStore) Snapshot(ctx context.Context) (store.Snapshot, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

// TestListBound pins that a list of a store that says nothing is given up after
// listTimeout, with an error that says so, and at once if its caller is gone.
func TestListBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := func(ctx context.Context) error {
			_, err := List(ctx, silentStore{}, func(context.Context, store.Snapshot) (int, error) { return 0, nil })
			return err
		}
		begun := time.Now()
		if err := list(t.Context()); !errors.Is(err, store.ErrUnavailable) || time.Since(begun) != listTimeout {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := list(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("of somebody who is gone: %v", err)
		}
	})
}
