package folder

import (
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
	"github.com/counterfoil/counterfoil/ingest"
)

// TestSayOutdated: a server says how much passed only an older redactor, names
// of files and accounts too, until a redaction has seen it.
func TestSayOutdated(t *testing.T) {
	h, out := setuptest.New(t)
	f, err := Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	said := func() string {
		t.Helper()
		out.Reset()
		if err := f.SayOutdated(t.Context()); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if _, err := f.ImportInput(t.Context(), ingest.Bytes("s.ofx", []byte(statement)), ingest.Options{}, nil, func(_, _ int64) {}); err != nil {
		t.Fatal(err)
	}
	if got := said(); got != "" {
		t.Errorf("of what is up to date: %s", got)
	}
	f.recorded.Epoch++
	if got := said(); !strings.Contains(got, "3 transactions and 2 names of files and accounts were stored under an older redactor") {
		t.Errorf("of all: %s", got)
	}
	accounts, err := f.Store.Accounts(t.Context(), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Rename(t.Context(), accounts[0].ID, "another"); err != nil {
		t.Fatal(err)
	}
	if got := said(); !strings.Contains(got, "3 transactions and 1 names") {
		t.Errorf("of the rest: %s", got)
	}
	for range 2 { // the last finds nothing left
		if _, err := f.RedactStored(t.Context(), RedactRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	if got := said(); got != "" {
		t.Errorf("after a redaction: %s", got)
	}
}
