package outbox

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"

	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/seal"
)

// Folder is the Store of a data folder: one file a row, sealed under the
// tenant's key, replaced as a whole and synced before a call returns.
//
// It is a folder and not a table of the embedded store because nothing has to be
// atomic with a batch of bookings, a store's snapshots are not to move when a
// page is written, and a row that is sealed in a file of its own is gone when
// the tenant's key is. One process at a time owns a data folder, so that an
// index in memory is right; replicas share Postgres instead.
//
//	SHA256(id).row   the row as JSON, sealed; the file's name is authenticated
type Folder struct {
	dir  string
	keys *seal.Keyring

	mu    sync.Mutex
	index map[string]Row // by id, without Op and Progress
}

// maxRowFile bounds what is read of one file: MaxTotalBlocks with their texts
// are below 16 MiB.
const maxRowFile = 32 << 20

// maxRows bounds a folder or a table: at 50 pages a day, which is a principal's default
// budget, it is full after five years. Then the oldest rows that need nothing any
// more give way.
const maxRows = 100_000

var rowFile = regexp.MustCompile(`^[0-9a-f]{64}\.row$`)

// OpenFolder reads the folder, which it makes if it is not there.
func OpenFolder(dir string, keys *seal.Keyring) (*Folder, error) {
	if err := os.MkdirAll(dir, durable.DirMode); err != nil {
		return nil, fmt.Errorf("opening the outbox: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the outbox: %w", err)
	}
	f := &Folder{dir: dir, keys: keys, index: make(map[string]Row)}
	for _, e := range entries {
		if !rowFile.MatchString(e.Name()) {
			continue // what a crash left of a write that was not acknowledged
		}
		r, err := f.read(e.Name())
		if err != nil {
			return nil, fmt.Errorf("opening the outbox: %w", err)
		}
		f.index[r.ID] = bare(r)
	}
	return f, nil
}

func nameOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:]) + ".row"
}

func bare(r Row) Row {
	r.Op, r.Progress = nil, nil
	return r
}

func (f *Folder) read(name string) (r Row, err error) {
	info, err := os.Stat(filepath.Join(f.dir, name))
	if err == nil && info.Size() > maxRowFile {
		err = errors.New("a row is too large")
	}
	if err != nil {
		return r, err
	}
	sealed, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil {
		return r, err
	}
	plain, err := f.keys.Open(seal.PurposeColumn, "", []byte("outbox/"+name), sealed)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(plain, &r); err != nil || nameOf(r.ID) != name {
		return r, errors.New("a row can't be read")
	}
	return r, nil
}

func (f *Folder) write(r Row) error {
	plain, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("storing a write: %w", err)
	}
	name := nameOf(r.ID)
	sealed, err := f.keys.Seal(seal.PurposeColumn, "", []byte("outbox/"+name), plain)
	if err != nil {
		return fmt.Errorf("storing a write: %w", err)
	}
	if err := durable.Replace(filepath.Join(f.dir, name), sealed, durable.FileMode); err != nil {
		return fmt.Errorf("storing a write: %w", err)
	}
	f.index[r.ID] = bare(r)
	return nil
}

// Reseal gives every row that is sealed under an older key anew, one file at a
// time, and returns how many; old tells which those are.
func (f *Folder) Reseal(ctx context.Context, old func(sealed []byte) bool) (n int, err error) {
	f.mu.Lock()
	names := make([]string, 0, len(f.index))
	for id := range f.index {
		names = append(names, nameOf(id))
	}
	f.mu.Unlock()
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		changed, err := f.reseal(name, old)
		if err != nil {
			return n, fmt.Errorf("sealing a write anew: %w", err)
		}
		if changed {
			n++
		}
	}
	return n, nil
}

func (f *Folder) reseal(name string, old func(sealed []byte) bool) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := filepath.Join(f.dir, name)
	sealed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) { // it gave way to another one
		return false, nil
	}
	if err != nil || !old(sealed) {
		return false, err
	}
	fresh, changed, err := f.keys.Reseal(seal.PurposeColumn, "", []byte("outbox/"+name), sealed)
	if err != nil || !changed {
		return false, err
	}
	return true, durable.Replace(path, fresh, durable.FileMode)
}

// Put adds a row.
func (f *Folder) Put(_ context.Context, r Row) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.index[r.ID]; ok {
		return ErrExists
	}
	if f.taken(r) {
		return ErrBusy
	}
	if err := f.makeRoom(); err != nil {
		return err
	}
	return f.write(r)
}

// taken reports whether another pending row has the key.
func (f *Folder) taken(r Row) bool {
	for id, o := range f.index {
		if id != r.ID && o.Key == r.Key && o.State == Pending {
			return true
		}
	}
	return false
}

// makeRoom forgets the oldest row that is finished when the folder is full.
func (f *Folder) makeRoom() error {
	if len(f.index) < maxRows {
		return nil
	}
	oldest := ""
	for id, r := range f.index {
		if r.State != Pending && (oldest == "" || r.Updated.Before(f.index[oldest].Updated)) {
			oldest = id
		}
	}
	if oldest == "" {
		return fmt.Errorf("%w: too many writes are pending", ErrBusy)
	}
	if err := os.Remove(filepath.Join(f.dir, nameOf(oldest))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("storing a write: %w", err)
	}
	delete(f.index, oldest)
	return nil
}

// Update replaces a row.
func (f *Folder) Update(_ context.Context, r Row) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	old, ok := f.index[r.ID]
	if !ok || old.Rev != r.Rev-1 {
		return ErrStale
	}
	if r.State == Pending && old.State != Pending && f.taken(r) {
		return ErrBusy
	}
	return f.write(r)
}

// Get returns a row.
func (f *Folder) Get(_ context.Context, id string) (Row, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.index[id]; !ok {
		return Row{}, ErrNoRow
	}
	r, err := f.read(nameOf(id))
	if err != nil {
		return Row{}, fmt.Errorf("reading a write: %w", err)
	}
	return r, nil
}

// List returns rows, the newest first.
func (f *Folder) List(_ context.Context, q Query) ([]Row, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []Row
	for _, r := range f.index {
		if (len(q.States) == 0 || slices.Contains(q.States, r.State)) && (q.Key == "" || q.Key == r.Key) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b Row) int { return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID)) })
	if q.Limit <= 0 || q.Limit > MaxRows {
		q.Limit = MaxRows
	}
	found = found[:min(len(found), q.Limit)]
	for i, r := range found {
		var err error
		if found[i], err = f.read(nameOf(r.ID)); err != nil {
			return nil, fmt.Errorf("reading a write: %w", err)
		}
	}
	return found, nil
}
