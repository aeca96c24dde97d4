package tools

import (
	"context"
	"sync"

	"github.com/counterfoil/counterfoil/store"
)

// owners remembers who owns which account, for the newest snapshot asked for.
type owners struct {
	mu       sync.Mutex
	snapshot store.Snapshot
	byID     map[string]string
	present  bool
}

// at returns the owner (subject) of each account as of a snapshot. The map is
// not to be changed.
func (o *owners) at(ctx context.Context, from store.Reader, at store.Snapshot) (map[string]string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.present && o.snapshot == at {
		return o.byID, nil
	}
	all, err := from.Accounts(ctx, at, nil)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]string, len(all))
	for _, a := range all {
		byID[a.ID] = a.Subject
	}
	o.snapshot, o.byID, o.present = at, byID, true
	return byID, nil
}
