//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
	"github.com/counterfoil/counterfoil/store"
)

// asCommand makes the test binary run as counterfoil.
const asCommand = "COUNTERFOIL_TEST_AS_COMMAND"

// TestKill9 kills imports and calls at any moment, and right after they were
// acknowledged. Nothing acknowledged may be lost, nothing half done may show,
// and every batch must come to have its record, once.
func TestKill9(t *testing.T) {
	const rounds, rows = 6, 200
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	rng := rand.New(rand.NewPCG(7, uint64(os.Getpid())))
	imported := map[int64]bool{}
	receipts := map[int64]string{}
	for i := range rounds {
		file := filepath.Join(t.TempDir(), fmt.Sprintf("s%d.ofx", i))
		if err := os.WriteFile(file, []byte(statement(i, rows)), 0o600); err != nil {
			t.Fatal(err)
		}
		// Half of the time as soon as it has acknowledged, else whenever.
		after := time.Duration(rng.IntN(250)) * time.Millisecond
		if i%2 == 0 {
			after = 0
		}
		var done struct {
			Imports []struct{ Batch int64 }
		}
		if killed(t, after, &done, "import", file, "--json", "--data", dir) {
			imported[done.Imports[0].Batch] = true
		}
		var answer folder.Called
		if killed(t, after, &answer, "call", "list_accounts", "--json", "--data", dir) {
			receipts[answer.Receipt.Index] = answer.Receipt.Leaf
		}
	}
	if len(imported) < rounds/2 || len(receipts) < rounds/2 {
		t.Fatalf("%d imports and %d calls were acknowledged, want at least %d each", len(imported), len(receipts), rounds/2)
	}
	checkSurvivors(t, dir, rows, imported, receipts)
}

// killed starts a command and kills it: after a while or, if that is zero, when
// it has written its result, which it parses into v. It reports whether there
// was a result.
func killed(t *testing.T, after time.Duration, v any, args ...string) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
		defer timer.Stop()
	}
	acknowledged := json.NewDecoder(bufio.NewReader(out)).Decode(v) == nil
	cmd.Process.Kill()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if errs.Len() > 0 && exit != nil && exit.ExitCode() > 0 {
		t.Fatalf("%v: exit code %d\n%s", args, exit.ExitCode(), errs.String())
	}
	return acknowledged
}

// TestKillRedact kills a redaction of what is stored at any moment: it goes on,
// no text is left out, and every batch has its record and its digest.
func TestKillRedact(t *testing.T) {
	const rows = 12_000 // more than one step
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	file := filepath.Join(t.TempDir(), "wintergreen.csv")
	var text strings.Builder
	text.WriteString("Date,Description,Amount,Currency\n")
	for i := range rows {
		fmt.Fprintf(&text, "2026-01-%02d,wintergreen %d,-1.%02d,GBP\n", i%28+1, i, i%100)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "import", "--yes", file, "--data", dir)
	if err := os.WriteFile(filepath.Join(dir, "known"), []byte("wintergreen\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	setuptest.Edit(t, filepath.Join(dir, "config.yaml"), `known_file: ""`, "known_file: known")
	for _, after := range []time.Duration{100, 300, 600} {
		var done struct{}
		killed(t, after*time.Millisecond, &done, "store", "redact", "--json", "--data", dir)
	}
	run(t, "store", "redact", "--data", dir)
	if got := run(t, "store", "redact", "--dry-run", "--data", dir); got != "0 transactions examined, 0 would change, 0 outdated\n0 names of files and accounts examined, 0 would change, 0 outdated\n" {
		t.Errorf("at the end: %s", got)
	}
	if got := run(t, "call", "search_transactions", `{"query":"wintergreen"}`, "--data", dir); !strings.Contains(got, `"items": []`) {
		t.Errorf("found by what was redacted: %s", got)
	}
	if got := run(t, "call", "list_imports", "{}", "--data", dir); strings.Contains(got, "wintergreen") || !strings.Contains(got, ".csv") {
		t.Errorf("the file is still called %s", got)
	}
	verifyLog(t, dir)
	run(t, "audit", "verify", "--store", "--data", dir)
}

func checkSurvivors(t *testing.T, dir string, rows int64, imported map[int64]bool, receipts map[int64]string) {
	t.Helper()
	ctx := context.Background()
	a := &app{Home: &home.Home{UI: console.UI{Out: os.Stdout, Err: os.Stderr}, DataDir: dir, Hooks: hooks, Now: func() time.Time { return time.Now().UTC() }}}
	if err := a.Resolve(); err != nil {
		t.Fatal(err)
	}
	f, err := folder.Open(ctx, a.Home)
	if err != nil {
		t.Fatal(err)
	}
	batches := survivors(t, f)
	recorded := map[int64]int{}
	for it, err := range f.Log.Reader().Entries(0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		if it.Record.Event == audit.EventBatch {
			recorded[it.Record.Batch]++
		}
		leaf := it.LeafHash()
		if want, ok := receipts[it.Index]; ok && want != fmt.Sprintf("%x", leaf[:]) {
			t.Errorf("record %d is not the one that was acknowledged", it.Index)
		}
		delete(receipts, it.Index)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for index := range receipts {
		t.Errorf("record %d was acknowledged and is lost", index)
	}
	for n := range imported {
		if _, ok := batches[n]; !ok {
			t.Errorf("batch %d was acknowledged and is lost", n)
		}
	}
	for n, b := range batches {
		if b.Added != rows {
			t.Errorf("batch %d has %d rows, want %d", n, b.Added, rows)
		}
		if recorded[n] != 1 {
			t.Errorf("batch %d has %d records, want 1", n, recorded[n])
		}
	}
	verifyLog(t, dir)
}

func survivors(t *testing.T, f *folder.Folder) map[int64]store.Batch {
	t.Helper()
	at, err := f.Store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, err := f.Store.Batches(t.Context(), at, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64]store.Batch{}
	for _, b := range list {
		out[b.Number] = b
	}
	return out
}

// verifyLog accepts tails that were cut, which a kill may leave, and nothing
// else.
func verifyLog(t *testing.T, dir string) {
	t.Helper()
	pub, err := os.ReadFile(filepath.Join(dir, "keys", "log.pub"))
	if err != nil {
		t.Fatal(err)
	}
	opt := audit.VerifyOptions{Dir: dir, Keys: []string{strings.TrimSpace(string(pub))}}
	report, err := audit.Verify(t.Context(), opt)
	for _, c := range report.Cuts {
		opt.AcceptCuts = append(opt.AcceptCuts, c.Index)
	}
	if len(opt.AcceptCuts) > 0 {
		_, err = audit.Verify(t.Context(), opt)
	}
	if err != nil {
		t.Error(err)
	}
}

// TestDiskFull runs out of room, by a limit on file size, in the middle of an
// import: one clear line, nothing kept, and all is well once there is room.
func TestDiskFull(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run(t, "init", "--data", dir)
	file := filepath.Join(t.TempDir(), "long.ofx")
	if err := os.WriteFile(file, []byte(statement(1, 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "import", "list", "--data", dir) // makes the store
	for _, blocks := range []int{1, 150} {
		cmd := exec.Command("sh", "-c", fmt.Sprintf(`ulimit -f %d; exec "$0" "$@"`, blocks), os.Args[0], "import", file, "--data", dir)
		cmd.Env = append(os.Environ(), asCommand+"=1")
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		var left *exec.ExitError
		if err := cmd.Run(); !errors.As(err, &left) || left.ExitCode() != exit.Data {
			t.Errorf("%d blocks: %v, want exit code %d\n%s", blocks, err, exit.Data, errs.String())
		}
		if out.Len() > 0 || strings.Count(errs.String(), "counterfoil: error: ") != 1 {
			t.Errorf("%d blocks: said %q, wrote %q", blocks, errs.String(), out.String())
		}
	}
	if got := run(t, "import", "list", "--json", "--data", dir); !strings.Contains(got, `"batches": []`) {
		t.Errorf("something was kept: %s", got)
	}
	if got := run(t, "import", file, "--data", dir); !strings.Contains(got, "imported as batch 1") {
		t.Errorf("with room again: %s", got)
	}
	verifyLog(t, dir)
}
