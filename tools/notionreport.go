package tools

import (
	"context"
	"regexp"

	"github.com/counterfoil/counterfoil/internal/notion/wire"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

type notionReportArgs struct {
	Target     string   `json:"target" required:"true" doc:"of notion_list_targets"`
	Month      string   `json:"month" max:"7" doc:"YYYY-MM; default: the last full month"`
	Report     string   `json:"report" max:"24" default:"monthly" doc:"a name of small letters and dashes, if there is more than one a month"`
	DryRun     bool     `json:"dry_run" doc:"only show the exact diff"`
	AccountIDs []string `json:"account_ids" items:"50" max:"40"`
	Budgets    []string `json:"budgets" items:"20" max:"120" doc:"Category=400.00 GBP, a month; existing categories only"`
}

// notionReported is a write with the diff that it is, or would be.
type notionReported struct {
	notionWritten
	Month  string   `json:"month" class:"date"`
	Title  string   `json:"title" class:"text"`
	Writes bool     `json:"writes" class:"count"` // of a dry run: there is something to write
	Diff   []string `json:"diff" class:"text"`    // of a dry run
}

func notionUpsertReport() *tool {
	t := define(Spec{
		Name:        "notion_upsert_report",
		Title:       "Write a monthly report to Notion",
		Description: "Makes or updates a month's report page. The server computes every figure: summary, cash flow, categories, budgets, largest changes, subscriptions. Unchanged reports are not written.",
		Effect:      policy.EffectWrite,
		Annotations: Annotations{Idempotent: true, OpenWorld: true},
	}, policy.Untrusted|policy.Private, runReport)
	t = writesNotion(t, func(ctx context.Context, r *run, args *decoded) (wire.Request, error) {
		q, _, err := args.value.Interface().(notionReportArgs).request(ctx, r)
		return q, err
	})
	shown := t.preview
	t.preview = func(ctx context.Context, r *run, args *decoded) (preview, error) {
		p, err := shown(ctx, r, args)
		if args.value.Interface().(notionReportArgs).DryRun {
			p.idle = nil // a rule that asks about a look is asked
		}
		return p, err
	}
	t.target = func(ctx context.Context, r *run, args *decoded) (*policy.Target, error) {
		// Without the figures, which nobody has been allowed to compute yet.
		return r.locate(ctx, wire.Request{Kind: wire.Upsert, Target: args.value.Interface().(notionReportArgs).Target})
	}
	return t
}

func runReport(ctx context.Context, r *run, a notionReportArgs) (notionReported, error) {
	q, m, err := a.request(ctx, r)
	if err != nil {
		return notionReported{}, err
	}
	r.facts.seen("", m.from)
	r.facts.seen("", m.to)
	out := notionReported{Month: m.name, Title: q.Title, Diff: []string{}}
	if !a.DryRun {
		out.notionWritten, err = r.write(ctx, q)
		out.Writes = out.State == "created" || out.State == "updated"
		return out, err
	}
	q.Op, q.ID = wire.Preview, ""
	answer, err := r.notion(ctx, q)
	if err != nil {
		return notionReported{}, err
	}
	out.notionWritten = notionWritten{State: "preview", AsOf: r.envelope().AsOf, Warnings: []string{warnUntrusted}}
	if c := answer.Change; c != nil {
		out.Page, out.URL, out.Writes, out.Diff = c.Page, c.URL, c.Writes, c.Lines
	}
	return out, nil
}

var (
	monthForm = regexp.MustCompile(`^[0-9]{4}-(?:0[1-9]|1[0-2])$`)
	// reportForm leaves no room for text that would mean anything to an outsider:
	// the name goes into the title of a page that is otherwise the server's own.
	reportForm = regexp.MustCompile(`^[a-z]{1,12}(?:-[a-z]{1,11})?$`)
)

// month is what a report is about.
type month struct {
	name     string // YYYY-MM
	from, to store.Date
}

func (r *run) monthOf(name string) (month, error) {
	from := r.today.MonthStart().AddMonths(-1)
	if name != "" {
		day, err := store.ParseDate(name + "-01")
		if err != nil || !monthForm.MatchString(name) {
			return month{}, invalid("month", "must be of the form YYYY-MM")
		}
		from = day
	}
	if from > r.today {
		return month{}, invalid("month", "must not be in the future")
	}
	return month{name: from.Month(), from: from, to: from.AddMonths(1).AddDays(-1)}, nil
}

// request computes the report. It is a function of the arguments, the snapshot
// and the clock alone.
func (a notionReportArgs) request(ctx context.Context, r *run) (wire.Request, month, error) {
	m, err := r.monthOf(a.Month)
	if err != nil {
		return wire.Request{}, m, err
	}
	if !reportForm.MatchString(a.Report) {
		return wire.Request{}, m, invalid("report", "must be one or two words of small letters, joined by a dash")
	}
	rep := &report{run: r, ctx: ctx, month: m, accounts: a.AccountIDs}
	if err := rep.compute(a.Budgets); err != nil {
		return wire.Request{}, m, err
	}
	return wire.Request{
		Kind: wire.Upsert, ID: r.writeID("call", r.callID), Target: a.Target, Key: m.name + "/" + a.Report,
		Title: m.from.Time().Format("January 2006") + " · " + a.Report + " report", Blocks: rep.blocks,
	}, m, nil
}
