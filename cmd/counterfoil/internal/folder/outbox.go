package folder

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/gateway"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
)

// What an OutboxRequest asks for.
const (
	OutboxList    = "list"
	OutboxRetry   = "retry"
	OutboxAbandon = "abandon"
)

// OutboxRequest is a command on the outbox.
type OutboxRequest struct {
	Do  string `json:"do"`
	ID  string `json:"id"`
	All bool   `json:"all"`
}

// OutboxAnswer is the rows that were asked for, or the one that was changed.
type OutboxAnswer struct {
	Rows []OutboxRow `json:"rows"`
}

// OutboxRow is a write as the operator sees it.
type OutboxRow struct {
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

func shownRow(r outbox.Row) OutboxRow {
	o, _ := r.Written() // of a row that can't be read nothing is known
	return OutboxRow{
		ID: r.ID, Kind: string(r.Kind), State: string(r.State), Why: r.LastCode, Title: gateway.Title(r), Page: o.Page,
		Blocks: o.Blocks, Replaced: o.Replaced, Attempts: r.Attempts, Created: r.Created, Updated: r.Updated,
	}
}

// Outbox does a command on the outbox of a folder that this process owns.
func (f *Folder) Outbox(ctx context.Context, q OutboxRequest) (out OutboxAnswer, err error) {
	s, err := f.Service(ctx)
	if err != nil {
		return out, err
	}
	if s.way == nil {
		return out, exit.Fail(exit.NotFound, "docs/notion.md says how to set it up", "Notion is not configured")
	}
	switch q.Do {
	case OutboxList:
		return s.way.rows(ctx, q.All)
	case OutboxRetry:
		_, err = s.way.Engine().Retry(ctx, q.ID)
	case OutboxAbandon:
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
	return OutboxAnswer{Rows: []OutboxRow{shownRow(row)}}, err
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

func (w *way) rows(ctx context.Context, all bool) (out OutboxAnswer, err error) {
	rows, err := w.Rows(ctx, all)
	out.Rows = []OutboxRow{}
	for _, r := range rows {
		out.Rows = append(out.Rows, shownRow(r))
	}
	return out, err
}

// resumeOutbox goes on with every write that was interrupted. What Notion
// refused waits for a person.
func (s *Service) resumeOutbox(ctx context.Context) {
	rows, err := s.way.Pending(ctx)
	if err != nil {
		s.Home.UI.Warnf("the outbox can't be read: %v", err)
		return
	}
	s.resume(ctx, rows)
}

// adoptOrphans goes on, until the context ends, with what other replicas had
// begun that are gone.
func (s *Service) adoptOrphans(ctx context.Context) {
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
func (s *Service) resume(ctx context.Context, rows []outbox.Row) {
	for i := len(rows) - 1; i >= 0; i-- {
		r := rows[i]
		if r.State != outbox.Pending || ctx.Err() != nil {
			continue
		}
		_, err := s.way.Engine().Retry(ctx, r.ID)
		if noted := s.note(audit.Record{Event: audit.EventOutbox, Detail: "resume " + r.ID + " " + outcomeWord(err)}); noted != nil {
			s.Home.UI.Warnf("going on with a write is not on record: %v", noted)
		}
		switch {
		case err == nil:
			s.Home.UI.Notef("Notion: finished a write that was interrupted (%s)", r.ID)
		case !errors.Is(err, outbox.ErrBusy) && ctx.Err() == nil:
			s.Home.UI.Warnf("Notion: a write that was interrupted is still not finished (%s): %s; see counterfoil outbox list", r.ID, safeNotion(err))
		}
	}
}
