package main

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/store"
)

// printReport says in a few lines what an import came to.
func (a *app) printReport(r ingest.Report) {
	did := "imported as batch " + strconv.FormatInt(r.Batch, 10)
	switch {
	case r.DryRun:
		did = "checked, nothing kept (dry run)"
	case r.Batch == 0:
		did = "nothing new"
	}
	format := r.Format
	if r.Profile != "" {
		format += ", profile " + r.Profile
	}
	a.UI.Printf("%s: %s\n", console.Plain(r.Source), did)
	a.UI.Printf("  %s, %s: %s, %d new, %d already there%s\n", format, r.Charset, console.Counted(r.Rows, "booking"), r.Added, r.Skipped, reportNotes(r))
	if r.Rows > 0 {
		a.UI.Printf("  %s to %s; %s\n", r.First, r.Last, totals(r.Totals))
	}
	for _, acc := range r.Accounts {
		a.UI.Printf("  account %q, %s %s%s: %s\n", console.Plain(acc.Name), acc.Currency, acc.Kind, lastFour(acc.Last4), console.Counted(acc.Rows, "booking"))
	}
}

// reportNotes says what is not in every file.
func reportNotes(r ingest.Report) string {
	var out strings.Builder
	for _, note := range [...]struct {
		n    int64
		text string
	}{{r.Pending, "announced but not booked"}, {r.Replaced, "announcements replaced"}, {r.Corrections, "corrections of earlier bookings"}, {r.Collisions, "values that share a token with another one and are never shown"}} {
		if note.n > 0 {
			fmt.Fprintf(&out, ", %d %s", note.n, note.text)
		}
	}
	return out.String()
}

// warnSums says which statements of a file do not add up. It goes to the person
// who imports, who has the bank's own figures to compare them with.
func (a *app) warnSums(r ingest.Report) {
	for _, s := range r.Checked.Unbalanced {
		a.UI.Warnf("%s:%d: a statement opens with %s and closes with %s %s, but its bookings come to %s: some are missing or changed; compare it with the bank's",
			console.Plain(r.Source), s.Line, s.Opening.Decimal(), s.Closing.Decimal(), s.Closing.Currency, s.Bookings.Decimal())
	}
	if more := r.Checked.Wrong - int64(len(r.Checked.Unbalanced)); more > 0 {
		a.UI.Warnf("%s: and %d more statements do not add up", console.Plain(r.Source), more)
	}
}

func lastFour(s string) string {
	if s == "" {
		return ""
	}
	return " ending " + s
}

func totals(list []ingest.Total) string {
	parts := make([]string, len(list))
	for i, t := range list {
		if t.Exceeded {
			parts[i] = t.Currency + " total out of range"
			continue
		}
		parts[i] = fmt.Sprintf("in %s, out %s %s", decimal(t.In, t.Currency), decimal(t.Out, t.Currency), t.Currency)
	}
	return strings.Join(parts, "; ")
}

func decimal(minor int64, currency string) string {
	return store.Money{Minor: minor, Currency: currency}.Decimal()
}

// importJSON is a report for machines.
type importJSON struct {
	Source   string      `json:"source"`
	Format   string      `json:"format"`
	Profile  string      `json:"profile,omitempty"`
	Why      string      `json:"why,omitempty"`
	Charset  string      `json:"charset"`
	Batch    int64       `json:"batch"`
	DryRun   bool        `json:"dry_run"`
	Rows     int64       `json:"rows"`
	Added    int64       `json:"added"`
	Skipped  int64       `json:"skipped"`
	Replaced int64       `json:"replaced"`
	Pending  int64       `json:"pending"`
	Balances int         `json:"balances"`
	Shared   int64       `json:"collisions,omitempty"`
	First    string      `json:"first,omitempty"`
	Last     string      `json:"last,omitempty"`
	Totals   []totalJSON `json:"totals"`
	Checked  int64       `json:"sums_checked"` // statements whose bookings were added up, and of these
	Wrong    int64       `json:"sums_wrong"`   // those that do not lead from the opening to the closing balance
	Preview  []previewed `json:"preview,omitempty"`
}

type totalJSON struct {
	Currency string `json:"currency"`
	In       int64  `json:"in_minor"`
	Out      int64  `json:"out_minor"`
	Exceeded bool   `json:"exceeded,omitempty"`
}

func reportsJSON(reports []ingest.Report) []importJSON {
	out := make([]importJSON, len(reports))
	for i, r := range reports {
		out[i] = importJSON{
			Source: r.Source, Format: r.Format, Profile: r.Profile, Why: r.Why, Charset: r.Charset,
			Batch: r.Batch, DryRun: r.DryRun, Rows: r.Rows, Added: r.Added, Skipped: r.Skipped,
			Replaced: r.Replaced, Pending: r.Pending, Balances: r.Balances, Shared: r.Collisions, Totals: []totalJSON{}, Preview: previewOf(r),
			Checked: r.Checked.Statements, Wrong: r.Checked.Wrong,
		}
		if r.Rows > 0 {
			out[i].First, out[i].Last = r.First.String(), r.Last.String()
		}
		for _, t := range r.Totals {
			out[i].Totals = append(out[i].Totals, totalJSON(t))
		}
	}
	return out
}

// batchJSON is a batch for machines.
type batchJSON struct {
	Batch        int64  `json:"batch"`
	Kind         string `json:"kind"`
	At           string `json:"at"`
	Source       string `json:"source,omitempty"`
	SourceDigest string `json:"source_digest,omitempty"`
	Format       string `json:"format,omitempty"`
	Account      string `json:"account,omitempty"`
	Added        int64  `json:"added"`
	Skipped      int64  `json:"skipped"`
	Undone       bool   `json:"undone"`
	RowsDigest   string `json:"rows_digest"`
}

func (a *app) printBatches(batches []store.Batch) error {
	out := make([]batchJSON, len(batches))
	rows := make([][]string, len(batches))
	for i, b := range batches {
		out[i] = batchJSON{
			Batch: b.Number, Kind: b.Kind, At: b.At.UTC().Format(time.RFC3339), Source: b.Source, Format: b.Format,
			Account: b.Account, Added: b.Added, Skipped: b.Skipped, Undone: b.Undone, RowsDigest: hex.EncodeToString(b.RowsDigest[:]),
		}
		if b.SourceDigest != [32]byte{} {
			out[i].SourceDigest = hex.EncodeToString(b.SourceDigest[:])
		}
		kind := b.Kind
		if b.Undone {
			kind += " (undone)"
		}
		rows[i] = []string{
			strconv.FormatInt(b.Number, 10), out[i].At, kind, strconv.FormatInt(b.Added, 10),
			strconv.FormatInt(b.Skipped, 10), console.OrDash(b.Format), console.OrDash(b.Source),
		}
	}
	if a.UI.JSON {
		return a.UI.Document(map[string]any{"batches": out})
	}
	a.UI.Table([]string{"BATCH", "AT", "KIND", "NEW", "SKIPPED", "FORMAT", "SOURCE"}, rows)
	return nil
}
