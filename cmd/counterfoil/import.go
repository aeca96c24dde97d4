package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/ingest/tabular"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

// progressEvery is how often a long import says how far it is.
const progressEvery = 2 * time.Second

// maxProfileFile bounds a CSV profile in bytes.
const maxProfileFile = 64 << 10

func newImportCmd(a *app) *cobra.Command {
	var o ingest.Options
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Import bank statements",
		Long: `Import bank statements: OFX, QFX and CSV. Each file becomes one batch: all of it
or nothing. What is stored already is not stored twice, so that a file can be
imported again, and statements may overlap. "-" reads from standard input.

CSV files are recognised by shipped profiles; --profile names one, or the file of a
profile of your own (docs/import.md).`,
		Example: `  counterfoil import statement.ofx
  counterfoil import *.csv --account "Joint account"
  counterfoil import odd.csv --profile my-bank.yaml --dry-run`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.importFiles(cmd.Context(), args, o) },
	}
	cmd.Flags().StringVar(&o.Account, "account", "", "put everything into the account of this `name`")
	cmd.Flags().StringVar(&o.Profile, "profile", "", "CSV profile by `name`, or a profile file ending in .yaml")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "check everything, keep nothing")
	cmd.AddCommand(newImportListCmd(a), newImportUndoCmd(a))
	return cmd
}

func (a *app) importFiles(ctx context.Context, files []string, o ingest.Options) (err error) {
	profiles, err := ownProfile(&o)
	if err != nil {
		return err
	}
	f, err := a.openData(ctx)
	if err != nil {
		return err
	}
	defer f.closing(&err)
	var reports []ingest.Report
	for _, file := range files {
		report, failed := f.importFile(ctx, file, o, profiles)
		if failed != nil {
			err = failed
			break
		}
		reports = append(reports, report)
		if !a.ui.json {
			a.printReport(report)
		}
	}
	if a.ui.json {
		err = errors.Join(err, a.ui.document(map[string]any{"imports": reportsJSON(reports)}))
	}
	return err
}

// ownProfile loads the profile file that --profile names, if it names one.
func ownProfile(o *ingest.Options) ([]*ingest.Profile, error) {
	if ext := filepath.Ext(o.Profile); ext != ".yaml" && ext != ".yml" {
		return nil, nil
	}
	text, err := readBounded(o.Profile, maxProfileFile)
	if err != nil {
		return nil, fail(exitInput, "", "reading the profile: %w", err)
	}
	p, err := tabular.ReadProfile(strings.NewReader(string(text)))
	if err != nil {
		return nil, fail(exitInput, "docs/import.md describes profiles", "%s: %w", filepath.Base(o.Profile), err)
	}
	o.Profile = p.Name
	return []*ingest.Profile{p}, nil
}

// importFile imports one file and puts its batch on record.
func (f *folder) importFile(ctx context.Context, file string, o ingest.Options, profiles []*ingest.Profile) (ingest.Report, error) {
	in := ingest.Path(file)
	if file == "-" {
		var err error
		if in, err = ingest.Buffer("stdin", f.app.stdin); err != nil {
			return ingest.Report{}, asInput(err)
		}
	}
	return f.importInput(ctx, in, o, profiles)
}

func (f *folder) importInput(ctx context.Context, in ingest.Input, o ingest.Options, profiles []*ingest.Profile) (ingest.Report, error) {
	im, err := ingest.New(f.importConfig(ctx, in.Name, profiles))
	if err != nil {
		return ingest.Report{}, err
	}
	report, err := im.File(ctx, owned{f}, in, o)
	if err != nil {
		return report, asInput(err)
	}
	if o.DryRun {
		return report, nil
	}
	return report, f.recordBatches(ctx)
}

// asInput gives refused files their exit code.
func asInput(err error) error {
	var refused *ingest.Error
	if errors.As(err, &refused) {
		return fail(exitInput, "nothing of this file was kept", "%w", err)
	}
	return err
}

func (f *folder) importConfig(ctx context.Context, name string, profiles []*ingest.Profile) ingest.Config {
	key := tools.TokenKey(f.keys)
	return ingest.Config{
		MAC: func(msg []byte) [32]byte { return f.keys.MAC(seal.PurposeDB, msg) },
		Redactor: func(known [][]byte) (func(dst, src []byte) ([]byte, error), error) {
			return f.textRedactor(ctx, known)
		},
		Token: func(entity, value string) string { return redact.TokenOf(key, redact.Entity(entity), value) },
		Fingerprint: func(entity, value, token string) ([]byte, error) {
			return redact.FingerprintAs(key, redact.Entity(entity), value, token)
		},
		Seal: func(token, value string) ([]byte, error) {
			return f.keys.Seal(seal.PurposeColumn, "", []byte(token), []byte(value))
		},
		Now:      f.app.now,
		Profiles: profiles,
		Progress: f.app.progress(name),
	}
}

// progress says now and then how far a long import is.
func (a *app) progress(name string) func(rows, bytes int64) {
	next := a.now().Add(progressEvery)
	return func(rows, bytes int64) {
		if now := a.now(); now.After(next) {
			next = now.Add(progressEvery)
			a.ui.notef("%s: %d rows, %.1f MB", name, rows, float64(bytes)/1e6)
		}
	}
}

// owned is the store with the owners of the config: it gives each account that
// an import brings its owner, and seals its number with the owner's key.
type owned struct{ *folder }

// Import implements ingest.Writer.
func (o owned) Import(ctx context.Context, im store.Import, rows iter.Seq2[store.Row, error], dryRun bool) (store.Imported, error) {
	for i := range im.Accounts {
		acc := &im.Accounts[i]
		if acc.Subject = o.cfg.Store.Owners[acc.Name]; acc.Subject == "" || acc.Sealed == nil {
			continue
		}
		number, err := o.keys.Open(seal.PurposeColumn, "", []byte(acc.Token), acc.Sealed)
		if err != nil {
			return store.Imported{}, fmt.Errorf("sealing an account number: %w", err)
		}
		acc.Sealed, err = o.keys.Seal(seal.PurposeColumn, acc.Subject, []byte(acc.Token), number)
		clear(number)
		if err != nil {
			return store.Imported{}, fmt.Errorf("sealing an account number: %w", err)
		}
	}
	return o.store.Import(ctx, im, rows, dryRun)
}

func newImportListCmd(a *app) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the batches of changes, newest first",
		Example: "  counterfoil import list --limit 10",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 || limit > maxListed {
				return fail(exitUsage, "", "--limit is 1 to %d", maxListed)
			}
			return a.listBatches(cmd.Context(), limit)
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "show at most this `many`")
	return cmd
}

// maxListed bounds what a listing on the terminal shows.
const maxListed = 1000

func (a *app) listBatches(ctx context.Context, limit int) (err error) {
	f, err := a.openData(ctx)
	if err != nil {
		return err
	}
	defer f.closing(&err)
	at, err := f.store.Snapshot(ctx)
	if err != nil {
		return err
	}
	batches, err := f.store.Batches(ctx, at, 0, limit)
	if err != nil {
		return err
	}
	return a.printBatches(batches)
}

func newImportUndoCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "undo BATCH",
		Short: "Undo an import",
		Long: `Undo the batch of this number. That is a batch of its own: what was read before
can still be replayed.`,
		Example: "  counterfoil import undo 7",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || number < 1 {
				return fail(exitUsage, "counterfoil import list shows them", "a batch is a whole number")
			}
			return a.change(cmd.Context(), func(ctx context.Context, f *folder) (store.Batch, error) {
				return f.store.Undo(ctx, number, a.now())
			})
		},
	}
}

// change makes one batch of changes, puts it on record and prints it.
func (a *app) change(ctx context.Context, make func(context.Context, *folder) (store.Batch, error)) (err error) {
	f, err := a.openData(ctx)
	if err != nil {
		return err
	}
	defer f.closing(&err)
	b, err := make(ctx, f)
	if err != nil {
		return err
	}
	if err := f.recordBatches(ctx); err != nil {
		return err
	}
	return a.printBatches([]store.Batch{b})
}
