package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/ingest/tabular"
	"github.com/counterfoil/counterfoil/store"
)

// progressEvery is how often a long import says how far it is.
const progressEvery = 2 * time.Second

// importFlags are the flags of `import`.
type importFlags struct {
	ingest.Options
	preview, yes  bool
	detect, watch bool
	own           ownProfile
}

func newImportCmd(a *app) *cobra.Command {
	var o importFlags
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Import bank statements",
		Long: `Import bank statements: OFX and QFX, CAMT.052 to .054, MT940 and MT942, QIF, CSV,
also in a zip or gzip file. Each statement becomes one batch: all of it or nothing.
What is stored already is not stored twice, so that a file can be imported again, and
statements may overlap. "-" reads from standard input.

The first file of a kind that was not imported before is shown as a table first. On a
terminal you are asked whether to import it; without one the table goes to standard
error and the import goes on. --yes leaves both out, --preview only shows the table.

CSV files are recognised by shipped profiles; --profile names one, or the file of a
profile of your own: .yaml, or .rules as hledger writes them. --detect explains the
choice, "import profile new" makes a profile by asking (docs/import.md).`,
		Example: `  counterfoil import statement.ofx
  counterfoil import *.csv --account "Joint account"
  counterfoil import odd.csv --profile my-bank.yaml --preview
  counterfoil import old.qif --currency GBP
  counterfoil import --detect unknown.csv
  counterfoil import --watch ~/Downloads/statements`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.importCommand(cmd.Context(), args, o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Account, "account", "", "put everything into the account of this `name`")
	flags.StringVar(&o.Profile, "profile", "", "CSV profile by `name`, or a profile file ending in .yaml or .rules; or qif-dmy, qif-mdy, qif-ymd")
	flags.StringVar(&o.Currency, "currency", "", "ISO 4217 `code` for files that do not say their currency")
	flags.BoolVar(&o.Pending, "pending", false, "also store entries that are announced but not booked")
	flags.StringVar(&o.Charset, "charset", "", "character set `name` of files that are not Unicode and do not declare theirs (default windows-1252)")
	flags.BoolVar(&o.IgnoreIDs, "ignore-ids", false, "recognise bookings without the bank's ids, for a bank that changes them with each download")
	flags.BoolVar(&o.DryRun, "dry-run", false, "check everything, keep nothing")
	flags.BoolVar(&o.preview, "preview", false, "show the first bookings as they would be stored, keep nothing")
	flags.BoolVarP(&o.yes, "yes", "y", false, "import new kinds of files without a preview")
	flags.BoolVar(&o.detect, "detect", false, "only explain what each file is taken for")
	flags.BoolVar(&o.watch, "watch", false, "import what comes into this folder until interrupted")
	cmd.AddCommand(newImportListCmd(a), newImportUndoCmd(a), newImportProfileCmd(a))
	return cmd
}

func (a *app) importCommand(ctx context.Context, args []string, o importFlags) error {
	modes := 0
	for _, set := range [...]bool{o.watch, o.detect, o.preview, o.DryRun} {
		if set {
			modes++
		}
	}
	if modes > 1 {
		return exit.Fail(exit.Usage, "", "--watch, --detect, --preview and --dry-run do not go together")
	}
	if err := o.readProfile(); err != nil {
		return err
	}
	if o.Currency = strings.ToUpper(o.Currency); o.Currency != "" {
		if _, ok := store.Exponent(o.Currency); !ok {
			return exit.Fail(exit.Usage, "give an ISO 4217 code, such as EUR", "--currency is not a currency")
		}
	}
	if o.Charset != "" && !ingest.KnownCharset(o.Charset) {
		return exit.Fail(exit.Usage, "names are such as windows-1250, iso-8859-2 and shift_jis", "--charset is no character set")
	}
	switch {
	case o.detect:
		return a.detectFiles(ctx, args, o)
	case o.watch:
		return a.watchFolder(ctx, args, o)
	}
	return a.importFiles(ctx, args, o)
}

func (a *app) importFiles(ctx context.Context, files []string, o importFlags) (err error) {
	run := a.newImportRun(o)
	if !slices.Contains(files, "-") {
		run.ask = a.TerminalAsker()
	}
	if err := run.open(ctx); err != nil {
		return err
	}
	defer run.closing(&err)
	var reports []ingest.Report
	for _, file := range files {
		done, failed := run.importFile(ctx, file)
		if reports = append(reports, done...); failed != nil {
			err = failed
			break
		}
	}
	if a.UI.JSON {
		err = errors.Join(err, a.UI.Document(map[string]any{"imports": reportsJSON(reports)}))
	}
	return err
}

// ownProfile is a profile of the user's own and its text in YAML, in which it
// goes to the process that owns the data folder. Without one both are nil.
type ownProfile struct {
	list []*ingest.Profile
	text []byte
}

// readProfile reads the profile file that --profile names, if it names one.
func (o *importFlags) readProfile() error {
	ext := filepath.Ext(o.Profile)
	if ext != ".yaml" && ext != ".yml" && ext != ".rules" {
		return nil
	}
	text, err := bounded.ReadFile(o.Profile, folder.MaxProfileFile)
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err // without the path, which may hold an account number
	}
	if err != nil {
		return exit.Fail(exit.Input, "", "reading the profile: %w", err)
	}
	name := filepath.Base(o.Profile)
	if ext == ".rules" {
		text, err = rulesYAML(strings.TrimSuffix(name, ext), text)
	}
	var p *ingest.Profile
	if err == nil {
		p, err = tabular.ReadProfile(bytes.NewReader(text))
	}
	if err != nil {
		return exit.Fail(exit.Input, "docs/import.md describes profiles", "%s: %w", name, err)
	}
	o.Profile, o.own = p.Name, ownProfile{[]*ingest.Profile{p}, text}
	return nil
}

// rulesYAML writes rules as a profile.
func rulesYAML(name string, rules []byte) ([]byte, error) {
	p, err := tabular.ReadRules(name, bytes.NewReader(rules))
	if err != nil {
		return nil, err
	}
	return p.YAML()
}

// progress says now and then how far a long import is.
func (a *app) progress(name func() string) func(rows, bytes int64) {
	next := a.Now().Add(progressEvery)
	return func(rows, bytes int64) {
		if now := a.Now(); now.After(next) {
			next = now.Add(progressEvery)
			a.UI.Notef("%s: %d rows, %.1f MB", name(), rows, float64(bytes)/1e6)
		}
	}
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
				return exit.Fail(exit.Usage, "", "--limit is 1 to %d", maxListed)
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
	b, err := folder.OpenBooks(ctx, a.Home, "")
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	batches, err := b.Batches(ctx, limit)
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
				return exit.Fail(exit.Usage, "counterfoil import list shows them", "a batch is a whole number")
			}
			return a.change(cmd.Context(), func(b folder.Books) (store.Batch, error) { return b.Undo(cmd.Context(), number) })
		},
	}
}

// change makes one batch of changes and prints it.
func (a *app) change(ctx context.Context, make func(folder.Books) (store.Batch, error)) (err error) {
	b, err := folder.OpenBooks(ctx, a.Home, "")
	if err != nil {
		return err
	}
	defer folder.Closing(b, &err)
	batch, err := make(b)
	if err != nil {
		return err
	}
	return a.printBatches([]store.Batch{batch})
}
