package sqlite

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/counterfoil/counterfoil/store"
)

// filled makes a store file with some rows and returns its path.
func filled(t *testing.T, cfg Config, rows int) string {
	t.Helper()
	cfg.Path = filepath.Join(t.TempDir(), "store.db")
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Import(t.Context(), benchImport("file"), generate(0, rows), false); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return cfg.Path
}

// TestOpenFaults: each way in which a store cannot be opened is ErrUnavailable
// and says what is wrong, without the path.
func TestOpenFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, cfg *Config)
		want  string
	}{
		{"wrong key", func(t *testing.T, cfg *Config) { cfg.Key[0]++ }, "wrong key"},
		{"plain instead of encrypted", func(t *testing.T, cfg *Config) { cfg.Plain = true }, "wrong key"},
		{"not a store", func(t *testing.T, cfg *Config) {
			overwrite(t, cfg.Path, 0, bytes.Repeat([]byte("not a store "), 10_000))
		}, "wrong key, or the file is not a store"},
		{"first page damaged", func(t *testing.T, cfg *Config) { overwrite(t, cfg.Path, 100, []byte("damage")) }, "wrong key"},
		{"cut short", func(t *testing.T, cfg *Config) { truncate(t, cfg.Path, 3*4096) }, "corrupt"},
		{"newer schema", func(t *testing.T, cfg *Config) { sql(t, *cfg, "PRAGMA user_version=99") }, "newer version"},
		{"another program's", func(t *testing.T, cfg *Config) { sql(t, *cfg, "PRAGMA application_id=7") }, "another program"},
		{"a folder", func(t *testing.T, cfg *Config) { cfg.Path = filepath.Dir(cfg.Path) }, "directory"},
		{"no folder", func(t *testing.T, cfg *Config) { cfg.Path = filepath.Join(cfg.Path+"-no", "x") }, "no such file"},
		{"read-only and missing", func(t *testing.T, cfg *Config) { cfg.Path += "-no"; cfg.ReadOnly = true }, "cannot be opened"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := Config{Key: testKey}
			cfg.Path = filled(t, cfg, 2000)
			folder := filepath.Dir(cfg.Path)
			c.spoil(t, &cfg)
			s, err := Open(t.Context(), cfg)
			if err == nil {
				// Damage deep in the file shows when it is read.
				err = cmpErr(s.check(t.Context()), s.Close())
			}
			if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want one about %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), folder) {
				t.Errorf("the error names the path: %v", err)
			}
		})
	}
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// check reads everything there is.
func (s *Store) check(ctx context.Context) error {
	at, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	for _, err := range s.Each(ctx, at, store.Filter{}, 1<<30) {
		if err != nil {
			return err
		}
	}
	_, err = s.RowsDigest(ctx, int64(at))
	return err
}

func overwrite(t *testing.T, path string, at int64, data []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(data, at); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

// sql runs a statement on a store's file behind its back.
func sql(t *testing.T, cfg Config, statement string) {
	t.Helper()
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	w := <-s.writer
	err = w.db.Exec(statement)
	s.writer <- w
	if err := cmpErr(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestNoKey: an unencrypted store must be asked for.
func TestNoKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	if _, err := Open(t.Context(), Config{Path: path}); err == nil {
		t.Fatal("a store without a key was opened")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
	open(t, Config{Path: path, Plain: true})
}

// TestNothingInTheClear: neither the file nor its log holds a text, and the
// files are the owner's alone.
func TestNothingInTheClear(t *testing.T) {
	dir := t.TempDir()
	cfg := Config{Path: filepath.Join(dir, "store.db"), Key: testKey}
	s := open(t, cfg)
	if _, err := s.Import(t.Context(), benchImport("file"), generate(0, 3000), false); err != nil {
		t.Fatal(err)
	}
	look := func() (seen int) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{"card payment", "SQLite format", "category 1", "CREATE TABLE", benchWords[0], string(testKey[:3])} {
				if len(text) > 3 && bytes.Contains(data, []byte(text)) {
					t.Errorf("%s holds %q", e.Name(), text)
				}
			}
			info, err := e.Info()
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(e.Name(), "-shm") {
				continue // page numbers only
			}
			if seen++; info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v", e.Name(), info.Mode())
			}
		}
		return seen
	}
	if seen := look(); seen != 2 {
		t.Errorf("looked at %d files, want the store and its log", seen)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	look()
}

// TestLocked: a change that another process keeps from beginning says so.
func TestLocked(t *testing.T) {
	cfg := Config{Path: filepath.Join(t.TempDir(), "store.db"), Key: testKey, BusyTimeout: 10 * time.Millisecond}
	one, two := open(t, cfg), open(t, cfg)
	w := <-one.writer
	defer func() { one.writer <- w }()
	if err := w.db.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	_, err := two.Import(t.Context(), benchImport("x"), generate(0, 10), false)
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "locked") {
		t.Errorf("got %v", err)
	}
	if _, err := two.Snapshot(t.Context()); err != nil {
		t.Errorf("reading meanwhile: %v", err)
	}
	if err := w.db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Import(t.Context(), benchImport("x"), generate(0, 10), false); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	// The other process's batch is seen here.
	if at, err := one.Snapshot(t.Context()); err != nil || at != 1 {
		t.Errorf("snapshot is %d, %v", at, err)
	}
	if _, err := one.Search(t.Context(), store.Query{At: 1, Limit: 1}); err != nil {
		t.Error(err)
	}
}

// TestReadOnly: a store opened so reads and refuses every change.
func TestReadOnly(t *testing.T) {
	cfg := Config{Key: testKey}
	cfg.Path = filled(t, cfg, 100)
	cfg.ReadOnly = true
	s := open(t, cfg)
	if err := s.check(t.Context()); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"import": third(s.Import(t.Context(), benchImport("x"), generate(0, 1), false)),
		"undo":   third(s.Undo(t.Context(), 1, time.Now())),
	} {
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "read-only") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadOnlyFolder: where the file that SQLite needs beside a store can't be
// made, as on a read-only disk, a store that was closed is read all the same;
// one whose newest changes lie in its write-ahead log says what to do. A folder
// of the file's name keeps it from being made, for root as well.
func TestReadOnlyFolder(t *testing.T) {
	cfg := Config{Key: testKey}
	cfg.Path = filled(t, cfg, 100)
	cfg.ReadOnly = true
	if err := os.Mkdir(cfg.Path+"-shm", 0o700); err != nil {
		t.Fatal(err)
	}
	s := open(t, cfg)
	if err := s.check(t.Context()); err != nil {
		t.Error(err)
	}
	if page, err := s.Search(t.Context(), store.Query{At: 1, Limit: 10}); err != nil || len(page.Items) != 10 {
		t.Errorf("search: %d items, %v", len(page.Items), err)
	}
	if err := os.WriteFile(cfg.Path+"-wal", make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), cfg)
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "copy both") {
		t.Errorf("with a write-ahead log: %v", err)
	}
}

func third[T any](_ T, err error) error { return err }

// TestDiskFull: an import that does not fit fails with words, keeps nothing and
// leaves a store that works. A bound on pages stands for the disk.
func TestDiskFull(t *testing.T) {
	s := open(t, Config{Path: filepath.Join(t.TempDir(), "store.db"), Key: testKey})
	if _, err := s.Import(t.Context(), benchImport("first"), generate(0, 100), false); err != nil {
		t.Fatal(err)
	}
	limit := func(pages string) {
		w := <-s.writer
		defer func() { s.writer <- w }()
		if err := w.db.Exec("PRAGMA max_page_count=" + pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // the size it has
	_, err := s.Import(t.Context(), benchImport("second"), generate(100, 5000), false)
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "full") {
		t.Errorf("got %v", err)
	}
	limit("1000000")
	done, err := s.Import(t.Context(), benchImport("second"), generate(100, 5000), false)
	if err != nil || done.Batch.Number != 2 || done.Batch.Added != 4900 {
		t.Errorf("afterwards: %+v, %v", done.Batch, err)
	}
}

// TestInterrupt: a context that ends while SQLite runs stops the query. This
// one would never end by itself.
func TestInterrupt(t *testing.T) {
	s := open(t, Config{})
	c, err := s.acquire(t.Context(), s.readers)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c.use(ctx)
	err = c.db.CreateFunction("stop", 0, 0, func(sqlite3.Context, ...sqlite3.Value) { cancel() })
	if err != nil {
		t.Fatal(err)
	}
	err = c.each("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE CASE WHEN i = 1000 THEN stop() END", nil,
		func(*sqlite3.Stmt) error { return errors.New("a row") })
	err = wrap(ctx, "reading", err)
	release(c, s.readers)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Snapshot(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestImportStopsInside: a context that ends while an import's rows come keeps
// nothing, also when blocks were written already.
func TestImportStopsInside(t *testing.T) {
	s := open(t, Config{Path: filepath.Join(t.TempDir(), "store.db"), Key: testKey})
	w := <-s.writer
	w.block = 300
	s.writer <- w
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Import(ctx, benchImport("file"), func(yield func(store.Row, error) bool) {
		n := 0
		for row, err := range generate(0, 2000) {
			if n++; n == 1000 {
				cancel()
			}
			if !yield(row, err) {
				return
			}
		}
	}, false)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if at, err := s.Snapshot(t.Context()); err != nil || at != 0 {
		t.Errorf("snapshot is %d, %v", at, err)
	}
	w = <-s.writer
	n, err := w.integer("SELECT (SELECT count(*) FROM version) + (SELECT count(*) FROM sheet) + (SELECT count(*) FROM run) + (SELECT count(*) FROM name)")
	s.writer <- w
	if err != nil || n != 0 {
		t.Errorf("%d rows were kept, %v", n, err)
	}
}

// TestCheckReadsAll: a bit that is wrong in any page of the file is found, also in those
// that no digest reads.
func TestCheckReadsAll(t *testing.T) {
	cfg := Config{Key: testKey}
	cfg.Path = filled(t, cfg, 300)
	whole, err := os.ReadFile(cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	check := func() error {
		s, err := Open(t.Context(), cfg)
		if err != nil {
			return err
		}
		return cmpErr(s.Check(t.Context()), s.Close())
	}
	if err := check(); err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for at := page / 2; at < len(whole); at += page {
		spoilt := bytes.Clone(whole)
		spoilt[at] ^= 1
		if err := os.WriteFile(cfg.Path, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := check(); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("page %d of %d: got %v", at/page, len(whole)/page, err)
		}
	}
}
