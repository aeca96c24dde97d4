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

// budgets counts what each principal has taken out today. The log's records
// are what makes it durable: New rebuilds it from today's records, so that a
// restart resets nothing. It is kept by principal alone; a client's name is
// self-reported and counts for nothing.
type budgets struct {
	mu    sync.Mutex
	books map[string]*book // by principal pseudonym
}

// book is one principal's day.
type book struct {
	day      int64 // days since 1970-01-01 UTC
	spent    audit.Usage
	accounts map[string]struct{} // pseudonyms of accounts read
	tools    map[string]int64    // calls by tool
	from, to store.Date          // bookings read, from the oldest to the newest
	labels   policy.Labels
	tokens   float64 // of the calls-per-minute bucket
	filled   time.Time
}

// maxBooks bounds the principals remembered. Principals come from the config,
// so that this is never reached by honest use.
const maxBooks = 10_000

// maxAccounts bounds the distinct accounts remembered for one day.
const maxAccounts = 10_000

func newBudgets() *budgets { return &budgets{books: map[string]*book{}} }

// open returns today's book, turning the page at midnight UTC.
func (b *budgets) open(who string, now time.Time, l Limits) (*book, bool) {
	day := now.Unix() / (24 * 60 * 60)
	k, ok := b.books[who]
	if !ok {
		if len(b.books) >= maxBooks {
			return nil, false
		}
		k = &book{tokens: float64(l.CallsPerMinute), filled: now}
		b.books[who] = k
	}
	if day > k.day {
		fresh := book{day: day, accounts: map[string]struct{}{}, tools: map[string]int64{}, tokens: k.tokens, filled: k.filled}
		*k = fresh
	}
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
	who         string
	day         int64
	rows, bytes int64
	before      audit.Usage
	history     policy.History
	left        policy.Budget
}

// reserve sets aside one call, and up to rows and bytes as far as they are
// left. It refuses when a budget is spent, and says which and when it refills.
func (b *budgets) reserve(who, tool string, now time.Time, l Limits, rows, bytes int64) (reservation, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.open(who, now, l)
	if !ok {
		return reservation{}, spent("too many principals are active; tell the operator")
	}
	r := reservation{who: who, day: k.day, before: k.spent, history: k.history()}
	if err := k.afford(tool, now, l); err != nil {
		return r, err
	}
	r.rows = min(rows, l.RowsPerDay-k.spent.Rows)
	r.bytes = min(bytes, l.BytesPerDay-k.spent.Bytes)
	k.tokens--
	k.spent.Calls++
	k.tools[tool]++
	k.spent.Rows += r.rows
	k.spent.Bytes += r.bytes
	r.left = policy.Budget{
		CallsLeft: l.CallsPerDay - k.spent.Calls,
		RowsLeft:  l.RowsPerDay - k.spent.Rows,
		BytesLeft: l.BytesPerDay - k.spent.Bytes,
	}
	return r, nil
}

func (k *book) afford(tool string, now time.Time, l Limits) error {
	perMinute := float64(l.CallsPerMinute)
	if since := now.Sub(k.filled); since > 0 {
		k.tokens = min(perMinute, k.tokens+since.Minutes()*perMinute)
		k.filled = now
	}
	const tomorrow = " for today is used up; it refills at midnight UTC"
	switch {
	case k.tokens < 1:
		return spent("too many calls within a minute; wait a minute and try again")
	case k.spent.Calls >= l.CallsPerDay:
		return spent("the number of calls" + tomorrow)
	case l.CallsPerTool[tool] > 0 && k.tools[tool] >= l.CallsPerTool[tool]:
		return spent("the number of calls of this tool" + tomorrow)
	case k.spent.Rows >= l.RowsPerDay:
		return spent("the number of rows" + tomorrow)
	case l.BytesPerDay-k.spent.Bytes < minBytes:
		return spent("the amount of data" + tomorrow)
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

// admit refuses a result that would take the day beyond its accounts or its
// span of bookings. It is asked before the result is released.
func (b *budgets) admit(r reservation, f facts, l Limits) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.books[r.who]
	if !ok || k.day != r.day {
		return nil // the day has turned; what this call takes is on the old page
	}
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
	case from != 0 && int64(to.Sub(from)) >= l.SpanDays:
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
func (b *budgets) settle(r reservation, f facts, bytes int64) audit.Usage {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.books[r.who]
	if !ok || k.day != r.day {
		return audit.Usage{}
	}
	k.spent.Rows += f.rows - r.rows
	k.spent.Bytes += bytes - r.bytes
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

// replayRecord counts a record of an earlier run, as New reads today's.
func (b *budgets) replayRecord(r *audit.Record, l Limits, now time.Time) {
	if r.Principal == "" || r.Phase != audit.PhaseOutcome {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.open(r.Principal, now, l)
	if !ok || r.Time.Unix()/(24*60*60) != k.day {
		return
	}
	k.spent.Calls++
	k.tools[r.Tool]++
	k.spent.Rows += r.Rows
	k.spent.Bytes += r.Bytes
	if now.Sub(r.Time) < time.Minute {
		k.tokens--
	}
	f := facts{rows: r.Rows, labels: labelsOf(r.Labels), accounts: map[string]struct{}{}}
	f.from, _ = store.ParseDate(r.From)
	f.to, _ = store.ParseDate(r.To)
	for _, a := range r.Accounts {
		f.accounts[a] = struct{}{}
	}
	k.learn(f)
}

// usage reports a principal's day without spending, for the limits resource.
func (b *budgets) usage(who string, now time.Time, l Limits) audit.Usage {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.open(who, now, l)
	if !ok {
		return audit.Usage{}
	}
	return k.spent
}

// recount rebuilds the day's books from the log.
func (g *Gate) recount(context.Context) error {
	if g.cfg.Log == nil {
		return nil
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
