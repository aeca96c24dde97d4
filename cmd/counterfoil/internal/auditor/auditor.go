// Package auditor opens a data folder, or a log alone, to check and to replay what was
// recorded, beside whoever owns it.
package auditor

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/kek"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

// scanGCPercent lets the heap of a command that goes over a whole log grow to
// five times what is live, a few dozen megabytes: it makes much garbage and
// ends soon.
const scanGCPercent = 400

// ScanLong prepares this process for going over a whole log.
func ScanLong() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(scanGCPercent)
	}
}

// Auditor reads a data folder without its lock, so that it works beside a
// running server.
type Auditor struct {
	home   *home.Home
	cfg    *config.Config
	Gate   *tools.Gate // replays and reconsiders; it can't call
	reader *Log
	store  store.Store

	mu       sync.Mutex
	policies map[string]*policy.Policy
}

// Open opens what is needed to decide calls again and, for a replay, to
// run them.
func Open(ctx context.Context, h *home.Home, replays bool) (*Auditor, error) {
	ScanLong()
	cfg, err := h.Config()
	if err != nil {
		return nil, err
	}
	au := &Auditor{home: h, cfg: cfg, policies: map[string]*policy.Policy{}}
	if err := au.open(ctx, replays); err != nil {
		return nil, errors.Join(err, au.Close())
	}
	return au, nil
}

func (au *Auditor) open(ctx context.Context, replays bool) error {
	keys, err := kek.Open(au.home, au.cfg, nil)
	if err != nil {
		return err
	}
	if au.reader, err = OpenLog(ctx, au.home); err != nil {
		return err
	}
	if au.store, err = storage.OpenToRead(ctx, au.home, au.cfg, keys); err != nil {
		return err
	}
	return au.openGate(ctx, keys, replays)
}

func (au *Auditor) openGate(ctx context.Context, keys *seal.Keyring, replays bool) (err error) {
	f := &folder.Folder{Home: au.home, Config: au.cfg, Keys: keys}
	if f.Secrets, err = f.KnownSecrets(); err != nil {
		return err
	}
	var epoch int64
	if replays {
		if epoch, err = au.epoch(f.RedactorMark()); err != nil {
			return err
		}
	}
	// Each call is decided by the policy of its record, or of a backtest: never by
	// this one, so that a policy.yaml that does not compile stops no audit.
	unused, err := policy.Compile(policy.Source{Name: "default", Text: policy.Default()}, tools.Schemas())
	if err != nil {
		return err
	}
	actions := make(map[redact.Entity]redact.Action, len(au.cfg.Redact.Actions))
	for e, act := range au.cfg.Redact.Actions {
		actions[redact.Entity(e)] = redact.Action(act)
	}
	au.Gate, err = tools.New(ctx, tools.Config{
		Store: au.store, Policy: unused, Keys: keys, Actions: actions, Secrets: f.Secrets, Epoch: epoch,
		Build: build.Read().String(), Now: au.home.Now, Logger: au.home.Logger(),
	})
	return err
}

// epoch is the redactor epoch of what the config says now, as its mark tells: that
// of the newest config record, or the next one, in which no call was yet, if
// nothing has put on record that redaction was set differently since.
func (au *Auditor) epoch(mark string) (int64, error) {
	var r folder.Recorded
	for it, err := range au.reader.Select(audit.Filter{Phase: audit.PhaseEvent, Event: audit.EventConfig}) {
		if err != nil {
			return 0, err
		}
		r.Learn(it.Record)
	}
	if r.Redactor != "" && r.Redactor != mark {
		r.Epoch++
	}
	return r.Epoch, nil
}

// Close closes what is open.
func (au *Auditor) Close() error {
	var errs []error
	if au.reader != nil {
		errs = append(errs, au.reader.Close())
	}
	if au.store != nil {
		errs = append(errs, au.store.Close())
	}
	return errors.Join(errs...)
}

// Archived compiles a policy from the archive, once.
func (au *Auditor) Archived(digest string) (*policy.Policy, error) {
	au.mu.Lock()
	defer au.mu.Unlock()
	if p, ok := au.policies[digest]; ok {
		return p, nil
	}
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != 32 {
		return nil, errors.New("not a policy digest")
	}
	text, err := bounded.ReadFile(au.home.Data("policies", digest), storage.MaxPolicyFile)
	if errors.Is(err, fs.ErrNotExist) && au.reader.Shared != nil { // another replica's
		text, err = au.reader.Shared.Files(storage.SharedPolicies).Read(digest)
	}
	if err != nil {
		return nil, err
	}
	p, err := policy.Compile(policy.Source{Name: digest, Text: text}, tools.Schemas())
	if err != nil {
		return nil, err
	}
	if got := p.Digest(); hex.EncodeToString(got[:]) != digest {
		return nil, errors.New("the archived policy is not the one of the digest")
	}
	au.policies[digest] = p
	return p, nil
}

// InOrder does work on every recorded call that the filter lets through, on all
// cores, and hands the results on in the order of the log. It returns how many
// there were.
func InOrder[T any](ctx context.Context, au *Auditor, filter audit.Filter, work func(*audit.Item) T, each func(index int64, result T) error) (n int, err error) {
	filter.Phase = audit.PhaseOutcome
	err = audit.Work(ctx, au.reader.Reader, filter,
		func(it *audit.Item) (result T, ok bool) {
			if !tools.IsCall(it.Record) {
				return result, false
			}
			return work(it), true
		},
		func(index int64, result T) error {
			n++
			return each(index, result)
		})
	return n, err
}
