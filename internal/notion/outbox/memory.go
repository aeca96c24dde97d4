package outbox

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// Memory is a Store for tests and for the demo's sandbox: it lasts as long as
// the process. The zero value is ready.
type Memory struct {
	mu   sync.Mutex
	rows map[string]Row
}

// Put adds a row.
func (m *Memory) Put(_ context.Context, r Row) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.rows[r.ID]; ok {
		return ErrExists
	}
	if m.taken(r) {
		return ErrBusy
	}
	if m.rows == nil {
		m.rows = make(map[string]Row)
	}
	m.rows[r.ID] = r
	return nil
}

// taken reports whether another pending row has the key.
func (m *Memory) taken(r Row) bool {
	for id, o := range m.rows {
		if id != r.ID && o.Key == r.Key && o.State == Pending {
			return true
		}
	}
	return false
}

// Update replaces a row.
func (m *Memory) Update(_ context.Context, r Row) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, ok := m.rows[r.ID]
	if !ok || old.Rev != r.Rev-1 {
		return ErrStale
	}
	if r.State == Pending && old.State != Pending && m.taken(r) {
		return ErrBusy
	}
	m.rows[r.ID] = r
	return nil
}

// Get returns a row.
func (m *Memory) Get(_ context.Context, id string) (Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.rows[id]
	if !ok {
		return Row{}, ErrNoRow
	}
	return r, nil
}

// List returns rows, the newest first.
func (m *Memory) List(_ context.Context, q Query) ([]Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Row
	for _, r := range m.rows {
		if (len(q.States) == 0 || slices.Contains(q.States, r.State)) && (q.Key == "" || q.Key == r.Key) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Row) int { return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID)) })
	if q.Limit <= 0 || q.Limit > MaxRows {
		q.Limit = MaxRows
	}
	return out[:min(len(out), q.Limit)], nil
}
