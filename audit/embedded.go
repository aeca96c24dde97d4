package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/counterfoil/counterfoil/internal/durable"
)

// recordsFile and its neighbours lie in the folder log/ of the data folder.
const recordsFile = "records"

// headEvery is how often the head is written while the log grows: within the
// second that the format promises.
const headEvery = 700 * time.Millisecond

// An appendFile is what the log needs of the file it appends to. WriteAt and
// Sync are each called by one goroutine at a time.
type appendFile interface {
	WriteAt(b []byte, off int64) (int, error)
	Sync() error
}

type osFile struct{ *os.File }

func (f osFile) Sync() error { return datasync(f.File) }

// embedded is the backend of one process: one append-only file.
type embedded struct {
	cfg   Config
	key   *signingKey
	dir   string // the folder log/
	file  *os.File
	out   appendFile
	tiles *tileStore

	// planned is the state after the batches that are prepared; the Log lets
	// one goroutine at a time prepare one.
	planned committed

	lastSync time.Duration // of the committer

	// treeMu guards the tree, which is ahead of the committed state while a
	// batch is prepared or being written.
	treeMu sync.Mutex
	tree   *tree

	mu        sync.Mutex // guards what follows
	committed committed
	headed    int64    // size that log/head holds
	buffers   [][]byte // for batches, not in use

	derived  int64   // size that log/state holds; of the background goroutine
	anchored int64   // size that all anchors hold; of the anchoring goroutine
	reserved reserve // of the background goroutine

	stop chan struct{}
	wg   sync.WaitGroup
	fail func(error) error // the Log's, once it runs
}

// committed is the durable state.
type committed struct {
	size int64  // records
	end  int64  // bytes of the file
	last int64  // offset of the last batch
	prev uint32 // its length
	root tlog.Hash
	note []byte // its checkpoint
}

// Open opens or creates the log, recovers a torn tail and takes the lock. It
// fails with ErrLocked if another process holds the log, with ErrTampered if
// the log contradicts itself, its head or an anchor, and with ErrUnavailable
// if an anchor cannot be reached. A log longer than Config.CheckAtOpen is
// opened by its tail; the rest is checked while it serves, and damage found
// there makes it refuse.
func Open(ctx context.Context, cfg Config) (*Log, error) {
	if !validOrigin(cfg.Origin) {
		return nil, invalid("origin")
	}
	cfg = cfg.withDefaults()
	e := &embedded{cfg: cfg, key: &signingKey{cfg: cfg}, dir: filepath.Join(cfg.Dir, "log"), stop: make(chan struct{})}
	if err := e.openFiles(); err != nil {
		return nil, err
	}
	l, err := e.open(ctx)
	if err != nil {
		e.file.Close() // what that says comes of the first error
		return nil, err
	}
	return l, nil
}

func (cfg Config) withDefaults() Config {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.CheckAtOpen <= 0 {
		cfg.CheckAtOpen = checkAtOpen
	}
	if cfg.AnchorEvery <= 0 {
		cfg.AnchorEvery = anchorEvery
	}
	return cfg
}

// openFiles makes the folders and takes the lock; nothing may be looked at
// before.
func (e *embedded) openFiles() error {
	if err := os.MkdirAll(e.dir, 0o700); err != nil {
		return fmt.Errorf("making the log folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(e.dir, recordsFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("opening the log: %w", err)
	}
	if err := lockFile(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(durable.SyncDir(e.dir), durable.SyncDir(e.cfg.Dir)); err != nil {
		return errors.Join(fmt.Errorf("syncing the log folder: %w", err), f.Close())
	}
	e.file, e.out = f, osFile{f}
	if e.cfg.wrap != nil {
		e.out = e.cfg.wrap(e.out)
	}
	e.tiles = newTileStore(filepath.Join(e.cfg.Dir, "tiles"))
	return nil
}

func (e *embedded) open(ctx context.Context) (*Log, error) {
	if err := e.key.load(); err != nil {
		return nil, err
	}
	rec, err := e.recover()
	if err != nil {
		return nil, err
	}
	if err := e.checkAnchors(ctx, rec); err != nil {
		return nil, err
	}
	if err := e.checkRestore(rec); err != nil {
		return nil, err
	}
	l := start(e.cfg, e)
	e.fail = l.fail
	if err := e.recordRecovery(ctx, l, rec); err != nil {
		l.Close() // likewise
		return nil, err
	}
	e.wg.Go(e.background)
	if len(e.cfg.Anchors) > 0 {
		e.wg.Go(e.anchors)
	}
	if rec.unchecked.end > 0 {
		e.wg.Go(func() { e.checkPrefix(rec.unchecked, rec.checkedTo) })
	}
	return l, nil
}

// prepare implements preparer: it encodes and signs the batch that follows
// those that are prepared. An error is final, as the tree has grown.
func (e *embedded) prepare(batch []*waiting) (func() (int64, error), error) {
	e.treeMu.Lock()
	for _, w := range batch {
		e.tree.append(w.hash)
	}
	head := Checkpoint{Origin: e.cfg.Origin, Size: e.tree.size, Root: e.tree.root()}
	e.treeMu.Unlock()

	signed, err := head.sign(e.key.signs())
	if err != nil {
		return nil, fmt.Errorf("signing the checkpoint: %v", err)
	}
	before := e.planned
	raw := appendBatch(e.buffer()[:0], before.size, before.prev, rawEntries(batch), signed)
	next := committed{
		size: head.Size, end: before.end + int64(len(raw)), last: before.end,
		prev: uint32(len(raw)), root: head.Root, note: signed,
	}
	e.planned = next
	return func() (int64, error) { return before.size, e.write(raw, next) }, nil
}

// buffer returns one that batches were made in, or nil.
func (e *embedded) buffer() (buf []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if n := len(e.buffers); n > 0 {
		buf, e.buffers = e.buffers[n-1], e.buffers[:n-1]
	}
	return buf
}

// write makes a batch durable; next is the state with it.
func (e *embedded) write(raw []byte, next committed) error {
	if _, err := e.out.WriteAt(raw, next.last); err != nil {
		return fmt.Errorf("writing the log: %w", err)
	}
	syncing := time.Now()
	if err := e.out.Sync(); err != nil {
		return fmt.Errorf("syncing the log: %w", err)
	}
	e.lastSync = time.Since(syncing)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.committed, e.buffers = next, append(e.buffers, raw)
	return nil
}

// commit implements backend.
func (e *embedded) commit(batch []*waiting) (int64, error) {
	write, err := e.prepare(batch)
	if err != nil {
		return 0, err
	}
	return write()
}

func (e *embedded) synced() time.Duration { return e.lastSync }

func rawEntries(batch []*waiting) []rawEntry {
	out := make([]rawEntry, len(batch))
	for i, w := range batch {
		out[i] = w.rawEntry
	}
	return out
}

func (e *embedded) state() committed {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.committed
}

// close implements backend. The committer has ended.
func (e *embedded) close() error {
	close(e.stop)
	e.wg.Wait()
	err := errors.Join(e.writeHead(), e.writeDerived())
	if len(e.cfg.Anchors) > 0 {
		e.alert(e.syncAnchors(closeTimeout))
	}
	return errors.Join(err, e.file.Close())
}

// head returns the committed state as anchors see it.
func (e *embedded) head() (*Head, error) {
	c := e.state()
	h := &Head{
		Checkpoint: Checkpoint{Origin: e.cfg.Origin, Size: c.size, Root: c.root},
		Note:       c.note,
		Prove:      func(old int64) (tlog.TreeProof, tlog.Hash, error) { return e.proveFrom(old, c.size, c.root) },
	}
	if c.size > 0 {
		return h, nil
	}
	var err error
	if h.Note, err = h.Checkpoint.sign(e.key.signs()); err != nil {
		return nil, fmt.Errorf("signing the empty log: %w", err)
	}
	return h, nil
}

// edge returns a copy of a level's partial tile.
func (e *embedded) edge(level int) []tlog.Hash {
	e.treeMu.Lock()
	defer e.treeMu.Unlock()
	if level >= len(e.tree.edge) {
		return nil
	}
	return append([]tlog.Hash(nil), e.tree.edge[level]...)
}

// hashes reads the hashes of the tree, at any size up to the committed one.
func (e *embedded) hashes() tlog.HashReader {
	return hashSource{tiles: e.tiles, edge: e.edge}
}
