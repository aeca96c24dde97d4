package auditor

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/counterfoil/counterfoil/audit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/exit"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/folder"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/home"
	"github.com/counterfoil/counterfoil/cmd/counterfoil/internal/setup/setuptest"
	"github.com/counterfoil/counterfoil/ingest"
	"github.com/counterfoil/counterfoil/tools"
)

// owned is a data folder with a booking, whose owner stays open.
func owned(t *testing.T) (*home.Home, *folder.Folder) {
	t.Helper()
	h, _ := setuptest.New(t)
	f, err := folder.Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	file := filepath.Join(t.TempDir(), "s.csv")
	if err := os.WriteFile(file, []byte("Date,Description,Amount,Currency\n2026-01-02,plum cake,-1.00,GBP\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := ingest.Files(ingest.Path(file))
	if err != nil {
		t.Fatal(err)
	}
	req := folder.ImportRequest{}
	req.Options.Account = "Main"
	if _, err := f.ImportStatement(t.Context(), list[0], req, func(_, _ int64) {}); err != nil {
		t.Fatal(err)
	}
	return h, f
}

// calls has a folder answer n calls and returns their ids.
func calls(t *testing.T, f *folder.Folder, n int) (ids []string) {
	t.Helper()
	for i := range n {
		got, err := f.Call(t.Context(), "me", "search_transactions", []byte(fmt.Sprintf(`{"query":"plum","limit":%d}`, 1+i)))
		if err != nil || got.Error != nil {
			t.Fatalf("call %d: %v, %v", i, err, got.Error)
		}
		ids = append(ids, got.CallID)
	}
	return ids
}

// lastCall is the outcome of the last call on record.
func lastCall(t *testing.T, h *home.Home) (last *audit.Record) {
	t.Helper()
	l, err := OpenLog(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for it, err := range l.Select(audit.Filter{Phase: audit.PhaseOutcome}) {
		if err != nil {
			t.Fatal(err)
		}
		if tools.IsCall(it.Record) {
			last = it.Record
		}
	}
	if last == nil {
		t.Fatal("there is no call on record")
	}
	return last
}

// TestBesideTheOwner: while its owner has the folder open and goes on calling, every
// call that was recorded is replayed, each once and in the order of the log.
func TestBesideTheOwner(t *testing.T) {
	h, f := owned(t)
	var want []string
	for round := range 3 {
		want = append(want, calls(t, f, 5)...)
		au, err := Open(t.Context(), h, true)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		last := int64(-1)
		n, err := InOrder(t.Context(), au, audit.Filter{},
			func(it *audit.Item) tools.Replayed {
				return au.Gate.Replay(t.Context(), it.Record, it.Sidecar, au.Archived)
			},
			func(index int64, r tools.Replayed) error {
				if index <= last || r.Verdict != tools.Identical {
					t.Errorf("record %d after %d: %s %s", index, last, r.Verdict, r.Why)
				}
				last = index
				got = append(got, r.CallID)
				return nil
			})
		if err != nil || n != len(want) || !slices.Equal(got, want) {
			t.Errorf("round %d: %d calls, %v: got %v, want %v", round, n, err, got, want)
		}
		if err := au.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestInOrderStops: an error ends the run and is returned, with the number of what
// was done.
func TestInOrderStops(t *testing.T) {
	h, f := owned(t)
	calls(t, f, 5)
	au, err := Open(t.Context(), h, false)
	if err != nil {
		t.Fatal(err)
	}
	defer au.Close()
	errEnough := errors.New("enough")
	seen := 0
	n, err := InOrder(t.Context(), au, audit.Filter{}, func(*audit.Item) int { return 0 }, func(int64, int) error {
		if seen++; seen == 2 {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) || n != 2 || seen != 2 {
		t.Errorf("%d of %d, %v", n, seen, err)
	}
}

// TestOpenRefuses: without a folder, its log or its keys nothing opens, with a code
// that says which.
func TestOpenRefuses(t *testing.T) {
	for lost, code := range map[string]int{"VERSION": exit.Data, "config.yaml": exit.Data, "log": exit.Data, "keys/kek": exit.NoKey, "store.db": exit.Data} {
		h, f := owned(t)
		if err := errors.Join(f.Close(), os.RemoveAll(h.Data(filepath.FromSlash(lost)))); err != nil {
			t.Fatal(err)
		}
		au, err := Open(t.Context(), h, true)
		if err == nil {
			t.Errorf("without %s it opens", lost)
			au.Close()
			continue
		}
		if got := exit.Classify(err, false, true); got.Code != code {
			t.Errorf("without %s: %d %v, want %d", lost, got.Code, got, code)
		}
	}
}

// TestArchived: a policy is found by its digest alone, and only if it is the one.
func TestArchived(t *testing.T) {
	h, f := owned(t)
	calls(t, f, 1)
	au, err := Open(t.Context(), h, false)
	if err != nil {
		t.Fatal(err)
	}
	defer au.Close()
	digest := lastCall(t, h).PolicyDigest
	first, err := au.Archived(digest)
	if err != nil {
		t.Fatal(err)
	}
	if sum := first.Digest(); hex.EncodeToString(sum[:]) != digest {
		t.Errorf("the policy of %s is %x", digest, sum)
	}
	if again, err := au.Archived(digest); err != nil || again != first {
		t.Errorf("again: another one, %v", err)
	}
	other := strings.Repeat("ab", 32)
	text, err := os.ReadFile(h.Data("policies", digest))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.Data("policies", other), text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, digest := range []string{"", "..", "../config.yaml", digest[:62], digest + "00", other, "../policies/" + digest} {
		if _, err := au.Archived(digest); err == nil || errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), h.DataDir) {
			t.Errorf("%q: %v", digest, err)
		}
	}
	if _, err := au.Archived(strings.Repeat("cd", 32)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one that is not there: %v", err)
	}
}

// TestPseudonym: a name becomes what records call it, a pseudonym stays, and one that
// the config does not have now is told.
func TestPseudonym(t *testing.T) {
	h, f := owned(t)
	calls(t, f, 1)
	recorded := lastCall(t, h).Principal
	mine, err := Pseudonym(h, "me")
	if err != nil || mine != recorded || len(mine) != folder.PseudonymLen {
		t.Errorf("me is %q, %v; records say %q", mine, err, recorded)
	}
	for in, want := range map[string]string{"": "", mine: mine} {
		if got, err := Pseudonym(h, in); got != want || err != nil {
			t.Errorf("%q is %q, %v", in, got, err)
		}
	}
	said := h.UI.Err.(fmt.Stringer)
	before := said.String()
	gone, err := Pseudonym(h, "somebody")
	if err != nil || len(gone) != folder.PseudonymLen || gone == mine || !strings.Contains(strings.TrimPrefix(said.String(), before), "no principal somebody") {
		t.Errorf("somebody is %q, %v, said %s", gone, err, said)
	}
}
