package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestCreateNeverOverwrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := Create(path, []byte("one"), FileMode); err != nil {
		t.Fatal(err)
	}
	if err := Create(path, []byte("two"), FileMode); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("second create: got %v, want fs.ErrExist", err)
	}
	check(t, path, "one")
}

func TestCreateHasOneWinner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if Create(path, []byte("same length"), FileMode) == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d creates succeeded, want 1", won.Load())
	}
	check(t, path, "same length")
}

func TestReplaceKeepsOldOnFailure(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := Replace(path, []byte("one"), FileMode); err != nil {
		t.Fatal(err)
	}
	if err := Replace(path, []byte("two"), FileMode); err != nil {
		t.Fatal(err)
	}
	check(t, path, "two")
	if err := Replace(filepath.Join(dir, "missing", "f"), nil, FileMode); err == nil {
		t.Fatal("replace in a missing folder succeeded")
	}
}

func TestShred(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := Create(path, []byte("secret secret secret"), FileMode); err != nil {
		t.Fatal(err)
	}
	// A second name shows what the blocks hold after the first is gone.
	kept := path + ".kept"
	if err := os.Link(path, kept); err != nil {
		t.Fatal(err)
	}
	if err := Shred(path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("still there: %v", err)
	}
	got, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(got), "secret") {
		t.Fatal("content was not overwritten")
	}
	if err := Shred(path); err != nil {
		t.Fatalf("shredding a missing file: %v", err)
	}
}

func check(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Fatalf("content: got %q, want %q", got, want)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != FileMode {
		t.Fatalf("mode: got %v, want %v", info.Mode().Perm(), FileMode)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), TempPrefix) {
			t.Fatalf("temporary file %s left behind", e.Name())
		}
	}
}

// TestSupersedeOverwrites: whoever holds the old file open, as an undelete tool
// would, finds noise in it.
func TestSupersedeOverwrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := Supersede(path, []byte("first secret"), FileMode); err != nil {
		t.Fatal(err)
	}
	old, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	// A crash came between the replacement before and its overwriting.
	leftover := filepath.Join(filepath.Dir(path), OldPrefix+"f")
	if err := os.WriteFile(leftover, []byte("older secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Supersede(path, []byte("second"), FileMode); err != nil {
		t.Fatal(err)
	}
	check(t, path, "second")
	noise := make([]byte, 12)
	if n, err := old.ReadAt(noise, 0); n != 12 || string(noise) == "first secret" {
		t.Errorf("the old file still holds %q, %v", noise[:n], err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files are left, %v", len(entries), err)
	}
}
