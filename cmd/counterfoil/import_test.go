package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/arrivals"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/ingest"
)

// importApp is a command in a new data folder, with somebody who answers.
func importApp(t *testing.T, answers string) (a *app, out, err *bytes.Buffer) {
	t.Helper()
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	dir := filepath.Join(t.TempDir(), "data")
	a = &app{Home: &home.Home{
		UI: console.UI{Out: out, Err: err}, Stdin: strings.NewReader(answers), Env: map[string]string{"HOME": t.TempDir()},
		Now: func() time.Time { return time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC) }, Terminal: true,
	}}
	if code := a.run(t, "init", "--data", dir); code != exit.OK {
		t.Fatalf("init exits with %d: %s", code, err)
	}
	out.Reset()
	err.Reset()
	return a, out, err
}

// run runs one command of an app that stays.
func (a *app) run(t *testing.T, args ...string) int {
	t.Helper()
	if a.DataDir != "" {
		args = append(args, "--data", a.DataDir)
	}
	config := a.ConfigPath
	root := newRootCmd(a)
	root.SetArgs(args)
	code := a.finish(t.Context(), root.ExecuteContext(t.Context()))
	if config != "" {
		a.ConfigPath = config
	}
	return code
}

const samples = "../../ingest/testdata/"

// TestImportAsks: on a terminal the first file of a kind waits for a yes, and
// anything else keeps nothing.
func TestImportAsks(t *testing.T) {
	a, out, err := importApp(t, "maybe\nn\n\nyes\n")
	file := samples + "profiles/monzo.csv"
	for range 3 {
		if code := a.run(t, "import", file); code != exit.Input || out.Len() > 0 {
			t.Errorf("exit code %d, and %q", code, out)
		}
		if !strings.Contains(err.String(), "import it? [y/N]\n") || !strings.Contains(err.String(), "monzo.csv was not imported") {
			t.Errorf("said %q", err)
		}
		a.Stdin = io.MultiReader(strings.NewReader(map[bool]string{true: "n\n", false: ""}[err.Len() > 0]))
		err.Reset()
	}
	a.Stdin = strings.NewReader("yes\n")
	if code := a.run(t, "import", file); code != exit.OK || !strings.Contains(out.String(), "imported as batch 1\n") {
		t.Errorf("exit code %d, and %q, %q", code, out, err)
	}
	err.Reset()
	if code := a.run(t, "import", file); code != exit.OK || err.Len() > 0 {
		t.Errorf("a known kind: exit code %d, said %q", code, err)
	}
}

// TestImportAsksNobody: with --json, --yes or a statement on standard input
// nothing waits for an answer.
func TestImportAsksNobody(t *testing.T) {
	for _, args := range [][]string{{samples + "profiles/monzo.csv", "--json"}, {samples + "profiles/monzo.csv", "--yes"}, {"-"}} {
		a, _, err := importApp(t, "n\n")
		if args[0] == "-" {
			text, failed := os.ReadFile(samples + "profiles/monzo.csv")
			if failed != nil {
				t.Fatal(failed)
			}
			a.Stdin = bytes.NewReader(text)
		}
		if code := a.run(t, append([]string{"import"}, args...)...); code != exit.OK || strings.Contains(err.String(), "[y/N]") {
			t.Errorf("%v: exit code %d, said %q", args, code, err)
		}
	}
}

// TestImportQuestionEndsWithContext: an interrupt ends the wait for an answer.
func TestImportQuestionEndsWithContext(t *testing.T) {
	silent, hold := io.Pipe()
	defer hold.Close()
	a, _, _ := importApp(t, "")
	a.Stdin = silent
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Asker().Yes(ctx, "well?"); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// TestImportWaitsWithoutFolder: while a question is open, another process can
// use the data folder.
func TestImportWaitsWithoutFolder(t *testing.T) {
	a, _, _ := importApp(t, "")
	mine := *a.Home
	other := app{Home: &mine}
	a.Stdin = readerFunc(func(p []byte) (int, error) {
		f, err := folder.Open(t.Context(), other.Home)
		if err != nil {
			t.Errorf("the folder is held: %v", err)
		} else {
			f.Close()
		}
		return copy(p, "y\n"), nil
	})
	if code := a.run(t, "import", samples+"ofx/checking.ofx"); code != exit.OK {
		t.Errorf("exit code %d", code)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestImportSamples: each sample statement can be imported from the command
// line or is refused as a file (parts of statements, answers without one), and
// importing it again adds nothing.
func TestImportSamples(t *testing.T) {
	a, _, errs := importApp(t, "")
	var files []string
	for _, pattern := range []string{"camt/*.xml", "mt940/*.sta", "ofx/*.ofx", "qif/*.qif"} {
		found, err := filepath.Glob(samples + pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	run := a.newImportRun(importFlags{yes: true, Options: ingest.Options{Currency: "USD"}})
	defer run.close()
	formats := map[string]int{}
	for _, file := range files {
		reports, err := run.importFile(t.Context(), file)
		if err != nil {
			if f := exit.Classify(err, false, true); f.Code != exit.Input {
				t.Errorf("%s: exit code %d: %v", file, f.Code, err)
			}
			continue
		}
		formats[reports[0].Format]++
		if again, err := run.importFile(t.Context(), file); err != nil || again[0].Added != 0 {
			t.Errorf("%s again: %+v, %v", file, again, err)
		}
	}
	if want := (map[string]int{"camt": 18, "mt940": 16, "ofx": 8, "qif": 1}); !atLeast(formats, want) {
		t.Errorf("imported %v, want at least %v; %s", formats, want, errs)
	}
}

func atLeast(got, want map[string]int) bool {
	for k, n := range want {
		if got[k] < n {
			return false
		}
	}
	return true
}

// TestImportOnce: an error does not say twice what failed.
func TestImportOnce(t *testing.T) {
	a, _, _ := importApp(t, "")
	run := a.newImportRun(importFlags{yes: true})
	if err := run.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer run.close()
	if err := run.books.(*folder.Folder).Store.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := run.importFile(t.Context(), samples+"ofx/checking.ofx")
	if err == nil || strings.Count(err.Error(), "importing") > 1 {
		t.Errorf("got %v", err)
	}
}

// inbox is a watched folder that is looked at when a test says so.
type inbox struct {
	t   *testing.T
	dir string
	w   *watcher
}

func watchInbox(t *testing.T, a *app) *inbox {
	t.Helper()
	b := &inbox{t: t, dir: t.TempDir()}
	b.start(a)
	return b
}

func (b *inbox) start(a *app) {
	b.w = &watcher{run: a.newImportRun(importFlags{}), in: arrivals.New(b.dir)}
}

func (b *inbox) look(n int) {
	b.t.Helper()
	for range n {
		if err := b.w.try(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *inbox) put(name, text string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// TestImportWatch imports what comes and stays, once, and says of each file
// that is refused what is wrong, once.
func TestImportWatch(t *testing.T) {
	a, out, errs := importApp(t, "")
	b := watchInbox(t, a)
	one, two := statement(1, 2), statement(3, 4)
	b.put("one.ofx", one)
	b.put(".hidden.ofx", two)
	b.put("two.ofx.crdownload", two)
	b.put("empty.ofx", "")
	b.put("broken.csv", "nonsense")
	if err := os.Mkdir(filepath.Join(b.dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.look(6)
	if got := strings.Count(out.String(), "one.ofx: imported as batch 1\n"); got != 1 || strings.Count(out.String(), "batch") != 1 {
		t.Errorf("after the first file: %s", out)
	}
	if got := strings.Count(errs.String(), "warning: broken.csv:"); got != 1 {
		t.Errorf("the broken file was reported %d times: %s", got, errs)
	}
	out.Reset()
	errs.Reset()
	b.put("copy of one.ofx", one)     // known by its digest
	b.put("two.ofx", two)             // finished downloading
	b.put("broken.csv", "nonsense 2") // changed: told again
	b.look(6)
	if got := out.String(); strings.Count(got, "imported as batch 2\n") != 1 || strings.Contains(got, "one.ofx") {
		t.Errorf("after the second file: %s", got)
	}
	if got := strings.Count(errs.String(), "warning: broken.csv:"); got != 1 {
		t.Errorf("the changed file was reported %d times: %s", got, errs)
	}
	if _, err := os.Stat(filepath.Join(b.dir, "broken.csv")); err != nil {
		t.Error(err)
	}

	// Another run knows what this one has taken, so that an undo stays.
	if code := a.run(t, "import", "undo", "2"); code != exit.OK {
		t.Fatal(code)
	}
	out.Reset()
	b.start(a)
	b.look(4)
	if out.Len() > 0 {
		t.Errorf("after a restart: %s", out)
	}
}

// TestImportWatchEnds: it looks at the start and with each tick, and an
// interrupt is no error.
func TestImportWatchEnds(t *testing.T) {
	a, out, _ := importApp(t, "")
	b := watchInbox(t, a)
	b.put("one.ofx", statement(1, 2))
	ctx, cancel := context.WithCancel(t.Context())
	ticks, ended := make(chan time.Time), make(chan error, 1)
	go func() { ended <- b.w.watch(ctx, ticks) }()
	for range arrivals.SettledAfter + 1 { // each is taken when a look is over
		ticks <- time.Time{}
	}
	cancel()
	if err := <-ended; err != nil || !strings.Contains(out.String(), "one.ofx: imported as batch 1") {
		t.Errorf("ended with %v: %s", err, out)
	}
}

// TestImportWatchWaits: a file that grows is left alone until it stays.
func TestImportWatchWaits(t *testing.T) {
	a, out, _ := importApp(t, "")
	b := watchInbox(t, a)
	text := statement(1, 2)
	for i := range 4 {
		b.put("slow.ofx", text[:len(text)*(i+1)/5])
		b.look(1)
	}
	if out.Len() > 0 {
		t.Errorf("read a file that grows: %s", out)
	}
	b.put("slow.ofx", text)
	b.look(4)
	if !strings.Contains(out.String(), "slow.ofx: imported as batch 1") {
		t.Errorf("got %s", out)
	}
}

// TestImportWatchTriesAgain: trouble with the data folder is told once, and the
// file is imported when it is over.
func TestImportWatchTriesAgain(t *testing.T) {
	a, out, errs := importApp(t, "")
	config, err := os.ReadFile(a.ConfigPath)
	if err != nil {
		t.Fatal(err)
	}
	b := watchInbox(t, a)
	b.put("one.ofx", statement(1, 2))
	if err := os.WriteFile(a.ConfigPath, []byte("nonsense: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.look(6)
	if got := strings.Count(errs.String(), "trying again"); got != 1 || out.Len() > 0 {
		t.Errorf("told %d times: %s%s", got, errs, out)
	}
	if err := os.WriteFile(a.ConfigPath, config, 0o600); err != nil {
		t.Fatal(err)
	}
	b.look(2)
	if !strings.Contains(out.String(), "one.ofx: imported as batch 1") {
		t.Errorf("got %s%s", out, errs)
	}
}

func TestImportWatchWants(t *testing.T) {
	a, _, errs := importApp(t, "")
	if code := a.run(t, "import", "--watch", t.TempDir(), t.TempDir()); code != exit.Usage {
		t.Errorf("two folders: %d", code)
	}
	if code := a.run(t, "import", "--watch", samples+"ofx/checking.ofx"); code != exit.Input || !strings.Contains(errs.String(), "is not a folder") {
		t.Errorf("a file: %d, %s", code, errs)
	}
}
