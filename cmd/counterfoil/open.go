package main

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

// folder is an open data folder. It is opened in three steps, each of which
// needs what the one before opened: the folder itself (lock, keys, log), the
// store, the gate. A command opens as much as it needs.
type folder struct {
	app      *app
	cfg      *config.Config
	lock     *lockfile.Lock
	keys     *seal.Keyring
	keyOps   kek.Records
	shared   *storage.Shared // nil with the embedded store
	log      *audit.Log
	recorded recorded
	cached   int64       // records that run/recorded covers
	store    store.Store // nil before openStore
	secrets  [][]byte    // fingerprints of values that the config names

	telemetry *telemetry.Telemetry // nil if it is off
	logging   atomic.Bool          // the log is open, and telemetry may put its connections on record

	current atomic.Pointer[config.Config] // principals as of the last reload
	records sync.Mutex                    // guards recorded once others are served
	owner   *owner                        // nil where no other process can be served
	hangup  atomic.Bool                   // this process reads its config again on SIGHUP
	stdio   string                        // principal of this process's stdio client; "" is the config's

	model *engine.Model // nil without one, and before openGate

	tenders

	opening sync.Mutex
	running *service // nil before it is needed
	way     *way     // to Notion; nil before the gate is opened, and if it is not configured

	closeOnce sync.Once
	closed    error // what Close came to
}

// openFolder takes the folder, opens its keys and its log, and puts a changed
// config on record.
func (a *app) openFolder(ctx context.Context) (*folder, error) {
	cfg, err := a.Config()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(a.Data("run"), durable.DirMode); err != nil {
		return nil, fmt.Errorf("opening the data folder: %w", err)
	}
	lock, err := lockfile.Acquire(a.Data("run", "owner.lock"))
	if errors.Is(err, lockfile.ErrHeld) {
		return nil, fmt.Errorf("the data folder is %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("taking the data folder: %w", err)
	}
	f := &folder{app: a, cfg: cfg, lock: lock}
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

func (f *folder) openKeysAndLog(ctx context.Context) (err error) {
	if f.keys, err = kek.Open(f.app.Home, f.cfg, &f.keyOps); err != nil {
		return err
	}
	if err := f.openLog(ctx); err != nil {
		return fmt.Errorf("opening the log: %w", err)
	}
	if err := f.keyOps.Opened(f.note); err != nil {
		return fmt.Errorf("recording what was asked of the key service: %w", err)
	}
	f.logging.Store(true)
	if f.secrets, err = f.knownSecrets(); err != nil {
		return err
	}
	return f.catchUp(ctx)
}

func (f *folder) openLog(ctx context.Context) error {
	cfg, err := storage.LogConfig(f.app.Home, f.cfg)
	if err != nil {
		return err
	}
	f.observeLog(&cfg)
	if p := &f.cfg.Store.Postgres; p.Used() {
		if f.shared, err = storage.OpenShared(ctx, f.app.Home, f.cfg, p.ReaderLogin(), false); err != nil {
			return err
		}
		f.log, err = audit.OpenPostgres(ctx, f.shared.Pool, cfg)
		return err
	}
	f.log, err = audit.Open(ctx, cfg)
	if errors.Is(err, audit.ErrInvalid) {
		return exit.Fail(exit.NoKey, "put keys/log.key back as it was", "opening the log: %w", err)
	}
	return err
}

// openStore opens the store and puts batches on record that are not yet: a
// crash may have come between the commit and its record.
func (f *folder) openStore(ctx context.Context) (err error) {
	if f.shared != nil {
		f.store, err = storage.OpenPostgres(ctx, f.app.Home, f.cfg, f.cfg.Store.Postgres.ReaderLogin(), nil)
	} else {
		f.store, err = storage.OpenEmbedded(ctx, f.app.Below(f.cfg.Store.Path, "store.db"), f.keys.Derive(seal.PurposeDB, "sqlite"), f.cfg.Store.CacheMiB)
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
func (f *folder) openGate(ctx context.Context) (*tools.Gate, error) {
	f.records.Lock()
	defer f.records.Unlock()
	p, err := f.loadPolicy(ctx)
	if err != nil {
		return nil, err
	}
	waiting, err := storage.Approvals(f.app.Home, f.keys, f.shared)
	if err != nil {
		return nil, err
	}
	var gate *tools.Gate
	if f.way, err = f.openNotion(func(text string) error { return gate.Border(text) }); err != nil {
		return nil, err
	}
	setup := tools.Config{
		Store: f.store, Policy: p, Log: f.log, Keys: f.keys, Approvals: waiting, Books: f.books(),
		Limits: f.cfg.Limits.Limits, ByPrincipal: f.cfg.Limits.ByPrincipal(),
		Actions: f.cfg.Redact.ByEntity(), Secrets: f.secrets, Epoch: f.recorded.Epoch,
		ConfigDigest: hex.EncodeToString(f.cfg.Digest[:]),
		Build:        build.Read().String(),
		Zone:         f.cfg.Zone,
		Now:          f.app.Now,
		Logger:       f.app.Logger(),
		Observer:     f.gateObserver(),
	}
	if f.way != nil {
		setup.Notion = f.way
		f.telemetry.WatchEgress(f.way.guard.Counts)
	}
	if f.model, err = engine.Open(ctx, f.app.Home, &f.cfg.LLM, f.prove); err != nil {
		return nil, err
	}
	if f.model != nil {
		setup.Model = f.model
	}
	gate, err = tools.New(ctx, setup)
	return gate, err
}

// loadPolicy compiles the policy that the config names.
func (f *folder) loadPolicy(ctx context.Context) (*policy.Policy, error) {
	src, err := storage.ReadPolicy(f.app.Home, f.cfg)
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

// service opens the gate, once: its budgets are those of all callers.
func (f *folder) service(ctx context.Context) (*service, error) {
	f.opening.Lock()
	defer f.opening.Unlock()
	if f.running != nil {
		return f.running, nil
	}
	gate, err := f.openGate(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	f.running = &service{folder: f, gate: gate}
	return f.running, nil
}

// openData opens the folder and the store, and serves other processes until
// the context ends or the folder is closed.
func (a *app) openData(ctx context.Context) (*folder, error) {
	f, err := a.openFolder(ctx)
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

// openToRead opens the folder and the store for what only reads: beside the
// owner, if there is one.
func (a *app) openToRead(ctx context.Context) (*folder, error) {
	f, err := a.openData(ctx)
	if !errors.Is(err, lockfile.ErrHeld) {
		return f, err
	}
	cfg, err := a.Config()
	if err != nil {
		return nil, err
	}
	f = &folder{app: a, cfg: cfg}
	f.current.Store(cfg)
	if f.keys, err = kek.Open(a.Home, cfg, nil); err != nil {
		return nil, err
	}
	if f.secrets, err = f.knownSecrets(); err != nil {
		return nil, err
	}
	f.store, err = storage.OpenToRead(ctx, a.Home, cfg, f.keys)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Close closes what is open. Closing again waits for the first time and returns
// what that came to.
func (f *folder) Close() error {
	f.closeOnce.Do(func() { f.closed = f.closeAll() })
	return f.closed
}

// closeAll closes what is open, in the opposite order.
func (f *folder) closeAll() error {
	var errs []error
	if f.owner != nil {
		errs = append(errs, f.owner.close())
	}
	f.stopTending()
	if f.way != nil {
		f.way.close()
	}
	if f.model != nil {
		f.model.Close()
	}
	if f.store != nil {
		errs = append(errs, f.store.Close())
	}
	f.telemetry.Close() // what it sends at last may need a connection, which goes on record
	f.logging.Store(false)
	if f.log != nil {
		errs = append(errs, f.log.Close())
	}
	f.shared.Close()
	if f.lock != nil {
		errs = append(errs, f.lock.Release())
	}
	return errors.Join(errs...)
}

// closing is for defer: it adds the error of Close to a command's own.
func closing(b interface{ Close() error }, err *error) { *err = errors.Join(*err, b.Close()) }

func (f *folder) closing(err *error) { closing(f, err) }

// archive keeps a policy or config under its digest, for replay.
func (f *folder) archive(digest string, text []byte) error {
	path := f.app.Data("policies", digest)
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
