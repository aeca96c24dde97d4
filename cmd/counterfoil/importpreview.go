package main

import (
	"cmp"
	"context"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/arrivals"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/store"
)

const (
	// previewRows are shown of a new kind of file: enough to see whether dates,
	// signs and texts are right, and no more than a screen.
	previewRows        = 10
	maxPreviewAccounts = 5
	// maxPreviewText bounds a text in the table, in characters.
	maxPreviewText = 48
)

func (r *importRun) previewOptions() ingest.Options {
	o := r.flags.Options
	o.DryRun, o.Preview = true, previewRows
	return o
}

// introduce shows the first file of a kind and, if there is somebody to ask,
// asks whether to import it.
func (r *importRun) introduce(ctx context.Context, in ingest.Input) error {
	d, err := r.explain(ctx, in)
	if err != nil || d.Format == "" || r.seen.Has(arrivals.KindOf(d.Format, d.Profile)) {
		return nil // importing says what is wrong
	}
	report, err := r.one(ctx, in, r.previewOptions())
	if err != nil {
		return err
	}
	r.notePreview(report)
	if r.ask == nil {
		return nil
	}
	r.app.warnSums(report)
	// Nobody else has to wait for the answer.
	if err := r.close(); err != nil {
		return err
	}
	yes, err := r.ask.Yes(ctx, "import it?")
	if err == nil && !yes {
		err = exit.Fail(exit.Input, "", "%s was not imported", console.Plain(report.Source))
	}
	return err
}

// notePreview writes a preview to stderr.
func (r *importRun) notePreview(report ingest.Report) {
	u := &r.app.UI
	format := report.Format
	if report.Profile != "" {
		format += ", profile " + report.Profile
	}
	u.Notef("%s is the first file of its kind here (%s: %s)", report.Source, format, report.Why)
	if report.Rows > 0 {
		u.Notef("%s, %s to %s; %s", console.Counted(report.Rows, "booking"), report.First, report.Last, totals(report.Totals))
	}
	for i, acc := range report.Accounts {
		if i == maxPreviewAccounts {
			u.Notef("and %d more accounts", len(report.Accounts)-i)
			break
		}
		u.Notef("account %q, %s %s%s", console.Plain(acc.Name), acc.Currency, acc.Kind, lastFour(acc.Last4))
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range previewTable(report) {
		w.Write([]byte(strings.Join(row, "\t") + "\n"))
	}
	w.Flush()
	for line := range strings.Lines(b.String()) {
		u.Notef("%s", line)
	}
}

// printPreview writes a preview as a result.
func (a *app) printPreview(r ingest.Report) {
	if len(r.Preview) > 0 {
		rows := previewTable(r)
		a.UI.Table(rows[0], rows[1:])
	}
}

// previewTable is the header and the first bookings, as they are stored: every
// text has passed the redactor.
func previewTable(r ingest.Report) [][]string {
	rows := [][]string{{"BOOKED", "AMOUNT", "STATUS", "TEXT", "CATEGORY"}}
	for _, t := range r.Preview {
		rows = append(rows, []string{
			t.Booked.String(), t.Amount.Decimal() + " " + t.Amount.Currency, string(t.Status),
			clip(previewText(t)), console.OrDash(clip(t.Category)),
		})
	}
	return rows
}

// previewText is the text by which a person knows a booking.
func previewText(t store.Transaction) string {
	said := strings.Contains(strings.ToLower(t.Description), strings.ToLower(t.Counterparty))
	if t.Counterparty != "" && t.Description != "" && !said {
		return t.Counterparty + ": " + t.Description
	}
	return console.OrDash(cmp.Or(t.Description, t.Counterparty, t.Merchant, t.Memo))
}

func clip(s string) string {
	s = console.Plain(s)
	if utf8.RuneCountInString(s) <= maxPreviewText {
		return s
	}
	return string([]rune(s)[:maxPreviewText-1]) + "…"
}

// previewed is a booking of a preview for machines.
type previewed struct {
	Booked       string `json:"booked"`
	Minor        int64  `json:"minor"`
	Currency     string `json:"currency"`
	Status       string `json:"status"`
	Description  string `json:"description,omitempty"`
	Merchant     string `json:"merchant,omitempty"`
	Counterparty string `json:"counterparty,omitempty"`
	Memo         string `json:"memo,omitempty"`
	Category     string `json:"category,omitempty"`
	Transfer     bool   `json:"transfer,omitempty"`
}

func previewOf(r ingest.Report) (out []previewed) {
	for _, t := range r.Preview {
		out = append(out, previewed{
			t.Booked.String(), t.Amount.Minor, t.Amount.Currency, string(t.Status),
			t.Description, t.Merchant, t.Counterparty, t.Memo, t.Category, t.Transfer,
		})
	}
	return out
}
