package outbox

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion"
)

// Defaults and bounds.
const (
	// DefaultSettle is how long after an attempt of unknown outcome a look that
	// shows nothing is believed. Notion answers within seconds or not at all.
	DefaultSettle = 5 * time.Second
	// DefaultLease outlives the longest step: five attempts of a minute with
	// their waits.
	DefaultLease = 8 * time.Minute
	// maxUnsure is how often one run sends a request again whose outcome was not
	// known.
	maxUnsure = 3
	// maxScan is how many blocks of a page are looked through.
	maxScan = 5000
)

// Config is what an Engine needs; Client, Guard and Store are required.
type Config struct {
	Client *notion.Client
	Guard  *notion.Guard
	Store  Store
	// Content is the policy on links and images; every operation passes it, also
	// one whose maker has applied it already.
	Content notion.Content
	// Owner names this process in claims. A fixed name lets a restarted process
	// go on at once, and is right only where no second one can run; "" is random.
	Owner string
	// Settle is DefaultSettle if zero.
	Settle time.Duration
	// Lease is DefaultLease if zero.
	Lease time.Duration
	// Ended, if set, is told what each attempt at a write came to, nil if it was
	// done. A write that another process works on is no attempt.
	Ended func(error)
	// Step, if set, is called around every effect with its name, for tests that
	// stop the process there.
	Step func(name string)
}

// Engine does writes. It is safe for concurrent use.
type Engine struct {
	cfg   Config
	clock notion.Clock

	mu   sync.Mutex
	busy map[string]bool // keys and rows in work here
	bot  string          // id of the integration's user
}

// New makes an engine. It connects to nothing.
func New(cfg Config) (*Engine, error) {
	if cfg.Client == nil || cfg.Guard == nil || cfg.Store == nil {
		return nil, errors.New("outbox: a client, a guard and a store are needed")
	}
	if cfg.Owner == "" {
		cfg.Owner = rand.Text()
	}
	if cfg.Settle == 0 {
		cfg.Settle = DefaultSettle
	}
	if cfg.Lease == 0 {
		cfg.Lease = DefaultLease
	}
	if cfg.Step == nil {
		cfg.Step = func(string) {}
	}
	if cfg.Ended == nil {
		cfg.Ended = func(error) {}
	}
	return &Engine{cfg: cfg, clock: cfg.Client.Clock(), busy: make(map[string]bool)}, nil
}

// Do writes op under the caller's id. The same id and op again give the same
// outcome and write nothing; the same id with another op is notion.ErrConflict.
// ErrPending means that it is not finished: the row is kept, and Do with the same
// id, or Retry, goes on where it stopped.
func (e *Engine) Do(ctx context.Context, id string, op Op) (Outcome, error) {
	row, err := e.intent(id, op)
	if err != nil {
		return Outcome{}, err
	}
	if op.Kind == Undo {
		row.Key = e.undoKey(ctx, op)
	}
	err = e.put(ctx, row)
	if errors.Is(err, ErrExists) {
		return e.again(ctx, row)
	}
	if err != nil {
		return Outcome{}, err
	}
	return e.proceed(ctx, row)
}

// Done returns the outcome of an operation that was done under this id before,
// and whether it was. It writes nothing.
func (e *Engine) Done(ctx context.Context, id string, op Op) (Outcome, bool, error) {
	asked, err := e.intent(id, op)
	if err != nil {
		return Outcome{}, false, err
	}
	row, err := e.cfg.Store.Get(ctx, id)
	if errors.Is(err, ErrNoRow) || err == nil && (row.State != Done || row.Digest != asked.Digest) {
		return Outcome{}, false, nil
	}
	if err != nil {
		return Outcome{}, false, err
	}
	p, err := row.progress()
	return p.outcome(), err == nil, err
}

// intent is the row of a new operation.
func (e *Engine) intent(id string, op Op) (Row, error) {
	if id == "" || len(id) > 200 {
		return Row{}, fmt.Errorf("%w: an id of 1 to 200 bytes is needed", notion.ErrInvalid)
	}
	op, err := e.accept(op)
	if err != nil {
		return Row{}, err
	}
	if op.Kind == Create {
		op.Key = id
	}
	raw, err := json.Marshal(op)
	if err != nil {
		return Row{}, fmt.Errorf("%w: the operation can't be encoded", notion.ErrInvalid)
	}
	sum := sha256.Sum256(raw)
	now := e.clock.Now()
	return Row{
		ID: id, Rev: 1, Kind: op.Kind, Key: op.lockKey(), State: Pending, Digest: hex.EncodeToString(sum[:]), Op: raw,
		Progress: json.RawMessage("{}"), Owner: e.cfg.Owner, Lease: now.Add(e.cfg.Lease), Created: now, Updated: now,
	}, nil
}

// accept cleans an operation's texts and checks its form. It leaves the
// caller's nodes as they are.
func (e *Engine) accept(op Op) (Op, error) {
	raw, err := json.Marshal(op.Nodes)
	if err != nil {
		return op, fmt.Errorf("%w: the content can't be encoded", notion.ErrInvalid)
	}
	op.Nodes = nil
	if err := json.Unmarshal(raw, &op.Nodes); err != nil {
		return op, fmt.Errorf("%w: the content can't be encoded", notion.ErrInvalid)
	}
	if _, err := e.cfg.Content.Clean(op.Nodes); err != nil {
		return op, err
	}
	if op.Values, _, err = e.cfg.Content.CleanValues(op.Values); err != nil {
		return op, err
	}
	if op.Title, _, err = e.cfg.Content.Text(op.Title); err != nil {
		return op, err
	}
	op.Title = strings.Join(strings.Fields(op.Title), " ")
	if notion.UTF16Len(op.Title) > notion.MaxTitle {
		return op, fmt.Errorf("%w: the title is too long", notion.ErrInvalid)
	}
	if op.Kind == Append {
		op.Page, err = notion.CheckID(op.Page)
	}
	return op, err
}

// lockKey is what two writes must not touch at once.
func (op Op) lockKey() string {
	switch op.Kind {
	case Append:
		return "page " + op.Page
	case Undo:
		return "undo " + op.Undoes
	}
	return keyOf(op.Target, op.Key)
}

// undoKey is what an undo keeps others from: the page of the write that it takes
// back, so that no process writes to it meanwhile. A write that is still pending
// keeps them away itself.
func (e *Engine) undoKey(ctx context.Context, op Op) string {
	if target, err := e.cfg.Store.Get(ctx, op.Undoes); err == nil && target.State != Pending {
		return target.Key
	}
	return op.lockKey()
}

// put stores the intent. If an earlier write of the same page was left
// unfinished, that one is finished first.
func (e *Engine) put(ctx context.Context, row Row) error {
	e.cfg.Step("before intent")
	err := e.cfg.Store.Put(ctx, row)
	if errors.Is(err, ErrBusy) {
		var left []Row
		left, err = e.cfg.Store.List(ctx, Query{States: []State{Pending}, Key: row.Key, Limit: 1})
		if err == nil && len(left) == 1 {
			_, err = e.proceed(ctx, left[0]) // another process may have finished it by now
		}
		if err == nil {
			err = e.cfg.Store.Put(ctx, row)
		}
	}
	e.cfg.Step("after intent")
	return err
}

// again answers a repeated id.
func (e *Engine) again(ctx context.Context, asked Row) (Outcome, error) {
	row, err := e.cfg.Store.Get(ctx, asked.ID)
	if err != nil {
		return Outcome{}, err
	}
	if row.Digest != asked.Digest {
		return Outcome{}, fmt.Errorf("%w: this request id was used for another write", notion.ErrConflict)
	}
	return e.proceed(ctx, row)
}

// Retry goes on with a row that is pending, or failed without having written.
func (e *Engine) Retry(ctx context.Context, id string) (Outcome, error) {
	row, err := e.cfg.Store.Get(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	if row.State != Pending && row.State != Failed {
		return Outcome{}, fmt.Errorf("%w: the write is %s", notion.ErrConflict, row.State)
	}
	return e.proceed(ctx, row)
}

// proceed claims a row, here and in the store, and does what is left of it.
func (e *Engine) proceed(ctx context.Context, row Row) (Outcome, error) {
	release, err := e.claim(row)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	// Another call may have worked on it before the claim.
	if row, err = e.cfg.Store.Get(ctx, row.ID); err != nil {
		return Outcome{}, err
	}
	switch {
	case row.State == Done || row.State == Undone:
		p, err := row.progress()
		o := p.outcome()
		o.Repeated = true
		return o, err
	case row.State == Abandoned:
		return Outcome{}, fmt.Errorf("%w: this write was abandoned", notion.ErrConflict)
	case e.leased(row):
		return Outcome{}, ErrBusy
	case row.Rev > 1 || row.Owner != e.cfg.Owner:
		row.State = Pending
		if err := e.save(ctx, &row); err != nil {
			return Outcome{}, busy(err)
		}
	}
	o, err := e.run(ctx, row)
	e.cfg.Ended(err)
	return o, err
}

// busy says in the caller's terms that another process was faster.
func busy(err error) error {
	if errors.Is(err, ErrStale) {
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

// leased reports whether another process may be working on a row.
func (e *Engine) leased(row Row) bool {
	return row.Owner != "" && row.Owner != e.cfg.Owner && e.clock.Now().Before(row.Lease)
}

// Pending lists what is not finished, the newest first.
func (e *Engine) Pending(ctx context.Context) ([]Row, error) {
	return e.cfg.Store.List(ctx, Query{States: []State{Pending, Failed}})
}

// Orphans lists the rows that a process had begun whose lease has run out since:
// it is gone, and any other may go on.
func (e *Engine) Orphans(ctx context.Context) ([]Row, error) {
	rows, err := e.cfg.Store.List(ctx, Query{States: []State{Pending}})
	return slices.DeleteFunc(rows, func(r Row) bool {
		return r.Owner == "" || r.Owner == e.cfg.Owner || e.leased(r)
	}), err
}

// Abandon gives a row up. What it has written stays and is in the outcome.
func (e *Engine) Abandon(ctx context.Context, id string) (Outcome, error) {
	row, err := e.cfg.Store.Get(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	if row.State != Pending && row.State != Failed {
		return Outcome{}, fmt.Errorf("%w: the write is %s", notion.ErrConflict, row.State)
	}
	release, err := e.claim(row)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	p, err := row.progress()
	if err != nil {
		return Outcome{}, err
	}
	row.State, row.Owner = Abandoned, ""
	return p.outcome(), e.save(ctx, &row)
}

// claim keeps two calls of this process from one row or one page. What is held
// already is the caller's.
func (e *Engine) claim(row Row, held ...string) (release func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	names := slices.DeleteFunc([]string{"row " + row.ID, row.Key}, func(n string) bool { return slices.Contains(held, n) })
	if e.leased(row) || slices.ContainsFunc(names, func(n string) bool { return e.busy[n] }) {
		return nil, ErrBusy
	}
	for _, n := range names {
		e.busy[n] = true
	}
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		for _, n := range names {
			delete(e.busy, n)
		}
	}, nil
}

// save stores a row's next revision and renews its lease.
func (e *Engine) save(ctx context.Context, row *Row) error {
	row.Rev++
	row.Updated = e.clock.Now()
	if row.State == Pending {
		row.Owner, row.Lease = e.cfg.Owner, row.Updated.Add(e.cfg.Lease)
	}
	e.cfg.Step("before save")
	err := e.cfg.Store.Update(ctx, *row)
	e.cfg.Step("after save")
	return err
}

// handBack stores that nobody works on a row any more.
func (e *Engine) handBack(ctx context.Context, row *Row) error {
	row.Rev++
	row.Updated, row.Owner = e.clock.Now(), ""
	return e.cfg.Store.Update(ctx, *row)
}

func (r Row) progress() (p Progress, err error) {
	if err = json.Unmarshal(r.Progress, &p); err != nil {
		err = fmt.Errorf("%w: its progress can't be read", ErrPending)
	}
	return p, err
}

// Written is how far a row has come, for people to look at.
func (r Row) Written() (Outcome, error) {
	p, err := r.progress()
	return p.outcome(), err
}
