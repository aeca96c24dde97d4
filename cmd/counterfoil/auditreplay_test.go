package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
)

// TestReplayUnderOtherSettings: calls are not replayable, and none is said to
// differ, as soon as redaction is set differently, though nothing has put that on
// record yet; once it is set as before, they replay.
func TestReplayUnderOtherSettings(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	run(t, "--data", data, "init")
	file := filepath.Join(t.TempDir(), "s.csv")
	if err := os.WriteFile(file, []byte("Date,Description,Amount,Currency\n2026-01-02,ref 77120012 plum,-1.00,GBP\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "--data", data, "import", "--yes", "--account", "Main", file)
	run(t, "--data", data, "call", "search_transactions", `{"query":"plum"}`)
	replay := func() string {
		_, said := attempt(t, "--data", data, "audit", "replay")
		return said
	}
	if got := replay(); !strings.Contains(got, "1 identical") {
		t.Fatalf("at first: %s", got)
	}
	if err := os.WriteFile(filepath.Join(data, "known.txt"), []byte("77120012\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(data, "config.yaml")
	setuptest.Edit(t, config, `known_file: ""`, `known_file: known.txt`)
	if got := replay(); !strings.Contains(got, "0 different, 1 not replayable") || !strings.Contains(got, "the redaction settings or the version of the redactor have changed since") {
		t.Errorf("with a known value more: %s", got)
	}
	setuptest.Edit(t, config, `known_file: known.txt`, `known_file: ""`)
	if got := replay(); !strings.Contains(got, "1 identical") {
		t.Errorf("without it: %s", got)
	}
}
