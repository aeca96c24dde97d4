package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
)

// runMain runs one command line in this process.
func runMain(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = Main(context.Background(), args, strings.NewReader(""), &out, &err, []string{"HOME=" + t.TempDir()})
	return code, out.String(), err.String()
}

func mustMain(t *testing.T, args ...string) string {
	t.Helper()
	code, out, err := runMain(t, args...)
	if code != 0 {
		t.Fatalf("%v: exit code %d\n%s", args, code, err)
	}
	return out
}

// startWitness runs `counterfoil witness` until the test ends and returns its
// URL and verifier key.
func startWitness(t *testing.T, dir, logKey string) (url, key string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	stderr, out := io.Pipe()
	var stdout bytes.Buffer
	done := make(chan int, 1)
	go func() {
		done <- Main(ctx, []string{"witness", "--dir", dir, "--name", "witness.test/w1", "--log", logKey, "--http", "127.0.0.1:0"},
			strings.NewReader(""), &stdout, out, []string{"HOME=" + dir})
		out.Close()
	}()
	line := make([]byte, 200)
	n, err := stderr.Read(line)
	if err != nil {
		t.Fatalf("the witness said nothing: %v", err)
	}
	url = regexp.MustCompile(`http://\S+`).FindString(string(line[:n]))
	if url == "" {
		t.Fatalf("the witness said %q", line[:n])
	}
	go io.Copy(io.Discard, stderr)
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != 0 {
			t.Errorf("the witness ended with %d", code)
		}
	})
	vkey, err := os.ReadFile(filepath.Join(dir, "witness.pub"))
	if err != nil {
		t.Fatal(err)
	}
	return url, strings.TrimSpace(string(vkey))
}

// TestWitnessAndAnchorFindRollback: with a witness or an anchor file in the
// config, an older copy of the whole folder does not open.
func TestWitnessAndAnchorFindRollback(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	mustMain(t, "init", "--data", data)
	logKey := filepath.Join(data, "keys", "log.pub")
	url, key := startWitness(t, t.TempDir(), logKey)
	anchor := filepath.Join(t.TempDir(), "anchor")

	config := filepath.Join(data, "config.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	origin := regexp.MustCompile(`(?m)^( +)origin: .*$`)
	text = origin.ReplaceAll(text, []byte("$0\n${1}anchor_file: "+anchor+"\n${1}witnesses: [{url: \""+url+"\", key: \""+key+"\"}]"))
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	mustMain(t, "call", "list_accounts", "--data", data)
	old, err := os.ReadFile(filepath.Join(data, "log", "records"))
	if err != nil {
		t.Fatal(err)
	}
	oldHead, err := os.ReadFile(filepath.Join(data, "log", "head"))
	if err != nil {
		t.Fatal(err)
	}
	mustMain(t, "call", "list_accounts", "--data", data)
	out := mustMain(t, "audit", "verify", "--data", data, "--key", logKey, "--evidence", anchor, "--witness", key)
	if !strings.Contains(out, "outside evidence has seen that checkpoint") || !strings.Contains(out, "signed by witness.test/w1") {
		t.Errorf("verify: %s", out)
	}
	bundle := filepath.Join(t.TempDir(), "p")
	mustMain(t, "audit", "prove", "2", "--data", data, "--out", bundle)
	mustMain(t, "audit", "check-proof", bundle, "--key", logKey, "--witness", key, "--quorum", "1")

	for name, content := range map[string][]byte{"records": old, "head": oldHead} {
		if err := os.WriteFile(filepath.Join(data, "log", name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, stderr := runMain(t, "call", "list_accounts", "--data", data); code != exit.CheckFailed {
		t.Errorf("an older copy opens: %d\n%s", code, stderr)
	}
	if code, _, _ := runMain(t, "audit", "verify", "--data", data, "--key", logKey, "--evidence", anchor); code != exit.CheckFailed {
		t.Errorf("an older copy verifies against the anchor: %d", code)
	}
	if err := os.Remove(anchor); err != nil { // then there is still the witness
		t.Fatal(err)
	}
	if code, _, _ := runMain(t, "call", "list_accounts", "--data", data); code != exit.CheckFailed {
		t.Errorf("an older copy opens without the anchor: %d", code)
	}
}

// TestWitnessKeepsItsName: another name for the witness of a folder is a slip.
func TestWitnessKeepsItsName(t *testing.T) {
	dir, data := t.TempDir(), filepath.Join(t.TempDir(), "data")
	mustMain(t, "init", "--data", data)
	log := filepath.Join(data, "keys", "log.pub")
	startWitness(t, dir, log)
	code, out, stderr := runMain(t, "witness", "--dir", dir, "--name", "witness.test/w2", "--log", log, "--http", "127.0.0.1:0")
	if code != exit.Conflict || out != "" || !strings.Contains(stderr, "the witness of this folder is called witness.test/w1") {
		t.Errorf("another name: exit code %d, %q, %s", code, out, stderr)
	}
}
