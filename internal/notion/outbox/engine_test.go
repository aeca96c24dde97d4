package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/google/go-cmp/cmp"
)

func report(mark, total string) outbox.Op {
	return outbox.Op{Kind: outbox.Upsert, Target: "reports", Key: "2026-03/monthly", Title: "March", Values: values(total), Nodes: content(mark)}
}

func note(text string) outbox.Op {
	return outbox.Op{Kind: outbox.Create, Target: "reports", Title: "Note", Nodes: []*notion.Node{notion.Text(notion.Paragraph, text)}}
}

func (b *bench) do(id string, op outbox.Op) outbox.Outcome {
	b.t.Helper()
	o, err := b.engine.Do(b.t.Context(), id, op)
	if err != nil {
		b.t.Fatalf("%s: %v", id, err)
	}
	return o
}

// fails does a write that must end in an error, and returns its row.
func (b *bench) fails(id string, op outbox.Op, want error) outbox.Row {
	b.t.Helper()
	_, err := b.engine.Do(b.t.Context(), id, op)
	if !errors.Is(err, want) {
		b.t.Fatalf("%s: got %v, want %v", id, err, want)
	}
	row, err := b.store.Get(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return row
}

func TestTheSameAgainWritesNothing(t *testing.T) {
	b := newBench(t)
	first := b.do("a", note("x"))
	writes := b.Writes()
	again := b.do("a", note("x"))
	if !again.Repeated || again.Page != first.Page || b.Writes() != writes {
		t.Errorf("again: %+v, %d writes", again, b.Writes()-writes)
	}
	if _, err := b.engine.Do(t.Context(), "a", note("y")); !errors.Is(err, notion.ErrConflict) {
		t.Errorf("the id for another write: %v", err)
	}
	b.do("b", note("x")) // another id is another page
	if n := len(b.Pages("Note")); n != 2 {
		t.Errorf("%d pages", n)
	}
}

// TestEnded pins what is told of writes: each attempt once, and nothing of a write
// that was done before.
func TestEnded(t *testing.T) {
	b := newBench(t)
	var told []bool
	b.cfg.Ended = func(err error) { told = append(told, err == nil) }
	b.restart(nil)
	b.do("a", note("x"))
	b.do("a", note("x"))
	b.Fail(notiontest.Fault{Method: "POST", Suffix: "/v1/pages", Status: 400, Body: `{"object":"error","status":400,"code":"validation_error","message":"no"}`})
	if _, err := b.engine.Do(t.Context(), "b", note("y")); err == nil {
		t.Fatal("a write that was refused succeeded")
	}
	if diff := cmp.Diff([]bool{true, false}, told); diff != "" {
		t.Error(diff)
	}
}

func TestUnchangedReport(t *testing.T) {
	for _, target := range []string{"reports", "home"} {
		b := newBench(t)
		op := report("A", "12.50")
		if op.Target = target; target == "home" {
			op.Values = nil
		}
		b.do("a", op)
		writes := b.Writes()
		if o := b.do("b", op); !o.Unchanged || b.Writes() != writes {
			t.Errorf("%s: %+v, %d writes", target, o, b.Writes()-writes)
		}
		p, err := b.engine.Preview(t.Context(), op)
		if err != nil || p.Writes || p.Page == "" {
			t.Errorf("%s: preview %+v, %v", target, p, err)
		}
	}
}

func TestPreviewIsTheExactDiff(t *testing.T) {
	b := newBench(t)
	text := func(lines ...string) (out []*notion.Node) {
		for _, l := range lines {
			out = append(out, notion.Text(notion.Paragraph, l))
		}
		return out
	}
	op := report("A", "1")
	op.Nodes = text("same", "old")
	p, err := b.engine.Preview(t.Context(), op)
	if err != nil || !p.Writes || p.Page != "" || b.Writes() != 0 {
		t.Fatalf("%+v, %v, %d writes", p, err, b.Writes())
	}
	b.do("a", op)
	op.Nodes, op.Values = text("same", "new"), values("2")
	writes := b.Writes()
	p, err = b.engine.Preview(t.Context(), op)
	if err != nil || b.Writes() != writes {
		t.Fatal(err)
	}
	var got []string
	for _, c := range p.Changes {
		if !strings.HasPrefix(c.Line, "Key: ") {
			got = append(got, string(c.Op)+c.Line)
		}
	}
	want := []string{" Kind: report", " Month: 2026-03-01", " Name: March", "-Total: 1", "+Total: 2", " same", "-old", "+new"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if rows, _ := b.engine.Pending(t.Context()); len(rows) != 0 {
		t.Error("a preview left a row")
	}
	b.do("b", op)
	if p, _ = b.engine.Preview(t.Context(), op); p.Writes {
		t.Errorf("after the write: %+v", p)
	}
}

// Only what differs is written: here one row of one table.
func TestSmallChange(t *testing.T) {
	text := func(total string) []*notion.Node {
		nodes := content("A")
		return append(append(nodes[:2:2], notion.TableOf([][]string{{"total"}, {total}})), nodes[2:]...)
	}
	op := report("A", "1")
	op.Nodes = text("10")
	b := newBench(t)
	page := b.do("a", op).Page
	before := b.Outline(page)
	for i, change := range []struct {
		nodes            []*notion.Node
		written, trashed int
	}{
		{text("11"), 1, 1},
		{append(text("11"), notion.Text(notion.Quote, "more")), 1, 0},
		{text("11"), 0, 1},
		{text("11")[1:], 0, 1},
		{text("11"), 8, 7}, // nothing can be put before the first block: all is written again
		{append(text("11")[:1:1], text("11")[2:]...), 0, 1},
		{text("11"), 1, 0},
		{nil, 0, 8},
		{text("10"), 8, 0},
	} {
		op.Nodes = change.nodes
		b.clock.Sleep(t.Context(), time.Minute)
		o := b.do(fmt.Sprint("change ", i), op)
		if o.Blocks != change.written || o.Replaced != change.trashed {
			t.Errorf("change %d: wrote %d, trashed %d", i, o.Blocks, o.Replaced)
		}
		if p, err := b.engine.Preview(t.Context(), op); err != nil || p.Writes {
			t.Errorf("change %d: not as it should be: %+v %v", i, p, err)
		}
	}
	if d := cmp.Diff(before, b.Outline(page)); d != "" {
		t.Error(d)
	}
	for i := 8; i >= 0; i-- {
		b.do(fmt.Sprint("undo ", i), outbox.Op{Kind: outbox.Undo, Undoes: fmt.Sprint("change ", i)})
	}
	if d := cmp.Diff(before, b.Outline(page)); d != "" {
		t.Errorf("after undoing all: %s", d)
	}
}

// What people wrote on a report page stays when it is brought up to date, and so
// does what Append put there.
func TestPeoplesTextStays(t *testing.T) {
	b := newBench(t)
	page := b.do("a", report("A", "1")).Page
	b.AddText(page, "a person's remark")
	b.do("n", outbox.Op{Kind: outbox.Append, Page: page, Nodes: []*notion.Node{notion.Text(notion.Quote, "a note")}})
	b.AddPage(page, "a person's page")
	b.clock.Sleep(t.Context(), time.Minute)
	b.do("b", report("B", "2"))
	want := append(outlineOf("B"), "paragraph a person's remark", "quote a note", "page a person's page")
	b.outlineIs(page, want)
}

// A page that could not be seen when it was made (the index lags, or the answer
// was lost and came late) is found, or its duplicate is taken back.
func TestLateArrival(t *testing.T) {
	for _, lag := range []time.Duration{0, 3 * time.Second, 8 * time.Second} {
		b := newBenchWith(t, notiontest.Options{Lag: lag})
		b.Fail(notiontest.Fault{Method: "POST", Suffix: "/pages", At: notiontest.AfterApply})
		o := b.do("a", note("x"))
		b.clock.Sleep(t.Context(), time.Hour)
		if id := b.only("Note"); id != o.Page {
			t.Errorf("lag %v: the outcome names another page", lag)
		}
		b.outlineIs(o.Page, []string{"paragraph x"})
	}
}

// A request whose connection was cut arrives after all: before the look that
// decides, or after it was sent again.
func TestDelayedRequest(t *testing.T) {
	for _, delay := range []time.Duration{time.Second, 4 * time.Second, 7 * time.Second, 9 * time.Second} {
		for _, op := range []outbox.Op{note("x"), {Kind: outbox.Create, Target: "home", Title: "Note", Nodes: note("x").Nodes}} {
			for _, suffix := range []string{"/pages", "/children"} {
				b := newBench(t)
				method := map[string]string{"/pages": "POST", "/children": "PATCH"}[suffix]
				b.Fail(notiontest.Fault{Method: method, Suffix: suffix, At: notiontest.AppliedLater, Delay: delay})
				o := b.do("a", op)
				b.clock.Sleep(t.Context(), time.Hour)
				b.client.Me(t.Context())
				if id := b.only("Note"); id != o.Page {
					t.Errorf("%s delayed by %v: the outcome names another page", suffix, delay)
				}
				b.outlineIs(o.Page, []string{"paragraph x"})
			}
		}
	}
}

// The same, and the process dies before it could look.
func TestDelayedRequestOfAKilledProcess(t *testing.T) {
	for _, suffix := range []string{"/pages", "/children"} {
		b := newBench(t)
		step := map[string]string{"/pages": "after create", "/children": "after append"}[suffix]
		b.Fail(notiontest.Fault{Suffix: suffix, Method: map[string]string{"/pages": "POST", "/children": "PATCH"}[suffix], At: notiontest.AppliedLater, Delay: 8 * time.Second})
		b.restart(func(at string) {
			if at == step {
				panic(killed{})
			}
		})
		dies(t, func() { b.engine.Do(t.Context(), "a", note("x")) })
		b.clock.Sleep(t.Context(), 6*time.Second)
		b.restart(nil)
		o := b.do("a", note("x"))
		b.clock.Sleep(t.Context(), time.Hour)
		b.client.Me(t.Context())
		if id := b.only("Note"); id != o.Page {
			t.Errorf("%s: the outcome names another page", suffix)
		}
		b.outlineIs(o.Page, []string{"paragraph x"})
	}
}

// Every bad day: what the caller is told, what the row says, and what is on the
// page.
func TestBadDays(t *testing.T) {
	noRetry := notiontest.ErrorBody(429, "rate_limited", "slow down")
	cases := []struct {
		name  string
		ruin  func(b *bench)
		want  error
		state outbox.State
		code  string
	}{
		{"wrong token", func(b *bench) {
			b.Fail(notiontest.Fault{Status: 401, Body: notiontest.ErrorBody(401, "unauthorized", ""), Times: 99})
		}, notion.ErrDenied, outbox.Failed, "denied"},
		{"removed parent", func(b *bench) { b.Forget(b.source) }, notion.ErrNotFound, outbox.Failed, "not_found"},
		{"parent in the trash", func(b *bench) { b.SetTrash(b.home, true) }, notion.ErrNotAllowed, outbox.Failed, "not_allowed"},
		{"public parent", func(b *bench) { b.SetPublic(b.home, true) }, notion.ErrPublic, outbox.Failed, "public"},
		{"renamed property", func(b *bench) { b.RenameProperty(b.source, "Total", "Sum") }, notion.ErrInvalid, outbox.Failed, "invalid"},
		{"renamed key", func(b *bench) { b.RenameProperty(b.source, "Key", "Kee") }, notion.ErrInvalid, outbox.Failed, "invalid"},
		{"a 400 for the page", func(b *bench) {
			b.Fail(notiontest.Fault{Method: "POST", Suffix: "/pages", Status: 400, Body: notiontest.ErrorBody(400, "validation_error", "body failed validation: body.properties.X.number should be a number, instead was `4111`.")})
		}, notion.ErrInvalid, outbox.Failed, "invalid"},
		{"a 400 for the content", func(b *bench) {
			b.Fail(notiontest.Fault{Method: "PATCH", Suffix: "/children", Status: 400, Body: notiontest.ErrorBody(400, "validation_error", "")})
		}, outbox.ErrPending, outbox.Pending, "invalid"},
		{"an hour-long Retry-After", func(b *bench) {
			b.Fail(notiontest.Fault{Method: "POST", Suffix: "/pages", Status: 429, RetryAfter: "3600", Body: noRetry})
		}, notion.ErrRateLimited, outbox.Pending, "rate_limited"},
		{"down", func(b *bench) { b.Fail(notiontest.Fault{Status: 503, Times: 99}) }, notion.ErrUnavailable, outbox.Pending, "unavailable"},
		{"down for writes", func(b *bench) { b.Fail(notiontest.Fault{Method: "POST", Suffix: "/pages", Status: 503, Times: 99}) }, notion.ErrAmbiguous, outbox.Pending, "unknown_outcome"},
		{"unknown target", nil, notion.ErrNotAllowed, outbox.Failed, "not_allowed"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			op := report("A", "1")
			if c.ruin == nil {
				op.Target = "elsewhere"
			} else {
				c.ruin(b)
			}
			row := b.fails("a", op, c.want)
			if row.State != c.state || row.LastCode != c.code || row.Owner != "" {
				t.Errorf("the row is %s (%s), owned by %q", row.State, row.LastCode, row.Owner)
			}
			if n := len(b.Pages("March")); n > 1 || n == 1 && c.state == outbox.Failed {
				t.Errorf("%d pages", n)
			}
			if c.name == "unknown target" || c.name == "removed parent" || strings.HasPrefix(c.name, "renamed") {
				return
			}
			b.ClearFaults()
			b.SetTrash(b.home, false)
			b.SetPublic(b.home, false)
			b.clock.Sleep(t.Context(), 2*time.Hour)
			if _, err := b.engine.Retry(t.Context(), "a"); err != nil {
				t.Errorf("after repair: %v", err)
			}
			b.outlineIs(b.only("March"), outlineOf("A"))
		})
	}
}

// A parent that is shared in the moment between the check and the write.
func TestSharedMeanwhile(t *testing.T) {
	b := newBench(t)
	n := 0
	b.restart(func(step string) {
		if step == "before create" && n == 0 {
			n++
			b.SetPublic(b.home, true)
		}
	})
	row := b.fails("a", report("A", "1"), notion.ErrPublic)
	if len(b.Pages("March")) != 0 || row.State != outbox.Failed {
		t.Errorf("%d pages are left, the row is %s", len(b.Pages("March")), row.State)
	}
}

func TestUndoRefuses(t *testing.T) {
	b := newBench(t)
	undo := func(id, what string, force bool) error {
		_, err := b.engine.Do(t.Context(), id, outbox.Op{Kind: outbox.Undo, Undoes: what, Force: force})
		return err
	}
	if err := undo("u0", "nothing", false); !errors.Is(err, notion.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
	page := b.do("a", report("A", "1")).Page
	b.clock.Sleep(t.Context(), time.Minute)
	b.do("b", report("B", "2"))
	if err := undo("u1", "a", false); !errors.Is(err, notion.ErrConflict) {
		t.Errorf("below a later write: %v", err)
	}
	b.AddText(page, "mine")
	if err := undo("u2", "b", false); !errors.Is(err, notion.ErrConflict) {
		t.Errorf("edited since: %v", err)
	}
	if err := undo("u3", "b", true); err != nil {
		t.Errorf("by force: %v", err)
	}
	b.outlineIs(page, append(outlineOf("A"), "paragraph mine"))
	if err := undo("u4", "b", true); err != nil {
		t.Errorf("twice: %v", err)
	}
	if err := undo("u5", "u3", true); !errors.Is(err, notion.ErrInvalid) {
		t.Errorf("an undo: %v", err)
	}
	b.do("c", report("A", "1"))
	if err := undo("u6", "c", true); !errors.Is(err, notion.ErrConflict) {
		t.Errorf("a write that wrote nothing: %v", err)
	}
}

// Another process holds the row: nobody else touches it until its lease ends.
func TestLease(t *testing.T) {
	b := newBench(t)
	b.Fail(notiontest.Fault{Method: "PATCH", Suffix: "/children", At: notiontest.BeforeApply, Times: 99})
	b.restart(func(step string) {
		if step == "after append" {
			panic(killed{})
		}
	})
	dies(t, func() { b.engine.Do(t.Context(), "a", note("x")) })
	b.ClearFaults()
	b.cfg.Owner = "another process"
	b.restart(nil)
	for name, f := range map[string]func() error{
		"again":   func() error { _, err := b.engine.Do(t.Context(), "a", note("x")); return err },
		"retry":   func() error { _, err := b.engine.Retry(t.Context(), "a"); return err },
		"abandon": func() error { _, err := b.engine.Abandon(t.Context(), "a"); return err },
	} {
		if err := f(); !errors.Is(err, outbox.ErrBusy) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.clock.Sleep(t.Context(), outbox.DefaultLease)
	if _, err := b.engine.Retry(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	b.outlineIs(b.only("Note"), []string{"paragraph x"})
}

// Of two processes that resume one row, one wins.
func TestStale(t *testing.T) {
	b := newBench(t)
	row := b.fails("a", func() outbox.Op {
		b.Fail(notiontest.Fault{Status: 503, Times: 99})
		return note("x")
	}(), outbox.ErrPending)
	b.ClearFaults()
	b.restart(func(step string) {
		if step == "before create" {
			row, _ := b.store.Get(t.Context(), "a")
			row.Rev++
			b.store.Update(t.Context(), row) // the other one was faster
		}
	})
	if _, err := b.engine.Do(t.Context(), "a", note("x")); !errors.Is(err, outbox.ErrBusy) {
		t.Errorf("got %v (row was at %d)", err, row.Rev)
	}
	b.restart(nil)
	b.clock.Sleep(t.Context(), outbox.DefaultLease)
	b.do("a", note("x"))
	b.only("Note")
}

// A write of a page whose last write was left unfinished finishes that first.
func TestUnfinishedIsFinishedFirst(t *testing.T) {
	b := newBench(t)
	b.restart(func(step string) {
		if step == "after create" {
			panic(killed{})
		}
	})
	dies(t, func() { b.engine.Do(t.Context(), "a", report("A", "1")) })
	b.restart(nil)
	b.clock.Sleep(t.Context(), time.Minute)
	b.do("b", report("B", "2"))
	b.outlineIs(b.only("March"), outlineOf("B"))
	row, _ := b.store.Get(t.Context(), "a")
	if row.State != outbox.Done {
		t.Errorf("the first is %s", row.State)
	}
}

func TestAbandon(t *testing.T) {
	b := newBench(t)
	b.Fail(notiontest.Fault{Method: "PATCH", Suffix: "/children", Status: 400, Body: notiontest.ErrorBody(400, "validation_error", "")})
	b.fails("a", note("x"), outbox.ErrPending)
	rows, err := b.engine.Pending(t.Context())
	if err != nil || len(rows) != 1 || rows[0].ID != "a" {
		t.Fatalf("%v %v", rows, err)
	}
	o, err := b.engine.Abandon(t.Context(), "a")
	if err != nil || o.Page != b.only("Note") || !o.Created {
		t.Errorf("%+v %v", o, err)
	}
	if _, err := b.engine.Retry(t.Context(), "a"); !errors.Is(err, notion.ErrConflict) {
		t.Errorf("retry: %v", err)
	}
	if _, err := b.engine.Do(t.Context(), "a", note("x")); !errors.Is(err, notion.ErrConflict) {
		t.Errorf("again: %v", err)
	}
	if rows, _ := b.engine.Pending(t.Context()); len(rows) != 0 {
		t.Errorf("%d rows are left", len(rows))
	}
	b.do("u", outbox.Op{Kind: outbox.Undo, Undoes: "a"})
	if n := len(b.Pages("Note")); n != 0 {
		t.Errorf("%d pages after undo", n)
	}
}

// A store that fails: what can't be recorded is not done.
func TestStoreFails(t *testing.T) {
	b := newBench(t)
	b.cfg.Store = brokenStore{b.store}
	b.restart(nil)
	if _, err := b.engine.Do(t.Context(), "a", note("x")); err == nil {
		t.Fatal("a write without its intent succeeded")
	}
	if b.Writes() != 0 {
		t.Errorf("%d writes", b.Writes())
	}
}

type ctx = context.Context

type brokenStore struct{ *outbox.Memory }

func (brokenStore) Put(_ ctx, _ outbox.Row) error    { return errors.New("disk full") }
func (brokenStore) Update(_ ctx, _ outbox.Row) error { return errors.New("disk full") }

// Two calls at once with one key make one page.
func TestAtOnce(t *testing.T) {
	b := newBench(t)
	errs := make(chan error)
	for i := range 4 {
		go func() {
			_, err := b.engine.Do(t.Context(), fmt.Sprint("call", i), report("A", "1"))
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil && !errors.Is(err, outbox.ErrBusy) {
			t.Error(err)
		}
	}
	b.outlineIs(b.only("March"), outlineOf("A"))
}

// The engine cleans what it is given, whoever made it.
func TestOpsAreCleaned(t *testing.T) {
	b := newBench(t)
	const evil = "https://evil.example/?d=1"
	nodes := []*notion.Node{notion.Text(notion.Paragraph, "see "+evil), {Kind: notion.Quote, Spans: []notion.Span{{Text: "x", Link: evil}}}, notion.TableOf([][]string{{evil}})}
	op := outbox.Op{Kind: outbox.Create, Target: "reports", Title: "a\nb " + evil, Nodes: nodes, Values: notion.Values{"Kind": {Type: "select", Text: "www.evil.example/x"}}}
	b.do("a", op)
	for _, r := range b.Requests() {
		if strings.Contains(string(r.Body), "evil") {
			t.Errorf("%s", r.Body)
		}
	}
	b.only("a b [link removed]")
	if nodes[0].Spans[0].Text != "see "+evil {
		t.Error("the caller's nodes were changed")
	}
	b.cfg.Content.Refuse = true
	b.restart(nil)
	if _, err := b.engine.Do(t.Context(), "b", op); !errors.Is(err, notion.ErrContent) {
		t.Errorf("refusing: %v", err)
	}
	if _, err := b.engine.Preview(t.Context(), op); !errors.Is(err, notion.ErrContent) {
		t.Errorf("refusing a preview: %v", err)
	}
}

func TestBadOps(t *testing.T) {
	b := newBench(t)
	for name, c := range map[string]struct {
		id string
		op outbox.Op
	}{
		"no id":              {"", note("x")},
		"long id":            {strings.Repeat("x", 201), note("x")},
		"page of append":     {"a", outbox.Op{Kind: outbox.Append, Page: "https://notion.so/x"}},
		"kind":               {"b", outbox.Op{Kind: "delete"}},
		"values below page":  {"c", outbox.Op{Kind: outbox.Create, Target: "home", Title: "x", Values: values("1")}},
		"type of a property": {"d", outbox.Op{Kind: outbox.Create, Target: "reports", Title: "x", Values: notion.Values{"Total": {Type: "rich_text"}}}},
		"long title":         {"t", outbox.Op{Kind: outbox.Create, Target: "reports", Title: strings.Repeat("x", 2001)}},
	} {
		if _, err := b.engine.Do(t.Context(), c.id, c.op); !errors.Is(err, notion.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	outside := b.AddPage("", "Private diary")
	if _, err := b.engine.Do(t.Context(), "e", outbox.Op{Kind: outbox.Append, Page: outside, Nodes: content("A")}); !errors.Is(err, notion.ErrNotAllowed) {
		t.Errorf("outside: %v", err)
	}
	if b.Writes() != 0 {
		t.Errorf("%d writes", b.Writes())
	}
}

// What two processes over one outbox do to one page they do one after the other.
func TestReplicasAtOnce(t *testing.T) {
	m := new(outbox.Memory)
	replicasAtOnce(t, m, m)
}

// replicasAtOnce runs two engines over what two processes see of one outbox.
func replicasAtOnce(t *testing.T, one, other outbox.Store) {
	b := newBench(t)
	engines := make([]*outbox.Engine, 2)
	for i, s := range []outbox.Store{one, other} {
		b.cfg.Store, b.cfg.Owner = s, fmt.Sprint("process ", i)
		b.restart(nil)
		engines[i] = b.engine
	}
	errs := make(chan error)
	for i := range 4 {
		go func() {
			_, err := engines[i%2].Do(t.Context(), fmt.Sprint("call", i), report("A", "1"))
			errs <- err
		}()
	}
	won := ""
	for range 4 {
		if err := <-errs; err != nil && !errors.Is(err, outbox.ErrBusy) {
			t.Error(err)
		}
	}
	page := b.only("March")
	b.outlineIs(page, outlineOf("A"))
	rows, err := one.List(t.Context(), outbox.Query{States: []outbox.State{outbox.Done}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if o, err := r.Written(); err == nil && o.Created {
			won = r.ID
		}
	}
	undoKeepsOthersAway(t, b, engines, other, won, page)
	orphanIsFinished(t, b, engines, one)
}

// undoKeepsOthersAway has one process take a page back while the other writes
// to it in the midst of that.
func undoKeepsOthersAway(t *testing.T, b *bench, engines []*outbox.Engine, s outbox.Store, id, page string) {
	b.cfg.Store, b.cfg.Owner = s, "process 2"
	met := errors.New("never tried")
	b.restart(func(step string) {
		if step == "before trash" {
			_, met = engines[0].Do(context.WithoutCancel(t.Context()), "meanwhile", report("B", "2"))
		}
	})
	if _, err := b.engine.Do(t.Context(), "undo", outbox.Op{Kind: outbox.Undo, Undoes: id}); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(met, outbox.ErrBusy) || !b.Trashed(page) {
		t.Errorf("a write in the midst of an undo: %v", met)
	}
}

// orphanIsFinished has a process die in a write, which another finds and
// finishes once the lease has run out.
func orphanIsFinished(t *testing.T, b *bench, engines []*outbox.Engine, s outbox.Store) {
	b.cfg.Store, b.cfg.Owner = s, "process 3"
	b.restart(func(step string) {
		if step == "after create" {
			panic(killed{})
		}
	})
	dies(t, func() { b.engine.Do(t.Context(), "left", note("x")) })
	if rows, err := engines[1].Orphans(t.Context()); err != nil || len(rows) != 0 {
		t.Errorf("before the lease ends: %v, %v", rows, err)
	}
	b.clock.Sleep(t.Context(), outbox.DefaultLease)
	rows, err := engines[1].Orphans(t.Context())
	if err != nil || len(rows) != 1 || rows[0].ID != "left" {
		t.Fatalf("%v, %v", rows, err)
	}
	if _, err := engines[1].Retry(t.Context(), "left"); err != nil {
		t.Fatal(err)
	}
	b.outlineIs(b.only("Note"), []string{"paragraph x"})
}

// An undo of a write that is not finished holds that write, and hands it back if
// it can't take it back.
func TestUndoOfUnfinished(t *testing.T) {
	b := newBench(t)
	b.Fail(notiontest.Fault{Method: "PATCH", Suffix: "/children", Status: 400, Body: `{"object":"error","status":400,"code":"validation_error","message":"no"}`, Times: 99})
	b.fails("a", note("x"), outbox.ErrPending)
	b.ClearFaults()
	page := b.only("Note")
	b.AddText(page, "mine")
	undo := outbox.Op{Kind: outbox.Undo, Undoes: "a"}
	if _, err := b.engine.Do(t.Context(), "u1", undo); !errors.Is(err, notion.ErrConflict) {
		t.Errorf("edited since: %v", err)
	}
	if row, _ := b.store.Get(t.Context(), "a"); row.State != outbox.Pending || row.Owner != "" {
		t.Errorf("left as %+v", row)
	}
	undo.Force = true
	if _, err := b.engine.Do(t.Context(), "u2", undo); err != nil {
		t.Fatal(err)
	}
	if row, _ := b.store.Get(t.Context(), "a"); row.State != outbox.Undone || !b.Trashed(page) {
		t.Errorf("left as %+v", row)
	}
}
