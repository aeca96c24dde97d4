package arrivals

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSeen keeps the newest lines, and survives what it cannot read.
func TestSeen(t *testing.T) {
	s := &Seen{path: filepath.Join(t.TempDir(), "imported")}
	if s.Has("kind ofx") {
		t.Error("an empty file has something")
	}
	many := strings.Repeat("file x\n", maxSeen-1) + "kind ofx\n"
	if err := os.WriteFile(s.path, []byte(many), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Add("kind csv a\tb"); err != nil {
			t.Fatal(err)
		}
	}
	if !s.Has("kind ofx") || !s.Has("kind csv a\tb") || len(s.lines()) != maxSeen {
		t.Errorf("%d lines", len(s.lines()))
	}
	if err := os.WriteFile(s.path, make([]byte, maxSeenFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Add("kind ofx"); err != nil || len(s.lines()) != 1 {
		t.Errorf("%d lines, %v", len(s.lines()), err)
	}
	if got, want := KindOf("csv", "a\nkind ofx"), "kind csv a kind ofx"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
