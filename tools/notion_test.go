package tools

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/gateway"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/counterfoil/counterfoil/policy"
)

// quickClock is the real day in which nobody waits: a sleep moves it.
type quickClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *quickClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *quickClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.mu.Unlock()
	return ctx.Err()
}

// desk is a rig with Notion: a stand-in of it, a database "reports" and a page
// "notes", both allow-listed, and a page that is not.
type desk struct {
	*rig
	*notiontest.Server
	log      bytes.Buffer // of the operator
	store    outbox.Memory
	database string
	source   string
	notes    string
	private  string
	first    *policy.Policy // the default
}

const deskToken = "ntn_test0123456789"

// wendy reads and writes.
var wendy = policy.Principal{Tenant: "default", Name: "wendy", Roles: []string{"analyst", "writer"}, Auth: "bearer"}

func newDesk(t testing.TB, opt notiontest.Options, change ...func(*desk, *gateway.Config)) *desk {
	t.Helper()
	d := &desk{}
	clock := &quickClock{now: testNow}
	opt.Now, opt.Token = clock.Now, deskToken
	d.Server = notiontest.New(opt)
	home := d.AddPage("", "Household")
	d.database, d.source = d.AddDatabase(home, "Reports", notiontest.Property{Name: "Name", Type: "title"}, notiontest.Property{Name: "Key", Type: "rich_text"}, notiontest.Property{Name: "Total", Type: "number"})
	d.notes = d.AddPage(home, "Notes")
	d.private = d.AddPage("", "Diary")
	web := httptest.NewServer(d.Server)
	t.Cleanup(web.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cfg := gateway.Config{
		Settings: notion.Settings{BaseURL: web.URL, Targets: []notion.Target{
			{Name: "reports", Kind: notion.TargetDatabase, ID: d.database, KeyProperty: "Key"},
			{Name: "notes", Kind: notion.TargetPage, ID: d.notes},
		}},
		Transport: transport, Token: func(context.Context) (string, error) { return deskToken, nil },
		Border: func(text string) error { return d.rig.Border(text) },
		Store:  &d.store, Clock: clock, Pace: new(notion.Pace),
	}
	for _, c := range change {
		c(d, &cfg)
	}
	way, err := gateway.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	d.rig = newRig(t, func(c *Config) {
		c.Notion = way
		c.Limits.CallsPerMinute = 10_000 // the test's clock stands still
		d.first = c.Policy
		c.Logger = slog.New(slog.NewTextHandler(&d.log, nil))
	})
	return d
}

// ask makes a call and accepts what is asked in the client.
func (d *desk) ask(t testing.TB, tool, args string) (Result, string) {
	t.Helper()
	first := d.Call(t.Context(), wendy, Call{Tool: tool, Args: []byte(args), CanAsk: true})
	if first.Question == nil {
		return first, ""
	}
	return d.Call(t.Context(), wendy, Call{Tool: tool, Args: []byte(args), CanAsk: true, Consent: &Consent{State: first.Question.State, Accepted: true}}), first.Question.Text
}

func (d *desk) written(t testing.TB, res Result) notionReported {
	t.Helper()
	if res.Err != nil {
		t.Fatalf("%v (%v)", res.Err, res.Err.Err)
	}
	var out notionReported
	if err := json.Unmarshal(res.Document, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (d *desk) replaysIdentically(t *testing.T) {
	t.Helper()
	before := len(d.Requests())
	policies := []*policy.Policy{d.first, d.cfg.Policy}
	for _, it := range d.records(t) {
		if !IsCall(it.Record) {
			continue
		}
		got := d.Replay(t.Context(), it.Record, it.Sidecar, func(digest string) (*policy.Policy, error) {
			for _, p := range policies {
				if sum := p.Digest(); hex.EncodeToString(sum[:]) == digest {
					return p, nil
				}
			}
			return nil, errors.New("no such policy")
		})
		if got.Verdict != Identical {
			t.Errorf("replay: %+v", got)
		}
	}
	if after := len(d.Requests()); after != before {
		t.Errorf("the replay sent %d requests to Notion", after-before)
	}
}

const october = `{"target":"reports","month":"2026-10","budgets":["Food=40.00 GBP","Rent=1500.00 GBP"]}`

// The whole way of a report: look, approve, write, again without a change,
// change, undo, replay.
func TestReport(t *testing.T) {
	d := newDesk(t, notiontest.Options{})
	look := d.written(t, d.call(t, wendy, "notion_upsert_report", strings.Replace(october, "{", `{"dry_run":true,`, 1)))
	if look.State != "preview" || !look.Writes || d.Writes() != 0 || len(look.Diff) < 40 {
		t.Fatalf("%+v after %d writes", look, d.Writes())
	}
	res, question := d.ask(t, "notion_upsert_report", october)
	made := d.written(t, res)
	if made.State != "created" || made.WriteID == "" || len(d.Pages("October 2026 · monthly report")) != 1 {
		t.Fatalf("%+v", made)
	}
	for _, line := range look.Diff {
		if !strings.Contains(question, line) {
			t.Errorf("the question lacks the line %q", line)
		}
	}
	outline := strings.Join(d.Outline(made.Page), "\n")
	for _, want := range []string{
		"row GBP | 2500.00 | 1253.59 | +1246.41", "row EUR | 0.00 | 30.00 | -30.00", "row 2026-10 | GBP | 2500.00 | 1253.59 | +1246.41",
		"row Rent | GBP | 1200.00 | 1200.00 | 0.00", "row Food | GBP | 40.00 | 42.60 | -2.60 | over", "row Rent | GBP | 1500.00 | 1200.00 | +300.00 | within",
		"row Grocer | GBP | 42.59 | 42.60 | +0.01", "row Streamflix | every month | GBP | 10.99 | 2026-11-02",
	} {
		if !strings.Contains(outline, want) {
			t.Errorf("the page lacks %q:\n%s", want, outline)
		}
	}
	writes := d.Writes()
	used := d.usageOf(d.last(t).Record.Principal).Pages
	res, question = d.ask(t, "notion_upsert_report", october)
	if again := d.written(t, res); again.State != "unchanged" || d.Writes() != writes || again.WriteID != "" || again.Page != made.Page || again.URL != made.URL {
		t.Errorf("again: %+v, %d writes", again, d.Writes()-writes)
	}
	if last := d.last(t).Record; question != "" || last.Phase != audit.PhaseOutcome || last.Decision != "ask" || !slices.Contains(last.Obligations, withoutEffect) {
		t.Errorf("somebody was asked about nothing: %q, %+v", question, last)
	}
	if d.usageOf(d.last(t).Record.Principal).Pages != used {
		t.Error("a report that was not written counts as a page")
	}
	res, question = d.ask(t, "notion_upsert_report", `{"target":"reports","month":"2026-10"}`)
	less := d.written(t, res)
	if less.State != "updated" || less.Page != made.Page || !strings.Contains(question, "-   | Food | GBP | 40.00") || strings.Contains(question, "Streamflix") {
		t.Errorf("without budgets: %+v after\n%s", less, question)
	}
	undo := `{"write_id":"` + less.WriteID + `"}`
	if res, _ := d.ask(t, "notion_undo", undo); res.Err == nil || res.Err.Code != CodeDenied {
		t.Errorf("an undo without the operator: %+v", res)
	}
	d.cfg.Policy = allowing(t)
	d.SetPolicy(d.cfg.Policy)
	if back := d.written(t, d.call(t, wendy, "notion_undo", undo)); back.State != "undone" || !strings.Contains(strings.Join(d.Outline(made.Page), "\n"), "row Food | GBP | 40.00") {
		t.Errorf("undone: %+v\n%s", back, strings.Join(d.Outline(made.Page), "\n"))
	}
	if res := d.call(t, alice, "notion_undo", undo); res.Err == nil || res.Err.Code != CodeNotFound {
		t.Errorf("somebody else's undo: %+v", res)
	}
	d.written(t, d.call(t, wendy, "notion_undo", `{"write_id":"`+made.WriteID+`"}`))
	if !d.Trashed(made.Page) {
		t.Error("the page is still there")
	}
	d.replaysIdentically(t)
}

// A rule that asks about a look at the diff is asked, also if nothing has
// changed: the answer would show the page.
func TestLookThatIsAsked(t *testing.T) {
	d := newDesk(t, notiontest.Options{})
	res, _ := d.ask(t, "notion_upsert_report", october)
	d.written(t, res)
	text := "name: asks\nafter:\n  match:\n    - output: ask(\"Look?\").via(\"client\")\nrelease:\n  match:\n    - output: allow()\n"
	p, err := policy.Compile(policy.Source{Name: "policy.yaml", Text: []byte(text)}, Schemas())
	if err != nil {
		t.Fatal(err)
	}
	d.SetPolicy(p)
	if res, question := d.ask(t, "notion_upsert_report", strings.Replace(october, "{", `{"dry_run":true,`, 1)); question == "" || res.Err != nil {
		t.Errorf("asked %q, %+v", question, res.Err)
	}
	if res, question := d.ask(t, "notion_upsert_report", october); question != "" || res.Err != nil {
		t.Errorf("asked %q, %+v", question, res.Err)
	}
}

// allowing is a policy that lets everything through.
func allowing(t testing.TB) *policy.Policy {
	t.Helper()
	p, err := policy.Compile(policy.Source{Name: "policy.yaml", Text: []byte("name: all\nafter:\n  match:\n    - output: allow()\nrelease:\n  match:\n    - output: allow()\n")}, Schemas())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newFreeDesk is a desk under a policy that allows everything.
func newFreeDesk(t testing.TB, opt notiontest.Options, change ...func(*desk, *gateway.Config)) *desk {
	d := newDesk(t, opt, change...)
	d.cfg.Policy = allowing(t)
	d.SetPolicy(d.cfg.Policy)
	return d
}

func TestFreeText(t *testing.T) {
	d := newFreeDesk(t, notiontest.Options{})
	create := `{"target":"reports","title":"Plan","content":"# Hi\n\n![x](https://evil.example/a.png) see [this](https://evil.example/?d=1) and GB29 NWBK 6016 1331 9268 19","properties":["Total=12.50"],"request_id":"r1"}`
	made := d.written(t, d.call(t, wendy, "notion_create_page", create))
	text := strings.Join(d.Outline(made.Page), "\n")
	if strings.Contains(text, "evil") || strings.Contains(strings.ReplaceAll(text, " ", ""), "60161331926819") || !strings.Contains(text, "IBAN_") && !strings.Contains(text, "ACCT_") {
		t.Errorf("the page says\n%s", text)
	}
	if d.PropertyText(made.Page, "Total") != "12.50" {
		t.Errorf("total %q", d.PropertyText(made.Page, "Total"))
	}
	if len(made.Warnings) != 2 {
		t.Errorf("warnings %q", made.Warnings)
	}
	if again := d.written(t, d.call(t, wendy, "notion_create_page", create)); !again.Repeated || again.Page != made.Page || len(d.Pages("Plan")) != 1 {
		t.Errorf("again: %+v", again)
	}
	if res := d.call(t, wendy, "notion_create_page", strings.Replace(create, "# Hi", "# Ho", 1)); res.Err == nil || res.Err.Code != CodeConflict || !strings.Contains(res.Err.Message, "used for another write") {
		t.Errorf("the id for something else: %+v", res)
	}
	if res := d.call(t, alice, "notion_create_page", create); res.Err != nil || len(d.Pages("Plan")) != 2 {
		t.Errorf("another principal's request id: %+v", res)
	}
	added := d.written(t, d.call(t, wendy, "notion_append_blocks", `{"page":"`+made.Page+`","content":"more","request_id":"r2"}`))
	if added.State != "appended" || !slices.Contains(d.Outline(made.Page), "paragraph more") {
		t.Errorf("%+v, %q", added, d.Outline(made.Page))
	}
	d.written(t, d.call(t, wendy, "notion_undo", `{"write_id":"`+added.WriteID+`"}`))
	if slices.Contains(d.Outline(made.Page), "paragraph more") {
		t.Error("what was added is still there")
	}
	d.replaysIdentically(t)
}

// TestRepeatedRequestAsksNobody: the same request id again would write nothing,
// so nobody is asked, and the outcome is the first one's.
func TestRepeatedRequestAsksNobody(t *testing.T) {
	d := newDesk(t, notiontest.Options{})
	create := `{"target":"reports","title":"Plan","content":"one","request_id":"r1"}`
	res, question := d.ask(t, "notion_create_page", create)
	if !strings.Contains(question, "A new Notion page") {
		t.Fatalf("asked %q, %+v", question, res.Err)
	}
	made, writes := d.written(t, res), d.Writes()
	res, question = d.ask(t, "notion_create_page", create)
	if again := d.written(t, res); question != "" || !again.Repeated || again.Page != made.Page || again.WriteID != made.WriteID || d.Writes() != writes {
		t.Errorf("asked %q; %+v, %d writes", question, again, d.Writes()-writes)
	}
	add := `{"page":"` + made.Page + `","content":"more","request_id":"r2"}`
	if res, question = d.ask(t, "notion_append_blocks", add); question == "" {
		t.Fatalf("not asked: %+v", res.Err)
	}
	added, writes := d.written(t, res), d.Writes()
	res, question = d.ask(t, "notion_append_blocks", add)
	if again := d.written(t, res); question != "" || !again.Repeated || again.WriteID != added.WriteID || d.Writes() != writes {
		t.Errorf("asked %q; %+v, %d writes", question, again, d.Writes()-writes)
	}
	if _, question = d.ask(t, "notion_create_page", strings.Replace(create, "r1", "r3", 1)); question == "" {
		t.Error("another request id was not asked about")
	}
	d.replaysIdentically(t)
}

func TestReadNotion(t *testing.T) {
	d := newFreeDesk(t, notiontest.Options{})
	for _, title := range []string{"A", "B", "C"} {
		d.AddRow(d.source, title)
	}
	res := d.call(t, wendy, "notion_list_targets", `{}`)
	mustHave(t, res.Document, `"name":"reports"`)
	mustHave(t, res.Document, `{"name":"Total","type":"number"}`)
	mustLack(t, res.Document, `"Key"`)
	first := d.call(t, wendy, "notion_query", `{"target":"reports","sort_by":"Name","limit":2}`)
	var page list[notionPage]
	if err := json.Unmarshal(first.Document, &page); err != nil || len(page.Items) != 2 || page.NextCursor == "" {
		t.Fatalf("%v %+v %s", err, first.Err, first.Document)
	}
	rest := d.call(t, wendy, "notion_query", `{"target":"reports","sort_by":"Name","limit":2,"cursor":"`+page.NextCursor+`"}`)
	mustHave(t, rest.Document, `"title":"C"`)
	mustLack(t, rest.Document, `"title":"A"`)
	one := d.call(t, wendy, "notion_query", `{"target":"reports","filter_by":"Name","filter_value":"B"}`)
	mustHave(t, one.Document, `"title":"B"`)
	mustLack(t, one.Document, `"title":"A"`)
	for args, want := range map[string]string{
		`{"target":"nowhere"}`: "invalid|denied",
		`{"target":"notes"}`:   "target: is a page",
		`{"target":"reports","filter_by":"Nmae","filter_value":"x"}`:  "filter_by: names no property",
		`{"target":"reports","sort_by":"Nmae"}`:                       "sort_by: names no property",
		`{"target":"reports","filter_by":"Total","filter_value":"x"}`: "filter_value: must be a number",
	} {
		res := d.call(t, wendy, "notion_query", args)
		if res.Err == nil || !strings.Contains(res.Err.Error(), strings.TrimPrefix(want, "invalid|")) {
			t.Errorf("%s: %+v", args, res.Err)
		}
	}
	d.replaysIdentically(t)
}

// A Gate without Notion has none of its tools.
func TestWithoutNotion(t *testing.T) {
	r := newRig(t)
	for _, s := range r.Specs() {
		if strings.HasPrefix(s.Name, "notion_") {
			t.Errorf("%s is listed", s.Name)
		}
	}
	if res := r.call(t, wendy, "notion_list_targets", `{}`); res.Err == nil || res.Err.Code != CodeNotFound {
		t.Errorf("%+v", res)
	}
}
