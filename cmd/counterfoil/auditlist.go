package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/auditor"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// defaultListedRecords is how many records `audit list` shows, the newest; more need
// --limit, so that a long log does not fill a terminal.
const defaultListedRecords = 100

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
