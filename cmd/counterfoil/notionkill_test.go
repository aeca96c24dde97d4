package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/internal/notion"
	"github.com/counterfoil/counterfoil/internal/notion/gateway"
)

// killStep names the step of a write to Notion at which a process of the tests
// kills itself, counted from 1.
const killStep = "COUNTERFOIL_TEST_KILL_STEP"

// killAtStep makes this process end without any goodbye at a step.
func killAtStep(step string) {
	at, err := strconv.Atoi(step)
	if err != nil {
		return
	}
	var n atomic.Int64
	hooks.Gateway = func(c *gateway.Config) {
		c.Clock, c.Pace = new(hasty), new(notion.Pace)
		c.Step = func(string) {
			if n.Add(1) == int64(at) {
				self, err := os.FindProcess(os.Getpid())
				if err == nil {
					self.Kill()
				}
				select {}
			}
		}
	}
}

const allowAll = "name: all\nafter:\n  match:\n    - output: allow()\nrelease:\n  match:\n    - output: allow()\n"

// TestKillBetweenStepsOfAReport kills the process at every step of writing a
// report, and at every step of changing it. Whoever goes on (the same call, the
// operator, or the next server), there is one page in the end, and it is whole.
func TestKillBetweenStepsOfAReport(t *testing.T) {
	dir, _, box := newNotionFolder(t)
	if err := os.WriteFile(filepath.Join(dir, "policy.yaml"), []byte(allowAll), 0o600); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "config.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("limits: {}"), []byte("limits: {pages_per_day: 5000, calls_per_minute: 5000}"), 1)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(t.TempDir(), "second.ofx")
	if err := os.WriteFile(second, []byte(statement(2, 3)), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "import", second, "--data", dir)
	made := newKillRun(t, dir, box, "made")
	made.report(t, "")
	want := box.Outline(made.page())
	changed := newKillRun(t, dir, box, "changed")
	changed.report(t, changed.other)
	wantChanged := box.Outline(changed.page())
	killed := 0
	// Every step of making a page; of changing one every third, because package
	// outbox goes through all of them in one process.
	for change, stride := range map[string]int{"": 1, changed.other: 3} {
		for step := 1; ; step += stride {
			k := newKillRun(t, dir, box, "kill-"+spelled(killed))
			wanted := want
			if change != "" {
				k.report(t, "") // what is to be changed
				wanted = wantChanged
			}
			if !k.killed(t, step, change) {
				break
			}
			killed++
			k.goOn(t, step, change)
			if pages := box.Pages(k.title()); len(pages) != 1 || !slices.Equal(box.Outline(pages[0]), wanted) {
				t.Fatalf("killed at step %d: %d pages\n%s", step, len(pages), strings.Join(box.Outline(pages[0]), "\n"))
			}
			if left := pendingRows(t, dir); len(left) != 0 {
				t.Fatalf("killed at step %d: %+v", step, left)
			}
		}
	}
	t.Logf("killed %d times", killed)
	if killed < 20 {
		t.Errorf("only %d steps", killed)
	}
}

// killRun is one report and what happens to it.
type killRun struct {
	dir, name, other string // other is a second account
	box              *notionSandbox
}

func newKillRun(t *testing.T, dir string, box *notionSandbox, name string) *killRun {
	t.Helper()
	return &killRun{dir: dir, name: name, box: box, other: accountEnding(t, dir, "0002")}
}

// spelled is a number in two letters.
func spelled(n int) string { return string(rune('a'+n/26)) + string(rune('a'+n%26)) }

func (k *killRun) title() string { return "January 2026 · " + k.name + " report" }

func (k *killRun) page() string { return k.box.Pages(k.title())[0] }

// accountEnding is the id of the account whose number ends so.
func accountEnding(t *testing.T, dir, last4 string) string {
	t.Helper()
	var doc struct{ Accounts []accountJSON }
	if err := json.Unmarshal([]byte(run(t, "account", "list", "--json", "--data", dir)), &doc); err != nil {
		t.Fatal(err)
	}
	for _, a := range doc.Accounts {
		if a.Last4 == last4 {
			return a.ID
		}
	}
	t.Fatalf("no account ends in %s: %+v", last4, doc)
	return ""
}

// args are the call's; a change is that one account alone is named.
func (k *killRun) args(change string) string {
	if change != "" {
		return fmt.Sprintf(`{"target":"reports","month":"2026-01","report":%q,"account_ids":[%q]}`, k.name, change)
	}
	return fmt.Sprintf(`{"target":"reports","month":"2026-01","report":%q}`, k.name)
}

func (k *killRun) report(t *testing.T, change string) {
	t.Helper()
	run(t, "call", "notion_upsert_report", k.args(change), "--data", k.dir)
}

// killed makes the call in a process that kills itself at a step; false means
// that there was no such step.
func (k *killRun) killed(t *testing.T, step int, change string) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], "call", "notion_upsert_report", k.args(change), "--data", k.dir)
	cmd.Env = append(os.Environ(), "COUNTERFOIL_TEST_AS_COMMAND=1", killStep+"="+strconv.Itoa(step))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return false
	}
	if cmd.ProcessState.Exited() {
		t.Fatalf("step %d: the process ended by itself: %v\n%s", step, err, out)
	}
	return true
}

// goOn finishes what was left, in turn by each of those who may.
func (k *killRun) goOn(t *testing.T, step int, change string) {
	t.Helper()
	switch step % 3 {
	case 0:
		for _, r := range pendingRows(t, k.dir) {
			run(t, "outbox", "retry", r.ID, "--data", k.dir)
		}
	case 1:
		if len(pendingRows(t, k.dir)) > 0 {
			s := startServer(t, strings.NewReader(""), io.Discard, "--http", "127.0.0.1:0", "--data", k.dir)
			s.await(t, "finished a write that was interrupted")
			s.end(t)
		}
	}
	k.report(t, change) // where nothing was begun, and otherwise without an effect
}

func pendingRows(t *testing.T, dir string) []folder.OutboxRow {
	t.Helper()
	var a folder.OutboxAnswer
	if err := json.Unmarshal([]byte(run(t, "outbox", "list", "--json", "--data", dir)), &a); err != nil {
		t.Fatal(err)
	}
	return a.Rows
}
