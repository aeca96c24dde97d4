package setup_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
)

// at is a home whose data folder is dir.
func at(t *testing.T, dir string) *home.Home {
	t.Helper()
	h := &home.Home{UI: console.UI{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, DataDir: dir}
	if err := h.Resolve(); err != nil {
		t.Fatal(err)
	}
	return h
}

// content maps the files and folders below a folder to what they hold.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if all[name] = "a folder"; d.IsDir() {
			return nil
		}
		text, err := os.ReadFile(path)
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func same(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name, text := range a {
		if other, ok := b[name]; !ok || other != text {
			return false
		}
	}
	return true
}

// TestUsedFolder: a folder that holds anything of others is refused and stays as it
// was; what an init that was cut off left is none of theirs.
func TestUsedFolder(t *testing.T) {
	for name, ok := range map[string]bool{
		"letter.txt": false, ".hidden": false, "store.db": false, "keys2": false, "tmp-1": false,
		".tmp-0123": true, "config.yam": false,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		before := content(t, dir)
		h := at(t, dir)
		err := setup.Init(t.Context(), h, setup.Postgres{}, "")
		if (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			continue
		}
		if got := exit.Classify(err, false, true); got.Code != exit.Data || got.Hint == "" || strings.Contains(got.Error(), name) {
			t.Errorf("%s: %d %v", name, got.Code, got)
		}
		if !same(before, content(t, dir)) {
			t.Errorf("%s: the folder has changed", name)
		}
	}
}

// TestNotAFolder: what is no folder, and a folder of another layout, are left alone.
func TestNotAFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	other := filepath.Join(dir, "other")
	if err := errors.Join(os.WriteFile(file, []byte("mine"), 0o600), os.Mkdir(other, 0o700), os.WriteFile(filepath.Join(other, "VERSION"), []byte("1.2\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	before := content(t, dir)
	for _, name := range []string{file, filepath.Join(file, "below"), other} {
		err := setup.Init(t.Context(), at(t, name), setup.Postgres{}, "")
		if err == nil || exit.Classify(err, false, true).Code != exit.Data {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
	if !same(before, content(t, dir)) {
		t.Error("something has changed")
	}
}

// TestAgain: a second run changes nothing, and one after a loss brings back what can
// be made again, and nothing else.
func TestAgain(t *testing.T) {
	h, _ := setuptest.New(t)
	made := content(t, h.DataDir)
	for _, lost := range []string{"", "VERSION", "policy.yaml", "policy_test.yaml", "run", "tiles"} {
		if lost != "" {
			if err := os.RemoveAll(h.Data(lost)); err != nil {
				t.Fatal(err)
			}
		}
		if err := setup.Init(t.Context(), h, setup.Postgres{}, ""); err != nil {
			t.Fatalf("without %q: %v", lost, err)
		}
		if !same(made, content(t, h.DataDir)) {
			t.Fatalf("without %q something else came of it", lost)
		}
	}
	if err := os.Remove(h.Data("keys", "kek")); err != nil {
		t.Fatal(err)
	}
	if err := setup.Init(t.Context(), h, setup.Postgres{}, ""); err == nil || exit.Classify(err, false, true).Code != exit.NoKey {
		t.Errorf("without the key: %v", err)
	}
	if _, err := os.Stat(h.Data("keys", "kek")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the key was replaced: %v", err)
	}
}

// TestPrivate: nobody else reads what is made, whatever the folder was before.
func TestPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing on Windows")
	}
	dir := filepath.Join(t.TempDir(), "data")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	if err := setup.Init(t.Context(), at(t, dir), setup.Postgres{}, ""); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 && !strings.HasSuffix(path, ".pub") {
			t.Errorf("%s is open to others: %v", d.Name(), info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestWith: sections of a file that make no config are refused with nothing written,
// without a word of the file or its name, so that a better file can follow.
func TestWith(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "sections-55779911.yaml")
	h := at(t, filepath.Join(dir, "data"))
	for name, text := range map[string]string{
		"a text": "hello 77889922", "a list": "- a\n", "nothing": "", "no YAML": "a: [77889922", "an unknown key": "surprise: {}\n",
		"a wrong value": "serve: {http: 7}\n", "a document of its own": "---\nserve: {http: '127.0.0.1:7272'}\n", "a key twice": "llm: {}\nllm: {}\n",
		"too much": "llm: {}\n#" + strings.Repeat(" ", 2<<20),
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := setup.Init(t.Context(), h, setup.Postgres{}, file)
		if err == nil || exit.Classify(err, false, true).Code != exit.Config || strings.Contains(err.Error(), "5577") || strings.Contains(err.Error(), "7788") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(h.ConfigPath); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s: a config was written, %v", name, err)
		}
	}
	if err := os.WriteFile(file, []byte("serve: {http: '127.0.0.1:7272'}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := setup.Init(t.Context(), h, setup.Postgres{}, file); err != nil {
		t.Fatal(err)
	}
	if c, err := h.Config(); err != nil || c.Serve.HTTP != "127.0.0.1:7272" || c.Serve.Unix != "" {
		t.Errorf("the config says %+v, %v", c, err)
	}
}

// TestPostgresFlags: what cannot be a tenant is refused before anything is asked.
func TestPostgresFlags(t *testing.T) {
	for name, pg := range map[string]setup.Postgres{
		"shared without a database": {Shared: true}, "no tenant": {Migrator: "env:X"}, "no name": {Migrator: "env:X", Tenant: "A-b"},
		"too long": {Migrator: "env:X", Tenant: strings.Repeat("a", 41)}, "SQL": {Migrator: "env:X", Tenant: `x";drop`},
	} {
		h := at(t, filepath.Join(t.TempDir(), "data"))
		err := setup.Init(t.Context(), h, pg, "")
		if err == nil || exit.Classify(err, false, true).Code != exit.Usage {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(h.ConfigPath); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: a config was written, %v", name, err)
		}
	}
}

// TestLoginFiles: each login has a password of its own, is read by its owner alone,
// and is never replaced.
func TestLoginFiles(t *testing.T) {
	h, _ := setuptest.New(t)
	const dsn = "postgres://migrator:secret@db.example:5432/bank?sslmode=verify-full"
	var first []string
	for range 2 {
		if err := setup.CreateLoginFiles(h, dsn, "acme", h.DataDir); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, l := range setup.LoginFiles {
			text, err := os.ReadFile(h.Data(l.File))
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(h.Data(l.File)); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", l.File, info.Mode(), err)
			}
			if !strings.Contains(string(text), "cf_acme_"+strings.TrimPrefix(l.File, "keys/postgres-")) || strings.Contains(string(text), "secret") || !strings.Contains(string(text), "db.example") {
				t.Errorf("%s: %s", l.File, text)
			}
			texts = append(texts, string(text))
		}
		if first == nil {
			first = texts
		}
		if !slices.Equal(first, texts) || len(slices.Compact(slices.Sorted(slices.Values(texts)))) != 3 {
			t.Errorf("the logins are %q, then %q", first, texts)
		}
	}
}
