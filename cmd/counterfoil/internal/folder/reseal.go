package folder

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/internal/approvals"
	"github.com/counterfoil/counterfoil/internal/durable"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/store"
)

// approvalLifetime is how long what is sealed for approvals is of use.
const approvalLifetime = approvals.Lifetime

// resealing is one pass through all that is sealed under older keys. Each value is
// replaced by itself or in steps, so that a pass that is cut short has lost
// nothing, and the next one goes on.
type resealing struct {
	f      *Folder
	mine   bool // only what this process can reach; of the rest another one takes care
	old    []seal.Retired
	out    KeysAnswer
	broken map[int]bool // by index in old: something under it does not open
}

// ResealAll makes a pass and destroys the older keys that it has emptied.
func (f *Folder) ResealAll(ctx context.Context, finish, mine bool) (out KeysAnswer, err error) {
	f.tending.Lock()
	defer f.tending.Unlock()
	old, err := f.Keys.Retired(f.keySubjects(""), f.Home.Now())
	if err != nil || len(old) == 0 {
		return out, err
	}
	x := &resealing{f: f, mine: mine, old: old, broken: map[int]bool{}}
	for _, step := range []func(context.Context) error{x.vault, x.outbox, x.token, x.lapse} {
		if err := step(ctx); err != nil {
			return x.out, err
		}
	}
	if x.out.Resealed > 0 {
		if err := f.noteKeys(audit.EventKeys, "done reseal values=%d", x.out.Resealed); err != nil {
			return x.out, err
		}
	}
	return x.out, x.destroy(finish)
}

// under finds which older key something is sealed under, -1 for none.
func (x *resealing) under(p seal.Purpose, sealed []byte) int {
	return slices.IndexFunc(x.old, func(r seal.Retired) bool { return r.Purpose == p && r.Sealed(sealed) })
}

func (x *resealing) any(purposes ...seal.Purpose) bool {
	return slices.ContainsFunc(x.old, func(r seal.Retired) bool { return slices.Contains(purposes, r.Purpose) })
}

// one seals a value anew. What does not open is left, and keeps its key.
func (x *resealing) one(p seal.Purpose, subject string, aad, sealed []byte) ([]byte, error) {
	x.out.Examined++
	i := x.under(p, sealed)
	if i < 0 {
		return sealed, nil
	}
	fresh, _, err := x.f.Keys.Reseal(p, subject, aad, sealed)
	if errors.Is(err, seal.ErrOpen) || errors.Is(err, seal.ErrErased) {
		x.broken[i] = x.broken[i] || errors.Is(err, seal.ErrOpen)
		return sealed, nil
	}
	return fresh, err
}

// vault goes through the store.
func (x *resealing) vault(ctx context.Context) error {
	if !x.any(seal.PurposeVault, seal.PurposeColumn) {
		return nil
	}
	// Where replicas share a store, servers have no right to its vault, and none of
	// them destroys an older key by itself.
	if x.mine && x.f.shared != nil && !x.f.Config.Store.Postgres.WriterLogin().Given() {
		return nil
	}
	return x.f.changing(ctx, func(s store.Store) error {
		var after store.Sealed
		for {
			step, err := s.Reseal(ctx, after, store.MaxPage, func(v *store.Sealed) ([]byte, error) {
				purpose := seal.PurposeVault
				if len(v.Proof) == 0 { // from before values had proofs
					purpose = seal.PurposeColumn
				}
				return x.one(purpose, v.Subject, []byte(v.Token), v.Value)
			})
			if err != nil {
				return err
			}
			x.f.keysStep()
			x.out.Resealed += step.Changed
			if step.Examined == 0 {
				return nil
			}
			after = step.Last
		}
	})
}

// outbox goes through the writes to Notion.
func (x *resealing) outbox(ctx context.Context) error {
	if !x.any(seal.PurposeColumn) {
		return nil
	}
	kept, err := x.f.keptWrites()
	if err != nil || kept == nil {
		return err
	}
	n, err := kept.Reseal(ctx, func(sealed []byte) bool {
		x.out.Examined++
		return x.under(seal.PurposeColumn, sealed) >= 0
	})
	x.out.Resealed += n
	return err
}

// keptWrites is the outbox that the way to Notion has open or, without one, what
// an earlier process left; nil if there is none.
func (f *Folder) keptWrites() (kept, error) {
	f.opening.Lock()
	defer f.opening.Unlock()
	if f.way != nil {
		return f.way.kept, nil
	}
	if _, err := os.Stat(f.Home.Data("outbox")); f.shared == nil && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	rows, _, err := f.outboxRows()
	return rows, err
}

// token is the file with the token of Notion.
func (x *resealing) token(context.Context) error {
	if x.f.Config.Notion.TokenFile == "" || !x.any(seal.PurposeColumn) {
		return nil
	}
	path := x.f.Home.Below(x.f.Config.Notion.TokenFile, "")
	text, err := bounded.ReadFile(path, maxTokenFile)
	sealed, ok := bytes.CutPrefix(text, []byte(sealedPrefix))
	if err != nil || !ok {
		return nil // a missing file is reported where the token is used
	}
	fresh, err := x.one(seal.PurposeColumn, "", tokenContext, sealed)
	if err != nil || bytes.Equal(fresh, sealed) {
		return err
	}
	x.out.Resealed++
	return durable.Replace(path, append([]byte(sealedPrefix), fresh...), durable.FileMode)
}

// lapse puts away the questions to the operator that can't be answered any more;
// those that can keep their key.
func (x *resealing) lapse(context.Context) error {
	if !x.any(seal.PurposeApproval) {
		return nil
	}
	waiting, err := storage.Approvals(x.f.Home, x.f.Keys, x.f.shared)
	if err != nil || waiting == nil {
		return err
	}
	_, err = waiting.List(x.f.Home.Now())
	return err
}

// destroy ends the older keys under which nothing is left.
func (x *resealing) destroy(finish bool) error {
	for i, r := range x.old {
		line := KeyLine{Purpose: string(r.Purpose), Subject: r.Subject, Generation: r.Generation}
		if line.Why = x.keeps(i, finish); line.Why != "" {
			x.out.Waiting = append(x.out.Waiting, line)
			continue
		}
		what := "retired purpose=" + line.Purpose + " subject=" + x.f.subjectPseudonym(r.Subject)
		if err := x.f.noteKeys(audit.EventKeys, "begin destroy %s generation=%d", what, r.Generation); err != nil {
			return err
		}
		x.f.keysStep()
		if err := x.f.Keys.DestroyRetired(r); err != nil {
			return err
		}
		x.f.keysStep()
		if err := x.f.noteKeys(audit.EventKeys, "done destroy %s generation=%d", what, r.Generation); err != nil {
			return err
		}
		x.out.Destroyed = append(x.out.Destroyed, line)
	}
	return nil
}

// keeps says why an older key is not destroyed now, "" if it is.
func (x *resealing) keeps(i int, finish bool) string {
	r := &x.old[i]
	until := r.Since
	switch {
	case r.Purpose == seal.PurposeSidecar:
		return "it opens the content of earlier records"
	case x.broken[i]:
		return "something that is sealed under it does not open"
	case r.Purpose == seal.PurposeApproval:
		until = until.Add(approvalHold)
	case x.f.shared != nil:
		until = until.Add(sharedHold)
	}
	switch now := x.f.Home.Now(); {
	case now.Before(until):
		return stays(until)
	case x.f.shared != nil && !finish:
		return "other replicas may use it; counterfoil keys rotate --finish destroys it when all have sealed anew"
	}
	return ""
}

// tendEvery is how often a server looks for older keys that can go.
const tendEvery = time.Hour

// Tend seals anew in the background what is sealed under older keys, from when a
// server starts.
func (s *Service) Tend() {
	f := s.Folder
	f.tends.Lock()
	defer f.tends.Unlock()
	if f.tendStop != nil {
		return
	}
	var ctx context.Context
	ctx, f.tendStop = context.WithCancel(context.Background())
	f.tendNow = make(chan struct{}, 1)
	f.tendWork.Go(func() {
		tick := time.NewTicker(tendEvery)
		defer tick.Stop()
		for {
			if _, err := f.ResealAll(ctx, false, true); err != nil && ctx.Err() == nil {
				f.Home.UI.Warnf("sealing anew under new keys did not finish and is tried again: %v", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-f.tendNow:
			case <-tick.C:
			}
		}
	})
}

// tendSoon wakes the background work, if there is any.
func (f *Folder) tendSoon() {
	f.tends.Lock()
	defer f.tends.Unlock()
	select {
	case f.tendNow <- struct{}{}:
	default:
	}
}

// stopTending ends the background work.
func (f *Folder) stopTending() {
	f.tends.Lock()
	stop := f.tendStop
	f.tends.Unlock()
	if stop != nil {
		stop()
		f.tendWork.Wait()
	}
}

// tenders is what belongs to the background work.
type tenders struct {
	sealing  sync.RWMutex // held for reading by what seals for the store
	tending  sync.Mutex   // held during a pass
	tends    sync.Mutex
	tendStop context.CancelFunc
	tendNow  chan struct{}
	tendWork sync.WaitGroup
}
