// Package sqlite is the embedded store: one SQLite file, encrypted at rest,
// with no cgo.
//
// The file is read and written through the adiantum VFS in 4 KiB blocks under
// a 32-byte key. It is in write-ahead mode with synchronous=FULL: a change that
// was acknowledged survives a kill and a loss of power. Readers never wait for
// the writer, and there is one writer at a time, also across processes.
//
// Rows are versioned by batch and never updated, except that a version's end
// is noted. Layout of ids: see ident.go; of versions: leaf.go; of keys and
// lists: run.go, sheet.go, posting.go. The figures are in docs/store.md.
package sqlite

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // the encrypting VFS
	_ "github.com/ncruces/go-sqlite3/vfs/memdb"    // the store in memory

	"github.com/counterfoil/counterfoil/store"
)

// Defaults of Config.
const (
	// DefaultCacheBytes holds the versions of a million rows decrypted, and the lists
	// that searches walk. It fills as pages are read, so small stores need little.
	DefaultCacheBytes = 64 << 20
	// DefaultWriterCacheBytes holds what an import of some 300,000 rows writes, with
	// the merges it brings, so that no page is written out in the midst of it and
	// again at its end. Small changes need little of it, and the connection of a
	// large one is closed afterwards.
	DefaultWriterCacheBytes = 256 << 20
	// DefaultReaders is enough for the tools of one process; more callers wait.
	DefaultReaders = 4
	// DefaultBusyTimeout is how long a change waits for another process's.
	DefaultBusyTimeout = 5 * time.Second
)

// heapSlack is what a connection may use besides its page cache: statements,
// sorters and the buffers of a large transaction.
const heapSlack = 64 << 20

// idleWriterBytes is what the writing connection may keep cached between two
// changes. Its memory only grows, so beyond that it is opened anew.
const idleWriterBytes = 64 << 20

// checkpointPages is how many pages the write-ahead log gathers before they
// move to the file; walLimit is what the log shrinks back to afterwards.
const (
	checkpointPages = 4000
	walLimit        = 64 << 20
)

// Config says where the store lies and how it is opened. The zero value is a
// store in memory, which is gone when it is closed.
type Config struct {
	Path string   // of the file; "" is in memory
	Key  [32]byte // cipher key; a zero key is refused unless Plain is set
	// Plain leaves the file unencrypted. It must be asked for.
	Plain bool
	// ReadOnly refuses every change, and refuses to create or migrate.
	ReadOnly         bool
	CacheBytes       int64 // page cache of each reader; 0 is DefaultCacheBytes
	WriterCacheBytes int64 // page cache of the writer; 0 is DefaultWriterCacheBytes
	Readers          int   // connections that read at the same time; 0 is DefaultReaders
	BusyTimeout      time.Duration
}

// Store is an open store. It is safe for concurrent use.
type Store struct {
	cfg     Config
	name    string // what SQLite opens
	memory  string // name of the in-memory database, "" for a file
	readers chan *conn
	writer  chan *conn // holds the one writing connection while it is free
	opened  int        // reader slots handed out at the start
	closed  chan struct{}
	closing sync.Once
	head    atomic.Int64 // the newest batch seen
	names   names
	random  func() int64 // 1 to maxRandom; tests make it collide
	tuning  tuning
}

var _ store.Store = (*Store)(nil)

var memoryCount atomic.Int64

// Open opens the store, creating and migrating it as needed. Its errors wrap
// store.ErrUnavailable and say what is wrong: locked, full, corrupt or made
// with another key, newer than this program.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	s := &Store{cfg: cfg, closed: make(chan struct{}), tuning: usualTuning,
		random: func() int64 { return 1 + rand.Int64N(maxRandom) }}
	s.readers = make(chan *conn, cfg.Readers)
	s.writer = make(chan *conn, 1)
	if err := s.locate(); err != nil {
		return nil, err
	}
	err := s.start(ctx)
	if s.unwritable(err) {
		if err = s.alone(); err == nil {
			s.name += "&immutable=1"
			err = s.start(ctx)
		}
	}
	if err != nil {
		s.Close()
		return nil, wrap(ctx, "opening the store", err)
	}
	s.warm(ctx)
	return s, nil
}

func (cfg *Config) complete() error {
	if cfg.Path != "" && !cfg.Plain && cfg.Key == [32]byte{} {
		return errors.New("opening the store: no key (an unencrypted store must be asked for)")
	}
	if cfg.CacheBytes <= 0 {
		cfg.CacheBytes = DefaultCacheBytes
	}
	if cfg.WriterCacheBytes <= 0 {
		cfg.WriterCacheBytes = DefaultWriterCacheBytes
	}
	if cfg.Readers <= 0 {
		cfg.Readers = max(DefaultReaders, runtime.GOMAXPROCS(0))
	}
	if cfg.BusyTimeout <= 0 {
		cfg.BusyTimeout = DefaultBusyTimeout
	}
	return nil
}

// locate settles the name that SQLite opens, and creates a new file readable
// by its owner alone.
func (s *Store) locate() error {
	if s.cfg.Path == "" {
		// It lives for as long as a connection is open, as the writer's is.
		s.memory = "counterfoil-" + strconv.FormatInt(memoryCount.Add(1), 10)
		s.name = "file:/" + s.memory + "?vfs=memdb"
		return nil
	}
	s.name = fileURI(s.cfg.Path, s.cfg.Plain)
	if s.cfg.ReadOnly {
		return nil
	}
	f, err := os.OpenFile(s.cfg.Path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("%w: opening the store: %w", store.ErrUnavailable, cause(err))
	}
	return f.Close()
}

// warmRows is the size of the pages that warm reads: that of the tools'.
const warmRows = 50

// warm opens a reader, has it compile what searches run, and reads what the
// newest page needs, so that the first call takes no longer than the next. That
// costs some 3 ms. Its errors are those of the first call.
func (s *Store) warm(ctx context.Context) {
	q := store.Query{At: store.Snapshot(s.head.Load()), Limit: warmRows}
	page, err := s.Search(ctx, q)
	if err != nil || len(page.Items) == 0 {
		return
	}
	tx := &page.Items[0]
	q.Filter = store.Filter{Accounts: []string{tx.Account}, Categories: []string{tx.Category}}
	s.Search(ctx, q)
}

func (s *Store) start(ctx context.Context) error {
	w, err := s.open(ctx, s.cfg.WriterCacheBytes, s.cfg.ReadOnly)
	if err != nil {
		return err
	}
	w.use(ctx)
	err = w.migrate(s.cfg.ReadOnly)
	if err == nil {
		_, err = s.newest(w)
	}
	w.use(context.Background())
	if err != nil {
		return errors.Join(err, w.close())
	}
	s.writer <- w
	for range s.cfg.Readers {
		s.readers <- nil // opened when first used
	}
	s.opened = s.cfg.Readers
	return nil
}

// unwritable says whether a store that is only read may lie where nothing can be
// written, such as a copy on a read-only disk: SQLite makes a file beside it
// even to read.
func (s *Store) unwritable(err error) bool {
	return s.cfg.ReadOnly && s.memory == "" && errors.Is(err, sqlite3.CANTOPEN)
}

// alone returns nil if the file by itself is the whole store, which nobody has
// open: while someone has, there is a write-ahead log.
func (s *Store) alone() error {
	if _, err := os.Stat(s.cfg.Path); err != nil {
		return sqlite3.CANTOPEN
	}
	if wal, err := os.Stat(s.cfg.Path + "-wal"); err == nil && wal.Size() > 0 {
		return fmt.Errorf("%w: its newest changes are in store.db-wal, which can't be read in a read-only folder: copy both to where you can write", store.ErrUnavailable)
	}
	return nil
}

// open opens one connection and sets it up.
func (s *Store) open(ctx context.Context, cache int64, readOnly bool) (*conn, error) {
	name := s.name
	if s.cfg.ReadOnly {
		name += "&mode=ro"
	}
	db, err := sqlite3.OpenContext(sqlite3.WithMaxMemory(ctx, cache+heapSlack), name)
	if err != nil {
		return nil, err
	}
	c := &conn{db: db, stmts: make(map[string]*sqlite3.Stmt), fresh: make(map[int64]bool), names: &s.names, reads: readOnly, tuning: s.tuning}
	c.versions.c = c
	if err := s.setUp(c, cache, readOnly); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func (s *Store) setUp(c *conn, cache int64, readOnly bool) error {
	if s.memory == "" && !s.cfg.Plain {
		if err := c.db.Exec("PRAGMA hexkey='" + hex.EncodeToString(s.cfg.Key[:]) + "'"); err != nil {
			return err
		}
	}
	if err := c.db.BusyTimeout(s.cfg.BusyTimeout); err != nil {
		return err
	}
	pragmas := fmt.Sprintf(`PRAGMA temp_store=memory; PRAGMA cache_size=-%d; PRAGMA trusted_schema=off;
		PRAGMA cell_size_check=on; PRAGMA synchronous=full; PRAGMA wal_autocheckpoint=%d;
		PRAGMA journal_size_limit=%d;`, cache/1024, checkpointPages, walLimit)
	if err := c.db.Exec(pragmas); err != nil {
		return err
	}
	if readOnly {
		return c.db.Exec("PRAGMA query_only=on")
	}
	if s.memory == "" {
		return c.setWAL()
	}
	return nil
}

// Close waits for the calls in progress and closes the store. Later calls fail
// with store.ErrUnavailable.
func (s *Store) Close() error {
	var errs []error
	s.closing.Do(func() {
		close(s.closed)
		for range s.opened {
			errs = append(errs, (<-s.readers).close())
		}
		if s.opened > 0 { // the writer opens first
			errs = append(errs, (<-s.writer).close())
		}
	})
	return wrap(context.Background(), "closing the store", errors.Join(errs...))
}

// fileURI names a file for SQLite, with every character that means something in
// a URI escaped.
func fileURI(path string, plain bool) string {
	uri := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	// The write-ahead log gets the mode of the file.
	mode := "modeof=" + url.QueryEscape(path)
	if plain {
		return uri + "?vfs=os&" + mode
	}
	return uri + "?vfs=adiantum&" + mode
}
