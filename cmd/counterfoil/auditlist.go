package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/config"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/redact"
)

// defaultListedRecords is how many records `audit list` shows, the newest; more need
// --limit, so that a long log does not fill a terminal.
const defaultListedRecords = 100

// filterFlags choose records; every reading command has them.
type filterFlags struct {
	audit.Filter
	from, to, phase string
	principal       string
}

// What the flags of closed sets may say: a slip would else pass for a log that
// holds nothing of the kind.
var (
	decisionWords = []string{"allow", "deny", "ask"}
	phaseWords    = []string{string(audit.PhaseIntent), string(audit.PhaseOutcome), string(audit.PhaseEvent)}
	eventWords    = []string{
		audit.EventBatch, audit.EventPolicy, audit.EventConfig, audit.EventStart, audit.EventKey, audit.EventKeys, audit.EventRestore, audit.EventCut,
		audit.EventErase, audit.EventEgress, "approval", audit.EventOutbox, audit.EventReveal, audit.EventRefused, audit.EventProbe,
	}
	errorWords  = slices.Sorted(maps.Keys(exit.CodeExits))
	entityWords = slices.Sorted(maps.Keys(config.Entities))
)

// check refuses a word that none of the records could have.
func (f *filterFlags) check() error {
	for _, c := range []struct {
		flag, got string
		words     []string
	}{
		{"--decision", f.Decision, decisionWords}, {"--phase", f.phase, phaseWords}, {"--event", f.Event, eventWords},
		{"--error", f.Error, texts(errorWords)}, {"--entity", f.Entity, append(texts(entityWords), string(redact.Fake))},
	} {
		if c.got != "" && !slices.Contains(c.words, c.got) {
			return exit.Fail(exit.Usage, "there are "+strings.Join(c.words, ", "), "%s does not know this word", c.flag)
		}
	}
	return nil
}

func texts[T ~string](list []T) []string {
	out := make([]string, 0, len(list))
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}

func (f *filterFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.principal, "principal", "", "`name` of a principal of the config, or its pseudonym")
	flags.StringVar(&f.Tool, "tool", "", "`name` of the tool")
	flags.StringVar(&f.Decision, "decision", "", "`decision`: allow, deny or ask")
	flags.StringVar(&f.Event, "event", "", "`event`: "+strings.Join(eventWords, ", "))
	flags.StringVar(&f.phase, "phase", "", "`phase`: intent, outcome or event")
	flags.StringVar(&f.Entity, "entity", "", "an `entity` that the redactor found")
	flags.StringVar(&f.Error, "error", "", "`code` that the call was refused with")
	flags.StringVar(&f.CallID, "call", "", "`id` of a call")
	flags.StringVar(&f.from, "from", "", "from this `time` on (2026-01-31 or RFC 3339), or this index")
	flags.StringVar(&f.to, "to", "", "before this `time`, or this index")
}

// filter makes the filter that the flags describe.
func (f *filterFlags) filter(a *app) (audit.Filter, error) {
	out := f.Filter
	out.Phase = audit.Phase(f.phase)
	err := f.check()
	if err != nil {
		return out, err
	}
	if out.From, out.FromIndex, err = timeOrIndex("--from", f.from); err != nil {
		return out, err
	}
	if out.To, out.ToIndex, err = timeOrIndex("--to", f.to); err != nil {
		return out, err
	}
	if f.to != "" && out.To.IsZero() && out.ToIndex == 0 {
		return out, exit.Fail(exit.Usage, "", "--to 0 leaves nothing")
	}
	out.Principal, err = auditor.Pseudonym(a.Home, f.principal)
	return out, err
}

func timeOrIndex(flag, s string) (time.Time, int64, error) {
	if s == "" {
		return time.Time{}, 0, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 {
		return time.Time{}, n, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, 0, nil
		}
	}
	return time.Time{}, 0, exit.Fail(exit.Usage, "write 2026-01-31, 2026-01-31T12:00:00Z or an index", "%s is no time", flag)
}

func newAuditListCmd(a *app) *cobra.Command {
	var f filterFlags
	limit := defaultListedRecords
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List records, the newest last",
		Long: `List records as a table, the newest last; with --json, one JSON object a line.
Listing does not verify: audit verify does.`,
		Example: `  counterfoil audit list --decision deny --from 2026-01-01
  counterfoil audit list --principal laptop --tool search_transactions --limit 20
  counterfoil audit list --entity iban --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.auditList(cmd.Context(), &f, limit) },
	}
	f.add(cmd)
	cmd.Flags().IntVar(&limit, "limit", defaultListedRecords, "the `number` of records to list, the newest")
	return cmd
}

func (a *app) auditList(ctx context.Context, f *filterFlags, limit int) error {
	if limit < 1 || limit > maxListedRecords {
		return exit.Fail(exit.Usage, "use audit export for more", "--limit must be 1 to %d", maxListedRecords)
	}
	filter, err := f.filter(a)
	if err != nil {
		return err
	}
	r, err := auditor.OpenLog(ctx, a.Home)
	if err != nil {
		return err
	}
	defer r.Close()
	var items []*audit.Item
	skipped := 0
	for it, err := range r.Select(filter) {
		if err != nil {
			return auditor.WithHint(a.Home, err)
		}
		if len(items) == 2*limit { // drop in bulk: the newest are wanted
			items = slices.Delete(items, 0, limit)
			skipped += limit
		}
		it.Sidecar = nil
		items = append(items, it)
	}
	if extra := len(items) - limit; extra > 0 {
		items, skipped = items[extra:], skipped+extra
	}
	return a.printItems(items, skipped)
}

// maxListedRecords bounds --limit: they are held in memory.
const maxListedRecords = 100_000

func (a *app) printItems(items []*audit.Item, skipped int) error {
	if skipped > 0 {
		a.UI.Notef("%d older records are not shown", skipped)
	}
	if len(items) == 0 {
		a.UI.Notef("no record matches")
	}
	if a.UI.JSON {
		_, err := audit.Export(uiWriter{&a.UI}, "jsonl", func(yield func(*audit.Item, error) bool) {
			for _, it := range items {
				if !yield(it, nil) {
					return
				}
			}
		})
		return err
	}
	rows := make([][]string, 0, len(items))
	for _, it := range items {
		rows = append(rows, itemRow(it))
	}
	a.UI.Table([]string{"INDEX", "TIME", "PRINCIPAL", "WHAT", "DECISION", "RESULT", "ROWS", "FOUND", "CALL"}, rows)
	return a.UI.Broken
}

func itemRow(it *audit.Item) []string {
	r := it.Record
	what, result := r.Tool, console.Or(r.Error, "ok")
	switch r.Phase {
	case audit.PhaseEvent:
		what, result = "@"+r.Event, "-"
	case audit.PhaseIntent:
		result = "intent"
	}
	return []string{
		strconv.FormatInt(it.Index, 10), r.Time.Format("2006-01-02 15:04:05.000"), console.OrDash(short(r.Principal)), console.OrDash(what),
		console.OrDash(r.Decision), result, strconv.FormatInt(r.Rows, 10), console.OrDash(found(r)), console.OrDash(r.CallID),
	}
}

// short is enough of a pseudonym to tell two apart in a table.
func short(pseudonym string) string { return pseudonym[:min(8, len(pseudonym))] }

func found(r *audit.Record) string {
	var parts []string
	for _, c := range r.Findings {
		parts = append(parts, fmt.Sprintf("%s:%d", c.Name, c.N))
	}
	return strings.Join(parts, " ")
}

// uiWriter writes results through the ui, which remembers a broken pipe.
type uiWriter struct{ u *console.UI }

func (w uiWriter) Write(p []byte) (int, error) {
	w.u.Raw(p)
	return len(p), w.u.Broken
}

func newAuditShowCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show INDEX|CALL",
		Short: "Show one call in full",
		Long: `Show a record by its index, or all records of a call by its id, in full. What the
log itself holds is shown: digests, not content.`,
		Example: `  counterfoil audit show 42
  counterfoil audit show 42 --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.auditShow(cmd.Context(), args[0]) },
	}
	return cmd
}

// shown is what `audit show` prints for a record.
type shown struct {
	Index    int64           `json:"index"`
	LeafHash string          `json:"leaf_hash"`
	Sidecar  int             `json:"sidecar_bytes"`
	Record   json.RawMessage `json:"record"`
}

func (a *app) auditShow(ctx context.Context, which string) error {
	r, err := auditor.OpenLog(ctx, a.Home)
	if err != nil {
		return err
	}
	defer r.Close()
	items, err := findRecords(r.Reader, which)
	if err != nil {
		return auditor.WithHint(a.Home, err)
	}
	var out []shown
	for _, it := range items {
		h := it.LeafHash()
		out = append(out, shown{it.Index, hex.EncodeToString(h[:]), len(it.Sidecar), it.Leaf})
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"records": out})
	}
	for i, s := range out {
		if i > 0 {
			a.UI.Printf("\n")
		}
		if err := a.printShown(s); err != nil {
			return err
		}
	}
	return a.UI.Broken
}

func findRecords(r *audit.Reader, which string) ([]*audit.Item, error) {
	if index, err := strconv.ParseInt(which, 10, 64); err == nil {
		it, err := r.Entry(index)
		return []*audit.Item{it}, err
	}
	return r.Call(which)
}

// printShown prints the members in their canonical order, one a line.
func (a *app) printShown(s shown) error {
	a.UI.Printf("%-16s %d\n%-16s %s\n", "index", s.Index, "leaf_hash", s.LeafHash)
	if s.Sidecar > 0 {
		a.UI.Printf("%-16s %d bytes, sealed\n", "content", s.Sidecar)
	}
	dec := json.NewDecoder(strings.NewReader(string(s.Record)))
	dec.UseNumber()
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		text := string(value)
		var s string
		if json.Unmarshal(value, &s) == nil {
			text = s
		}
		a.UI.Printf("%-16s %s\n", name, console.Plain(text))
	}
	return nil
}

func newAuditExportCmd(a *app) *cobra.Command {
	var f filterFlags
	var format, out string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Export records for other tools",
		Long: `Export records: ocsf (OCSF 1.8 API Activity), otlp (OpenTelemetry logs as
OTLP/JSON), csv, or jsonl (the canonical leaves). Content is not exported, only what
the log shows.`,
		Example: `  counterfoil audit export --format ocsf --from 2026-01-01 --to 2026-02-01 > january.jsonl
  counterfoil audit export --format csv --out calls.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.auditExport(cmd.Context(), &f, format, out) },
	}
	f.add(cmd)
	cmd.Flags().StringVar(&format, "format", "jsonl", "`format`: "+strings.Join(audit.ExportFormats, ", "))
	cmd.Flags().StringVar(&out, "out", "", "`file` to write instead of standard output; it must not exist")
	must(cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(audit.ExportFormats, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

func (a *app) auditExport(ctx context.Context, f *filterFlags, format, out string) (err error) {
	if !slices.Contains(audit.ExportFormats, format) {
		return exit.Fail(exit.Usage, "there are "+strings.Join(audit.ExportFormats, ", "), "unknown format")
	}
	filter, err := f.filter(a)
	if err != nil {
		return err
	}
	r, err := auditor.OpenLog(ctx, a.Home)
	if err != nil {
		return err
	}
	defer r.Close()
	var w io.Writer = uiWriter{&a.UI}
	if out != "" {
		file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return exit.Fail(exit.Usage, "", "creating --out: %w", err)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		w = file
	}
	n, err := audit.Export(w, format, r.Select(filter))
	if err != nil {
		return auditor.WithHint(a.Home, err)
	}
	a.UI.Notef("%s exported", console.Counted(n, "record"))
	return nil
}
