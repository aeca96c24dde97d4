package folder

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/build"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/kek"
	"github.com/counterfoil/counterfoil/internal/egress"
	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/gateway"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
)

// notionOwner names whoever owns the data folder in the outbox's claims: the
// folder's lock sees to it that there is one at a time, so that a process that
// starts after a crash may go on at once.
const notionOwner = "owner of the data folder"

// way is the way to Notion and what belongs to it.
type way struct {
	*gateway.Gateway
	guard *egress.Guard
	kept  kept // where the gateway keeps its writes
	stop  context.CancelFunc
	work  sync.WaitGroup // what goes on in the background
	ctx   context.Context
}

// openNotion makes the way to Notion; nil if it is not configured. It connects
// to nothing.
func (f *Folder) openNotion(border func(string) error) (*way, error) {
	if !f.Config.Notion.On() {
		return nil, nil
	}
	if err := f.sealToken(); err != nil {
		return nil, err
	}
	cfg := f.Config.Egress
	cfg.Now, cfg.Record = f.Home.Now, f.recordEgress
	guard, err := egress.New(cfg)
	if err != nil {
		return nil, err
	}
	setup := gateway.Config{Settings: f.Config.Notion.Settings(), Transport: guard, Token: f.notionToken, Border: border, Ended: f.observeWrite}
	rows, owner, err := f.outboxRows()
	if err != nil {
		return nil, err
	}
	setup.Store, setup.Owner = rows, owner
	if tune := f.Home.Hooks.Gateway; tune != nil {
		tune(&setup)
	}
	g, err := gateway.New(setup)
	if err != nil {
		return nil, err
	}
	w := &way{Gateway: g, guard: guard, kept: rows}
	w.ctx, w.stop = context.WithCancel(context.Background())
	return w, nil
}

// outboxRows opens the outbox, and names this process in its claims: the owner
// of a folder is always the same, replicas have names of their own.
func (f *Folder) outboxRows() (kept, string, error) {
	if f.shared != nil {
		return outbox.NewPostgres(f.shared.Pool, f.Config.Log.Origin, f.Keys), "", nil
	}
	rows, err := outbox.OpenFolder(f.Home.Data("outbox"), f.Keys)
	return rows, notionOwner, err
}

// kept is an outbox that can be sealed anew.
type kept interface {
	outbox.Store
	Reseal(ctx context.Context, old func(sealed []byte) bool) (int, error)
}

func (w *way) close() {
	w.stop()
	w.work.Wait()
	w.guard.CloseIdle()
}

// recordEgress puts every connection on record before it is made, and every
// refusal.
func (f *Folder) recordEgress(e egress.Event) error { return f.note(kek.Connection(e)) }

// noteTimeout bounds the wait for a record of what the process does by itself.
const noteTimeout = 30 * time.Second

// note puts an event on record at any time, whatever else is being recorded.
func (f *Folder) note(r audit.Record) error {
	ctx, cancel := context.WithTimeout(context.Background(), noteTimeout)
	defer cancel()
	r.Time, r.Phase, r.Build = f.Home.Now(), audit.PhaseEvent, build.Read().String()
	_, err := f.Log.Append(ctx, &audit.Entry{Record: r})
	return err
}

// inspectTimeout bounds the look at the integration when a server starts.
const inspectTimeout = time.Minute

// WakeNotion looks at the integration and goes on with writes that an earlier
// process left, while the server already serves.
func (s *Service) WakeNotion() {
	w := s.way
	if w == nil {
		return
	}
	w.work.Go(func() {
		ctx, cancel := context.WithTimeout(w.ctx, inspectTimeout)
		defer cancel()
		report, err := w.Inspect(ctx)
		if err != nil {
			if w.ctx.Err() == nil {
				s.Home.UI.Warnf("Notion: %v", safeNotion(err))
			}
		} else {
			for _, line := range reportLines(report) {
				line.say(&s.Home.UI)
			}
		}
		s.resumeOutbox(w.ctx)
		if s.shared != nil {
			s.adoptOrphans(w.ctx)
		}
	})
}

// safeNotion is an error of the way to Notion in words that hold no secret.
func safeNotion(err error) string {
	var f *exit.Failure
	var e *notion.Error
	switch {
	case errors.As(err, &f), errors.As(err, &e):
		return err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "it took too long"
	}
	return "it can't be used"
}

// reportLine is one line about the integration.
type reportLine struct {
	text string
	warn bool
}

func (l reportLine) say(u *console.UI) {
	if l.warn {
		u.Warnf("%s", l.text)
		return
	}
	u.Notef("%s", l.text)
}

// reportLines puts what was found into words.
func reportLines(r notion.Report) []reportLine {
	var out []reportLine
	for _, t := range r.Targets {
		name := t.Place.Target.Name
		if t.Err != nil {
			out = append(out, reportLine{fmt.Sprintf("Notion: target %s can't be written to: %v", name, t.Err), true})
			continue
		}
		out = append(out, reportLine{fmt.Sprintf("Notion: target %s is ready and %s", name, t.Place.Sharing), false})
	}
	for _, c := range r.Excess {
		out = append(out, reportLine{fmt.Sprintf("Notion: the integration has a capability that it doesn't need: %s; take it away at notion.so", c), true})
	}
	if r.Beyond > 0 {
		more := ""
		if r.BeyondMore {
			more = " or more"
		}
		out = append(out, reportLine{fmt.Sprintf("Notion: the integration can reach %d pages and databases%s outside the targets; share only what it needs", r.Beyond, more), true})
	}
	return out
}
