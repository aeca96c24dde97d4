package folder

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/storage"
	"github.com/counterfoil/counterfoil/ingest"
	stmt "github.com/counterfoil/counterfoil/ingest/statement"
	"github.com/counterfoil/counterfoil/ingest/tabular"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/internal/telemetry"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

// MaxProfileFile bounds a CSV profile in bytes.
const MaxProfileFile = 64 << 10

// ImportStatement imports a statement and puts its batch on record.
func (f *Folder) ImportStatement(ctx context.Context, in ingest.Input, r ImportRequest, progress func(rows, bytes int64)) (ingest.Report, error) {
	var profiles []*ingest.Profile
	if r.Profile != nil {
		p, err := tabular.ReadProfile(bytes.NewReader(r.Profile))
		if err != nil {
			return ingest.Report{}, AsInput(err)
		}
		profiles = append(profiles, p)
	}
	return f.ImportInput(ctx, in, r.Options, profiles, progress)
}

// ImportInput is ImportStatement with profiles that have been read.
func (f *Folder) ImportInput(ctx context.Context, in ingest.Input, o ingest.Options, profiles []*ingest.Profile, progress func(rows, bytes int64)) (ingest.Report, error) {
	im, err := ingest.New(f.importConfig(ctx, profiles, progress))
	if err != nil {
		return ingest.Report{}, err
	}
	f.sealing.RLock()
	defer f.sealing.RUnlock()
	begun := time.Now()
	var report ingest.Report
	err = f.changing(ctx, func(s store.Store) (err error) {
		report, err = im.File(ctx, owned{f, s}, in, o)
		return err
	})
	f.observeImport(begun, &report, err)
	if o.DryRun {
		return report, f.withoutKnown(ctx, AsInput(err))
	}
	if err == nil {
		err = f.recordChange(ctx)
	}
	f.telemetry.Synced(telemetry.SourceImport, err == nil, f.Home.Now())
	return report, f.withoutKnown(ctx, AsInput(err))
}

// AsInput gives refused files their exit code, and says what can be done.
func AsInput(err error) error {
	var refused *ingest.Error
	if !errors.As(err, &refused) {
		return err
	}
	hint := "counterfoil import --detect FILE explains what a file is taken for"
	for _, h := range inputHints {
		if strings.Contains(refused.Reason, h.reason) {
			hint = h.hint
		}
	}
	if delimited(refused.File) && (refused.Reason == stmt.ReasonDate || strings.HasPrefix(refused.Reason, "amount")) {
		hint = "if the bank writes dates or amounts otherwise: counterfoil import profile new FILE"
	}
	return exit.Fail(exit.Input, "nothing of this file was kept; "+hint, "%w", err)
}

// delimited reports whether a file is called as CSV files are.
func delimited(name string) bool {
	return slices.Contains([]string{".csv", ".tsv", ".tab", ".txt"}, strings.ToLower(filepath.Ext(name)))
}

// inputHints are for reasons that a flag answers.
var inputHints = []struct{ reason, hint string }{
	{"does not say its currency", "name it with --currency"},
	{"day first or month first", "say which with --profile qif-dmy, qif-mdy or qif-ymd"},
	{"choose a CSV profile by name", "counterfoil import --detect FILE lists those that fit; of another bank: counterfoil import profile new FILE"},
	{"in another currency than the one", "counterfoil import profile new FILE makes one in the right currency"},
	{"no CSV profile fits", "counterfoil import profile new FILE makes one for a CSV file"},
	{"is a directory", "name the files in it, or import what comes into it with --watch"},
}

func (f *Folder) importConfig(ctx context.Context, profiles []*ingest.Profile, progress func(rows, bytes int64)) ingest.Config {
	key := tools.TokenKey(f.Keys)
	return ingest.Config{
		MAC: func(msg []byte) [32]byte { return f.Keys.MAC(seal.PurposeDB, msg) },
		Redactor: func(known [][]byte, found func(token, value string)) (func(dst, src []byte) ([]byte, error), error) {
			return f.textRedactor(ctx, known, found)
		},
		Epoch: f.rowEpoch(),
		Token: func(entity, value string) string { return redact.TokenOf(key, redact.Entity(entity), value) },
		Fingerprint: func(entity, value, token string) ([]byte, error) {
			return redact.FingerprintAs(key, redact.Entity(entity), value, token)
		},
		Seal: func(account, token, value string) (store.Sealed, error) {
			return f.seal(f.Config.Store.Owners[account], token, value)
		},
		Now:      f.Home.Now,
		Currency: f.Config.Import.Currency,
		Profiles: profiles,
		Progress: progress,
	}
}

// owned is the store with the owners of the config: it gives each account that
// an import brings its owner.
type owned struct {
	*Folder
	into store.Store
}

// Import implements ingest.Writer.
func (o owned) Import(ctx context.Context, im store.Import, rows iter.Seq2[store.Row, error], dryRun bool) (store.Imported, error) {
	for i := range im.Accounts {
		im.Accounts[i].Subject = o.Config.Store.Owners[im.Accounts[i].Name]
	}
	return o.into.Import(ctx, im, rows, dryRun)
}

// Batches lists the newest batches of changes.
func (f *Folder) Batches(ctx context.Context, limit int) ([]store.Batch, error) {
	return storage.List(ctx, f.Store, func(ctx context.Context, at store.Snapshot) ([]store.Batch, error) {
		return f.Store.Batches(ctx, at, 0, limit)
	})
}

// Undo undoes a batch and puts that on record.
func (f *Folder) Undo(ctx context.Context, batch int64) (b store.Batch, err error) {
	err = f.changing(ctx, func(s store.Store) (err error) {
		b, err = s.Undo(ctx, batch, f.Home.Now())
		return err
	})
	if err != nil {
		return b, err
	}
	return b, f.recordChange(ctx)
}
