package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/arrivals"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/ingest"
)

// importRun is one run of `import`. It has the data folder open only while it
// imports, never while it waits for somebody or something.
type importRun struct {
	app   *app
	flags importFlags
	seen  *arrivals.Seen
	ask   *console.Asker // nil if there is nobody to ask
	books folder.Books   // nil while closed
}

func (a *app) newImportRun(o importFlags) *importRun {
	return &importRun{app: a, flags: o, seen: arrivals.NewSeen(a.Data("run", "imported"))}
}

// open opens the data folder unless it is open.
func (r *importRun) open(ctx context.Context) (err error) {
	if r.books == nil {
		r.books, err = folder.OpenBooks(ctx, r.app.Home, "")
	}
	return err
}

func (r *importRun) close() error {
	if r.books == nil {
		return nil
	}
	b := r.books
	r.books = nil
	return b.Close()
}

// closing is for defer: it adds the error of close to the run's own.
func (r *importRun) closing(err *error) { *err = errors.Join(*err, r.close()) }

// one imports one statement with these options.
func (r *importRun) one(ctx context.Context, in ingest.Input, o ingest.Options) (ingest.Report, error) {
	if err := r.open(ctx); err != nil {
		return ingest.Report{}, err
	}
	return r.books.ImportStatement(ctx, in, folder.ImportRequest{Options: o, Profile: r.flags.own.text}, r.app.progress(func() string { return r.told(ctx, in.Name) }))
}

// importFile imports the statements of one file and prints what each came to.
// The reports are of those that were imported, also if there is an error.
func (r *importRun) importFile(ctx context.Context, file string) (reports []ingest.Report, err error) {
	list, err := r.app.statementsOf(file)
	if err != nil {
		return nil, r.withoutKnown(ctx, err)
	}
	name := filepath.Base(file)
	if len(list) > 1 {
		r.app.UI.Notef("%s: %d files in the archive", r.told(ctx, name), len(list))
	}
	for _, in := range list {
		report, err := r.statement(ctx, in)
		if err != nil {
			return reports, r.within(ctx, name, in.Name, err)
		}
		reports = append(reports, report)
		r.app.warnSums(report)
		if !r.app.UI.JSON {
			r.app.printReport(report)
			r.app.printPreview(report)
		}
	}
	return reports, nil
}

// within puts the archive's name before the error of a file in it.
func (r *importRun) within(ctx context.Context, archive, name string, err error) error {
	var f *exit.Failure
	if archive == name || archive == "-" || !errors.As(err, &f) {
		return err
	}
	return &exit.Failure{Code: f.Code, Err: fmt.Errorf("%s: %w", r.told(ctx, archive), f.Err), Hint: f.Hint}
}

// withoutKnown is told for the text of an error.
func (r *importRun) withoutKnown(ctx context.Context, err error) error {
	var f *exit.Failure
	if !errors.As(err, &f) {
		return err
	}
	if told := r.told(ctx, f.Error()); told != f.Error() {
		return &exit.Failure{Code: f.Code, Err: errors.New(told), Hint: f.Hint}
	}
	return err
}

// told is a text without what the store knows, such as the account number that a
// bank calls its files by: no detector finds one without check digits.
func (r *importRun) told(ctx context.Context, text string) string {
	if err := r.open(ctx); err != nil {
		return exit.Withheld
	}
	return r.books.Told(ctx, text)
}

// statement imports one statement, after a look at it if it is the first of its
// kind.
func (r *importRun) statement(ctx context.Context, in ingest.Input) (ingest.Report, error) {
	if r.flags.preview {
		return r.one(ctx, in, r.previewOptions())
	}
	if !r.flags.DryRun && !r.flags.yes {
		if err := r.introduce(ctx, in); err != nil {
			return ingest.Report{}, err
		}
	}
	report, err := r.one(ctx, in, r.flags.Options)
	if err == nil && !r.flags.DryRun {
		r.remember(arrivals.KindOf(report.Format, report.Profile))
	}
	return report, err
}

// remember notes what was imported. If it cannot, the next run shows a preview
// or reads a file again, which does no harm.
func (r *importRun) remember(what string) {
	if err := r.seen.Add(what); err != nil {
		r.app.UI.Warnf("noting what was imported: %v", err)
	}
}

// statementsOf returns the statements in a file, which may be an archive, a
// pipe, or "-" for standard input.
func (a *app) statementsOf(file string) ([]ingest.Input, error) {
	in, err := a.inputOf(file)
	if err != nil {
		return nil, folder.AsInput(err)
	}
	list, err := ingest.Files(in)
	return list, folder.AsInput(err)
}

// inputOf returns a file as it is, and what can be read only once from memory.
func (a *app) inputOf(file string) (ingest.Input, error) {
	if file == "-" {
		return ingest.Buffer("stdin", a.Stdin)
	}
	in := ingest.Path(file)
	info, err := os.Stat(file)
	if err != nil || info.Mode()&(fs.ModeNamedPipe|fs.ModeCharDevice) == 0 {
		return in, nil // opening it says what is wrong
	}
	pipe, err := in.Open()
	if err != nil {
		return in, nil
	}
	defer pipe.Close()
	return ingest.Buffer(in.Name, pipe)
}
