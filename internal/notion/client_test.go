package notion_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
	"github.com/google/go-cmp/cmp"
)

// Each version creates, fills, reads, changes, trashes and restores.
func TestEveryVersion(t *testing.T) {
	for _, v := range versions {
		t.Run(string(v), func(t *testing.T) {
			ctx := t.Context()
			b := newBench(t, v, notiontest.Options{Token: testToken})
			root := b.AddPage("", "Finance")
			db, ds := b.AddDatabase(root, "Reports", schema...)
			parent := notion.Parent{Type: notion.ParentDataSource, DataSourceID: ds}
			source := ds
			if v == notion.V20220628 {
				parent, source = notion.Parent{Type: notion.ParentDatabase, DatabaseID: db}, db
			}
			page, err := b.client.CreatePage(ctx, notion.CreateRequest{Parent: parent, Properties: notion.Values{
				"Name": {Type: "title", Text: "March"}, "Key": {Type: "rich_text", Text: "k1"}, "Month": {Type: "date", Text: "2026-03-01"},
				"Total": {Type: "number", Text: "-12.50"}, "Kind": {Type: "select", Text: "report"}, "Done": {Type: "checkbox", Checked: true},
				"Tags": {Type: "multi_select", Names: []string{"a", "b"}},
			}, Children: []*notion.Node{notion.Text(notion.Heading1, "Hello")}})
			if err != nil {
				t.Fatal(err)
			}
			if page.Title() != "March" || page.Sharing != notion.Private || page.InTrash || page.CreatedBy != notiontest.Bot {
				t.Errorf("page %+v", page)
			}
			want := map[string]string{"Name": "March", "Key": "k1", "Month": "2026-03-01", "Total": "-12.50", "Kind": "report", "Done": "true", "Tags": "a, b"}
			for name, text := range want {
				if got := page.Properties[name].Plain(); got != text {
					t.Errorf("%s: got %q, want %q", name, got, text)
				}
			}
			checkBlocks(t, b, page.ID)
			checkQuery(t, b, source, page.ID)
			checkTrash(t, b, page.ID)
		})
	}
}

func checkBlocks(t *testing.T, b *bench, page string) {
	t.Helper()
	ctx := t.Context()
	first, err := b.client.Append(ctx, page, []*notion.Node{notion.Text(notion.Paragraph, "one"), notion.Text(notion.Paragraph, "three")}, "")
	if err != nil || len(first) != 2 {
		t.Fatal(first, err)
	}
	if _, err := b.client.Append(ctx, page, []*notion.Node{notion.Text(notion.Quote, "two")}, first[0].ID); err != nil {
		t.Fatal(err)
	}
	want := []string{"heading_1 Hello", "paragraph one", "quote two", "paragraph three"}
	if d := cmp.Diff(want, b.Outline(page)); d != "" {
		t.Error(d)
	}
	tree, err := b.client.Tree(ctx, page, 100)
	if d := cmp.Diff([]string{"# Hello", "one", "> two", "three"}, notion.Lines(tree)); d != "" || err != nil {
		t.Error(d, err)
	}
	if err := b.client.TrashBlock(ctx, first[0].ID); err != nil {
		t.Error(err)
	}
	if got := b.Outline(page); len(got) != 3 {
		t.Errorf("after trashing: %q", got)
	}
	if err := b.client.RestoreBlock(ctx, first[0].ID); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(want, b.Outline(page)); d != "" {
		t.Error(d)
	}
}

func checkQuery(t *testing.T, b *bench, source, page string) {
	t.Helper()
	l, err := b.client.Query(t.Context(), source, notion.QueryRequest{
		Filter: &notion.Filter{And: []notion.Filter{
			{Property: "Key", Type: "rich_text", Op: "equals", Value: "k1"}, {Property: "Done", Type: "checkbox", Op: "equals", Value: true},
			{Property: "Total", Type: "number", Op: "less_than", Value: json.Number("-12")},
		}},
		Sorts: []notion.Sort{{Property: "Month", Descending: true}, {Timestamp: "created_time"}}, Size: 5,
	})
	if err != nil || len(l.Results) != 1 || l.Results[0].ID != page {
		t.Errorf("query: %v %v", l.Results, err)
	}
}

func checkTrash(t *testing.T, b *bench, page string) {
	t.Helper()
	for _, trash := range []bool{true, true, false} {
		p, err := b.client.TrashPage(t.Context(), page, trash)
		if err != nil || p.InTrash != trash || b.Trashed(page) != trash {
			t.Errorf("trash %v: %v %v", trash, p.InTrash, err)
		}
	}
	p, err := b.client.SetProperties(t.Context(), page, notion.Values{"Total": {Type: "number", Clear: true}})
	if err != nil || p.Properties["Total"].Plain() != "" || p.Properties["Key"].Plain() != "k1" {
		t.Errorf("set: %+v %v", p.Properties, err)
	}
}

func TestPagination(t *testing.T) {
	b := newBench(t, notion.V20260311, notiontest.Options{})
	page := b.AddPage("", "Long")
	for i := range 250 {
		b.AddText(page, fmt.Sprint(i))
	}
	all, err := b.client.AllChildren(t.Context(), page, 1000)
	if err != nil || len(all) != 250 || all[249].Spans[0].Text != "249" {
		t.Fatalf("%d blocks, %v", len(all), err)
	}
	if _, err := b.client.AllChildren(t.Context(), page, 249); !errors.Is(err, notion.ErrInvalid) {
		t.Errorf("beyond the limit: %v", err)
	}
	if _, err := b.client.Query(t.Context(), page, notion.QueryRequest{Size: 101}); !errors.Is(err, notion.ErrInvalid) {
		t.Errorf("page size: %v", err)
	}
	for _, cursor := range []string{"my account is 12-34-56", strings.Repeat("a", 129), "a/b"} {
		if _, err := b.client.Query(t.Context(), page, notion.QueryRequest{Size: 1, Cursor: cursor}); !errors.Is(err, notion.ErrInvalid) {
			t.Errorf("cursor %.20q: %v", cursor, err)
		}
	}
}

func TestMarkdownEndpoints(t *testing.T) {
	ctx := t.Context()
	b := newBench(t, notion.V20260311, notiontest.Options{})
	page := b.AddPage("", "Notes")
	nodes := []*notion.Node{notion.Text(notion.Heading2, "A <mention-user/> $x$"), {Kind: notion.ToDo, Checked: true, Spans: []notion.Span{{Text: "b"}}}}
	if _, err := b.client.InsertMarkdown(ctx, page, nodes); err != nil {
		t.Fatal(err)
	}
	m, err := b.client.Markdown(ctx, page)
	if err != nil || m.Markdown != "## A <mention-user/> $x$\n- [x] b" {
		t.Errorf("%q %v", m.Markdown, err)
	}
	if _, err := b.client.ReplaceMarkdown(ctx, page, nodes[1:]); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"to_do b"}, b.Outline(page)); d != "" {
		t.Error(d)
	}
	old := newBench(t, notion.V20220628, notiontest.Options{})
	if _, err := old.client.InsertMarkdown(ctx, page, nodes); !errors.Is(err, notion.ErrInvalid) {
		t.Errorf("old version: %v", err)
	}
}

// Refused is what an answer becomes: the sentinel and a text without anything
// of the request's or the server's.
func TestErrors(t *testing.T) {
	const secret = "4111111111111111"
	body := func(status int, code, msg string) string { return notiontest.ErrorBody(status, code, msg) }
	cases := []struct {
		name        string
		status      int
		body, ctype string
		want        error
		says        string
	}{
		{"token", 401, body(401, "unauthorized", "API token is invalid."), "", notion.ErrDenied, "the token is not valid"},
		{"capability", 403, body(403, "restricted_resource", "no "+secret), "", notion.ErrDenied, "lacks a capability"},
		{"not found", 404, body(404, "object_not_found", "Could not find page with ID: "+secret), "", notion.ErrNotFound, "not shared"},
		{"validation", 400, body(400, "validation_error", "body failed validation: body.children[0].paragraph.rich_text[3].text.content.length should be ≤ `2000`, instead was `"+secret+"`."), "", notion.ErrInvalid, "body.children[0].paragraph.rich_text[3].text.content.length (should be ≤ 2000)"},
		{"renamed", 400, body(400, "validation_error", secret+" is not a property that exists."), "", notion.ErrInvalid, "a property does not exist"},
		{"retyped", 400, body(400, "validation_error", secret+" is expected to be rich_text."), "", notion.ErrInvalid, "rich_text is expected"},
		{"retyped to something odd", 400, body(400, "validation_error", "x is expected to be "+secret+"."), "", notion.ErrInvalid, ""},
		{"path of a property", 400, body(400, "validation_error", "body failed validation: body.properties."+secret+".number should be a number, instead was `\"x\"`."), "", notion.ErrInvalid, "body.properties.….number (should be a number)"},
		{"trashed", 400, body(400, "validation_error", "Can't edit block that is archived."), "", notion.ErrInvalid, "in the trash"},
		{"unknown text", 400, body(400, "validation_error", "bad "+secret), "", notion.ErrInvalid, "validation failed"},
		{"unknown code", 400, body(400, secret, ""), "", notion.ErrInvalid, ""},
		{"too large", 413, body(413, "validation_error", ""), "", notion.ErrInvalid, "too large"},
		{"conflict", 409, body(409, "conflict_error", secret), "", notion.ErrConflict, ""},
		{"html 502", 502, "<html>" + secret + "</html>", "text/html", notion.ErrUnavailable, ""},
		{"html 400", 400, "<html>" + secret + "</html>", "text/html", notion.ErrInvalid, ""},
		{"teapot", 418, secret, "text/plain", notion.ErrInvalid, ""},
		{"200 without JSON", 200, "<html>" + secret, "text/html", notion.ErrUnavailable, "not what Notion sends"},
		{"200 of another shape", 200, `{"object":"page","id":"` + secret + `"}`, "", notion.ErrUnavailable, ""},
	}
	for _, c := range cases {
		b := newBench(t, notion.V20260311, notiontest.Options{})
		page := b.AddPage("", "x")
		b.Fail(notiontest.Fault{Status: c.status, Body: c.body, ContentType: c.ctype, Times: 100})
		_, err := b.client.Page(t.Context(), page)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v", c.name, err)
			continue
		}
		for _, bad := range []string{secret, testToken, page, "127.0.0.1", "html"} {
			if strings.Contains(err.Error(), bad) {
				t.Errorf("%s: %q is in %q", c.name, bad, err)
			}
		}
		if !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q does not say %q", c.name, err, c.says)
		}
	}
}

func TestRequestIDForSupport(t *testing.T) {
	b := newBench(t, notion.V20260311, notiontest.Options{Token: "other"})
	_, err := b.client.Me(t.Context())
	var e *notion.Error
	if !errors.As(err, &e) || len(e.RequestID) != 36 || e.Code != "unauthorized" {
		t.Errorf("%+v", e)
	}
}

// What is tried again, how often, and what that comes to.
func TestRetries(t *testing.T) {
	type call func(context.Context, *bench, string) error
	read := func(ctx context.Context, b *bench, id string) error { _, err := b.client.Page(ctx, id); return err }
	state := func(ctx context.Context, b *bench, id string) error {
		_, err := b.client.TrashPage(ctx, id, true)
		return err
	}
	write := func(ctx context.Context, b *bench, id string) error {
		_, err := b.client.Append(ctx, id, []*notion.Node{notion.Text(notion.Paragraph, "x")}, "")
		return err
	}
	cases := []struct {
		name   string
		call   call
		fault  notiontest.Fault
		want   error
		tries  int // requests that reached the server's handler or were cut
		blocks int // on the page afterwards
	}{
		{"429 on a write", write, notiontest.Fault{Status: 429, Times: 2}, nil, 3, 1},
		{"529 on a write", write, notiontest.Fault{Status: 529, Times: 2}, nil, 3, 1},
		{"429 for ever", write, notiontest.Fault{Status: 429, Times: 100}, notion.ErrRateLimited, 5, 0},
		{"500 on a read", read, notiontest.Fault{Status: 500, Times: 2}, nil, 3, 0},
		{"503 on a read for ever", read, notiontest.Fault{Status: 503, Times: 100}, notion.ErrUnavailable, 5, 0},
		{"502 on a state", state, notiontest.Fault{Status: 502, Times: 1}, nil, 2, 0},
		{"409 on a read", read, notiontest.Fault{Status: 409, Times: 1}, nil, 2, 0},
		{"409 on a write", write, notiontest.Fault{Status: 409, Times: 1}, notion.ErrConflict, 1, 0},
		{"500 on a write", write, notiontest.Fault{Status: 500, Times: 1}, notion.ErrAmbiguous, 1, 0},
		{"503 on a write", write, notiontest.Fault{Status: 503, Times: 1}, notion.ErrAmbiguous, 1, 0},
		{"504 after a write", write, notiontest.Fault{At: notiontest.AppliedThenStatus, Status: 504}, notion.ErrAmbiguous, 1, 1},
		{"400 on a write", write, notiontest.Fault{Status: 400}, notion.ErrInvalid, 1, 0},
	}
	for _, cut := range notiontest.Cuts {
		done := 0
		if cut.Applied() {
			done = 1
		}
		cases = append(cases, struct {
			name   string
			call   call
			fault  notiontest.Fault
			want   error
			tries  int
			blocks int
		}{"write cut " + cut.String(), write, notiontest.Fault{At: cut}, notion.ErrAmbiguous, 1, done})
		cases = append(cases, struct {
			name   string
			call   call
			fault  notiontest.Fault
			want   error
			tries  int
			blocks int
		}{"read cut " + cut.String(), read, notiontest.Fault{At: cut, Times: 2}, nil, 3, 0})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, notion.V20260311, notiontest.Options{})
			page := b.AddPage("", "x")
			tries := &counting{base: b.cfg.Transport}
			b.cfg.Transport = tries
			b.client = b.open(t)
			b.Fail(c.fault)
			if err := c.call(t.Context(), b, page); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if tries.n != c.tries {
				t.Errorf("%d tries, want %d", tries.n, c.tries)
			}
			if got := len(b.Outline(page)); got != c.blocks {
				t.Errorf("%d blocks, want %d", got, c.blocks)
			}
			for _, body := range tries.bodies {
				if body != tries.bodies[0] {
					t.Error("the body was not replayed as it was")
				}
			}
		})
	}
}

type counting struct {
	base   http.RoundTripper
	n      int
	bodies []string
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n++
	if r.GetBody != nil {
		rc, _ := r.GetBody()
		b, _ := io.ReadAll(rc)
		c.bodies = append(c.bodies, string(b))
	}
	return c.base.RoundTrip(r)
}

func TestNothingListens(t *testing.T) {
	b := newBench(t, notion.V20260311, notiontest.Options{})
	b.http.Close()
	_, err := b.client.Append(t.Context(), notiontest.Bot, []*notion.Node{notion.Text(notion.Paragraph, "x")}, "")
	if !errors.Is(err, notion.ErrUnavailable) {
		t.Errorf("got %v: a connection that never came about is not ambiguous", err)
	}
}

// TestNoConnectionIsToldSoon pins that a call hears within seconds that no connection
// comes about, whether each attempt fails at once or takes its time.
func TestNoConnectionIsToldSoon(t *testing.T) {
	for takes, attempts := range map[time.Duration]int{0: 4, time.Second: 3, 10 * time.Second: 1} {
		b := newBench(t, notion.V20260311, notiontest.Options{})
		b.http.Close()
		begun := b.clock.Now()
		slow := &counting{base: b.cfg.Transport}
		b.cfg.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			b.clock.Sleep(r.Context(), takes)
			return slow.RoundTrip(r)
		})
		_, err := b.open(t).Append(t.Context(), notiontest.Bot, []*notion.Node{notion.Text(notion.Paragraph, "x")}, "")
		if took := b.clock.Now().Sub(begun); !errors.Is(err, notion.ErrUnavailable) || took > takes+5*time.Second || slow.n != attempts {
			t.Errorf("each attempt takes %v: %v after %v and %d attempts, want %d", takes, err, took, slow.n, attempts)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"7":                             7*time.Second + 125*time.Millisecond,
		"Sun, 01 Mar 2026 12:00:09 GMT": 9*time.Second + 125*time.Millisecond,
		"0":                             125 * time.Millisecond,
		"soon":                          375 * time.Millisecond,
		"":                              375 * time.Millisecond,
		"-5":                            375 * time.Millisecond,
	} {
		b := newBench(t, notion.V20260311, notiontest.Options{})
		b.Fail(notiontest.Fault{Status: 429, RetryAfter: header, Body: notiontest.ErrorBody(429, "rate_limited", "")})
		if _, err := b.client.Me(t.Context()); err != nil {
			t.Errorf("%q: %v", header, err)
		}
		if got := b.clock.slept(); got != want {
			t.Errorf("%q: slept %v, want %v", header, got, want)
		}
	}
}

// A wait that is too long ends the call at once, and later calls too, without
// asking the server again.
func TestHourLongRetryAfter(t *testing.T) {
	for _, header := range []string{"3600", "99999999999", "18446744073709551615"} {
		b := newBench(t, notion.V20260311, notiontest.Options{})
		b.Fail(notiontest.Fault{Status: 429, RetryAfter: header, Body: notiontest.ErrorBody(429, "rate_limited", "")})
		_, err := b.client.Me(t.Context())
		var e *notion.Error
		if !errors.Is(err, notion.ErrRateLimited) {
			t.Fatalf("%s: %v", header, err)
		}
		if header == "3600" && (!errors.As(err, &e) || e.Wait != time.Hour || !strings.Contains(err.Error(), "try again in 3600 s")) {
			t.Errorf("%s: %v", header, err)
		}
		if b.clock.slept() != 0 {
			t.Errorf("%s: slept %v", header, b.clock.slept())
		}
		asked := len(b.Requests())
		if _, err := b.client.Me(t.Context()); !errors.Is(err, notion.ErrRateLimited) {
			t.Errorf("%s: the next call: %v", header, err)
		}
		if len(b.Requests()) != asked {
			t.Errorf("%s: the server was asked again", header)
		}
		b.clock.Sleep(t.Context(), time.Hour)
		if _, err := b.client.Me(t.Context()); err != nil {
			t.Errorf("%s: an hour later: %v", header, err)
		}
	}
}

// Clients with one token share three requests a second; another token has its own.
func TestPace(t *testing.T) {
	b := newBench(t, notion.V20260311, notiontest.Options{RatePerSecond: 3, Burst: 3})
	other := b.open(t)
	start := b.clock.Now()
	for i := range 30 {
		c := b.client
		if i%2 == 1 {
			c = other
		}
		if _, err := c.Me(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if took := b.clock.Now().Sub(start); took < 9*time.Second-time.Millisecond*10 || took > 10*time.Second {
		t.Errorf("30 requests took %v", took)
	}
	for _, r := range b.Requests() {
		if r.Status == 429 {
			t.Fatal("the server had to refuse")
		}
	}
	b.clock.Sleep(t.Context(), time.Second)
	before := b.clock.slept()
	cfg := b.cfg
	cfg.Token = func(context.Context) (string, error) { return "ntn_other", nil }
	third, _ := notion.New(cfg)
	third.Me(t.Context())
	if b.clock.slept() != before {
		t.Error("another token had to wait")
	}
}

func TestContextEnds(t *testing.T) {
	b := newBench(t, notion.V20260311, notiontest.Options{})
	page := b.AddPage("", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.client.Page(ctx, page); !errors.Is(err, context.Canceled) {
		t.Errorf("before: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	b.cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		cancel()
		return resp, err
	})
	b.client = b.open(t)
	_, err := b.client.Append(ctx, page, []*notion.Node{notion.Text(notion.Paragraph, "x")}, "")
	if err != nil && !errors.Is(err, notion.ErrAmbiguous) {
		t.Errorf("during a write: %v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The token is in one header and nowhere else.
func TestTokenStaysInItsHeader(t *testing.T) {
	b := newBench(t, notion.V20260311, notiontest.Options{Token: testToken})
	b.cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.String(), testToken) {
			t.Error("the token is in a URL")
		}
		for name, v := range r.Header {
			if name != "Authorization" && strings.Contains(strings.Join(v, ""), testToken) {
				t.Errorf("the token is in %s", name)
			}
		}
		return nil, fmt.Errorf("dial failed for %s", r.Header.Get("Authorization"))
	})
	b.client = b.open(t)
	_, err := b.client.Me(t.Context())
	for _, text := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), fmt.Sprintf("%v %+v %#v", b.client, b.client, b.client)} {
		if strings.Contains(text, testToken) {
			t.Errorf("the token is in %q", text)
		}
	}
	for _, bad := range []string{"", "with space", "line\nbreak", "naïve", strings.Repeat("x", 600)} {
		b.cfg.Token = func(context.Context) (string, error) { return bad, nil }
		if _, err := b.open(t).Me(t.Context()); !errors.Is(err, notion.ErrDenied) || (bad != "" && strings.Contains(err.Error(), bad)) {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
	b.cfg.Token = func(context.Context) (string, error) { return "", errors.New("vault says " + testToken) }
	if _, err := b.open(t).Me(t.Context()); !errors.Is(err, notion.ErrDenied) || strings.Contains(err.Error(), testToken) {
		t.Errorf("provider failed: %v", err)
	}
}

// The border sees every text that would leave, also where formatting cuts it,
// and what it refuses does not leave.
func TestBorder(t *testing.T) {
	const number = "4111111111111111"
	text := func(s string) []*notion.Node { return []*notion.Node{notion.Text(notion.Paragraph, s)} }
	cases := map[string]func(context.Context, *notion.Client, string, string) error{
		"paragraph": func(ctx context.Context, c *notion.Client, page, ds string) error {
			_, err := c.Append(ctx, page, text("a "+number), "")
			return err
		},
		"cut by formatting": func(ctx context.Context, c *notion.Client, page, ds string) error {
			_, err := c.Append(ctx, page, []*notion.Node{{Kind: notion.Quote, Spans: []notion.Span{{Text: number[:8]}, {Text: number[8:], Bold: true}}}}, "")
			return err
		},
		"cell": func(ctx context.Context, c *notion.Client, page, ds string) error {
			_, err := c.Append(ctx, page, []*notion.Node{notion.TableOf([][]string{{"a", number}})}, "")
			return err
		},
		"title": func(ctx context.Context, c *notion.Client, page, ds string) error {
			_, err := c.CreatePage(ctx, notion.CreateRequest{Parent: notion.Parent{Type: notion.ParentPage, PageID: page}, Properties: notion.Values{"title": {Type: "title", Text: number}}})
			return err
		},
		"number": func(ctx context.Context, c *notion.Client, page, ds string) error {
			_, err := c.SetProperties(ctx, page, notion.Values{"Total": {Type: "number", Text: number}})
			return err
		},
		"option": func(ctx context.Context, c *notion.Client, page, ds string) error {
			_, err := c.SetProperties(ctx, page, notion.Values{"Kind": {Type: "select", Text: number}})
			return err
		},
		"property name": func(ctx context.Context, c *notion.Client, page, ds string) error {
			_, err := c.SetProperties(ctx, page, notion.Values{number: {Type: "checkbox"}})
			return err
		},
		"filter": func(ctx context.Context, c *notion.Client, page, ds string) error {
			_, err := c.Query(ctx, ds, notion.QueryRequest{Size: 1, Filter: &notion.Filter{Property: "Name", Type: "title", Op: "equals", Value: number}})
			return err
		},
		"markdown": func(ctx context.Context, c *notion.Client, page, ds string) error {
			_, err := c.InsertMarkdown(ctx, page, text(number))
			return err
		},
	}
	for name, call := range cases {
		b := newBench(t, notion.V20260311, notiontest.Options{})
		page := b.AddPage("", "x")
		_, ds := b.AddDatabase(page, "d", schema...)
		b.cfg.Border = func(s string) error {
			if strings.Contains(s, number) {
				return errors.New("found " + number)
			}
			return nil
		}
		err := call(t.Context(), b.open(t), page, ds)
		if !errors.Is(err, notion.ErrBorder) || strings.Contains(err.Error(), number) {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(b.Requests()); n != 0 {
			t.Errorf("%s: %d requests left", name, n)
		}
	}
}

func TestConfig(t *testing.T) {
	ok := notion.Config{Transport: http.DefaultTransport, Token: func(context.Context) (string, error) { return "x", nil }}
	if c, err := notion.New(ok); err != nil || c.Version() != notion.V20260311 {
		t.Errorf("defaults: %v", err)
	}
	for name, change := range map[string]func(*notion.Config){
		"no transport": func(c *notion.Config) { c.Transport = nil },
		"no token":     func(c *notion.Config) { c.Token = nil },
		"version":      func(c *notion.Config) { c.Version = "2021-05-13" },
		"base path":    func(c *notion.Config) { c.BaseURL = "https://api.notion.com/v1" },
		"base user":    func(c *notion.Config) { c.BaseURL = "https://u@api.notion.com" },
		"base":         func(c *notion.Config) { c.BaseURL = "api.notion.com" },
	} {
		cfg := ok
		change(&cfg)
		if _, err := notion.New(cfg); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	for _, bad := range []string{"", "../users/me", "x", strings.Repeat("a", 31), "https://www.notion.so/" + strings.Repeat("a", 32), "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/children"} {
		if id, err := notion.CheckID(bad); err == nil {
			t.Errorf("id %q became %q", bad, id)
		}
	}
}
