package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/gateway"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
)

func newOutboxCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "outbox",
		Short: "See to writes to Notion that are not finished",
		Long: `List writes to Notion that were interrupted or refused, go on with one, or give it up.
A write that is gone on with first looks at what is there, so that nothing is written
twice. A server goes on with interrupted ones by itself when it starts.`,
		Example: `  counterfoil outbox list
  counterfoil outbox retry w_kdfjwplqnz_bqzmxkwpvtyhgnrdsalc`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var all bool
	list := &cobra.Command{
		Use: "list", Short: "List what is not finished, newest first, and why", Args: cobra.NoArgs,
		Example: `  counterfoil outbox list --json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.outbox(cmd.Context(), outboxRequest{Do: outboxList, All: all})
		},
	}
	list.Flags().BoolVar(&all, "all", false, "also what is done, undone and given up")
	cmd.AddCommand(list,
		&cobra.Command{
			Use: "retry ID", Short: "Go on with one where it stopped", Args: cobra.ExactArgs(1),
			Example: `  counterfoil outbox retry w_kdfjwplqnz_bqzmxkwpvtyhgnrdsalc`,
			RunE: func(cmd *cobra.Command, args []string) error {
				return a.outbox(cmd.Context(), outboxRequest{Do: outboxRetry, ID: args[0]})
			},
		},
		&cobra.Command{
			Use: "abandon ID", Short: "Give one up; what it wrote stays, and is named", Args: cobra.ExactArgs(1),
			Example: `  counterfoil outbox abandon w_kdfjwplqnz_bqzmxkwpvtyhgnrdsalc`,
			RunE: func(cmd *cobra.Command, args []string) error {
				return a.outbox(cmd.Context(), outboxRequest{Do: outboxAbandon, ID: args[0]})
			},
		})
	return cmd
}

// What an outboxRequest asks for.
const (
	outboxList    = "list"
	outboxRetry   = "retry"
	outboxAbandon = "abandon"
)

// outboxRequest is a command on the outbox.
type outboxRequest struct {
	Do  string `json:"do"`
	ID  string `json:"id"`
	All bool   `json:"all"`
}

// outboxAnswer is the rows that were asked for, or the one that was changed.
type outboxAnswer struct {
	Rows []outboxRow `json:"rows"`
}

// outboxRow is a write as the operator sees it.
type outboxRow struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"`
	State    string    `json:"state"`
	Why      string    `json:"why,omitempty"` // a fixed word
	Title    string    `json:"title,omitempty"`
	Page     string    `json:"page,omitempty"` // what it has reached
	Blocks   int       `json:"blocks"`         // written
	Replaced int       `json:"replaced"`       // moved to the trash
	Attempts int       `json:"attempts"`
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
}

func shownRow(r outbox.Row) outboxRow {
	o, _ := r.Written() // of a row that can't be read nothing is known
	return outboxRow{
		ID: r.ID, Kind: string(r.Kind), State: string(r.State), Why: r.LastCode, Title: gateway.Title(r), Page: o.Page,
		Blocks: o.Blocks, Replaced: o.Replaced, Attempts: r.Attempts, Created: r.Created, Updated: r.Updated,
	}
}

// outbox does a command on the outbox of a folder that this process owns.
func (f *folder) outbox(ctx context.Context, q outboxRequest) (out outboxAnswer, err error) {
	s, err := f.service(ctx)
	if err != nil {
		return out, err
	}
	if s.way == nil {
		return out, exit.Fail(exit.NotFound, "docs/notion.md says how to set it up", "Notion is not configured")
	}
	switch q.Do {
	case outboxList:
		return s.way.rows(ctx, q.All)
	case outboxRetry:
		_, err = s.way.Engine().Retry(ctx, q.ID)
	case outboxAbandon:
		_, err = s.way.Engine().Abandon(ctx, q.ID)
	default:
		return out, exit.Fail(exit.Usage, "", "the request is not what this process understands")
	}
	if errors.Is(err, outbox.ErrNoRow) {
		return out, exit.Fail(exit.NotFound, "counterfoil outbox list shows them", "there is no such write")
	}
	if noted := f.note(audit.Record{Event: audit.EventOutbox, Detail: q.Do + " " + q.ID + " " + outcomeWord(err)}); noted != nil {
		return out, errors.Join(fmt.Errorf("recording: %w", noted), err)
	}
	if err != nil {
		return out, outboxError(err)
	}
	row, err := s.way.Row(ctx, q.ID)
	return outboxAnswer{Rows: []outboxRow{shownRow(row)}}, err
}

func outcomeWord(err error) string {
	if err == nil {
		return "done"
	}
	return "not done"
}

func outboxError(err error) error {
	const hint = "counterfoil outbox list shows how far it came"
	switch {
	case errors.Is(err, notion.ErrConflict), errors.Is(err, outbox.ErrBusy), errors.Is(err, outbox.ErrStale):
		return exit.Fail(exit.Conflict, hint, "%w", err)
	case errors.Is(err, notion.ErrRateLimited):
		return exit.Fail(exit.Limit, "wait as long as Notion asks, then try again", "%w", err)
	case errors.Is(err, notion.ErrUnavailable), errors.Is(err, notion.ErrAmbiguous):
		return exit.Fail(exit.Unavailable, hint, "%w", err)
	}
	return exit.Fail(exit.Denied, hint, "%w", err)
}

func (w *way) rows(ctx context.Context, all bool) (out outboxAnswer, err error) {
	rows, err := w.Rows(ctx, all)
	out.Rows = []outboxRow{}
	for _, r := range rows {
		out.Rows = append(out.Rows, shownRow(r))
	}
	return out, err
}

// outbox runs one command, here or through the owner of the folder.
func (a *app) outbox(ctx context.Context, q outboxRequest) (err error) {
	b, err := a.books(ctx, "")
	if err != nil {
		return err
	}
	defer closing(b, &err)
	answer, err := b.outbox(ctx, q)
	if err != nil {
		return err
	}
	if a.UI.JSON {
		return a.UI.Document(answer)
	}
	if len(answer.Rows) == 0 {
		a.UI.Notef("nothing is unfinished")
		return nil
	}
	var rows [][]string
	for _, r := range answer.Rows {
		rows = append(rows, []string{r.ID, r.Kind, r.State, console.Or(r.Why, "-"), r.Updated.UTC().Format(time.RFC3339), progressWords(r), console.Plain(r.Title)})
	}
	a.UI.Table([]string{"ID", "KIND", "STATE", "WHY", "SINCE", "ON THE PAGE", "TITLE"}, rows)
	return nil
}

// progressWords says what a write has left in Notion.
func progressWords(r outboxRow) string {
	if r.Page == "" {
		return "nothing known"
	}
	return fmt.Sprintf("%d new, %d trashed, page %s", r.Blocks, r.Replaced, r.Page)
}

// resumeOutbox goes on with every write that was interrupted. What Notion
// refused waits for a person.
func (s *service) resumeOutbox(ctx context.Context) {
	rows, err := s.way.Pending(ctx)
	if err != nil {
		s.app.UI.Warnf("the outbox can't be read: %v", err)
		return
	}
	s.resume(ctx, rows)
}

// adoptOrphans goes on, until the context ends, with what other replicas had
// begun that are gone.
func (s *service) adoptOrphans(ctx context.Context) {
	tick := time.NewTicker(outbox.DefaultLease)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		rows, err := s.way.Engine().Orphans(ctx)
		if err == nil { // a database that is away is told by every call
			s.resume(ctx, rows)
		}
	}
}

// resume goes on with the pending ones of some writes, the oldest first.
func (s *service) resume(ctx context.Context, rows []outbox.Row) {
	for i := len(rows) - 1; i >= 0; i-- {
		r := rows[i]
		if r.State != outbox.Pending || ctx.Err() != nil {
			continue
		}
		_, err := s.way.Engine().Retry(ctx, r.ID)
		if noted := s.note(audit.Record{Event: audit.EventOutbox, Detail: "resume " + r.ID + " " + outcomeWord(err)}); noted != nil {
			s.app.UI.Warnf("going on with a write is not on record: %v", noted)
		}
		switch {
		case err == nil:
			s.app.UI.Notef("Notion: finished a write that was interrupted (%s)", r.ID)
		case !errors.Is(err, outbox.ErrBusy) && ctx.Err() == nil:
			s.app.UI.Warnf("Notion: a write that was interrupted is still not finished (%s): %s; see counterfoil outbox list", r.ID, safeNotion(err))
		}
	}
}
