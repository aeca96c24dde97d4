package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/console"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/store"
)

// newApp sets up a data folder and returns the app on it, and what it says.
func newApp(t *testing.T) (*app, *bytes.Buffer) {
	t.Helper()
	said := &bytes.Buffer{}
	a := &app{Home: &home.Home{
		UI:      console.UI{Out: &bytes.Buffer{}, Err: said},
		DataDir: filepath.Join(t.TempDir(), "data"),
		Now:     func() time.Time { return time.Now().UTC() },
	}, started: true}
	if err := a.Resolve(); err != nil {
		t.Fatal(err)
	}
	if err := setup.Init(t.Context(), a.Home, setup.Postgres{}, ""); err != nil {
		t.Fatal(err)
	}
	return a, said
}

// events opens and closes the folder and returns what its log then holds.
func events(t *testing.T, a *app) []string {
	t.Helper()
	f, err := a.openFolder(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	for it, err := range f.log.Reader().Select(audit.Filter{Phase: audit.PhaseEvent}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, it.Record.Event+" "+string(rune('0'+it.Record.RedactorEpoch)))
	}
	return out
}

func edit(t *testing.T, path, old, replacement string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q", path, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, replacement, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestChangeWithoutRecord: whoever made a change that could not be put on record hears
// that it was made, and the record follows.
func TestChangeWithoutRecord(t *testing.T) {
	a, _ := newApp(t)
	f, err := a.openData(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.log.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = f.importStatement(t.Context(), ingest.Path(samples+"profiles/monzo.csv"), importRequest{}, func(int64, int64) {})
	if !errors.Is(err, audit.ErrClosed) || !strings.Contains(err.Error(), "is in the store and need not be made again") {
		t.Errorf("the import came to %v", err)
	}
	f.Close()
	if f, err = a.openData(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if got := events(t, a); !slices.Contains(got, "batch 0") && !slices.Contains(got, "batch 1") {
		t.Errorf("on record are %q", got)
	}
}

func TestConfigChangesAreRecorded(t *testing.T) {
	a, _ := newApp(t)
	check := func(what string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, events(t, a)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", what, diff)
		}
	}
	check("first start", "config 1")
	check("second start", "config 1")
	edit(t, a.ConfigPath, "timezone: UTC", "timezone: Europe/London")
	check("a change by hand", "config 1", "config 1")
	edit(t, a.ConfigPath, "actions: {}", "actions: {phone: token}")
	check("another redaction", "config 1", "config 1", "config 2")
	if err := os.Remove(a.Data("run", "recorded")); err != nil {
		t.Fatal(err)
	}
	check("without the cache", "config 1", "config 1", "config 2")
	if err := os.WriteFile(a.Data("run", "recorded"), []byte(`{"next":2,"leaf":"00","config":"x","epoch":7}`), 0o600); err != nil {
		t.Fatal(err)
	}
	check("a cache of another log", "config 1", "config 1", "config 2")
	if err := os.WriteFile(a.Data("run", "recorded"), []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("a broken cache", "config 1", "config 1", "config 2")
	edit(t, a.ConfigPath, `known_file: ""`, "known_file: known")
	if err := os.WriteFile(a.Data("known"), []byte("# mine\n12345678\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("known values", "config 1", "config 1", "config 2", "config 3")
	if err := os.WriteFile(a.Data("known"), []byte("# mine\n12345679\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("other known values", "config 1", "config 1", "config 2", "config 3", "config 4")
	entries, err := os.ReadDir(a.Data("policies"))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 4 {
		t.Errorf("%d configs are archived, want 4", len(entries))
	}
}

// TestFaultsOfTheFolder: each fault is one clear line with its exit code, and
// nothing is served.
func TestFaultsOfTheFolder(t *testing.T) {
	write := func(a *app, text string, elem ...string) error {
		return os.WriteFile(a.Data(elem...), []byte(text), 0o600)
	}
	tests := []struct {
		name string
		do   func(a *app) error
		code int
		text string
	}{
		{"no folder", func(a *app) error { return os.RemoveAll(a.DataDir) }, exit.Data, "is not set up"},
		{"unknown version", func(a *app) error { return write(a, "counterfoil-data 9\n", "VERSION") }, exit.Data, "another version"},
		{"no config", func(a *app) error { return os.Remove(a.ConfigPath) }, exit.Data, "no config"},
		{"no key", func(a *app) error { return os.Remove(a.Data("keys", "kek")) }, exit.NoKey, "kek"},
		{"key open to others", func(a *app) error { return os.Chmod(a.Data("keys", "kek"), 0o644) }, exit.NoKey, "chmod 600"},
		{"damaged key", func(a *app) error { return write(a, "x", "keys", "kek") }, exit.NoKey, "not a key"},
		{"missing known file", func(a *app) error { return write(a, "", "known"+"x") }, exit.Config, "known_file"},
		{"lost log key", func(a *app) error { return os.Remove(a.Data("keys", "log.key")) }, exit.CheckFailed, "log"},
		{"held folder", func(a *app) error { _, err := a.openFolder(context.Background()); return err }, exit.Data, "held by another process"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, _ := newApp(t)
			if tt.name == "missing known file" {
				edit(t, a.ConfigPath, `known_file: ""`, "known_file: known")
			}
			if err := tt.do(a); err != nil {
				t.Fatal(err)
			}
			f, err := a.openFolder(context.Background())
			if err == nil {
				f.Close()
				t.Fatal("the folder opened")
			}
			got := exit.Classify(err, false, true)
			if got.Code != tt.code || !strings.Contains(got.Error(), tt.text) || strings.Contains(got.Error(), "\n") {
				t.Errorf("got code %d, %q; want %d with %q on one line", got.Code, got.Error(), tt.code, tt.text)
			}
		})
	}
}

// TestPanicText: the text of a panic never gets out.
func TestPanicText(t *testing.T) {
	var f *exit.Failure
	func() {
		defer func() {
			recover()
			f = exit.Panicked()
		}()
		panic("GB29NWBK60161331926819")
	}()
	if strings.Contains(f.Error(), "GB29") || !strings.Contains(f.Error(), "reconcile_test.go:") {
		t.Errorf("got %q", f.Error())
	}
}

// TestBatchesWithoutRecord: a crash between a commit and its record is made
// good at the next opening, in order, and once.
func TestBatchesWithoutRecord(t *testing.T) {
	a, _ := newApp(t)
	ctx := context.Background()
	f, err := a.openData(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.importInput(ctx, ingest.Bytes("s.ofx", []byte(statement(1, 3))), ingest.Options{}, nil, func(_, _ int64) {}); err != nil {
		t.Fatal(err)
	}
	accounts, err := f.store.Accounts(ctx, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two", "three"} {
		if _, err := f.store.RenameAccount(ctx, accounts[0].ID, name, 0, a.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		f, err = a.openData(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for it, err := range f.log.Reader().Select(audit.Filter{Event: audit.EventBatch}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(it.Record.Batch, " ", it.Record.Detail))
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"1 import", "2 rename", "3 rename", "4 rename"}, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	}
}

// TestOwners: an account's number is sealed with its owner's key, and erasing
// the owner erases it.
func TestOwners(t *testing.T) {
	a, _ := newApp(t)
	ctx := context.Background()
	edit(t, a.ConfigPath, "owners: {}", "owners: {Mine: alex}")
	f, err := a.openData(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var sealed []byte
	var token string
	spy := owned{f, f.store}
	w := writerFunc(func(ctx context.Context, im store.Import, rows iter.Seq2[store.Row, error], dryRun bool) (store.Imported, error) {
		done, err := spy.Import(ctx, im, rows, dryRun)
		sealed, token = im.Accounts[0].Sealed[0].Value, im.Accounts[0].Token
		return done, err
	})
	im, err := ingest.New(f.importConfig(ctx, nil, func(_, _ int64) {}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := im.File(ctx, w, ingest.Bytes("s.ofx", []byte(statement(1, 3))), ingest.Options{Account: "Mine"}); err != nil {
		t.Fatal(err)
	}
	accounts, err := f.store.Accounts(ctx, 1, nil)
	if err != nil || accounts[0].Subject != "alex" {
		t.Fatalf("%+v, %v", accounts, err)
	}
	number, err := f.keys.Open(seal.PurposeVault, "alex", []byte(token), sealed)
	if err != nil || !strings.Contains(string(number), "7000000001") {
		t.Fatalf("opens to %q, %v", number, err)
	}
	if err := f.keys.Destroy("alex"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.keys.Open(seal.PurposeVault, "alex", []byte(token), sealed); !errors.Is(err, seal.ErrErased) {
		t.Errorf("after the erasure: %v", err)
	}
}

type writerFunc func(context.Context, store.Import, iter.Seq2[store.Row, error], bool) (store.Imported, error)

func (w writerFunc) Import(ctx context.Context, im store.Import, rows iter.Seq2[store.Row, error], dryRun bool) (store.Imported, error) {
	return w(ctx, im, rows, dryRun)
}
