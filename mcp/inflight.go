package mcp

import (
	"context"
	"sync"

	"github.com/counterfoil/counterfoil/policy"
)

// owner identifies a principal where it is a key.
type owner struct{ tenant, name, auth string }

func ownerOf(p policy.Principal) owner { return owner{p.Tenant, p.Name, p.Auth} }

// callKey names one request in flight. Two clients cannot share a key: the
// scope is a session id made here, or the number of a connection.
type callKey struct {
	owner owner
	scope string
	id    string // raw JSON
}

// inflight bounds and finds the requests that are being answered.
type inflight struct {
	mu       sync.Mutex
	max, per int
	total    int
	owners   map[owner]int
	cancels  map[callKey]context.CancelFunc
}

func newInflight(max, per int) *inflight {
	return &inflight{max: max, per: per, owners: make(map[owner]int), cancels: make(map[callKey]context.CancelFunc)}
}

// begin admits a request. A key without a scope takes up room but cannot be
// cancelled. The returned function ends the request and must be called.
func (f *inflight) begin(ctx context.Context, k callKey) (context.Context, func(), *rpcError) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.total >= f.max || f.owners[k.owner] >= f.per {
		return ctx, nil, errBusy
	}
	if _, taken := f.cancels[k]; taken && k.scope != "" {
		return ctx, nil, errDuplicateID
	}
	ctx, cancel := context.WithCancel(ctx)
	f.total++
	f.owners[k.owner]++
	if k.scope != "" {
		f.cancels[k] = cancel
	}
	return ctx, func() { f.end(k); cancel() }, nil
}

func (f *inflight) end(k callKey) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.total--
	if f.owners[k.owner]--; f.owners[k.owner] == 0 {
		delete(f.owners, k.owner)
	}
	delete(f.cancels, k)
}

// cancel stops the request with exactly this key, if it is in flight.
func (f *inflight) cancel(k callKey) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if stop := f.cancels[k]; stop != nil && k.scope != "" {
		stop()
	}
}
