package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/google/go-cmp/cmp"
)

// fakeClock is time that passes only when somebody sleeps.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

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
	c.now = c.now.Add(d)
	return nil
}

var schema = []notiontest.Property{
	{Name: "Name", Type: "title"}, {Name: "Key", Type: "rich_text"}, {Name: "Month", Type: "date"},
	{Name: "Total", Type: "number"}, {Name: "Kind", Type: "select"},
}

// bench is a workspace, a store that outlives engines, and an engine.
type bench struct {
	*notiontest.Server
	t      *testing.T
	clock  *fakeClock
	store  *outbox.Memory
	cfg    outbox.Config
	client *notion.Client
	engine *outbox.Engine

	home, source, diary string // a page, a data source below it, a page with text
}

func newBench(t *testing.T) *bench { return newBenchWith(t, notiontest.Options{}) }

func newBenchWith(t *testing.T, opt notiontest.Options) *bench {
	t.Helper()
	b := &bench{t: t, clock: &fakeClock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, store: &outbox.Memory{}}
	opt.Now = b.clock.Now
	b.Server = notiontest.New(opt)
	b.home = b.AddPage("", "Home")
	_, b.source = b.AddDatabase(b.home, "Reports", schema...)
	b.diary = b.AddPage(b.home, "Diary")
	b.AddText(b.diary, "written by a person")
	server := httptest.NewServer(b.Server)
	t.Cleanup(server.Close)
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	var err error
	b.client, err = notion.New(notion.Config{
		Transport: tr, Token: func(context.Context) (string, error) { return "t", nil }, BaseURL: server.URL,
		Clock: b.clock, Jitter: func() float64 { return 0.5 }, Pace: new(notion.Pace),
	})
	if err != nil {
		t.Fatal(err)
	}
	guard, err := notion.NewGuard(b.client, []notion.Target{
		{Name: "reports", Kind: notion.TargetDataSource, ID: b.source, KeyProperty: "Key"},
		{Name: "home", Kind: notion.TargetPage, ID: b.home},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.cfg = outbox.Config{Client: b.client, Guard: guard, Store: b.store, Owner: "this process"}
	b.restart(nil)
	return b
}

// restart is what a new process does: a new engine over the same store.
func (b *bench) restart(step func(string)) {
	b.t.Helper()
	cfg := b.cfg
	cfg.Step = step
	var err error
	if b.engine, err = outbox.New(cfg); err != nil {
		b.t.Fatal(err)
	}
}

// lines is how many paragraphs content has: "long" has more than one batch.
func lines(mark string) int {
	if mark == "long" {
		return 110
	}
	return 3
}

// content has several batches and three levels.
func content(mark string) []*notion.Node {
	nodes := []*notion.Node{notion.Text(notion.Heading1, "Report "+mark)}
	for i := range lines(mark) {
		nodes = append(nodes, notion.Text(notion.Paragraph, fmt.Sprintf("line %d of %s", i, mark)))
	}
	deep := notion.Text(notion.Bulleted, "one")
	deep.Children = []*notion.Node{notion.Text(notion.Bulleted, "two"), notion.Text(notion.Bulleted, "two again")}
	deep.Children[1].Children = []*notion.Node{notion.Text(notion.Bulleted, "three"), notion.TableOf([][]string{{"a", "b"}, {"1", mark}})}
	return append(nodes, deep, notion.TableOf([][]string{{"x"}, {"y"}}), notion.Text(notion.Paragraph, "the end"))
}

// outlineOf is what content becomes.
func outlineOf(mark string) []string {
	out := []string{"heading_1 Report " + mark}
	for i := range lines(mark) {
		out = append(out, fmt.Sprintf("paragraph line %d of %s", i, mark))
	}
	return append(out, "bulleted_list_item one", "  bulleted_list_item two", "  bulleted_list_item two again", "    bulleted_list_item three",
		"    table", "      row a | b", "      row 1 | "+mark, "table", "  row x", "  row y", "paragraph the end")
}

func values(total string) notion.Values {
	return notion.Values{"Month": {Type: "date", Text: "2026-03-01"}, "Total": {Type: "number", Text: total}, "Kind": {Type: "select", Text: "report"}}
}

func (b *bench) only(title string) string {
	b.t.Helper()
	ids := b.Pages(title)
	if len(ids) != 1 {
		b.t.Fatalf("%d pages are called %q", len(ids), title)
	}
	return ids[0]
}

func (b *bench) outlineIs(page string, want []string) {
	b.t.Helper()
	got := b.Outline(page)
	if len(got) > 0 && strings.HasPrefix(got[0], "paragraph Counterfoil ") {
		got = got[1:]
	}
	if d := cmp.Diff(want, got); d != "" {
		b.t.Fatalf("content: %s", d)
	}
}

// scenario is a write with what must be true before and after.
type scenario struct {
	name    string
	prepare func(b *bench)
	op      func(b *bench) outbox.Op
	check   func(b *bench)
}

func scenarios() []scenario {
	upsert := func(mark, total string) outbox.Op {
		return outbox.Op{Kind: outbox.Upsert, Target: "reports", Key: "2026-03/monthly", Title: "March", Values: values(total), Nodes: content(mark)}
	}
	below := func(mark string) outbox.Op {
		return outbox.Op{Kind: outbox.Upsert, Target: "home", Key: "2026-03/monthly", Title: "March", Nodes: content(mark)}
	}
	must := func(b *bench, id string, op outbox.Op) {
		b.t.Helper()
		if _, err := b.engine.Do(b.t.Context(), id, op); err != nil {
			b.t.Fatal(err)
		}
	}
	return []scenario{
		{"create in a data source", nil,
			func(b *bench) outbox.Op {
				return outbox.Op{Kind: outbox.Create, Target: "reports", Title: "March", Values: values("-12.50"), Nodes: content("A")}
			},
			func(b *bench) {
				page := b.only("March")
				b.outlineIs(page, outlineOf("A"))
				if b.PropertyText(page, "Total") != "-12.50" || b.PropertyText(page, "Key") == "" {
					b.t.Error("properties are missing")
				}
			}},
		{"create below a page", nil,
			func(b *bench) outbox.Op {
				return outbox.Op{Kind: outbox.Create, Target: "home", Title: "March", Nodes: content("A")}
			},
			func(b *bench) { b.outlineIs(b.only("March"), outlineOf("A")) }},
		{"append", nil,
			func(b *bench) outbox.Op { return outbox.Op{Kind: outbox.Append, Page: b.diary, Nodes: content("long")} },
			func(b *bench) {
				b.outlineIs(b.diary, append([]string{"paragraph written by a person"}, outlineOf("long")...))
			}},
		{"append the same again", func(b *bench) {
			must(b, "before", outbox.Op{Kind: outbox.Append, Page: b.diary, Nodes: content("A")})
		}, func(b *bench) outbox.Op { return outbox.Op{Kind: outbox.Append, Page: b.diary, Nodes: content("A")} },
			func(b *bench) {
				want := append([]string{"paragraph written by a person"}, outlineOf("A")...)
				b.outlineIs(b.diary, append(want, outlineOf("A")...))
			}},
		{"upsert a new page", nil, func(b *bench) outbox.Op { return upsert("A", "1") },
			func(b *bench) { b.outlineIs(b.only("March"), outlineOf("A")) }},
		{"upsert an old page", func(b *bench) { must(b, "before", upsert("A", "1")) },
			func(b *bench) outbox.Op { return upsert("B", "2.25") },
			func(b *bench) {
				page := b.only("March")
				b.outlineIs(page, outlineOf("B"))
				if got := b.PropertyText(page, "Total"); got != "2.25" {
					b.t.Errorf("total %q", got)
				}
			}},
		{"upsert below a page", func(b *bench) { must(b, "before", below("A")) }, func(b *bench) outbox.Op { return below("B") },
			func(b *bench) { b.outlineIs(b.only("March"), outlineOf("B")) }},
		{"undo a new page", func(b *bench) { must(b, "before", upsert("A", "1")) },
			func(b *bench) outbox.Op { return outbox.Op{Kind: outbox.Undo, Undoes: "before"} },
			func(b *bench) {
				if n := len(b.Pages("March")); n != 0 {
					b.t.Errorf("%d pages are left", n)
				}
			}},
		{"undo an upsert", func(b *bench) {
			must(b, "first", upsert("A", "1"))
			b.clock.Sleep(b.t.Context(), time.Minute)
			must(b, "before", upsert("B", "2"))
		}, func(b *bench) outbox.Op { return outbox.Op{Kind: outbox.Undo, Undoes: "before"} },
			func(b *bench) {
				page := b.only("March")
				b.outlineIs(page, outlineOf("A"))
				if got := b.PropertyText(page, "Total"); got != "1" {
					b.t.Errorf("total %q", got)
				}
			}},
		{"undo an append", func(b *bench) {
			must(b, "before", outbox.Op{Kind: outbox.Append, Page: b.diary, Nodes: content("A")})
		}, func(b *bench) outbox.Op {
			return outbox.Op{Kind: outbox.Undo, Undoes: "before", Force: true}
		}, func(b *bench) { b.outlineIs(b.diary, []string{"paragraph written by a person"}) }},
	}
}

type killed struct{}

// TestKill stops the process at every step of every write, and has a new one
// finish it: exactly one page, with exactly its content.
func TestKill(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			steps := s.steps(t)
			for k := range steps {
				b := newBench(t)
				if s.prepare != nil {
					s.prepare(b)
				}
				op := s.op(b)
				n := 0
				b.restart(func(step string) {
					if dying(step) {
						n++
					}
					if n == k+1 {
						panic(killed{})
					}
				})
				dies(t, func() { b.engine.Do(t.Context(), "call", op) })
				b.restart(nil)
				if _, err := b.engine.Do(t.Context(), "call", op); err != nil {
					t.Fatalf("killed at step %d: %v", k+1, err)
				}
				s.check(b)
				if left, _ := b.engine.Pending(t.Context()); len(left) != 0 {
					t.Fatalf("killed at step %d: %d rows are left", k+1, len(left))
				}
			}
			t.Logf("killed at each of %d steps", steps)
		})
	}
}

// steps counts the steps of an undisturbed run.
func (s scenario) steps(t *testing.T) int {
	t.Helper()
	b := newBench(t)
	if s.prepare != nil {
		s.prepare(b)
	}
	n := 0
	b.restart(func(step string) {
		if dying(step) {
			n++
		}
	})
	if _, err := b.engine.Do(t.Context(), "call", s.op(b)); err != nil {
		t.Fatal(err)
	}
	s.check(b)
	return n
}

// dying are the steps at which to die: before each effect. After one is before
// the next, but for the intent, whose effect is the first.
func dying(step string) bool { return strings.HasPrefix(step, "before") || step == "after intent" }

func dies(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil && r != any(killed{}) {
			panic(r)
		}
	}()
	f()
	t.Fatal("the process did not die")
}

// TestCuts breaks the connection of every request at every boundary: whatever
// the call says, trying again ends with exactly one page and its content.
func TestCuts(t *testing.T) {
	for i, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			points := notiontest.Cuts
			if i != 0 && i != 2 {
				// The classes do not differ in what they leave behind.
				points = []notiontest.Point{notiontest.BeforeApply, notiontest.InBody}
			}
			requests := s.requests(t)
			for i := range requests {
				for _, at := range points {
					s.cut(t, i, notiontest.Fault{Skip: i, At: at})
				}
				if len(points) > 2 {
					s.cut(t, i, notiontest.Fault{Skip: i, At: notiontest.AppliedThenStatus, Status: 502})
				}
			}
			t.Logf("%d requests cut at %d points", requests, len(points))
		})
	}
}

func (s scenario) requests(t *testing.T) int {
	t.Helper()
	b := newBench(t)
	if s.prepare != nil {
		s.prepare(b)
	}
	op := s.op(b)
	b.restart(nil)
	b.ForgetRequests()
	if _, err := b.engine.Do(t.Context(), "call", op); err != nil {
		t.Fatal(err)
	}
	return len(b.Requests())
}

func (s scenario) cut(t *testing.T, i int, f notiontest.Fault) {
	t.Helper()
	b := newBench(t)
	if s.prepare != nil {
		s.prepare(b)
	}
	op := s.op(b)
	b.restart(nil)
	b.Fail(f)
	_, err := b.engine.Do(t.Context(), "call", op)
	for range 3 {
		if err == nil {
			break
		}
		if !errors.Is(err, outbox.ErrPending) {
			t.Fatalf("request %d cut %v: %v", i, f.At, err)
		}
		_, err = b.engine.Do(t.Context(), "call", op)
	}
	if err != nil {
		t.Fatalf("request %d cut %v: %v after three tries", i, f.At, err)
	}
	s.check(b)
}
