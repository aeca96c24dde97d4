// Package folder is an open data folder: its lock, keys, log, store and gate, what
// commands do with it, and the way to it for the processes that do not own it.
//
// The first process that opens a folder owns it. It serves the others at a socket in
// the folder: the messages of their MCP clients, and their commands (see local.go).
// Books is what a command has either way.
package folder

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/engine"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/kek"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/lockfile"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/internal/telemetry"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

// Folder is an open data folder. It is opened in three steps, each of which
// needs what the one before opened: the folder itself (lock, keys, log), the
// store, the gate. A command opens as much as it needs.
type Folder struct {
	Home     *home.Home
	Config   *config.Config
	lock     *lockfile.Lock
	Keys     *seal.Keyring
	keyOps   kek.Records
	shared   *storage.Shared // nil with the embedded store
	Log      *audit.Log
	recorded Recorded
	cached   int64       // records that run/recorded covers
	Store    store.Store // nil before openStore
	Secrets  [][]byte    // fingerprints of values that the config names

	telemetry *telemetry.Telemetry // nil if it is off
	logging   atomic.Bool          // the log is open, and telemetry may put its connections on record

	current atomic.Pointer[config.Config] // principals as of the last reload
	records sync.Mutex                    // guards recorded once others are served
	owner   *owner                        // nil where no other process can be served
	Hangup  atomic.Bool                   // this process reads its config again on SIGHUP
	stdio   string                        // principal of this process's stdio client; "" is the config's

	Model *engine.Model // nil without one, and before openGate

	tenders

	opening sync.Mutex
	running *Service // nil before it is needed
	way     *way     // to Notion; nil before the gate is opened, and if it is not configured

	closeOnce sync.Once
	closed    error // what Close came to
}

// Take takes the folder, opens its keys and its log, and puts a changed
// config on record.
func Take(ctx context.Context, h *home.Home) (*Folder, error) {
	cfg, err := h.Config()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(h.Data("run"), durable.DirMode); err != nil {
		return nil, fmt.Errorf("opening the data folder: %w", err)
	}
	lock, err := lockfile.Acquire(h.Data("run", "owner.lock"))
	if errors.Is(err, lockfile.ErrHeld) {
		return nil, fmt.Errorf("the data folder is %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("taking the data folder: %w", err)
	}
	f := &Folder{Home: h, Config: cfg, lock: lock}
	f.current.Store(cfg)
	if err := f.openTelemetry(ctx); err != nil {
		f.Close()
		return nil, err
	}
	if err := f.openKeysAndLog(ctx); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (f *Folder) openKeysAndLog(ctx context.Context) (err error) {
	if f.Keys, err = kek.Open(f.Home, f.Config, &f.keyOps); err != nil {
		return err
	}
	if err := f.openLog(ctx); err != nil {
		return fmt.Errorf("opening the log: %w", err)
	}
	if err := f.keyOps.Opened(f.note); err != nil {
		return fmt.Errorf("recording what was asked of the key service: %w", err)
	}
	f.logging.Store(true)
	if f.Secrets, err = f.KnownSecrets(); err != nil {
		return err
	}
	return f.catchUp(ctx)
}

func (f *Folder) openLog(ctx context.Context) error {
	cfg, err := storage.LogConfig(f.Home, f.Config)
	if err != nil {
		return err
	}
	f.observeLog(&cfg)
	if p := &f.Config.Store.Postgres; p.Used() {
		if f.shared, err = storage.OpenShared(ctx, f.Home, f.Config, p.ReaderLogin(), false); err != nil {
			return err
		}
		f.Log, err = audit.OpenPostgres(ctx, f.shared.Pool, cfg)
		return err
	}
	f.Log, err = audit.Open(ctx, cfg)
	if errors.Is(err, audit.ErrInvalid) {
		return exit.Fail(exit.NoKey, "put keys/log.key back as it was", "opening the log: %w", err)
	}
	return err
}

// openStore opens the store and puts batches on record that are not yet: a
// crash may have come between the commit and its record.
func (f *Folder) openStore(ctx context.Context) (err error) {
	if f.shared != nil {
		f.Store, err = storage.OpenPostgres(ctx, f.Home, f.Config, f.Config.Store.Postgres.ReaderLogin(), nil)
	} else {
		f.Store, err = storage.OpenEmbedded(ctx, f.Home.Below(f.Config.Store.Path, "store.db"), f.Keys.Derive(seal.PurposeDB, "sqlite"), f.Config.Store.CacheMiB)
	}
	if err != nil {
		return err
	}
	if err := f.observePast(ctx); err != nil {
		return err
	}
	if err := f.checkStore(ctx); err != nil {
		return err
	}
	return f.recordBatches(ctx)
}

// openGate compiles the policy, archives it, puts it on record if it is
// another one than before, and makes the gate.
func (f *Folder) openGate(ctx context.Context) (*tools.Gate, error) {
	f.records.Lock()
	defer f.records.Unlock()
	p, err := f.loadPolicy(ctx)
	if err != nil {
		return nil, err
	}
	waiting, err := storage.Approvals(f.Home, f.Keys, f.shared)
	if err != nil {
		return nil, err
	}
	var gate *tools.Gate
	if f.way, err = f.openNotion(func(text string) error { return gate.Border(text) }); err != nil {
		return nil, err
	}
	setup := tools.Config{
		Store: f.Store, Policy: p, Log: f.Log, Keys: f.Keys, Approvals: waiting, Books: f.books(),
		Limits: f.Config.Limits.Limits, ByPrincipal: f.Config.Limits.ByPrincipal(),
		Actions: f.Config.Redact.ByEntity(), Secrets: f.Secrets, Epoch: f.recorded.Epoch,
		ConfigDigest: hex.EncodeToString(f.Config.Digest[:]),
		Build:        build.Read().String(),
		Zone:         f.Config.Zone,
		Now:          f.Home.Now,
		Logger:       f.Home.Logger(),
		Observer:     f.gateObserver(),
	}
	if f.way != nil {
		setup.Notion = f.way
		f.telemetry.WatchEgress(f.way.guard.Counts)
	}
	if f.Model, err = engine.Open(ctx, f.Home, &f.Config.LLM, f.prove); err != nil {
		return nil, err
	}
	if f.Model != nil {
		setup.Model = f.Model
	}
	gate, err = tools.New(ctx, setup)
	return gate, err
}

// loadPolicy compiles the policy that the config names.
func (f *Folder) loadPolicy(ctx context.Context) (*policy.Policy, error) {
	src, err := storage.ReadPolicy(f.Home, f.Config)
	if err != nil {
		return nil, err
	}
	p, err := policy.Compile(src, tools.Schemas())
	if err != nil {
		return nil, err
	}
	digest := p.Digest()
	return p, f.recordPolicy(ctx, hex.EncodeToString(digest[:]), src.Text)
}

// Service opens the gate, once: its budgets are those of all callers.
func (f *Folder) Service(ctx context.Context) (*Service, error) {
	f.opening.Lock()
	defer f.opening.Unlock()
	if f.running != nil {
		return f.running, nil
	}
	gate, err := f.openGate(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	f.running = &Service{Folder: f, Gate: gate}
	return f.running, nil
}

// Open opens the folder and the store, and serves other processes until
// the context ends or the folder is closed.
func Open(ctx context.Context, h *home.Home) (*Folder, error) {
	f, err := Take(ctx, h)
	if err != nil {
		return nil, err
	}
	if err := f.openStore(ctx); err != nil {
		f.Close()
		return nil, err
	}
	f.listen(ctx)
	return f, nil
}

// OpenToRead opens the folder and the store for what only reads: beside the
// owner, if there is one.
func OpenToRead(ctx context.Context, h *home.Home) (*Folder, error) {
	f, err := Open(ctx, h)
	if !errors.Is(err, lockfile.ErrHeld) {
		return f, err
	}
	cfg, err := h.Config()
	if err != nil {
		return nil, err
	}
	f = &Folder{Home: h, Config: cfg}
	f.current.Store(cfg)
	if f.Keys, err = kek.Open(h, cfg, nil); err != nil {
		return nil, err
	}
	if f.Secrets, err = f.KnownSecrets(); err != nil {
		return nil, err
	}
	f.Store, err = storage.OpenToRead(ctx, h, cfg, f.Keys)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Close closes what is open. Closing again waits for the first time and returns
// what that came to.
func (f *Folder) Close() error {
	f.closeOnce.Do(func() { f.closed = f.closeAll() })
	return f.closed
}

// closeAll closes what is open, in the opposite order.
func (f *Folder) closeAll() error {
	var errs []error
	if f.owner != nil {
		errs = append(errs, f.owner.close())
	}
	f.stopTending()
	if f.way != nil {
		f.way.close()
	}
	if f.Model != nil {
		f.Model.Close()
	}
	if f.Store != nil {
		errs = append(errs, f.Store.Close())
	}
	f.telemetry.Close() // what it sends at last may need a connection, which goes on record
	f.logging.Store(false)
	if f.Log != nil {
		errs = append(errs, f.Log.Close())
	}
	f.shared.Close()
	if f.lock != nil {
		errs = append(errs, f.lock.Release())
	}
	return errors.Join(errs...)
}

// Closing is for defer: it adds the error of Close to a command's own.
func Closing(b interface{ Close() error }, err *error) { *err = errors.Join(*err, b.Close()) }

// Closing is for defer, like the function.
func (f *Folder) Closing(err *error) { Closing(f, err) }

// archive keeps a policy or config under its digest, for replay.
func (f *Folder) archive(digest string, text []byte) error {
	path := f.Home.Data("policies", digest)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), durable.DirMode); err != nil {
		return err
	}
	if err := durable.Replace(path, text, durable.FileMode); err != nil {
		return fmt.Errorf("archiving: %w", err)
	}
	return f.shareArchived(digest, text)
}
