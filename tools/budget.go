package tools

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/policy"
	"github.com/counterfoil/counterfoil/store"
)

// Books keeps budgets, and which questions were answered, where every replica
// sees them. An error of its own refuses the call that asked.
type Books interface {
	// Turn gives turn the newest state of a principal's book, nil if it has none,
	// and keeps what it returns, durably, before Turn returns. Turns of one
	// principal are serial across replicas. If turn fails or returns nil, nothing
	// is kept; Turn then returns turn's error.
	Turn(ctx context.Context, who string, turn func(state []byte) ([]byte, error)) error
	// First reports whether an id is used for the first time.
	First(ctx context.Context, id string) (bool, error)
}

// budgets counts what each principal has taken out today, in books that
// replicas share or in memory. There the log's records are what makes it
// durable: New rebuilds it from today's records, so that a restart resets
// nothing. It is kept by principal alone; a client's name is self-reported and
// counts for nothing.
type budgets struct {
	shared Books // nil: in memory
	mu     sync.Mutex
	books  map[string]*book // by principal pseudonym
}

// turn opens today's book of a principal and runs f on it. Over shared books
// nothing of it is kept if f fails.
func (b *budgets) turn(ctx context.Context, who string, now time.Time, l Limits, f func(*book) error) error {
	if b.shared != nil {
		return b.shared.Turn(ctx, who, func(state []byte) ([]byte, error) {
			k, err := decodeBook(state)
			if err != nil {
				return nil, err
			}
			if k == nil {
				k = newBook(now, l)
			}
			k.open(now)
			if err := f(k); err != nil {
				return nil, err
			}
			return k.encode()
		})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.open(who, now, l)
	if !ok {
		return spent("too many principals are active; tell the operator")
	}
	return f(k)
}

// book is one principal's day.
type book struct {
	day      int64 // days since 1970-01-01 UTC
	spent    audit.Usage
	accounts map[string]struct{} // pseudonyms of accounts read
	tools    map[string]int64    // calls by tool
	from, to store.Date          // bookings read, from the oldest to the newest

	// unsettled is what intents of an earlier run set aside and no outcome has
	// settled, by call id.
	unsettled map[string]audit.Usage
	labels    policy.Labels
	bucket    float64 // calls left within the minute
	filled    time.Time
}

// maxBooks bounds the principals remembered. Principals come from the config,
// so that this is never reached by honest use.
const maxBooks = 10_000

// maxAccounts bounds the distinct accounts remembered for one day.
const maxAccounts = 10_000

func newBudgets(shared Books) *budgets { return &budgets{shared: shared, books: map[string]*book{}} }

func newBook(now time.Time, l Limits) *book {
	return &book{bucket: float64(l.CallsPerMinute), filled: now}
}

// open turns the page at midnight UTC. A replica whose clock is behind another's
// stays on the newer page.
func (k *book) open(now time.Time) {
	if day := now.Unix() / (24 * 60 * 60); day > k.day {
		*k = book{day: day, accounts: map[string]struct{}{}, tools: map[string]int64{}, unsettled: map[string]audit.Usage{}, bucket: k.bucket, filled: k.filled}
	}
}

// open returns today's book, from memory.
func (b *budgets) open(who string, now time.Time, l Limits) (*book, bool) {
	k, ok := b.books[who]
	if !ok {
		if len(b.books) >= maxBooks {
			return nil, false
		}
		k = newBook(now, l)
		b.books[who] = k
	}
	k.open(now)
	return k, true
}

// errSpent tells a refusal for a spent budget from other limits: it depends on
// the moment and does not replay.
var errSpent = errors.New("budget spent")

// detailBudget marks such a refusal in its record.
const detailBudget = "budget"

func spent(message string) error { return &Error{CodeLimit, message, errSpent} }

// reservation is what a call has set aside before it runs: the worst case.
type reservation struct {
	who     string
	at      time.Time
	day     int64
	taken   audit.Usage // set aside
	before  audit.Usage
	history policy.History
	left    policy.Budget
}

// reserve sets aside one call; of the worst case, rows and bytes as far as they
// are left, pages and tokens in whole. It refuses when a budget is spent, and
// says which and when it refills.
func (b *budgets) reserve(ctx context.Context, who, tool string, now time.Time, l Limits, worst audit.Usage) (r reservation, err error) {
	err = b.turn(ctx, who, now, l, func(k *book) (err error) {
		r, err = k.reserve(who, tool, now, l, worst)
		return err
	})
	return r, err
}

func (k *book) reserve(who, tool string, now time.Time, l Limits, worst audit.Usage) (reservation, error) {
	r := reservation{who: who, at: now, day: k.day, before: k.spent, history: k.history()}
	if err := k.afford(tool, now, l, worst); err != nil {
		return r, err
	}
	r.taken = audit.Usage{
		Calls: 1,
		Rows:  min(worst.Rows, l.RowsPerDay-k.spent.Rows),
		Bytes: min(worst.Bytes, l.BytesPerDay-k.spent.Bytes),
		Pages: worst.Pages, Tokens: worst.Tokens,
	}
	k.bucket--
	k.tools[tool]++
	k.spent = plus(k.spent, r.taken)
	r.left = policy.Budget{
		CallsLeft:  l.CallsPerDay - k.spent.Calls,
		RowsLeft:   l.RowsPerDay - k.spent.Rows,
		BytesLeft:  l.BytesPerDay - k.spent.Bytes,
		PagesLeft:  l.PagesPerDay - k.spent.Pages,
		TokensLeft: l.TokensPerDay - k.spent.Tokens,
	}
	return r, nil
}

func plus(a, b audit.Usage) audit.Usage {
	return audit.Usage{
		Calls: a.Calls + b.Calls, Rows: a.Rows + b.Rows, Bytes: a.Bytes + b.Bytes,
		Pages: a.Pages + b.Pages, Tokens: a.Tokens + b.Tokens,
	}
}

func minus(a, b audit.Usage) audit.Usage {
	return audit.Usage{
		Calls: a.Calls - b.Calls, Rows: a.Rows - b.Rows, Bytes: a.Bytes - b.Bytes,
		Pages: a.Pages - b.Pages, Tokens: a.Tokens - b.Tokens,
	}
}

func (k *book) afford(tool string, now time.Time, l Limits, worst audit.Usage) error {
	perMinute := float64(l.CallsPerMinute)
	if since := now.Sub(k.filled); since > 0 {
		k.bucket = min(perMinute, k.bucket+since.Minutes()*perMinute)
		k.filled = now
	}
	const tomorrow = " for today is used up; it refills at midnight UTC"
	switch {
	case k.bucket < 1:
		return spent("too many calls within a minute; wait a minute and try again")
	case k.spent.Calls >= l.CallsPerDay:
		return spent("the number of calls" + tomorrow)
	case l.CallsPerTool[tool] > 0 && k.tools[tool] >= l.CallsPerTool[tool]:
		return spent("the number of calls of this tool" + tomorrow)
	case k.spent.Rows >= l.RowsPerDay:
		return spent("the number of rows" + tomorrow)
	case l.BytesPerDay-k.spent.Bytes < minBytes:
		return spent("the amount of data" + tomorrow)
	case worst.Pages > l.PagesPerDay-k.spent.Pages:
		return spent("the number of Notion pages" + tomorrow)
	case worst.Tokens > l.TokensPerDay-k.spent.Tokens:
		return spent("the number of the model's tokens" + tomorrow)
	}
	return nil
}

func (k *book) history() policy.History {
	return policy.History{
		Rows:     k.spent.Rows,
		Accounts: int64(len(k.accounts)),
		Labels:   k.labels,
		Window:   24 * time.Hour,
	}
}

// admit settles a reservation for a result that is about to be released, or
// refuses it if it would take the day beyond its accounts or its span of
// bookings: then nothing is settled.
func (b *budgets) admit(ctx context.Context, r reservation, f facts, bytes int64, l Limits) (after audit.Usage, err error) {
	err = b.turn(ctx, r.who, r.at, l, func(k *book) error {
		if k.day == r.day { // else what this call takes is on the old page
			if err := k.admit(f, l); err != nil {
				return err
			}
		}
		after = k.settle(r, f, bytes)
		return nil
	})
	return after, err
}

func (k *book) admit(f facts, l Limits) error {
	accounts := int64(len(k.accounts))
	for a := range f.accounts {
		if _, seen := k.accounts[a]; !seen {
			accounts++
		}
	}
	from, to := span(k.from, k.to, f.from, f.to)
	switch {
	case accounts > min(l.AccountsPerDay, maxAccounts):
		return spent("the number of different accounts for today is used up; it refills at midnight UTC")
	case f.rows > 0 && from != 0 && int64(to.Sub(from)) >= l.SpanDays: // without rows no booking was read; see learn
		return spent("bookings from too long a time were asked for today; give dates nearer to those of the calls before, or wait until midnight UTC")
	}
	return nil
}

// span is the shortest one that holds two; zero dates are none.
func span(a, b, c, d store.Date) (from, to store.Date) {
	if a == 0 {
		return c, d
	}
	if c == 0 {
		return a, b
	}
	return min(a, c), max(b, d)
}

// settle replaces a reservation by what was really taken. A call that crosses
// midnight stays on the day that it began; what it reserved there is gone with
// that day.
// If that can't be kept, the reservation stays spent.
func (b *budgets) settle(ctx context.Context, r reservation, f facts, bytes int64, l Limits) (after audit.Usage, err error) {
	if r.who == "" {
		return after, nil // it never came to a reservation
	}
	err = b.turn(ctx, r.who, r.at, l, func(k *book) error {
		after = k.settle(r, f, bytes)
		return nil
	})
	if err != nil {
		return plus(r.before, r.taken), err
	}
	return after, nil
}

func (k *book) settle(r reservation, f facts, bytes int64) audit.Usage {
	if k.day != r.day {
		return audit.Usage{}
	}
	used := audit.Usage{Calls: 1, Rows: f.rows, Bytes: bytes, Pages: f.pages, Tokens: f.tokens}
	k.spent = plus(minus(k.spent, r.taken), used)
	k.learn(f)
	return k.spent
}

func (k *book) learn(f facts) {
	if f.rows > 0 {
		k.labels |= f.labels
		k.from, k.to = span(k.from, k.to, f.from, f.to)
	}
	for a := range f.accounts {
		if len(k.accounts) < maxAccounts {
			k.accounts[a] = struct{}{}
		}
	}
}

// replayRecord counts a record of an earlier run, as New reads today's. What
// an intent set aside stays spent until its outcome says what was used.
func (b *budgets) replayRecord(r *audit.Record, l Limits, now time.Time) {
	if r.Principal == "" || (r.Phase != audit.PhaseOutcome && r.Phase != audit.PhaseIntent) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.open(r.Principal, now, l)
	if !ok || r.Time.Unix()/(24*60*60) != k.day {
		return
	}
	used := audit.Usage{Calls: 1, Rows: r.Rows, Bytes: r.Bytes, Pages: r.Pages, Tokens: r.Tokens}
	if set, open := k.unsettled[r.CallID]; open {
		k.spent = plus(minus(k.spent, set), used)
		delete(k.unsettled, r.CallID)
	} else {
		k.spent = plus(k.spent, used)
		k.tools[r.Tool]++
		if now.Sub(r.Time) < time.Minute {
			k.bucket--
		}
	}
	if r.Phase == audit.PhaseIntent {
		if !isQuestion(r) {
			k.unsettled[r.CallID] = used
		}
		return
	}
	f := facts{rows: r.Rows, labels: labelsOf(r.Labels), accounts: map[string]struct{}{}}
	f.from, _ = store.ParseDate(r.From)
	f.to, _ = store.ParseDate(r.To)
	for _, a := range r.Accounts {
		f.accounts[a] = struct{}{}
	}
	k.learn(f)
}

// recount rebuilds the day's books from the log.
func (g *Gate) recount(context.Context) error {
	if g.cfg.Log == nil || g.cfg.Books != nil {
		return nil // shared books are durable by themselves
	}
	now := g.cfg.Now().UTC()
	today := now.Truncate(24 * time.Hour)
	limits := Limits{CallsPerMinute: g.cfg.Limits.CallsPerMinute}
	for it, err := range g.cfg.Log.Reader().Select(audit.Filter{From: today}) {
		if err != nil {
			return fmt.Errorf("counting today's calls: %w", err)
		}
		g.budgets.replayRecord(it.Record, limits, now)
		if r := it.Record; r.Event == eventApproval {
			g.used.first(r.CallID, r.Time.Add(questionLifetime), now)
		}
	}
	return nil
}
