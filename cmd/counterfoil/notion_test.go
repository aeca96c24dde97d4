package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/gateway"
	"github.com/counterfoil/counterfoil/internal/notion/notiontest"
	"github.com/counterfoil/counterfoil/mcp"
)

// hasty is a clock that a sleep puts forward, so that nobody waits: neither for
// the pace of three requests a second nor before a second look.
type hasty struct{ ahead atomic.Int64 }

func (h *hasty) Now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

func (h *hasty) Sleep(ctx context.Context, d time.Duration) error {
	h.ahead.Add(int64(d))
	return ctx.Err()
}

// quickNotion lets nobody wait for the stand-in, which has nothing under way.
func quickNotion(t *testing.T) {
	t.Helper()
	hooks.Gateway = func(c *gateway.Config) { c.Clock, c.Pace = new(hasty), new(notion.Pace) }
	t.Cleanup(func() { hooks.Gateway = nil })
}

// newNotionFolder makes a data folder with bookings, a principal "me" that
// reads and writes and one "ann" with a token, and Notion at a stand-in.
func newNotionFolder(t *testing.T) (dir, token string, box *notionSandbox) {
	t.Helper()
	quickNotion(t)
	dir = filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	file := filepath.Join(t.TempDir(), "s.ofx")
	if err := os.WriteFile(file, []byte(statement(1, 60)), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "import", file, "--data", dir)
	box = newSandbox(t)
	a := &app{Home: &home.Home{DataDir: dir, Hooks: hooks, ConfigPath: filepath.Join(dir, "config.yaml")}}
	if err := box.configure(a); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(a.ConfigPath)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.ConfigPath, []byte(strings.Replace(string(config), "roles: [reader]", "roles: [reader, writer]", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	out := run(t, "token", "add", "ann", "--role", "reader", "--role", "writer", "--data", dir)
	return dir, strings.TrimSpace(out), box
}

func newSandbox(t *testing.T) *notionSandbox {
	t.Helper()
	box, err := openSandbox("127.0.0.1:0", notiontest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.http.Close() })
	return box
}

// writer is a connected client that says yes and remembers what it was asked.
type writer struct {
	*mcp.Client
	asked []string
}

func connect(t *testing.T, url, token, revision string) *writer {
	t.Helper()
	d := &writer{}
	client, err := mcp.Dialing{URL: url, Token: token, Revision: revision, Ask: func(_ context.Context, q string) bool {
		d.asked = append(d.asked, q)
		return true
	}}.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	d.Client = client
	return d
}

type writtenDoc struct {
	State, Page, URL string
	WriteID          string `json:"write_id"`
	Writes           bool
	Diff             []string
}

func (d *writer) write(t *testing.T, tool, args string) writtenDoc {
	t.Helper()
	answer, err := d.Call(t.Context(), tool, json.RawMessage(args))
	if err != nil {
		t.Fatal(err)
	}
	if answer.IsError {
		t.Fatalf("%s %s: %s", tool, args, answer.Text)
	}
	var doc writtenDoc
	if err := json.Unmarshal(answer.Document, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestReportThroughAClient goes the whole way in both eras of the protocol: the
// diff, the approval in the client, the page in the view, again without a write,
// the undo with the operator's key, and the replay of all of it.
func TestReportThroughAClient(t *testing.T) {
	for _, revision := range []string{"2025-11-25", "2026-07-28"} {
		t.Run(revision, func(t *testing.T) {
			dir, token, box := newNotionFolder(t)
			s := startServer(t, strings.NewReader(""), io.Discard, "--http", "127.0.0.1:0", "--data", dir)
			url := strings.Fields(s.await(t, "serving http"))[2]
			s.await(t, "target reports is ready and private")
			s.await(t, "a capability that it doesn't need")
			d := connect(t, url, token, revision)
			month := `{"target":"reports","month":"2026-01"`
			look := d.write(t, "notion_upsert_report", month+`,"dry_run":true}`)
			if !look.Writes || len(look.Diff) == 0 || box.Writes() != 0 || len(d.asked) != 0 {
				t.Fatalf("dry run: %+v, %d writes, asked %q", look, box.Writes(), d.asked)
			}
			made := d.write(t, "notion_upsert_report", month+"}")
			if made.State != "created" || len(d.asked) != 1 {
				t.Fatalf("%+v, asked %q", made, d.asked)
			}
			for _, line := range look.Diff {
				if !strings.Contains(d.asked[0], line) {
					t.Errorf("the question lacks %q", line)
				}
			}
			if page := fetch(t, made.URL); !strings.Contains(page, "January 2026 · monthly report") || !strings.Contains(page, "Cash flow") {
				t.Errorf("the view shows\n%.2000s", page)
			}
			writes := box.Writes()
			if again := d.write(t, "notion_upsert_report", month+"}"); again.State != "unchanged" || again.URL != made.URL || box.Writes() != writes || len(d.asked) != 1 {
				t.Errorf("again: %+v, %d writes, asked %q", again, box.Writes()-writes, d.asked[1:])
			}
			if left := pendingRows(t, dir); len(left) != 0 { // asked of the server, which owns the folder
				t.Errorf("not finished: %+v", left)
			}
			d.undo(t, dir, made.WriteID)
			if !box.Trashed(made.Page) {
				t.Error("the page is still there")
			}
			s.end(t)
			replayed(t, dir, 5)
		})
	}
}

// undo has the operator approve one exact undo.
func (d *writer) undo(t *testing.T, dir, id string) {
	t.Helper()
	args := `{"write_id":"` + id + `"}`
	answer, err := d.Call(t.Context(), "notion_undo", json.RawMessage(args))
	if err != nil || !answer.IsError || !strings.Contains(answer.Text, "appr_") {
		t.Fatalf("an undo that nobody approved: %+v, %v", answer, err)
	}
	var open struct {
		Approvals []struct{ ID, Preview string }
	}
	if err := json.Unmarshal([]byte(run(t, "approvals", "list", "--json", "--data", dir)), &open); err != nil || len(open.Approvals) != 1 {
		t.Fatalf("%+v, %v", open, err)
	}
	if !strings.Contains(open.Approvals[0].Preview, "the page goes to the trash: January 2026") {
		t.Errorf("the operator is shown %q", open.Approvals[0].Preview)
	}
	run(t, "approvals", "approve", open.Approvals[0].ID, "--data", dir)
	if back := d.write(t, "notion_undo", args); back.State != "undone" {
		t.Errorf("%+v", back)
	}
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v", resp.StatusCode, err)
	}
	return string(text)
}

// replayed replays the whole log: want calls, all identical.
func replayed(t *testing.T, dir string, want int) {
	t.Helper()
	n := 0
	for line := range strings.Lines(run(t, "audit", "replay", "--json", "--data", dir)) {
		var r struct{ Verdict, Tool, Why string }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if r.Verdict == "" {
			continue // the summary
		}
		n++
		if r.Verdict != "identical" {
			t.Errorf("%+v", r)
		}
	}
	if n != want {
		t.Errorf("%d calls were replayed, want %d", n, want)
	}
}

// The token is sealed in its file at the first use, is read again by the next
// process, and appears nowhere.
func TestNotionTokenIsSealed(t *testing.T) {
	dir, _, box := newNotionFolder(t)
	for range 2 {
		out := run(t, "call", "notion_list_targets", "--data", dir)
		if !strings.Contains(out, `"reports"`) || strings.Contains(out, box.token) {
			t.Fatal(out)
		}
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), box.token) {
			t.Errorf("%s holds the token", filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A token that does not work is said when the server starts, which serves
// everything else, and is a clear error of each call.
func TestServeWithAWrongToken(t *testing.T) {
	dir, token, _ := newNotionFolder(t)
	if err := os.WriteFile(filepath.Join(dir, "keys", "notion.token"), []byte("ntn_wrong\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, strings.NewReader(""), io.Discard, "--http", "127.0.0.1:0", "--data", dir)
	url := strings.Fields(s.await(t, "serving http"))[2]
	if line := s.await(t, "Notion: notion denied access"); !strings.Contains(line, "the token is not valid") || strings.Contains(line, "ntn_") {
		t.Error(line)
	}
	d := connect(t, url, token, "2026-07-28")
	if answer, err := d.Call(t.Context(), "list_accounts", nil); err != nil || answer.IsError {
		t.Errorf("%+v, %v", answer, err)
	}
	answer, err := d.Call(t.Context(), "notion_upsert_report", json.RawMessage(`{"target":"reports"}`))
	if err != nil || !answer.IsError || !strings.Contains(answer.Text, "denied: Notion refuses access") || !strings.Contains(answer.Text, "the token is not valid") {
		t.Errorf("%+v, %v", answer, err)
	}
	s.end(t)
}
