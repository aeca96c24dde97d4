package outbox_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/counterfoil/counterfoil/internal/notion/outbox"
	"github.com/counterfoil/counterfoil/internal/notion/outbox/outboxtest"
	"github.com/counterfoil/counterfoil/internal/seal"
)

func newFolder(t *testing.T) (open func() outbox.Store, dir string) {
	t.Helper()
	home := t.TempDir()
	if err := seal.Create(home); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.OpenKeyring(home, "")
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(home, "outbox")
	return func() outbox.Store {
		f, err := outbox.OpenFolder(dir, keys)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}, dir
}

func TestFolder(t *testing.T) {
	open, _ := newFolder(t)
	outboxtest.Store(t, open(), open)
}

// What a row holds is sealed, a leftover of a crash is passed over, and a row
// under another's name does not open.
func TestFolderAtRest(t *testing.T) {
	open, dir := newFolder(t)
	s := open()
	for _, id := range []string{"a", "b"} {
		if err := s.Put(t.Context(), outbox.Row{ID: id, Rev: 1, Key: id, State: outbox.Pending, Op: json.RawMessage(`"confidential"`), Progress: json.RawMessage("{}")}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.row"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	first, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(first, []byte("confidential")) {
		t.Error("a row lies in the clear")
	}
	if err := os.WriteFile(filepath.Join(dir, ".tmp-1"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open().Get(t.Context(), "a"); err != nil {
		t.Errorf("beside a leftover: %v", err)
	}
	if err := os.WriteFile(files[1], first, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "a"); err != nil {
		if _, err := s.Get(t.Context(), "b"); err != nil {
			t.Error("both rows are lost")
		}
	} else if _, err := s.Get(t.Context(), "b"); err == nil {
		t.Error("a row opened under another's name")
	}
}

// TestReseal: every row is sealed under the new key, each once, and the older key
// can go.
func TestReseal(t *testing.T) {
	home := t.TempDir()
	if err := seal.Create(home); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.OpenKeyring(home, "")
	if err != nil {
		t.Fatal(err)
	}
	f, err := outbox.OpenFolder(filepath.Join(home, "outbox"), keys)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, id := range []string{"w_a", "w_b"} {
		if err := f.Put(t.Context(), outbox.Row{ID: id, Key: id, State: outbox.Done, Created: now, Updated: now}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := keys.Rotate(seal.PurposeColumn, "", now); err != nil {
		t.Fatal(err)
	}
	if err := f.Put(t.Context(), outbox.Row{ID: "w_c", Key: "w_c", State: outbox.Done, Created: now, Updated: now}); err != nil {
		t.Fatal(err)
	}
	old, err := keys.Retired([]string{""}, now)
	if err != nil || len(old) != 1 {
		t.Fatalf("%+v, %v", old, err)
	}
	for _, want := range []int{2, 0} {
		if n, err := f.Reseal(t.Context(), old[0].Sealed); err != nil || n != want {
			t.Errorf("%d sealed anew, %v; want %d", n, err, want)
		}
	}
	if err := keys.DestroyRetired(old[0]); err != nil {
		t.Fatal(err)
	}
	if f, err = outbox.OpenFolder(filepath.Join(home, "outbox"), keys); err != nil {
		t.Fatal(err)
	}
	if rows, err := f.List(t.Context(), outbox.Query{}); err != nil || len(rows) != 3 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
