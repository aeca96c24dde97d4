package folder

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/internal/seal"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
)

// TestRedactorMark: another version of the redactor begins another epoch, as other
// settings do, so that a replay says why a result is another one.
func TestRedactorMark(t *testing.T) {
	h, _ := setuptest.New(t)
	f, err := Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.RedactorMark() != f.redactorMarkOf(redact.Version) || f.redactorMarkOf(redact.Version-1) == f.RedactorMark() {
		t.Error("the mark does not tell the version")
	}
}

// events opens and closes the folder and returns what its log then holds.
func events(t *testing.T, h *home.Home) []string {
	t.Helper()
	f, err := Take(context.Background(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	for it, err := range f.Log.Reader().Select(audit.Filter{Phase: audit.PhaseEvent}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, it.Record.Event+" "+string(rune('0'+it.Record.RedactorEpoch)))
	}
	return out
}

// TestChangeWithoutRecord: whoever made a change that could not be put on record hears
// that it was made, and the record follows.
func TestChangeWithoutRecord(t *testing.T) {
	h, _ := setuptest.New(t)
	f, err := Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Log.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = f.ImportStatement(t.Context(), ingest.Path(samples+"profiles/monzo.csv"), ImportRequest{}, func(int64, int64) {})
	if !errors.Is(err, audit.ErrClosed) || !strings.Contains(err.Error(), "is in the store and need not be made again") {
		t.Errorf("the import came to %v", err)
	}
	f.Close()
	if f, err = Open(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if got := events(t, h); !slices.Contains(got, "batch 0") && !slices.Contains(got, "batch 1") {
		t.Errorf("on record are %q", got)
	}
}

func TestConfigChangesAreRecorded(t *testing.T) {
	h, _ := setuptest.New(t)
	check := func(what string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, events(t, h)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", what, diff)
		}
	}
	check("first start", "config 1")
	check("second start", "config 1")
	setuptest.Edit(t, h.ConfigPath, "timezone: UTC", "timezone: Europe/London")
	check("a change by hand", "config 1", "config 1")
	setuptest.Edit(t, h.ConfigPath, "actions: {}", "actions: {phone: token}")
	check("another redaction", "config 1", "config 1", "config 2")
	if err := os.Remove(h.Data("run", "recorded")); err != nil {
		t.Fatal(err)
	}
	check("without the cache", "config 1", "config 1", "config 2")
	if err := os.WriteFile(h.Data("run", "recorded"), []byte(`{"next":2,"leaf":"00","config":"x","epoch":7}`), 0o600); err != nil {
		t.Fatal(err)
	}
	check("a cache of another log", "config 1", "config 1", "config 2")
	if err := os.WriteFile(h.Data("run", "recorded"), []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("a broken cache", "config 1", "config 1", "config 2")
	setuptest.Edit(t, h.ConfigPath, `known_file: ""`, "known_file: known")
	if err := os.WriteFile(h.Data("known"), []byte("# mine\n12345678\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("known values", "config 1", "config 1", "config 2", "config 3")
	if err := os.WriteFile(h.Data("known"), []byte("# mine\n12345679\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("other known values", "config 1", "config 1", "config 2", "config 3", "config 4")
	entries, err := os.ReadDir(h.Data("policies"))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 4 {
		t.Errorf("%d configs are archived, want 4", len(entries))
	}
}

// TestBatchesWithoutRecord: a crash between a commit and its record is made
// good at the next opening, in order, and once.
func TestBatchesWithoutRecord(t *testing.T) {
	h, _ := setuptest.New(t)
	ctx := context.Background()
	f, err := Open(ctx, h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.ImportInput(ctx, ingest.Bytes("s.ofx", []byte(statement)), ingest.Options{}, nil, func(_, _ int64) {}); err != nil {
		t.Fatal(err)
	}
	accounts, err := f.Store.Accounts(ctx, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two", "three"} {
		if _, err := f.Store.RenameAccount(ctx, accounts[0].ID, name, 0, h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		f, err = Open(ctx, h)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for it, err := range f.Log.Reader().Select(audit.Filter{Event: audit.EventBatch}) {
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
	h, _ := setuptest.New(t)
	ctx := context.Background()
	setuptest.Edit(t, h.ConfigPath, "owners: {}", "owners: {Mine: alex}")
	f, err := Open(ctx, h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var sealed []byte
	var token string
	spy := owned{f, f.Store}
	w := writerFunc(func(ctx context.Context, im store.Import, rows iter.Seq2[store.Row, error], dryRun bool) (store.Imported, error) {
		done, err := spy.Import(ctx, im, rows, dryRun)
		sealed, token = im.Accounts[0].Sealed[0].Value, im.Accounts[0].Token
		return done, err
	})
	im, err := ingest.New(f.importConfig(ctx, nil, func(_, _ int64) {}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := im.File(ctx, w, ingest.Bytes("s.ofx", []byte(statement)), ingest.Options{Account: "Mine"}); err != nil {
		t.Fatal(err)
	}
	accounts, err := f.Store.Accounts(ctx, 1, nil)
	if err != nil || accounts[0].Subject != "alex" {
		t.Fatalf("%+v, %v", accounts, err)
	}
	number, err := f.Keys.Open(seal.PurposeVault, "alex", []byte(token), sealed)
	if err != nil || !strings.Contains(string(number), "7000000001") {
		t.Fatalf("opens to %q, %v", number, err)
	}
	if err := f.Keys.Destroy("alex"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Keys.Open(seal.PurposeVault, "alex", []byte(token), sealed); !errors.Is(err, seal.ErrErased) {
		t.Errorf("after the erasure: %v", err)
	}
}

type writerFunc func(context.Context, store.Import, iter.Seq2[store.Row, error], bool) (store.Imported, error)

func (w writerFunc) Import(ctx context.Context, im store.Import, rows iter.Seq2[store.Row, error], dryRun bool) (store.Imported, error) {
	return w(ctx, im, rows, dryRun)
}
