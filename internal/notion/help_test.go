package notion_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
)

// fakeClock is time that passes only when somebody sleeps.
type fakeClock struct {
	mu     sync.Mutex
	now    time.Time
	sleeps []time.Duration
}

func newClock() *fakeClock { return &fakeClock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sleeps = append(c.sleeps, d)
	c.now = c.now.Add(d)
	return nil
}

func (c *fakeClock) slept() (total time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range c.sleeps {
		total += d
	}
	return total
}

const testToken = "ntn_SECRETtoken0123456789"

// bench is a stand-in with a client of it.
type bench struct {
	*notiontest.Server
	clock  *fakeClock
	http   *httptest.Server
	client *notion.Client
	cfg    notion.Config
}

func newBench(t *testing.T, v notion.Version, opt notiontest.Options) *bench {
	t.Helper()
	b := &bench{clock: newClock()}
	opt.Now = b.clock.Now
	b.Server = notiontest.New(opt)
	b.http = httptest.NewServer(b.Server)
	t.Cleanup(b.http.Close)
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	b.cfg = notion.Config{
		Transport: tr, Token: func(context.Context) (string, error) { return testToken, nil }, Version: v,
		BaseURL: b.http.URL, Clock: b.clock, Jitter: func() float64 { return 0.5 }, Pace: new(notion.Pace),
	}
	b.client = b.open(t)
	return b
}

func (b *bench) open(t *testing.T) *notion.Client {
	t.Helper()
	c, err := notion.New(b.cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var versions = []notion.Version{notion.V20220628, notion.V20250903, notion.V20260311}

// schema is what the databases of these tests have.
var schema = []notiontest.Property{
	{Name: "Name", Type: "title"}, {Name: "Key", Type: "rich_text"}, {Name: "Month", Type: "date"},
	{Name: "Total", Type: "number"}, {Name: "Kind", Type: "select", Options: []string{"report", "note"}},
	{Name: "Done", Type: "checkbox"}, {Name: "Tags", Type: "multi_select"},
}
