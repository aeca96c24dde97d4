package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/bounded"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/document"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/tools"
)

// maxKnownList bounds the file of --known in bytes.
const maxKnownList = 64 << 20

// redactOptions are the flags of `redact`.
type redactOptions struct {
	lines   bool
	known   string
	report  bool
	explain bool
	data    bool // --data was given
}

func newRedactCmd(a *app) *cobra.Command {
	var o redactOptions
	cmd := &cobra.Command{
		Use:   "redact [FILE]",
		Short: "Replace account numbers, cards and credentials in a text or JSON document",
		Long: `Read a file or stdin, replace every account number, card number and credential by
a token, and write the rest as it was to stdout. A JSON document stays a JSON
document, also one that is cut off, and a text in UTF-16 or UTF-32 stays one. Where
JSON documents follow each other, one a line, each is one of its own, as with --lines.
The exit code is 0 if there was nothing to redact
and 3 if there was. With --lines a line that cannot be examined is replaced whole, so
that each line comes out as one line; without, such a document is refused.

No data folder is needed: tokens are then made under a key that is thrown away, so
they are stable within one run only. With --data, tokens are the tenant's, and what
its store and its config know is redacted too.`,
		Example: `  counterfoil redact statement.csv > clean.csv
  some-tool | counterfoil redact --lines
  counterfoil redact --known accounts.txt --explain note.txt
  counterfoil redact --report page.json`,
		Args: cobra.MaximumNArgs(1),
		// Unlike other commands this one has no use for a home folder.
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			a.started = true
			if o.data = cmd.Flags().Changed("data"); o.data {
				return a.Resolve()
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.redact(cmd.Context(), o, args) },
	}
	cmd.Flags().BoolVar(&o.lines, "lines", false, "treat each line as a document of its own, JSON or text, and write one line for each")
	cmd.Flags().StringVar(&o.known, "known", "", "`file` of further values to redact, one a line; # begins a comment")
	cmd.Flags().BoolVar(&o.report, "report", false, "write what was found as JSON instead of the redacted text")
	cmd.Flags().BoolVar(&o.explain, "explain", false, "say on stderr which layer and which rule found what")
	must(cmd.MarkFlagFilename("known"))
	return cmd
}

// redact runs the command.
func (a *app) redact(ctx context.Context, o redactOptions, args []string) (err error) {
	r, key, err := a.redactorFor(ctx, o)
	if err != nil {
		return err
	}
	in := a.Stdin
	if len(args) == 1 && args[0] != "-" {
		f, err := openFile(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	if ownProcess { // like any filter it has nothing to clean up, and may be waiting for its input
		signal.Reset(os.Interrupt, syscall.SIGTERM)
	}
	found := findings{ui: &a.UI, explain: o.explain, report: o.report}
	out := a.UI.Out
	if o.report {
		out = io.Discard
	}
	run := &document.Run{Redactor: r, Key: key, Note: found.note}
	if err := run.Redact(in, out, o.lines); err != nil {
		return err
	}
	return found.finish()
}

// openFile opens what is to be redacted.
func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, exit.Fail(exit.Input, "", "reading: %w", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, exit.Fail(exit.Input, "name a file", "reading: %s is a folder", path)
	}
	return f, nil
}

// redactorFor makes the redactor, under the tenant's key with --data and else
// under a throw-away one.
func (a *app) redactorFor(ctx context.Context, o redactOptions) (r *redact.Redactor, key [32]byte, err error) {
	var cfg redact.Config
	var prints [][]byte
	if o.data {
		f, err := folder.OpenToRead(ctx, a.Home)
		if err != nil {
			return nil, key, err
		}
		defer f.Closing(&err)
		if prints, err = f.KnownPrints(ctx); err != nil {
			return nil, key, err
		}
		cfg.Key, cfg.Actions = tools.TokenKey(f.Keys), f.Config.Redact.ByEntity()
	} else if _, err := rand.Read(cfg.Key[:]); err != nil {
		return nil, key, err
	}
	more, err := a.knownList(cfg.Key, o.known)
	if err != nil {
		return nil, key, err
	}
	if cfg.Known, err = redact.NewKnown(append(prints, more...)); err != nil {
		return nil, key, err
	}
	r, err = redact.New(cfg)
	return r, cfg.Key, err
}

// knownList reads the values of --known.
func (a *app) knownList(key [32]byte, path string) ([][]byte, error) {
	if path == "" {
		return nil, nil
	}
	text, err := bounded.ReadFile(path, maxKnownList)
	if err != nil {
		return nil, exit.Fail(exit.Input, "", "reading the known values: %w", err)
	}
	prints, err := document.KnownValues(a.Home, key, "the known values", text)
	if errors.Is(err, document.ErrNoText) {
		return nil, exit.Fail(exit.Input, "save it as UTF-8", "reading the known values: %w", err)
	}
	if err != nil {
		return nil, exit.Fail(exit.Input, "", "%w", err)
	}
	return prints, nil
}

// redacted is a finding with the line it is on, 0 without --lines.
type redacted struct {
	Line    int           `json:"line,omitempty"`
	Entity  redact.Entity `json:"entity"`
	Layer   redact.Layer  `json:"layer"`
	Rule    string        `json:"rule"`
	Pointer string        `json:"pointer"`
	Count   int           `json:"count"`
}

// maxFound bounds the findings that --report lists.
const maxFound = 100_000

// findings is what was found, and how it is to be told.
type findings struct {
	ui      *console.UI
	explain bool
	report  bool
	found   []redacted
	more    int // findings beyond maxFound
	any     bool
}

func (all *findings) note(line int, found []redact.Finding) {
	all.any = all.any || len(found) > 0
	for _, f := range found {
		if all.explain {
			where := ""
			if line > 0 {
				where = fmt.Sprintf(" in line %d", line)
			}
			if f.Pointer != "" {
				where += " at " + f.Pointer
			}
			all.ui.Notef("%s%s: layer %s, rule %s, %d×", f.Entity, where, f.Layer, f.Rule, f.Count)
		}
		switch {
		case !all.report:
		case len(all.found) == maxFound:
			all.more++
		default:
			all.found = append(all.found, redacted{line, f.Entity, f.Layer, f.Rule, f.Pointer, f.Count})
		}
	}
}

// errFound ends a run that found something.
var errFound = errors.New("something was redacted")

// finish writes the report and says by the exit code what was found.
func (all *findings) finish() error {
	if all.report {
		report := struct {
			Findings []redacted `json:"findings"`
			Omitted  int        `json:"omitted,omitempty"` // findings beyond the most that are listed
		}{append([]redacted{}, all.found...), all.more}
		if err := all.ui.Document(report); err != nil {
			return err
		}
	}
	if all.any {
		return &exit.Failure{Code: exit.Found, Err: errFound}
	}
	return nil
}
