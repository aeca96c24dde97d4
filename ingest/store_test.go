package ingest

import (
	"context"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/store/sqlite"
)

func openStore(t *testing.T) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// realConfig uses the redactor of the program.
func realConfig() Config {
	cfg := testConfig()
	key := [32]byte{7}
	cfg.Token = func(entity, value string) string { return redact.TokenOf(key, redact.Entity(entity), value) }
	cfg.Fingerprint = func(entity, value, token string) ([]byte, error) {
		return redact.FingerprintAs(key, redact.Entity(entity), value, token)
	}
	cfg.Redactor = func(known [][]byte, _ func(string, string)) (func(dst, src []byte) ([]byte, error), error) {
		set, err := redact.NewKnown(known)
		if err != nil {
			return nil, err
		}
		r, err := redact.New(redact.Config{Key: key, Known: set})
		if err != nil {
			return nil, err
		}
		return func(dst, src []byte) ([]byte, error) {
			out, _, err := r.Text(dst, src)
			return out, err
		}, nil
	}
	return cfg
}

// TestDedupSQLite runs the cases of TestDedup against the embedded store, each
// in an account of its own.
func TestDedupSQLite(t *testing.T) {
	im, err := New(realConfig())
	if err != nil {
		t.Fatal(err)
	}
	s := openStore(t)
	for _, c := range dedupCases() {
		for i, in := range c.files {
			r, err := im.File(context.Background(), s, in, Options{Account: c.name})
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if r.Added != c.added[i] || r.Added+r.Skipped != r.Rows {
				t.Errorf("%s: file %d added %d and skipped %d of %d, want %d added", c.name, i, r.Added, r.Skipped, r.Rows, c.added[i])
			}
		}
	}
}

// TestPending stores an announcement only if asked to; its booking, two days
// later by the bank's own reference, takes its place.
func TestPending(t *testing.T) {
	ctx := context.Background()
	im, err := New(realConfig())
	if err != nil {
		t.Fatal(err)
	}
	s := openStore(t)
	announced, booked := camtFile(camtRow("R1", "28", "3.20", "PDNG", "Hotel")), camtFile(camtRow("R1", "30", "3.20", "BOOK", "Hotel Lutetia"))
	for _, step := range []struct {
		in                       Input
		opts                     Options
		added, replaced, pending int64
	}{
		{announced, Options{}, 0, 0, 1},
		{announced, Options{Pending: true}, 1, 0, 1},
		{announced, Options{Pending: true}, 0, 0, 1},
		{booked, Options{}, 1, 1, 0},
		{announced, Options{Pending: true}, 0, 0, 1},
	} {
		r, err := im.File(ctx, s, step.in, step.opts)
		if err != nil || r.Added != step.added || r.Replaced != step.replaced || r.Pending != step.pending {
			t.Errorf("got %+v %v, want %+v", r, err, step)
		}
	}
	at, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.Search(ctx, store.Query{At: at, Limit: 10})
	if err != nil || len(page.Items) != 1 || page.Items[0].Status != store.Booked {
		t.Errorf("%+v %v", page, err)
	}
}

// TestOwnNumbersSQLite plants the account number of the file in texts, in
// several spellings, and looks for it in what the store holds and can find.
func TestOwnNumbersSQLite(t *testing.T) {
	ctx := context.Background()
	im, err := New(realConfig())
	if err != nil {
		t.Fatal(err)
	}
	s := openStore(t)
	in := ofxFile(ofxRow("1", "28", "-1", "TO 12345678 RENT"), ofxRow("2", "29", "-1", "TO 1234 5678 RENT"), ofxRow("3", "30", "-1", "TO 12-34-56-78 RENT<MEMO>30-00-01 12345678"))
	if _, err := im.File(ctx, s, in, Options{}); err != nil {
		t.Fatal(err)
	}
	at, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.Search(ctx, store.Query{At: at, Limit: 10, Filter: store.Filter{Query: "rent"}})
	if err != nil || len(page.Items) != 3 {
		t.Fatalf("%d rows, %v", len(page.Items), err)
	}
	for _, tx := range page.Items {
		for _, text := range []string{tx.Description, tx.Merchant, tx.Memo, tx.Counterparty} {
			if strings.Contains(strings.NewReplacer(" ", "", "-", "").Replace(text), "12345678") {
				t.Errorf("account number in %q", text)
			}
		}
	}
	for _, query := range []string{"12345678", "1234 5678", "12 34 56 78"} {
		found, err := s.Search(ctx, store.Query{At: at, Limit: 10, Filter: store.Filter{Query: query}})
		if err != nil || len(found.Items) != 0 {
			t.Errorf("searching for the number finds %d rows, %v", len(found.Items), err)
		}
	}
	accounts, err := s.Accounts(ctx, at, nil)
	if err != nil || len(accounts) != 1 || strings.Contains(accounts[0].Name, "12345678") || accounts[0].Last4 != "5678" {
		t.Errorf("%+v %v", accounts, err)
	}
	if _, known, err := s.Known(ctx, at); err != nil || len(known) == 0 {
		t.Errorf("%d known values, %v", len(known), err)
	}
}
