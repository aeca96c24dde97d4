package folder

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/redact"
	"github.com/counterfoil/counterfoil/store"
	"github.com/counterfoil/counterfoil/tools"
)

// vaultFolder is an open folder in which two owners have had the same card in a
// text.
func vaultFolder(t *testing.T) (*Folder, string) {
	t.Helper()
	h, _ := setuptest.New(t)
	setuptest.Edit(t, h.ConfigPath, "owners: {}", "owners: {Alex: alex, Kim: kim}")
	f, err := Open(context.Background(), h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	for _, owner := range []string{"Alex", "Kim"} {
		importCSV(t, f, owner, "pay 4111 1111 1111 1111 now")
	}
	return f, redact.TokenOf(tools.TokenKey(f.Keys), redact.Card, "4111111111111111")
}

func importCSV(t *testing.T, f *Folder, account, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s.csv")
	if err := os.WriteFile(file, []byte("Date,Description,Amount,Currency\n2026-01-02,"+text+",-1.00,GBP\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := ingest.Files(ingest.Path(file))
	if err != nil {
		t.Fatal(err)
	}
	req := ImportRequest{}
	req.Options.Account = account
	if _, err := f.ImportStatement(t.Context(), list[0], req, func(_, _ int64) {}); err != nil {
		t.Fatal(err)
	}
}

// reveals returns decision and reason of each restore on record.
func reveals(t *testing.T, f *Folder) (all []string) {
	t.Helper()
	for it, err := range f.Log.Reader().Select(audit.Filter{Event: audit.EventReveal}) {
		if err != nil {
			t.Fatal(err)
		}
		r := it.Record
		all = append(all, strings.TrimSpace(r.Decision+" "+r.Reason))
		// Not four digits: the digests of a record have such by chance.
		if text := fmt.Sprintf("%+v", r); strings.Contains(strings.ReplaceAll(text, " ", ""), "4111111111111111") || strings.Contains(text, "CARD_") {
			t.Errorf("the record says too much: %s", text)
		}
	}
	return all
}

// TestRevealErased: a value is shown as long as any of its owners has keys, and
// not after. Every attempt is on record.
func TestRevealErased(t *testing.T) {
	f, token := vaultFolder(t)
	check := func(value, refused string) {
		t.Helper()
		got, err := f.Reveal(t.Context(), []string{token})
		if err != nil || got[0] != (Revealed{token, value, refused}) {
			t.Errorf("got %+v, %v; want %q, %q", got, err, value, refused)
		}
	}
	check("4111111111111111", "")
	if err := f.Keys.Destroy("alex"); err != nil {
		t.Fatal(err)
	}
	check("4111111111111111", "")
	if err := f.Keys.Destroy("kim"); err != nil {
		t.Fatal(err)
	}
	check("", refusedErased)
	if got := strings.Join(reveals(t, f), ", "); got != "allow, allow, deny erased" {
		t.Errorf("on record: %s", got)
	}
}

// TestRevealRefuses: what is not exactly a value of this token is never shown.
func TestRevealRefuses(t *testing.T) {
	f, token := vaultFolder(t)
	put := func(s store.Sealed) {
		t.Helper()
		im := store.Import{Source: "x", Format: "csv", At: f.Home.Now(), Accounts: []store.NewAccount{{Key: []byte("x"), Name: "x", Kind: "other", Currency: "GBP", Sealed: []store.Sealed{s}}}}
		if _, err := f.Store.Import(t.Context(), im, func(func(store.Row, error) bool) {}, false); err != nil {
			t.Fatal(err)
		}
	}
	other := redact.TokenOf(tools.TokenKey(f.Keys), redact.Card, "5500005555555559")
	wrong, err := f.seal("", other, "4111111111111111")
	if err != nil {
		t.Fatal(err)
	}
	put(wrong)
	second, err := f.seal("", token, "378282246310005")
	if err != nil {
		t.Fatal(err)
	}
	put(second)
	unknown := redact.TokenOf(tools.TokenKey(f.Keys), redact.Card, "378282246310005")
	for token, want := range map[string]string{
		other: refusedDamaged, token: refusedCollision, unknown: refusedNotKept, "CARD_ABCDEFGHIJKLMN": refusedForeign, token + "A": refusedForeign, "": refusedForeign,
	} {
		got, err := f.Reveal(t.Context(), []string{token})
		if err != nil || got[0].Value != "" || got[0].Refused != want {
			t.Errorf("%q: %+v, %v; want %q", token, got, err, want)
		}
	}
	if n := len(reveals(t, f)); n != 6 {
		t.Errorf("%d records, want 6", n)
	}
}

// TestRevealNeedsItsRecord: without a record nothing is shown.
func TestRevealNeedsItsRecord(t *testing.T) {
	f, token := vaultFolder(t)
	if err := f.Log.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Reveal(t.Context(), []string{token}); err == nil || got != nil {
		t.Errorf("restored %+v without a record", got)
	}
}
