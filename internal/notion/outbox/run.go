package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion"
)

// job is one run of one row.
type job struct {
	*Engine
	row    Row
	op     Op
	p      Progress
	unsure int      // requests of unknown outcome in this run
	last   []string // blocks that the last batch became
}

// run does what is left of a row that is claimed.
func (e *Engine) run(ctx context.Context, row Row) (_ Outcome, err error) {
	j := &job{Engine: e, row: row}
	if err := json.Unmarshal(row.Op, &j.op); err != nil {
		return Outcome{}, fmt.Errorf("%w: its operation can't be read", ErrPending)
	}
	if j.p, err = row.progress(); err != nil {
		return Outcome{}, err
	}
	j.row.Attempts++
	err = j.work(ctx)
	return j.p.outcome(), j.settleRow(ctx, err)
}

func (j *job) work(ctx context.Context) error {
	if err := j.whoAmI(ctx); err != nil {
		return err
	}
	switch j.op.Kind {
	case Create:
		return j.create(ctx)
	case Upsert:
		return j.upsert(ctx)
	case Append:
		return j.appendTo(ctx)
	case Undo:
		return j.undo(ctx)
	}
	return fmt.Errorf("%w: unknown kind of write", notion.ErrInvalid)
}

// settleRow stores what the run came to.
func (j *job) settleRow(ctx context.Context, err error) error {
	// The caller may have gone; what happened is stored all the same.
	ctx = context.WithoutCancel(ctx)
	if errors.Is(err, ErrStale) {
		return busy(err)
	}
	j.row.LastCode = codeOf(err)
	j.row.Owner = ""
	switch {
	case err == nil:
		j.row.State = Done
	case !j.p.wrote() && refused(err):
		j.row.State = Failed
	default:
		err = fmt.Errorf("%w: %w", ErrPending, err)
	}
	if saveErr := j.keepReleased(ctx); saveErr != nil {
		return fmt.Errorf("%w: its state can't be stored: %w", ErrPending, saveErr)
	}
	return err
}

// keepReleased stores progress without a claim, so that anybody may go on.
func (j *job) keepReleased(ctx context.Context) error {
	if err := j.encode(); err != nil {
		return err
	}
	j.row.Rev++
	j.row.Updated = j.clock.Now()
	j.cfg.Step("before save")
	err := j.cfg.Store.Update(ctx, j.row)
	j.cfg.Step("after save")
	return err
}

// refused reports whether an error says that nothing was done and that trying
// again as it stands is of no use.
func refused(err error) bool {
	for _, kind := range []error{notion.ErrDenied, notion.ErrNotFound, notion.ErrInvalid, notion.ErrConflict, notion.ErrNotAllowed, notion.ErrPublic, notion.ErrContent, notion.ErrBorder} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// codeOf is a fixed word for an error.
func codeOf(err error) string {
	for code, kind := range map[string]error{
		"denied": notion.ErrDenied, "not_found": notion.ErrNotFound, "invalid": notion.ErrInvalid, "conflict": notion.ErrConflict,
		"rate_limited": notion.ErrRateLimited, "unavailable": notion.ErrUnavailable, "unknown_outcome": notion.ErrAmbiguous,
		"not_allowed": notion.ErrNotAllowed, "public": notion.ErrPublic, "content": notion.ErrContent, "border": notion.ErrBorder,
		"canceled": context.Canceled, "timeout": context.DeadlineExceeded,
	} {
		if errors.Is(err, kind) {
			return code
		}
	}
	if err != nil {
		return "internal"
	}
	return ""
}

// keep stores the progress; nothing that depends on it is done before.
func (j *job) keep(ctx context.Context) error {
	if err := j.encode(); err != nil {
		return err
	}
	return j.save(ctx, &j.row)
}

func (j *job) encode() error {
	raw, err := json.Marshal(j.p)
	if err != nil {
		return fmt.Errorf("encoding progress: %w", err)
	}
	j.row.Progress = raw
	return nil
}

// stale is the age of an attempt that can't arrive any more, whatever lies
// between here and Notion.
const stale = 2 * time.Minute

// once sends a request that must not be done twice. It is marked in the row
// before; look finds out, when it is not known, whether it was done. send and
// look record what they learn in the progress. When it was sent again because a
// look showed nothing, a last look takes back what came late.
func (j *job) once(ctx context.Context, name string, send func() error, look func() (found bool, err error)) error {
	again := !j.p.Unsure.IsZero() && j.clock.Now().Sub(j.p.Unsure) < stale
	for ; ; again = true {
		if !j.p.Unsure.IsZero() {
			found, err := j.lookSettled(ctx, look)
			if err != nil {
				return err
			}
			if found {
				return j.sure(ctx)
			}
		}
		j.p.Unsure = j.clock.Now()
		if err := j.keep(ctx); err != nil {
			return err
		}
		j.cfg.Step("before " + name)
		err := send()
		j.cfg.Step("after " + name)
		switch {
		case err == nil && again:
			return j.secondLook(ctx, look)
		case err == nil:
			return j.sure(ctx)
		case !errors.Is(err, notion.ErrAmbiguous):
			// Refused, or never sent: it was not done.
			if saveErr := j.sure(context.WithoutCancel(ctx)); saveErr != nil {
				return saveErr
			}
			return err
		}
		if j.unsure++; j.unsure >= maxUnsure || ctx.Err() != nil {
			return err
		}
	}
}

// secondLook waits until an earlier attempt can't arrive any more, and looks.
func (j *job) secondLook(ctx context.Context, look func() (bool, error)) error {
	if err := j.sure(ctx); err != nil {
		return err
	}
	if err := j.clock.Sleep(ctx, j.cfg.Settle); err != nil {
		return err
	}
	if _, err := look(); err != nil {
		return err
	}
	return j.keep(ctx)
}

// sure stores that no request's outcome is open.
func (j *job) sure(ctx context.Context) error {
	j.p.Unsure = time.Time{}
	return j.keep(ctx)
}

// lookSettled looks at once, and if that shows nothing, again when the attempt
// is old enough that it can't arrive any more.
func (j *job) lookSettled(ctx context.Context, look func() (bool, error)) (bool, error) {
	found, err := look()
	if found || err != nil {
		return found, err
	}
	wait := j.p.Unsure.Add(j.cfg.Settle).Sub(j.clock.Now())
	if wait <= 0 {
		return false, nil
	}
	if err := j.clock.Sleep(ctx, wait); err != nil {
		return false, err
	}
	return look()
}

// whoAmI learns the integration's user id, by which our own blocks are known.
func (j *job) whoAmI(ctx context.Context) error {
	j.mu.Lock()
	known := j.bot != ""
	j.mu.Unlock()
	if known {
		return nil
	}
	me, err := j.cfg.Client.Me(ctx)
	if err != nil {
		return err
	}
	j.mu.Lock()
	j.bot = me.ID
	j.mu.Unlock()
	return nil
}

func (j *job) isBot(user string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return user == j.bot
}
