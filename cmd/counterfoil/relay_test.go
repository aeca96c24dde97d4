//go:build linux || darwin

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
	"github.com/counterfoil/counterfoil/ingest"
)

// TestTakeOver: the second of two servers serves its client through the first,
// as its own principal, and goes on when that one is killed.
func TestTakeOver(t *testing.T) {
	dir := shortDir(t)
	run(t, "init", "--data", dir)
	run(t, "token", "add", "other", "--role", "analyst", "--data", dir)
	first := mustDesk(t, dir)
	second := mustDesk(t, dir, "--as", "other")
	if _, err := first.call("list_accounts", "{}"); err != nil {
		t.Fatal(err)
	}
	if _, err := second.call("list_accounts", "{}"); err != nil {
		t.Fatal(err)
	}
	if pid := ownerPID(dir); pid != first.cmd.Process.Pid {
		t.Fatalf("the owner is %d, want the first server", pid)
	}
	first.cmd.Process.Kill()
	first.end()
	a, err := second.call("list_accounts", "{}")
	if err != nil || a.Result == nil {
		t.Fatalf("after the kill: %+v, %v\n%s", a.Error, err, second.errs.String())
	}
	if pid := ownerPID(dir); pid != second.cmd.Process.Pid {
		t.Errorf("the owner is %d, want the second server", pid)
	}
	third := mustDesk(t, dir)
	if a, err := third.call("list_accounts", "{}"); err != nil || a.Result == nil {
		t.Errorf("a third server: %+v, %v", a.Error, err)
	}
	if err := second.end(); err != nil { // in good order this time
		t.Error(err)
	}
	if a, err := third.call("list_accounts", "{}"); err != nil || a.Result == nil {
		t.Errorf("after the second ended: %+v, %v", a.Error, err)
	}
	if err := third.end(); err != nil {
		t.Error(err)
	}
	checkOutcomes(t, dir)
	verifyLog(t, dir)
	if diff := cmp.Diff([]string{"A stdio", "B stdio", "B stdio", "A stdio", "A stdio"}, callers(t, dir)); diff != "" {
		t.Errorf("on record (-want +got)\n%s", diff)
	}
}

// callers lists who called, as the log has it: by pseudonyms, for which letters
// stand here in the order in which they come.
func callers(t *testing.T, dir string) (out []string) {
	t.Helper()
	letters := map[string]string{}
	r, err := audit.OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for it, err := range r.Entries(0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		if it.Record.Phase == audit.PhaseOutcome {
			who := it.Record.Principal
			if letters[who] == "" {
				letters[who] = string(rune('A' + len(letters)))
			}
			out = append(out, letters[who]+" "+it.Record.Auth)
		}
	}
	return out
}

// TestCommandsBesideAServer: every everyday command prints the same beside a
// server as without one.
func TestCommandsBesideAServer(t *testing.T) {
	alone, beside := shortDir(t), shortDir(t)
	for _, dir := range []string{alone, beside} {
		run(t, "init", "--data", dir)
	}
	s := startServer(t, nil, io.Discard, "--data", beside, "--unix", "run/sock")
	s.await(t, "serving /")
	file := filepath.Join(t.TempDir(), "s.ofx")
	if err := os.WriteFile(file, []byte(statement(1, 20)), 0o600); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(t.TempDir(), "long.ofx") // is not sent but named
	if err := os.WriteFile(long, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(long, ingest.MaxBuffered+1); err != nil {
		t.Fatal(err)
	}
	const account = "7000000001" // of the statement
	named := filepath.Join(t.TempDir(), "statement-"+account+".ofx")
	if err := os.WriteFile(named, []byte("no statement"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		args []string
		code int
	}{
		{[]string{"import", file, "--dry-run"}, exit.OK},
		{[]string{"import", file, "--account", "Mine"}, exit.OK},
		{[]string{"import", file, "--json"}, exit.OK},
		{[]string{"import", named}, exit.Input},
		{[]string{"import", named + "x"}, exit.Input},
		{[]string{"import", "-"}, exit.Input},
		{[]string{"import", long}, exit.Input},
		{[]string{"import", file + "x"}, exit.Input},
		{[]string{"import", filepath.Dir(file)}, exit.Input},
		{[]string{"account", "rename", "acc_none", "Other"}, exit.NotFound},
		{[]string{"import", "undo", "1"}, exit.OK},
		{[]string{"import", "undo", "7"}, exit.NotFound},
		{[]string{"call", "list_accounts"}, exit.OK},
		{[]string{"call", "search_transactions", `{"limit": 0}`}, exit.Invalid},
		{[]string{"call", "search_transactions", `not json`}, exit.Invalid},
		{[]string{"call", "nonsense"}, exit.NotFound},
		{[]string{"call", "list_accounts", "--as", "nobody"}, exit.Unauthenticated},
		{[]string{"redact", file}, exit.Found},
	}
	for _, tt := range tests {
		var got [2]string
		for i, dir := range []string{alone, beside} {
			var out, errs bytes.Buffer
			code := Main(context.Background(), append(tt.args, "--data", dir), strings.NewReader("nothing"), &out, &errs, nil)
			if code != tt.code {
				t.Errorf("%v: exit code %d, want %d\n%s", tt.args, code, tt.code, errs.String())
			}
			if tt.args[0] == "import" && tt.args[1] != "list" || tt.args[0] == "account" {
				got[i] = zeroTimes(out.String())
			}
			got[i] += errs.String()
		}
		if diff := cmp.Diff(got[0], got[1]); diff != "" && !strings.HasPrefix(tt.args[1], named) {
			t.Errorf("%v (-alone +beside)\n%s", tt.args, diff)
		}
		if strings.Contains(got[0]+got[1], account) {
			t.Errorf("%v says the account number: %q", tt.args, got)
		}
	}
	id, _, _ := strings.Cut(strings.Split(run(t, "account", "list", "--data", beside), "\n")[1], " ")
	run(t, "account", "rename", id, "Mine now", "--data", beside)
	if list := run(t, "account", "list", "--data", beside); !strings.Contains(list, "Mine now") {
		t.Errorf("account list: %s", list)
	}
	if list := run(t, "import", "list", "--data", beside); !strings.Contains(list, "undo") {
		t.Errorf("import list: %s", list)
	}
	run(t, "audit", "verify", "--store", "--data", beside)
	s.end(t)
	run(t, "audit", "verify", "--store", "--data", beside)
}

// zeroTimes takes out what differs between two runs: times and digests.
func zeroTimes(text string) string {
	var kept []string
	for l := range strings.Lines(text) {
		for _, word := range strings.Fields(l) {
			if strings.Contains(word, "T") && strings.HasSuffix(word, "Z") || len(word) == 64 {
				l = strings.ReplaceAll(l, word, "-")
			}
		}
		kept = append(kept, l)
	}
	return strings.Join(kept, "")
}

// TestConfigMismatch: who has read another config than the owner is refused and
// told what to do.
func TestConfigMismatch(t *testing.T) {
	dir := shortDir(t)
	run(t, "init", "--data", dir)
	owner := mustDesk(t, dir)
	setuptest.Edit(t, filepath.Join(dir, "config.yaml"), "limits: {}", "limits: {calls_per_minute: 100}")
	for _, args := range [][]string{{"call", "list_accounts"}, {"serve", "--stdio"}, {"import", "list"}} {
		var errs bytes.Buffer
		code := Main(context.Background(), append(args, "--data", dir), strings.NewReader(""), io.Discard, &errs, nil)
		if code != exit.Data || !strings.Contains(errs.String(), "has another config") || !strings.Contains(errs.String(), "hint: apply it with kill -HUP") {
			t.Errorf("%v: exit code %d\n%s", args, code, errs.String())
		}
	}
	run(t, "token", "add", "new", "--data", dir) // which has the owner read it again
	run(t, "call", "list_accounts", "--data", dir)
	if err := owner.end(); err != nil {
		t.Error(err)
	}
}

// TestLongPath: a data folder whose path is too long for a socket is shared by
// way of the runtime folder.
func TestLongPath(t *testing.T) {
	runtime := filepath.Dir(shortDir(t))
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 25), "data")
	run(t, "init", "--data", dir)
	owner := mustDesk(t, dir)
	other := mustDesk(t, dir)
	if a, err := other.call("list_accounts", "{}"); err != nil || a.Result == nil {
		t.Errorf("%+v, %v", a.Error, err)
	}
	run(t, "call", "list_accounts", "--data", dir)
	text, err := os.ReadFile(filepath.Join(dir, "run", "sock.path"))
	if err != nil || filepath.Dir(strings.TrimSpace(string(text))) != filepath.Join(runtime, "counterfoil") {
		t.Errorf("sock.path holds %q, %v", text, err)
	}
	for path, want := range map[string]os.FileMode{filepath.Join(runtime, "counterfoil"): 0o700, strings.TrimSpace(string(text)): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	if err := errors.Join(other.end(), owner.end()); err != nil {
		t.Error(err)
	}
}

// TestSocketInTheWay: what a killed owner left is replaced; a file that is no
// socket is left alone, and the command works without listening.
func TestSocketInTheWay(t *testing.T) {
	dir := shortDir(t)
	run(t, "init", "--data", dir)
	d := mustDesk(t, dir)
	d.cmd.Process.Kill()
	d.end()
	sock := filepath.Join(dir, "run", "sock")
	if info, err := os.Lstat(sock); err != nil || info.Mode().Type() != os.ModeSocket {
		t.Fatalf("the killed owner left %v, %v", info, err)
	}
	var errs bytes.Buffer
	command := func() {
		t.Helper()
		errs.Reset()
		if code := Main(context.Background(), []string{"call", "list_accounts", "--data", dir}, nil, io.Discard, &errs, nil); code != exit.OK {
			t.Fatalf("exit code %d\n%s", code, errs.String())
		}
	}
	if command(); errs.Len() > 0 {
		t.Errorf("said %s", errs.String())
	}
	if _, err := os.Lstat(sock); err == nil {
		t.Error("the socket outlives its owner")
	}
	if err := os.WriteFile(sock, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if command(); !strings.Contains(errs.String(), "there is another file in its place") {
		t.Errorf("said %q", errs.String())
	}
	if text, err := os.ReadFile(sock); err != nil || string(text) != "mine" {
		t.Errorf("the file was touched: %q, %v", text, err)
	}
}

// TestReloadThroughRelay: SIGHUP to any of the servers reaches the owner.
func TestReloadThroughRelay(t *testing.T) {
	dir := shortDir(t)
	run(t, "init", "--data", dir)
	owner, other := mustDesk(t, dir), mustDesk(t, dir)
	setuptest.Edit(t, filepath.Join(dir, "config.yaml"), "limits: {}", "limits: {calls_per_minute: 100}")
	if err := other.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if err := other.waitFor("policy and principals reloaded"); err != nil {
		t.Error(err)
	}
	run(t, "call", "list_accounts", "--data", dir)
	if err := errors.Join(other.end(), owner.end()); err != nil {
		t.Error(err)
	}
}
